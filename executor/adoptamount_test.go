package executor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

// TestUnprovenOtherAmount: a living payment of another amount is not recorded:
// the record would give it the declared amount. With the old amount back in the
// files it is. One that failed keeps its own amount.
func TestUnprovenOtherAmount(t *testing.T) {
	for name, tt := range map[string]struct {
		first string
		found payout.Status // while the files name another amount
	}{
		"edited after both": {"999.00", payout.Failed},
		"edited between":    {"1000.00", payout.Failed},
		"edited twice":      {"998.00", payout.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(w *world) {
				w.faults(w.on(1, "accept", "error:10005"))
				w.lost(w.order(1, 1), 1, tt.first)
				w.faults()
				w.lost(w.order(1, 2), 1, "999.00")
				for range 2 {
					w.wantStop(w.apply(unproven), executor.StopBehind)
					w.want(tt.found)
				}
				if was := w.record(1).Stake().Decimal(); was != tt.first {
					t.Errorf("what failed is recorded with %s", was)
				}
				told := eventsOf[executor.Skipped](w)
				if len(told) == 0 || !strings.Contains(told[0].Reason, "another amount") {
					t.Errorf("told %+v", told)
				}
				w.batch.Payouts[0].Amount.Minor = 999_00
				w.wantStop(w.apply(unproven), executor.StopBehind)
				w.want(payout.Paid)
				if paid := w.record(1).Stake().Minor; paid != 999_00 {
					t.Errorf("recorded as paid: %d", paid)
				}
				w.wantReceived(2)
			})
		})
	}
}

// TestLookupLeftBehind: one run finds all that the state does not know, also
// among what no plan sends.
func TestLookupLeftBehind(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.faults(w.on(1, "accept", "error:10005"))
		w.apply(func(r *executor.Run) { r.Plan.Changes[1].Excluded = true })
		w.reconcile()
		w.want(payout.Failed, payout.Declared)
		w.faults()
		w.lost(w.order(1, 2), 1, "")
		w.lost(w.order(2, 1), 2, "")
		r := w.apply()
		w.wantStop(r, executor.StopBehind)
		w.want(payout.Paid, payout.Paid)
		if r.Adopted != 2 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestLookupLeftOtherAmount: a retry of another amount that the state forgot is
// told, in every run until the files name it.
func TestLookupLeftOtherAmount(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "accept", "error:10005"))
		w.apply()
		w.reconcile()
		w.faults()
		w.lost(w.order(1, 2), 1, "999.00")
		for n := 1; n <= 2; n++ {
			w.wantStop(w.apply(), executor.StopBehind)
			w.want(payout.Failed)
			told := eventsOf[executor.Noticed](w)
			if len(told) != n || !strings.Contains(told[0].Text, w.address(1).String()+": ") || !strings.Contains(told[0].Text, "another amount than 1 000.00 KZT") {
				t.Errorf("run %d told %+v", n, told)
			}
		}
		w.batch.Payouts[0].Amount.Minor = 999_00
		w.wantStop(w.apply(), executor.StopBehind)
		w.want(payout.Paid)
		w.wantStop(w.apply(), "")
	})
}

// TestAdoptEditedNotSent: what an older state was about to send before the
// amount was edited is not what was paid.
func TestAdoptEditedNotSent(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.journal.slow = 11 * time.Second
		w.apply()
		w.want(payout.NotSent)
		w.journal.slow = 0
		w.batch.Payouts[0].Amount.Minor = 999_00
		w.lost(w.order(1, 1), 1, "")
		w.wantStop(w.apply(), executor.StopBehind)
		w.want(payout.Paid)
		if r := w.record(1); r.Stake().Minor != 999_00 || r.Amount.Minor != 999_00 {
			t.Errorf("recorded as paid: %s of %s", r.Stake(), r.Amount)
		}
	})
}

// TestLookupLeft: a failed payout that no plan sends again is looked up as well,
// in a proven state too: its retry may be what an older state forgot. A run
// that sends nothing has not tested the look-up, and proves no state.
func TestLookupLeft(t *testing.T) {
	for _, isUnproven := range []bool{true, false} {
		for _, retried := range []bool{true, false} {
			t.Run(fmt.Sprintf("unproven %t, retried %t", isUnproven, retried), func(t *testing.T) {
				bubble(t, 1, func(w *world) {
					w.faults(w.on(1, "accept", "error:10005"))
					w.apply()
					w.reconcile()
					w.want(payout.Failed)
					w.faults()
					status, stop, adopted, calls := payout.Failed, executor.StopKind(""), 0, 1
					if retried {
						w.lost(w.order(1, 2), 1, "")
						status, stop, adopted, calls = payout.Paid, executor.StopBehind, 1, 2
					}
					r := w.apply(func(r *executor.Run) { r.Unproven = isUnproven })
					w.wantStop(r, stop)
					w.want(status)
					if phases := eventsOf[executor.PhaseStarted](w); phases[len(phases)-1] != (executor.PhaseStarted{Phase: executor.PhaseLeft, Count: 1}) {
						t.Errorf("phases %+v", phases)
					}
					if r.Adopted != adopted || r.Skipped+r.Unsent != 0 || r.LookedUp == isUnproven {
						t.Errorf("report %+v", r)
					}
					w.wantReceived(calls)
				})
			})
		}
	}
}

// TestFailedWithOtherAmount: an edited payout whose failed attempt only the
// gateway remembers is paid with its next attempt, and both keep their amounts.
func TestFailedWithOtherAmount(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "accept", "error:10005"))
		w.lost(w.order(1, 1), 1, "998.00")
		w.faults()
		w.wantStop(w.apply(unproven), "")
		w.want(payout.Failed)
		w.reconcile()
		w.retryFailed = true
		w.wantStop(w.apply(unproven), "")
		r := w.record(1)
		if r.Status() != payout.Accepted || len(r.Attempts) != 2 || r.TermsOf(&r.Attempts[0]).Amount.Minor != 998_00 || r.Stake().Minor != 1000_00 {
			t.Errorf("recorded %+v", r)
		}
		w.wantReceived(2)
	})
}
