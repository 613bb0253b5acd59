package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"payrun/planner"
	"payrun/planner/payout"
)

// BatchFacts are the totals of a batch that exist once the plan is made.
type BatchFacts struct {
	Total, Largest payout.Money
	Count          int
	NewRecipients  int
	Unknown        bool // NewRecipients is not known, as without a state
}

// Facts are the totals by the name of the batch. A batch that is missing is
// not known at all.
type Facts map[string]BatchFacts

// UsesFacts says whether something is evaluated after the plan is made. Where
// nothing is, Evaluate needs no facts.
func (c *Config) UsesFacts() bool { return len(c.checks)+len(c.outputs) > 0 }

// Severity says what a failed check does.
type Severity string

// The severities of a check.
const (
	Block Severity = "block" // plan reports it, apply refuses
	Warn  Severity = "warn"
)

// Verdict is the result of an assertion.
type Verdict string

// The verdicts.
const (
	Passed    Verdict = "passed"
	Failed    Verdict = "failed"
	NotJudged Verdict = "not judged" // something that it needs is unknown
)

// CheckResult is one assertion of a check block.
type CheckResult struct {
	Name     string
	Severity Severity
	Verdict  Verdict
	Message  string // error_message, where failed
	Position planner.Position
}

// OutputResult is one output block.
type OutputResult struct {
	Name        string
	Description string
	Value       string // as JSON; "" where unknown or sensitive
	Text        string // without quotation marks where it is a text, else as Value
	Known       bool
	Sensitive   bool
	Position    planner.Position
}

// Results are what checks and outputs give, by name.
type Results struct {
	Checks  []CheckResult
	Outputs []OutputResult
}

type check struct {
	name     string
	severity Severity
	asserts  []*reader
}

type output struct {
	*reader
	name, description string
	sensitive         bool
}

// loadChecks reads checks and outputs, and evaluates once what does not need
// the plan, so that validate finds its mistakes.
func (l *loader) loadChecks() {
	l.cfg.base, l.cfg.sources, l.cfg.meter = l.scope, l.sources, l.meter
	seen := map[string]hcl.Range{}
	for _, b := range append(append(hcl.Blocks{}, l.blocks["check"]...), l.blocks["output"]...) {
		name := b.Type + " " + b.Labels[0]
		if first, ok := seen[name]; ok {
			l.fail(msgDeclaredTwice, b.DefRange, b.Type, b.Labels[0], position(first))
			continue
		}
		seen[name] = b.DefRange
		l.label(b.Labels[0], b.LabelRanges[0])
		if b.Type == "check" {
			l.cfg.checks = append(l.cfg.checks, l.loadCheck(b))
		} else {
			l.cfg.outputs = append(l.cfg.outputs, l.loadOutput(b))
		}
	}
	_, diags := l.cfg.Evaluate(nil)
	l.all = append(l.all, diags...)
}

func (l *loader) loadCheck(b *hcl.Block) check {
	r := l.read(b, checkSchema)
	c := check{name: b.Labels[0], severity: Severity(r.oneOf("severity"))}
	for _, a := range r.body.Blocks.OfType("assert") {
		c.asserts = append(c.asserts, l.read(a, assertionSchema))
	}
	if len(c.asserts) == 0 {
		l.fail(msgNoAssert, b.DefRange)
	}
	return c
}

func (l *loader) loadOutput(b *hcl.Block) output {
	r := l.read(b, outputSchema)
	o := output{reader: r, name: b.Labels[0], sensitive: r.boolean("sensitive")}
	o.description, _ = r.text("description")
	return o
}

// Evaluate gives the results of checks and outputs for the totals of a plan.
// What depends on unknown facts is not judged. Diagnostics are mistakes of the
// configuration; a check that does not hold is a result, not a diagnostic.
func (c *Config) Evaluate(facts Facts) (Results, hcl.Diagnostics) {
	c.meter.grant(c.meter.budget)
	col := &collector{sources: c.sources}
	s := c.factScope(facts)
	var out Results
	for _, ck := range c.checks {
		for _, r := range ck.asserts {
			out.Checks = append(out.Checks, r.within(col, s).judge(ck))
		}
	}
	for _, o := range c.outputs {
		o.reader = o.within(col, s)
		out.Outputs = append(out.Outputs, o.result())
	}
	return out, col.sorted()
}

// within is the reader of a block with other values.
func (r *reader) within(col *collector, s *scope) *reader {
	l := *r.loader
	l.collector, col.hidden = col, r.hidden
	inner := *r
	inner.loader, inner.scope = &l, s
	return &inner
}

// factScope offers the totals as batch.NAME.
func (c *Config) factScope(facts Facts) *scope {
	batches := map[string]cty.Value{}
	for i := range c.Batches {
		b := &c.Batches[i]
		f, ok := facts[b.Name]
		batches[b.Name] = factValue(b, f, ok)
	}
	s := c.base.child(map[string]cty.Value{"batch": cty.ObjectVal(batches)})
	s.names["batch"] = sortedKeys(batches)
	return s
}

func factValue(b *planner.Batch, f BatchFacts, known bool) cty.Value {
	unknown := cty.UnknownVal(cty.Number)
	v := map[string]cty.Value{
		"total": unknown, "count": unknown, "largest": unknown, "new_recipients": unknown,
		"currency": cty.StringVal(b.Merchant.Currency.Code),
	}
	if known {
		v["total"], v["largest"] = moneyValue(f.Total), moneyValue(f.Largest)
		v["count"] = cty.NumberIntVal(int64(f.Count))
	}
	if known && !f.Unknown {
		v["new_recipients"] = cty.NumberIntVal(int64(f.NewRecipients))
	}
	return cty.ObjectVal(v)
}

// moneyValue is an amount as a number of the language, made of its digits.
func moneyValue(m payout.Money) cty.Value { return cty.MustParseNumberVal(m.Decimal()) }

func (r *reader) judge(ck check) CheckResult {
	out := CheckResult{Name: ck.name, Severity: ck.severity, Verdict: NotJudged, Position: position(r.block.DefRange)}
	held, ok := r.condition("condition")
	switch {
	case ok && held:
		out.Verdict = Passed
	case ok:
		out.Verdict = Failed
		out.Message, _ = r.publicText("error_message")
	}
	return out
}

func (o output) result() OutputResult {
	out := OutputResult{Name: o.name, Description: o.description, Sensitive: o.sensitive, Position: position(o.block.DefRange)}
	attr, ok := o.attrs["value"]
	if !ok {
		return out
	}
	v, ok := o.evaluate(o.reader.scope, attr.Expr)
	if !ok {
		return out
	}
	v, marks := v.UnmarkDeep()
	if len(marks) > 0 && !o.sensitive {
		o.fail(msgOutputSensitive, attr.Expr.Range(), o.name)
		return out
	}
	out.Known = v.IsWhollyKnown()
	if !out.Known || o.sensitive {
		return out
	}
	if !o.boundValue("output."+o.name, v, attr.Expr.Range()) {
		return out
	}
	v = o.sources.scrubValue(v)
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		o.fail(msgOutputType, attr.Expr.Range(), o.name)
		return out
	}
	out.Value = string(text)
	out.Text = out.Value
	if v.Type() == cty.String && !v.IsNull() {
		out.Text = v.AsString()
	}
	return out
}
