package statefile

import (
	"regexp"
	"strings"
	"testing"

	"payrun/planner/payout"
)

// TestGravesAndRunsAreChecked: a state whose graves or runs were edited is
// refused with the reason, before its digest is.
func TestGravesAndRunsAreChecked(t *testing.T) {
	start, _ := pairOfStates(t)
	snap := branch(t, start, func(l *payout.Ledger) {
		must(t, l.Settle(&payout.Outcome{At: mergeAt, Address: staffAddress("1001"), Attempt: 1, OrderID: "acme-salaries-1001", Cause: payout.CauseError,
			Event: payout.Event{Status: payout.Failed, Source: payout.SourceStatus, At: mergeAt}}))
		l.Note(&payout.Note{At: mergeAt, Forget: &payout.Tombstone{Address: staffAddress("1001"), At: mergeAt, By: "aigul", Reason: "paid by hand"}})
	})
	data, err := Encode(snap, "0.1.0")
	must(t, err)
	whole := string(data)
	line := func(member string) string {
		t.Helper()
		found := regexp.MustCompile(`"` + member + `": ?\[\n *(\{.*\})\n`).FindStringSubmatch(whole)
		if found == nil {
			t.Fatalf("no %s in %s", member, whole)
		}
		return found[1]
	}
	grave, run := line("tombstones"), line("runs")
	for _, tt := range []struct{ old, new, want string }{
		{grave, grave + ",\n" + grave, "stands twice"},
		{run, run + ",\n" + run, "stands twice"},
		{grave, strings.Replace(grave, `"salaries[`, `"[`, 1), "address"},
		{grave, strings.Replace(grave, `"status":"failed"`, `"status":"gone"`, 1), "gone"},
		{grave, strings.Replace(grave, `"amount":"1200000.50"`, `"amount":"1,5"`, 1), "1,5"},
		{grave, strings.Replace(grave, `"currency":"KZT"`, `"currency":"XXX"`, 1), "XXX"},
		{grave, strings.Replace(grave, `"by":"aigul"`, `"by":7`, 1), "number"},
		{run, strings.Replace(run, `"id":"`, `"id":7,"x":"`, 1), "number"},
	} {
		edited := strings.Replace(whole, tt.old, tt.new, 1)
		if edited == whole {
			t.Fatalf("nothing is edited to %s", tt.new)
		}
		if _, err := Parse("edited", []byte(edited)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.new, err, tt.want)
		}
	}
}
