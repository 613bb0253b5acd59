package view

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

func reportOf(p *Plan, stop *executor.Stop) *Report {
	s := &Summary{Stop: stop, SafeToRunAgain: true, Why: "nothing is sent twice"}
	return &Report{Version: "0.1.0", Run: "20261122T090000.000Z-1", Digest: p.Digest, Finished: at, After: p.Plan, Summary: s}
}

// writeReport draws a report as JSON.
func writeReport(t *testing.T, w *bytes.Buffer, r *Report) {
	t.Helper()
	document, err := ReportJSON(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteJSON(w, document); err != nil {
		t.Fatal(err)
	}
}

func TestReportCSV(t *testing.T) {
	p := troubled(t)
	p.Plan.Batches[0].Batch.Payouts[0].Label = "=HYPERLINK(\"x\")"
	var b bytes.Buffer
	if err := ReportCSV(&b, reportOf(p, nil)); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.csv", b.Bytes())
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
}

func TestReportJSON(t *testing.T) {
	var b bytes.Buffer
	stop := &executor.Stop{Kind: executor.StopSignal, Text: "stopped by ^C"}
	writeReport(t, &b, reportOf(troubled(t), stop))
	golden(t, "report.json", b.Bytes())
}

// A label that repeats the card token does not put it into the report.
func TestReportMasksTokens(t *testing.T) {
	p := small(t)
	first := p.Plan.Changes[0].Declared
	first.Label = "card " + first.Token.Reveal()
	var b bytes.Buffer
	if err := ReportCSV(&b, reportOf(p, nil)); err != nil {
		t.Fatal(err)
	}
	writeReport(t, &b, reportOf(p, nil))
	if strings.Contains(b.String(), first.Token.Reveal()) {
		t.Error("the report holds a whole token")
	}
}

// What a gateway said before it paid is no longer true of a paid payout.
func TestGatewayWords(t *testing.T) {
	events := []payout.Event{{Status: payout.Sending}, {Status: payout.Rejected, Code: "10017", Words: "card expired"}}
	for _, tt := range []struct {
		last payout.Status
		want string
	}{{payout.Failed, "10017 card expired"}, {payout.Paid, ""}} {
		a := &payout.Attempt{Events: append(events[:2:2], payout.Event{Status: tt.last})}
		if got := gatewayWords(a); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.last, got, tt.want)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestReportWriterError(t *testing.T) {
	if err := ReportCSV(brokenWriter{}, &Report{After: &planner.Plan{}, Summary: &Summary{}}); err == nil {
		t.Error("the writer's error is lost")
	}
}

func TestReportOverflow(t *testing.T) {
	p := small(t)
	for i := range p.Plan.Changes {
		p.Plan.Changes[i].Declared.Amount.Minor = 1<<63 - 1
	}
	if err := ReportCSV(&bytes.Buffer{}, reportOf(p, nil)); err == nil {
		t.Error("csv: no error")
	}
	if _, err := ReportJSON(reportOf(p, nil)); err == nil {
		t.Error("json: no error")
	}
}
