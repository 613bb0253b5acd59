package executor_test

import (
	"testing"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
)

// second adds a merchant of its own, with n payouts of one tenge, and returns
// its batch.
func (w *world) second(n int) (*executor.Merchant, planner.Batch) {
	m := *w.merchant
	m.Name, m.ID = "second", 9971
	client := &freedompay.Client{
		BaseURL: "http://127.0.0.1", MerchantID: 9971, Dial: w.network.connect,
		Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(sandbox.Key), nil },
	}
	w.t.Cleanup(client.Close)
	b := planner.Batch{Name: "suppliers", Period: "2026-11", Merchant: &m}
	for i := 1; i <= n; i++ {
		p := w.declare(100 + i)
		p.Address.Batch, p.Amount.Minor = "suppliers", 100
		b.Payouts = append(b.Payouts, p)
	}
	w.journal.ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "second", ID: 9971, Environment: "test", Prefix: "acme"}})
	return &executor.Merchant{Merchant: &m, Gateway: client, PostLink: "https://example.kz/n", Width: 2}, b
}

// applyBoth plans and pays both merchants.
func (w *world) applyBoth(other *executor.Merchant, b planner.Batch) *executor.Report {
	run := &executor.Run{
		Plan:      planner.Diff([]planner.Batch{w.batch, b}, w.journal.clone(), planner.Options{At: time.Now()}),
		Merchants: map[string]*executor.Merchant{"main": w.account, "second": other}, Journal: w.journal, Emit: w.emit,
		Wait: time.Minute,
	}
	return run.Apply(w.admit, w.calls)
}

// TestTwoMerchants: each proves its own look-up and keeps its own pace.
func TestTwoMerchants(t *testing.T) {
	bubble(t, 4, func(w *world) {
		other, b := w.second(4)
		w.account.Pay, other.Pay = limiter(2*time.Second), limiter(time.Minute)
		w.wantStop(w.applyBoth(other, b), "")
		last := map[string]time.Time{}
		for _, l := range w.lines(sandbox.CallPayout) {
			interval := 2 * time.Second
			if l.MerchantID == "9971" {
				interval = time.Minute
			}
			if gap := l.At.Sub(last[l.MerchantID]); gap < interval-time.Microsecond {
				t.Errorf("merchant %s called %s after its last call", l.MerchantID, gap)
			}
			last[l.MerchantID] = l.At
		}
		w.wantReceived(8)
		if n := len(eventsOf[executor.Noticed](w)); n != 1 {
			t.Errorf("%d payouts went first, alone, want that of the second merchant", n)
		}
		// Paid twice over, nothing is left, and nobody is asked.
		before := len(w.lines(sandbox.CallStatus))
		if r := w.applyBoth(other, b); len(r.Sent) != 0 || len(w.lines(sandbox.CallStatus)) != before {
			t.Errorf("report %+v", r)
		}
	})
}

// TestMerchantWithNothingToSend: it is not tested, and cannot hold up another.
func TestMerchantWithNothingToSend(t *testing.T) {
	bubble(t, 2, func(w *world) {
		other, b := w.second(1)
		w.wantStop(w.applyBoth(other, b), "")
		w.batch.Payouts = append(w.batch.Payouts, w.declare(3))
		w.faults(sandbox.Fault{Match: b.Payouts[0].OrderIDFor(other.Merchant, 1), Call: sandbox.CallStatus, Do: "blind"})
		w.wantStop(w.applyBoth(other, b), "")
		w.wantReceived(4)
	})
}

// TestSlowStatusRate: a wait that ends before its turn to ask comes is no
// silence of the gateway.
func TestSlowStatusRate(t *testing.T) {
	bubble(t, 9, func(w *world) {
		w.account.Width = 4
		w.faults(w.on(0, "accept", "process:999999"))
		w.apply()
		w.account.Ask = limiter(20 * time.Second)
		w.reconcile(func(r *executor.Reconciliation) { r.Wait = 4 * time.Minute })
		if told := eventsOf[executor.Noticed](w); len(told) != 0 {
			t.Errorf("notices %+v", told)
		}
	})
}
