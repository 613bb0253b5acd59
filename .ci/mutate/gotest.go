package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// verdict is what became of a mutation.
type verdict string

// The verdicts, in the words that are printed.
const (
	killed  verdict = "killed"
	alive   verdict = "ALIVE"
	hung    verdict = "timeout"
	broken  verdict = "does not compile"
	stale   verdict = "stale"
	unknown verdict = "not run" // go test itself failed
)

// outcome is what go test said.
type outcome struct {
	verdict verdict
	test    string // that failed first; empty where the package failed as a whole
	pkg     string // import path
	words   string // of the compiler, or of go test, where it got no further
}

// event is one line of go test -json.
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	FailedBuild string
}

// testTimeout bounds the tests of one package. The slowest ones take a few
// seconds.
const testTimeout = 5 * time.Minute

// runSuites runs suites in a tree until one fails.
func runSuites(ctx context.Context, root string, suites []suite) (outcome, error) {
	last := outcome{verdict: alive}
	for _, s := range suites {
		var err error
		if last, err = runSuite(ctx, root, s); err != nil || last.verdict != alive {
			return last, err
		}
	}
	return last, nil
}

func runSuite(ctx context.Context, root string, s suite) (outcome, error) {
	// trimpath: without it every copy would be compiled anew, for its path.
	run := exec.CommandContext(ctx, "go", "test", "-json", "-trimpath", "-vet=off", "-count=1", "-failfast",
		"-timeout="+testTimeout.String(), "-run="+s.pattern(), "./"+s.folder)
	run.Dir = root
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	var errors bytes.Buffer
	run.Stderr = &errors
	out, err := run.Output()
	if ctx.Err() != nil {
		return outcome{}, fmt.Errorf("run the tests of %s: %w", s.folder, ctx.Err())
	}
	return judge(out, errors.String(), err)
}

// judge reads what go test printed, and how it ended.
func judge(out []byte, stderr string, ended error) (outcome, error) {
	var exit *exec.ExitError
	if ended != nil && !errors.As(ended, &exit) {
		return outcome{}, fmt.Errorf("run go test: %w", ended)
	}
	l := listener{outcome: outcome{verdict: alive}}
	for line := range bytes.Lines(out) {
		var e event
		if json.Unmarshal(line, &e) != nil {
			l.said.Write(line)
			continue
		}
		l.hear(e)
	}
	switch {
	case l.verdict == broken:
		l.words = l.said.String()
	case ended == nil && !l.ran:
		return outcome{verdict: unknown, words: "no test ran"}, nil
	case ended != nil && l.verdict == alive:
		l.verdict, l.words = unknown, l.said.String()+stderr
	}
	return l.outcome, nil
}

// listener hears the events of one go test.
type listener struct {
	outcome
	said    strings.Builder // by the compiler, or by go itself
	ran     bool            // a test was started
	running string          // the test that was started last and has not ended
}

// hear takes one event in. The first failure stays; a failure to compile and a
// time-out say more than the failure of a test that comes with them.
func (l *listener) hear(e event) {
	test, _, _ := strings.Cut(e.Test, "/")
	switch {
	case e.Action == "run":
		l.ran, l.running = true, test
	case e.Action == "pass" && e.Test == l.running:
		l.running = ""
	case e.Action == "build-output":
		l.said.WriteString(e.Output)
	case e.Action == "build-fail" || e.FailedBuild != "":
		l.verdict, l.test, l.pkg = broken, "", e.Package
	case e.Action == "output" && strings.HasPrefix(e.Output, "panic: test timed out after"):
		l.verdict, l.test, l.pkg = hung, cmp.Or(test, l.running), e.Package
	case e.Action == "fail" && l.verdict == alive:
		// A panic outside of the test's own goroutine names no test.
		l.verdict, l.test, l.pkg = killed, cmp.Or(test, l.running), e.Package
	}
}
