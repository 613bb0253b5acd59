package hclconfig

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// parseCut parses a large file in pieces, side by side. Not ok means that the
// file has to be parsed whole; then nothing was reported.
func (l *loader) parseCut(name string, text []byte) ([]hcl.Body, bool) {
	if l.whole || len(text) < l.cutBytes {
		return nil, false
	}
	parts, ok := cutFile(text, l.pieceBytes)
	if !ok {
		return nil, false
	}
	bodies := make([]hcl.Body, 0, len(parts))
	sideBySide(parts, func(p filePart) hcl.Body { return p.parse(name) }, func(i int, body hcl.Body) {
		if ok = ok && body != nil; !ok {
			return
		}
		bodies = append(bodies, body)
		if parts[i].batch {
			l.cut[body.(*hclsyntax.Body).Blocks[0].Body] = parts[i]
		}
	})
	return bodies, ok
}

// sideBySide calls work for every element on all cores, and then, in order,
// take with each result. Results wait for their turn, so there are few at a
// time. A panic of work is one of the caller, who can recover from it.
func sideBySide[T, R any](elements []T, work func(T) R, take func(int, R)) {
	waiting := make(chan chan func() R, 2*runtime.GOMAXPROCS(0))
	go func() {
		for _, e := range elements {
			done := make(chan func() R, 1)
			waiting <- done
			go func() { done <- attempt(func() R { return work(e) }) }()
		}
		close(waiting)
	}()
	i := 0
	for done := range waiting {
		take(i, (<-done)())
		i++
	}
}

// attempt calls work, and returns what gives its result, or panics as it did.
func attempt[R any](work func() R) (result func() R) {
	defer func() {
		if p := recover(); p != nil {
			stack := debug.Stack()
			result = func() R { panic(fmt.Sprintf("%v\n%s", p, stack)) }
		}
	}()
	r := work()
	return func() R { return r }
}

// parse parses a part by itself, or returns nil.
func (p filePart) parse(name string) hcl.Body {
	if p.batch {
		if body := p.parseBatch(name); body != nil {
			return body
		}
		return nil
	}
	// An attribute at the top level is an error; so is one that stands twice,
	// which only the parser of the whole file sees.
	body := p.piece.parse(name, 0)
	if body == nil || len(body.Attributes) > 0 {
		return nil
	}
	return body
}

// parseBatch parses a batch block without its payout blocks. The body that it
// returns holds this one block, as in the tree of the whole file.
func (p filePart) parseBatch(name string) *hclsyntax.Body {
	closed := piece{text: append(bytes.Clone(p.text), "\n}\n"...), start: p.start}
	body := closed.parse(name, 0)
	if body == nil || len(body.Blocks) != 1 || len(body.Attributes) > 0 || body.Blocks[0].Type != "batch" || len(body.Blocks[0].Labels) != 1 {
		return nil
	}
	block := body.Blocks[0]
	for _, inner := range p.inner {
		if more := inner.parse(name, 1); more == nil || !merge(block.Body, more) {
			return nil
		}
	}
	block.CloseBraceRange.Start = p.end.start
	block.CloseBraceRange.End = hcl.Pos{Line: p.end.start.Line, Column: p.end.start.Column + 1, Byte: p.end.start.Byte + 1}
	block.Body.SrcRange.End = block.CloseBraceRange.End
	block.Body.EndRange = hcl.Range{Filename: name, Start: block.CloseBraceRange.End, End: block.CloseBraceRange.End}
	return body
}

// merge adds the entries of a piece to a body, unless an attribute stands
// twice, or there is a payout block that was not cut out.
func merge(body, more *hclsyntax.Body) bool {
	for name, attr := range more.Attributes {
		if _, twice := body.Attributes[name]; twice {
			return false
		}
		body.Attributes[name] = attr
	}
	for _, b := range more.Blocks {
		if b.Type == "payout" {
			return false
		}
		body.Blocks = append(body.Blocks, b)
	}
	return true
}

// parse parses a piece that is inside of so many brackets, or returns nil
// where HCL has anything to say about it.
func (p piece) parse(name string, outer int) *hclsyntax.Body {
	if !surelyShallow(p.text) && p.tooDeep(name, outer) {
		return nil
	}
	file, diags := hclsyntax.ParseConfig(p.text, name, p.start)
	if len(diags) > 0 {
		return nil
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok || len(sameKeys(body)) > 0 {
		return nil
	}
	return body
}

// tooDeep says what guardNesting says, of a piece.
func (p piece) tooDeep(name string, outer int) bool {
	tokens, _ := hclsyntax.LexConfig(p.text, name, p.start)
	_, huge := hugeNumber(tokens)
	_, deep := nestingProblem(tokens, outer)
	return huge || deep
}

// surelyShallow says that a text cannot be nested too deep, and has no huge
// number, whatever its bytes mean: there are too few of those that a level
// needs. Making tokens of it costs as much as parsing it.
func surelyShallow(text []byte) bool {
	count := 0
	for i, b := range text {
		switch {
		case nestingBytes[b]:
			count++
		case (b == 'e' || b == 'E') && longExponent(text[i+1:]):
			return false
		}
	}
	return count < MaxNesting-2
}

// longExponent says whether a text begins with the exponent of a number that
// hugeExponent finds.
func longExponent(text []byte) bool {
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	for i := range 5 {
		if i >= len(text) || !isDigit(text[i]) {
			return false
		}
	}
	return true
}

// nestingBytes begin or are the tokens that nestingProblem counts.
var nestingBytes = func() (set [256]bool) {
	for _, b := range []byte("{[(\"+-*/%!&|=<>?:.~$") {
		set[b] = true
	}
	return set
}()
