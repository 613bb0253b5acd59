package planner_test

import (
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
)

func importing(in planner.Import) planner.Options {
	in.To = addrA
	return planner.Options{Imports: map[payout.Address]planner.Import{addrA: in}}
}

// TestImport: what was paid elsewhere is recorded, never sent.
func TestImport(t *testing.T) {
	whole := planner.Import{PaymentID: "77", Amount: tenge(1), Reason: "by the old tool"}
	for _, tt := range []struct {
		name     string
		recorded payout.Status
		in       planner.Import
		action   planner.Action
		reason   string
	}{
		{"payment id", payout.Declared, whole, planner.ActionImport, "paid elsewhere, payment 77: by the old tool; to be recorded, once the gateway confirms it"},
		{"order id", payout.Declared, planner.Import{OrderID: "OLD-1", Amount: tenge(1), Reason: "by the old tool"}, planner.ActionImport,
			"paid elsewhere, order id OLD-1: by the old tool; to be recorded, once the gateway confirms it"},
		{"unverified", payout.Declared, planner.Import{PaymentID: "77", Amount: tenge(1), Reason: "in cash", Unverified: "no gateway saw it"}, planner.ActionImport,
			"paid elsewhere, payment 77: in cash; to be recorded, not verified: no gateway saw it"},
		{"other amount", payout.Declared, planner.Import{PaymentID: "77", Amount: tenge(2), Reason: "by the old tool"}, planner.ActionConflict,
			"it is imported as a payment of 2.00 KZT, and declared with 1.00 KZT"},
		{"paid", payout.Paid, whole, planner.ActionNone, ""},
		{"in doubt", payout.InDoubt, whole, planner.ActionConflict,
			"it is imported as paid elsewhere, and recorded as in doubt: ask the gateway, or settle it by hand (payrun resolve), or take the import block out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			p := declare(t, addrA, 1)
			p.Amount, p.Hold = tenge(1), "held or not"
			l := payout.NewLedger()
			if tt.recorded != payout.Declared {
				l = ledgerOf(t, recorded(m, p, statuses(tt.recorded)))
			}
			b := batchOf(m, p)
			plan := planner.Diff([]planner.Batch{b}, l, importing(tt.in))
			c := wantChange(t, plan, addrA, tt.action, tt.reason)
			if sent := len(plan.Sending()); sent != 0 {
				t.Errorf("%d payouts are sent", sent)
			}
			imports := 0
			if tt.action == planner.ActionImport {
				imports = 1
				if tt.in.OrderID != "" && c.OrderID != tt.in.OrderID {
					t.Errorf("order id %s, want %s", c.OrderID, tt.in.OrderID)
				}
			}
			if len(plan.Importing()) != imports || plan.Batches[0].Imports != imports {
				t.Errorf("importing %v, counted %d", plan.Importing(), plan.Batches[0].Imports)
			}
			if tt.action.Symbol() == "=" != (imports == 1) {
				t.Errorf("symbol %q", tt.action.Symbol())
			}
		})
	}
}

// TestImportOrderIDHeld: the order id of an import belongs to another payment.
func TestImportOrderIDHeld(t *testing.T) {
	m := merchant()
	other := declare(t, addrB, 2)
	r := recorded(m, other, statuses(payout.Paid))
	in := planner.Import{OrderID: r.Newest().OrderID, Amount: declare(t, addrA, 1).Amount, Reason: "by the old tool"}
	plan := planner.Diff([]planner.Batch{batchOf(m, declare(t, addrA, 1), other)}, ledgerOf(t, r), importing(in))
	wantChange(t, plan, addrA, planner.ActionConflict, "order id "+in.OrderID+" was used by "+addrB.String())
}

// TestStrayImports: an address that nobody declares would be paid under its
// right name.
func TestStrayImports(t *testing.T) {
	m := merchant()
	batches := []planner.Batch{batchOf(m, declare(t, addrA, 1))}
	other, slip := at("salaries", "2026-10", "z"), at("salares", "2026-11", "a")
	imports := map[payout.Address]planner.Import{
		addrA: {To: addrA}, other: {To: other},
		addrB: {To: addrB, Position: planner.Position{File: "b.hcl", Line: 2}},
		addrC: {To: addrC, Position: planner.Position{File: "b.hcl", Line: 1}},
		slip:  {To: slip, Position: planner.Position{File: "c.hcl", Line: 1}},
	}
	got, idle := planner.StrayImports(batches, payout.NewLedger(), imports)
	if len(got) != 3 || got[0].To != addrC || got[1].To != addrB || got[2].To != slip {
		t.Errorf("stray: %v", got)
	}
	if len(idle) != 1 || idle[0].To != other {
		t.Errorf("idle: %v", idle)
	}
	l := ledgerOf(t, recorded(m, declare(t, addrB, 2), statuses(payout.Paid)))
	if got, _ := planner.StrayImports(batches, l, imports); len(got) != 2 || got[0].To != addrC {
		t.Errorf("stray beside a record: %v", got)
	}
	if stray, idle := planner.StrayImports(batches, l, nil); stray != nil || idle != nil {
		t.Error("no imports are stray")
	}
}
