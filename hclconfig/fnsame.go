package hclconfig

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/unicode/norm"
)

// What is said here names places and no keys: a function is not told whether
// its arguments are sensitive.

// keyedOnce refuses a text of JSON in which an object names one key twice: the
// decoder would keep the last one and drop the other, as HCL does.
func keyedOnce(f function.Function) function.Function {
	return guarded(f, func(args []cty.Value) error {
		if at, twice := repeatedName(stringArgument(args, 0)); twice {
			return function.NewArgErrorf(0, "the key that ends at character %d is in its object already, and one of the two would be dropped", at)
		}
		return nil
	})
}

// repeatedName finds the first name that an object of JSON has twice, and the
// number of the character that ends it. What is no JSON is left to the decoder.
func repeatedName(text string) (int, bool) {
	d := jsontext.NewDecoder(strings.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var open []map[string]bool // names of the objects that are open; nil = a list
	for {
		token, err := d.ReadToken()
		if err != nil {
			return 0, false
		}
		switch token.Kind() {
		case '{':
			open = append(open, map[string]bool{})
		case '[':
			open = append(open, nil)
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			// A value follows a name, so that after a name their number is odd.
			if _, n := d.StackIndex(len(open)); n%2 == 0 || len(open) == 0 || open[len(open)-1] == nil {
				continue
			}
			name := norm.NFC.String(token.String())
			if open[len(open)-1][name] {
				return utf8.RuneCountInString(text[:d.InputOffset()]), true
			}
			open[len(open)-1][name] = true
		}
	}
}

// pairedOnce refuses keys of zipmap that are there twice.
func pairedOnce(f function.Function) function.Function {
	return guarded(f, func(args []cty.Value) error {
		if len(args) == 0 {
			return nil
		}
		keys, _ := args[0].Unmark()
		if keys.IsNull() || !keys.IsKnown() || !keys.CanIterateElements() {
			return nil
		}
		seen, n := make(map[string]int, keys.LengthInt()), 0
		for it := keys.ElementIterator(); it.Next(); {
			n++
			_, v := it.Element()
			key, ok := keyText(v)
			if first := seen[key]; ok && first > 0 {
				return function.NewArgErrorf(0, "its elements %d and %d are the same key, and one of the two would be dropped", first, n)
			}
			if ok {
				seen[key] = n
			}
		}
		return nil
	})
}
