package planner_test

import (
	"fmt"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// The plan's time of every test: noon in Almaty.
var noon = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)

var (
	kzt    = payout.MustCurrency("KZT")
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
)

func merchant() *planner.Merchant {
	return &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, API: "gateway", Prefix: "acme", Currency: kzt, Zone: almaty}
}

func at(batch, period, name string) payout.Address { return payout.NewAddress(batch, period, name) }

// token is a card token like the documentation's example, told apart by n.
func token(t testing.TB, n int) payout.CardToken {
	t.Helper()
	tok, err := payout.NewCardToken(fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012d", n))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func tenge(major int64) payout.Money { return payout.Money{Minor: major * 100, Currency: kzt} }

// declare is a payout to destination n, of n thousand tenge.
func declare(t testing.TB, a payout.Address, n int) planner.Payout {
	return planner.Payout{Address: a, Amount: tenge(int64(n) * 1000), UserID: fmt.Sprint(n), Token: token(t, n),
		Description: "Salary", TimeLimit: planner.DefaultTimeLimit, Retry: 1}
}

func batchOf(m *planner.Merchant, payouts ...planner.Payout) planner.Batch {
	a := payouts[0].Address
	return planner.Batch{Name: a.Batch, Period: a.Period, Merchant: m, Payouts: payouts}
}

// recorded is the record of a declared payout whose attempts went through the
// statuses, a slice an attempt.
func recorded(m *planner.Merchant, p planner.Payout, attempts ...[]payout.Status) *payout.Record {
	r := &payout.Record{Details: p.Details(m)}
	for i, statuses := range attempts {
		a := payout.Attempt{N: i + 1, OrderID: p.OrderIDFor(m, i+1), TimeLimit: noon.Add(-48 * time.Hour)}
		for k, s := range statuses {
			e := payout.Event{Status: s, At: noon.Add(-time.Hour + time.Duration(i*10+k)*time.Minute), Source: payout.SourceStatus}
			if s == payout.Failed {
				e.Code, e.Words = "10017", "card expired"
			}
			a.Events = append(a.Events, e)
		}
		r.Attempts = append(r.Attempts, a)
	}
	return r
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

// diff plans at noon.
func diff(l *payout.Ledger, batches ...planner.Batch) *planner.Plan {
	return planner.Diff(batches, l, planner.Options{At: noon})
}

// find returns the one change of an address.
func find(t testing.TB, p *planner.Plan, a payout.Address) *planner.Change {
	t.Helper()
	var found *planner.Change
	for i := range p.Changes {
		if p.Changes[i].Address == a {
			if found != nil {
				t.Fatalf("%s stands twice in the plan", a)
			}
			found = &p.Changes[i]
		}
	}
	if found == nil {
		t.Fatalf("%s is not in the plan", a)
	}
	return found
}

// wantChange checks action and reason of the one change of an address.
func wantChange(t *testing.T, p *planner.Plan, a payout.Address, action planner.Action, reason string) *planner.Change {
	t.Helper()
	c := find(t, p, a)
	if c.Action != action || c.Reason != reason {
		t.Errorf("%s is %s (%q), want %s (%q)", a, c.Action, c.Reason, action, reason)
	}
	return c
}

func statuses(s ...payout.Status) []payout.Status { return s }
