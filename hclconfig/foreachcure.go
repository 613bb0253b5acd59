package hclconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// forEachWord names a type that for_each does not take, as people do.
func forEachWord(ty cty.Type) string {
	switch {
	case ty.IsTupleType() || ty.IsListType():
		return "list"
	case ty.IsSetType():
		return "set of other things than texts"
	}
	return ty.FriendlyName()
}

const listIsNone = " A place in a list is no name: it changes with the list."

// forEachCure shows how the same elements are written, each with a name of its
// own; for what is no list it shows nothing.
func (p *payoutReader) forEachCure(expr hcl.Expression, v cty.Value) string {
	ty := v.Type()
	if !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		return ""
	}
	source, ok := p.conditionText(expr)
	if _, literal := expr.(*hclsyntax.TupleConsExpr); !ok || literal && !textsAlone(v) {
		source = "[…]" // the elements as they stand; they may hold anything
	}
	lead := listIsNone
	if ty.IsSetType() {
		lead = ""
	}
	texts, unique := elementTexts(v)
	switch {
	case texts != nil && unique && textsAlone(v):
		return lead + " Write it as a set; each.key is then the text:" + forEachLine("toset("+source+")")
	case texts != nil && unique:
		return lead + " Write it as a set of texts; each.key is then the text:" + forEachLine("toset([for x in "+source+" : tostring(x)])")
	case texts != nil:
		return lead + p.twiceCure(expr, v, source, texts)
	}
	if name := p.namingAttribute(v); name != "" {
		return lead + fmt.Sprintf(" Name the payments by %s, which differs in all of them; each.key is then the name, and each.value the rest:", name) +
			forEachLine(fmt.Sprintf("{ for x in %s : x.%s => x }", source, name))
	}
	return lead + " Give each payment a name:" + forEachLine("{ first = {…}, second = {…} }")
}

func forEachLine(value string) string {
	return "\n" + strings.TrimRight(aligned("    ", []setting{{"for_each", value}}), "\n")
}

// elementTexts are the elements as texts, and whether they differ; nil where one
// is no text, number or bool, or not known.
func elementTexts(v cty.Value) (texts []string, unique bool) {
	unique = true
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		element, marks := element.Unmark()
		if len(marks) > 0 || !element.IsKnown() || element.IsNull() || !element.Type().IsPrimitiveType() {
			return nil, false
		}
		text, err := convert.Convert(element, cty.String)
		if err != nil {
			return nil, false
		}
		unique = unique && !slices.Contains(texts, text.AsString())
		texts = append(texts, text.AsString())
	}
	return texts, unique
}

// textsAlone says whether every element is a text.
func textsAlone(v cty.Value) bool {
	for it := v.ElementIterator(); it.Next(); {
		if _, element := it.Element(); element.Type() != cty.String {
			return false
		}
	}
	return true
}

// namingAttribute is an attribute that every element has, as a text of its own
// that is no card token; "" where there is none.
func (p *payoutReader) namingAttribute(v cty.Value) string {
	var common []string
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		if element.IsMarked() || !element.IsKnown() || element.IsNull() || !element.Type().IsObjectType() {
			return ""
		}
		names := sortedKeys(element.Type().AttributeTypes())
		if common == nil {
			common = names
		}
		common = slices.DeleteFunc(common, func(n string) bool { return !slices.Contains(names, n) })
	}
	for _, name := range append([]string{"key", "id", "name"}, common...) {
		if slices.Contains(common, name) && !p.sources.words[name] && !strings.Contains(name, "token") && isIdentifier(name) && p.differs(v, name) {
			return name
		}
	}
	return ""
}

// differs says whether an attribute is a key of its own in every element.
func (p *payoutReader) differs(v cty.Value, name string) bool {
	var all []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		all = append(all, element.GetAttr(name))
	}
	texts, unique := elementTexts(cty.TupleVal(all))
	return texts != nil && unique && !slices.ContainsFunc(texts, func(s string) bool { return s == "" || strings.Contains(s, ".") })
}
