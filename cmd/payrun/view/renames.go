package view

import "payrun/planner"

// renamed says that the change takes the record of another address, which
// apply writes down.
func renamed(c *planner.Change) bool {
	return c.Declared != nil && c.Record != nil && c.Record.Address != c.Address
}

// renames are the lines about payouts that are recorded under a former
// address: one line for all keys of two payouts. By address.
func (p *Plan) renames() []note {
	type pair struct{ from, to string }
	var order []pair
	counts := make(map[pair]int)
	for i := range p.Plan.Changes {
		c := &p.Plan.Changes[i]
		if !renamed(c) {
			continue
		}
		from := c.Record.Address
		names := pair{from.String(), c.Address.String()}
		if from.HasKey && c.Address.HasKey && from.Key == c.Address.Key {
			names = pair{from.Term(), c.Address.Term()}
		}
		if counts[names]++; counts[names] == 1 {
			order = append(order, names)
		}
	}
	var out []note
	for _, names := range order[:min(maxListed, len(order))] {
		out = append(out, note{"·", SafeText(names.from) + " is now " + SafeText(names.to) + ": " + plural(counts[names], "payout") + " renamed, nothing is paid for it"})
	}
	if more := order[len(out):]; len(more) > 0 {
		out = append(out, note{"·", "and " + plural(len(more), "more rename")})
	}
	return out
}
