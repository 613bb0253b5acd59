package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// mutation is one break of the source and the tests that have to notice it.
type mutation struct {
	name  string
	why   string // what it would cost, in one line
	edits []edit
	tests []suite
	hangs bool // a test that never ends is how this break shows
}

// edit replaces a text that stands exactly once in a file.
type edit struct {
	file string // from the module's root, with '/'
	old  string
	new  string
}

// suite is what runs of one package: the named tests, or all of them.
type suite struct {
	folder string // from the module's root, with '/'
	tests  []string
}

func in(file, old, new string) []edit { return []edit{{file, old, new}} }

func by(folder string, tests ...string) []suite { return []suite{{folder, tests}} }

// pattern is what -run of go test needs.
func (s suite) pattern() string {
	if len(s.tests) == 0 {
		return "."
	}
	if test, sub, ok := strings.Cut(s.tests[0], "/"); ok {
		return "^" + test + "$/^" + sub + "$"
	}
	return "^(" + strings.Join(s.tests, "|") + ")$"
}

// story is one script of the program.
func story(name string) []suite { return by("cmd/payrun", "TestScripts/"+name) }

// apply returns the file's text with the edit made.
func (e edit) apply(text string) (string, error) {
	if n := strings.Count(text, e.old); n != 1 {
		return "", fmt.Errorf("%s: the old text stands %d times, not once: %q", e.file, n, e.old)
	}
	return strings.Replace(text, e.old, e.new, 1), nil
}

// change reads what a mutation changes and returns each file's new text, by its
// path from the root.
func (m *mutation) change(root string) (map[string]string, error) {
	out := make(map[string]string)
	for _, e := range m.edits {
		text, made := out[e.file]
		if !made {
			data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.file)))
			if err != nil {
				return nil, fmt.Errorf("read what to mutate: %w", err)
			}
			text = string(data)
		}
		changed, err := e.apply(text)
		if err != nil {
			return nil, err
		}
		out[e.file] = changed
	}
	return out, nil
}

// check says what of a mutation no longer fits the tree at root.
func (m *mutation) check(root string) error {
	var problems []error
	changed, err := m.change(root)
	problems = append(problems, err)
	for file, text := range changed {
		if _, err := parser.ParseFile(token.NewFileSet(), file, text, 0); err != nil {
			problems = append(problems, fmt.Errorf("the new text is no Go: %w", err))
		}
	}
	for _, s := range m.tests {
		problems = append(problems, s.check(root))
	}
	return errors.Join(problems...)
}

// testNames finds the tests of a file.
var testNames = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// check says which of the tests do not exist.
func (s suite) check(root string) error {
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(s.folder), "*_test.go"))
	if err != nil {
		return fmt.Errorf("find tests: %w", err)
	}
	var known []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("find tests: %w", err)
		}
		for _, found := range testNames.FindAllStringSubmatch(string(data), -1) {
			known = append(known, found[1])
		}
	}
	if len(known) == 0 {
		return fmt.Errorf("%s has no tests", s.folder)
	}
	for _, name := range s.tests {
		test, script, ok := strings.Cut(name, "/")
		if ok {
			path := filepath.Join(root, filepath.FromSlash(s.folder), "testdata", "script", script+".txtar")
			if _, err := os.Stat(path); err != nil || len(s.tests) > 1 {
				return fmt.Errorf("%s has no script %s, or more is to run beside it", s.folder, script)
			}
		}
		if !slices.Contains(known, test) {
			return fmt.Errorf("%s has no test %s", s.folder, name)
		}
	}
	return nil
}

// checkSet says what is wrong with the list itself.
func checkSet(set []mutation) error {
	seen := make(map[string]bool)
	for _, m := range set {
		switch {
		case seen[m.name]:
			return fmt.Errorf("two mutations are called %s", m.name)
		case m.why == "" || len(m.edits) == 0 || len(m.tests) == 0:
			return fmt.Errorf("mutation %s lacks its reason, edits or tests", m.name)
		}
		for _, e := range m.edits {
			if e.old == e.new {
				return fmt.Errorf("mutation %s changes nothing in %s", m.name, e.file)
			}
		}
		seen[m.name] = true
	}
	return nil
}
