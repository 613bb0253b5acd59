package executor_test

import (
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// TestNoAnswer: a payout whose look-up brings no trusted answer is not sent;
// the others are.
func TestNoAnswer(t *testing.T) {
	for _, do := range []string{"bad-signature", "no-signature", "drop-before", "http:500", "garbage", "error:9999", "status:queued", "hold", "wrong-echo:pg_order_id", "redirect:302"} {
		t.Run(do, func(t *testing.T) {
			bubble(t, 3, func(w *world) {
				w.faults(w.on(0, "accept", ""))
				w.lost(w.order(2, 1), 2, "")
				w.faults(w.asking(2, do))
				r := w.apply()
				w.wantStop(r, "")
				w.want(payout.Accepted, payout.Declared, payout.Accepted)
				if len(r.Sent) != 2 || r.Skipped != 1 {
					t.Errorf("report %+v", r)
				}
				skipped := eventsOf[executor.Skipped](w)
				if len(skipped) != 1 || !strings.Contains(skipped[0].Reason, "no trusted answer") {
					t.Errorf("skipped %+v", skipped)
				}
			})
		})
	}
}

// TestSilentGateway: a gateway that answers nobody ends the run soon, with one
// reason that names the cause.
func TestSilentGateway(t *testing.T) {
	for _, mode := range []string{"proven", "unproven", "reconcile"} {
		t.Run(mode, func(t *testing.T) {
			bubble(t, 500, func(w *world) {
				w.account.Width = 4
				w.faults(w.asking(0, "http:503"))
				began := time.Now()
				if mode == "reconcile" {
					w.silentReconcile(began)
					return
				}
				r := w.apply(func(r *executor.Run) { r.Unproven, r.Wait = mode == "unproven", 2*time.Minute })
				w.wantStop(r, executor.StopSilent, "5 look-ups in a row", "http status 503")
				w.wantReceived(0)
				if took := time.Since(began); took > time.Minute || len(r.Sent) != 0 || r.Unsent < 480 || r.Unsent+r.Skipped != 500 || r.LookedUp && r.Unsent > 0 && mode == "unproven" {
					t.Errorf("%s, report %+v", took, r)
				}
				if stops := eventsOf[executor.Stopping](w); len(stops) != 1 {
					t.Errorf("%d stops were told", len(stops))
				}
			})
		})
	}
}

func (w *world) silentReconcile(began time.Time) {
	w.faults(w.on(0, "drop-before", ""))
	for i := 1; i <= 20; i++ {
		w.doubt(i)
	}
	w.faults(w.asking(0, "hold"))
	asked := w.reconcile()
	if took := time.Since(began); asked > 10 || took > 6*time.Minute {
		w.t.Errorf("asked about %d in %s", asked, took)
	}
	if told := eventsOf[executor.Noticed](w); len(told) != 1 || !strings.Contains(told[0].Text, "deadline exceeded") {
		w.t.Errorf("notices %+v", told)
	}
}

// doubt records payout i as in doubt, as a lost answer leaves it.
func (w *world) doubt(i int) {
	w.t.Helper()
	p := w.batch.Payouts[i-1]
	now := time.Now()
	in := &payout.Intent{Details: p.Details(w.merchant), At: now, Attempt: 1, OrderID: w.order(i, 1), TimeLimit: now.Add(24 * time.Hour)}
	if err := w.journal.Begin(in); err != nil {
		w.t.Fatal(err)
	}
	w.journal.restart(w.t)
}

// TestSlowLookup: an answer that took longer than it may be old is no
// clearance.
func TestSlowLookup(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.asking(1, "delay:11s"))
		r := w.apply()
		w.want(payout.Declared)
		if r.Skipped != 1 || w.journal.begins != 0 {
			t.Errorf("report %+v", r)
		}
		w.faults(w.asking(1, "delay:9s"))
		w.apply()
		w.want(payout.Accepted)
	})
}

// TestTurnTookLong: what was looked up before a long wait is looked up again,
// and only the second answer counts.
func TestTurnTookLong(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.account.Pay = limiter(8 * time.Second)
		second := w.asking(1, "error:9999")
		second.Nth = 2
		w.faults(second)
		r := w.apply()
		w.want(payout.Declared)
		if r.Skipped != 1 || w.journal.begins != 0 {
			t.Errorf("report %+v", r)
		}
		w.faults()
		w.batch.Payouts[0].TimeLimit = 0 // the default holds
		w.apply()
		w.want(payout.Accepted)
		if a := w.record(1).Newest(); a.TimeLimit.Sub(a.BegunAt()) != planner.DefaultTimeLimit {
			t.Errorf("time limit %s of an intent of %s", a.TimeLimit, a.BegunAt())
		}
	})
}

// TestWrongKey: the first question tells that the key is wrong, and the stop
// says so.
func TestWrongKey(t *testing.T) {
	bubble(t, 9, func(w *world) {
		w.faults(w.asking(0, "401"))
		w.wantStop(w.apply(), executor.StopGateway, "secret key")
		w.wantReceived(0)
	})
}

// TestSlowJournal: an intent that took longer to write than the look-up may be
// old leaves nothing on the wire.
func TestSlowJournal(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.journal.slow = 11 * time.Second
		r := w.apply()
		w.want(payout.NotSent)
		w.wantReceived(0)
		if words := w.record(1).Newest().Last().Words; !strings.Contains(words, "look-up is 11s old") || len(r.Sent) != 1 {
			t.Errorf("words %q, report %+v", words, r)
		}
	})
}
