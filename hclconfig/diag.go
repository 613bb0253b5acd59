package hclconfig

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Code names a kind of problem, the same in every language. It stands in the
// Extra field of the diagnostics of this package; those of the HCL library
// itself have none.
type Code string

// message is what people read: a summary that never changes, and a detail that
// says why and what to do.
type message struct {
	code    Code
	summary string
	detail  string // a format
}

// collector gathers every problem, so that all are reported at once.
type collector struct {
	sources *Sources
	all     hcl.Diagnostics
	hidden  []string              // sensitive texts, which no message may repeat
	same    map[hcl.Range]sameKey // keys that an object names again, by their place
}

// fail reports an error at a place.
func (c *collector) fail(m message, at hcl.Range, args ...any) {
	c.all = append(c.all, c.make(hcl.DiagError, m, at, args...))
}

// warn reports a warning at a place.
func (c *collector) warn(m message, at hcl.Range, args ...any) {
	c.all = append(c.all, c.make(hcl.DiagWarning, m, at, args...))
}

// failValue is fail with the values in play.
func (c *collector) failValue(m message, expr hcl.Expression, ctx *hcl.EvalContext, args ...any) {
	d := c.make(hcl.DiagError, m, expr.Range(), args...)
	d.Expression, d.EvalContext = expr, ctx
	c.add(d)
}

func (c *collector) make(severity hcl.DiagnosticSeverity, m message, at hcl.Range, args ...any) *hcl.Diagnostic {
	d := &hcl.Diagnostic{
		Severity: severity,
		Summary:  m.summary,
		Detail:   scrub(fmt.Sprintf(m.detail, args...)),
		Extra:    m.code,
	}
	if at.Filename != "" {
		d.Subject = &at
	}
	return d
}

// add takes diagnostics of the HCL library, or made here, and keeps secrets
// out of them.
func (c *collector) add(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		if c.tellsKey(d) {
			continue
		}
		safe := *d
		safe.Summary, safe.Detail = scrub(d.Summary), scrub(nearestAttribute(d, nearestFunction(d)))
		if d.EvalContext != nil && d.Expression != nil {
			safe.EvalContext = c.sources.scrubContext(d.EvalContext, d.Expression)
		} else {
			safe.EvalContext, safe.Expression = nil, nil
		}
		safe.Subject = c.within(d.Subject)
		safe.Context = c.within(d.Context)
		c.all = append(c.all, &safe)
	}
}

// nearestFunction is the detail of a diagnostic; for a call of an unknown
// function with the nearest name, where the HCL library takes the first near
// one of a map, which differs from run to run.
func nearestFunction(d *hcl.Diagnostic) string {
	call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d)
	if !ok || call.CalledFunctionNamespace() != "" {
		return d.Detail
	}
	var names []string
	for ctx := d.EvalContext; ctx != nil; ctx = ctx.Parent() {
		names = append(names, sortedKeys(ctx.Functions)...)
	}
	name := call.CalledFunctionName()
	return fmt.Sprintf("There is no function named %q.%s", name, suggest(name, names))
}

// nearestAttribute adds the nearest name to the detail of an attribute that an
// object does not have.
func nearestAttribute(d *hcl.Diagnostic, detail string) string {
	expr, ok := d.Expression.(*hclsyntax.ScopeTraversalExpr)
	if !ok || d.EvalContext == nil || d.Subject == nil || d.Summary != "Unsupported attribute" {
		return detail
	}
	for i, step := range expr.Traversal {
		attr, ok := step.(hcl.TraverseAttr)
		if !ok || attr.SrcRange != *d.Subject {
			continue
		}
		of, diags := expr.Traversal[:i].TraverseAbs(d.EvalContext)
		if diags.HasErrors() || !of.Type().IsObjectType() {
			return detail
		}
		return detail + suggest(attr.Name, sortedKeys(of.Type().AttributeTypes()))
	}
	return detail
}

// within is a range that ends inside of its file: the JSON parser names places
// behind the end.
func (c *collector) within(r *hcl.Range) *hcl.Range {
	if r == nil {
		return nil
	}
	text, ok := c.sources.texts[r.Filename]
	if !ok {
		return r
	}
	safe := *r
	safe.Start.Byte = min(safe.Start.Byte, len(text))
	safe.End.Byte = min(safe.End.Byte, len(text))
	return &safe
}

// shortestHidden is the length from which a sensitive text is looked for in
// messages; shorter ones stand in every number.
const shortestHidden = 4

// hideValue keeps the texts of a sensitive value out of all messages.
func (c *collector) hideValue(v cty.Value) {
	// The walk itself returns no error.
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		v, _ = v.Unmark()
		if v.IsKnown() && !v.IsNull() && v.Type().IsPrimitiveType() && v.Type() != cty.Bool {
			if text, err := convert.Convert(v, cty.String); err == nil && len(text.AsString()) >= shortestHidden {
				c.hidden = append(c.hidden, text.AsString())
			}
		}
		return true, nil
	})
}

// conceal takes the sensitive texts out of every message.
func (c *collector) conceal() {
	for _, d := range c.all {
		for _, secret := range c.hidden {
			d.Summary = strings.ReplaceAll(d.Summary, secret, sensitiveText)
			d.Detail = strings.ReplaceAll(d.Detail, secret, sensitiveText)
		}
	}
}

// sorted returns all diagnostics by file and position; those without a place
// come first.
func (c *collector) sorted() hcl.Diagnostics {
	c.tellKeys()
	c.conceal()
	c.dropConsequences()
	slices.SortStableFunc(c.all, func(a, b *hcl.Diagnostic) int {
		if a.Subject == nil || b.Subject == nil {
			return cmp.Compare(present(a.Subject), present(b.Subject))
		}
		return cmp.Or(
			cmp.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Line, b.Subject.Start.Line),
			cmp.Compare(a.Subject.Start.Column, b.Subject.Start.Column),
		)
	})
	return c.all
}

// dropConsequences takes out what only says that a value is not known, where
// another message says why; and whatever follows from the end of the work that
// a plan may be, which leaves values out everywhere.
func (c *collector) dropConsequences() {
	exhausted := func(d *hcl.Diagnostic) bool { return d.Extra == msgSteps.code }
	if slices.ContainsFunc(c.all, exhausted) {
		c.all = slices.DeleteFunc(c.all, func(d *hcl.Diagnostic) bool { return d.Extra == msgMissing.code })
	}
	consequence := func(d *hcl.Diagnostic) bool { return d.Extra == msgUnknownValue.code }
	cause := func(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagError && !consequence(d) }
	if slices.ContainsFunc(c.all, cause) {
		c.all = slices.DeleteFunc(c.all, consequence)
	}
}

func present(r *hcl.Range) int {
	if r == nil {
		return 0
	}
	return 1
}
