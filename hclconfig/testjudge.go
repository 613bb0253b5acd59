package hclconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// judge holds one run to what its block expects.
type judge struct {
	*loader
	run   *TestRun
	facts *RunFacts
	scope *scope
}

// Judge compares what a run came to with what its block expects. Everything
// that differs is a diagnostic with its place in the test file; none = the run
// passed.
func (t *Tests) Judge(run *TestRun, facts *RunFacts) hcl.Diagnostics {
	s := facts.within(t)
	col := &collector{sources: t.sources, hidden: hiddenTexts(s.ctx)}
	*t.meter = *newMeter(t.meter.budget) // each run by itself
	j := &judge{loader: &loader{collector: col, scope: s, meter: t.meter}, run: run, facts: facts, scope: s}
	j.outcome()
	if facts.Gateway.Broken != "" {
		j.fail(msgTestTwice, run.block.DefRange, facts.Gateway.Broken)
	}
	if facts.ExitCode == run.ExitCode { // else the assertions would be echoes
		for _, a := range run.asserts {
			if j.assert(a); j.meter.told {
				break // the others would be echoes as well
			}
		}
	}
	return col.sorted()
}

// outcome compares exit code and "Safe to run again".
func (j *judge) outcome() {
	at := j.run.block.DefRange
	if got, want := j.facts.ExitCode, j.run.ExitCode; got != want {
		hint := ", since the run does not say otherwise: expect { exit_code = … }"
		if j.run.outcome != nil && j.run.outcome.has("exit_code") {
			at, hint = j.run.outcome.at("exit_code"), ""
		}
		j.fail(msgTestExit, at, j.run.Name, got, want, hint)
		return
	}
	if j.run.Safe == nil {
		return
	}
	said := "nothing about it"
	if j.facts.Safe != nil {
		said = fmt.Sprintf("%q", safeWords(*j.facts.Safe))
	}
	if want := safeWords(*j.run.Safe); said != fmt.Sprintf("%q", want) {
		j.fail(msgTestSafe, j.run.outcome.at("safe_to_run_again"), j.run.Name, want, said)
	}
}

func safeWords(safe bool) string {
	if safe {
		return "Safe to run again: yes"
	}
	return "Safe to run again: no"
}

// assert judges one assertion.
func (j *judge) assert(block *reader) {
	inner := *block
	r := &inner
	r.loader, r.scope = j.loader, j.scope
	attr, ok := r.attrs["condition"]
	if !ok || j.missing(attr.Expr) {
		return
	}
	before := len(j.all)
	held, known := r.condition("condition")
	switch {
	case len(j.all) > before || held:
		return
	case !known:
		j.failValue(msgTestNotKnown, attr.Expr, j.scope.ctx, "condition", j.why())
		return
	}
	if message, ok := r.publicText("error_message"); ok {
		j.failValue(msgTestAssert, attr.Expr, j.scope.ctx, message)
	}
}

// why says what a run may not give.
func (j *judge) why() string {
	if j.facts.Config == nil {
		return "its files could not be read, see run.output"
	}
	return "the totals of several currencies are not added, use to_pay.totals[\"KZT\"] or ledger.paid_totals[\"KZT\"]"
}

// missing reports names that the run has no value for, with the nearest that
// it has. An expression that can do without them, as with try, is left alone.
func (j *judge) missing(expr hcl.Expression) bool {
	if _, diags := expr.Value(j.scope.ctx); !diags.HasErrors() {
		return false
	}
	before := len(j.all)
	for _, t := range expr.Variables() {
		if root, ok := j.scope.ctx.Variables[t.RootName()]; ok && len(t) > 1 {
			j.follow(root, t)
		}
	}
	return len(j.all) > before
}

// follow walks along a reference and reports the first step that leads
// nowhere.
func (j *judge) follow(v cty.Value, t hcl.Traversal) {
	for i, step := range t[1:] {
		v, _ = v.Unmark()
		if !v.IsKnown() || v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
			return
		}
		name := stepName(step)
		all := v.AsValueMap()
		next, ok := all[name]
		if !ok {
			j.fail(msgTestMissing, t[:i+2].SourceRange(), pathText(t[:i+1]), name, suggest(name, sortedKeys(all)))
			return
		}
		v = next
	}
}

// pathText is a reference as it is written.
func pathText(t hcl.Traversal) string {
	text := t.RootName()
	for _, step := range t[1:] {
		if _, ok := step.(hcl.TraverseAttr); ok {
			text += "." + stepName(step)
		} else {
			text += fmt.Sprintf("[%q]", stepName(step))
		}
	}
	return text
}
