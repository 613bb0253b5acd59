package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes a small module that is a tree of its own.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// small is a module with one function and a test of half of it.
func small() map[string]string {
	return map[string]string{
		"go.mod":          "module small\n\ngo 1.26\n",
		"sum/sum.go":      "package sum\n\nfunc Add(a, b int) int { return a + b }\n\nfunc Sub(a, b int) int { return a - b }\n",
		"sum/sum_test.go": "package sum\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(2, 3) != 5 {\n\t\tt.Fatal()\n\t}\n}\n",
	}
}

func TestApply(t *testing.T) {
	e := edit{"f.go", "a + b", "a - b"}
	got, err := e.apply("return a + b\n")
	if err != nil || got != "return a - b\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{"", "a+b", "a + b; a + b"} {
		if got, err := e.apply(text); err == nil {
			t.Errorf("%q gave %q, want an error", text, got)
		}
	}
}

func TestChangeMakesSeveralEdits(t *testing.T) {
	root := tree(t, small())
	m := mutation{name: "both", edits: []edit{
		{"sum/sum.go", "a + b", "a * b"}, {"sum/sum.go", "a - b", "b - a"}, {"go.mod", "1.26", "1.25"},
	}}
	changed, err := m.change(root)
	if err != nil {
		t.Fatal(err)
	}
	if s := changed["sum/sum.go"]; !strings.Contains(s, "a * b") || !strings.Contains(s, "b - a") {
		t.Errorf("sum.go became %q", s)
	}
	if len(changed) != 2 || !strings.Contains(changed["go.mod"], "1.25") {
		t.Errorf("changed %v", changed)
	}
}

func TestCheck(t *testing.T) {
	root := tree(t, small())
	good := mutation{edits: in("sum/sum.go", "a + b", "a - b"), tests: by("sum", "TestAdd")}
	if err := good.check(root); err != nil {
		t.Errorf("a good one: %v", err)
	}
	for name, m := range map[string]mutation{
		"text gone":   {edits: in("sum/sum.go", "a % b", "a - b"), tests: by("sum")},
		"file gone":   {edits: in("sum/gone.go", "a + b", "a - b"), tests: by("sum")},
		"no Go":       {edits: in("sum/sum.go", "a + b", "a ++ b"), tests: by("sum")},
		"test gone":   {edits: in("sum/sum.go", "a + b", "a - b"), tests: by("sum", "TestAdd", "TestGone")},
		"no tests":    {edits: in("sum/sum.go", "a + b", "a - b"), tests: by("gone")},
		"twice there": {edits: in("sum/sum.go", "a, b int", "b, a int"), tests: by("sum")},
	} {
		if m.check(root) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCheckSet(t *testing.T) {
	good := mutation{name: "a", why: "w", edits: in("f", "x", "y"), tests: by("p")}
	if err := checkSet([]mutation{good}); err != nil {
		t.Error(err)
	}
	for name, set := range map[string][]mutation{
		"twice":           {good, good},
		"no reason":       {{name: "a", edits: good.edits, tests: good.tests}},
		"no edits":        {{name: "a", why: "w", tests: good.tests}},
		"no tests":        {{name: "a", why: "w", edits: good.edits}},
		"nothing changes": {{name: "a", why: "w", edits: in("f", "x", "x"), tests: good.tests}},
	} {
		if checkSet(set) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestTheSet holds the real list to what the program needs of it.
func TestTheSet(t *testing.T) {
	set := all()
	if err := checkSet(set); err != nil {
		t.Fatal(err)
	}
	if len(set) < 44 {
		t.Errorf("%d mutations, want at least 44", len(set))
	}
}

func TestPattern(t *testing.T) {
	if got := (suite{"p", nil}).pattern(); got != "." {
		t.Errorf("all tests: %q", got)
	}
	if got := (suite{"p", []string{"TestA", "TestB"}}).pattern(); got != "^(TestA|TestB)$" {
		t.Errorf("two tests: %q", got)
	}
}

// TestStories: a script is named with its test, alone, and has to be there.
func TestStories(t *testing.T) {
	root := filepath.Join("..", "..")
	if got := story("recall_memory")[0].pattern(); got != "^TestScripts$/^recall_memory$" {
		t.Errorf("pattern %s", got)
	}
	for name, s := range map[string]suite{
		"a script that is gone": story("nowhere")[0],
		"two at once":           by("cmd/payrun", "TestScripts/recall_memory", "TestScripts/recall_history")[0],
	} {
		if err := s.check(root); err == nil {
			t.Errorf("%s fits", name)
		}
	}
}
