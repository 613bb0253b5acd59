package hclconfig

import (
	"github.com/hashicorp/hcl/v2"

	"payrun/planner"
	"payrun/planner/payout"
)

// movedBlock is a moved block and where it says so.
type movedBlock struct {
	from, to           payout.Address
	fromRange, toRange hcl.Range
}

// declaredNames are what the batches declare, as far as moved blocks speak of
// it. There may be a million payouts and two blocks.
type declaredNames struct {
	exact  map[payout.Address]planner.Position // named by a block, and declared just so
	single map[payout.Address]bool             // payout blocks without keys
	keyed  map[payout.Address]planner.Position // payout blocks with keys: the first
	names  map[payout.Address]map[string]bool  // labels of the payouts of a batch and period
}

// judgeMoved refuses blocks that the batches contradict: they would move
// nothing, and say nothing.
func (l *loader) judgeMoved(blocks []movedBlock) {
	if len(blocks) == 0 {
		return
	}
	d := l.declaredOf(blocks)
	froms := map[payout.Address]bool{}
	for _, b := range blocks {
		froms[b.from] = true
	}
	for _, b := range blocks {
		at, both := d.both(b)
		if both {
			l.fail(msgMovedStill, b.fromRange, b.from, at, b.to)
			continue
		}
		// What another block leads on from is not what is declared in the end.
		if !froms[b.to] && !froms[wholeOf(b.to)] {
			l.judgeMovedTo(b, d)
		}
	}
}

// both says that a block's former and present address are declared side by
// side, and where the former one is. A block that is written before the rename
// does no harm.
func (d *declaredNames) both(b movedBlock) (planner.Position, bool) {
	at, from := d.exact[b.from]
	_, to := d.exact[b.to]
	if b.from.HasKey || b.to.HasKey {
		return at, from && to
	}
	if keyed, ok := d.keyed[b.from]; ok {
		at, from = keyed, true
	}
	_, keyed := d.keyed[b.to]
	return at, from && (to || keyed)
}

// judgeMovedTo compares the address that a payout is said to have now with the
// payouts of that batch and period.
func (l *loader) judgeMovedTo(b movedBlock, d *declaredNames) {
	to := wholeOf(b.to)
	_, keyed := d.keyed[to]
	names := d.names[batchOf(to)]
	switch {
	case b.to.HasKey && d.single[to] && !keyed:
		l.fail(msgMovedToSingle, b.toRange, to)
	case !b.to.HasKey && b.from.HasKey && keyed && !d.single[to]:
		l.fail(msgMovedToKeyed, b.toRange, to, to.WithKey(b.from.Key))
	case len(names) > 0 && !names[to.Name] && !l.all.HasErrors(): // else it may not have been read
		l.warn(msgMovedToNothing, b.toRange, to, suggest(to.Name, sortedKeys(names)))
	}
}

func (l *loader) declaredOf(blocks []movedBlock) *declaredNames {
	d := &declaredNames{
		exact: map[payout.Address]planner.Position{}, single: map[payout.Address]bool{},
		keyed: map[payout.Address]planner.Position{}, names: map[payout.Address]map[string]bool{},
	}
	asked := map[payout.Address]bool{}
	for _, b := range blocks {
		asked[b.from], asked[b.to] = true, true
		d.names[batchOf(b.to)] = map[string]bool{}
	}
	for i := range l.cfg.Batches {
		last := payout.Address{} // the rows of a payout follow each other
		for j := range l.cfg.Batches[i].Payouts {
			p := &l.cfg.Batches[i].Payouts[j]
			if asked[p.Address] {
				d.exact[p.Address] = p.Position
			}
			if whole := wholeOf(p.Address); whole != last || !p.Address.HasKey {
				last = whole
				d.add(p, whole)
			}
		}
	}
	return d
}

func (d *declaredNames) add(p *planner.Payout, whole payout.Address) {
	if names := d.names[batchOf(whole)]; names != nil {
		names[whole.Name] = true
	}
	if !p.Address.HasKey {
		d.single[whole] = true
	} else if _, known := d.keyed[whole]; !known {
		d.keyed[whole] = p.Position
	}
}

// wholeOf is an address without its key.
func wholeOf(a payout.Address) payout.Address {
	a.Key, a.HasKey = "", false
	return a
}

// batchOf is the batch and the period of an address.
func batchOf(a payout.Address) payout.Address {
	return payout.Address{Batch: a.Batch, Period: a.Period}
}
