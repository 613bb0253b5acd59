package hclconfig

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Evaluation is bounded by counted steps and not by a clock, so that the same
// files end in the same way on every machine. A step is an element that a loop
// or a function goes over, or a few bytes of text that are copied.
const (
	MaxSteps     = 20_000_000 // of all expressions together
	stepsPerRow  = 10_000     // more for every row and element
	bytesPerStep = 8
	stepsPerTurn = 10 // of a loop, whatever it does
	stepsPerWork = 40 // for an element that a function or a comparison is given
	// Loops of constants cannot be counted, since nothing can be called there.
	maxConstantLoop = 8 << 10 // bytes of a constant that has a loop
)

// meter counts the steps of one load.
type meter struct {
	left   int
	budget int  // what the meter began with
	told   bool // that there are none left
}

func newMeter(steps int) *meter { return &meter{left: steps, budget: steps} }

var errSteps = errors.New("too many steps")

func (m *meter) grant(steps int) { m.left += steps }

func (m *meter) over() bool { return m.left < 0 }

// spend takes the steps that a value costs, so many for every element. It looks
// no further than there are steps.
func (m *meter) spend(v cty.Value, each int) error {
	m.spendDeep(v, each)
	if m.over() {
		return errSteps
	}
	return nil
}

func (m *meter) spendDeep(v cty.Value, each int) {
	if m.left -= each; m.over() {
		return
	}
	v, _ = v.Unmark()
	switch {
	case v.IsNull() || !v.IsKnown():
	case v.Type() == cty.String:
		m.left -= len(v.AsString()) / bytesPerStep
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next() && !m.over(); {
			_, e := it.Element()
			m.spendDeep(e, each)
		}
	}
}

// meterName is the name of a function that no expression can call: it takes the
// steps of a value and returns it.
const meterName = "a counted value"

// workName is the same for what is compared or converted.
const workName = "a counted operand"

func (m *meter) copied(v cty.Value) error { return m.spend(v, 1) }

func (m *meter) worked(v cty.Value) error { return m.spend(v, stepsPerWork) }

// loopName is the same for what a loop goes over.
const loopName = "a counted loop"

func (m *meter) loop() function.Function {
	return m.passing(func(v cty.Value) error {
		m.left--
		if v, _ := v.Unmark(); v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
			m.left -= stepsPerTurn * v.LengthInt()
		}
		if m.over() {
			return errSteps
		}
		return nil
	})
}

// argumentName is the same for an argument of a function: a tuple is made a list
// before the function is called, which compares the types of all its elements
// with each other.
const argumentName = "a counted argument"

// pairsPerStep is how many such comparisons are a step.
const pairsPerStep = 20

func (m *meter) argument(v cty.Value) error {
	if v, _ := v.Unmark(); v.Type().IsTupleType() {
		n := len(v.Type().TupleElementTypes())
		m.left -= n * n / pairsPerStep
	}
	if m.over() {
		return errSteps
	}
	return nil
}

// passing is a function that returns its argument.
func (m *meter) passing(spend func(cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}},
		Type: func(args []cty.Value) (cty.Type, error) {
			return args[0].Type(), spend(args[0])
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
	})
}

// slow are functions that compare every element with every other one, or a
// text with a pattern.
var slow = map[string]bool{"distinct": true, "regex": true, "regexall": true, "regexreplace": true}

// functions counts what every function of a table goes over and what it makes.
func (m *meter) functions(all map[string]function.Function) map[string]function.Function {
	for name, f := range all {
		if name != "can" && name != "try" {
			all[name] = m.counted(f, name)
		}
	}
	all[meterName], all[loopName] = m.passing(m.copied), m.loop()
	all[workName] = m.passing(m.worked)
	all[argumentName] = m.passing(m.argument)
	return all
}

func (m *meter) counted(f function.Function, name string) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := m.spendCall(args, slow[name]); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil {
				err = m.spend(v, 1)
			}
			if err == nil && name == "range" {
				m.left -= stepsPerTurn * v.LengthInt()
			}
			return v, err
		},
	})
}

// spendCall takes the steps of a call: its arguments', and for a slow function
// the first one's times the second one's, or its own.
func (m *meter) spendCall(args []cty.Value, slow bool) error {
	product := 1
	for i, arg := range args {
		before := m.left
		if err := m.worked(arg); err != nil {
			return err
		}
		if cost := before - m.left; i < 2 {
			product *= cost
			if len(args) == 1 {
				product *= cost
			}
		}
	}
	if slow {
		m.left -= product
	}
	if m.over() {
		return errSteps
	}
	return nil
}

// metered makes an expression count what its loops go over, and what is copied
// or compared. It changes the expression, once.
func metered(expr hcl.Expression) hcl.Expression {
	root, native := expr.(hclsyntax.Expression)
	if !native {
		return expr
	}
	// The walk returns what the visitor does.
	_ = hclsyntax.VisitAll(root, func(n hclsyntax.Node) hcl.Diagnostics {
		switch e := n.(type) {
		case *hclsyntax.FunctionCallExpr:
			countedArguments(e)
		case *hclsyntax.ForExpr:
			e.CollExpr = counted(loopName, e.CollExpr)
		case *hclsyntax.SplatExpr:
			e.Source = counted(loopName, e.Source)
		case *hclsyntax.TemplateExpr:
			for i := range e.Parts {
				e.Parts[i] = counted(meterName, e.Parts[i])
			}
		case *hclsyntax.ConditionalExpr:
			e.TrueResult, e.FalseResult = counted(workName, e.TrueResult), counted(workName, e.FalseResult)
		case *hclsyntax.BinaryOpExpr:
			if e.Op == hclsyntax.OpEqual || e.Op == hclsyntax.OpNotEqual {
				e.LHS, e.RHS = counted(workName, e.LHS), counted(workName, e.RHS)
			}
		}
		return nil
	})
	return expr
}

// counted is an expression whose value is counted, once.
func counted(name string, e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e
	case *hclsyntax.FunctionCallExpr:
		if e.Name == name {
			return e
		}
	}
	at := e.Range()
	return &hclsyntax.FunctionCallExpr{Name: name, Args: []hclsyntax.Expression{e}, NameRange: at, OpenParenRange: at, CloseParenRange: at}
}

// countedArguments leaves alone what is ours, and what looks at its arguments
// as expressions.
func countedArguments(call *hclsyntax.FunctionCallExpr) {
	switch call.Name {
	case meterName, workName, loopName, argumentName, "can", "try":
		return
	}
	for i, arg := range call.Args {
		call.Args[i] = counted(argumentName, arg)
	}
}

// outOfSteps says whether no steps are left, and tells it once.
func (l *loader) outOfSteps(at hcl.Range) bool {
	if !l.meter.over() {
		return false
	}
	if !l.meter.told {
		l.meter.told = true
		l.fail(msgSteps, at)
	}
	return true
}

// constantLoop reports loops in a constant that could multiply.
func (l *loader) constantLoop(expr hcl.Expression) bool {
	root, native := expr.(hclsyntax.Expression)
	if !native {
		return false
	}
	w := &loopWalk{}
	// The walk has nothing to report.
	_ = hclsyntax.Walk(root, w)
	at := expr.Range()
	if w.deepest > 1 || w.deepest > 0 && at.End.Byte-at.Start.Byte > maxConstantLoop {
		l.fail(msgConstantLoop, at)
		return true
	}
	return false
}

// loopWalk finds how deep loops stand inside each other.
type loopWalk struct{ depth, deepest int }

// Enter counts a loop that begins.
func (w *loopWalk) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if isLoop(n) {
		w.depth++
		w.deepest = max(w.deepest, w.depth)
	}
	return nil
}

// Exit counts a loop that ends.
func (w *loopWalk) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if isLoop(n) {
		w.depth--
	}
	return nil
}

func isLoop(n hclsyntax.Node) bool {
	switch n.(type) {
	case *hclsyntax.ForExpr, *hclsyntax.SplatExpr:
		return true
	}
	return false
}
