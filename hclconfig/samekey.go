package hclconfig

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Where an object names one key twice, HCL keeps the last and says nothing: a
// person whose line was copied with its key would be in no plan and in no sum.

// sameKey is a key that an object names again.
type sameKey struct {
	key          string // "" where it must not be shown
	first, again hcl.Range
}

func (k sameKey) samePlace(other sameKey) bool { return k.again == other.again }

// keySet finds the keys of one object that were there before.
type keySet struct {
	seen  map[string]hcl.Range
	found []sameKey
}

func newKeySet(size int) *keySet { return &keySet{seen: make(map[string]hcl.Range, size)} }

func (k *keySet) take(key string, at hcl.Range, secret bool) {
	first, again := k.seen[key]
	if !again {
		k.seen[key] = at
		return
	}
	if secret {
		key = ""
	}
	k.found = append(k.found, sameKey{key: key, first: first, again: at})
}

// constant takes a key that needs no evaluation, and says whether it is one.
func (k *keySet) constant(expr hclsyntax.Expression, at hcl.Range) bool {
	key, ok := constantKey(expr)
	if ok {
		k.take(key, at, false)
	}
	return ok
}

// sameKeys finds the constant keys that stand twice in any object of a tree. It
// may be called by several goroutines at once.
func sameKeys(root hclsyntax.Node) []sameKey {
	var found []sameKey
	// The walk returns what the visitor does.
	_ = hclsyntax.VisitAll(root, func(n hclsyntax.Node) hcl.Diagnostics {
		object, ok := n.(*hclsyntax.ObjectConsExpr)
		if !ok || len(object.Items) < 2 {
			return nil
		}
		keys := newKeySet(len(object.Items))
		for _, pair := range object.Items {
			keys.constant(pair.KeyExpr, pair.KeyExpr.Range())
		}
		found = append(found, keys.found...)
		return nil
	})
	return found
}

// constantKey is a key that is a word, a text or a number, however wrapped up,
// as the object would have it: in NFC. What calls a function, or computes, is
// left to the evaluation, whose steps are counted.
func constantKey(expr hclsyntax.Expression) (string, bool) {
	switch e := expr.(type) {
	case *hclsyntax.ObjectConsKeyExpr:
		if word := hcl.ExprAsKeyword(e.Wrapped); word != "" && !e.ForceNonLiteral {
			return cty.StringVal(word).AsString(), true
		}
		return constantKey(e.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		return constantKey(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return constantKey(e.Wrapped)
	case *hclsyntax.LiteralValueExpr:
		return keyText(e.Val)
	case *hclsyntax.TemplateExpr:
		var whole strings.Builder
		for _, part := range e.Parts {
			text, constant := constantKey(part)
			if !constant {
				return "", false
			}
			whole.WriteString(text)
		}
		return cty.StringVal(whole.String()).AsString(), true
	}
	return "", false
}

// keyText is a value as the key of an object.
func keyText(v cty.Value) (string, bool) {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() {
		return "", false
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil || !text.IsKnown() {
		return "", false
	}
	return text.AsString(), true
}

// noteKeys keeps what is to be told of keys. An expression may be looked at
// more than once.
func (c *collector) noteKeys(found []sameKey) {
	for _, k := range found {
		if c.same == nil {
			c.same = map[hcl.Range]sameKey{}
		}
		if _, known := c.same[k.again]; !known {
			c.same[k.again] = k
		}
	}
}

// noteJSON looks for repeated names in the objects of an expression of JSON. In
// a block they are two blocks, or an error of the parser's own.
func (c *collector) noteJSON(expr hcl.Expression) {
	if !inJSON(expr) {
		return
	}
	if elements, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, e := range elements {
			c.noteJSON(e)
		}
		return
	}
	pairs, diags := hcl.ExprMap(expr)
	if diags.HasErrors() {
		return
	}
	keys := newKeySet(len(pairs))
	for _, pair := range pairs {
		// Without names a text of JSON is itself, and no template. Names that
		// are equal as they are written are equal whatever they stand for.
		if v, diags := pair.Key.Value(nil); !diags.HasErrors() {
			if key, ok := keyText(v); ok {
				keys.take(key, pair.Key.Range(), false)
			}
		}
		c.noteJSON(pair.Value)
	}
	c.noteKeys(keys.found)
}

// noteAttributes is noteJSON for the attributes of a block.
func (c *collector) noteAttributes(attrs hcl.Attributes) {
	for _, attr := range attrs {
		c.noteJSON(attr.Expr)
	}
}

// noteNative looks at a tree that was parsed by itself.
func (c *collector) noteNative(root hclsyntax.Node) { c.noteKeys(sameKeys(root)) }

// tellKeys reports what was noted. It comes last, when it is known which parts
// of the files are sensitive.
func (c *collector) tellKeys() {
	found := slices.SortedFunc(maps.Values(c.same), func(a, b sameKey) int {
		return cmp.Or(cmp.Compare(a.again.Filename, b.again.Filename), cmp.Compare(a.again.Start.Byte, b.again.Start.Byte))
	})
	c.same = nil
	for i, k := range found {
		if i == maxKeysTold {
			c.fail(msgSameKeyMore, k.again, len(found)-maxKeysTold-1)
			return
		}
		name := "This key"
		if k.key != "" && !c.sources.hides(k.again) {
			name = "The key " + strconv.Quote(k.key)
		}
		c.fail(msgSameKey, k.again, name, position(k.first), c.writtenOtherwise(k))
	}
}

// writtenOtherwise explains keys that do not look alike, or whose bytes differ
// though they do.
func (c *collector) writtenOtherwise(k sameKey) string {
	first, ok1 := c.sourceText(k.first)
	again, ok2 := c.sourceText(k.again)
	if !ok1 || !ok2 || strings.Trim(first, `"`) == strings.Trim(again, `"`) {
		return ""
	}
	return " The two are written in different ways, perhaps an accent as a character of its own, and are one key all the same."
}

// tellsKey says whether a diagnostic of the HCL library is about a key that was
// noted already: a name of JSON, or an attribute of an object type.
func (c *collector) tellsKey(d *hcl.Diagnostic) bool {
	if d.Subject == nil || d.Summary != "Duplicate object attribute" && !strings.HasSuffix(d.Detail, "keys must be unique.") {
		return false
	}
	_, noted := c.same[*d.Subject]
	return noted
}
