package hclconfig

import (
	"os"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// consoleName stands where diagnostics name a file.
const consoleName = "expression"

// Console evaluates single expressions against a configuration, with the
// names that a check has: var, local, batch and all functions. It changes
// nothing.
type Console struct {
	root    *os.Root
	sources *Sources
	meter   *meter
	scope   *scope
	hidden  []string
}

// ConsoleValue is what an expression gives, fit to be shown: card tokens and
// the like are masked.
type ConsoleValue struct {
	Text      string // as the language writes it
	JSON      string // "" where it is not known, or holds something sensitive
	Type      string // "number", "list of string"
	Known     bool   // wholly
	Sensitive bool   // something in it is sensitive
}

// Console prepares for expressions. Facts are the totals of a plan; a batch
// that is missing in them is not known. Close must be called.
func (c *Config) Console(facts Facts) (*Console, error) {
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return nil, err
	}
	fresh := &loader{collector: &collector{sources: newSources()}, root: root, cfg: &Config{}, meter: newMeter(MaxSteps)}
	// Functions that read files were bound to the directory as it was loaded.
	s := c.factScope(facts).withFunctions(fresh.functionTable())
	return &Console{root: root, sources: c.sources, scope: s, meter: fresh.meter, hidden: hiddenTexts(s.ctx)}, nil
}

// Close gives the directory back.
func (c *Console) Close() error { return c.root.Close() }

func (s *scope) withFunctions(functions map[string]function.Function) *scope {
	inner := s.child(nil)
	inner.ctx.Functions = functions
	return inner
}

// hiddenTexts are the texts of sensitive values that a scope can reach.
func hiddenTexts(ctx *hcl.EvalContext) []string {
	c := &collector{}
	for ; ctx != nil; ctx = ctx.Parent() {
		for _, v := range ctx.Variables {
			// The walk itself returns no error.
			_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
				if v.IsMarked() {
					c.hideValue(v)
				}
				return !v.IsMarked(), nil
			})
		}
	}
	return c.hidden
}

// Eval evaluates one expression. What is wrong with it is a diagnostic whose
// place is in the expression; Sources has its text.
func (c *Console) Eval(text string) (ConsoleValue, hcl.Diagnostics) {
	src := []byte(text)
	col := &collector{sources: c.sources, hidden: slices.Clone(c.hidden)}
	*c.meter = *newMeter(MaxSteps) // each expression by itself
	l := &loader{collector: col, meter: c.meter}
	c.sources.add(consoleName, src)
	if !col.guard(consoleName, src) || !col.guardNesting(consoleName, src) {
		return ConsoleValue{}, col.sorted()
	}
	expr, diags := hclsyntax.ParseExpression(src, consoleName, hcl.InitialPos)
	if col.add(diags...); diags.HasErrors() {
		return ConsoleValue{}, col.sorted()
	}
	col.noteNative(expr)
	v, ok := l.evaluate(c.scope, expr)
	if !ok || !l.boundValue("The value", v, expr.Range()) {
		return ConsoleValue{}, col.sorted()
	}
	return c.shown(expr, v), col.sorted()
}

// Sources are the texts that diagnostics of Eval point into.
func (c *Console) Sources() *Sources { return c.sources }

// Open says whether a text needs another line: a bracket or a text is not
// closed yet.
func (c *Console) Open(text string) bool {
	tokens, _ := hclsyntax.LexExpression([]byte(text), consoleName, hcl.InitialPos)
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCHeredoc:
			depth--
		}
	}
	return depth > 0
}

func (c *Console) shown(expr hcl.Expression, v cty.Value) ConsoleValue {
	out := ConsoleValue{Type: v.Type().FriendlyName(), Sensitive: v.ContainsMarked()}
	plain, _ := v.UnmarkDeep()
	out.Known = plain.IsWhollyKnown()
	p := &valuePrinter{sources: c.sources, secret: c.namesSecret(expr)}
	out.Text = p.print(v)
	if out.Sensitive || !out.Known {
		return out
	}
	// Every type that a value here can have is known to JSON, but capsules.
	if text, err := ctyjson.Marshal(p.masked(v), v.Type()); err == nil {
		out.JSON = string(text)
	}
	return out
}

// namesSecret says whether an expression follows a name that holds card
// tokens: its result is one, whatever its shape.
func (c *Console) namesSecret(expr hcl.Expression) bool {
	for _, t := range expr.Variables() {
		for _, step := range t {
			if c.sources.words[stepName(step)] {
				return true
			}
		}
	}
	return false
}

// Sources are the texts that diagnostics of Evaluate point into.
func (c *Config) Sources() *Sources { return c.sources }
