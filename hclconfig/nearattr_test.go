package hclconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNearestAttribute: also the name of an attribute may be misspelt.
func TestNearestAttribute(t *testing.T) {
	const object = "locals {\n  o = { employee = { salary = 1 }, net = 2 }\n  l = [1]\n"
	for expr, want := range map[string]string{
		"local.o.emploee":          `named "emploee". Did you mean "employee"?`,
		"local.o.employee.salry":   `named "salry". Did you mean "salary"?`,
		"local.o.something":        `named "something".`,
		"local.l.net":              "Unsupported attribute",
		"{ net = 2 }.nett":         `named "nett".`,
		"local.o[\"net\"].nett":    "Unsupported attribute",
		"[local.o][0].employee.sa": "Unsupported attribute",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(okConfig+object+"  a = "+expr+"\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, diags := Load(Options{Dir: dir})
		if len(diags) != 1 || !strings.Contains(show(diags), want) {
			t.Errorf("%s: got %s, want %s", expr, show(diags), want)
		}
	}
}
