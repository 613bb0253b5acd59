package payout_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// fullLedger has every kind of content.
func fullLedger(t testing.TB) *payout.Ledger {
	t.Helper()
	l := ledgerOf(t, record(payout.Failed, payout.Accepted))
	l.Note(&payout.Note{At: start, Merchant: &payout.Merchant{
		Name: "main", ID: 9970, Environment: "sandbox", Prefix: "acme", LastCall: start,
		Proven: []payout.Proof{{Environment: "sandbox", API: "gateway", OrderID: "o1", At: start}},
	}})
	l.Note(&payout.Note{At: start, Run: &payout.Run{
		ID: "r1", Open: true, OpenedAt: start, Approvals: []string{"aida"},
		Overrides: []payout.Override{{Name: "salaries.max_total", Reason: "the board agreed"}}, BalanceAfter: map[string]string{"main": "1.00"},
	}})
	return l
}

func TestLedgerCloneIsDeep(t *testing.T) {
	l := fullLedger(t)
	c := l.Clone()
	compare := func(what string, want, got *payout.Ledger) {
		t.Helper()
		for name, diff := range map[string]string{
			"merchants": cmp.Diff(want.Merchants, got.Merchants), "runs": cmp.Diff(want.Runs, got.Runs), "records": cmp.Diff(want.All(), got.All()),
		} {
			if diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", what, name, diff)
			}
		}
	}
	compare("a clone", l, c)
	mustSettle(t, c, outcome(2, payout.Paid, payout.CauseSuccess))
	c.Merchants[0].Proven[0].API = "changed"
	c.Merchants[0].LastCall = start.Add(time.Hour)
	c.Runs[0].Approvals[0] = "changed"
	c.Runs[0].Overrides[0].Name = "changed"
	c.Runs[0].BalanceAfter["main"] = "changed"
	mustBegin(t, c, intent(payout.NewAddress("new", "1", "x"), 1, "new"))
	compare("after its clone changed", fullLedger(t), l)
	if c.ByOrderID("main", "o1") != c.Record(staff) || l.ByOrderID("main", "new") != nil {
		t.Error("the order ids of a clone are not its own")
	}
}

// TestCloneKeepsOrderIDsOfFormerMerchants: a failed payout may be edited to
// another merchant; the order id of its first attempt stays taken at the old.
func TestCloneKeepsOrderIDsOfFormerMerchants(t *testing.T) {
	l := ledgerOf(t, record(payout.Failed))
	in := intent(staff, 2, "o2")
	in.Merchant = "second"
	mustBegin(t, l, in)
	for name, have := range map[string]*payout.Ledger{"ledger": l, "clone": l.Clone()} {
		if have.ByOrderID("main", "o1") == nil || have.ByOrderID("second", "o2") == nil || have.ByOrderID("main", "o2") != nil {
			t.Errorf("the %s does not know which order id is which merchant's", name)
		}
	}
}

func TestGrowKeepsEverything(t *testing.T) {
	l := ledgerOf(t, record(payout.Paid))
	before := l.Record(staff)
	l.Grow(100)
	if l.Len() != 1 || l.Record(staff) != before || l.ByOrderID("main", "o1") != before {
		t.Error("making room lost a record")
	}
}
