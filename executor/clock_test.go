package executor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

// jumps are how far a clock may be set wrong, or set right, at once.
var jumps = []time.Duration{
	time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour, 10 * 365 * 24 * time.Hour, -10 * 365 * 24 * time.Hour,
}

// TestClockJumps: a clock that jumps in the middle of a run ends it before the
// next payout; what the jump left open is paid once the clock is right.
func TestClockJumps(t *testing.T) {
	for _, jump := range jumps {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			bubble(t, 6, func(w *world) {
				w.seen = func(call, _ string, n int) {
					if call == "payout" && n == 2 {
						w.skew = jump
					}
				}
				r := w.apply()
				w.wantStop(r, executor.StopClock, "our clock and the gateway's differ")
				w.wantReceived(2)
				if len(r.Sent) != 2 || r.Unsent != 4 {
					t.Errorf("report %+v", r)
				}
				w.seen, w.skew = nil, 0
				w.apply(func(r *executor.Run) { r.Wait = time.Minute })
				w.wantReceived(6)
				w.want(payout.Paid, payout.Paid, payout.Paid, payout.Paid, payout.Paid, payout.Paid)
			})
		})
	}
}

// TestClockAheadProvesNothing: the waits, the fence and the pause before a retry
// hang on our clock. While it is wrong, bad news settles nothing, and a person is
// told why.
func TestClockAheadProvesNothing(t *testing.T) {
	for _, jump := range jumps {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			bubble(t, 3, func(w *world) {
				w.account.Waits = payout.StandardWaits()
				w.faults(w.on(1, "drop-after", ""), w.asking(1, "not-found"), w.on(2, "reject:10005", ""), w.on(3, "accept", "error:10001"))
				w.apply()
				w.skew = jump
				for range 5 {
					time.Sleep(8 * time.Hour)
					w.reconcile()
				}
				w.want(payout.InDoubt, payout.Rejected, payout.Accepted)
				notices := eventsOf[executor.Noticed](w)
				if len(notices) != 5 || !notices[0].Warning || !strings.Contains(notices[0].Text, "clock") {
					t.Errorf("notices %+v", notices)
				}
				w.skew = 0
				for range 3 {
					time.Sleep(20 * time.Minute)
					w.reconcile()
				}
				w.want(payout.NotFound, payout.Failed, payout.Failed)
			})
		})
	}
}

// TestClockWrongStillLearns: a sign of life is one by any clock.
func TestClockWrongStillLearns(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.doubt(1)
		w.lost(w.order(1, 1), 1, "")
		w.skew = -48 * time.Hour
		w.reconcile()
		w.want(payout.Paid)
	})
}
