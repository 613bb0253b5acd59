package planner_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
)

// told is a comparison in words.
func told(all []planner.Since) []string {
	var out []string
	for i := range all {
		s := &all[i]
		out = append(out, fmt.Sprintf("%s %s with %q: %d, %v; own %t, empty %t, same %d", s.Batch.Name, s.Batch.Period, s.Period, s.Count, s.Sums, s.Own(), s.Empty(), s.Same))
		for _, e := range s.Moved {
			out = append(out, fmt.Sprintf("moved %s from %s %s", e.Change.Address, e.Was.Address, e.Was.Destination))
		}
		for _, c := range s.Added {
			out = append(out, "added "+c.Address.String())
		}
		for _, e := range s.Amounts {
			out = append(out, fmt.Sprintf("amount of %s from %s", e.Change.Address, e.Was.Amount))
		}
		for _, r := range s.Gone {
			out = append(out, "gone "+r.Address.String())
		}
	}
	return out
}

// earlierRecord is a record that was begun some days before noon.
func earlierRecord(p planner.Payout, days int, status payout.Status) *payout.Record {
	r := recorded(merchant(), p, statuses(payout.Sending, status))
	for i := range r.Attempts[0].Events {
		r.Attempts[0].Events[i].At = noon.Add(-time.Duration(days) * 24 * time.Hour)
	}
	return r
}

func staff(period, key string) payout.Address { return at("salaries", period, "staff").WithKey(key) }

func TestSinceThePeriodBefore(t *testing.T) {
	m := merchant()
	october := func(key string, n int) *payout.Record {
		return earlierRecord(declare(t, staff("2026-10", key), n), 30, payout.Paid)
	}
	l := ledgerOf(t, october("as before", 1), october("card", 2), october("raise", 3), october("left", 4), october("held", 6),
		// An older period, and another batch of the same name's beginning.
		earlierRecord(declare(t, staff("2026-09", "as before"), 9), 60, payout.Paid),
		earlierRecord(declare(t, at("bonus", "2026-12", "x"), 8), 1, payout.Paid))
	raise := declare(t, staff("2026-11", "raise"), 3)
	raise.Amount = tenge(3500)
	held := declare(t, staff("2026-11", "held"), 60)
	held.Hold = "no contract"
	b := batchOf(m, declare(t, staff("2026-11", "as before"), 1), declare(t, staff("2026-11", "card"), 20), raise, held, declare(t, staff("2026-11", "new"), 5))
	want := []string{
		`salaries 2026-11 with "2026-10": 5, [16 000.00 KZT]; own false, empty false, same 1`,
		`moved salaries["2026-11"].staff["card"] from salaries["2026-10"].staff["card"] card ef74…0002`,
		`added salaries["2026-11"].staff["new"]`,
		`amount of salaries["2026-11"].staff["raise"] from 3 000.00 KZT`,
		`gone salaries["2026-10"].staff["left"]`,
	}
	if d := cmp.Diff(want, told(diff(l, b).Since(l))); d != "" {
		t.Error(d)
	}
}

// A period that was paid in part is compared with itself; what is new in it is
// looked for in the period before as well.
func TestSinceTheLastRunOfThePeriod(t *testing.T) {
	m := merchant()
	l := ledgerOf(t,
		earlierRecord(declare(t, staff("2026-11", "paid"), 1), 2, payout.Paid),
		earlierRecord(declare(t, staff("2026-11", "mended"), 2), 2, payout.Failed),
		earlierRecord(declare(t, staff("2026-11", "dropped"), 3), 2, payout.Failed),
		earlierRecord(declare(t, staff("2026-10", "late"), 4), 30, payout.Paid),
		earlierRecord(declare(t, staff("2026-10", "long gone"), 5), 30, payout.Paid))
	mended := declare(t, staff("2026-11", "mended"), 20)
	mended.Retry = 2
	late := declare(t, staff("2026-11", "late"), 4)
	late.Amount = tenge(4001)
	b := batchOf(m, declare(t, staff("2026-11", "paid"), 1), mended, late, declare(t, staff("2026-11", "new"), 6))
	plan := planner.Diff([]planner.Batch{b}, l, planner.Options{At: noon, RetryFailed: true})
	want := []string{
		`salaries 2026-11 with "2026-11": 3, [6 000.00 KZT]; own true, empty false, same 0`,
		`moved salaries["2026-11"].staff["mended"] from salaries["2026-11"].staff["mended"] card ef74…0002`,
		`added salaries["2026-11"].staff["new"]`,
		`amount of salaries["2026-11"].staff["late"] from 4 000.00 KZT`,
		`gone salaries["2026-11"].staff["dropped"]`,
	}
	if d := cmp.Diff(want, told(plan.Since(l))); d != "" {
		t.Error(d)
	}
}

func TestSinceNothing(t *testing.T) {
	m := merchant()
	l := ledgerOf(t, earlierRecord(declare(t, at("other", "2026-10", "x"), 1), 9, payout.Paid))
	first := batchOf(m, declare(t, staff("2026-11", "a"), 1))
	if d := cmp.Diff([]string{
		`salaries 2026-11 with "": 0, []; own false, empty false, same 0`,
		`added salaries["2026-11"].staff["a"]`,
	}, told(diff(l, first).Since(l))); d != "" {
		t.Error(d)
	}
	// A batch of which nothing is sent is not compared.
	held := first
	held.Hold = "not yet"
	if got := diff(l, held).Since(l); got != nil {
		t.Errorf("got %v", told(got))
	}
	// The same again.
	l = ledgerOf(t, earlierRecord(declare(t, staff("2026-10", "a"), 1), 30, payout.Paid))
	got := diff(l, first).Since(l)
	if len(got) != 1 || !got[0].Empty() || got[0].Same != 1 {
		t.Errorf("got %v", told(got))
	}
}

// A card has another fingerprint for each account: a batch that is paid from
// another account goes to the same card still.
func TestSinceAnotherAccount(t *testing.T) {
	then := merchant()
	then.Name, then.ID = "old", 17
	p := declare(t, staff("2026-10", "a"), 1)
	r := recorded(then, p, statuses(payout.Sending, payout.Paid))
	l := ledgerOf(t, r)
	l.Merchants = []payout.Merchant{{Name: "old", ID: 17}}
	b := batchOf(merchant(), declare(t, staff("2026-11", "a"), 1))
	if got := diff(l, b).Since(l); len(got) != 1 || got[0].Same != 1 {
		t.Errorf("got %v", told(got))
	}
}

// Two periods that were paid at the same moment: the later name is the later
// one.
func TestSinceTheLaterOfTwoPeriods(t *testing.T) {
	l := ledgerOf(t, earlierRecord(declare(t, staff("2026-09", "a"), 1), 30, payout.Paid), earlierRecord(declare(t, staff("2026-10", "a"), 2), 30, payout.Paid))
	for range 20 { // the ledger has no order of its own
		got := diff(l, batchOf(merchant(), declare(t, staff("2026-11", "a"), 2))).Since(l)
		if len(got) != 1 || got[0].Period != "2026-10" || got[0].Same != 1 {
			t.Fatalf("got %v", told(got))
		}
	}
}
