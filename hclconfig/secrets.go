package hclconfig

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// sensitiveMark is the mark of values that are never printed.
type sensitiveMark struct{}

const sensitiveText = "(sensitive value)"

// tokenShape finds what looks like a card token or an IBAN wherever it stands:
// a UUID, 32 hex digits, or two letters, two digits and 11 to 30 of both.
var tokenShape = regexp.MustCompile(
	`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b|\b[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}\b`)

// keyAssigned finds the value of an attribute that is, or was mistaken for,
// the place of a secret key.
var keyAssigned = regexp.MustCompile(`\bsecret_key\w*"?\s*[=:]\s*"([^"\n]*)"`)

// exampleKeyFile is the name in the messages about keys; it is nobody's key.
const exampleKeyFile = "secret.txt"

var environmentName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,127}$`)

// maskBytes overwrites text[from:to] but for the first and last four bytes of
// a long run, which people use to tell tokens apart.
func maskBytes(text []byte, from, to int) {
	from, to = max(from, 0), min(to, len(text))
	keep := 0
	if to-from >= 16 {
		keep = 4
	}
	for i := from + keep; i < to-keep; i++ {
		if text[i] != '"' && text[i] != '\n' && text[i] != '\r' {
			text[i] = '*'
		}
	}
}

// maskPatterns overwrites everything that looks like a secret.
func maskPatterns(text []byte) {
	for _, at := range tokenShape.FindAllIndex(text, -1) {
		maskBytes(text, at[0], at[1])
	}
	for _, at := range keyAssigned.FindAllSubmatchIndex(text, -1) {
		if value := text[at[2]:at[3]]; !environmentName.Match(value) && string(value) != exampleKeyFile {
			maskAll(text, at[2], at[3])
		}
	}
	for from, to := range cardNumbers(string(text)) {
		maskAll(text, from, to-4)
	}
	for from, to := range groupedCards(string(text)) {
		maskAll(text, from, to-4)
	}
}

func maskAll(text []byte, from, to int) {
	for i := from; i < to; i++ {
		text[i] = '*'
	}
}

// maskAssigned overwrites the quoted value of every `name = "…"`, `name: "…"`
// and `"name": "…"`.
func maskAssigned(text []byte, name string) {
	assigned := regexp.MustCompile(`(?:\b|")` + regexp.QuoteMeta(name) + `"?\s*[=:]\s*"([^"\n]*)"`)
	for _, at := range assigned.FindAllSubmatchIndex(text, -1) {
		if !strings.Contains(string(text[at[2]:at[3]]), "${") {
			maskBytes(text, at[2], at[3])
		}
	}
}

// scrub is a text for people without anything that looks like a secret.
func scrub(text string) string {
	b := []byte(text)
	maskPatterns(b)
	return string(b)
}

// scrubContext keeps of ctx what expr refers to, and masks it. Printers show
// the values in play, and this is what they may show.
func (s *Sources) scrubContext(ctx *hcl.EvalContext, expr hcl.Expression) *hcl.EvalContext {
	safe := &hcl.EvalContext{Variables: map[string]cty.Value{}}
	for _, traversal := range expr.Variables() {
		name := traversal.RootName()
		for c := ctx; c != nil; c = c.Parent() {
			if v, ok := c.Variables[name]; ok {
				safe.Variables[name] = s.scrubValue(v)
				break
			}
		}
	}
	return safe
}

func (s *Sources) scrubValue(v cty.Value) cty.Value {
	safe, err := cty.Transform(v, func(path cty.Path, v cty.Value) (cty.Value, error) {
		if v.IsMarked() {
			return hiddenValue(v), nil
		}
		if v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
			return v, nil
		}
		if s.secretPath(path) {
			b := []byte(v.AsString())
			maskBytes(b, 0, len(b))
			return cty.StringVal(strings.ToValidUTF8(string(b), "*")), nil
		}
		return cty.StringVal(scrub(v.AsString())), nil
	})
	if err != nil {
		return cty.StringVal(sensitiveText)
	}
	return safe
}

// hiddenValue stands in for a sensitive value; its type is kept, since the
// elements of a list must agree.
func hiddenValue(v cty.Value) cty.Value {
	if v.Type() == cty.String {
		return cty.StringVal(sensitiveText)
	}
	return cty.UnknownVal(v.Type())
}

// secretPath says whether a value stands under a name that holds card tokens.
func (s *Sources) secretPath(path cty.Path) bool {
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			if s.words[step.Name] {
				return true
			}
		case cty.IndexStep:
			if step.Key.Type() == cty.String && !step.Key.IsMarked() && s.words[step.Key.AsString()] {
				return true
			}
		}
	}
	return false
}
