package planner_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
)

// busy is a plan with every action in one batch, and a second batch.
func busy(t *testing.T, included func(payout.Address) bool) (*planner.Plan, *payout.Ledger) {
	m := merchant()
	p := func(name string, n int) planner.Payout { return declare(t, at("salaries", "2026-11", name), n) }
	records := []*payout.Record{
		recorded(m, p("paid", 1), statuses(payout.Paid)),
		recorded(m, p("doubt", 2), statuses(payout.InDoubt)),
		recorded(m, p("failed", 3), statuses(payout.Failed)),
		recorded(m, p("mended", 4), statuses(payout.Failed)),
		recorded(m, p("returned", 5), statuses(payout.Returned)),
		recorded(m, p("edited", 6), statuses(payout.Paid)),
		recorded(m, p("gone", 7), statuses(payout.Paid)),
		recorded(m, declare(t, at("salaries", "2026-10", "old"), 8), statuses(payout.Paid)),
	}
	mended, edited, held := p("mended", 4), p("edited", 6), p("held", 9)
	mended.Amount, edited.Amount, held.Hold = tenge(40), tenge(60), "later"
	l := ledgerOf(t, records...)
	salaries := batchOf(m, p("new", 10), p("larger", 11), p("paid", 1), p("doubt", 2), p("failed", 3), mended, p("returned", 5), edited, held)
	rent := batchOf(m, declare(t, at("rent", "2026-11", "office"), 11))
	return planner.Diff([]planner.Batch{salaries, rent}, l, planner.Options{At: noon, Included: included}), l
}

func TestSummaries(t *testing.T) {
	plan, _ := busy(t, nil)
	if len(plan.Batches) != 2 || plan.Batches[0].Batch.Name != "rent" {
		t.Fatalf("batches are %+v", plan.Batches)
	}
	got := plan.Batches[1]
	if got.Largest == nil || got.Largest.Address.Name != "larger" {
		t.Errorf("largest is %+v", got.Largest)
	}
	got.Batch, got.Largest = nil, nil
	want := planner.Summary{
		Declared:   planner.Tally{Count: 9, Sum: tenge(10000 + 11000 + 1000 + 2000 + 3000 + 40 + 5000 + 60 + 9000)},
		ToPay:      planner.Tally{Count: 3, Sum: tenge(21040)},
		Retries:    1,
		PaidBefore: 3, // the paid one, the edited one and the one that left
		Open:       1, Waiting: 1, Attention: 2, Failed: 1, Conflicts: 1, Left: 1,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("summary differs (-want +got):\n%s", d)
	}
	if plan.History != 1 {
		t.Errorf("history is %d", plan.History)
	}
}

func TestExcludedIsNotSent(t *testing.T) {
	plan, _ := busy(t, func(a payout.Address) bool { return a.Name != "larger" && a.Name != "edited" && a.Name != "paid" })
	s := plan.Batches[1]
	if s.Excluded != 2 || s.Conflicts != 0 || s.ToPay.Count != 2 || s.Declared.Count != 9 {
		t.Errorf("excluded %d, conflicts %d, to pay %d, declared %d", s.Excluded, s.Conflicts, s.ToPay.Count, s.Declared.Count)
	}
	if plan.Count(planner.ActionPay) != 2 || plan.Count(planner.ActionConflict) != 0 {
		t.Errorf("counts %d and %d", plan.Count(planner.ActionPay), plan.Count(planner.ActionConflict))
	}
}

func TestTotals(t *testing.T) {
	plan, _ := busy(t, nil)
	if d := cmp.Diff([]payout.Money{tenge(10000 + 11000 + 40 + 11000)}, plan.Totals()); d != "" {
		t.Errorf("totals differ (-want +got):\n%s", d)
	}
	if got := plan.MerchantTotal(plan.Merchants[0]); got.Count != 4 || got.Sum != tenge(32040) {
		t.Errorf("merchant total is %+v", got)
	}
	other := merchant()
	other.Name = "second"
	if got := plan.MerchantTotal(other); got.Count != 0 || got.Sum != tenge(0) {
		t.Errorf("total of another merchant is %+v", got)
	}
	var order []string
	for _, c := range plan.Sending() {
		order = append(order, c.Address.String())
	}
	want := []string{`rent["2026-11"].office`, `salaries["2026-11"].larger`, `salaries["2026-11"].mended`, `salaries["2026-11"].new`}
	if d := cmp.Diff(want, order); d != "" {
		t.Errorf("sending differs (-want +got):\n%s", d)
	}
}

func TestNewRecipients(t *testing.T) {
	plan, l := busy(t, nil)
	var got []string
	for _, c := range plan.NewRecipients(l) {
		got = append(got, c.Address.String())
	}
	// larger and office share a destination; the first by address stands for it.
	want := []string{`rent["2026-11"].office`, `salaries["2026-11"].mended`, `salaries["2026-11"].new`}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("new recipients differ (-want +got):\n%s", d)
	}
}

func TestQuiet(t *testing.T) {
	m, p := merchant(), declare(t, addrA, 1)
	for status, want := range map[payout.Status]bool{
		payout.Paid: true, payout.InDoubt: false, payout.Failed: false, payout.NotSent: false, payout.Returned: false,
	} {
		if got := diff(ledgerOf(t, recorded(m, p, statuses(status))), batchOf(m, p)).Quiet(); got != want {
			t.Errorf("%s: quiet is %v", status, got)
		}
	}
	held := p
	held.Hold = "later"
	if diff(payout.NewLedger(), batchOf(m, held)).Quiet() {
		t.Error("a waiting payout is quiet")
	}
}

func TestWordsAndSymbols(t *testing.T) {
	var symbols string
	for _, a := range []planner.Action{planner.ActionPay, planner.ActionRetry, planner.ActionWait, planner.ActionCheck,
		planner.ActionAttention, planner.ActionConflict, planner.ActionLeft, planner.ActionNone} {
		symbols += a.Symbol()
	}
	if symbols != "+r~?!x- " {
		t.Errorf("symbols are %q", symbols)
	}
	if got := (planner.Position{File: "a.hcl", Line: 3, Column: 7}).String(); got != "a.hcl:3:7" {
		t.Errorf("position is %s", got)
	}
}

func TestOverflowPanics(t *testing.T) {
	m := merchant()
	a, b := declare(t, addrA, 1), declare(t, addrB, 2)
	a.Amount.Minor, b.Amount.Minor = 1<<62, 1<<62
	defer func() {
		if recover() == nil {
			t.Error("a sum past 64 bits did not panic")
		}
	}()
	diff(payout.NewLedger(), batchOf(m, a, b))
}

func TestTotalsOverflowPanics(t *testing.T) {
	m := merchant()
	a, b := declare(t, addrA, 1), declare(t, at("rent", "2026-11", "office"), 2)
	a.Amount.Minor, b.Amount.Minor = 1<<62, 1<<62
	plan := diff(payout.NewLedger(), batchOf(m, a), batchOf(m, b))
	defer func() {
		if recover() == nil {
			t.Error("a sum past 64 bits did not panic")
		}
	}()
	plan.Totals()
}
