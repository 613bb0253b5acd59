package hclconfig

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"golang.org/x/text/unicode/norm"
)

// field is one attribute of a payout block, made ready to be evaluated for
// many rows or elements.
type field struct {
	name    string
	expr    hcl.Expression
	fixed   bool      // it is the same for every payout of the block
	value   cty.Value // where fixed
	parts   []part    // where it is cells and texts put together; else nil
	columns []int     // of the row, in order of appearance
	whole   bool      // any column may be used
	broken  bool      // a problem of the expression itself was reported
	secret  bool      // its value must not be repeated in a message
}

// part is a text or a cell of a row.
type part struct {
	text   string
	column int // -1 = text
}

// plainColumn is the column of a field that is one cell and nothing else.
func (f *field) plainColumn() (int, bool) {
	if len(f.parts) == 1 && f.parts[0].column >= 0 {
		return f.parts[0].column, true
	}
	return 0, false
}

// instance is one payout to be: a single one, an element, or a row.
type instance struct {
	key   string // of an element; "" for a single one and for rows
	scope *scope
	row   []string // cells; nil unless of a row
	table *table

	reported []int // columns with a problem
}

// name is the payout for people: `line 118`, `row 118` or `key "x"`.
func (in *instance) name() string {
	if in.row != nil {
		return in.table.rowWord() + " " + strconv.Itoa(in.table.line)
	}
	return "key " + strconv.Quote(scrub(in.key)) // a token may have been made one
}

// compile prepares the attribute of a payout block.
func (p *payoutReader) compile(name string) *field {
	attr, ok := p.attrs[name]
	if !ok {
		return nil
	}
	f := &field{name: name, expr: p.nativeExpr(attr.Expr), fixed: true}
	if !p.checkReferences(p.scope, f.expr) {
		f.broken = true
		return f
	}
	for _, t := range f.expr.Variables() {
		switch t.RootName() {
		case "row":
			f.fixed = false
			p.useColumns(f, t)
		case "each":
			f.fixed = false
		}
	}
	switch {
	case f.broken:
	case f.fixed:
		var ok bool
		f.value, ok = p.evaluate(p.scope, f.expr)
		f.broken = !ok
	case p.table != nil:
		p.compareNumbers(f)
		if f.parts = p.joinParts(f.expr); f.parts == nil {
			f.expr = metered(p.nativeTree(f.expr))
		}
	default:
		f.expr = metered(p.nativeTree(f.expr))
	}
	return f
}

// nativeExpr turns a text of JSON, which is a template, into the expression
// that it stands for; other expressions stay what they are.
func (c *collector) nativeExpr(expr hcl.Expression) hcl.Expression {
	source, ok := c.sourceText(expr.Range())
	if _, native := expr.(hclsyntax.Expression); native || !ok || !strings.HasPrefix(source, `"`) {
		return expr
	}
	text, err := jsontext.AppendUnquote(nil, source)
	if err != nil {
		return expr
	}
	at := expr.Range()
	start := hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1}
	parsed, diags := hclsyntax.ParseTemplate(text, at.Filename, start)
	if diags.HasErrors() {
		return expr // its evaluation reports them
	}
	c.noteNative(parsed)
	return parsed
}

// useColumns notes the columns that a reference to row needs.
func (p *payoutReader) useColumns(f *field, t hcl.Traversal) {
	heading, static := secondStep(t)
	if !static {
		f.whole, p.wholeRow = true, true
		return
	}
	column, ok := p.table.index[heading]
	if !ok {
		p.unknown = append(p.unknown, unknownColumn{heading, t.SourceRange()})
		f.broken = true
		return
	}
	f.columns = append(f.columns, column)
	p.used[column] = true
}

// maxHeadings is how many headings a diagnostic lists.
const maxHeadings = 12

func headings(header []string) string {
	var shown []string
	for _, heading := range header {
		if heading != "" && len(shown) < maxHeadings {
			shown = append(shown, strconv.Quote(heading))
		}
	}
	if len(header) > maxHeadings {
		shown = append(shown, "and others")
	}
	return strings.Join(shown, ", ")
}

// joinParts turns `row.a`, `row["b c"]` and templates of them into parts, or
// returns nil for anything else, which is evaluated row by row.
func (p *payoutReader) joinParts(expr hcl.Expression) []part {
	switch e := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		if heading, ok := secondStep(e.Traversal); ok && len(e.Traversal) == 2 && e.Traversal.RootName() == "row" {
			return []part{{column: p.table.index[heading]}}
		}
	case *hclsyntax.ParenthesesExpr:
		return p.joinParts(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return p.joinParts(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		return p.joinTemplate(e)
	}
	return nil
}

func (p *payoutReader) joinTemplate(e *hclsyntax.TemplateExpr) []part {
	var out []part
	for _, inner := range e.Parts {
		if len(inner.Variables()) == 0 || !mentionsRow(inner) {
			text, ok := p.fixedText(inner)
			if !ok {
				return nil
			}
			out = append(out, part{text: text, column: -1})
			continue
		}
		parts := p.joinParts(inner)
		if parts == nil {
			return nil
		}
		out = append(out, parts...)
	}
	return out
}

func mentionsRow(expr hcl.Expression) bool {
	for _, t := range expr.Variables() {
		if t.RootName() == "row" {
			return true
		}
	}
	return false
}

// fixedText is the text of a part that is the same in every row. Where it has
// a problem the whole field is evaluated, which reports it.
func (p *payoutReader) fixedText(expr hcl.Expression) (string, bool) {
	v, diags := metered(expr).Value(p.scope.ctx)
	if diags.HasErrors() || !v.IsWhollyKnown() || v.IsMarked() {
		return "", false
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil || text.IsNull() {
		return "", false
	}
	return text.AsString(), true
}

// compareNumbers refuses `row.x == 5`: the cell is a text, so the comparison
// would be false for ever.
func (p *payoutReader) compareNumbers(f *field) {
	root, ok := f.expr.(hclsyntax.Expression)
	if !ok {
		return
	}
	diags := hclsyntax.VisitAll(root, func(n hclsyntax.Node) hcl.Diagnostics {
		e, ok := n.(*hclsyntax.BinaryOpExpr)
		if ok && (e.Op == hclsyntax.OpEqual || e.Op == hclsyntax.OpNotEqual) {
			p.compareNumber(f, e.LHS, e.RHS)
			p.compareNumber(f, e.RHS, e.LHS)
		}
		return nil
	})
	p.add(diags...)
}

func (p *payoutReader) compareNumber(f *field, cell, other hclsyntax.Expression) {
	column := p.joinParts(cell)
	if len(column) != 1 || column[0].column < 0 || mentionsRow(other) {
		return
	}
	v, diags := metered(other).Value(p.scope.ctx)
	if v, _ := v.Unmark(); diags.HasErrors() || v.IsNull() || v.Type() != cty.Number && v.Type() != cty.Bool {
		return
	}
	p.fail(msgCompareNumber, cell.Range(), f.name, v.Type().FriendlyName(), p.table.reference(column[0].column))
	f.broken = true
}

// text is the value of a field as a text. Ok is false where the field is
// absent or null, and where it has a problem, which is reported.
func (p *payoutReader) text(f *field, in *instance) (string, bool) {
	if f == nil || f.broken {
		return "", false
	}
	if f.parts != nil {
		return joinCells(f.parts, in.row), true
	}
	v, ok := p.fieldValue(f, in)
	if !ok {
		return "", false
	}
	v, _ = v.UnmarkDeep()
	if text, ok := wholeText(v); ok {
		return text, true
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil || text.IsNull() {
		p.problem(msgWrongType, f, in, f.name, "string", v.Type().FriendlyName())
		return "", false
	}
	return text.AsString(), true
}

// wholeText writes a whole number, which is what a user id mostly is; the
// general way costs as much as everything else about a payout.
func wholeText(v cty.Value) (string, bool) {
	if v.Type() != cty.Number || v.IsNull() || !v.IsKnown() {
		return "", false
	}
	n, accuracy := v.AsBigFloat().Int64()
	return strconv.FormatInt(n, 10), accuracy == big.Exact
}

// fieldValue is the value of a field that is not null; marks are kept.
func (p *payoutReader) fieldValue(f *field, in *instance) (cty.Value, bool) {
	v := f.value
	if !f.fixed {
		var diags hcl.Diagnostics
		p.meter.grant(stepsPerRow)
		v, diags = f.expr.Value(in.scope.ctx)
		if p.outOfSteps(f.expr.Range()) {
			p.failed = true
			return v, false
		}
		if diags.HasErrors() {
			p.expressionProblem(f, in, diags)
			return v, false
		}
	}
	switch {
	case v.IsNull():
		return v, false
	case !v.IsWhollyKnown():
		p.problem(msgUnknownValue, f, in, f.name)
		return v, false
	}
	return v, true
}

// joinCells puts cells and texts together. A cell is copied, so that a payout
// does not keep its whole row in memory.
func joinCells(parts []part, row []string) string {
	if len(parts) == 1 && parts[0].column >= 0 {
		return normal(strings.Clone(row[parts[0].column]))
	}
	var b strings.Builder
	for _, p := range parts {
		if p.column >= 0 {
			b.WriteString(row[p.column])
		} else {
			b.WriteString(p.text)
		}
	}
	return normal(b.String())
}

// normal is the NFC of a text, which every other way through an expression
// gives as well.
func normal(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return norm.NFC.String(text)
		}
	}
	return text
}
