package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers is the import picture: a package imports packages of this module from
// lower layers only, and only those listed.
var layers = map[string][]string{
	"payrun/planner/payout":      {},
	"payrun/examples":            {},
	"payrun/freedompay":          {},
	"payrun/planner":             {"payrun/planner/payout"},
	"payrun/hclconfig":           {"payrun/planner", "payrun/planner/payout"},
	"payrun/planner/policy":      {"payrun/planner", "payrun/planner/payout"},
	"payrun/planner/planfile":    {"payrun/planner", "payrun/planner/payout"},
	"payrun/statefile":           {"payrun/planner/payout"},
	"payrun/statefile/statetest": {"payrun/statefile", "payrun/planner/payout"},
	"payrun/freedompay/sandbox":  {"payrun/freedompay", "payrun/planner/payout"},
	"payrun/executor":            {"payrun/planner", "payrun/planner/payout", "payrun/freedompay"},
	"payrun/cmd/payrun/view": {
		"payrun/planner", "payrun/planner/payout", "payrun/planner/policy", "payrun/planner/planfile", "payrun/executor", "payrun/statefile",
	},
	"payrun/cmd/payrun": nil, // wires everything
}

// alone names the packages that may import what everything else may not.
var alone = map[string][]string{
	"github.com/schollz/progressbar/v3": {"payrun/cmd/payrun/view"},
	"github.com/hashicorp/hcl/v2":       {"payrun/hclconfig", "payrun/cmd/payrun/view", "payrun/cmd/payrun"},
	"net/http":                          {"payrun/freedompay", "payrun/freedompay/sandbox", "payrun/executor"},
	"payrun/cmd/payrun/view":            {"payrun/cmd/payrun"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "payrun/...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var one listed
		if err := d.Decode(&one); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

func TestImportPicture(t *testing.T) {
	for _, p := range packages(t) {
		allowed, known := layers[p.ImportPath]
		if !known {
			t.Errorf("package %s stands in no layer", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "payrun/") && allowed != nil && !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s: not an arrow of the picture", p.ImportPath, imported)
			}
			if only := alone[imported]; only != nil && !slices.Contains(only, p.ImportPath) {
				t.Errorf("%s imports %s, which is left to %v", p.ImportPath, imported, only)
			}
		}
	}
}

// source is one parsed file of the module.
type source struct {
	path string // from the module's root, with '/'
	text []byte
	file *ast.File
	set  *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		out = append(out, source{filepath.ToSlash(rel), text, file, set})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Budgets of size: what does not fit is two things.
const (
	maxFileLines     = 400
	maxFunctionLines = 70
)

func TestSizes(t *testing.T) {
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); n > maxFileLines {
			t.Errorf("%s has %d lines, at most %d", s.path, n, maxFileLines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || strings.HasSuffix(s.path, "_test.go") {
				continue
			}
			if n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, at most %d", s.path, f.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

func TestExportsAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no documentation", s.path, name)
			}
		}
	}
}

func undocumented(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		// Error and Unwrap say all there is to say by their names.
		plain := d.Name.Name == "Error" || d.Name.Name == "Unwrap"
		if d.Name.IsExported() && !plain && d.Doc == nil && (d.Recv == nil || exportedReceiver(d.Recv)) {
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
					out = append(out, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					out = append(out, spec.Names[0].Name)
				}
			}
		}
	}
	return out
}

func exportedReceiver(l *ast.FieldList) bool {
	typ := l.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// moneyPackages never hold a floating point type.
var moneyPackages = []string{"planner/", "statefile/", "executor/", "freedompay/", "hclconfig/"}

// purePackages read no clock.
var purePackages = []string{"planner/", "hclconfig/"}

func TestNoFloatNoClock(t *testing.T) {
	under := func(path string, folders []string) bool {
		return slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(path, f) })
	}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if under(s.path, moneyPackages) && (n.Name == "float64" || n.Name == "float32") {
					t.Errorf("%s: floating point", s.set.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				if under(s.path, purePackages) && isClock(n) {
					t.Errorf("%s: a clock in a pure package", s.set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func isClock(n *ast.SelectorExpr) bool {
	x, ok := n.X.(*ast.Ident)
	return ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "NewTimer", "Sleep", "Tick"}, n.Sel.Name)
}

func TestEveryPackageHasADoc(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range sources(t) {
		if filepath.Base(s.path) == "doc.go" {
			if s.file.Doc == nil {
				t.Errorf("%s has no package comment", s.path)
			}
			seen["payrun/"+filepath.ToSlash(filepath.Dir(s.path))] = true
		}
	}
	for path := range layers {
		if !seen[path] {
			t.Errorf("package %s has no doc.go", path)
		}
	}
	if len(seen) == 0 {
		t.Error(fmt.Errorf("no doc.go found"))
	}
}
