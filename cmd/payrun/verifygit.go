package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/planner/payout"
	"payrun/statefile"
)

// commitStep is what one commit did to the state.
type commitStep struct {
	commit, who, when string
	serial            int64
	changes           int
	problems          []string
}

// verifyHistory checks every commit that touched the state against its parents,
// and the file on disk against HEAD.
func (p *program) verifyHistory(c *cli.Command) error {
	statePath, _, err := p.stateToRead(c, "")
	if err != nil {
		return err
	}
	if filepath.IsAbs(statePath) {
		return fail(exitError, fmt.Errorf("verify the history of %s: it lies outside the configuration", statePath))
	}
	log, err := p.git("log", "--topo-order", "--reverse", "--full-history", "--format=%H %P%x09%an%x09%aI", "HEAD", "--", filepath.ToSlash(statePath))
	if err != nil {
		return fail(exitError, fmt.Errorf("verify the history of %s: git has none here", statePath), "run it inside the repository that keeps the state")
	}
	h := &history{program: p, path: statePath, known: make(map[string]*statefile.Snapshot)}
	for line := range strings.Lines(string(log)) {
		if err := h.commit(strings.TrimRight(line, "\n")); err != nil {
			return err
		}
	}
	if err := h.worktree(); err != nil {
		return err
	}
	shallow, _ := p.git("rev-parse", "--is-shallow-repository")
	h.print(strings.TrimSpace(string(shallow)) == "true")
	if h.problems() > 0 {
		return exit(exitRefused)
	}
	return nil
}

type history struct {
	*program
	path  string
	known map[string]*statefile.Snapshot // by commit
	steps []commitStep
	runs  map[string]payout.Run

	approvals int // of all runs
}

// at is the state of a commit; an unreadable one is empty, with the reason.
func (h *history) at(commit string) (*statefile.Snapshot, string) {
	if snap := h.known[commit]; snap != nil {
		return snap, ""
	}
	why := ""
	snap, err := h.stateOf(commit, h.path)
	if err != nil {
		snap, why = &statefile.Snapshot{Ledger: payout.NewLedger()}, err.Error()
	}
	// A few are enough: history is walked from old to new.
	if len(h.known) > 16 {
		clear(h.known)
	}
	h.known[commit] = snap
	return snap, why
}

// commit compares one commit with each of its parents.
func (h *history) commit(line string) error {
	fields := strings.SplitN(line, "\t", 3)
	ids := strings.Fields(fields[0])
	if len(fields) < 3 || len(ids) == 0 {
		return fail(exitError, fmt.Errorf("verify the history of %s: git log said %q", h.path, line))
	}
	snap, why := h.at(ids[0])
	step := commitStep{commit: ids[0], who: fields[1], when: fields[2], serial: snap.Serial}
	if why != "" {
		step.problems = append(step.problems, why)
	}
	first := true
	for _, parent := range ids[1:] {
		before, _ := h.at(parent)
		if !before.Exists && before.Ledger.Len() == 0 {
			continue
		}
		first = false
		if why == "" {
			h.compare(&step, before, snap)
		}
	}
	if first {
		step.changes = snap.Ledger.Len()
	}
	h.checkRuns(&step, snap.Ledger.Runs)
	h.steps = append(h.steps, step)
	return nil
}

func (h *history) compare(step *commitStep, before, now *statefile.Snapshot) {
	if !now.Exists {
		step.problems = append(step.problems, "the state was taken away")
		return
	}
	c := statefile.Compare(before, now)
	step.changes = max(step.changes, len(c.Changes))
	step.problems = append(step.problems, c.Problems...)
}

// worktree compares the file on disk with HEAD.
func (h *history) worktree() error {
	snap, err := (&statefile.Local{Path: h.program.path(h.path), Version: version}).Load(h.admit)
	if err != nil {
		return stateError(err, h.path)
	}
	head, why := h.at("HEAD")
	if why != "" || !head.Exists {
		return nil
	}
	step := commitStep{commit: "working tree", serial: snap.Serial}
	h.compare(&step, head, snap)
	h.checkRuns(&step, snap.Ledger.Runs)
	if step.changes > 0 || len(step.problems) > 0 {
		h.steps = append(h.steps, step)
	}
	return nil
}

func (h *history) problems() int {
	n := 0
	for i := range h.steps {
		n += len(h.steps[i].problems)
	}
	return n
}

func (h *history) print(shallow bool) {
	if h.json {
		steps := []any{}
		for _, s := range h.steps {
			steps = append(steps, map[string]any{"commit": s.commit, "who": view.SafeText(s.who), "when": s.when, "serial": fmt.Sprint(s.serial), "changes": s.changes, "problems": append([]string{}, s.problems...)})
		}
		h.printJSON(map[string]any{"path": h.path, "valid": h.problems() == 0, "shallow": shallow, "runs": len(h.runs), "approvals": h.approvals, "commits": steps})
		return
	}
	for _, s := range h.steps {
		name := s.commit[:min(12, len(s.commit))]
		fmt.Fprintf(h.stdout, "  %s  serial %d, %s  %s %s\n", name, s.serial, counted(s.changes, "payout"), view.SafeText(s.who), s.when)
		for _, one := range s.problems {
			fmt.Fprintf(h.stdout, "    ✗ %s\n", view.SafeText(one))
		}
	}
	if shallow {
		fmt.Fprintln(h.stdout, "  ! the clone is shallow: older commits were not checked (git fetch --unshallow)")
	}
	if h.problems() > 0 {
		fmt.Fprintf(h.stdout, "%s in the history of %s that no legal step explains.\n", counted(h.problems(), "difference"), h.path)
		return
	}
	fmt.Fprintf(h.stdout, "%s of %s: digest, lineage, serials, chain, totals, %s, %s and every step fit.\n",
		counted(len(h.steps), "commit"), h.path, counted(len(h.runs), "run"), counted(h.approvals, "approval"))
}
