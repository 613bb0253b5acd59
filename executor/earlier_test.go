package executor_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
)

// failedOnce leaves payout 1 failed, seen twice and free to be retried, and
// payout 2 paid, which proves the look-up of every later run.
func (w *world) failedOnce() {
	w.t.Helper()
	w.batch.Payouts[0].Retry = 2
	w.faults(w.on(1, "accept", "error:10005"))
	w.apply(func(r *executor.Run) { r.Wait = time.Minute })
	w.reconcile()
	w.want(payout.Failed, payout.Paid)
	w.faults()
	w.wantReceived(2)
	w.mu.Lock()
	w.events = nil
	w.mu.Unlock()
}

// asksOf are the questions about attempt 1 of payout 1.
func (w *world) asksOf() (out []sandbox.Line) {
	for _, l := range w.lines(sandbox.CallStatus) {
		if l.OrderID == w.order(1, 1) {
			out = append(out, l)
		}
	}
	return out
}

// wantRefused checks that the one planned payout was not sent, and why.
func (w *world) wantRefused(r *executor.Report, why string) {
	w.t.Helper()
	skipped := eventsOf[executor.Skipped](w)
	if len(skipped) != 1 || !strings.Contains(skipped[0].Reason, why) {
		w.t.Errorf("skipped %+v, want %q", skipped, why)
	}
	if r.Skipped != 1 || r.Unsent != 0 || len(r.Sent) != 0 {
		w.t.Errorf("report %+v", r)
	}
}

// TestEarlierDead: the attempt that failed is asked about once more, and then
// the next one is sent.
func TestEarlierDead(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		before := len(w.asksOf())
		w.wantStop(w.apply(), "")
		w.wantReceived(3)
		asks, sent := w.asksOf(), w.lines(sandbox.CallPayout)[2]
		if sent.OrderID != w.order(1, 2) || len(asks) != before+1 || asks[before].Seq > sent.Seq {
			t.Errorf("sent %s after %d questions about attempt 1, want one more", sent.OrderID, len(asks)-before)
		}
		w.want(payout.Accepted, payout.Paid)
	})
}

// TestNothingEarlier: a first attempt, with a record or without, has none.
func TestNothingEarlier(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.journal.slow = 11 * time.Second
		w.apply()
		w.want(payout.NotSent)
		w.journal.slow = 0
		before := len(w.lines(sandbox.CallStatus))
		w.wantStop(w.apply(), "")
		w.want(payout.Accepted)
		if n := len(w.lines(sandbox.CallStatus)) - before; n != payout.MaxAttempts {
			t.Errorf("%d questions before a first attempt, want its look-up under every order id", n)
		}
	})
}

// TestEarlierAlive: a payment that shows late is never paid a second time.
func TestEarlierAlive(t *testing.T) {
	for word, status := range map[string]payout.Status{"success": payout.Paid, "process": payout.Failed} {
		t.Run(word, func(t *testing.T) {
			bubble(t, 2, func(w *world) {
				w.failedOnce()
				w.faults(w.asking(1, "status:"+word))
				r := w.apply()
				w.wantStop(r, "")
				w.wantRefused(r, "is known to the gateway after all ("+word+")")
				w.want(status, payout.Paid)
				w.wantReceived(2)
				if alarm := w.record(1).HasFlag(payout.FlagAlarm); alarm != (word == "success") {
					t.Errorf("alarm %t", alarm)
				}
			})
		})
	}
}

// TestEarlierUnanswered: without a trusted answer nobody knows.
func TestEarlierUnanswered(t *testing.T) {
	for _, do := range []string{"error:9999", "bad-signature", "drop-before", "status:queued", "wrong-echo:pg_order_id"} {
		t.Run(do, func(t *testing.T) {
			bubble(t, 2, func(w *world) {
				w.failedOnce()
				w.faults(w.asking(1, do))
				w.wantRefused(w.apply(), "attempt 1 could not be asked about once more: ")
				w.wantReceived(2)
				w.faults()
				w.wantStop(w.apply(), "")
				w.wantReceived(3)
			})
		})
	}
}

// TestEarlierNotWritten: what the question brought cannot be recorded.
func TestEarlierNotWritten(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		w.faults(w.asking(1, "status:success"))
		w.journal.failEnd = 1
		r := w.apply()
		w.wantStop(r, executor.StopJournal, "no space left")
		w.wantReceived(2)
		if r.Unwritten != nil || len(r.Sent) != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestEarlierStopped: a question that a signal cut is no reason of its own.
func TestEarlierStopped(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		asked := 0
		w.seen = func(call, _ string, _ int) {
			if asked++; asked == 2 { // the first tests the look-up
				w.stopAdmit()
			}
		}
		w.faults(w.asking(1, "delay:5s"))
		r := w.apply()
		w.wantStop(r, executor.StopSignal)
		w.wantReceived(2)
		if r.Skipped != 0 || r.Unsent != 1 || asked != 2 {
			t.Errorf("%d questions, report %+v", asked, r)
		}
	})
}

// TestEarlierLookupOff: the sandbox may go without the question.
func TestEarlierLookupOff(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		w.account.LookupOff = true
		before := len(w.asksOf())
		w.wantStop(w.apply(), "")
		w.wantReceived(3)
		if n := len(w.asksOf()); n != before {
			t.Errorf("%d questions", n-before)
		}
	})
}

// applyFrom plans payout 1 from another merchant and carries that out.
func (w *world) applyFrom(other *executor.Merchant, declared map[string]*executor.Merchant) *executor.Report {
	b := w.batch
	b.Merchant, b.Payouts = other.Merchant, b.Payouts[:1]
	run := &executor.Run{
		Plan:      planner.Diff([]planner.Batch{b}, w.journal.clone(), planner.Options{At: time.Now()}),
		Merchants: declared, Journal: w.journal, Emit: w.emit,
	}
	return run.Apply(w.admit, w.calls)
}

// TestEarlierMerchantGone: an attempt of a merchant that the files do not
// declare cannot be asked about, and so nothing follows it.
func TestEarlierMerchantGone(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		other, _ := w.second(0)
		r := w.applyFrom(other, map[string]*executor.Merchant{"second": other})
		w.wantRefused(r, "attempt 1 was made from merchant main, which the files do not declare")
		w.wantReceived(2)
	})
}

// TestEarlierOfAnotherMerchant: each attempt is asked about where it was made,
// and what is found there proves nothing about the other account.
func TestEarlierOfAnotherMerchant(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		other, _ := w.second(0)
		before := len(w.asksOf())
		r := w.applyFrom(other, map[string]*executor.Merchant{"main": w.account, "second": other})
		w.wantStop(r, "")
		w.wantReceived(3)
		sent := w.lines(sandbox.CallPayout)[2]
		asks := w.asksOf()
		if sent.MerchantID != "9971" || len(asks) == before || asks[before].MerchantID != "9970" || asks[before].Seq > sent.Seq {
			t.Errorf("sent from %s after the questions %+v", sent.MerchantID, asks[before:])
		}
		record := w.record(1)
		if was := record.Attempt(1).Was; was.Merchant != "main" || record.Merchant != "second" {
			t.Errorf("attempt 1 was of %+v, the record is of %s", was, record.Merchant)
		}
		if second := w.journal.clone().Merchant("second"); len(second.Proven) != 1 || second.Proven[0].OrderID != sent.OrderID {
			t.Errorf("proofs of the second merchant: %+v", second.Proven)
		}
	})
}

// TestEarlierOfAnotherAmount: an edited payout's earlier attempt is weighed by
// what it was to pay.
func TestEarlierOfAnotherAmount(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.failedOnce()
		before := w.batch.Payouts[0].Amount
		w.batch.Payouts[0].Amount.Minor = 777700
		w.faults(sandbox.Fault{Match: w.order(1, 2), Call: sandbox.CallPayout, Do: "accept", Then: "error:10005"})
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.wantReceived(3)
		w.want(payout.Failed, payout.Paid)
		w.faults(w.asking(1, "status:success"))
		w.reconcile()
		w.want(payout.Paid, payout.Paid) // not "of another amount"
		var told []executor.Settled
		for _, e := range eventsOf[executor.Settled](w) {
			if e.OrderID == w.order(1, 1) {
				told = append(told, e)
			}
		}
		if len(told) != 1 || told[0].To != payout.Paid || told[0].Amount != before {
			t.Errorf("told %+v, want %s paid", told, before)
		}
	})
}

// TestEarlierReturned: the gateway may call a payment paid for ever whose money
// came back; a person's word lets the next attempt leave.
func TestEarlierReturned(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.want(payout.Paid, payout.Paid)
		for _, o := range []payout.Outcome{
			{Cause: payout.CausePerson, Event: payout.Event{Status: payout.Returned}},
			{Cause: payout.CauseResend, Event: payout.Event{Status: payout.Returned}, Raise: []payout.Flag{payout.FlagResend}},
		} {
			o.At, o.Address, o.Attempt, o.OrderID = time.Now(), w.address(1), 1, w.order(1, 1)
			o.Event.At, o.Event.Source = o.At, payout.SourceManual
			if err := w.journal.End(&o); err != nil {
				t.Fatal(err)
			}
		}
		w.wantStop(w.apply(), "")
		w.wantReceived(3)
		w.want(payout.Accepted, payout.Paid)
	})
}

// twice runs a test in which the gateway is made to break the promise that an
// order id is paid once, which its own ledger tells against it.
func twice(t *testing.T, n int, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, n, freedompay.GatewayAPI)
		w.prove()
		test(w)
		w.close()
		if err := w.gateway.Verify(); err == nil {
			t.Error("no order id was paid twice")
		}
	})
}

// TestEarlierPaidTwice: another payment under the order id of a dead attempt
// is one more that nobody may add to.
func TestEarlierPaidTwice(t *testing.T) {
	twice(t, 2, func(w *world) {
		w.failedOnce()
		w.lost(w.order(1, 1), 1, "")
		r := w.apply()
		w.wantRefused(r, "stands for another payment at the gateway as well")
		w.want(payout.Failed, payout.Paid)
		if !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("no alarm")
		}
		w.wantReceived(3)
	})
}

// TestPaidTwice: a second payment under our order id raises the alarm, once,
// and our own payment is still followed by its id.
func TestPaidTwice(t *testing.T) {
	for _, then := range []string{"success", "process:99", "error:10005"} {
		t.Run(then, func(t *testing.T) {
			twice(t, 1, func(w *world) {
				w.faults(w.on(1, "accept", "process:2"))
				w.apply()
				w.want(payout.Accepted)
				own := w.record(1).Newest().PaymentID
				w.faults(w.on(1, "accept", then))
				w.lost(w.order(1, 1), 1, "")
				for range 4 {
					w.reconcile()
				}
				w.want(payout.Paid)
				record := w.record(1)
				if !record.HasFlag(payout.FlagAlarm) || record.Newest().PaymentID != own {
					t.Errorf("flags %v, payment %s, ours is %s", record.Flags, record.Newest().PaymentID, own)
				}
				alarms := 0
				for _, e := range eventsOf[executor.Settled](w) {
					if e.Alarm {
						alarms++
					}
				}
				if alarms != 1 {
					t.Errorf("%d alarms were told, want one", alarms)
				}
			})
		})
	}
}

// TestLockLostAtBegin: an intent that a lost lock refused is a lost lock, and
// no broken disk.
func TestLockLostAtBegin(t *testing.T) {
	for name, tt := range map[string]struct {
		ours error
		kind executor.StopKind
	}{"lock lost": {errDisk, executor.StopLock}, "disk broken": {nil, executor.StopJournal}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 3, func(w *world) {
				w.journal.failBegin = 1
				asked := 0
				r := w.apply(func(r *executor.Run) {
					r.StillOurs = func() error {
						if asked++; asked == 1 {
							return nil // before the look-up
						}
						return tt.ours
					}
				})
				w.wantStop(r, tt.kind, "no space left")
				w.wantReceived(0)
				if r.Unwritten != nil || len(r.Sent) != 0 || r.Unsent != 3 {
					t.Errorf("report %+v", r)
				}
			})
		})
	}
}
