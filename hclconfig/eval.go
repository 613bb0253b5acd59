package hclconfig

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// scope is what an expression may refer to.
type scope struct {
	ctx   *hcl.EvalContext
	names map[string][]string // attributes known under "var", "local", "batch"; nil = not checked here
}

// newScope makes a scope without a parent. Values are objects.
func newScope(functions map[string]function.Function, values map[string]map[string]cty.Value) *scope {
	s := &scope{
		ctx:   &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: functions},
		names: map[string][]string{},
	}
	for root, attrs := range values {
		s.ctx.Variables[root] = cty.ObjectVal(attrs)
		s.names[root] = sortedKeys(attrs)
	}
	return s
}

// child is a scope with more roots, such as row or each, whose attributes are
// checked by whoever fills them in.
func (s *scope) child(values map[string]cty.Value) *scope {
	c := &scope{ctx: s.ctx.NewChild(), names: map[string][]string{}}
	c.ctx.Variables = values
	for root, names := range s.names {
		c.names[root] = names
	}
	for root := range values {
		c.names[root] = nil
	}
	return c
}

// roots are the names that an expression may begin with, for a suggestion.
func (s *scope) roots() []string { return sortedKeys(s.names) }

// checkReferences reports every name that the scope does not have.
func (l *loader) checkReferences(s *scope, expr hcl.Expression) bool {
	before := len(l.all)
	for _, t := range expr.Variables() {
		l.checkReference(s, t)
	}
	return len(l.all) == before
}

func (l *loader) checkReference(s *scope, t hcl.Traversal) {
	root := t.RootName()
	names, ok := s.names[root]
	if !ok {
		l.failRoot(s, root, t.SourceRange())
		return
	}
	attr, static := secondStep(t)
	if names == nil || !static || slices.Contains(names, attr) {
		return
	}
	l.fail(msgUnknownName, t.SourceRange(), root, attr, suggest(attr, names), undeclared[root])
}

// undeclared says how to declare what is missing.
var undeclared = map[string]string{
	"var":   "Declare it with a variable block.",
	"local": "Declare it in a locals block.",
	"batch": "Declare it with a batch block.",
	// Of the assertions of a test.
	"run":    "It has exit_code, output, safe_to_run_again, payout_calls, to_pay and broken.",
	"ledger": "It has payout_calls, status_calls, balance_calls, paid_count, paid_total and paid_totals.",
}

// failRoot reports a first name that the scope does not know, with the reason
// where it would be known elsewhere.
func (l *loader) failRoot(s *scope, root string, at hcl.Range) {
	elsewhere := map[string]message{
		"batch":    msgBatchElsewhere,
		"row":      msgRowElsewhere,
		"each":     msgEachElsewhere,
		"merchant": msgMerchantElsewhere,
		"count":    msgReservedCount,
		"local":    msgLocalElsewhere,
		"var":      msgVarElsewhere,
	}
	if m, ok := elsewhere[root]; ok {
		l.fail(m, at, root)
		return
	}
	l.fail(msgUnknownRoot, at, root, suggest(root, s.roots()))
}

// secondStep is the attribute or constant index after the root of a traversal.
func secondStep(t hcl.Traversal) (string, bool) {
	if len(t) < 2 {
		return "", false
	}
	switch step := t[1].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// evaluate gives the value of an expression, or reports why there is none.
func (l *loader) evaluate(s *scope, expr hcl.Expression) (cty.Value, bool) {
	if !l.checkReferences(s, expr) {
		return cty.DynamicVal, false
	}
	if l.outOfSteps(expr.Range()) {
		return cty.DynamicVal, false
	}
	tree := metered(l.nativeTree(expr))
	v, diags := tree.Value(s.ctx)
	if !diags.HasErrors() {
		l.noteValues(s.ctx, tree)
	}
	if l.outOfSteps(expr.Range()) {
		return cty.DynamicVal, false
	}
	l.add(diags...)
	return v, !diags.HasErrors()
}
