package policy_test

import (
	"fmt"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// The plan's time of every test: noon in Almaty.
var noon = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)

var (
	kzt    = payout.MustCurrency("KZT")
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
)

func merchant() *planner.Merchant {
	return &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, API: "gateway", Prefix: "acme", Currency: kzt, Zone: almaty,
		Position: planner.Position{File: "main.hcl", Line: 1, Column: 1}}
}

func at(batch, period, name string) payout.Address { return payout.NewAddress(batch, period, name) }

func tenge(major int64) payout.Money { return payout.Money{Minor: major * 100, Currency: kzt} }

// declare is a payout of an amount to destination n.
func declare(t testing.TB, a payout.Address, n int, major int64) planner.Payout {
	t.Helper()
	token, err := payout.NewCardToken(fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012d", n))
	if err != nil {
		t.Fatal(err)
	}
	return planner.Payout{Address: a, Amount: tenge(major), UserID: a.String(), Token: token, Retry: 1, Label: "A. Serikova",
		Position: planner.Position{File: "main.hcl", Line: n, Column: 3}}
}

func salaries(t testing.TB, name string, n int, major int64) planner.Payout {
	return declare(t, at("salaries", "2026-11", name), n, major)
}

func batchOf(m *planner.Merchant, payouts ...planner.Payout) planner.Batch {
	a := payouts[0].Address
	return planner.Batch{Name: a.Batch, Period: a.Period, Merchant: m, Payouts: payouts}
}

// recorded is the record of a declared payout with one attempt, begun some
// days before noon.
func recorded(m *planner.Merchant, p planner.Payout, status payout.Status, days int) *payout.Record {
	begun := noon.AddDate(0, 0, -days)
	return &payout.Record{Details: p.Details(m), Attempts: []payout.Attempt{{N: 1, OrderID: p.OrderIDFor(m, 1), Events: []payout.Event{
		{Status: payout.Sending, At: begun, Source: payout.SourceIntent},
		{Status: status, At: begun.Add(time.Minute), Source: payout.SourceStatus},
	}}}}
}

func ledgerOf(t testing.TB, records ...*payout.Record) *payout.Ledger {
	t.Helper()
	l := payout.NewLedger()
	for _, r := range records {
		if err := l.Restore(r); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func planOf(l *payout.Ledger, batches ...planner.Batch) *planner.Plan {
	return planner.Diff(batches, l, planner.Options{At: noon})
}

// judge plans and checks.
func judge(l *payout.Ledger, batches ...planner.Batch) []policy.Finding {
	return policy.Check(policy.Input{Plan: planOf(l, batches...), Ledger: l})
}

// only returns the one finding.
func only(t *testing.T, findings []policy.Finding) policy.Finding {
	t.Helper()
	if len(findings) != 1 {
		t.Fatalf("%d findings, want 1: %+v", len(findings), findings)
	}
	return findings[0]
}

// wantBroken checks a finding that blocks.
func wantBroken(t *testing.T, f policy.Finding, kind policy.Kind, text, cure string) {
	t.Helper()
	if f.Kind != kind || f.OK || !f.Blocks || f.Text != text || f.Cure != cure {
		t.Errorf("finding is %+v\nwant a broken %s\n%q\n%q", f, kind, text, cure)
	}
}

// wantHolds checks a finding that holds.
func wantHolds(t *testing.T, f policy.Finding, kind policy.Kind, text string) {
	t.Helper()
	if f.Kind != kind || !f.OK || f.Blocks || f.Refuses || f.Text != text || f.Cure != "" {
		t.Errorf("finding is %+v\nwant %s that holds\n%q", f, kind, text)
	}
}
