package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"payrun/cmd/payrun/view"
	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

// reporting is an application at its end, with a report that goes to name.
func reporting(t *testing.T, name string, sent int) *application {
	t.Helper()
	p := newProgram(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}, nil)
	p.dir = t.TempDir()
	plan := &planner.Plan{}
	a := &application{program: p, report: &executor.Report{}, made: &planning{plan: plan, file: planfile.Build(plan, planfile.Facts{CreatedAt: time.Unix(0, 0)})}}
	for range sent {
		a.report.Sent = append(a.report.Sent, payout.Address{})
	}
	a.reportTo = reportFile{name: name, path: filepath.Join(p.dir, name)}
	return a
}

// A report that cannot be written after all is told, and never looks as if
// nothing had been sent.
func TestReportFailsAtTheEnd(t *testing.T) {
	for _, tt := range []struct{ sent, code int }{{0, exitError}, {2, exitPerson}} {
		a := reporting(t, "gone/report.csv", tt.sent)
		err := a.writeReport(a.made.plan, &view.Summary{})
		if codeOf(err) != tt.code || !strings.Contains(err.Error(), "write the report gone/report.csv") {
			t.Errorf("%d sent: code %d, %v", tt.sent, codeOf(err), err)
		}
	}
}

// A total that overflows is no half report.
func TestReportOverflow(t *testing.T) {
	kzt := payout.MustCurrency("KZT")
	huge := &planner.Payout{Amount: payout.Money{Minor: 1<<63 - 1, Currency: kzt}}
	after := &planner.Plan{Changes: []planner.Change{{Declared: huge}, {Declared: huge}}}
	for _, asJSON := range []bool{false, true} {
		a := reporting(t, "report.x", 0)
		a.reportTo.json = asJSON
		if err := a.writeReport(after, &view.Summary{}); err == nil {
			t.Error("no error")
		}
		if _, err := os.Stat(a.reportTo.path); err == nil {
			t.Error("a report was written")
		}
	}
}

func TestNoReportAsked(t *testing.T) {
	a := reporting(t, "", 2)
	if err := a.writeReport(a.made.plan, &view.Summary{}); err != nil {
		t.Error(err)
	}
}
