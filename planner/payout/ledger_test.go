package payout_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/planner/payout"
)

func TestRestoreAndFind(t *testing.T) {
	other := record(payout.Paid)
	other.Address = payout.NewAddress("bonus", "2026-11", "x")
	other.Attempts[0].OrderID = "Other-1"
	l := ledgerOf(t, record(payout.Failed, payout.Accepted), other)
	if l.Len() != 2 || l.Record(staff) == nil || l.Record(payout.NewAddress("a", "1", "b")) != nil {
		t.Errorf("the ledger holds %d records", l.Len())
	}
	if all := l.All(); len(all) != 2 || all[0] != other || all[1].Address != staff {
		t.Errorf("All() = %v", all)
	}
	for id, want := range map[string]*payout.Record{"o1": l.Record(staff), "O2": l.Record(staff), "oTHER-1": other, "o3": nil} {
		if got := l.ByOrderID("main", id); got != want {
			t.Errorf("ByOrderID(main, %s) = %v", id, got)
		}
	}
	if l.ByOrderID("second", "o1") != nil {
		t.Error("an order id is found under another merchant")
	}
}

func TestRestoreErrors(t *testing.T) {
	tests := map[string]struct {
		change func(*payout.Record) // of a record of another address with order id p1
		reason string
	}{
		"address twice":       {func(r *payout.Record) { r.Address = staff }, "the address stands twice"},
		"order id twice":      {func(r *payout.Record) { r.Attempts[0].OrderID = "O1" }, "order id O1 belongs to salaries"},
		"no attempts":         {func(r *payout.Record) { r.Attempts = nil }, "without attempts"},
		"attempt 0":           {func(r *payout.Record) { r.Attempts[0].N = 0 }, "attempt 0 is out of order"},
		"attempt 5":           {func(r *payout.Record) { r.Attempts[0].N = 5 }, "attempt 5 is out of order"},
		"no order id":         {func(r *payout.Record) { r.Attempts[0].OrderID = "" }, "no order id of its own"},
		"no events":           {func(r *payout.Record) { r.Attempts[0].Events = nil }, "no events"},
		"unknown status":      {func(r *payout.Record) { r.Attempts[0].Events[0].Status = "sent" }, `status "sent"`},
		"declared status":     {func(r *payout.Record) { r.Attempts[0].Events[0].Status = payout.Declared }, `status ""`},
		"attempt twice":       {func(r *payout.Record) { second(r, 1, "p2") }, "attempt 1 is out of order after attempt 1"},
		"attempts backwards":  {func(r *payout.Record) { r.Attempts[0].N = 2; second(r, 1, "p2") }, "attempt 1 is out of order after attempt 2"},
		"own order id, again": {func(r *payout.Record) { second(r, 2, "P1") }, "no order id of its own"},
	}
	for name, tt := range tests {
		l := ledgerOf(t, record(payout.Paid))
		r := record(payout.Failed)
		r.Address = payout.NewAddress("other", "2026-11", "x")
		r.Attempts[0].OrderID = "p1"
		tt.change(r)
		err := l.Restore(r)
		if err == nil || !strings.HasPrefix(err.Error(), "restore ") || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%s: Restore = %v, want an error about %q", name, err, tt.reason)
		}
		if l.Len() != 1 || l.ByOrderID("main", "p1") != nil || l.ByOrderID("main", "o1") != l.Record(staff) {
			t.Errorf("%s: a refused record left a trace", name)
		}
	}
}

func second(r *payout.Record, n int, orderID string) {
	a := r.Clone().Attempts[0]
	a.N, a.OrderID = n, orderID
	r.Attempts = append(r.Attempts, a)
}

func TestRestoreSameOrderIDOfTwoMerchants(t *testing.T) {
	r := record(payout.Paid)
	r.Address, r.Merchant = payout.NewAddress("other", "2026-11", "x"), "second"
	l := ledgerOf(t, record(payout.Paid), r)
	if l.ByOrderID("second", "o1") != r || l.ByOrderID("main", "o1") == r {
		t.Error("two merchants share an order id")
	}
}

func TestTotals(t *testing.T) {
	l := payout.NewLedger()
	add := func(name string, m payout.Money, statuses ...payout.Status) {
		r := record(statuses...)
		r.Address, r.Amount = payout.NewAddress(name, "2026-11", "x"), m
		for i := range r.Attempts {
			r.Attempts[i].OrderID = name + r.Attempts[i].OrderID
		}
		if err := l.Restore(r); err != nil {
			t.Fatal(err)
		}
	}
	add("a", tenge(100), payout.Paid)
	add("b", tenge(23), payout.Failed, payout.Paid)
	add("c", tenge(7), payout.InDoubt)
	add("d", payout.Money{Minor: 9, Currency: kgs}, payout.Paid)
	add("e", tenge(5), payout.Paid, payout.Failed)
	want := []payout.Total{
		{Currency: kgs, Status: payout.Paid, Count: 1, Sum: payout.Money{Minor: 9, Currency: kgs}},
		{Currency: kzt, Status: payout.InDoubt, Count: 1, Sum: tenge(7)},
		{Currency: kzt, Status: payout.Paid, Count: 3, Sum: tenge(128)},
	}
	got, err := l.Totals()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Totals: %v (-want +got):\n%s", err, diff)
	}
	add("f", tenge(math.MaxInt64), payout.Paid)
	if got, err := l.Totals(); err == nil || got != nil {
		t.Errorf("totals past 64 bits = %v, %v, want an error", got, err)
	}
	if got, err := payout.NewLedger().Totals(); err != nil || len(got) != 0 {
		t.Errorf("the totals of nothing = %v, %v", got, err)
	}
}

// TestTotalsLoseNothing is invariant I9: the totals hold every record once.
func TestTotalsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := payout.NewLedger()
		sum := int64(0)
		statuses := rapid.SliceOfN(rapid.SampledFrom(payout.Statuses()), 0, 20).Draw(t, "statuses")
		for i, s := range statuses {
			r := record(s)
			r.Address = staff.WithKey(strings.Repeat("k", i+1))
			r.Attempts[0].OrderID = r.Address.Key
			r.Amount = tenge(rapid.Int64Range(0, 1<<40).Draw(t, "minor"))
			sum += r.Amount.Minor
			if err := l.Restore(r); err != nil {
				t.Fatal(err)
			}
		}
		totals, err := l.Totals()
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, total := range totals {
			count += total.Count
			sum -= total.Sum.Minor
		}
		if count != len(statuses) || sum != 0 {
			t.Fatalf("%d of %d records are in the totals, %d minor units are not", count, len(statuses), sum)
		}
	})
}
