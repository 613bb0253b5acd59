package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// measure adds up a value until a bound is met. Locals may double each other,
// so every one is measured before another can use it.
type measure struct {
	elements, text int
	problem        string
}

// boundValue reports a value that is too large to go on with.
func (l *loader) boundValue(name string, v cty.Value, at hcl.Range) bool {
	m := &measure{}
	m.add(v, 0)
	switch m.problem {
	case "":
	case infinite:
		l.fail(msgInfinite, at, name)
	default:
		l.fail(msgTooLarge, at, name, m.problem)
	}
	return m.problem == ""
}

// infinite is what the division of a number by zero gives.
const infinite = "it is infinite"

func (m *measure) add(v cty.Value, depth int) {
	v, _ = v.Unmark()
	m.elements++
	switch {
	case m.problem != "" || v.IsNull() || !v.IsKnown():
	case m.elements > MaxElements:
		m.problem = "it has too many elements"
	case depth > MaxNesting:
		m.problem = "it is nested too deep"
	case v.Type() == cty.String:
		if m.text += len(v.AsString()); m.text > MaxTextBytes {
			m.problem = "its text is too long"
		}
	case v.Type() == cty.Number:
		if v.AsBigFloat().IsInf() {
			m.problem = infinite
		} else if !smallNumber(v) {
			m.problem = "a number in it has too many digits"
		}
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next() && m.problem == ""; {
			_, e := it.Element()
			m.add(e, depth+1)
		}
	}
}

// smallNumber says whether all digits of a number can be written out.
func smallNumber(v cty.Value) bool {
	f := v.AsBigFloat()
	exponent := f.MantExp(nil)
	return !f.IsInf() && exponent <= MaxNumberBits && exponent >= -MaxNumberBits
}
