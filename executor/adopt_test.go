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

// lost makes the payments of a run whose state is gone: attempt n of payout i
// each, under any order id.
func (w *world) lost(orderID string, i int, amount string) {
	w.t.Helper()
	p := w.batch.Payouts[i-1]
	if amount == "" {
		amount = p.Amount.Decimal()
	}
	w.mu.Lock()
	w.journal.intent[orderID] = 0 // of the lost journal
	w.mu.Unlock()
	_, err := w.account.Gateway.Payout(w.admit, &freedompay.PayoutRequest{
		OrderID: orderID, Amount: amount, Description: "Salary", TimeLimit: time.Now().Add(24 * time.Hour).In(almaty).Format("2006-01-02 15:04:05"),
		UserID: p.UserID, PostLink: "https://example.kz/n", CardToken: p.Token.Reveal(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func unproven(r *executor.Run) { r.Unproven = true }

// TestStateBehind: one payment that the state did not know ends sending; the
// rest is looked up and recorded, and the next run pays what is left.
func TestStateBehind(t *testing.T) {
	bubble(t, 4, func(w *world) {
		w.lost(w.order(2, 1), 2, "")
		w.lost(w.order(4, 1), 4, "")
		r := w.apply()
		w.wantStop(r, executor.StopBehind, "behind the gateway", "plan again")
		w.want(payout.Accepted, payout.Paid, payout.Declared, payout.Paid)
		if len(r.Sent) != 1 || r.Adopted != 2 || r.Skipped != 2 || r.Unsent != 1 {
			t.Errorf("report %+v", r)
		}
		found := w.record(2)
		if !found.HasFlag(payout.FlagUnproven) || found.HasFlag(payout.FlagAlarm) || found.Newest().Last().Source != payout.SourceLookup || found.Newest().PaymentID == "" {
			t.Errorf("recorded %+v", found)
		}
		w.wantStop(w.apply(), "")
		w.want(payout.Paid, payout.Paid, payout.Accepted, payout.Paid)
		w.wantReceived(4)
	})
}

// TestAdoption: what a look-up may find, and what is recorded of it.
func TestAdoption(t *testing.T) {
	tests := map[string]struct {
		lose   func(*world)
		status payout.Status
		behind bool
		alarm  bool
	}{
		"paid":       {func(w *world) { w.lost(w.order(1, 1), 1, "") }, payout.Paid, true, false},
		"in process": {func(w *world) { w.faults(w.on(0, "accept", "process:99")); w.lost(w.order(1, 1), 1, "") }, payout.Accepted, true, false},
		"failed":     {func(w *world) { w.faults(w.on(0, "accept", "error:10005")); w.lost(w.order(1, 1), 1, "") }, payout.Failed, false, false},
		// Recorded, the declared amount would pass for what was paid.
		"more paid": {func(w *world) { w.lost(w.order(1, 1), 1, "1000.01") }, payout.Declared, true, false},
		"held elsewhere": {func(w *world) {
			w.lost(w.order(1, 1), 1, "")
			held := payout.Attempt{N: 1, OrderID: "other", PaymentID: "1000000001", Events: []payout.Event{{Status: payout.Paid, At: time.Now()}}}
			other := w.batch.Payouts[0].Details(w.merchant)
			other.Address.Key, other.UserID, other.Fingerprint = "other", "other", "sha256:other"
			if err := w.journal.ledger.Restore(&payout.Record{Details: other, Attempts: []payout.Attempt{held}}); err != nil {
				w.t.Fatal(err)
			}
		}, payout.InDoubt, true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(w *world) {
				tt.lose(w)
				r := w.apply()
				if behind := r.Stop != nil && r.Stop.Kind == executor.StopBehind; behind != tt.behind || len(r.Sent) != 0 || r.Skipped != 1 {
					t.Errorf("report %+v, stop %+v", r, r.Stop)
				}
				w.want(tt.status)
				if alarm := w.record(1).HasFlag(payout.FlagAlarm); alarm != tt.alarm {
					t.Errorf("alarm is %t, want %t: %+v", alarm, tt.alarm, w.record(1))
				}
				w.apply()
				w.wantReceived(1)
			})
		})
	}
}

// TestUnprovenState: every attempt of every payout is asked for under all its
// names before anything is sent, and sending waits for what may still land.
func TestUnprovenState(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.account.Waits = payout.StandardWaits()
		w.merchant.FormerPrefixes = []string{"old"}
		began := time.Now()
		r := w.apply(unproven)
		w.wantStop(r, "")
		w.want(payout.Accepted, payout.Accepted)
		first := w.lines(sandbox.CallPayout)[0].At
		if wait := first.Sub(began); wait < 2*time.Minute || !r.LookedUp {
			t.Errorf("the first payout left after %s, looked up %t", wait, r.LookedUp)
		}
		before := 0
		for _, l := range w.lines(sandbox.CallStatus) {
			if l.At.Before(began.Add(time.Minute)) {
				before++
			}
		}
		// Two payouts of four attempts under two prefixes.
		if pauses := eventsOf[executor.Paused](w); before != 16 || len(pauses) != 1 || pauses[0].For != 2*time.Minute {
			t.Errorf("%d look-ups before the pause, pauses %v", before, pauses)
		}
	})
}

// TestUnprovenFinds: a payment is found whichever attempt, prefix or former
// address it was made under, and nothing is sent.
func TestUnprovenFinds(t *testing.T) {
	former := payout.NewAddress("salaries", "2026-11", "people").WithKey("1")
	tests := map[string]func(w *world) string{
		"third attempt": func(w *world) string { return w.order(1, 3) },
		"former prefix": func(w *world) string {
			w.merchant.FormerPrefixes = []string{"old"}
			old := *w.merchant
			old.Prefix = "old"
			return w.batch.Payouts[0].OrderIDFor(&old, 2)
		},
		"former address": func(w *world) string {
			w.moved = []planner.Move{{From: former, To: w.address(1)}}
			old := w.batch.Payouts[0]
			old.Address = former
			return old.OrderIDFor(w.merchant, 1)
		},
	}
	for name, orderID := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 2, func(w *world) {
				w.lost(orderID(w), 1, "")
				r := w.apply(unproven)
				w.wantStop(r, executor.StopBehind)
				w.want(payout.Paid, payout.Declared)
				if len(r.Sent) != 0 || !r.LookedUp {
					t.Errorf("report %+v", r)
				}
				w.wantReceived(1)
			})
		})
	}
}

// TestUnprovenTwoAlive: two payments of one payout are both recorded, with an
// alarm; so are two under two names of one attempt.
func TestUnprovenTwoAlive(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.lost(w.order(1, 1), 1, "")
		w.lost(w.order(1, 2), 1, "")
		w.merchant.FormerPrefixes = []string{"old"}
		old := *w.merchant
		old.Prefix = "old"
		w.lost(w.order(2, 1), 2, "")
		w.lost(w.batch.Payouts[1].OrderIDFor(&old, 1), 2, "")
		w.wantStop(w.apply(unproven), executor.StopBehind)
		w.want(payout.Paid, payout.Paid)
		for i := 1; i <= 2; i++ {
			if !w.record(i).HasFlag(payout.FlagAlarm) {
				t.Errorf("no alarm for payout %d", i)
			}
		}
		if n := len(w.record(1).Attempts); n != 2 {
			t.Errorf("%d attempts recorded, want 2", n)
		}
		if told := eventsOf[executor.Noticed](w); len(told) != 1 || !strings.Contains(told[0].Text, "a person has to look") {
			t.Errorf("notices %+v", told)
		}
		w.wantReceived(4)
	})
}

// TestUnprovenFailedAttempts: attempts that failed are recorded as such, and
// are no reason to distrust the state.
func TestUnprovenFailedAttempts(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.faults(w.on(0, "accept", "error:10005"))
		w.lost(w.order(1, 1), 1, "")
		w.lost(w.order(1, 2), 1, "")
		w.faults()
		r := w.apply(unproven)
		w.wantStop(r, "")
		w.want(payout.Failed, payout.Accepted)
		if n := len(w.record(1).Attempts); n != 2 || r.Skipped != 1 || len(r.Sent) != 1 {
			t.Errorf("%d attempts, report %+v", n, r)
		}
	})
}

// TestUnprovenLooksUpWhatIsHeld: what this plan does not send is looked up too,
// and what it leaves out keeps the state unproven.
func TestUnprovenLooksUpWhatIsHeld(t *testing.T) {
	bubble(t, 3, func(w *world) {
		w.batch.Payouts[1].Hold = "leave"
		w.lost(w.order(2, 1), 2, "")
		r := w.apply(unproven)
		w.wantStop(r, executor.StopBehind)
		w.want(payout.Declared, payout.Paid, payout.Declared)
		r = w.apply(unproven, func(r *executor.Run) {
			for i := range r.Plan.Changes {
				r.Plan.Changes[i].Excluded = r.Plan.Changes[i].Address == w.address(3)
			}
		})
		w.wantStop(r, "")
		w.want(payout.Accepted, payout.Paid, payout.Declared)
		if r.LookedUp {
			t.Error("the state counts as proven, with one payout never looked up")
		}
	})
}

// TestAdoptNotSent: a payout that was not sent by us is found all the same.
func TestAdoptNotSent(t *testing.T) {
	for _, api := range []freedompay.API{freedompay.GatewayAPI, freedompay.MerchantAPI} {
		t.Run(string(api), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, api)
				w.prove()
				w.journal.slow = 11 * time.Second
				w.apply()
				w.want(payout.NotSent)
				w.journal.slow = 0
				w.lost(w.order(1, 1), 1, "")
				w.wantStop(w.apply(), executor.StopBehind)
				want := payout.Paid
				if api == freedompay.MerchantAPI {
					// Without an amount a payment that we did not send is a person's business.
					want = payout.InDoubt
				}
				w.reconcile()
				w.want(want)
				if !w.record(1).HasFlag(payout.FlagUnproven) || w.record(1).Newest().PaymentID == "" {
					t.Errorf("record %+v", w.record(1))
				}
				w.verify()
			})
		})
	}
}

// TestNotSentUnderTwoNames: an attempt that was not sent keeps its order id;
// what lives under another name of it raises an alarm, and nothing is sent.
func TestNotSentUnderTwoNames(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.journal.slow = 11 * time.Second
		w.apply()
		w.journal.slow = 0
		w.merchant.FormerPrefixes = []string{"old"}
		old := *w.merchant
		old.Prefix = "old"
		w.lost(w.batch.Payouts[0].OrderIDFor(&old, 1), 1, "")
		w.wantStop(w.apply(), executor.StopBehind)
		w.want(payout.NotSent)
		if !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("no alarm")
		}
		w.apply()
		w.wantReceived(1)
	})
}

// TestRenamed: a renamed payout is found and paid under the record it has.
func TestRenamed(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.journal.slow = 11 * time.Second
		w.apply()
		w.want(payout.NotSent)
		w.journal.slow = 0
		before := w.address(1)
		renamed := payout.NewAddress("salaries", "2026-11", "people").WithKey("1")
		w.batch.Payouts[0].Address = renamed
		w.moved = []planner.Move{{From: before, To: renamed}}
		w.wantStop(w.apply(), "")
		w.want(payout.Accepted)
		if again := w.apply(); len(again.Sent) != 0 {
			t.Errorf("sent again: %v", again.Sent)
		}
		w.wantReceived(1)
	})
}

// TestLookupOff: the sandbox may go without look-ups, and then asks nothing
// before it sends.
func TestLookupOff(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.account.LookupOff = true
		r := w.apply(unproven)
		w.wantStop(r, "")
		w.want(payout.Accepted, payout.Accepted)
		if n := len(w.lines(sandbox.CallStatus)); n != 0 {
			t.Errorf("%d questions", n)
		}
	})
}
