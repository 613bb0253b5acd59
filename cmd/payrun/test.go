package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
)

func testCommand() command {
	return command{
		name: "test", summary: "runs *.test.hcl: what would happen if the gateway failed",
		about: "Runs the run blocks of every *.test.hcl file of the directory, in order, against the\n" +
			"built-in sandbox, and holds what happened to what they expect:\n\n" +
			"  run \"card_refused\" {\n" +
			"    command = apply                                  # plan, apply or reconcile\n" +
			"    fault {\n" +
			"      match = salaries[\"2026-11\"].staff[\"1018\"]\n" +
			"      do    = \"reject:10017\"                         # the words of payrun sandbox\n" +
			"    }\n" +
			"    expect { exit_code = 9 }\n" +
			"    assert {\n" +
			"      condition     = batch.salaries.failed == 1\n" +
			"      error_message = \"One refusal stops one payout only.\"\n" +
			"    }\n" +
			"  }\n\n" +
			"Nothing real is touched, whatever the files say: every merchant becomes one of the\n" +
			"sandbox, state and ledger live in a temporary folder, and nobody is asked for approval.\n" +
			"The runs of a file share that folder; each file begins with an empty one.",
		flags: configFlags(
			text("run", "NAME", "carry out the run `NAME` and what stands before it in its file; its state comes from there"),
			flag("verbose", "print what each run printed, also where it passed"),
		),
		run: (*program).test,
	}
}

// rehearsal is one run of all test files.
type rehearsal struct {
	*program
	command *cli.Command
	tests   *hclconfig.Tests
	files   string // folder of the configuration, absolute
	last    string // -run

	varFiles []string // absolute: a run has another folder
	identity string   // -identity, absolute
	verbose  bool
	tally    view.TestTally
}

func (p *program) test(c *cli.Command) (err error) {
	files, err := filepath.Abs(p.dir)
	if err != nil {
		return fail(exitError, fmt.Errorf("find the directory: %w", err))
	}
	t := &rehearsal{program: p, command: c, files: files, last: c.String("run"), verbose: c.Bool("verbose")}
	if err := t.findFiles(); err != nil {
		return fail(exitError, err)
	}
	var diags hcl.Diagnostics
	t.tests, diags = hclconfig.LoadTests(hclconfig.Options{Dir: p.dir})
	defer func() { err = errors.Join(err, t.tests.Close()) }()
	for _, run := range t.allRuns() {
		found, err := faultMistakes(run)
		if err != nil {
			return fail(exitError, fmt.Errorf("start the sandbox: %w", err))
		}
		diags = append(diags, found...)
	}
	if diags.HasErrors() {
		t.show(diags, t.tests.Sources())
		return exit(exitError)
	}
	if err := t.known(); err != nil {
		return err
	}
	for i := range t.tests.Files {
		if err := t.file(&t.tests.Files[i]); err != nil {
			return err
		}
	}
	return t.done()
}

// findFiles makes the files of the command line findable from the folder of a
// run.
func (t *rehearsal) findFiles() error {
	for _, name := range t.command.StringSlice("var-file") {
		path, err := filepath.Abs(t.path(name))
		if err != nil {
			return fmt.Errorf("find %s: %w", name, err)
		}
		t.varFiles = append(t.varFiles, path)
	}
	name := t.command.String("identity")
	if name == "" {
		return nil
	}
	path, err := filepath.Abs(t.path(name))
	if err != nil {
		return fmt.Errorf("find %s: %w", name, err)
	}
	t.identity = path
	return nil
}

func (t *rehearsal) allRuns() []*hclconfig.TestRun {
	var all []*hclconfig.TestRun
	for _, f := range t.tests.Files {
		all = append(all, f.Runs...)
	}
	return all
}

// testRuns are the runs of the directory, for completion.
func (p *program) testRuns() []candidate {
	tests, _ := hclconfig.LoadTests(hclconfig.Options{Dir: p.dir})
	defer tests.Close()
	var out []candidate
	for _, run := range (&rehearsal{tests: tests}).allRuns() {
		out = append(out, candidate{run.Name, run.Command + " in " + run.File()})
	}
	return out
}

// known refuses a test of nothing.
func (t *rehearsal) known() error {
	var names []string
	for _, run := range t.allRuns() {
		names = append(names, run.Name)
	}
	switch near := nearest(t.last, names); {
	case len(names) == 0:
		return fail(exitError, errors.New("run tests: there is no *.test.hcl file here"), "\"payrun test -help\" shows one; -chdir names another directory")
	case t.last == "" || slices.Contains(names, t.last):
		return nil
	case near != "":
		return usage("-run=%s: there is no such run; did you mean %q?", t.last, near)
	}
	return usage("-run=%s: there is no such run; there are: %s", t.last, strings.Join(names, ", "))
}

// show prints diagnostics.
func (t *rehearsal) show(diags hcl.Diagnostics, sources *hclconfig.Sources) {
	if !t.json && len(diags) > 0 {
		view.Diagnostics(t.stderr, diags, sources.Files(diags), t.colors(t.stderr), t.terminal().Width)
		fmt.Fprintln(t.stderr)
	}
	if !t.json {
		return
	}
	for _, line := range view.DiagnosticLines(diags, sources.Files(diags)) {
		t.printJSON(line)
	}
}

// file carries out the runs of one file in a folder of their own.
func (t *rehearsal) file(f *hclconfig.TestFile) (err error) {
	runs := f.Runs
	if t.last != "" {
		at := slices.IndexFunc(runs, func(r *hclconfig.TestRun) bool { return r.Name == t.last })
		runs = runs[:at+1]
	}
	if len(runs) == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "payrun-test-")
	if err != nil {
		return fail(exitError, fmt.Errorf("make a folder for the test: %w", err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if !t.json {
		fmt.Fprintln(t.stdout, view.SafeText(f.Name))
	}
	calls, broken := 0, false
	for _, run := range runs {
		if broken {
			if err := t.told(&view.TestRun{File: f.Name, Name: run.Name, Command: run.Command, Status: view.TestSkipped}); err != nil {
				return err
			}
			continue
		}
		one := &trial{run: run, files: t.files, dir: dir}
		if calls, broken, err = t.one(one, calls); err != nil {
			return err
		}
	}
	return nil
}

// one carries out a run and judges it. Calls are the payout calls so far.
// Broken says that it ended otherwise than expected, so that the runs behind it
// would judge another story.
func (t *rehearsal) one(one *trial, calls int) (now int, broken bool, err error) {
	code, printed := t.carryOut(one)
	if t.admit.Err() != nil {
		return calls, true, fail(int(t.signalCode.Load()), errors.New("stopped; a test sends nothing that is real"))
	}
	facts, err := one.facts(code, printed)
	if err != nil {
		return calls, true, fail(exitError, fmt.Errorf("read what the run %s left: %w", one.run.Name, err))
	}
	facts.Calls = facts.Gateway.PayoutCalls - calls
	diags, sources := one.mistakes, one.sources
	if len(diags) == 0 {
		diags, sources = t.tests.Judge(one.run, facts), t.tests.Sources()
	}
	broken = len(one.mistakes) > 0 || code != one.run.ExitCode
	shown := &view.TestRun{File: one.run.File(), Name: one.run.Name, Command: one.run.Command, Code: code, Status: view.TestPassed}
	if len(diags) > 0 {
		shown.Status = view.TestFailed
	}
	if t.verbose || broken && len(one.mistakes) == 0 {
		shown.Output = printed
	}
	if err := t.told(shown); err != nil {
		return calls, true, err
	}
	t.show(diags, sources)
	return facts.Gateway.PayoutCalls, broken, nil
}

func (t *rehearsal) told(run *view.TestRun) error {
	t.tally.Count(run.Status)
	if t.json {
		t.printJSON(view.TestRunJSON(run))
		return nil
	}
	return view.TestRunText(t.stdout, run, t.colors(t.stdout))
}

// carryOut runs the command as a program of its own beside this one.
func (t *rehearsal) carryOut(one *trial) (code int, printed string) {
	out := &gathered{}
	inner := newProgram(bytes.NewReader(nil), out, out, t.env)
	inner.admit, inner.stopAdmit = context.WithCancelCause(t.admit)
	inner.calls, inner.trial, inner.dir = t.calls, one, one.dir
	return inner.run(t.arguments(one.run)), out.String()
}

// arguments are the command line of a run.
func (t *rehearsal) arguments(run *hclconfig.TestRun) []string {
	args := []string{"payrun", run.Command, "-no-color"}
	add := func(option string, values ...string) {
		for _, v := range values {
			args = append(args, "-"+option+"="+v)
		}
	}
	add("var-file", t.varFiles...)
	add("var", t.command.StringSlice("var")...)
	if t.identity != "" {
		add("identity", t.identity)
	}
	add("target", run.Targets...)
	add("exclude", run.Excludes...)
	add("override", run.Overrides...)
	if len(run.Overrides) > 0 {
		add("reason", run.Reason)
	}
	if run.RetryFailed {
		args = append(args, "-retry-failed")
	}
	if !run.At.IsZero() {
		add("at", run.At.Format("2006-01-02T15:04:05Z07:00"))
	}
	if run.Wait != nil {
		add("wait", run.Wait.String())
	}
	if run.Command == hclconfig.TestApply {
		args = append(args, "-auto-approve")
	}
	return args
}

// done sums up.
func (t *rehearsal) done() error {
	if t.json {
		t.printJSON(view.TestSummaryJSON(t.tally))
	} else if _, err := fmt.Fprintf(t.stdout, "\n%s\n", t.tally.String()); err != nil {
		return err
	}
	if t.tally.Failed > 0 {
		return exit(exitError)
	}
	return nil
}
