package main

import (
	"html"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// answersVerb checks that every answer of a list of questions stands in the
// comment of the pull request or in the diff of the states, as a reader sees
// them: answers QUESTIONS COMMENT DIFF COMMIT
//
// A line of QUESTIONS without indent is a question; the lines below it say where
// the answer stands and what it is.
func answersVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: answers QUESTIONS COMMENT DIFF COMMIT")
	}
	comment, diff := ts.ReadFile(args[1]), ts.ReadFile(args[2])
	filled := strings.NewReplacer("DIGEST", planDigestOf(comment), "COMMIT", strings.TrimSpace(ts.ReadFile(args[3])))
	pages := map[string]string{"comment": seen(comment), "diff": seen(diff)}
	questions, answers := 0, 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case !strings.HasPrefix(line, " "):
			questions++
		default:
			where, answer, _ := strings.Cut(strings.TrimSpace(line), ": ")
			page, ok := pages[where]
			if !ok {
				ts.Fatalf("there is no page %q", where)
			}
			if !strings.Contains(page, seen(filled.Replace(answer))) {
				ts.Fatalf("the %s does not say %q:\n%s", where, answer, page)
			}
			answers++
		}
	}
	if questions != 10 || answers < questions {
		ts.Fatalf("%d questions and %d answers", questions, answers)
	}
}

var (
	pageTags  = regexp.MustCompile(`</?[a-z]+>`)
	pageMarks = regexp.MustCompile("[|`*·]|: ?--")
)

// seen is a page as a reader sees it, in one line: without tags, references,
// the lines of tables and the width of columns.
func seen(page string) string {
	page = pageMarks.ReplaceAllString(pageTags.ReplaceAllString(page, " "), " ")
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}
