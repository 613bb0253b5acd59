package hclconfig

import (
	"io/fs"
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

func (l *loader) fileExistsFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := filepath.Clean(args[0].AsString())
			if filepath.IsAbs(name) {
				return cty.NilVal, function.NewArgErrorf(0, "%q is not a path inside the configuration's directory", name)
			}
			info, err := fs.Stat(l.root.FS(), filepath.ToSlash(name))
			return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
		},
	})
}
