package executor_test

import (
	"slices"
	"testing"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// TestRecordChanged: what asking finds before the first send outdates the plan.
func TestRecordChanged(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.batch.Payouts[0].Retry = 2
		w.faults(w.on(1, "reject-paid:10005", ""), w.asking(1, "not-found"))
		w.apply()
		for range 4 {
			w.reconcile()
		}
		w.want(payout.Failed)
		plan := w.plan()
		if !slices.ContainsFunc(plan.Changes, func(c planner.Change) bool { return c.Action == planner.ActionRetry }) {
			t.Fatalf("plan %+v", plan.Changes)
		}
		w.faults()
		w.reconcile() // the refusal was a lie
		w.want(payout.Paid)
		r := w.apply(func(r *executor.Run) { r.Plan = plan })
		w.wantReceived(1)
		if r.Skipped != 1 || len(r.Sent) != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestPlanCarriedOutTwice: a plan from before the record is skipped, and not
// taken for a failure of the journal.
func TestPlanCarriedOutTwice(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.account.LookupOff = true // or the look-up would stop it first
		plan := w.plan()
		again := func(r *executor.Run) { r.Plan = plan }
		w.apply(again)
		r := w.apply(again)
		w.wantStop(r, "")
		w.wantReceived(1)
		w.want(payout.Paid) // asking about it comes first
		if r.Skipped != 1 || len(r.Sent) != 0 {
			t.Errorf("report %+v", r)
		}
	})
}
