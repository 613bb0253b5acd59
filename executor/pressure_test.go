package executor_test

import (
	"net/http"
	"testing"
	"time"

	"payrun/executor"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// TestBalanceFalls: a balance that runs out in the middle stops the run at the
// first refusal; what was not reached is not marked, and money that comes in
// pays the rest.
func TestBalanceFalls(t *testing.T) {
	bubble(t, 5, func(w *world) {
		for i := range w.batch.Payouts {
			w.batch.Payouts[i].Amount.Minor = 40_000_000_00 // the sandbox opens with two and a half of them
		}
		r := w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.wantStop(r, executor.StopGateway, "8888")
		w.want(payout.Paid, payout.Paid, payout.Failed, payout.Declared, payout.Declared)
		w.wantReceived(3)
		if len(r.Sent) != 3 || r.Unsent != 2 || r.Unwritten != nil {
			t.Errorf("report %+v", r)
		}
		for i := range w.batch.Payouts[2:] {
			w.batch.Payouts[2+i].Amount.Minor = 6_000_000_00
		}
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.want(payout.Paid, payout.Paid, payout.Paid, payout.Paid, payout.Paid)
		w.wantReceived(6)
		calls := w.lines(sandbox.CallPayout)
		if calls[3].OrderID != w.order(3, 2) {
			t.Errorf("the refused payout was sent as %s again", calls[3].OrderID)
		}
	})
}

// TestTooManyRequests: a gateway that asks for fewer calls gets none instead of
// more, whatever Retry-After says, and no payout is the worse for it.
func TestTooManyRequests(t *testing.T) {
	for _, after := range []string{"1", "0", "-5", "999999999999999999999", "Wed, 21 Oct 2054 07:28:00 GMT"} {
		t.Run(after, func(t *testing.T) {
			bubble(t, 20, func(w *world) {
				busy := true
				w.spoil = func(call string, rw http.ResponseWriter) bool {
					if busy {
						rw.Header().Set("Retry-After", after)
						rw.WriteHeader(http.StatusTooManyRequests)
					}
					return busy
				}
				began := time.Now()
				r := w.apply(func(r *executor.Run) { r.Wait = time.Hour })
				w.wantStop(r, executor.StopSilent, "429")
				if took := time.Since(began); took > 5*time.Minute {
					t.Errorf("took %s", took)
				}
				if asked := w.counts["status"]; asked > 20 || w.counts["payout"] > 0 || w.journal.begins > 0 {
					t.Errorf("asked %d times, %d payout calls, %d intents", asked, w.counts["payout"], w.journal.begins)
				}
				busy = false
				w.apply(func(r *executor.Run) { r.Wait = time.Minute })
				w.wantReceived(20)
				w.want(payout.Paid)
			})
		})
	}
}

// TestBusyInTheMiddle: a payout call that is answered with 429 is in doubt, and
// never sent again by itself.
func TestBusyInTheMiddle(t *testing.T) {
	bubble(t, 3, func(w *world) {
		w.faults(w.on(2, "http:429", ""))
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.want(payout.Paid, payout.InDoubt, payout.Paid)
		w.faults()
		w.apply()
		w.wantReceived(3)
	})
}
