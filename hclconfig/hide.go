package hclconfig

import (
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// hideTokens keeps card tokens out of every snippet and every shown value,
// under whatever name the configuration has them.
func (p *payoutReader) hideTokens() {
	f := p.fields["card_token"]
	if f == nil {
		return
	}
	if len(f.expr.Variables()) == 0 {
		p.sources.hide(f.expr.Range())
	}
	for _, t := range f.expr.Variables() {
		for _, step := range t[1:] {
			p.hideName(stepName(step))
		}
		p.hideLocal(t)
	}
}

// hideLocal keeps a local out of snippets that is a token, or a list of them.
// One with named parts stays readable: its tokens are known by their names.
func (p *payoutReader) hideLocal(t hcl.Traversal) {
	name, ok := secondStep(t)
	if !ok || t.RootName() != "local" || p.localAttrs[name] == nil {
		return
	}
	for _, step := range t[2:] {
		if stepName(step) != "" {
			return
		}
	}
	p.sources.hide(p.localAttrs[name].Expr.Range())
}

func (p *payoutReader) hideName(name string) {
	// "value" and "key" are what each offers, of every element.
	if name != "" && name != "value" && name != "key" {
		p.sources.words[name] = true
	}
}

// touchesSecret says whether a field is made of a card token, or of something
// sensitive. Messages about it do not repeat its value.
func (p *payoutReader) touchesSecret(f *field) bool {
	for _, t := range f.expr.Variables() {
		for _, step := range t {
			if p.sources.words[stepName(step)] {
				return true
			}
		}
		if t.RootName() == "each" && p.secretEach {
			return true
		}
		v, diags := t.TraverseAbs(p.scope.ctx)
		if !diags.HasErrors() && v.ContainsMarked() {
			return true
		}
	}
	return f.name == "card_token"
}

func stepName(step hcl.Traverser) string {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return step.Name
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString()
		}
	}
	return ""
}

var quotedValue = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// concealed is a message without the values that it quotes.
func concealed(detail string) string {
	return quotedValue.ReplaceAllStringFunc(detail, func(quoted string) string {
		if quoted == `""` {
			return quoted // what a cure compares with
		}
		return sensitiveText
	})
}
