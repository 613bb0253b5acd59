package view

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxValueText bounds a printed string value, in characters.
const maxValueText = 80

// sensitiveWords stand for every value that carries a mark.
const sensitiveWords = "is a sensitive value"

// valueInPlay is a reference of an expression and what it stands for.
type valueInPlay struct{ name, statement string }

// valuesInPlay lists what an expression refers to, by name. Values that carry
// any mark are not shown.
func valuesInPlay(d *hcl.Diagnostic) []valueInPlay {
	if d.Expression == nil || d.EvalContext == nil {
		return nil
	}
	var out []valueInPlay
	for _, traversal := range d.Expression.Variables() {
		value, name, ok := follow(traversal, d.EvalContext)
		if !ok {
			continue
		}
		v := valueInPlay{SafeText(name), describe(value)}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b valueInPlay) int { return cmp.Compare(a.name, b.name) })
	return out
}

// follow walks a traversal as far as it leads. A mark on the way marks what is
// found.
func follow(traversal hcl.Traversal, ctx *hcl.EvalContext) (cty.Value, string, bool) {
	for n := len(traversal); n > 0; n-- {
		value, diags := traversal[:n].TraverseAbs(ctx)
		if !diags.HasErrors() {
			return value, traversalText(traversal[:n]), true
		}
	}
	return cty.NilVal, "", false
}

func traversalText(traversal hcl.Traversal) string {
	var b strings.Builder
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			b.WriteString("[" + keyText(step.Key) + "]")
		}
	}
	return b.String()
}

func keyText(key cty.Value) string {
	switch {
	case key.IsMarked() || !key.IsKnown() || key.IsNull():
		return "…"
	case key.Type() == cty.String:
		return strconv.Quote(cut(key.AsString(), maxValueText))
	case key.Type() == cty.Number:
		return key.AsBigFloat().Text('f', -1)
	}
	return "…"
}

// describe says what a value is, without what is sensitive in it.
func describe(v cty.Value) string {
	switch {
	case v.IsMarked():
		return sensitiveWords
	case !v.IsKnown():
		return "is not known"
	case v.IsNull():
		return "is null"
	}
	switch {
	case v.Type() == cty.String:
		return "is " + SafeText(`"`+cut(v.AsString(), maxValueText)+`"`)
	case v.Type() == cty.Number:
		return "is " + v.AsBigFloat().Text('f', -1)
	case v.Type() == cty.Bool:
		return "is " + strconv.FormatBool(v.True())
	case v.CanIterateElements():
		return "is " + v.Type().FriendlyName() + " with " + plural(v.LengthInt(), "element")
	}
	return "is " + v.Type().FriendlyName()
}
