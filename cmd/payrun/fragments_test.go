package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// TestReferenceFragments holds the parts of the reference page that other
// packages own equal to what those say; UPDATE=1 writes them. The page itself is
// put together by the tests of package hclconfig.
func TestReferenceFragments(t *testing.T) {
	for name, made := range map[string]string{"exits.md": exitFragment(), "statuses.md": statusFragment(), "faults.md": faultFragment(t)} {
		path := filepath.Join("..", "..", "hclconfig", "testdata", "reference", name)
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(path, []byte(made), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(kept), made); diff != "" {
			t.Errorf("%s is not what the program says; UPDATE=1 writes it, then that of ./hclconfig the page (-kept +made):\n%s", name, diff)
		}
		if os.Getenv("UPDATE") == "1" {
			continue // the page is made next
		}
		page, err := os.ReadFile(referencePath)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), made) {
			t.Errorf("the reference page has another %s: UPDATE=1 go test ./hclconfig", name)
		}
	}
}

// inCell is a text as it stands in a cell of a table.
func inCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func exitFragment() string {
	out := "| code | means | what to do |\n|---|---|---|\n"
	for _, e := range exitExplanations() {
		out += fmt.Sprintf("| %s | %s | %s |\n", e.Name, inCell(e.Means), inCell(strings.Join(e.Do, " ")))
	}
	return out
}

func statusFragment() string {
	out := "| status | means | money | what payrun does | what to do |\n|---|---|---|---|---|\n"
	for _, e := range statusExplanations() {
		var money, next string
		for _, f := range e.Facts {
			switch f.Name {
			case moneyLeft:
				money = f.Text
			case nextStep:
				next = f.Text
			}
		}
		out += fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", e.Name, inCell(e.Means), inCell(money), inCell(next), inCell(strings.Join(e.Do, "<br>")))
	}
	return out
}

// faultLine is a row of the table in the documentation of package sandbox.
var faultLine = regexp.MustCompile(`(?m)^\t(\S+(?:, \S+)?) +(all|payout|status|balance) +(yes|no|never|later)? +(\S.*)$`)

func faultFragment(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "freedompay", "sandbox", "doc.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	out := "| word | calls | paid | what happens |\n|---|---|---|---|\n"
	var words []string
	for _, row := range faultLine.FindAllStringSubmatch(file.Doc.Text(), -1) {
		name, _, _ := strings.Cut(strings.Split(row[1], ", ")[0], ":")
		if !slices.Contains(words, name) {
			words = append(words, name)
		}
		out += fmt.Sprintf("| `%s` | %s | %s | %s |\n", strings.ReplaceAll(row[1], ", ", "`, `"), row[2], row[3], inCell(row[4]))
	}
	var known []string
	for _, call := range []string{sandbox.CallPayout, sandbox.CallStatus, sandbox.CallBalance} {
		known = append(known, sandbox.Words(call)...)
	}
	slices.Sort(known)
	slices.Sort(words)
	if diff := cmp.Diff(slices.Compact(known), words); diff != "" {
		t.Errorf("words of the sandbox, and of its documentation (-program +table):\n%s", diff)
	}
	return out
}

var patternRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.*) \\|$")

// TestReferencePatterns holds the table of patterns equal to what -target and
// -exclude do.
func TestReferencePatterns(t *testing.T) {
	page, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n| pattern | matches |")
	section, _, _ = strings.Cut(section, "\n\n")
	all := []payout.Address{
		payout.NewAddress("salaries", "2026-11", "director"),
		payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001"),
		payout.NewAddress("rent", "2026-11-22", "office"),
	}
	rows := patternRow.FindAllStringSubmatch(section, -1)
	if len(rows) < 10 {
		t.Fatalf("%d patterns", len(rows))
	}
	for _, row := range rows {
		var got []string
		for _, a := range all {
			if matchesAny([]string{row[1]}, a) {
				got = append(got, "`"+a.String()+"`")
			}
		}
		if want := strings.TrimSpace(row[2]); strings.Join(got, ", ") != want {
			t.Errorf("%s matches %s, and not %s", row[1], got, want)
		}
	}
}
