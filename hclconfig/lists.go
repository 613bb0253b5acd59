package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// boundLists reports a value in which more elements are to become a list than
// may: the types of all of them are compared with each other then, which takes
// minutes for some hundred thousand. Unified says that sets and maps are made
// in the same way.
func (l *loader) boundLists(name string, v cty.Value, as cty.Type, unified bool, at hcl.Range) bool {
	w := &listWalk{meter: l.meter, unified: unified}
	w.visit(v, as)
	if w.longest > MaxListElements {
		l.fail(msgListLong, at, name, w.longest, MaxListElements)
		return false
	}
	return !l.outOfSteps(at)
}

// listWalk looks for elements that are compared with each other.
type listWalk struct {
	*meter
	unified bool
	longest int
}

func (w *listWalk) visit(v cty.Value, as cty.Type) {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || as == cty.DynamicPseudoType {
		return
	}
	if n := v.LengthInt(); w.compares(v.Type(), as) {
		w.longest = max(w.longest, n)
		if w.left -= n * n / pairsPerStep; n > MaxListElements || w.over() {
			return // it is not converted
		}
	}
	for it := v.ElementIterator(); it.Next(); {
		key, e := it.Element()
		if inner, ok := elementType(as, key); ok {
			w.visit(e, inner)
		}
	}
}

// compares says whether a conversion compares the types of all elements.
func (w *listWalk) compares(from, as cty.Type) bool {
	if !from.IsTupleType() && !from.IsObjectType() || !as.IsCollectionType() {
		return false
	}
	return as.IsListType() || w.unified || as.HasDynamicTypes()
}

// elementType is the type that an element is to have; not ok where the element
// is left out, or cannot be converted.
func elementType(as cty.Type, key cty.Value) (cty.Type, bool) {
	switch {
	case as.IsCollectionType():
		return as.ElementType(), true
	case as.IsObjectType() && key.Type() == cty.String && as.HasAttribute(key.AsString()):
		return as.AttributeType(key.AsString()), true
	case as.IsTupleType() && key.Type() == cty.Number:
		i, _ := key.AsBigFloat().Int64()
		if all := as.TupleElementTypes(); int(i) < len(all) {
			return all[i], true
		}
	}
	return cty.NilType, false
}
