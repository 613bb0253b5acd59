package main

import (
	"bytes"
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
const testTimeout = 2 * time.Minute

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
		"-timeout="+testTimeout.String(), "-run="+s.pattern(), "-skip="+os.Getenv("MUTATE_SKIP"), "./"+s.folder)
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
	found := outcome{verdict: alive}
	var words strings.Builder
	ran := false
	for line := range bytes.Lines(out) {
		var e event
		if json.Unmarshal(line, &e) != nil {
			words.Write(line)
			continue
		}
		ran = ran || e.Action == "run"
		found.see(e)
		if e.Action == "build-output" {
			words.WriteString(e.Output)
		}
	}
	switch {
	case found.verdict == broken:
		found.words = words.String()
	case ended == nil && !ran:
		return outcome{verdict: unknown, words: "no test ran"}, nil
	case ended != nil && found.verdict == alive:
		found.verdict, found.words = unknown, words.String()+stderr
	}
	return found, nil
}

// see takes one event in. The first failure stays; a failure to compile and a
// time-out say more than the failure of a test that comes with them.
func (o *outcome) see(e event) {
	switch {
	case e.Action == "output" && strings.HasPrefix(e.Output, "panic: test timed out after"):
		o.verdict, o.test, o.pkg = hung, topLevel(e.Test), e.Package
	case e.Action == "build-fail" || e.FailedBuild != "":
		o.verdict, o.test, o.pkg = broken, "", e.Package
	case e.Action == "fail" && (o.verdict == alive || o.verdict == killed && o.test == ""):
		o.verdict, o.test, o.pkg = killed, topLevel(e.Test), e.Package
	}
}

func topLevel(test string) string {
	name, _, _ := strings.Cut(test, "/")
	return name
}
