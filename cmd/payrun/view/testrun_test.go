package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestRunOfATest(t *testing.T) {
	for name, tt := range map[string]struct {
		run  TestRun
		want string
	}{
		"passed":  {TestRun{Name: "one", Command: "plan", Status: TestPassed}, "  pass  one  (plan, exit code 0)\n"},
		"failed":  {TestRun{Name: "two", Command: "apply", Status: TestFailed, Code: 9, Output: "a\x1b[2J\nb"}, "  FAIL  two  (apply, exit code 9)\n        │ a\\x1b[2J\n        │ b\n"},
		"skipped": {TestRun{Name: "th\u202eree", Command: "plan", Status: TestSkipped}, "  skip  th\\u202eree\n"},
	} {
		var out bytes.Buffer
		if err := TestRunText(&out, &tt.run, false); err != nil || out.String() != tt.want {
			t.Errorf("%s: %q, %v", name, out.String(), err)
		}
		if err := TestRunText(refusing{}, &tt.run, true); !errors.Is(err, errRefusing) {
			t.Errorf("%s: %v", name, err)
		}
		encoded, err := json.Marshal(TestRunJSON(&tt.run))
		if err != nil || strings.Contains(string(encoded), "exit_code") == (name == "skipped") {
			t.Errorf("%s: %s, %v", name, encoded, err)
		}
	}
}

// refusesAfter lets some writes through before it fails.
type refusesAfter struct{ n int }

func (a *refusesAfter) Write(b []byte) (int, error) {
	if a.n--; a.n < 0 {
		return 0, errRefusing
	}
	return len(b), nil
}

func TestOutputOfARunThatNobodyReads(t *testing.T) {
	run := &TestRun{Name: "one", Status: TestFailed, Output: "a\nb\n"}
	if err := TestRunText(&refusesAfter{n: 2}, run, false); !errors.Is(err, errRefusing) {
		t.Error(err)
	}
}

var errRefusing = errors.New("refused")

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errRefusing }

func TestTallyOfATest(t *testing.T) {
	var tally TestTally
	for _, s := range []TestStatus{TestPassed, TestFailed, TestPassed} {
		tally.Count(s)
	}
	if got := tally.String(); got != "2 passed, 1 failed" {
		t.Error(got)
	}
	tally.Count(TestSkipped)
	if got := tally.String(); got != "2 passed, 1 failed, 1 skipped" {
		t.Error(got)
	}
	encoded, err := json.Marshal(TestSummaryJSON(tally))
	if err != nil || !strings.Contains(string(encoded), `"passed":2,"failed":1,"skipped":1`) {
		t.Errorf("%s, %v", encoded, err)
	}
}

// The answer is read out of what a run printed, so its words must be those.
func TestSafeToRunAgainWords(t *testing.T) {
	var out bytes.Buffer
	SummaryText(&out, &Summary{SafeToRunAgain: true, Why: "w"}, false)
	if !strings.Contains(out.String(), SafeToRunAgain+"yes") {
		t.Error(out.String())
	}
}
