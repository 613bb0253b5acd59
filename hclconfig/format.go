package hclconfig

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// maxPasses bounds the passes until the layout of a file is stable; aligning a
// column can make another one move.
const maxPasses = 8

// Formatted is a file in canonical layout.
type Formatted struct {
	Text    []byte // the whole file; the same bytes where nothing was to change
	Changed bool
}

// Format lays out one HCL file: a configuration, variable or test file. Only
// white space changes: every token, comment and digit stays as it was written,
// and what is formatted already stays byte for byte. A file that the parser
// does not take is a diagnostic, and its layout is left alone. Sources are
// never nil.
func Format(name string, text []byte) (Formatted, *Sources, hcl.Diagnostics) {
	sources := newSources()
	c := &collector{sources: sources}
	sources.add(name, text)
	if !c.guard(name, text) || !c.guardNesting(name, text) {
		return Formatted{Text: text}, sources, c.sorted()
	}
	_, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	c.add(diags...)
	if diags.HasErrors() {
		return Formatted{Text: text}, sources, c.sorted()
	}
	out := canonical(text)
	if !sameTokens(text, out) {
		// The layout of a library is never worth a changed amount.
		out = text
	}
	return Formatted{Text: out, Changed: !bytes.Equal(out, text)}, sources, c.sorted()
}

// canonical is the layout that does not change when it is laid out again.
func canonical(text []byte) []byte {
	out := finalNewline(text)
	for range maxPasses {
		next := finalNewline(hclwrite.Format(out))
		if bytes.Equal(next, out) {
			break
		}
		out = next
	}
	return out
}

// finalNewline ends a file with one line end, of the kind that it has.
func finalNewline(text []byte) []byte {
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	trimmed := bytes.TrimRight(text, "\r\n \t")
	if len(trimmed) == 0 {
		return nil
	}
	return append(bytes.Clone(trimmed), end...)
}

// sameTokens says whether two texts mean the same to the parser, letter by
// letter. Line ends after the last token are no part of the meaning.
func sameTokens(a, b []byte) bool {
	x, y := meaning(a), meaning(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Type != y[i].Type || !bytes.Equal(x[i].Bytes, y[i].Bytes) {
			return false
		}
	}
	return true
}

// meaning is the tokens of a file without what stands for layout alone.
func meaning(text []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	for len(tokens) > 0 {
		last := &tokens[len(tokens)-1]
		if last.Type != hclsyntax.TokenEOF && last.Type != hclsyntax.TokenNewline {
			break
		}
		tokens = tokens[:len(tokens)-1]
	}
	if n := len(tokens); n > 0 && tokens[n-1].Type == hclsyntax.TokenComment {
		tokens[n-1].Bytes = bytes.TrimRight(tokens[n-1].Bytes, "\r\n \t")
	}
	return tokens
}

// Masked is the text of an HCL file for a screen: card tokens, card numbers,
// IBANs, keys and the defaults of sensitive variables are overwritten byte for
// byte. In a variable file (*.vars.hcl) every text is, since only the
// configuration knows which of them are sensitive.
func Masked(name string, text []byte) []byte {
	s := newSources()
	s.add(name, text)
	if strings.HasSuffix(name, ".vars.hcl") {
		s.hideTexts(name, text)
	} else {
		s.hideDefaults(name, text)
	}
	masked, _ := s.File(name)
	return masked
}

func (s *Sources) hideTexts(name string, text []byte) {
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenQuotedLit || t.Type == hclsyntax.TokenStringLit {
			s.hide(t.Range)
		}
	}
}

// hideDefaults hides the defaults of sensitive variables. A variable whose
// sensitive is no plain false counts as one.
func (s *Sources) hideDefaults(name string, text []byte) {
	file, _ := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	for _, b := range body.Blocks {
		fallback, sensitive := b.Body.Attributes["default"], b.Body.Attributes["sensitive"]
		if b.Type != "variable" || fallback == nil || sensitive == nil {
			continue
		}
		if v, diags := sensitive.Expr.Value(nil); diags.HasErrors() || !v.RawEquals(cty.False) {
			s.hide(fallback.Expr.Range())
		}
	}
}
