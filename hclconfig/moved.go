package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner"
	"payrun/planner/payout"
)

// loadMoved reads every moved block.
func (l *loader) loadMoved() {
	froms := map[payout.Address]planner.Position{}
	var read []movedBlock
	for _, b := range l.blocks["moved"] {
		r := l.read(b, movedSchema)
		from, okFrom := r.address("from")
		to, okTo := r.address("to")
		if !okFrom || !okTo {
			continue
		}
		if from == to {
			l.fail(msgMovedNowhere, b.DefRange, from)
			continue
		}
		if first, ok := froms[from]; ok {
			l.fail(msgMovedTwice, b.DefRange, from, first)
			continue
		}
		froms[from] = position(b.DefRange)
		l.cfg.Moved = append(l.cfg.Moved, Moved{From: from, To: to, Position: position(b.DefRange)})
		read = append(read, movedBlock{from: from, to: to, fromRange: r.attrs["from"].Expr.Range(), toRange: r.attrs["to"].Expr.Range()})
	}
	l.judgeMoved(read)
}

// address reads an address that is written as a reference,
// salaries["2026-11"].staff["1001"]; in JSON it stands in a string.
func (r *reader) address(name string) (payout.Address, bool) {
	attr, ok := r.attrs[name]
	if !ok {
		return payout.Address{}, false
	}
	t, diags := hcl.AbsTraversalForExpr(attr.Expr)
	if diags.HasErrors() {
		r.fail(msgAddressShape, attr.Expr.Range(), name, "")
		return payout.Address{}, false
	}
	a, ok := traversalAddress(t)
	if !ok {
		r.fail(msgAddressShape, attr.Expr.Range(), name, "")
		return payout.Address{}, false
	}
	if err := checkAddress(a); err != nil {
		r.fail(msgAddressShape, attr.Expr.Range(), name, " "+err.Error()+".")
		return payout.Address{}, false
	}
	return a, true
}

func checkAddress(a payout.Address) error {
	if err := payout.CheckPeriod(a.Period); err != nil {
		return err
	}
	if a.HasKey {
		return payout.CheckKey(a.Key)
	}
	return nil
}

// traversalAddress takes BATCH["PERIOD"].PAYOUT or BATCH["PERIOD"].PAYOUT["KEY"]
// apart.
func traversalAddress(t hcl.Traversal) (payout.Address, bool) {
	if len(t) != 3 && len(t) != 4 {
		return payout.Address{}, false
	}
	period, okPeriod := indexText(t[1])
	name, okName := t[2].(hcl.TraverseAttr)
	if !okPeriod || !okName {
		return payout.Address{}, false
	}
	a := payout.NewAddress(t.RootName(), period, name.Name)
	if len(t) == 3 {
		return a, true
	}
	key, ok := indexText(t[3])
	return a.WithKey(key), ok
}

// indexText is the key of an index. Numbers are refused: ["007"] and [7] would
// look alike.
func indexText(step hcl.Traverser) (string, bool) {
	index, ok := step.(hcl.TraverseIndex)
	if !ok || index.Key.Type() != cty.String {
		return "", false
	}
	return index.Key.AsString(), true
}
