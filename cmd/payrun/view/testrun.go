package view

import (
	"fmt"
	"io"
	"strings"
)

// SafeToRunAgain begins the last line of every run; "yes" or "no" follow.
const SafeToRunAgain = "Safe to run again: "

// TestStatus is what became of a run of a test.
type TestStatus string

// What becomes of a run.
const (
	TestPassed  TestStatus = "pass"
	TestFailed  TestStatus = "fail"
	TestSkipped TestStatus = "skip" // an earlier run of its file ended otherwise than expected
)

// TestRun is one run of a test, for the screen.
type TestRun struct {
	File    string
	Name    string
	Command string
	Status  TestStatus
	Code    int    // exit code of the command
	Output  string // what it printed; "" = not to be shown
}

// TestTally counts runs.
type TestTally struct{ Passed, Failed, Skipped int }

// Count counts one run in.
func (t *TestTally) Count(s TestStatus) {
	switch s {
	case TestPassed:
		t.Passed++
	case TestFailed:
		t.Failed++
	case TestSkipped:
		t.Skipped++
	}
}

// String is the last line: "2 passed, 1 failed".
func (t *TestTally) String() string {
	text := fmt.Sprintf("%d passed, %d failed", t.Passed, t.Failed)
	if t.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	return text
}

// TestRunText draws one run as a line, and what it printed below.
func TestRunText(w io.Writer, r *TestRun, color bool) error {
	p := paint(color)
	word := map[TestStatus]string{TestPassed: p.green("pass"), TestFailed: p.bold(p.red("FAIL")), TestSkipped: p.yellow("skip")}[r.Status]
	line := fmt.Sprintf("  %s  %s", word, SafeText(r.Name))
	if r.Status != TestSkipped {
		line += p.grey(fmt.Sprintf("  (%s, exit code %d)", r.Command, r.Code))
	}
	if _, err := fmt.Fprintln(w, line); err != nil || r.Output == "" {
		return err
	}
	for printed := range strings.Lines(r.Output) {
		if _, err := fmt.Fprintf(w, "        │ %s\n", SafeText(strings.TrimRight(printed, "\r\n"))); err != nil {
			return err
		}
	}
	return nil
}

// TestRunJSON is the machine form of a run: {@level, @message, type:
// "test_run", file, run, command, status, exit_code, output}; a skipped one has
// neither exit code nor output.
func TestRunJSON(r *TestRun) any {
	level := "info"
	if r.Status == TestFailed {
		level = "error"
	}
	o := object{
		{"@level", level}, {"@message", fmt.Sprintf("%s: run %s: %s", SafeText(r.File), SafeText(r.Name), r.Status)}, {"type", "test_run"},
		{"file", SafeText(r.File)}, {"run", SafeText(r.Name)}, {"command", r.Command}, {"status", string(r.Status)},
	}
	if r.Status != TestSkipped {
		o = append(o, member{"exit_code", r.Code}, member{"output", safeLines(r.Output)})
	}
	return o
}

// TestSummaryJSON is the last line of the machine form.
func TestSummaryJSON(t TestTally) any {
	return object{
		{"@level", "info"}, {"@message", t.String()}, {"type", "test_summary"},
		{"passed", t.Passed}, {"failed", t.Failed}, {"skipped", t.Skipped},
	}
}
