package executor_test

import (
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

func TestHappyPath(t *testing.T) {
	bubble(t, 5, func(w *world) {
		w.account.Width = 3
		r := w.apply(func(r *executor.Run) { r.Wait = 2 * time.Minute })
		w.wantStop(r, "")
		w.want(payout.Paid, payout.Paid, payout.Paid, payout.Paid, payout.Paid)
		if len(r.Sent) != 5 || r.Skipped+r.Unsent+r.Adopted != 0 || r.Unwritten != nil || !r.LookedUp {
			t.Errorf("report %+v", r)
		}
		if begun, settled := len(eventsOf[executor.Begun](w)), len(eventsOf[executor.Settled](w)); begun != 5 || settled != 10 {
			t.Errorf("%d begun, %d settled, want 5 and 10", begun, settled)
		}
		if again := w.apply(); len(again.Sent) != 0 {
			t.Errorf("the second run sent %v", again.Sent)
		}
		w.wantReceived(5)
	})
}
