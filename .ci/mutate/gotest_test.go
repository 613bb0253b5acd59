package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// failed is how go test ends where anything failed.
var failed = error(&exec.ExitError{})

func TestJudge(t *testing.T) {
	const run = `{"Action":"run","Package":"p","Test":"TestA"}` + "\n"
	for name, tt := range map[string]struct {
		out   string
		ended error
		want  outcome
	}{
		"passes":  {run + `{"Action":"pass","Package":"p","Test":"TestA"}`, nil, outcome{verdict: alive}},
		"no test": {`{"Action":"pass","Package":"p"}`, nil, outcome{verdict: unknown, words: "no test ran"}},
		"a test fails": {
			run + `{"Action":"fail","Package":"p","Test":"TestA/row"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestB"}` + "\n" + `{"Action":"fail","Package":"p"}`,
			failed, outcome{verdict: killed, test: "TestA", pkg: "p"},
		},
		"a goroutine panics": {
			run + `{"Action":"run","Package":"p","Test":"TestA/row"}` + "\n" + `{"Action":"pass","Package":"p","Test":"TestA/row"}` + "\n" + `{"Action":"fail","Package":"p"}`,
			failed, outcome{verdict: killed, test: "TestA", pkg: "p"},
		},
		"the package fails": {
			run + `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n" + `{"Action":"fail","Package":"p"}`,
			failed, outcome{verdict: killed, pkg: "p"},
		},
		"it hangs": {
			run + `{"Action":"output","Package":"p","Test":"TestA","Output":"panic: test timed out after 2m0s\n"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestA"}`,
			failed, outcome{verdict: hung, test: "TestA", pkg: "p"},
		},
		"it does not compile": {
			`{"Action":"build-output","ImportPath":"p","Output":"x.go:1: no\n"}` + "\n" + `{"Action":"build-fail","ImportPath":"p"}` + "\n" + `{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			failed, outcome{verdict: broken, pkg: "p", words: "x.go:1: no\n"},
		},
		"go test fails": {"no such package\n", failed, outcome{verdict: unknown, words: "no such package\nmore"}},
	} {
		got, err := judge([]byte(tt.out), "more", tt.ended)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, tt.want)
		}
	}
	if _, err := judge(nil, "", errors.New("no go here")); err == nil {
		t.Error("a go that cannot be started gave no error")
	}
}

// TestRunSuites compiles and runs a module as the bench does.
func TestRunSuites(t *testing.T) {
	for name, tt := range map[string]struct {
		old, new string
		want     verdict
	}{
		"noticed":          {"a + b", "a * b", killed},
		"not noticed":      {"a - b", "b - a", alive},
		"does not compile": {"a + b", "a + c", broken},
	} {
		root := tree(t, small())
		m := &mutation{name: name, edits: in("sum/sum.go", tt.old, tt.new), tests: by("sum")}
		got, err := try(t.Context(), root, m)
		if err != nil || got.verdict != tt.want {
			t.Errorf("%s: %+v, %v, want %s", name, got, err, tt.want)
		}
		if again, err := try(t.Context(), root, &mutation{edits: in("sum/sum.go", "a - b", "a-b"), tests: by("sum")}); err != nil || again.verdict != alive {
			t.Errorf("%s was not taken back: %+v, %v", name, again, err)
		}
	}
	m := &mutation{edits: in("sum/sum.go", "gone", "here"), tests: by("sum")}
	if got, err := try(t.Context(), tree(t, small()), m); err != nil || got.verdict != stale || !strings.Contains(got.words, "0 times") {
		t.Errorf("%+v, %v, want stale", got, err)
	}
}
