package executor_test

import (
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// TestEarlierDenied: a payment that was known and is not found now is no
// payment that failed, whatever one answer said of it before.
func TestEarlierDenied(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.batch.Payouts[0].Retry = 2
		lie := w.asking(1, "status:error")
		lie.Nth = 2
		w.faults(lie)
		w.apply()
		w.reconcile()
		w.want(payout.Failed, payout.Paid)
		w.faults(w.asking(1, "not-found"))
		w.retryFailed = true
		r := w.apply()
		w.wantStop(r, "")
		w.wantRefused(r, "has payment 1000000001, and the gateway does not find it now")
		w.wantReceived(2)
		w.faults()
		w.reconcile()
		w.want(payout.Paid, payout.Paid)
	})
}

// TestMisjudgedPaid: a person who called a payout paid against the gateway is
// corrected by its next answer.
func TestMisjudgedPaid(t *testing.T) {
	for fate, want := range map[string]payout.Status{"error:10005": payout.Failed, "": payout.Paid} {
		bubble(t, 1, func(w *world) {
			w.faults(w.on(1, "drop-after", fate), w.asking(1, "not-found"))
			w.apply()
			w.want(payout.InDoubt)
			w.person(payout.Paid)
			w.faults()
			w.reconcile()
			w.want(want)
			if last := w.record(1).Newest().Last(); last.Source != payout.SourceStatus {
				t.Errorf("the evidence is %+v, want the gateway's", last)
			}
			before := len(w.lines(sandbox.CallStatus))
			w.reconcile()
			if after := len(w.lines(sandbox.CallStatus)); want == payout.Paid && after != before {
				t.Error("what the gateway calls paid is asked about again")
			}
		})
	}
}

// TestMisjudgedPaidForGood: after 30 days nobody asks any more.
func TestMisjudgedPaidForGood(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "drop-before", ""))
		w.apply()
		w.person(payout.Paid)
		if asked := w.reconcile(); asked != 1 {
			t.Errorf("%d questions about what a person called paid, want one", asked)
		}
		time.Sleep(30 * 24 * time.Hour)
		if asked := w.reconcile(); asked != 0 {
			t.Errorf("%d questions after 30 days, want none", asked)
		}
		w.want(payout.Paid)
	})
}

// TestFoundFailedAndAlive: what a look-up found failed, and what then lives
// after all, does not stay unnoticed where the answer names no amount.
func TestFoundFailedAndAlive(t *testing.T) {
	for _, word := range []string{"success", "process"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, 1, freedompay.MerchantAPI)
			w.prove()
			w.apply()
			w.journal.ledger = payout.NewLedger()
			w.prove()
			w.faults(w.asking(1, "status:error"))
			w.apply()
			w.want(payout.Failed)
			w.faults(w.asking(1, "status:"+word))
			w.reconcile()
			w.want(payout.Failed)
			if !w.record(1).HasFlag(payout.FlagAlarm) {
				t.Errorf("the gateway says %s of what was found failed, and nobody is told", word)
			}
			before := len(eventsOf[executor.Settled](w))
			w.reconcile()
			if after := len(eventsOf[executor.Settled](w)); after != before {
				t.Error("the same answer alarms twice")
			}
			w.wantReceived(1)
			w.close()
		})
	}
}

// TestPaymentIDThatWasALie: a payment that the gateway named wrongly is not
// found under that name, which says nothing while its order brings no answer:
// what a person called failed is not sent again on the strength of it.
func TestPaymentIDThatWasALie(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.retryFailed = true
		w.faults(w.on(1, "wrong-echo:pg_payment_id", ""), w.asking(1, "status:queued"))
		w.apply()
		w.want(payout.Accepted, payout.Accepted)
		w.person(payout.Failed)
		w.wantRefused(w.apply(), "attempt 1 could not be asked about once more")
		w.faults()
		w.mu.Lock()
		w.events = nil
		w.mu.Unlock()
		w.wantRefused(w.apply(), "is known to the gateway after all")
		w.wantReceived(2)
	})
}

// person resolves payout 1.
func (w *world) person(as payout.Status) {
	w.t.Helper()
	a := w.record(1).Newest()
	o := payout.Outcome{
		At: time.Now(), Address: w.address(1), Attempt: a.N, OrderID: a.OrderID, Cause: payout.CausePerson,
		Event: payout.Event{Status: as, At: time.Now(), Source: payout.SourceManual, By: "aigul", Reason: "by the statement of the bank"},
	}
	if err := w.journal.End(&o); err != nil {
		w.t.Fatal(err)
	}
}
