package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
)

func moved(pairs ...payout.Address) []planner.Move {
	var out []planner.Move
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, planner.Move{From: pairs[i], To: pairs[i+1]})
	}
	return out
}

var (
	addrA = at("salaries", "2026-11", "a")
	addrB = at("salaries", "2026-11", "b")
	addrC = at("salaries", "2026-11", "c")
)

// TestLooksRenamed: a new payout beside one that left the files.
func TestLooksRenamed(t *testing.T) {
	paid := statuses(payout.Paid)
	const conflict = `looks like a rename of salaries["2026-11"].a (paid), it has the same card: put that back, or write a moved block`
	for _, tt := range []struct {
		name   string
		status payout.Status
		edit   func(p *planner.Payout, m *planner.Merchant)
		action planner.Action
		reason string
	}{
		{"same destination and user", payout.Paid, func(*planner.Payout, *planner.Merchant) {}, planner.ActionConflict, conflict},
		{"same destination", payout.Paid, func(p *planner.Payout, _ *planner.Merchant) { p.UserID = "7" }, planner.ActionConflict,
			`looks like a rename of salaries["2026-11"].a (paid), it has the same card: put that back; a payment keeps its user id, which was 1 and is 7 now`},
		{"same user", payout.Paid, func(p *planner.Payout, _ *planner.Merchant) { p.Token = token(t, 9) }, planner.ActionConflict, strings.Replace(conflict, "card", "user id 1", 1)},
		{"other amount", payout.Paid, func(p *planner.Payout, _ *planner.Merchant) { p.Amount = tenge(7) }, planner.ActionConflict, conflict},
		{"held", payout.Paid, func(p *planner.Payout, _ *planner.Merchant) { p.Hold = "why" }, planner.ActionConflict, conflict},
		{"neither", payout.Paid, func(p *planner.Payout, _ *planner.Merchant) { p.UserID, p.Token = "7", token(t, 9) }, planner.ActionPay, ""},
		{"other merchant", payout.Paid, func(_ *planner.Payout, m *planner.Merchant) { m.Name = "second" }, planner.ActionConflict, conflict},
		{"other account", payout.Paid, func(_ *planner.Payout, m *planner.Merchant) { m.Name, m.ID = "second", 4711 }, planner.ActionConflict, strings.Replace(conflict, "card", "user id 1", 1)},
		{"other account and user", payout.Paid, func(p *planner.Payout, m *planner.Merchant) { p.UserID, m.Name, m.ID = "7", "second", 4711 }, planner.ActionPay, ""},
		{"failed before", payout.Failed, func(*planner.Payout, *planner.Merchant) {}, planner.ActionPay, ""},
		{"not sent before", payout.NotSent, func(*planner.Payout, *planner.Merchant) {}, planner.ActionPay, ""},
		{"in doubt before", payout.InDoubt, func(*planner.Payout, *planner.Merchant) {}, planner.ActionConflict,
			`looks like a rename of salaries["2026-11"].a (in doubt), it has the same card: put that back, or write a moved block`},
		{"returned before", payout.Returned, func(*planner.Payout, *planner.Merchant) {}, planner.ActionConflict,
			`looks like a rename of salaries["2026-11"].a (returned), it has the same card: put that back, or write a moved block`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			gone := declare(t, addrA, 1)
			l := ledgerOf(t, recorded(m, gone, statuses(tt.status)))
			fresh := gone
			fresh.Address = addrB
			tt.edit(&fresh, m)
			wantChange(t, diff(l, batchOf(m, fresh)), addrB, tt.action, tt.reason)
		})
	}
	t.Run("user of two", func(t *testing.T) {
		m := merchant()
		gone := declare(t, addrA, 1)
		b, c := declare(t, addrB, 2), declare(t, addrC, 3)
		b.UserID, c.UserID = gone.UserID, gone.UserID
		plan := diff(ledgerOf(t, recorded(m, gone, paid)), batchOf(m, b, c))
		wantChange(t, plan, addrB, planner.ActionPay, "")
		wantChange(t, plan, addrC, planner.ActionPay, "")
	})
	t.Run("other known account", func(t *testing.T) {
		m := merchant()
		gone := declare(t, addrA, 1)
		l := ledgerOf(t, recorded(m, gone, paid))
		l.Note(&payout.Note{Merchant: &payout.Merchant{Name: m.Name, ID: m.ID, Environment: string(m.Environment)}})
		fresh := gone
		fresh.Address, fresh.UserID = addrB, "7"
		other := merchant()
		other.Name, other.ID = "second", 4711
		wantChange(t, diff(l, batchOf(other, fresh)), addrB, planner.ActionConflict,
			`looks like a rename of salaries["2026-11"].a (paid), it has the same card: put that back; a payment keeps its user id, which was 1 and is 7 now`)
	})
	t.Run("other period", func(t *testing.T) {
		m := merchant()
		gone := declare(t, at("salaries", "2026-10", "a"), 1)
		here := declare(t, addrA, 1)
		wantChange(t, diff(ledgerOf(t, recorded(m, gone, paid)), batchOf(m, here)), addrA, planner.ActionPay, "")
	})
	t.Run("recorded", func(t *testing.T) {
		m := merchant()
		gone, here := declare(t, addrA, 1), declare(t, addrB, 1)
		l := ledgerOf(t, recorded(m, gone, paid), recorded(m, here, paid))
		wantChange(t, diff(l, batchOf(m, here)), addrB, planner.ActionNone, "")
	})
}

func TestMovedKeepsItsRecord(t *testing.T) {
	for status, want := range map[payout.Status]planner.Action{
		payout.Paid: planner.ActionNone, payout.InDoubt: planner.ActionCheck, payout.NotSent: planner.ActionPay,
	} {
		m := merchant()
		old := declare(t, addrA, 1)
		r := recorded(m, old, statuses(status))
		fresh := old
		fresh.Address = addrB
		plan := planner.Diff([]planner.Batch{batchOf(m, fresh)}, ledgerOf(t, r), planner.Options{At: noon, Moved: moved(addrA, addrB)})
		c := find(t, plan, addrB)
		if c.Action != want || c.Record != r || c.OrderID != r.Attempts[0].OrderID || len(plan.Changes) != 1 {
			t.Errorf("%s: moved is %s with order id %s in %d changes", status, c.Action, c.OrderID, len(plan.Changes))
		}
	}
}

// TestMoves lists which record each address takes; a record that none takes
// must stand in the plan by itself.
func TestMoves(t *testing.T) {
	for _, tt := range []struct {
		name     string
		recorded []payout.Address
		declared []payout.Address
		moved    []planner.Move
		takes    map[payout.Address]payout.Address // declared → record
		left     []payout.Address
	}{
		{"target not declared", []payout.Address{addrA}, []payout.Address{addrC}, moved(addrA, addrB), nil, []payout.Address{addrA}},
		{"source still declared", []payout.Address{addrA}, []payout.Address{addrA, addrB}, moved(addrA, addrB),
			map[payout.Address]payout.Address{addrA: addrA}, nil},
		{"target recorded", []payout.Address{addrA, addrB}, []payout.Address{addrB}, moved(addrA, addrB),
			map[payout.Address]payout.Address{addrB: addrB}, []payout.Address{addrA}},
		{"two sources", []payout.Address{addrB, addrA}, []payout.Address{addrC}, moved(addrB, addrC, addrA, addrC),
			map[payout.Address]payout.Address{addrC: addrA}, []payout.Address{addrB}},
		{"two targets", []payout.Address{addrA}, []payout.Address{addrB, addrC}, moved(addrA, addrC, addrA, addrB),
			map[payout.Address]payout.Address{addrB: addrA}, nil},
		{"chain", []payout.Address{addrA}, []payout.Address{addrC}, moved(addrB, addrC, addrA, addrB),
			map[payout.Address]payout.Address{addrC: addrA}, nil},
		{"ring", []payout.Address{addrA}, []payout.Address{addrC}, moved(addrA, addrB, addrB, addrA), nil, []payout.Address{addrA}},
		{"nothing recorded", nil, []payout.Address{addrB}, moved(addrA, addrB), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			numbers := map[payout.Address]int{addrA: 1, addrB: 2, addrC: 3}
			var records []*payout.Record
			for _, a := range tt.recorded {
				records = append(records, recorded(m, declare(t, a, numbers[a]), statuses(payout.Failed)))
			}
			var payouts []planner.Payout
			for _, a := range tt.declared {
				payouts = append(payouts, declare(t, a, numbers[a]+10))
			}
			plan := planner.Diff([]planner.Batch{batchOf(m, payouts...)}, ledgerOf(t, records...), planner.Options{At: noon, Moved: tt.moved})
			for _, a := range tt.declared {
				from, ok := tt.takes[a]
				if c := find(t, plan, a); ok != (c.Record != nil) || ok && c.Record.Address != from {
					t.Errorf("%s takes record %v, want %v (%v)", a, c.Record, from, ok)
				}
			}
			for _, a := range tt.left {
				wantChange(t, plan, a, planner.ActionLeft, "left the files, failed")
			}
			if len(plan.Changes) != len(tt.declared)+len(tt.left) {
				t.Errorf("%d changes, want %d", len(plan.Changes), len(tt.declared)+len(tt.left))
			}
		})
	}
}

// TestRecordedRenameNeedsItsMovedBlock: after a lost state nobody would look
// for the former address.
func TestRecordedRenameNeedsItsMovedBlock(t *testing.T) {
	m := merchant()
	p := declare(t, addrB, 1)
	for _, tt := range []struct {
		name   string
		former payout.Address
		moved  []planner.Move
		flags  []payout.Flag
		action planner.Action
	}{
		{"written", addrA, moved(addrA, addrB), nil, planner.ActionNone},
		{"gone", addrA, nil, nil, planner.ActionConflict},
		{"of another period", at("salaries", "2026-10", "a"), nil, nil, planner.ActionConflict},
		{"of another batch", at("bonuses", "2026-11", "a"), nil, nil, planner.ActionConflict},
		{"through another", addrA, moved(addrA, addrC, addrC, addrB), nil, planner.ActionNone},
		{"gone behind another", addrA, moved(addrC, addrB), nil, planner.ActionConflict},
		{"attention stays", addrA, nil, []payout.Flag{payout.FlagAlarm}, planner.ActionAttention},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := recorded(m, p, statuses(payout.Paid))
			r.Former, r.Flags = []payout.Address{tt.former}, tt.flags
			plan := planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), planner.Options{At: noon, Moved: tt.moved})
			c := find(t, plan, addrB)
			if c.Action != tt.action {
				t.Errorf("%s (%s), want %s", c.Action, c.Reason, tt.action)
			}
			want := fmt.Sprintf("the moved block from %s has left the files: put it back", tt.former)
			if tt.action == planner.ActionConflict && (c.Reason != want || (c.WasNamed == nil) != (tt.former == payout.Address{}) || c.WasNamed != nil && *c.WasNamed != tt.former) {
				t.Errorf("reason %q, want %q; to put back: %s", c.Reason, want, c.WasNamed)
			}
		})
	}
}

// TestFormerAddressAndPrefixExplainAnOrderID: neither a rename nor a change of
// prefix makes a paid payout differ.
func TestFormerAddressAndPrefixExplainAnOrderID(t *testing.T) {
	old := merchant()
	before := declare(t, addrA, 1)
	r := recorded(old, before, statuses(payout.Paid))
	r.Former, r.Address = []payout.Address{addrA}, addrB
	p := before
	p.Address = addrB
	m := merchant()
	m.Prefix, m.FormerPrefixes = "new", []string{"acme"}
	opts := planner.Options{At: noon, Moved: moved(addrA, addrB)}
	wantChange(t, planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), opts), addrB, planner.ActionNone, "")
	m.FormerPrefixes = nil
	if c := find(t, planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), opts), addrB); c.Action != planner.ActionConflict {
		t.Errorf("an unknown prefix is %s", c.Action)
	}
	known := func(p *planner.Payout, r *payout.Record, attempt int) []string {
		c := planner.Change{Batch: &planner.Batch{Merchant: m}, Declared: p, Record: r}
		return c.KnownOrderIDs(attempt)
	}
	if ids := known(&p, nil, 1); len(ids) != 1 || ids[0] != p.OrderIDFor(m, 1) {
		t.Errorf("without a record the known order ids are %v", ids)
	}
	explicit := p
	explicit.OrderID = "INV-7"
	if ids := known(&explicit, r, 2); len(ids) != 1 || ids[0] != "INV-7-r2" {
		t.Errorf("the known explicit order ids are %v", ids)
	}
}

// TestFormerAddresses: after a lost state nothing is recorded, and the moved
// blocks are all that leads to what was paid under an address before.
func TestFormerAddresses(t *testing.T) {
	m := merchant()
	p := declare(t, addrC, 1)
	options := planner.Options{At: noon, Moved: moved(addrA, addrB, addrB, addrC)}
	c := find(t, planner.Diff([]planner.Batch{batchOf(m, p)}, payout.NewLedger(), options), addrC)
	if len(c.Former) != 2 || c.Former[0] != addrB || c.Former[1] != addrA {
		t.Errorf("former addresses are %v, want %v", c.Former, []payout.Address{addrB, addrA})
	}
	ids := c.KnownOrderIDs(2)
	for i, a := range []payout.Address{addrC, addrB, addrA} {
		old := p
		old.Address = a
		if len(ids) != 3 || ids[i] != old.OrderIDFor(m, 2) {
			t.Fatalf("order ids are %v, want that of %s at %d", ids, a, i)
		}
	}
	// What is declared keeps its order ids to itself, also where blocks go round.
	here := declare(t, addrA, 2)
	options.Moved = moved(addrA, addrC, addrC, addrB, addrB, addrC)
	c = find(t, planner.Diff([]planner.Batch{batchOf(m, p, here)}, payout.NewLedger(), options), addrC)
	if len(c.Former) != 1 || c.Former[0] != addrB {
		t.Errorf("former addresses are %v, want %s alone", c.Former, addrB)
	}
}

// TestFoundUnderAFormerAddress: what a look-up found under the address that a
// moved block names is no conflict, though the record never had that address.
func TestFoundUnderAFormerAddress(t *testing.T) {
	m := merchant()
	before, p := declare(t, addrA, 1), declare(t, addrB, 1)
	r := recorded(m, p, statuses(payout.Paid))
	r.Attempts[0].OrderID = before.OrderIDFor(m, 1)
	opts := planner.Options{At: noon, Moved: moved(addrA, addrB)}
	wantChange(t, planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), opts), addrB, planner.ActionNone, "")
}
