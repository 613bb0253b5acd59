package hclconfig

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Bounds of functions that can make much out of little.
const (
	maxIndent     = 1_000
	maxYAMLBytes  = 1 << 20
	maxYAMLShares = 100
)

// guarded puts a check of the arguments before a function.
func guarded(f function.Function, check func(args []cty.Value) error) function.Function {
	spec := &function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := check(args); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	}
	return function.New(spec)
}

// stringArgument is a known text argument, or "".
func stringArgument(args []cty.Value, i int) string {
	if i >= len(args) {
		return ""
	}
	v, _ := args[i].Unmark()
	if v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return ""
	}
	return v.AsString()
}

// shallow bounds the depth of a text before a decoder that recurses sees it.
func shallow(f function.Function) function.Function {
	yaml := f.Params()[0].Name == "src"
	return guarded(f, func(args []cty.Value) error {
		text := stringArgument(args, 0)
		if deepText(text) {
			return function.NewArgErrorf(0, "the text is nested deeper than %d levels", MaxNesting)
		}
		if yaml {
			return yamlProblem(text)
		}
		return nil
	})
}

// deepText says whether more brackets are open than MaxNesting. Brackets in
// quotation marks do not count.
func deepText(text string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case !quoted && (b == '[' || b == '{'):
			depth++
		case !quoted && (b == ']' || b == '}'):
			depth--
		}
		if depth > MaxNesting {
			return true
		}
	}
	return false
}

var yamlAlias = regexp.MustCompile(`(?m)(^|[\s\[{,:-])\*[^\s,\]}]`)

// yamlProblem bounds what indentation and aliases can do.
func yamlProblem(text string) error {
	switch {
	case len(text) > maxYAMLBytes:
		return function.NewArgErrorf(0, "the text has more than %d bytes; use JSON or rows for so much data", maxYAMLBytes)
	case len(yamlAlias.FindAllStringIndex(text, 2)) > 1:
		return function.NewArgErrorf(0, "more than one alias (*name) is not allowed, since aliases can multiply")
	}
	for line := range strings.Lines(text) {
		if strings.Count(line, "- ") > MaxNesting || strings.Count(line, "? ") > MaxNesting || indentation(line) > 4*MaxNesting {
			return function.NewArgErrorf(0, "the text is nested deeper than %d levels", MaxNesting)
		}
	}
	if strings.Count(text, "[")+strings.Count(text, "{") > 10*maxYAMLShares*MaxNesting {
		return function.NewArgErrorf(0, "the text has too many brackets")
	}
	return nil
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

var wideFormat = regexp.MustCompile(`%[-+ #0]*(?:\[\d+\])?(?:\d{4,}|\d*\.\d{4,})`)

// narrow refuses formats that pad to thousands of characters.
func narrow(f function.Function) function.Function {
	return guarded(f, func(args []cty.Value) error {
		if wideFormat.MatchString(stringArgument(args, 0)) {
			return function.NewArgErrorf(0, "a width or precision has at most three digits")
		}
		return nil
	})
}

// growing refuses replacements whose result could be too large.
func growing(f function.Function) function.Function {
	return guarded(f, func(args []cty.Value) error {
		size := (len(stringArgument(args, 0)) + 1) * (len(stringArgument(args, 2)) + 1)
		if size > MaxTextBytes {
			return fmt.Errorf("the result could have more than %d MiB", MaxTextBytes>>20)
		}
		return nil
	})
}

// copying refuses formats whose result could be too large: every verb may copy
// the longest argument, for every element of a list.
func copying(f function.Function) function.Function {
	return guarded(f, func(args []cty.Value) error {
		longest, elements := 0, 1
		for _, arg := range args {
			v, _ := arg.Unmark()
			if v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
				elements = max(elements, v.LengthInt())
			}
			longest = max(longest, deepLength(v))
		}
		if (strings.Count(stringArgument(args, 0), "%")+1)*longest > MaxTextBytes/elements {
			return fmt.Errorf("the result could have more than %d MiB", MaxTextBytes>>20)
		}
		return nil
	})
}

// deepLength is the length of the longest text of a value.
func deepLength(v cty.Value) int {
	v, _ = v.Unmark()
	switch {
	case v.IsNull() || !v.IsKnown():
	case v.Type() == cty.String:
		return len(v.AsString())
	case v.CanIterateElements():
		longest := 0
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			longest = max(longest, deepLength(e))
		}
		return longest
	}
	return 0
}

// joinFunction refuses a separator that would make much out of little.
var joinFunction = guarded(stdlib.JoinFunc, func(args []cty.Value) error {
	elements := 0
	for _, arg := range args[1:] {
		v, _ := arg.Unmark()
		if v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
			elements += v.LengthInt()
		}
	}
	if len(stringArgument(args, 0))*elements > MaxTextBytes {
		return fmt.Errorf("the result could have more than %d MiB", MaxTextBytes>>20)
	}
	return nil
})

var indentFunction = guarded(stdlib.IndentFunc, func(args []cty.Value) error {
	if strings.Count(stringArgument(args, 1), "\n")*maxIndent > MaxTextBytes {
		return function.NewArgErrorf(1, "the text has too many lines")
	}
	v, _ := args[0].Unmark()
	if v.Type() == cty.Number && v.IsKnown() && !v.IsNull() && v.GreaterThan(cty.NumberIntVal(maxIndent)).True() {
		return function.NewArgErrorf(0, "at most %d spaces are allowed", maxIndent)
	}
	return nil
})

var setProductFunction = guarded(stdlib.SetProductFunc, func(args []cty.Value) error {
	size := 1
	for _, arg := range args {
		v, _ := arg.Unmark()
		if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
			continue
		}
		if size *= max(v.LengthInt(), 1); size > MaxElements {
			return fmt.Errorf("the product has more than %d elements", MaxElements)
		}
	}
	return nil
})

// modest refuses texts of numbers that could not be written out in memory.
func modest(f function.Function) function.Function {
	return guarded(f, func(args []cty.Value) error {
		if hugeExponent.MatchString(stringArgument(args, 0)) {
			return function.NewArgErrorf(0, "the exponent has too many digits")
		}
		return nil
	})
}
