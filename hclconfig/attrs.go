package hclconfig

import (
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"
)

// reader gives the attributes of one block in the types that they must have.
// An attribute that is absent or null gives ok = false, and so does one that
// has a problem, which is reported.
type reader struct {
	*loader
	scope *scope
	attrs hcl.Attributes
	block *hcl.Block
	body  *hcl.BodyContent
	kind  *blockType

	required map[string]bool // a null is as wrong as none
	meant    []string        // attributes whose names were misspelt: they are not missing
}

// read opens a block: unknown, reserved and missing words are reported here.
func (l *loader) read(b *hcl.Block, kind *blockType) *reader {
	content, diags := b.Body.Content(kind.body)
	l.noteAttributes(content.Attributes)
	l.add(diags...)
	r := &reader{loader: l, scope: l.scope, attrs: content.Attributes, block: b, body: content, kind: kind, required: map[string]bool{}}
	r.misspelt(diags)
	for name, m := range reservedAttributes {
		if attr, ok := r.attrs[name]; ok && !(name == "count" && b.Type == "expect") {
			l.fail(m, attr.NameRange, name)
			delete(r.attrs, name)
			switch m.code {
			case msgReservedDestination.code:
				r.meant = append(r.meant, "card_token")
			case msgReservedSecret.code:
				r.meant = append(r.meant, "secret_key_file")
			}
		}
	}
	for _, word := range []string{"dynamic", "provisioner"} {
		for _, inner := range content.Blocks.OfType(word) {
			l.fail(msgReservedBlock, inner.DefRange, word)
		}
	}
	for i := range kind.attrs {
		if a := &kind.attrs[i]; a.need != "" {
			r.need(a.name, a.need)
		}
	}
	return r
}

// only returns the one block of a kind that may stand in the block, or nil.
func (r *reader) only(kind string) *hcl.Block {
	found := r.body.Blocks.OfType(kind)
	if len(found) == 0 {
		return nil
	}
	for _, b := range found[1:] {
		r.fail(msgOnlyOne, b.DefRange, kind, r.block.Type, position(found[0].DefRange))
	}
	return found[0]
}

// suggested is how the HCL library names the attribute that a misspelt one is
// nearest to.
var suggested = regexp.MustCompile(`Did you mean "([a-z_]+)"\?`)

func (r *reader) misspelt(diags hcl.Diagnostics) {
	for _, d := range diags {
		if found := suggested.FindStringSubmatch(d.Detail); found != nil && d.Summary == "Unsupported argument" {
			r.meant = append(r.meant, found[1])
		}
	}
}

// need reports a required attribute that is absent; when it is read, a null is
// reported as well.
func (r *reader) need(name, why string) {
	r.required[name] = true
	if _, ok := r.attrs[name]; !ok && !slices.Contains(r.meant, name) {
		r.fail(msgMissing, r.block.DefRange, name, r.block.Type, why)
	}
}

// value is the value of an attribute. Its marks are kept.
func (r *reader) value(name string) (cty.Value, bool) {
	attr, ok := r.attrs[name]
	if !ok {
		return cty.NilVal, false
	}
	v, ok := r.evaluate(r.scope, attr.Expr)
	if ok && v.IsNull() && r.required[name] {
		r.failValue(msgNull, attr.Expr, r.scope.ctx, name)
	}
	if !ok || v.IsNull() {
		return cty.NilVal, false
	}
	if !v.IsWhollyKnown() {
		r.failValue(msgUnknownValue, attr.Expr, r.scope.ctx, name)
		return cty.NilVal, false
	}
	return v, true
}

// typed is the value of an attribute, converted and without marks.
func (r *reader) typed(name string, want cty.Type) (cty.Value, bool) {
	v, ok := r.value(name)
	if !ok {
		return v, false
	}
	v, _ = v.UnmarkDeep()
	if !r.boundLists(name, v, want, false, r.at(name)) {
		return cty.NilVal, false
	}
	converted, err := convert.Convert(v, want)
	if err != nil || converted.IsNull() {
		r.failValue(msgWrongType, r.attrs[name].Expr, r.scope.ctx, name, want.FriendlyName(), v.Type().FriendlyName())
		return cty.NilVal, false
	}
	return converted, true
}

func (r *reader) text(name string) (string, bool) {
	v, ok := r.typed(name, cty.String)
	if !ok {
		return "", false
	}
	return v.AsString(), true
}

// nonEmpty is a text that must say something where it is written at all.
func (r *reader) nonEmpty(name string) (string, bool) {
	text, ok := r.text(name)
	if ok && text == "" {
		r.fail(msgEmpty, r.at(name), name)
		return "", false
	}
	return text, ok
}

func (r *reader) boolean(name string) bool {
	v, ok := r.typed(name, cty.Bool)
	return ok && v.True()
}

// integer is a whole number between two bounds.
func (r *reader) integer(name string, low, high int64) (int64, bool) {
	v, ok := r.typed(name, cty.Number)
	if !ok {
		return 0, false
	}
	var n int64
	if err := gocty.FromCtyValue(v, &n); err != nil || n < low || n > high {
		r.failValue(msgInteger, r.attrs[name].Expr, r.scope.ctx, name, low, bound(high))
		return 0, false
	}
	return n, true
}

func bound(n int64) any {
	if n == math.MaxInt64 {
		return "any larger one"
	}
	return n
}

func (r *reader) texts(name string) []string {
	v, ok := r.typed(name, cty.List(cty.String))
	if !ok {
		return nil
	}
	var out []string
	for _, e := range v.AsValueSlice() {
		if e.IsNull() {
			r.fail(msgWrongType, r.at(name), name, "list of string", "list with a null element")
			return nil
		}
		out = append(out, e.AsString())
	}
	return out
}

// duration is a duration between two bounds, or the fallback.
func (r *reader) duration(name string, low, high, fallback time.Duration) time.Duration {
	text, ok := r.text(name)
	if !ok {
		return fallback
	}
	d, err := parseDuration(text)
	if err != nil || d < low || d > high {
		r.fail(msgDuration, r.at(name), name, text, shortDuration(low), shortDuration(high))
		return fallback
	}
	return d
}

// oneOf is a word out of those of the attribute, or the first of them when
// absent.
func (r *reader) oneOf(name string) string {
	words := r.kind.attribute(name).words
	text, ok := r.text(name)
	if !ok {
		return words[0]
	}
	for _, w := range words {
		if text == w {
			return w
		}
	}
	r.fail(msgOneOf, r.at(name), name, quotedList(words), text, suggest(text, words))
	return words[0]
}

// at is where an attribute's value stands, or the block when it is absent.
func (r *reader) at(name string) hcl.Range {
	if attr, ok := r.attrs[name]; ok {
		return attr.Expr.Range()
	}
	return r.block.DefRange
}

func (r *reader) has(name string) bool {
	_, ok := r.attrs[name]
	return ok
}
