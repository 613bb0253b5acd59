package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner/payout"
)

// loadElements makes one payout of every element of for_each.
func (p *payoutReader) loadElements() {
	expr := p.attrs["for_each"].Expr
	outer := p.scope
	v, ok := p.evaluate(outer, expr)
	p.secretEach = v.ContainsMarked()
	p.scope = outer.child(map[string]cty.Value{"each": cty.DynamicVal})
	p.compileAll()
	if !ok {
		return
	}
	v, marks := v.Unmark()
	if !p.checkElements(expr, v) {
		return
	}
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		key, _ = key.Unmark()
		if v.Type().IsSetType() {
			key = value
		}
		p.element(key, value.WithMarks(marks), outer)
	}
}

// checkElements accepts a map, an object, or a set of strings.
func (p *payoutReader) checkElements(expr hcl.Expression, v cty.Value) bool {
	ty := v.Type()
	set := ty.IsSetType() && ty.ElementType() == cty.String
	switch {
	case v.IsNull() || !v.IsKnown():
		p.fail(msgForEachUnknown, expr.Range())
	case ty.IsSetType() && v.LengthInt() == 0:
		return true
	case !set && !ty.IsMapType() && !ty.IsObjectType():
		p.fail(msgForEachType, expr.Range(), forEachWord(ty), p.forEachCure(expr, v))
	case v.LengthInt() > MaxElements:
		p.fail(msgTooLarge, expr.Range(), "for_each", "it has too many elements")
	default:
		return true
	}
	return false
}

func (p *payoutReader) element(key, value cty.Value, outer *scope) {
	f := &field{name: "for_each", expr: p.attrs["for_each"].Expr, fixed: true}
	key, _ = key.Unmark()
	if key.IsNull() || !key.IsKnown() {
		p.problem(msgForEachUnknown, f, &instance{scope: outer})
		return
	}
	text := key.AsString()
	in := &instance{
		key: text,
		scope: outer.child(map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{
			"key": key, "value": value,
		})}),
	}
	if err := payout.CheckKey(text); err != nil {
		p.problem(msgKey, f, in, err)
		return
	}
	if masked, found := cardNumber(text); found {
		p.problem(msgCardNumber, f, in, masked)
		return
	}
	p.emit(in, p.address.WithKey(text), position(p.block.DefRange))
}
