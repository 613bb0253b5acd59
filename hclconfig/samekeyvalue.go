package hclconfig

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// noteValues looks for keys that are equal only once they are evaluated, in
// the objects that an expression surely makes, with what its names stand for.
func (l *loader) noteValues(ctx *hcl.EvalContext, expr hcl.Expression) {
	if root, native := expr.(hclsyntax.Expression); native {
		// The walk has nothing to report.
		_ = hclsyntax.Walk(root, &keyWalk{loader: l, ctx: ctx, open: []openNode{{sure: true}}})
	}
}

// keyWalk leaves out what may not be evaluated, or is with other names: a
// branch, a loop's body, what try and can shield.
type keyWalk struct {
	*loader
	ctx  *hcl.EvalContext
	open []openNode
}

// openNode is a node that the walk is inside of.
type openNode struct {
	sure bool                 // what is in it is evaluated
	only hclsyntax.Expression // of that, this alone; nil = all
}

// Enter looks at an object.
func (w *keyWalk) Enter(n hclsyntax.Node) hcl.Diagnostics {
	outer := w.open[len(w.open)-1]
	sure := outer.sure && (outer.only == nil || hclsyntax.Node(outer.only) == n)
	if object, ok := n.(*hclsyntax.ObjectConsExpr); ok && sure {
		w.object(object)
	}
	inner := openNode{sure: sure}
	switch e := n.(type) {
	case *hclsyntax.ForExpr:
		inner.only = e.CollExpr
	case *hclsyntax.SplatExpr:
		inner.only = e.Source
	case *hclsyntax.ConditionalExpr:
		inner.only = e.Condition
	case *hclsyntax.BinaryOpExpr:
		if e.Op == hclsyntax.OpLogicalAnd || e.Op == hclsyntax.OpLogicalOr {
			inner.only = e.LHS
		}
	case *hclsyntax.FunctionCallExpr:
		inner.sure = sure && e.Name != "try" && e.Name != "can"
	}
	w.open = append(w.open, inner)
	return nil
}

// Exit closes a node.
func (w *keyWalk) Exit(hclsyntax.Node) hcl.Diagnostics {
	w.open = w.open[:len(w.open)-1]
	return nil
}

// object looks at the keys of an object of which one at least is computed. Two
// constants were noted where the file was read.
func (w *keyWalk) object(e *hclsyntax.ObjectConsExpr) {
	constants, computed := newKeySet(len(e.Items)), false
	for _, pair := range e.Items {
		computed = !constants.constant(pair.KeyExpr, pair.KeyExpr.Range()) || computed
	}
	if !computed || len(e.Items) < 2 {
		return
	}
	keys := newKeySet(len(e.Items))
	for _, pair := range e.Items {
		// What cannot be evaluated was reported with the value.
		v, diags := pair.KeyExpr.Value(w.ctx)
		if key, ok := keyText(v); ok && !diags.HasErrors() {
			keys.take(key, pair.KeyExpr.Range(), v.IsMarked())
		}
	}
	w.noteKeys(slices.DeleteFunc(keys.found, func(k sameKey) bool { return slices.ContainsFunc(constants.found, k.samePlace) }))
}
