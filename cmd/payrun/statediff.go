package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/planner/payout"
	"payrun/statefile"
)

func stateDiffCommand() command {
	return command{
		name: "diff", args: "OLD NEW", min: 2, max: 2, summary: "says what happened between two states, files or git:REVISION",
		about: "OLD and NEW are state files, or git:REVISION for the state as it was committed there.\nEvery change that no legal step explains is named, and the exit code is 6.",
		flags: configFlags(text("format", "text|markdown|csv", "print as `text|markdown|csv`")),
		run:   (*program).stateDiff,
	}
}

func (p *program) stateDiff(c *cli.Command) error {
	format := c.String("format")
	switch format {
	case "", "text", "markdown", "csv":
	default:
		return usage("-format=%s is unknown; known are text, markdown, csv", format)
	}
	if p.json && format != "" {
		return usage("-json and -format=%s exclude each other; write one of them", format)
	}
	older, err := p.stateAt(c, c.Args().Get(0))
	if err != nil {
		return err
	}
	newer, err := p.stateAt(c, c.Args().Get(1))
	if err != nil {
		return err
	}
	d := p.compared(c.Args().Get(0), older, c.Args().Get(1), newer)
	switch {
	case p.json:
		err = view.WriteJSON(p.stdout, view.StateDiffJSON(d))
	case format == "markdown":
		err = view.StateDiffMarkdown(p.stdout, d)
	case format == "csv":
		err = view.StateDiffCSV(p.stdout, d)
	default:
		view.StateDiffText(p.stdout, d, p.colors(p.stdout))
	}
	if len(d.Comparison.Problems) > 0 {
		return errors.Join(err, exit(exitRefused))
	}
	return err
}

// compared puts together what the screens of a comparison show.
func (p *program) compared(oldName string, older *statefile.Snapshot, newName string, newer *statefile.Snapshot) *view.StateDiff {
	d := &view.StateDiff{Old: meta(oldName, older), New: meta(newName, newer), Comparison: statefile.Compare(older, newer)}
	closed := make(map[string]bool)
	for i := range older.Ledger.Runs {
		closed[older.Ledger.Runs[i].ID] = !older.Ledger.Runs[i].Open
	}
	for _, r := range newer.Ledger.Runs {
		if !closed[r.ID] {
			d.Runs = append(d.Runs, r)
		}
	}
	d.Open, d.Merchants = openSums(newer.Ledger), newer.Ledger.Merchants
	d.NewTo = newRecipients(older.Ledger, newer.Ledger)
	return d
}

// openSums are what a ledger holds that is neither paid nor at its end, by
// status and currency.
func openSums(l *payout.Ledger) []view.StatusSum {
	type key struct {
		status   payout.Status
		currency payout.Currency
	}
	sums := make(map[key]*view.StatusSum)
	for r := range l.Records() {
		status := r.Status()
		if status == payout.Paid {
			continue
		}
		k := key{status, r.Stake().Currency}
		if sums[k] == nil {
			sums[k] = &view.StatusSum{Status: status, Sum: payout.Money{Currency: k.currency}}
		}
		sums[k].Count++
		sums[k].Sum.Minor += r.Stake().Minor
	}
	var out []view.StatusSum
	for _, s := range sums {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b view.StatusSum) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Sum.Currency.Code, b.Sum.Currency.Code))
	})
	return out
}

// newRecipients counts destinations that only the newer ledger has paid.
func newRecipients(older, newer *payout.Ledger) int {
	paid := func(l *payout.Ledger) map[string]bool {
		out := make(map[string]bool)
		for r := range l.Records() {
			if r.Status() == payout.Paid {
				out[r.Fingerprint] = true
			}
		}
		return out
	}
	before, n := paid(older), 0
	for print := range paid(newer) {
		if !before[print] {
			n++
		}
	}
	return n
}

// stateAt reads the state of a file, or of a git revision, with its journal.
func (p *program) stateAt(c *cli.Command, name string) (*statefile.Snapshot, error) {
	revision, ok := strings.CutPrefix(name, "git:")
	if !ok {
		if _, err := os.Stat(p.path(name)); err != nil {
			return nil, fail(exitError, fmt.Errorf("read the state %s: %w", name, plain(err)), "name a state file, or a revision: git:HEAD~1")
		}
		return p.loadState(name)
	}
	statePath, _, err := p.stateToRead(c, "")
	if err != nil {
		return nil, err
	}
	return p.stateOf(revision, statePath)
}

// stateOf is the state that a revision holds at a path; one that does not
// exist there yet is empty. Revisions that git does not know are an error.
func (p *program) stateOf(revision, statePath string) (*statefile.Snapshot, error) {
	if filepath.IsAbs(statePath) {
		return nil, fail(exitError, fmt.Errorf("read the state git:%s: the state %s lies outside the configuration", revision, statePath))
	}
	if _, err := p.git("rev-parse", "--verify", "-q", "--end-of-options", revision+"^{commit}"); err != nil {
		return nil, fail(exitError, fmt.Errorf("read the state git:%s: git knows no such revision here", revision), "\"git log --oneline -- "+filepath.ToSlash(statePath)+"\" lists those that changed it")
	}
	dir, err := os.MkdirTemp("", "payrun-state-")
	if err != nil {
		return nil, fail(exitError, fmt.Errorf("read the state git:%s: %w", revision, err))
	}
	defer os.RemoveAll(dir)
	if err := p.checkOut(revision, filepath.ToSlash(statePath), dir); err != nil {
		return nil, err
	}
	store := &statefile.Local{Path: filepath.Join(dir, path.Base(filepath.ToSlash(statePath))), Version: version}
	snap, err := store.Load(p.admit)
	if err != nil {
		// What lies in a folder of a moment is known by its revision.
		text := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "git:"+revision+":")
		return nil, fail(exitRefused, errors.New(text), "the state of that revision is damaged or was edited by hand: payrun state verify -git")
	}
	return snap, nil
}

// checkOut writes the state of a revision, and the journal beside it, to a
// folder.
func (p *program) checkOut(revision, statePath, dir string) error {
	folder, base := path.Split(statePath)
	names, err := p.git("ls-tree", "--name-only", "-z", revision, "./"+folder)
	if err != nil {
		return fail(exitError, fmt.Errorf("read the state git:%s: list its files: %w", revision, err))
	}
	for name := range strings.SplitSeq(string(names), "\x00") {
		own := path.Base(name)
		if own != base && !strings.HasPrefix(own, base+".journal.") || strings.Contains(own, ".torn-") {
			continue
		}
		data, err := p.git("cat-file", "blob", revision+":./"+folder+own)
		if err != nil {
			return fail(exitError, fmt.Errorf("read the state git:%s: %s: %w", revision, own, err))
		}
		if err := os.WriteFile(filepath.Join(dir, own), data, fs.FileMode(0o600)); err != nil {
			return fail(exitError, fmt.Errorf("read the state git:%s: %w", revision, err))
		}
	}
	return nil
}
