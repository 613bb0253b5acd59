package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
)

func TestUnion(t *testing.T) {
	got := union([]mutation{
		{tests: by("p", "TestB", "TestA")}, {tests: by("p", "TestA")},
		{tests: by("q", "TestC")}, {tests: by("q")},
	})
	want := []suite{{"p", []string{"TestA", "TestB"}}, {"q", nil}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestEach(t *testing.T) {
	b := &bench{copies: []string{"a", "b"}}
	var calls atomic.Int64
	if err := b.each(t.Context(), 20, func(context.Context, string, int) error { calls.Add(1); return nil }); err != nil || calls.Load() != 20 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
	bad := errors.New("bad")
	if err := b.each(t.Context(), 20, func(_ context.Context, _ string, i int) error {
		if i == 3 {
			return bad
		}
		return nil
	}); !errors.Is(err, bad) {
		t.Errorf("%v, want the first error", err)
	}
}

// TestBench runs a set on copies of a small tree, and finds the results in the
// order of the set.
func TestBench(t *testing.T) {
	root := tree(t, small())
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		git := exec.Command("git", args...)
		git.Dir = root
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	b, err := newBench(t.Context(), root, t.TempDir(), 2)
	if err != nil {
		t.Fatal(err)
	}
	set := []mutation{
		{name: "noticed", why: "w", edits: in("sum/sum.go", "a + b", "a * b"), tests: by("sum", "TestAdd")},
		{name: "unnoticed", why: "costs money", edits: in("sum/sum.go", "a - b", "b - a"), tests: by("sum", "TestAdd")},
	}
	if err := b.baseline(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	var text, objects bytes.Buffer
	people, program := &report{out: &text}, &report{out: &objects, asJSON: true}
	if err := b.run(t.Context(), set, func(r *result) { people.add(r); program.add(r) }); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text.String(), "\n")
	if !strings.HasPrefix(lines[0], "killed   noticed") || !strings.HasSuffix(lines[0], "by TestAdd in small/sum") {
		t.Errorf("first line %q", lines[0])
	}
	if !strings.HasPrefix(lines[1], "ALIVE    unnoticed") || !strings.HasSuffix(lines[1], "costs money") {
		t.Errorf("second line %q", lines[1])
	}
	if got := people.summary(); got != "2 mutations, 1 killed, 1 not" {
		t.Error(got)
	}
	if !strings.Contains(objects.String(), `"name":"noticed","why":"w","verdict":"killed","good":true,"test":"TestAdd"`) {
		t.Error(objects.String())
	}
	if _, err := newBench(t.Context(), t.TempDir(), t.TempDir(), 1); err == nil {
		t.Error("a folder that is no repository gave no error")
	}
}

// TestBaseline: tests that fail on the tree as it is are worth nothing.
func TestBaseline(t *testing.T) {
	files := small()
	files["sum/sum.go"] = strings.Replace(files["sum/sum.go"], "a + b", "a * b", 1)
	b := &bench{copies: []string{tree(t, files)}}
	err := b.baseline(t.Context(), []mutation{{tests: by("sum")}})
	if err == nil || !strings.Contains(err.Error(), "TestAdd") {
		t.Errorf("%v, want the failing test", err)
	}
}

func TestGood(t *testing.T) {
	for _, tt := range []struct {
		verdict verdict
		hangs   bool
		want    bool
	}{
		{killed, false, true}, {killed, true, true}, {hung, true, true}, {hung, false, false},
		{alive, true, false}, {broken, false, false}, {stale, false, false}, {unknown, false, false},
	} {
		r := &result{mutation: &mutation{hangs: tt.hangs}, outcome: outcome{verdict: tt.verdict}}
		if r.good() != tt.want {
			t.Errorf("%s, hangs %t: %t", tt.verdict, tt.hangs, r.good())
		}
	}
}

// TestProgram takes every way out that runs no mutation.
func TestProgram(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-list", "-run=^fence-ignored$"}, exitGood, "fence-ignored"},
		{[]string{"-check"}, exitGood, "fit the source"},
		{[]string{"-h"}, exitGood, "-parallel"},
		{[]string{"-run=("}, exitUsage, "read -run"},
		{[]string{"-run=nothing is called so"}, exitUsage, "no mutation matches"},
		{[]string{"-parallel=0"}, exitUsage, "at least 1"},
		{[]string{"all"}, exitUsage, "no arguments"},
		{[]string{"-unknown"}, exitUsage, "not defined"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), tt.args, &out, &out); code != tt.code || !strings.Contains(out.String(), tt.says) {
			t.Errorf("%v: %d, want %d and %q in:\n%s", tt.args, code, tt.code, tt.says, out.String())
		}
	}
}

func TestCheckAllNamesWhatIsStale(t *testing.T) {
	var out bytes.Buffer
	set := []mutation{{name: "old-one", edits: in("sum/sum.go", "gone", "here"), tests: by("sum")}}
	if checkAll(tree(t, small()), set, &out) || !strings.HasPrefix(out.String(), "stale    old-one") {
		t.Error(out.String())
	}
}

func TestModuleRoot(t *testing.T) {
	root, err := moduleRoot(t.Context())
	if err != nil || filepath.IsLocal(root) {
		t.Errorf("%q, %v", root, err)
	}
	t.Chdir(t.TempDir())
	if root, err := moduleRoot(t.Context()); err == nil {
		t.Errorf("outside of a module: %q", root)
	}
}
