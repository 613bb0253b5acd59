package planner_test

import (
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
)

func explicit(p planner.Payout, orderID string) planner.Payout {
	p.OrderID = orderID
	return p
}

func TestOrderIDOfARecord(t *testing.T) {
	m := merchant()
	old := explicit(declare(t, at("suppliers", "2026-10", "rent"), 1), "INV-7")
	l := ledgerOf(t, recorded(m, old, statuses(payout.Paid)))
	p := explicit(declare(t, addrA, 2), "inv-7")
	wantChange(t, diff(l, batchOf(m, p)), addrA, planner.ActionConflict, `order id inv-7 was used by suppliers["2026-10"].rent`)
	p.Hold = "later"
	wantChange(t, diff(l, batchOf(m, p)), addrA, planner.ActionConflict, `order id inv-7 was used by suppliers["2026-10"].rent`)
}

// TestOrderIDUnderAnotherMerchantName: one account may have been renamed.
func TestOrderIDUnderAnotherMerchantName(t *testing.T) {
	old := merchant()
	l := ledgerOf(t, recorded(old, explicit(declare(t, at("suppliers", "2026-10", "rent"), 1), "INV-7"), statuses(payout.Paid)))
	m := merchant()
	m.Name = "second"
	p := explicit(declare(t, addrA, 2), "INV-7")
	for environment, want := range map[string]planner.Action{"sandbox": planner.ActionConflict, "production": planner.ActionPay} {
		l.Merchants = []payout.Merchant{{Name: "main", ID: 9970, Environment: environment}}
		if c := find(t, diff(l, batchOf(m, p)), addrA); c.Action != want {
			t.Errorf("same account, %s: %s, want %s", environment, c.Action, want)
		}
	}
	l.Merchants = []payout.Merchant{{Name: "main", ID: 1, Environment: "sandbox"}}
	if c := find(t, diff(l, batchOf(m, p)), addrA); c.Action != planner.ActionPay {
		t.Errorf("another account: %s", c.Action)
	}
}

// TestOrderIDOfAnOwnAttempt: an attempt never takes the order id of an earlier
// one.
func TestOrderIDOfAnOwnAttempt(t *testing.T) {
	m := merchant()
	p := declare(t, addrA, 1)
	r := recorded(m, p, statuses(payout.Failed))
	r.Attempts[0].OrderID = p.OrderIDFor(m, 2)
	plan := planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), planner.Options{At: noon, RetryFailed: true})
	wantChange(t, plan, addrA, planner.ActionConflict, "order id "+p.OrderIDFor(m, 2)+` was used by salaries["2026-11"].a`)
}

func TestOrderIDsWithinThePlan(t *testing.T) {
	m := merchant()
	a, b, c := explicit(declare(t, addrA, 1), "INV-7"), explicit(declare(t, addrB, 2), "inv-7"), explicit(declare(t, addrC, 3), "INV-7")
	plan := diff(payout.NewLedger(), batchOf(m, c, b, a))
	wantChange(t, plan, addrA, planner.ActionConflict, `order id inv-7 is wanted by salaries["2026-11"].b as well`)
	wantChange(t, plan, addrB, planner.ActionConflict, `order id inv-7 is wanted by salaries["2026-11"].a as well`)
	wantChange(t, plan, addrC, planner.ActionConflict, `order id INV-7 is wanted by salaries["2026-11"].a as well`)
	other := merchant()
	other.Name, other.ID = "second", 12
	apart := explicit(declare(t, at("rent", "2026-11", "a"), 4), "INV-7")
	wantChange(t, diff(payout.NewLedger(), batchOf(m, a), batchOf(other, apart)), addrA, planner.ActionPay, "")
}

// TestAddressDeclaredTwice: the loader refuses it; if it did not, neither
// payment is made.
func TestAddressDeclaredTwice(t *testing.T) {
	m := merchant()
	plan := diff(payout.NewLedger(), batchOf(m, declare(t, addrA, 1), declare(t, addrA, 2)))
	if n := len(plan.Sending()); n != 0 {
		t.Errorf("%d payments of one address", n)
	}
}

// TestForgottenIsAConflict: a tombstone stands against the same address, and
// against no other.
func TestForgottenIsAConflict(t *testing.T) {
	m := merchant()
	l := payout.NewLedger()
	for status, want := range map[payout.Status]string{
		payout.Failed: "it was forgotten on 2026-11-22 and is never paid again: use a new key",
		payout.Paid:   "it was forgotten on 2026-11-22, when it was paid (5.00 KZT), and is never paid again: take it out of the files",
		"":            "it was forgotten on 2026-11-22 and is never paid again; a new key pays it anew: see first that nothing was paid",
	} {
		l.Tombstones = nil
		l.Bury(payout.Tombstone{Address: addrA, Merchant: m.Name, OrderIDs: []string{"gone"}, At: noon, Status: status, Amount: tenge(5)})
		plan := diff(l, batchOf(m, declare(t, addrA, 1), declare(t, addrB, 2)))
		wantChange(t, plan, addrA, planner.ActionConflict, want)
		wantChange(t, plan, addrB, planner.ActionPay, "")
	}
}
