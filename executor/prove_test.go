package executor_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// fresh runs a test in fake time with a world whose look-up is not proven.
func fresh(t *testing.T, n int, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, n, freedompay.GatewayAPI)
		test(w)
		w.verify()
	})
}

func (w *world) proven() bool {
	return w.journal.clone().Merchant("main").ProvenFor("test", w.merchant.API)
}

// TestFirstAlone: the smallest payout goes first; the others follow once it is
// found by its order id alone.
func TestFirstAlone(t *testing.T) {
	fresh(t, 4, func(w *world) {
		w.account.Width = 4
		w.batch.Payouts[2].Amount.Minor, w.batch.Payouts[3].Amount.Minor = 1, 1
		lag := w.asking(3, "lag:3m")
		w.faults(lag)
		began := time.Now()
		r := w.apply()
		w.wantStop(r, "")
		calls := w.lines(sandbox.CallPayout)
		if calls[0].OrderID != w.order(3, 1) || calls[1].At.Sub(began) < 3*time.Minute || !w.proven() {
			t.Errorf("first %s, second after %s, proven %t", calls[0].OrderID, calls[1].At.Sub(began), w.proven())
		}
		w.wantReceived(4)
	})
}

// TestFirstBlind: where the gateway wants the payment id, one payout is all
// that is sent, in this run and in later ones, until it answers.
func TestFirstBlind(t *testing.T) {
	fresh(t, 3, func(w *world) {
		w.faults(w.asking(0, "blind"))
		began := time.Now()
		r := w.apply()
		w.wantStop(r, executor.StopLookup, "not found by its order id alone", w.order(1, 1))
		if took := time.Since(began); took < 5*time.Minute || took > 6*time.Minute || len(r.Sent) != 1 || r.Unsent != 2 {
			t.Errorf("took %s, report %+v", took, r)
		}
		w.want(payout.Paid) // by its payment id
		w.wantStop(w.apply(), executor.StopLookup, "does not find the known payment")
		w.wantReceived(1)
		w.faults()
		w.wantStop(w.apply(), "")
		w.wantReceived(3)
	})
}

// TestFirstLost: a first payout whose answer was lost, and which is not found,
// holds the others back until it is settled.
func TestFirstLost(t *testing.T) {
	fresh(t, 3, func(w *world) {
		w.faults(w.on(1, "drop-before", ""))
		w.wantStop(w.apply(), executor.StopLookup)
		w.want(payout.InDoubt)
		w.wantStop(w.apply(), executor.StopLookup, "never found by its order id alone", w.order(1, 1))
		w.wantReceived(1)
		time.Sleep(31 * time.Hour)
		w.reconcile()
		w.want(payout.NotFound)
		w.wantStop(w.apply(), "")
		w.want(payout.NotFound, payout.Paid, payout.Accepted)
	})
}

// TestFirstLostAndFound: the answer was lost, and asking proves the look-up.
func TestFirstLostAndFound(t *testing.T) {
	fresh(t, 3, func(w *world) {
		w.faults(w.on(1, "drop-after", ""))
		w.wantStop(w.apply(), "")
		w.want(payout.Paid, payout.Accepted, payout.Accepted)
	})
}

// TestFirstHandsOver: a first payout that is refused or not sent proves
// nothing; the next smallest goes on.
func TestFirstHandsOver(t *testing.T) {
	fresh(t, 4, func(w *world) {
		n := 0
		w.account.Gateway = gate{w.account.Gateway, func() error {
			if n++; n <= 3 {
				return &freedompay.CallError{Err: errDisk}
			}
			return nil
		}}
		w.faults(w.on(2, "reject:10005", ""), w.asking(3, "lag:1m"))
		began := time.Now()
		w.wantStop(w.apply(), "")
		w.want(payout.NotSent, payout.Rejected, payout.Paid, payout.Accepted)
		calls := w.lines(sandbox.CallPayout)
		if len(calls) != 3 || calls[2].At.Sub(began) < time.Minute {
			t.Errorf("calls %+v", calls)
		}
	})
}

// TestProofStops: a stop while the first payout is waited for sends no other.
func TestProofStops(t *testing.T) {
	fresh(t, 2, func(w *world) {
		w.faults(w.asking(0, "blind"))
		time.AfterFunc(time.Minute, w.stopAdmit)
		w.wantStop(w.apply(), executor.StopSignal)
		w.wantReceived(1)
	})
}

// TestOpenPayoutProves: an open payout that is found by its order id alone is
// the proof.
func TestOpenPayoutProves(t *testing.T) {
	fresh(t, 3, func(w *world) {
		w.faults(w.on(1, "accept", "process:3"), w.asking(0, "blind"))
		w.wantStop(w.apply(), executor.StopLookup)
		w.faults()
		w.account.Width = 3
		w.wantStop(w.apply(), "")
		if told := eventsOf[executor.Noticed](w); len(told) != 1 || !strings.Contains(told[0].Text, "goes first, alone") {
			t.Errorf("notices %+v", told)
		}
	})
}

// TestRetest: a proven look-up is tested once a run on the newest known
// payment.
func TestRetest(t *testing.T) {
	tests := map[string]struct {
		do   string
		kind executor.StopKind
	}{
		"blind":     {"blind", executor.StopLookup},
		"not found": {"not-found", executor.StopLookup},
		"silent":    {"http:503", executor.StopSilent},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(w *world) {
				w.apply(func(r *executor.Run) { r.Wait = time.Minute })
				w.want(payout.Paid)
				w.batch.Payouts = append(w.batch.Payouts, w.declare(2))
				w.faults(w.asking(1, tt.do))
				r := w.apply()
				w.wantStop(r, tt.kind, w.order(1, 1))
				if len(r.Sent) != 0 || r.Unsent != 1 {
					t.Errorf("report %+v", r)
				}
				w.faults()
				w.wantStop(w.apply(), "")
				w.wantReceived(2)
			})
		})
	}
}

// TestRetestAfterProofWasLost: a known payment proves the look-up where the
// records of an older program do not say so.
func TestRetestAfterProofWasLost(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		w.journal.ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "test", Prefix: "acme"}})
		w.batch.Payouts = append(w.batch.Payouts, w.declare(2), w.declare(3))
		w.wantStop(w.apply(), "")
		w.wantReceived(3)
		if !w.proven() {
			t.Error("not proven")
		}
		w.journal.ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "test", Prefix: "acme"}})
		w.batch.Payouts = append(w.batch.Payouts, w.declare(4))
		w.reconcile()
		w.journal.failEnd = 1
		w.journal.ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "test", Prefix: "acme"}})
		r := w.apply()
		w.wantStop(r, executor.StopJournal)
		w.wantReceived(3)
	})
}

// TestRetestIsAnAnswer: what the test of the look-up hears of a payment counts:
// one that the gateway calls failed now is disputed.
func TestRetestIsAnAnswer(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.apply(func(r *executor.Run) {
			r.Plan.Changes[1].Excluded = true
			r.Wait = time.Minute
		})
		w.want(payout.Paid)
		w.faults(w.asking(1, "status:error"))
		w.wantStop(w.apply(), "")
		w.want(payout.Paid, payout.Accepted)
		if !w.record(1).HasFlag(payout.FlagDisputed) {
			t.Errorf("nobody is told: %+v", w.record(1))
		}
	})
}

// TestRetestThatCannotBeWritten ends the run before anything is sent.
func TestRetestThatCannotBeWritten(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.apply(func(r *executor.Run) {
			r.Plan.Changes[1].Excluded = true
			r.Wait = time.Minute
		})
		w.faults(w.asking(1, "status:error"))
		w.journal.failEnd = 1
		w.wantStop(w.apply(), executor.StopJournal)
		w.wantReceived(1)
	})
}
