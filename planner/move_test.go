package planner_test

import (
	"fmt"
	"slices"
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
)

var (
	wholeStaff  = at("salaries", "2026-11", "staff")
	wholePeople = at("salaries", "2026-11", "people")
	wholeCrew   = at("rewards", "2026-11", "crew")
)

// keysOf are two payouts of rows at an address.
func keysOf(t *testing.T, a payout.Address) []planner.Payout {
	return []planner.Payout{declare(t, a.WithKey("1"), 1), declare(t, a.WithKey("2"), 2)}
}

// TestWholeMoves: a block between two payouts of rows renames every key, and
// one that names a key goes before it.
func TestWholeMoves(t *testing.T) {
	type takes map[payout.Address]payout.Address // declared → record
	both := func(to, from payout.Address) takes {
		return takes{to.WithKey("1"): from.WithKey("1"), to.WithKey("2"): from.WithKey("2")}
	}
	for _, tt := range []struct {
		name     string
		recorded payout.Address
		declared []payout.Address
		moved    []planner.Move
		takes    takes
		left     []payout.Address
	}{
		{"every key", wholeStaff, []payout.Address{wholePeople.WithKey("1"), wholePeople.WithKey("2")}, moved(wholeStaff, wholePeople), both(wholePeople, wholeStaff), nil},
		{"to another batch", wholeStaff, []payout.Address{wholeCrew.WithKey("1"), wholeCrew.WithKey("2")}, moved(wholeStaff, wholeCrew), both(wholeCrew, wholeStaff), nil},
		{"through a chain", wholeStaff, []payout.Address{wholeCrew.WithKey("1"), wholeCrew.WithKey("2")}, moved(wholePeople, wholeCrew, wholeStaff, wholePeople), both(wholeCrew, wholeStaff), nil},
		{"a key of its own", wholeStaff, []payout.Address{wholePeople.WithKey("1"), addrA}, moved(wholeStaff, wholePeople, wholeStaff.WithKey("2"), addrA),
			takes{wholePeople.WithKey("1"): wholeStaff.WithKey("1"), addrA: wholeStaff.WithKey("2")}, nil},
		{"then one key", wholeStaff, []payout.Address{wholePeople.WithKey("1"), wholePeople.WithKey("3")}, moved(wholeStaff, wholePeople, wholePeople.WithKey("2"), wholePeople.WithKey("3")),
			takes{wholePeople.WithKey("1"): wholeStaff.WithKey("1"), wholePeople.WithKey("3"): wholeStaff.WithKey("2")}, nil},
		{"a key that left", wholeStaff, []payout.Address{wholePeople.WithKey("1")}, moved(wholeStaff, wholePeople),
			takes{wholePeople.WithKey("1"): wholeStaff.WithKey("1")}, []payout.Address{wholeStaff.WithKey("2")}},
		{"a key still declared", wholeStaff, []payout.Address{wholePeople.WithKey("1"), wholeStaff.WithKey("2")}, moved(wholeStaff, wholePeople),
			takes{wholePeople.WithKey("1"): wholeStaff.WithKey("1"), wholeStaff.WithKey("2"): wholeStaff.WithKey("2")}, nil},
		{"round in a ring", wholeStaff, []payout.Address{addrC}, moved(wholeStaff, wholePeople, wholePeople, wholeStaff), takes{},
			[]payout.Address{wholeStaff.WithKey("1"), wholeStaff.WithKey("2")}},
		{"to one key", wholeStaff, []payout.Address{wholePeople.WithKey("1")}, moved(wholeStaff, wholePeople.WithKey("1")), takes{},
			[]payout.Address{wholeStaff.WithKey("1"), wholeStaff.WithKey("2")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			var records []*payout.Record
			for _, p := range keysOf(t, tt.recorded) {
				records = append(records, recorded(m, p, statuses(payout.Failed)))
			}
			var batches []planner.Batch
			for i, a := range tt.declared {
				batches = append(batches, batchOf(m, declare(t, a, i+11)))
			}
			plan := planner.Diff(batches, ledgerOf(t, records...), planner.Options{At: noon, Moved: tt.moved})
			for _, a := range tt.declared {
				from, ok := tt.takes[a]
				if c := find(t, plan, a); ok != (c.Record != nil) || ok && c.Record.Address != from {
					t.Errorf("%s takes record %v, want %v (%v)", a, c.Record, from, ok)
				}
			}
			for _, a := range tt.left {
				if c := find(t, plan, a); c.Declared != nil || c.Action.Sends() {
					t.Errorf("%s is %s", a, c.Action)
				}
			}
		})
	}
}

// TestWholeMovePaysNobodyTwice: what was paid under the old name is neither
// paid nor in conflict under the new one, also once the rename is recorded; and
// without a state every order id that it may have been paid under is known.
func TestWholeMovePaysNobodyTwice(t *testing.T) {
	m := merchant()
	options := planner.Options{At: noon, Moved: moved(wholeStaff, wholePeople, wholePeople, wholeCrew)}
	var records []*payout.Record
	old := keysOf(t, wholeStaff)
	for _, p := range old {
		records = append(records, recorded(m, p, statuses(payout.Paid)))
	}
	batch := batchOf(m, keysOf(t, wholeCrew)...)
	plan := planner.Diff([]planner.Batch{batch}, ledgerOf(t, records...), options)
	if !plan.Quiet() || len(plan.Changes) != 2 {
		t.Errorf("renamed: %d changes, %d to pay", len(plan.Changes), plan.Count(planner.ActionPay))
	}
	for i, r := range records {
		r.Former, r.Address = []payout.Address{r.Address}, batch.Payouts[i].Address
	}
	if plan = planner.Diff([]planner.Batch{batch}, ledgerOf(t, records...), options); !plan.Quiet() {
		t.Errorf("recorded: %s", find(t, plan, wholeCrew.WithKey("1")).Reason)
	}
	lost := planner.Diff([]planner.Batch{batch}, payout.NewLedger(), options)
	for i := range batch.Payouts {
		c := find(t, lost, batch.Payouts[i].Address)
		want := []payout.Address{wholePeople.WithKey(c.Address.Key), wholeStaff.WithKey(c.Address.Key)}
		if !slices.Equal(c.Former, want) {
			t.Errorf("%s was %v, want %v", c.Address, c.Former, want)
		}
		if ids := c.KnownOrderIDs(1); !slices.Contains(ids, old[i].OrderIDFor(m, 1)) {
			t.Errorf("%s: %s is not among %v", c.Address, old[i].OrderIDFor(m, 1), ids)
		}
	}
}

// TestKeyMovedElsewhereIsNoFormerName: a block that names a key takes it out of
// the whole, in both directions.
func TestKeyMovedElsewhereIsNoFormerName(t *testing.T) {
	m := merchant()
	opts := planner.Options{At: noon, Moved: moved(wholeStaff, wholePeople, wholeStaff.WithKey("2"), addrA)}
	plan := planner.Diff([]planner.Batch{batchOf(m, keysOf(t, wholePeople)...)}, payout.NewLedger(), opts)
	if c := find(t, plan, wholePeople.WithKey("2")); len(c.Former) != 0 {
		t.Errorf("%s was %v", c.Address, c.Former)
	}
	if c := find(t, plan, wholePeople.WithKey("1")); fmt.Sprint(c.Former) != fmt.Sprint([]payout.Address{wholeStaff.WithKey("1")}) {
		t.Errorf("%s was %v", c.Address, c.Former)
	}
}

// TestKeyMovedThereAndBack: after a lost state its payment is looked for under
// every name that it had, through the whole rename that came after.
func TestKeyMovedThereAndBack(t *testing.T) {
	m := merchant()
	back := moved(wholeStaff.WithKey("1"), wholeStaff.WithKey("2"), wholeStaff.WithKey("2"), wholeStaff.WithKey("1"), wholeStaff, wholePeople)
	p := declare(t, wholePeople.WithKey("1"), 1)
	plan := planner.Diff([]planner.Batch{batchOf(m, p)}, payout.NewLedger(), planner.Options{At: noon, Moved: back})
	c := find(t, plan, p.Address)
	for _, key := range []string{"1", "2"} {
		if !slices.Contains(c.Former, wholeStaff.WithKey(key)) {
			t.Errorf("former addresses %v lack key %s", c.Former, key)
		}
	}
}

// TestMovedBlockTurnedElsewhere: the payment would be looked for under the name
// that the block leads to now.
func TestMovedBlockTurnedElsewhere(t *testing.T) {
	m := merchant()
	p := declare(t, addrB, 1)
	r := recorded(m, p, statuses(payout.Paid))
	r.Former = []payout.Address{addrA}
	opts := planner.Options{At: noon, Moved: moved(addrA, addrC)}
	c := wantChange(t, planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), opts), addrB, planner.ActionConflict,
		`the moved block from salaries["2026-11"].a led here and leads to salaries["2026-11"].c now: put that back`)
	if c.WasNamed != nil {
		t.Errorf("a block from %s would be the second", c.WasNamed)
	}
	// A rename that was taken back needs the way back alone.
	r.Former, opts.Moved = []payout.Address{addrB, addrC}, moved(addrC, addrB)
	wantChange(t, planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), opts), addrB, planner.ActionNone, "")
}
