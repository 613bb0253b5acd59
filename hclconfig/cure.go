package hclconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"payrun/planner"
)

// setting is an attribute that a cure asks for, its value as a native file
// writes it.
type setting struct{ name, value string }

// cure is what a person writes to mend a problem of many rows. It is asked for
// when all rows were read, so that one answer serves all of them.
type cure func() string

// takeCure parts the arguments of a message from a cure behind them.
func takeCure(args []any) ([]any, cure) {
	if len(args) > 0 {
		if c, ok := args[len(args)-1].(cure); ok {
			return args[:len(args)-1], c
		}
	}
	return args, nil
}

// inRows shows the lines to write, so that the rows block has other settings: the
// whole block where it stands on one line, since such a block takes one
// attribute and no more.
func (p *payoutReader) inRows(set ...setting) string {
	body, native := p.rowsBlock.Body.(*hclsyntax.Body)
	if native && body.SrcRange.Start.Line == body.SrcRange.End.Line {
		return p.wholeBlock(body, set)
	}
	return p.linesFor(p.rowsBlock, p.rowsAttrs, set)
}

// wholeBlock is a one-line block, written anew on several lines.
func (p *payoutReader) wholeBlock(body *hclsyntax.Body, set []setting) string {
	var all []setting
	for _, attr := range body.Attributes {
		if !slices.ContainsFunc(set, func(s setting) bool { return s.name == attr.Name }) {
			source, _ := p.sourceText(attr.Expr.Range())
			all = append(all, setting{attr.Name, source})
		}
	}
	kind := p.rowsBlock.Type
	text := aligned("      ", append(all, set...))
	return fmt.Sprintf("\nWrite the %s block at %s on several lines:\n    %s {\n%s    }", kind, lineOf(p.rowsBlock.DefRange), kind, text)
}

// linesFor shows the lines to add to a block, and those to change in it.
func (p *payoutReader) linesFor(b *hcl.Block, attrs hcl.Attributes, set []setting) string {
	json := strings.HasSuffix(b.DefRange.Filename, ".json")
	var fresh []setting
	out := ""
	for _, s := range set {
		if attr, ok := attrs[s.name]; ok {
			line := drawn(json, s)
			if json && !p.commaBehind(attr.Range) {
				line = strings.TrimSuffix(line, ",\n")
			}
			out += fmt.Sprintf("\nIn place of %s at %s write:\n%s", s.name, lineOf(attr.Range), strings.TrimRight(line, "\n"))
		} else {
			fresh = append(fresh, s)
		}
	}
	lead := "Write into the %s block at %s"
	if json {
		lead = "Write right behind the brace { of the %s at %s"
	}
	if len(fresh) > 0 {
		out += fmt.Sprintf("\n"+lead+":\n%s", b.Type, lineOf(b.DefRange), drawn(json, fresh...))
	}
	return strings.TrimRight(out, "\n")
}

// commaBehind says whether another member follows one of JSON.
func (c *collector) commaBehind(at hcl.Range) bool {
	text := c.sources.texts[at.Filename]
	return at.End.Byte <= len(text) && strings.HasPrefix(strings.TrimLeft(string(text[at.End.Byte:]), " \t\r\n"), ",")
}

// drawn are settings, each on a line of its own. In JSON they stand in front of
// other members.
func drawn(json bool, set ...setting) string {
	if !json {
		return aligned("    ", set)
	}
	var b strings.Builder
	for _, s := range set {
		fmt.Fprintf(&b, "    %q: %s,\n", s.name, jsonValue(s.value))
	}
	return b.String()
}

// jsonValue writes a value for a JSON file: a literal as it is, and any other
// expression as a text in ${}.
func jsonValue(value string) string {
	if jsontext.Value(value).IsValid() {
		return value
	}
	// A text of valid UTF-8 can always be quoted, and sources are checked for it.
	quoted, _ := jsontext.AppendQuote(nil, "${"+value+"}")
	return string(quoted)
}

// aligned are settings as fmt lays them out.
func aligned(indent string, set []setting) string {
	width := 0
	for _, s := range set {
		width = max(width, len(s.name))
	}
	var b strings.Builder
	for _, s := range set {
		fmt.Fprintf(&b, "%s%-*s = %s\n", indent, width, s.name, s.value)
	}
	return b.String()
}

// lineOf is FILE:LINE.
func lineOf(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }

// skipping is a cure: the condition under which rows are payouts, with all that
// was found so far.
func (p *payoutReader) skipping(condition string) cure {
	if !slices.Contains(p.skips, condition) && len(p.skips) < maxSkips {
		p.skips = append(p.skips, condition)
	}
	return p.skipCure
}

// maxSkips is how many conditions a cure puts together.
const maxSkips = 8

// skipCure keeps the condition that the block has, behind the new ones: those are
// judged first, so that it never sees a blank cell.
func (p *payoutReader) skipCure() string {
	all := slices.Clone(p.skips)
	if attr, ok := p.attrs["when"]; ok {
		if source, ok := p.conditionText(attr.Expr); ok {
			all = append(all, "("+source+")")
		}
	}
	return p.linesFor(p.block, p.attrs, []setting{{"when", strings.Join(all, " && ")}})
}

// conditionText is the source of an expression, which may have several lines;
// in JSON what stands in the text's ${}.
func (c *collector) conditionText(expr hcl.Expression) (string, bool) {
	source, ok := c.sourceText(expr.Range())
	if _, native := expr.(hclsyntax.Expression); !native && strings.HasPrefix(source, `"`) {
		text, err := jsontext.AppendUnquote(nil, source)
		inner, found := strings.CutPrefix(string(text), "${")
		if err != nil || !found || !strings.HasSuffix(inner, "}") {
			return source, ok
		}
		source = strings.TrimSuffix(inner, "}")
	}
	return strings.ReplaceAll(strings.TrimSpace(source), "\n", "\n    "), ok
}

// noteKey keeps how the payouts of a block are told apart.
func (br *batchReader) noteKey(name string, b *hcl.Block, attrs hcl.Attributes) {
	expr := "each.key"
	if attr, ok := attrs["key"]; ok {
		if expr, ok = br.conditionText(attr.Expr); !ok {
			return
		}
	} else if _, ok := attrs["for_each"]; !ok {
		return
	}
	if br.batch.Keys == nil {
		br.batch.Keys = map[string]planner.Key{}
	}
	br.batch.Keys[name] = planner.Key{Expr: expr, Position: position(b.DefRange)}
}
