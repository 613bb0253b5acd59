package payout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

func TestSettle(t *testing.T) {
	l := payout.NewLedger()
	mustBegin(t, l, intent(staff, 1, "o1"))
	o := outcome(1, payout.Accepted, payout.CauseCall)
	o.PaymentID, o.PaymentDate = "77", "2026-11-22 14:00:00"
	o.Failures, o.NotFound = payout.Seen{Count: 1, First: start, Last: start}, payout.Seen{Count: 2, First: start, Last: start}
	mustSettle(t, l, o)
	a := l.Record(staff).Newest()
	if a.Status() != payout.Accepted || a.PaymentID != "77" || a.PaymentDate != o.PaymentDate || a.Failures != o.Failures || a.NotFound != o.NotFound {
		t.Errorf("after an answer: %+v", a)
	}
	// An outcome without a status or payment id changes neither.
	mustSettle(t, l, &payout.Outcome{At: start, Address: staff, Attempt: 1, OrderID: "o1", NotFound: payout.Seen{Count: 3}})
	a = l.Record(staff).Newest()
	if a.Status() != payout.Accepted || len(a.Events) != 2 || a.PaymentID != "77" || a.PaymentDate == "" {
		t.Errorf("after an outcome without a status: %+v", a)
	}
	if a.NotFound.Count != 3 || a.Failures != (payout.Seen{}) {
		t.Errorf("the counters are not replaced: %+v", a)
	}
}

func TestSettleRefusals(t *testing.T) {
	wrongOrder := outcome(1, payout.Paid, payout.CauseSuccess)
	wrongOrder.OrderID = "o9"
	wrongOrderAlone := &payout.Outcome{Address: staff, Attempt: 1, OrderID: "o9", Raise: []payout.Flag{payout.FlagAlarm}}
	elsewhere := outcome(1, payout.Paid, payout.CauseSuccess)
	elsewhere.Address = staff.WithKey("2")
	tests := map[string]*payout.Outcome{
		"another order id":               wrongOrder,
		"another order id, no status":    wrongOrderAlone,
		"an attempt that is not there":   outcome(2, payout.Paid, payout.CauseSuccess),
		"a payout that is not there":     elsewhere,
		"a forbidden move":               outcome(1, payout.NotSent, payout.CauseCall),
		"a status that does not exist":   outcome(1, "sent", payout.CauseCall),
		"a status without a cause":       outcome(1, payout.Paid, ""),
		"a second send without a record": outcome(1, payout.Sending, payout.CauseIntent),
	}
	for name, o := range tests {
		l := ledgerOf(t, record(payout.Accepted))
		wantForbidden(t, name, l.Settle(o))
		if diff := cmp.Diff(record(payout.Accepted), l.Record(staff)); diff != "" || l.Len() != 1 {
			t.Errorf("%s changed the ledger (-want +got):\n%s", name, diff)
		}
	}
}

func TestFlags(t *testing.T) {
	l := ledgerOf(t, record(payout.Paid))
	steps := []struct {
		raise, clear, want []payout.Flag
	}{
		{[]payout.Flag{payout.FlagDisputed}, nil, []payout.Flag{payout.FlagDisputed}},
		{[]payout.Flag{payout.FlagAlarm, payout.FlagAlarm, payout.FlagDisputed}, nil, []payout.Flag{payout.FlagAlarm, payout.FlagDisputed}},
		{nil, nil, []payout.Flag{payout.FlagAlarm, payout.FlagDisputed}},
		{[]payout.Flag{payout.FlagUnproven}, []payout.Flag{payout.FlagDisputed}, []payout.Flag{payout.FlagAlarm, payout.FlagUnproven}},
		{nil, []payout.Flag{payout.FlagAlarm, payout.FlagUnproven, payout.FlagDisputed}, []payout.Flag{}},
	}
	for i, s := range steps {
		mustSettle(t, l, &payout.Outcome{Address: staff, Attempt: 1, OrderID: "o1", Raise: s.raise, Clear: s.clear})
		if diff := cmp.Diff(s.want, l.Record(staff).Flags); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestBalanceAndProof(t *testing.T) {
	l := ledgerOf(t, record(payout.Sending))
	l.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main"}})
	proof := payout.Proof{Environment: "production", API: "gateway", OrderID: "o1", At: start}
	for range 2 {
		mustSettle(t, l, &payout.Outcome{Address: staff, Attempt: 1, OrderID: "o1", Balance: "10.00", Proof: &proof})
	}
	mustSettle(t, l, &payout.Outcome{Address: staff, Attempt: 1, OrderID: "o1"})
	m := l.Merchant("main")
	if diff := cmp.Diff(&payout.Merchant{Name: "main", Balance: "10.00", Proven: []payout.Proof{proof}}, m); diff != "" {
		t.Errorf("the merchant (-want +got):\n%s", diff)
	}
	if !m.ProvenFor("production", "gateway") || m.ProvenFor("production", "merchant") || m.ProvenFor("test", "gateway") {
		t.Error("a proof holds for its own environment and API alone")
	}
	l = ledgerOf(t, record(payout.Sending))
	mustSettle(t, l, &payout.Outcome{Address: staff, Attempt: 1, OrderID: "o1", Balance: "1", Proof: &proof})
	if len(l.Merchants) != 0 {
		t.Error("an outcome made a merchant")
	}
}

func TestNote(t *testing.T) {
	l := payout.NewLedger()
	proven := []payout.Proof{{API: "gateway"}}
	balances := map[string]string{"main": "1"}
	for _, name := range []string{"main", "b", "main"} {
		l.Note(&payout.Note{Merchant: &payout.Merchant{Name: name, ID: int64(len(l.Merchants)), Proven: proven}})
	}
	for _, id := range []string{"r2", "r1", "r2"} {
		l.Note(&payout.Note{Run: &payout.Run{ID: id, Open: len(l.Runs) == 0, BalanceAfter: balances}})
	}
	l.Note(&payout.Note{})
	proven[0].API, balances["main"] = "changed", "changed"
	wantMerchants := []payout.Merchant{
		{Name: "b", ID: 1, Proven: []payout.Proof{{API: "gateway"}}},
		{Name: "main", ID: 2, Proven: []payout.Proof{{API: "gateway"}}},
	}
	wantRuns := []payout.Run{
		{ID: "r2", BalanceAfter: map[string]string{"main": "1"}},
		{ID: "r1", BalanceAfter: map[string]string{"main": "1"}},
	}
	if diff := cmp.Diff(wantMerchants, l.Merchants); diff != "" {
		t.Errorf("merchants (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantRuns, l.Runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}
