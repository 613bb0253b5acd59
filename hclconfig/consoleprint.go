package hclconfig

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

const (
	unknownText      = "(not known)"
	maxShownDigits   = 24 // fraction digits of a printed number
	consoleIndention = "  "
)

// valuePrinter writes values as the language does, fit to be shown.
type valuePrinter struct {
	sources *Sources
	secret  bool // every text in the value is a secret
	out     strings.Builder
}

func (p *valuePrinter) print(v cty.Value) string {
	p.value(v, nil, "")
	return p.out.String()
}

func (p *valuePrinter) value(v cty.Value, path cty.Path, indent string) {
	switch {
	case v.IsMarked():
		p.out.WriteString(sensitiveText)
	case !v.IsKnown():
		p.out.WriteString(unknownText)
	case v.IsNull():
		p.out.WriteString("null")
	case v.Type() == cty.String:
		p.out.Write(hclwrite.TokensForValue(cty.StringVal(p.text(v.AsString(), path))).Bytes())
	case v.Type() == cty.Number:
		p.out.WriteString(numberText(v))
	case v.Type() == cty.Bool:
		p.out.Write(hclwrite.TokensForValue(v).Bytes())
	case v.Type().IsSetType():
		p.out.WriteString("toset(")
		p.elements(v, path, indent)
		p.out.WriteString(")")
	case v.CanIterateElements():
		p.elements(v, path, indent)
	default:
		p.out.WriteString("(" + v.Type().FriendlyName() + ")")
	}
}

// elements writes a list, tuple, set, map or object, one element a line.
func (p *valuePrinter) elements(v cty.Value, path cty.Path, indent string) {
	opening, closing := "[", "]"
	named := v.Type().IsObjectType() || v.Type().IsMapType()
	if named {
		opening, closing = "{", "}"
	}
	p.out.WriteString(opening)
	inner := indent + consoleIndention
	empty := true
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		p.out.WriteString("\n" + inner)
		if named {
			p.out.Write(hclwrite.TokensForValue(cty.StringVal(scrub(key.AsString()))).Bytes())
			p.out.WriteString(" = ")
		}
		step := path
		if named {
			step = path.Copy().Index(key)
		}
		p.value(element, step, inner)
		if !named {
			p.out.WriteString(",")
		}
		empty = false
	}
	if !empty {
		p.out.WriteString("\n" + indent)
	}
	p.out.WriteString(closing)
}

// text is a text without what looks like a secret.
func (p *valuePrinter) text(s string, path cty.Path) string {
	if p.secret || p.sources.secretPath(path) {
		b := []byte(s)
		maskBytes(b, 0, len(b))
		return strings.ToValidUTF8(string(b), "*")
	}
	return scrub(s)
}

// masked is the value with its texts as print writes them.
func (p *valuePrinter) masked(v cty.Value) cty.Value {
	safe, err := cty.Transform(v, func(path cty.Path, v cty.Value) (cty.Value, error) {
		if v.Type() != cty.String || v.IsNull() {
			return v, nil
		}
		return cty.StringVal(p.text(v.AsString(), path)), nil
	})
	if err != nil {
		return cty.StringVal(sensitiveText)
	}
	return safe
}

// numberText writes a number with all its digits; one that does not end in
// decimal is cut and ends in "…".
func numberText(v cty.Value) string {
	f := v.AsBigFloat()
	for digits := range maxShownDigits + 1 {
		text, exact := exactDecimal(f, digits)
		if exact {
			if text[0] == '-' && strings.Trim(text, "-0.") == "" {
				return text[1:] // a hair below zero
			}
			return text
		}
	}
	if f.IsInt() {
		return f.Text('f', 0)
	}
	return f.Text('f', maxShownDigits) + "…"
}
