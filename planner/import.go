package planner

import (
	"cmp"
	"fmt"
	"slices"

	"payrun/planner/payout"
)

// Import declares a payment that was made elsewhere: it is recorded and never
// sent.
type Import struct {
	To         payout.Address
	PaymentID  string // digits; empty = known by OrderID
	OrderID    string // that it was made under; empty = the payout's own
	Amount     payout.Money
	Reason     string
	Unverified string // why the gateway is not asked; empty = it is
	Position   Position
}

// imported turns a payment that was made elsewhere into one to record. What is
// recorded already keeps its own evidence.
func (d *differ) imported(c *Change) bool {
	declared, ok := d.opts.Imports[c.Address]
	if !ok || c.Record.Status() == payout.Paid {
		return false
	}
	in := declared // of its own memory, which all the others need none of
	switch status := c.Record.Status(); {
	case status != payout.Declared:
		c.conflict(fmt.Sprintf("it is imported as paid elsewhere, and recorded as %s: ask the gateway, or settle it by hand (payrun resolve), or take the import block out", statusWords(status)))
	case in.Amount != c.Declared.Amount:
		c.conflict(fmt.Sprintf("it is imported as a payment of %s, and declared with %s", in.Amount, c.Declared.Amount))
	default:
		c.Action, c.Import, c.Reason = ActionImport, &in, importReason(&in)
		if in.OrderID != "" {
			c.OrderID = in.OrderID
		}
	}
	return true
}

func importReason(in *Import) string {
	id := "order id " + in.OrderID
	if in.PaymentID != "" {
		id = "payment " + in.PaymentID
	}
	text := fmt.Sprintf("paid elsewhere, %s: %s; to be recorded", id, in.Reason)
	if in.Unverified != "" {
		return text + ", not verified: " + in.Unverified
	}
	return text + ", once the gateway confirms it"
}

// Importing returns the changes that this plan records as paid elsewhere, by
// address.
func (p *Plan) Importing() []*Change {
	var out []*Change
	for i := range p.Changes {
		if p.Changes[i].Action == ActionImport && !p.Changes[i].Excluded {
			out = append(out, &p.Changes[i])
		}
	}
	return out
}

// StrayImports are the imports to a payout that the files do not declare and
// that is not recorded: a slip in the address would pay what was paid elsewhere.
// Those of an earlier or later period of a declared batch are idle: last month's
// stay in the files. Both by position.
func StrayImports(batches []Batch, ledger *payout.Ledger, imports map[payout.Address]Import) (stray, idle []Import) {
	if len(imports) == 0 {
		return nil, nil
	}
	scopes := make(map[scope]bool)
	names := make(map[string]bool)
	declared := make(map[payout.Address]bool)
	for i := range batches {
		scopes[scope{batches[i].Name, batches[i].Period}] = true
		names[batches[i].Name] = true
		for j := range batches[i].Payouts {
			declared[batches[i].Payouts[j].Address] = true
		}
	}
	for to, in := range imports {
		switch {
		case declared[to], ledger.Record(to) != nil:
		case scopes[scope{to.Batch, to.Period}], !names[to.Batch]:
			stray = append(stray, in)
		default:
			idle = append(idle, in)
		}
	}
	byPosition := func(a, b Import) int {
		return cmp.Or(cmp.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line), a.To.Compare(b.To))
	}
	slices.SortFunc(stray, byPosition)
	slices.SortFunc(idle, byPosition)
	return stray, idle
}
