package planner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"payrun/planner/payout"
)

// orderKey makes order ids unique within an account, ignoring case. Two
// merchant blocks of one account share its order ids.
type orderKey struct {
	account     int64
	environment Environment
	orderID     string
}

func keyOf(c *Change) orderKey {
	m := c.Batch.Merchant
	return orderKey{m.ID, m.Environment, strings.ToLower(c.OrderID)}
}

// orderIDs turns payments whose order id belongs to another payment into
// conflicts: of the records, or of this plan.
func (d *differ) orderIDs() {
	wanted := make(map[orderKey]*Change, len(d.plan.Changes)-len(d.matched))
	for i := range d.plan.Changes {
		c := &d.plan.Changes[i]
		if !c.Action.Sends() && c.Action != ActionWait && c.Action != ActionImport {
			continue
		}
		if holder := d.holder(c); holder != nil {
			c.conflict(fmt.Sprintf("order id %s was used by %s", c.OrderID, holder.Address))
			continue
		}
		if t := d.ledger.Grave(c.Batch.Merchant.Name, c.OrderID); t != nil {
			c.conflict(fmt.Sprintf("order id %s was used by %s, which was forgotten on %s: use a new key", c.OrderID, t.Address, t.At.UTC().Format(time.DateOnly)))
			continue
		}
		key := keyOf(c)
		other := wanted[key]
		if other == nil {
			wanted[key] = c
			continue
		}
		c.conflict(fmt.Sprintf("order id %s is wanted by %s as well", c.OrderID, other.Address))
		if other.Action != ActionConflict {
			other.conflict(fmt.Sprintf("order id %s is wanted by %s as well", c.OrderID, c.Address))
		}
	}
}

// holder finds the record that used the change's order id for anything but
// this very attempt, or returns nil.
func (d *differ) holder(c *Change) *payout.Record {
	for _, name := range d.accountNames(c.Batch.Merchant) {
		holder := d.ledger.ByOrderID(name, c.OrderID)
		if holder == nil || holder == c.Record && holder.Attempt(c.Attempt) != nil {
			continue
		}
		return holder
	}
	return nil
}

// accountNames are the names under which the ledger knows the account, and
// those of which it does not know the account: after a lost state records come
// back without their merchants.
func (d *differ) accountNames(m *Merchant) []string {
	names := append([]string{m.Name}, d.strangers...)
	for i := range d.ledger.Merchants {
		known := &d.ledger.Merchants[i]
		if known.Name != m.Name && known.ID == m.ID && known.Environment == string(m.Environment) {
			names = append(names, known.Name)
		}
	}
	return names
}

// unknownMerchants are the names of records that neither the ledger nor the
// declared batches have an account for.
func (d *differ) unknownMerchants() []string {
	known := make(map[string]bool)
	for i := range d.ledger.Merchants {
		known[d.ledger.Merchants[i].Name] = true
	}
	for _, m := range d.plan.Merchants {
		known[m.Name] = true
	}
	var out []string
	for r := range d.ledger.Records() {
		if !known[r.Merchant] {
			known[r.Merchant] = true
			out = append(out, r.Merchant)
		}
	}
	return out
}

// renamesUnwritten turns recorded renames that no moved block tells of any more
// into conflicts: after a lost state nobody would look for the former address,
// whether its own batch and period are declared still or not.
func (d *differ) renamesUnwritten() {
	for i := range d.plan.Changes {
		c := &d.plan.Changes[i]
		if c.Record == nil || c.Declared == nil || c.Action == ActionAttention {
			continue
		}
		for _, former := range c.Record.Former {
			if end := d.moves.end(former, c.Address); end != c.Address {
				d.unwritten(c, former, end)
				break
			}
		}
	}
}

// unwritten names what has to be put back where the blocks lead from a former
// address to another end than the change.
func (d *differ) unwritten(c *Change, former, end payout.Address) {
	if slices.Contains(c.Record.Former, end) {
		c.conflict(fmt.Sprintf("the moved block from %s has left the files: put it back", end))
		c.WasNamed = &end
		return
	}
	c.conflict(fmt.Sprintf("the moved block from %s led here and leads to %s now: put that back", former, end))
}

// forgottenReason offers a new key only where nothing was paid.
func forgottenReason(t *payout.Tombstone) string {
	text := "it was forgotten on " + t.At.UTC().Format(time.DateOnly)
	switch {
	case t.Status.MayBePaid():
		return fmt.Sprintf("%s, when it was %s (%s), and is never paid again: take it out of the files", text, statusWords(t.Status), t.Amount)
	case t.Status == "":
		return text + " and is never paid again; a new key pays it anew: see first that nothing was paid"
	}
	return text + " and is never paid again: use a new key"
}

func (c *Change) conflict(reason string) { c.Action, c.Reason = ActionConflict, reason }
