package statefile

import (
	"slices"
	"strings"
	"testing"

	"payrun/planner/payout"
)

// pairOfStates are a state with one accepted payout and the same state later,
// for a test to change.
func pairOfStates(t *testing.T) (older, newer *Snapshot) {
	t.Helper()
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	must(t, r.Note(&payout.Note{At: s.now(), Merchant: testMerchant(), Run: testRun(true, s.now())}))
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.End(testOutcome("1001", payout.Accepted, s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	older, newer = mustLoad(t, s), mustLoad(t, s)
	return older, newer
}

func paidNow(newer *Snapshot) *payout.Record {
	r := newer.Ledger.Record(staffAddress("1001"))
	a := r.Newest()
	a.Events = append(a.Events, payout.Event{Status: payout.Paid, At: a.Last().At, Source: payout.SourceStatus})
	newer.Serial, newer.PreviousDigest, newer.Digest = newer.Serial+1, newer.Digest, "sha256:new"
	return r
}

func TestCompareTellsWhatHappened(t *testing.T) {
	older, newer := pairOfStates(t)
	if c := Compare(older, newer); len(c.Changes)+len(c.Problems) != 0 {
		t.Errorf("equal states: %+v", c)
	}
	r := paidNow(newer)
	r.Flags = []payout.Flag{payout.FlagUnproven}
	c := Compare(older, newer)
	if len(c.Problems) != 0 || len(c.Changes) != 1 {
		t.Fatalf("%+v", c)
	}
	got := c.Changes[0]
	if got.From != payout.Accepted || got.To != payout.Paid || len(got.News) != 1 || got.News[0].Attempt != 1 || !slices.Equal(got.Raised, r.Flags) {
		t.Errorf("%+v", got)
	}
	// From nothing, everything is new.
	c = Compare(&Snapshot{Ledger: payout.NewLedger()}, older)
	if len(c.Problems) != 0 || len(c.Changes) != 1 || c.Changes[0].From != payout.Declared || len(c.Changes[0].News) != 2 {
		t.Errorf("%+v", c)
	}
}

func TestCompareFollowsRenamesAndGraves(t *testing.T) {
	older, newer := pairOfStates(t)
	to := staffAddress("1002")
	newer.Ledger.Note(&payout.Note{Move: &payout.Move{From: staffAddress("1001"), To: to}})
	c := Compare(older, newer)
	if len(c.Problems) != 0 || len(c.Changes) != 1 || c.Changes[0].Was != staffAddress("1001") || c.Changes[0].Address != to {
		t.Errorf("renamed: %+v", c)
	}
	older, newer = pairOfStates(t)
	newer.Ledger.Note(&payout.Note{Forget: &payout.Tombstone{Address: staffAddress("1001"), Merchant: "main", OrderIDs: []string{"acme-salaries-1001"}, By: "dana"}})
	c = Compare(older, newer)
	if len(c.Problems) != 0 || len(c.Changes) != 1 || c.Changes[0].Forgotten == nil || c.Changes[0].Forgotten.By != "dana" {
		t.Errorf("forgotten: %+v", c)
	}
	back, _ := pairOfStates(t)
	if c = Compare(newer, back); len(c.Problems) != 2 || !strings.Contains(c.Problems[1], "its tombstone vanished") {
		t.Errorf("dug up: %+v", c)
	}
}

func TestCompareNamesWhatNoStepExplains(t *testing.T) {
	for _, tt := range []struct {
		want string
		do   func(older, newer *Snapshot)
	}{
		{"it is another state", func(_, n *Snapshot) { n.Lineage = "other" }},
		{"an earlier version was put back (serial 1, now 0)", func(_, n *Snapshot) { n.Serial = 0 }},
		{"the content changed, and the number of its version did not (serial 1)", func(_, n *Snapshot) { n.Digest = "sha256:other" }},
		{"version 2 does not continue version 1 (serial)", func(_, n *Snapshot) { n.Serial, n.PreviousDigest = 2, "sha256:other" }},
		{"the record, accepted 1 200 000.50 KZT, vanished", func(_, n *Snapshot) {
			n.Ledger = payout.NewLedger()
			n.Ledger.Merchants = []payout.Merchant{*testMerchant()}
		}},
		{"merchant main vanished", func(_, n *Snapshot) { n.Ledger.Merchants = nil }},
		{"merchant main was account 9970 (sandbox), now 9970 (production)", func(_, n *Snapshot) { n.Ledger.Merchants[0].Environment = "production" }},
		{"the run 20261121T130000Z vanished", func(_, n *Snapshot) { n.Ledger.Runs = nil }},
		{"the run 20261121T130000Z was rewritten", func(_, n *Snapshot) { n.Ledger.Runs[0].Approvals = []string{"mallory"} }},
		{"had order id acme-salaries-1001, now other", func(_, n *Snapshot) { n.Ledger.Record(staffAddress("1001")).Attempts[0].OrderID = "other" }},
		{`had payment id 7001001, now ""`, func(_, n *Snapshot) { n.Ledger.Record(staffAddress("1001")).Attempts[0].PaymentID = "" }},
		{"recorded evidence of attempt 1 was changed or taken away", func(_, n *Snapshot) { n.Ledger.Record(staffAddress("1001")).Attempts[0].Events[1].Words = "no" }},
		{"recorded evidence of attempt 1 was changed or taken away", func(_, n *Snapshot) {
			a := &n.Ledger.Record(staffAddress("1001")).Attempts[0]
			a.Events = a.Events[:1]
		}},
		{`attempt 1: "sending" cannot follow "paid"`, func(_, n *Snapshot) {
			a := paidNow(n).Newest()
			a.Events = append(a.Events, payout.Event{Status: payout.Sending})
		}},
		{"attempt 2, order id x, vanished", func(o, _ *Snapshot) {
			r := o.Ledger.Record(staffAddress("1001"))
			r.Attempts = append(r.Attempts, payout.Attempt{N: 2, OrderID: "x", Events: []payout.Event{{Status: payout.Sending}}})
		}},
		{"changed without a new attempt", func(_, n *Snapshot) { paidNow(n).Amount.Minor++ }},
	} {
		older, newer := pairOfStates(t)
		tt.do(older, newer)
		c := Compare(older, newer)
		if !slices.ContainsFunc(c.Problems, func(p string) bool { return strings.Contains(p, tt.want) }) {
			t.Errorf("want %q, got %q", tt.want, c.Problems)
		}
	}
	// An edit that a new attempt or a look-up explains.
	older, newer := pairOfStates(t)
	r := paidNow(newer)
	r.Amount.Minor++
	r.Newest().Events[2].Source = payout.SourceLookup
	if c := Compare(older, newer); len(c.Problems) != 0 {
		t.Errorf("a found payment: %q", c.Problems)
	}
}
