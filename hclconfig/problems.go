package hclconfig

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// groupKey tells problems of many rows apart: the same message about the same
// attribute is one diagnostic.
type groupKey struct {
	code    Code
	summary string
	field   string
}

// group is a problem and the rows or elements that have it.
type group struct {
	diag  *hcl.Diagnostic
	more  []string // names of further places, the first few
	count int      // of all further places
	cure  cure     // lines to write, or nil
}

// problem reports what is wrong with a field of one payout.
func (p *payoutReader) problem(m message, f *field, in *instance, args ...any) {
	p.grouped(hcl.DiagError, m, f, in, args...)
	p.failed = true
}

// caution is problem as a warning.
func (p *payoutReader) caution(m message, f *field, in *instance, args ...any) {
	p.grouped(hcl.DiagWarning, m, f, in, args...)
}

func (p *payoutReader) grouped(severity hcl.DiagnosticSeverity, m message, f *field, in *instance, args ...any) {
	if p.again(groupKey{code: m.code, summary: m.summary, field: f.name}, in) {
		return
	}
	if p.full() {
		return
	}
	args, lines := takeCure(args)
	d := p.make(severity, m, p.place(f, in), args...)
	if f.secret {
		d.Detail = concealed(d.Detail)
	}
	if in.row != nil && in.table.options.format == "xlsx" {
		d.Detail += in.cellName(f)
	}
	if in.row == nil && !f.fixed && f.expr != nil {
		d.Expression, d.EvalContext = f.expr, p.sources.scrubContext(in.scope.ctx, f.expr)
	}
	p.keep(groupKey{code: m.code, summary: m.summary, field: f.name}, d, lines)
}

// brokenRow reports a row that has no cells. It is shown as it stands.
func (p *payoutReader) brokenRow(b *brokenRow) {
	in := &instance{row: []string{}, table: p.table}
	p.table.line = b.line
	key := groupKey{code: b.code, field: b.kind}
	if !p.again(key, in) && !p.full() {
		p.keep(key, p.make(hcl.DiagError, b.message, p.table.rangeOf(b.from, b.to), append([]any{p.table.name}, b.args...)...), nil)
	}
}

// cellName says which cell of a sheet it is, as the sheet names it.
func (in *instance) cellName(f *field) string {
	column := 0
	if len(f.columns) > 0 {
		column = f.columns[0]
	}
	return fmt.Sprintf(" This is cell %s%d.", columnName(column), in.table.line)
}

// expressionProblem reports what the HCL library found in one payout.
func (p *payoutReader) expressionProblem(f *field, in *instance, diags hcl.Diagnostics) {
	p.failed = true
	for _, d := range diags {
		key := groupKey{summary: d.Summary, field: f.name}
		if p.again(key, in) {
			continue
		}
		if p.full() {
			continue
		}
		c := &collector{sources: p.sources}
		c.add(d)
		safe := c.all[0]
		if f.secret {
			safe.Detail = concealed(safe.Detail)
		}
		if in.row != nil && len(f.columns) > 0 {
			safe.Detail += fmt.Sprintf(" The expression is %s at %s.", f.name, position(f.expr.Range()))
			safe.Subject, safe.Context = p.place(f, in).Ptr(), nil
		}
		p.keep(key, safe, p.blankCure(f, in, safe))
	}
}

// again counts a problem that is known already.
func (p *payoutReader) again(key groupKey, in *instance) bool {
	g := p.groups[key]
	if g == nil {
		return false
	}
	g.count++
	if len(g.more) < maxNamedPlaces {
		g.more = append(g.more, in.name())
	}
	return true
}

// full says that there are enough kinds of problems, and counts one more: each
// costs a walk through the file.
func (p *payoutReader) full() bool {
	if len(p.order) < maxKinds {
		return false
	}
	p.dropped++
	return true
}

func (p *payoutReader) keep(key groupKey, d *hcl.Diagnostic, lines cure) {
	g := &group{diag: d, cure: lines}
	p.groups[key] = g
	p.order = append(p.order, g)
}

// place is the cell that a field comes from, or else its expression.
func (p *payoutReader) place(f *field, in *instance) hcl.Range {
	if in.row != nil && len(f.columns) > 0 {
		return in.table.cell(f.columns[0])
	}
	if in.row != nil && !f.fixed {
		return in.table.cell(0)
	}
	return f.expr.Range()
}

// flush hands the groups over, each as one diagnostic.
func (p *payoutReader) flush() {
	for _, g := range p.order {
		if g.count > 0 {
			g.diag.Detail += fmt.Sprintf(" The same in %d more: %s.", g.count, strings.Join(g.more, ", ")+ellipsis(g))
		}
		if g.cure != nil {
			g.diag.Detail += scrub(g.cure())
		}
		p.all = append(p.all, g.diag)
	}
	if p.dropped > 0 {
		p.fail(msgMoreProblems, p.block.DefRange, p.dropped)
	}
}

func ellipsis(g *group) string {
	if g.count > len(g.more) {
		return " and so on"
	}
	return ""
}
