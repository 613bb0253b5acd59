package policy

import "payrun/planner"

// twins remembers the payments of one plan, so that each payout meets an equal
// one in constant time, however many there are.
type twins struct {
	first map[payment]*planner.Change // the first equal payment
	other map[payment]*planner.Change // the first of another batch label than that
	scope map[place]*planner.Change   // the first of a batch and period, where that is not the first of all
}

// place is a payment within a batch and period.
type place struct {
	payment
	batch, period string
}

// newTwins makes room for n payments.
func newTwins(n int) *twins {
	return &twins{
		first: make(map[payment]*planner.Change, n),
		other: make(map[payment]*planner.Change),
		scope: make(map[place]*planner.Change),
	}
}

// meet returns an equal payment seen before that counts against the change, or
// nil, and remembers the change. Nearly every payment is alone, and then stands
// in one map only.
func (t *twins) meet(key payment, c *planner.Change) *planner.Change {
	first := t.first[key]
	if first == nil {
		t.first[key] = c
		return nil
	}
	if first.Address.Batch == c.Address.Batch && first.Address.Period == c.Address.Period {
		return first
	}
	here := place{key, c.Address.Batch, c.Address.Period}
	met := t.scope[here]
	if met == nil {
		t.scope[here] = c
		met = t.elsewhere(key, first, c)
	}
	return met
}

// elsewhere is an equal payment of another batch label; it remembers the change
// where it is the first of those.
func (t *twins) elsewhere(key payment, first, c *planner.Change) *planner.Change {
	if first.Address.Batch == c.Address.Batch {
		return t.other[key]
	}
	if t.other[key] == nil {
		t.other[key] = c
	}
	return first
}
