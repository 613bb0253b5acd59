package executor_test

import (
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

// TestWatchedOfNobody: what failed from an account whose block has left the
// files is asked about by nobody, and that is told.
func TestWatchedOfNobody(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "accept", "error:10005"))
		w.apply()
		w.reconcile()
		w.want(payout.Failed)
		others := func(r *executor.Reconciliation) { r.Merchants = map[string]*executor.Merchant{} }
		if asked := w.reconcile(others); asked != 0 {
			t.Errorf("%d questions", asked)
		}
		told := eventsOf[executor.Noticed](w)
		if len(told) != 1 || told[0].Merchant != "main" || !strings.Contains(told[0].Text, "1 attempts of the last 30 days that failed") {
			t.Errorf("told %+v", told)
		}
		time.Sleep(30 * 24 * time.Hour)
		w.reconcile(others)
		if told := eventsOf[executor.Noticed](w); len(told) != 1 {
			t.Errorf("told after 30 days: %+v", told)
		}
	})
}
