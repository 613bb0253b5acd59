package view

import (
	"fmt"
	"hash/maphash"
	"slices"

	"payrun/planner"
)

// maxShared bounds the notes about cards that several payouts share.
const maxShared = 3

// sharedCards are notes about payouts of one batch that go to one card with
// different amounts: equal amounts are duplicates, and have a rule of their
// own. Hashes keep a plan of a million small; a hash that two cards share by
// chance is told apart in the end.
func (p *Plan) sharedCards() []note {
	sending := p.Plan.Sending()
	seed := maphash.MakeSeed()
	keys := make([]uint64, len(sending))
	for i, c := range sending {
		keys[i] = maphash.String(seed, cardPlace(c))
	}
	twice := repeated(slices.Clone(keys))
	if len(twice) == 0 {
		return nil
	}
	first := make(map[string]*planner.Change)
	var out []note
	more := 0
	for i, c := range sending {
		if _, found := slices.BinarySearch(twice, keys[i]); !found {
			continue
		}
		place := cardPlace(c)
		other := first[place]
		if other == nil {
			first[place] = c
			continue
		}
		if other.Amount() == c.Amount() {
			continue
		}
		if more++; more <= maxShared {
			out = append(out, note{"·", fmt.Sprintf("%s and %s go to one card, %s: %s and %s", SafeText(other.Address.String()), SafeText(payoutWord(c.Address)),
				c.Declared.Token, other.Amount(), c.Amount())})
		}
	}
	if more > maxShared {
		out = append(out, note{"·", plural(more-maxShared, "more payout") + " to cards that are paid twice in their batch"})
	}
	return out
}

// cardPlace is a card within a batch, period and merchant.
func cardPlace(c *planner.Change) string {
	return c.Batch.Merchant.Name + "\x00" + c.Address.Batch + "\x00" + c.Address.Period + "\x00" + c.Declared.Token.Reveal()
}

// repeated sorts keys and keeps one of each that occurs more than once.
func repeated(keys []uint64) []uint64 {
	slices.Sort(keys)
	var out []uint64
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] && (len(out) == 0 || out[len(out)-1] != keys[i]) {
			out = append(out, keys[i])
		}
	}
	return out
}
