package policy

import (
	"cmp"
	"fmt"
	"slices"

	"payrun/planner"
	"payrun/planner/payout"
)

// declared returns the payouts of a batch by address, so that the order of the
// files changes no finding.
func declared(b *planner.Batch) []*planner.Payout {
	out := make([]*planner.Payout, len(b.Payouts))
	for i := range b.Payouts {
		out[i] = &b.Payouts[i]
	}
	slices.SortFunc(out, func(a, b *planner.Payout) int { return a.Address.Compare(b.Address) })
	return out
}

// beyond returns the payouts whose amount is farther out than the bound, the
// farthest first, and the farthest payout of all, or nil.
func (g *group) beyond(farther func(a, b payout.Money) bool, bound payout.Money) (over []*planner.Payout, extreme *planner.Payout) {
	for _, p := range g.payouts {
		if extreme == nil || farther(p.Amount, extreme.Amount) {
			extreme = p
		}
		if farther(p.Amount, bound) {
			over = append(over, p)
		}
	}
	slices.SortStableFunc(over, func(a, b *planner.Payout) int {
		switch {
		case farther(a.Amount, b.Amount):
			return -1
		case farther(b.Amount, a.Amount):
			return 1
		}
		return 0
	})
	return over, extreme
}

// recipient is one destination and what a group pays it.
type recipient struct {
	total   payout.Money
	payouts []*planner.Payout // by address
}

// topRecipient is the destination that gets most; of equal ones the first by
// address.
func (j *judge) topRecipient(g *group) recipient {
	index := make(map[string]int)
	var all []recipient
	for _, p := range g.payouts {
		fingerprint := j.fingerprint(p, g.account)
		i, ok := index[fingerprint]
		if !ok {
			i = len(all)
			index[fingerprint] = i
			all = append(all, recipient{total: payout.Money{Currency: p.Amount.Currency}})
		}
		all[i].total = sum(all[i].total, p.Amount)
		all[i].payouts = append(all[i].payouts, p)
	}
	if len(all) == 0 {
		return recipient{}
	}
	slices.SortStableFunc(all, func(a, b recipient) int { return cmp.Compare(b.total.Minor, a.total.Minor) })
	return all[0]
}

// amountsSeen names the farthest offender and the number of others, or the
// farthest payout where all are within the bound.
func amountsSeen(over []*planner.Payout, extreme *planner.Payout, word string) string {
	switch {
	case extreme == nil:
		return "none"
	case len(over) == 0:
		return word + " " + extreme.Amount.Grouped()
	}
	seen := payoutWord(over[0].Address) + " " + over[0].Amount.Grouped()
	if len(over) > 1 {
		seen += fmt.Sprintf(" and %d more", len(over)-1)
	}
	return seen
}

func addressesOf(payouts []*planner.Payout) []payout.Address {
	var out []payout.Address
	for _, p := range payouts {
		out = append(out, p.Address)
	}
	return out
}
