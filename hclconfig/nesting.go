package hclconfig

import (
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parser of HCL, and the evaluation of what it returns, use the stack: at
// some 50 000 brackets the program dies beyond recovery. Depth is measured on
// tokens, which the scanner makes without recursion.

// frame counts the operators of one open bracket: a chain of them is a tree as
// deep as it is long.
type frame struct {
	close     hclsyntax.TokenType
	operators int
}

var closers = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenOBrace:          hclsyntax.TokenCBrace,
	hclsyntax.TokenOBrack:          hclsyntax.TokenCBrack,
	hclsyntax.TokenOParen:          hclsyntax.TokenCParen,
	hclsyntax.TokenTemplateInterp:  hclsyntax.TokenTemplateSeqEnd,
	hclsyntax.TokenTemplateControl: hclsyntax.TokenTemplateSeqEnd,
}

// nestingProblem finds the first token at which text is nested too deep for
// the parser. The text is inside of so many blocks, each with a label.
func nestingProblem(tokens hclsyntax.Tokens, outer int) (hcl.Range, bool) {
	stack := make([]frame, 1+outer)
	piled := 2 * outer // operators of all frames together
	for _, t := range tokens {
		top := &stack[len(stack)-1]
		if closer, ok := closers[t.Type]; ok {
			// A bracket may be an index, which is one more step of a chain;
			// a template directive may open an "if" or a "for".
			top.operators++
			piled++
			stack = append(stack, frame{close: closer})
		} else if t.Type == top.close && len(stack) > 1 {
			piled -= top.operators
			stack = stack[:len(stack)-1]
		} else if ends(t.Type, top.close) {
			piled -= top.operators
			top.operators = 0
		} else if chains(t.Type) {
			top.operators++
			piled++
		}
		if len(stack) > MaxNesting || piled > MaxOperators {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}

// ends says whether a token ends an expression of a frame: a comma anywhere, a
// line end where lines matter.
func ends(t, closer hclsyntax.TokenType) bool {
	lines := closer == 0 || closer == hclsyntax.TokenCBrace
	return t == hclsyntax.TokenComma || lines && t == hclsyntax.TokenNewline
}

func chains(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
		hclsyntax.TokenBang, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
		hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
		hclsyntax.TokenQuestion, hclsyntax.TokenColon, hclsyntax.TokenDot, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
		return true
	}
	return false
}

// hugeExponent finds numbers that could not be written out in memory.
var hugeExponent = regexp.MustCompile(`[eE][+-]?[0-9]{5,}$`)

// hugeInJSON finds them in JSON, where tokens are not at hand.
var hugeInJSON = regexp.MustCompile(`(?:^|[^-0-9A-Za-z_.])[0-9.]+[eE][+-]?[0-9]{5,}(?:[^-0-9A-Za-z_]|$)`)

// guardNesting says whether the parser may see a text of HCL.
func (c *collector) guardNesting(name string, text []byte) bool {
	if surelyShallow(text) {
		return true
	}
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	if at, huge := hugeNumber(tokens); huge {
		c.fail(msgNumberHuge, at)
		return false
	}
	at, deep := nestingProblem(tokens, 0)
	if deep {
		c.fail(msgNesting, at, MaxNesting)
	}
	return !deep
}

// hugeNumber finds the first number that could not be written out.
func hugeNumber(tokens hclsyntax.Tokens) (hcl.Range, bool) {
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenNumberLit && hugeExponent.Match(t.Bytes) {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}

// guardJSON says whether the parser may see a text of JSON. Its strings are
// templates, so the brackets inside of a string count too.
func (c *collector) guardJSON(name string, text []byte) bool {
	if at := hugeInJSON.FindIndex(text); at != nil {
		c.fail(msgNumberHuge, rangeAt(name, text, at[0], at[1]))
		return false
	}
	depth, inner, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quoted && b == '\\':
			i++
			inner++
		case b == '"':
			quoted, inner = !quoted, 0
		case quoted && isTemplateStep(b):
			inner++
		case !quoted && (b == '[' || b == '{'):
			depth++
		case !quoted && (b == ']' || b == '}'):
			depth--
		}
		if depth > MaxNesting || inner > MaxOperators {
			c.fail(msgNesting, rangeAt(name, text, i, i), MaxNesting)
			return false
		}
	}
	return true
}

// isTemplateStep says whether a byte of a JSON string can make the template in
// it deeper by one.
func isTemplateStep(b byte) bool {
	switch b {
	case '[', '{', '(', '!', '-', '+', '*', '/', '%', '?', '=', '<', '>', '&', '|', '.':
		return true
	}
	return false
}
