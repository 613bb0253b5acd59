package executor_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// TestRefusalConfirmed: a refusal is final once two answers, apart, do not find
// the payment.
func TestRefusalConfirmed(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.account.Waits = payout.StandardWaits()
		w.faults(w.on(1, "reject:10005", ""))
		w.apply()
		for _, step := range []struct {
			after time.Duration
			want  payout.Status
		}{
			{59 * time.Second, payout.Rejected}, // too early to count
			{2 * time.Second, payout.Rejected},  // the first that counts
			{time.Minute, payout.Rejected},      // too close to the first
			{time.Minute, payout.Failed},
		} {
			time.Sleep(step.after)
			w.reconcile()
			w.want(step.want)
		}
		last := w.record(1).Newest().Last()
		if last.Code != "10005" || w.record(1).Newest().RetrySeen() {
			t.Errorf("recorded %+v, retry seen %t", last, w.record(1).Newest().RetrySeen())
		}
		time.Sleep(10 * time.Minute)
		w.reconcile()
		if !w.record(1).Newest().RetrySeen() {
			t.Error("the second failure was not counted")
		}
	})
}

// TestRefusalConfirmedWithoutWaits: on loopback the counts hold and the waits
// are zero.
func TestRefusalConfirmedWithoutWaits(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "reject:10005", ""))
		w.apply(func(r *executor.Run) { r.Wait = time.Second })
		w.want(payout.Failed)
	})
}

// TestRetry: a failed payout whose retry is allowed is asked about again by
// apply, and paid by the plan after that, under an order id of its own.
func TestRetry(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.account.Waits = payout.StandardWaits()
		w.batch.Payouts[0].Retry = 2
		w.faults(w.on(1, "accept", "error:10001"))
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.want(payout.Failed, payout.Paid)
		w.apply() // seen once, and too early
		w.apply()
		w.wantReceived(2)
		time.Sleep(11 * time.Minute)
		w.apply()
		w.wantReceived(2)
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.want(payout.Paid, payout.Paid)
		calls := w.lines(sandbox.CallPayout)
		if len(calls) != 3 || calls[2].OrderID != w.order(1, 2) {
			t.Errorf("calls %+v", calls)
		}
	})
}

// TestNotFoundAfterTheFence: three not-found answers over half an hour make a
// payout not found, but never before the fence.
func TestNotFoundAfterTheFence(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.account.Waits = payout.StandardWaits()
		w.faults(w.on(1, "drop-after", ""), w.asking(1, "not-found"))
		w.apply()
		for range 5 {
			time.Sleep(6*time.Hour - time.Second)
			w.reconcile()
			w.want(payout.InDoubt)
		}
		time.Sleep(time.Minute)
		w.reconcile()
		w.want(payout.NotFound)
		// A late sign of life always wins.
		w.faults()
		w.reconcile()
		w.want(payout.Paid)
	})
}

// TestNeverNotFound: what has a payment id exists, whatever a look-up misses;
// past the fence that is a person's business.
func TestNeverNotFound(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.apply()
		w.faults(w.asking(1, "not-found"))
		for range 4 {
			w.reconcile()
		}
		if w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("an alarm before the fence")
		}
		time.Sleep(31 * time.Hour)
		for range 4 {
			w.reconcile()
		}
		w.want(payout.Accepted)
		if !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("no alarm after the fence")
		}
		w.faults()
		w.reconcile()
		w.want(payout.Paid)
	})
}

// TestInDoubtSettles: what a status answer says of a payout in doubt.
func TestInDoubtSettles(t *testing.T) {
	tests := map[string]struct {
		then string
		want payout.Status
	}{
		"success": {"", payout.Paid},
		"error":   {"error:10001", payout.Failed},
		"process": {"process:9", payout.Accepted},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(w *world) {
				silent := w.asking(1, "drop-before")
				w.faults(w.on(1, "drop-after", tt.then))
				w.seen = func(call, _ string, n int) {
					if call == "payout" {
						w.faults(silent, w.on(1, "drop-after", tt.then))
					}
				}
				w.apply()
				w.want(payout.InDoubt)
				w.faults()
				w.reconcile()
				w.want(tt.want)
				if w.record(1).Newest().PaymentID == "" {
					t.Error("the payment id was not learned")
				}
			})
		})
	}
}

// TestLateSuccess: a failed payout that is paid after all is paid, with an
// alarm.
func TestLateSuccess(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "accept", ""), w.asking(1, "status:error"))
		w.apply(func(r *executor.Run) { r.Wait = time.Second })
		w.want(payout.Failed)
		w.faults()
		w.reconcile()
		w.want(payout.Paid)
		settled := eventsOf[executor.Settled](w)
		if last := settled[len(settled)-1]; !last.Alarm || last.From != payout.Failed || !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Errorf("last event %+v, record %+v", last, w.record(1))
		}
	})
}

// TestPaymentIDChanges: another payment under our order id is an alarm, and
// changes nothing else.
func TestPaymentIDChanges(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.apply()
		w.faults(w.asking(1, "wrong-echo:pg_payment_id"))
		w.reconcile()
		w.want(payout.Accepted)
		if !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("no alarm")
		}
	})
}

// TestAmountChanges: so is another amount.
func TestAmountChanges(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.apply()
		w.faults(w.asking(1, "wrong-echo:pg_amount"))
		w.reconcile()
		w.reconcile()
		w.want(payout.Accepted)
		if !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("no alarm")
		}
	})
}

// TestWatched: failed payouts are asked about for 30 days.
func TestWatched(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "accept", "error:10001"))
		w.apply(func(r *executor.Run) { r.Wait = time.Second })
		if n := w.reconcile(); n != 1 {
			t.Errorf("asked about %d at once", n)
		}
		time.Sleep(29 * 24 * time.Hour)
		if n := w.reconcile(); n != 1 {
			t.Errorf("asked about %d after 29 days", n)
		}
		time.Sleep(2 * 24 * time.Hour)
		if n := w.reconcile(); n != 0 {
			t.Errorf("asked about %d after 31 days", n)
		}
	})
}

// TestReconcileWaits: with a wait it asks again, each payout with a growing
// pause, until all are final.
func TestReconcileWaits(t *testing.T) {
	bubble(t, 3, func(w *world) {
		w.faults(w.on(1, "accept", "process:5"), w.on(2, "accept", "process:999999"), w.on(3, "reject:10001", ""))
		w.apply()
		began := time.Now()
		if n := w.reconcile(func(r *executor.Reconciliation) { r.Wait = 10 * time.Minute }); n != 3 {
			t.Errorf("asked about %d, want 3", n)
		}
		w.want(payout.Paid, payout.Accepted, payout.Failed)
		if took, asked := time.Since(began), len(w.lines(sandbox.CallStatus)); took != 10*time.Minute || asked > 60 {
			t.Errorf("took %s with %d questions", took, asked)
		}
		began = time.Now()
		w.faults(w.asking(2, "status:success"))
		w.reconcile(func(r *executor.Reconciliation) { r.Wait = 10 * time.Minute })
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %s with nothing to wait for", took)
		}
	})
}

// TestReconcileStops: a stop ends it between two questions.
func TestReconcileStops(t *testing.T) {
	bubble(t, 3, func(w *world) {
		w.faults(w.on(0, "accept", "process:999999"))
		w.apply()
		time.AfterFunc(time.Minute, w.stopAdmit)
		began := time.Now()
		w.reconcile(func(r *executor.Reconciliation) { r.Wait = time.Hour })
		if took := time.Since(began); took != time.Minute {
			t.Errorf("took %s", took)
		}
	})
}

// TestReconcileIncluded: only what is included is asked about; merchants that
// nobody declares cannot be.
func TestReconcileIncluded(t *testing.T) {
	bubble(t, 3, func(w *world) {
		w.apply()
		n := w.reconcile(func(r *executor.Reconciliation) {
			r.Included = func(a payout.Address) bool { return a == w.address(2) }
		})
		w.want(payout.Accepted, payout.Paid, payout.Accepted)
		if none := w.reconcile(func(r *executor.Reconciliation) { r.Merchants = nil }); n != 1 || none != 0 {
			t.Errorf("asked about %d and %d, want 1 and 0", n, none)
		}
	})
}

// TestReconcileNotWritten: an answer that cannot be recorded is an error, in
// the first pass and later.
func TestReconcileNotWritten(t *testing.T) {
	for k := 1; k <= 2; k++ {
		bubble(t, 2, func(w *world) {
			w.faults(w.on(2, "accept", "process:3"))
			w.apply()
			w.journal.failEnd = k
			r := &executor.Reconciliation{Merchants: map[string]*executor.Merchant{"main": w.account}, Journal: w.journal, Wait: time.Minute}
			if _, err := r.Run(w.admit); !errors.Is(err, errDisk) {
				t.Errorf("record %d: %v", k, err)
			}
		})
	}
}

// TestMerchantAPI: the other flavour, whose status has no amount and whose
// not-found answer is payment id 0, from end to end.
func TestMerchantAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4, freedompay.MerchantAPI)
		lose := w.asking(2, "error:9999")
		lose.Nth = 2 // what is asked at the end of the run
		w.faults(w.on(2, "drop-after", ""), w.on(3, "accept", "process:3,error:10001"), w.on(4, "reject:10005", ""), lose)
		w.apply()
		w.want(payout.Paid, payout.InDoubt, payout.Accepted, payout.Rejected)
		if !w.proven() {
			t.Error("not proven")
		}
		w.faults()
		w.reconcile() // learns which payment it is
		w.want(payout.Paid, payout.InDoubt)
		if w.record(2).Newest().PaymentID == "" {
			t.Error("the payment id was not learned")
		}
		for range 4 {
			w.reconcile()
		}
		w.want(payout.Paid, payout.Paid, payout.Failed, payout.Failed)
		w.verify()
	})
}

// TestMerchantAPILookup: a payment that we have no intent of, without an amount,
// is a person's business.
func TestMerchantAPILookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 2, freedompay.MerchantAPI)
		w.prove()
		w.lost(w.order(1, 1), 1, "")
		w.wantStop(w.apply(), executor.StopBehind)
		for range 3 {
			w.reconcile()
		}
		w.want(payout.InDoubt)
		if a := w.record(1).Newest(); a.PaymentID == "" {
			t.Errorf("recorded %+v", a)
		}
		w.verify()
	})
}

// TestRefusalNamesAPayment: a refusal that names a payment is no refusal.
func TestRefusalNamesAPayment(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.spoil = func(call string, rw http.ResponseWriter) bool {
			if call == "payout" {
				answer(rw, "reg2reg", "pg_status", "error", "pg_error_code", "10005", "pg_payment_id", "77", "pg_error_description", "declined")
			}
			return call == "payout"
		}
		w.apply()
		w.want(payout.InDoubt)
		if a := w.record(1).Newest(); a.PaymentID != "77" || a.Last().Code != "10005" {
			t.Errorf("recorded %+v", a)
		}
	})
}

// TestPaymentIDTwice: one payment for two orders is a fault of the gateway that
// a person has to see.
func TestPaymentIDTwice(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.spoil = func(call string, rw http.ResponseWriter) bool {
			if call == "payout" {
				i := w.counts[call]
				answer(rw, "reg2reg", "pg_status", "ok", "pg_payment_id", "77", "pg_merchant_id", "9970", "pg_order_id", w.order(i, 1),
					"pg_payment_amount", w.batch.Payouts[i-1].Amount.Decimal(), "pg_payment_date", "2000-01-01 05:00:00", "pg_error_code", "0")
			}
			return call == "payout"
		}
		w.apply()
		w.want(payout.Accepted, payout.Accepted)
		if w.record(1).HasFlag(payout.FlagAlarm) || !w.record(2).HasFlag(payout.FlagAlarm) {
			t.Errorf("records %+v and %+v", w.record(1), w.record(2))
		}
	})
}
