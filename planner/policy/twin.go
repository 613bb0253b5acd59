package policy

import "payrun/planner"

// twins remembers the payments of one plan, so that each payout meets an equal
// one in constant time, however many there are.
type twins struct {
	first map[payment]*planner.Change // the first equal payment
	other map[payment]*planner.Change // the first of another batch label than that
	scope map[place]*planner.Change   // the first of a batch and period
}

// place is a payment within a batch and period.
type place struct {
	payment
	batch, period string
}

func newTwins() *twins {
	return &twins{
		first: make(map[payment]*planner.Change),
		other: make(map[payment]*planner.Change),
		scope: make(map[place]*planner.Change),
	}
}

// meet returns an equal payment seen before that counts against the change, or
// nil, and remembers the change.
func (t *twins) meet(key payment, c *planner.Change) *planner.Change {
	here := place{key, c.Address.Batch, c.Address.Period}
	met := t.scope[here]
	first := t.first[key]
	switch {
	case met != nil || first == nil:
	case first.Address.Batch != here.batch:
		met = first
	default:
		met = t.other[key]
	}
	t.remember(key, here, c)
	return met
}

func (t *twins) remember(key payment, here place, c *planner.Change) {
	first := t.first[key]
	if first == nil {
		t.first[key] = c
	} else if t.other[key] == nil && first.Address.Batch != here.batch {
		t.other[key] = c
	}
	if t.scope[here] == nil {
		t.scope[here] = c
	}
}
