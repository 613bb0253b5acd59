package planner

import (
	"cmp"
	"slices"

	"payrun/planner/payout"
)

// moves are the moved blocks, read in both directions. A block between two
// addresses without a key stands for every key of them as well, as a payout of
// rows is renamed as a whole; a block that names a key goes before it.
type moves struct {
	all   []Move // sorted
	to    map[payout.Address]payout.Address
	froms map[payout.Address][]payout.Address
}

func newMoves(list []Move) *moves {
	m := &moves{all: slices.Clone(list), to: make(map[payout.Address]payout.Address, len(list)), froms: make(map[payout.Address][]payout.Address, len(list))}
	slices.SortFunc(m.all, compareMoves)
	for _, one := range slices.Backward(m.all) {
		m.to[one.From] = one.To
		m.froms[one.To] = append(m.froms[one.To], one.From)
	}
	return m
}

func compareMoves(a, b Move) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) }

// next is the address that one block leads to.
func (m *moves) next(from payout.Address) (payout.Address, bool) {
	if to, ok := m.to[from]; ok || !from.HasKey {
		return to, ok
	}
	to, ok := m.to[whole(from)]
	return keyed(to, from), ok && !to.HasKey
}

// before are the addresses that one block leads from.
func (m *moves) before(to payout.Address) []payout.Address {
	if !to.HasKey || len(m.froms[whole(to)]) == 0 {
		return m.froms[to]
	}
	out := slices.Clone(m.froms[to])
	for _, from := range m.froms[whole(to)] {
		child := keyed(from, to)
		if _, named := m.to[child]; (!named || m.returns(child)) && !from.HasKey {
			out = append(out, child)
		}
	}
	return out
}

// returns says that the blocks that name an address lead back to it: a rename
// that was taken back, and stands in the files still.
func (m *moves) returns(a payout.Address) bool {
	at := a
	for range m.all {
		to, ok := m.to[at]
		if !ok || to == a {
			return ok
		}
		at = to
	}
	return false
}

// end is the address that the blocks lead to from another one, or to where they
// reach it.
func (m *moves) end(from, to payout.Address) payout.Address {
	for range m.all {
		further, ok := m.next(from)
		if !ok || from == to {
			break
		}
		from = further
	}
	return from
}

// of are the moves of single payouts: the blocks, and what those between whole
// payouts mean for each key that is recorded. Sorted.
func (m *moves) of(l *payout.Ledger) []Move {
	if !slices.ContainsFunc(m.all, func(one Move) bool { return !one.From.HasKey && !one.To.HasKey }) {
		return m.all
	}
	out := slices.Clone(m.all)
	for r := range l.Records() {
		if _, named := m.to[r.Address]; named || !r.Address.HasKey {
			continue
		}
		if to, ok := m.next(r.Address); ok {
			out = append(out, Move{From: r.Address, To: to})
		}
	}
	slices.SortFunc(out, compareMoves)
	return out
}

func whole(a payout.Address) payout.Address {
	a.Key, a.HasKey = "", false
	return a
}

// keyed is the address a with the key of another one.
func keyed(a, of payout.Address) payout.Address {
	a.Key, a.HasKey = of.Key, of.HasKey
	return a
}

// move lets declared payouts take the records of their former addresses,
// through chains of moves. A record is taken once, and only by a payout that is
// declared and has no record: otherwise it would vanish from the plan.
func (d *differ) move() {
	d.moves = newMoves(d.opts.Moved)
	for _, m := range d.moves.of(d.ledger) {
		if d.ledger.Record(m.From) == nil || d.declared[m.From] || d.taken[m.From] {
			continue
		}
		to := m.To
		for range d.moves.all {
			further, ok := d.moves.next(to)
			if !ok || d.declared[to] {
				break
			}
			to = further
		}
		_, claimed := d.movedTo[to]
		if d.declared[to] && !claimed && d.ledger.Record(to) == nil {
			d.movedTo[to] = m.From
			d.taken[m.From] = true
		}
	}
}

// former lists the addresses that the moved blocks lead from to a declared
// one, nearest first, whether anything is recorded of them or not: after a lost
// state they are all that is left to find its payment by.
func (d *differ) former(a payout.Address) []payout.Address {
	var out []payout.Address
	for i := -1; i < len(out); i++ {
		to := a
		if i >= 0 {
			to = out[i]
		}
		for _, from := range d.moves.before(to) {
			if from != a && !d.declared[from] && !slices.Contains(out, from) {
				out = append(out, from)
			}
		}
	}
	return out
}
