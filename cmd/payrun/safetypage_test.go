package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const safetyPage = "../../executor/SAFETY.md"

var (
	pageTest    = regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz|Benchmark)\\w+)`")
	pageScript  = regexp.MustCompile("`(\\w+)\\.txtar`")
	pageRow     = regexp.MustCompile(`(?m)^\| (\d+) \|`)
	pageCommand = regexp.MustCompile("`(go (?:test|run) [^`]+)`")
	pageOption  = regexp.MustCompile(` -([a-z][a-z.]*)`)
	testFunc    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
)

// goOptions are those of go test itself.
var goOptions = []string{"run", "v", "count", "timeout", "fuzz", "fuzztime", "race"}

// testsOf are the test sources of a package, joined, and their functions.
func testsOf(t *testing.T, folder string) (text string, names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text += string(source)
	}
	for _, found := range testFunc.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return text, names
}

// TestSafetyPage: the page for the sceptic names only tests, scripts and
// commands that exist, and leaves out no fault.
func TestSafetyPage(t *testing.T) {
	source, err := os.ReadFile(safetyPage)
	if err != nil {
		t.Fatal(err)
	}
	page := string(source)
	for _, found := range pageTest.FindAllStringSubmatch(page, -1) {
		if _, names := testsOf(t, found[1]); !slices.Contains(names, found[2]) {
			t.Errorf("there is no test %s in %s", found[2], found[1])
		}
	}
	for _, found := range pageScript.FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(filepath.Join("testdata/script", found[1]+".txtar")); err != nil {
			t.Error(err)
		}
	}
	for _, found := range pageCommand.FindAllStringSubmatch(page, -1) {
		if err := checkPageCommand(t, strings.ReplaceAll(found[1], `\|`, "|")); err != nil {
			t.Errorf("%s: %v", found[1], err)
		}
	}
	_, faults, _ := strings.Cut(page, "## Every fault")
	rows := pageRow.FindAllStringSubmatch(faults, -1)
	for i, row := range rows {
		if row[1] != fmt.Sprint(i+1) {
			t.Fatalf("fault %s stands where %d must", row[1], i+1)
		}
	}
	if len(rows) != 54 {
		t.Errorf("the page has %d faults, want 54", len(rows))
	}
}

// checkPageCommand says what a command of the page names that does not exist.
func checkPageCommand(t *testing.T, command string) error {
	words := strings.Fields(command)
	folder, isTest := strings.TrimPrefix(words[2], "./"), words[1] == "test"
	if _, err := os.Stat(filepath.Join("../..", folder)); err != nil || !isTest {
		return err
	}
	text, names := testsOf(t, folder)
	for _, option := range []string{"-run", "-fuzz"} {
		_, after, given := strings.Cut(command, " "+option+" '")
		pattern, _, closed := strings.Cut(after, "'")
		if !given || pattern == "^$" {
			continue
		}
		for _, one := range strings.Split(pattern, "|") {
			wanted, err := regexp.Compile(one)
			if err != nil || !closed {
				return fmt.Errorf("%s is no pattern: %v", one, err)
			}
			if !slices.ContainsFunc(names, wanted.MatchString) {
				return fmt.Errorf("%s matches no test", one)
			}
		}
	}
	for _, option := range pageOption.FindAllStringSubmatch(command, -1) {
		if !slices.Contains(goOptions, option[1]) && !strings.Contains(text, `"`+option[1]+`"`) {
			return fmt.Errorf("the tests have no option -%s", option[1])
		}
	}
	return nil
}
