package hclconfig

import (
	"errors"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// fileFunction reads a text of the configuration's directory tree, which
// becomes an input of the plan.
func (l *loader) fileFunction() function.Function {
	read := map[string]cty.Value{}
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := filepath.Clean(args[0].AsString())
			if v, ok := read[name]; ok {
				return v, nil
			}
			text, err := l.readInside(name, InputText, MaxFileBytes)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			if !utf8.Valid(text) {
				return cty.NilVal, function.NewArgErrorf(0, "%s is not UTF-8", name)
			}
			read[name] = cty.StringVal(string(text))
			return read[name], nil
		},
	})
}

// fileExistsFunction remembers its answers: checks and outputs are evaluated
// again after the directory was closed. A name that only the plan's totals lead
// to is refused then, like by file, since it would be no input of the plan.
func (l *loader) fileExistsFunction() function.Function {
	found := map[string]bool{}
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := filepath.Clean(args[0].AsString())
			if filepath.IsAbs(name) {
				return cty.NilVal, function.NewArgErrorf(0, "%q is not a path inside the configuration's directory", name)
			}
			if answer, ok := found[name]; ok {
				return cty.BoolVal(answer), nil
			}
			info, err := l.root.Stat(name)
			if errors.Is(err, os.ErrClosed) {
				return cty.NilVal, function.NewArgErrorf(0, "%s was not asked for when the configuration was read", name)
			}
			found[name] = err == nil && info.Mode().IsRegular()
			return cty.BoolVal(found[name]), nil
		},
	})
}
