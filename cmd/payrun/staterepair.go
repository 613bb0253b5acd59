package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v3"

	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/planner/policy"
	"payrun/statefile"
)

func stateVerifyCommand() command {
	return command{
		name: "verify", args: "[FILE]", max: 1, summary: "checks digest, journal, totals and every step of the state",
		flags: configFlags(flag("git", "check every commit of the state in git's history as well")), run: (*program).stateVerify,
	}
}

func stateForgetCommand() command {
	return command{
		name: "forget", args: "ADDRESS", min: 1, max: 1, summary: "takes a payout out of the books, and remembers that (tombstone): its address and order ids are never paid again",
		flags: configFlags(lockFlags(text("reason", "TEXT", "why, recorded in the state: `TEXT`"))...),
		run:   (*program).stateForget,
	}
}

func stateArchiveCommand() command {
	return command{
		name: "archive", summary: "moves a state away that knows only the sandbox",
		flags: configFlags(text("reason", "TEXT", "why: `TEXT`")), run: (*program).stateArchive,
	}
}

func statePullCommand() command {
	return command{
		name: "pull", args: "[FILE]", max: 1, summary: "writes the state with its journal folded in to FILE or standard output",
		flags: configFlags(), run: (*program).statePull,
	}
}

func statePushCommand() command {
	return command{
		name: "push", args: "FILE", min: 1, max: 1, summary: "makes FILE the state; it is checked, digested anew and not proven",
		flags: configFlags(lockFlags(text("reason", "TEXT", "why, recorded in the state: `TEXT`"))...),
		run:   (*program).statePush,
	}
}

// reasonOf reads -reason of a command that needs one.
func reasonOf(c *cli.Command) (string, error) {
	reason := givenReason(c)
	if len([]rune(reason)) < policy.MinReason {
		return "", usage("%s needs -reason=\"…\" of at least %d characters: it is recorded", c.FullName(), policy.MinReason)
	}
	return reason, nil
}

func (p *program) stateVerify(c *cli.Command) error {
	if c.Bool("git") {
		if c.Args().Present() {
			return usage("state verify -git takes no file: it reads the state of the configuration in git's history")
		}
		return p.verifyHistory(c)
	}
	path, _, err := p.stateToRead(c, c.Args().First())
	if err != nil {
		return err
	}
	report, err := statefile.Verify(p.path(path))
	if err != nil {
		return stateError(err, path)
	}
	if p.json {
		p.printJSON(verifyDocument(path, report))
	} else {
		p.printReport(path, report)
	}
	if len(report.Problems) > 0 {
		return exit(exitRefused)
	}
	return nil
}

func verifyDocument(path string, r statefile.Report) map[string]any {
	problems := make([]string, len(r.Problems))
	for i, one := range r.Problems {
		problems[i] = hclconfig.Scrub(one.Error())
	}
	unproven := append([]string{}, r.Unproven...)
	return map[string]any{
		"path": path, "valid": len(problems) == 0, "exists": r.Exists, "lineage": r.Lineage, "serial": fmt.Sprint(r.Serial),
		"digest": r.Recorded, "computed_digest": r.Computed, "payouts": r.Payouts, "journal_entries": r.Entries,
		"problems": problems, "unproven": unproven,
	}
}

func (p *program) printReport(path string, r statefile.Report) {
	switch {
	case !r.Exists && len(r.Problems) > 0:
		fmt.Fprintf(p.stdout, "%s cannot be read:\n", path)
	case !r.Exists:
		fmt.Fprintf(p.stdout, "There is no state at %s.\n", path)
	default:
		fmt.Fprintf(p.stdout, "%s: serial %d, %s, %s in the journal that it does not hold yet\n",
			path, r.Serial, counted(r.Payouts, "payout"), counted(r.Entries, "record"))
	}
	for _, one := range r.Unproven {
		fmt.Fprintf(p.stdout, "  ! not proven: %s\n", safeLine(one))
	}
	for _, one := range r.Problems {
		fmt.Fprintf(p.stdout, "  ✗ %s\n", safeLine(one.Error()))
	}
	if len(r.Problems) == 0 {
		fmt.Fprintln(p.stdout, "Digest, journal, totals and every step fit.")
		return
	}
	var versioned *statefile.VersionError
	if slices.ContainsFunc(r.Problems, func(one error) bool { return errors.As(one, &versioned) }) {
		fmt.Fprintln(p.stdout, "Nothing is paid until it can be read: use the payrun that wrote it, or a later one.")
		return
	}
	fmt.Fprintln(p.stdout, "Nothing is paid until this is mended: put the right file back from git or a backup,")
	fmt.Fprintln(p.stdout, "or, once its content is right: payrun state push FILE -reason=\"…\"")
}

func (p *program) stateForget(c *cli.Command) error {
	address, err := payout.ParseAddress(c.Args().First())
	if err != nil {
		return fail(exitError, err)
	}
	reason, err := reasonOf(c)
	if err != nil {
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	return p.locked(c, cfg, "state forget", func(a *application) error { return a.forget(address, reason) })
}

// forget replaces a record by a tombstone.
func (a *application) forget(address payout.Address, reason string) error {
	ledger := a.ledger()
	if ledger.Record(address) == nil {
		return a.unknownAddress(ledger, address)
	}
	now := time.Now()
	note := &payout.Note{At: now, Forget: &payout.Tombstone{Address: address, At: now, By: a.who(), Reason: reason}}
	if err := ledger.CheckNote(note); err != nil {
		return fail(exitRefused, err, "ask the gateway: payrun reconcile", "or settle it: payrun resolve "+shellQuote(address.String())+" -as=… -reason=\"…\"")
	}
	if err := a.recorder.Note(note); err != nil {
		return stateError(err, stateName(a.cfg))
	}
	return a.tell("%s is forgotten: it and its order ids are never paid again.\n", address)
}

// shellQuote makes an address fit to be pasted into a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// tell prints one sentence; with -json it is the message of a document.
func (p *program) tell(format string, args ...any) error {
	if p.json {
		p.printJSON(map[string]any{"message": strings.TrimSpace(fmt.Sprintf(format, args...))})
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, format, args...)
	return err
}

func (p *program) stateArchive(c *cli.Command) error {
	reason, err := reasonOf(c)
	if err != nil {
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	moved, err := p.store(cfg).Archive(p.admit, reason)
	if err != nil {
		return stateError(err, stateName(cfg))
	}
	return p.tell("The state was moved to %s.\n", filepath.Base(moved))
}

func (p *program) statePull(c *cli.Command) error {
	path, _, err := p.stateToRead(c, "")
	if err != nil {
		return err
	}
	snap, err := p.loadState(path)
	if err != nil {
		return err
	}
	var data bytes.Buffer
	if _, err := snap.WriteTo(&data); err != nil {
		return fail(exitError, err)
	}
	if to := c.Args().First(); to != "" {
		if err := renameio.WriteFile(p.path(to), data.Bytes(), 0o600); err != nil {
			return fail(exitError, fmt.Errorf("write the state: %w", err))
		}
		return p.tell("Wrote %s.\n", to)
	}
	_, err = p.stdout.Write(data.Bytes())
	return err
}

// maxPushed bounds a pushed file.
const maxPushed = 4 << 30

func (p *program) statePush(c *cli.Command) (err error) {
	reason, err := reasonOf(c)
	if err != nil {
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	in, err := os.Open(p.path(c.Args().First()))
	if err != nil {
		return fail(exitError, fmt.Errorf("read the state to push, %s: %w", c.Args().First(), plain(err)))
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxPushed))
	if err != nil {
		return fail(exitError, fmt.Errorf("read the state to push, %s: %w", c.Args().First(), plain(err)))
	}
	store := p.store(cfg)
	lock, err := store.Lock(p.admit, p.lockInfo("state push"), durationOf(c, "lock-timeout"))
	if err != nil {
		return stateError(err, stateName(cfg))
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	before, _ := os.ReadFile(store.Path) // what cannot be read is what a push is there to replace
	if err := store.Push(p.admit, data, reason); err != nil {
		var unrecorded *statefile.UnrecordedError
		if errors.As(err, &unrecorded) {
			return fail(exitRefused, err, "nothing was changed; add these payouts to the file as in_doubt, or push one that knows them")
		}
		var format *statefile.FormatError
		var conflict *statefile.ConflictMarkersError
		if errors.As(err, &format) || errors.As(err, &conflict) {
			return fail(exitRefused, err, "nothing was changed; push a whole state, of the form that \"payrun state pull FILE\" writes")
		}
		return stateError(err, stateName(cfg))
	}
	lacking, kept, differences := p.keepReplaced(store, before)
	for _, one := range differences {
		fmt.Fprintf(p.stderr, "Warning: no legal step leads from the state before to it: %s\n", hclconfig.Scrub(one))
	}
	if lacking > 0 {
		fmt.Fprintf(p.stderr, "Warning: it lacks %s that the state before it knew; that one is kept as %s\n", counted(lacking, "payment"), kept)
	}
	return p.tell("%s is the state now. It is not proven: the next apply looks everything up before it sends.\n", c.Args().First())
}

// maxUnexplained bounds how many differences are named.
const maxUnexplained = 5

// keepReplaced keeps a state that knew payments which the pushed one does not,
// and names what no legal step explains.
func (p *program) keepReplaced(store *statefile.Local, before []byte) (lacking int, kept string, differences []string) {
	old, err := statefile.Parse(store.Path, before)
	if err != nil {
		return 0, "", nil // what cannot be read is what a push is there to replace
	}
	snap, err := store.Load(p.admit)
	if err != nil {
		return 0, "", nil
	}
	differences = statefile.Compare(old, snap).Problems
	if len(differences) > maxUnexplained {
		differences = append(differences[:maxUnexplained], fmt.Sprintf("and %d more: payrun state diff", len(differences)-maxUnexplained))
	}
	if lacking = len(statefile.Missing(snap.Ledger, statefile.Sent(old.Ledger))); lacking == 0 {
		return 0, "", differences
	}
	kept = store.Path + ".replaced-" + time.Now().UTC().Format("20060102T150405Z")
	if err := renameio.WriteFile(kept, before, 0o600); err != nil {
		return lacking, "nothing: " + err.Error(), differences
	}
	return lacking, kept, differences
}
