package view

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Explanation says in plain words what one word, sign or number of payrun or
// of the gateway means.
type Explanation struct {
	Kind  string // "status", "flag", "sign", "exit code", "gateway code"
	Name  string // as it is printed: "in_doubt", "+", "4", "10017"
	Means string // one sentence
	Facts []Fact
	Do    []string // what a person does, exact commands first
}

// Fact is one thing that is to be known, with its heading.
type Fact struct{ Name, Text string }

// Explain draws explanations, wrapped at a number of columns; 0 = never.
func Explain(w io.Writer, all []Explanation, columns int) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	for i := range all {
		if i > 0 {
			fmt.Fprintln(b)
		}
		all[i].write(b, columns)
	}
}

// factWidth is the width of the column of headings.
const factWidth = 13

func (e *Explanation) write(b *bufio.Writer, columns int) {
	title := fmt.Sprintf("%s %s: %s", e.Kind, SafeText(e.Name), SafeText(e.Means))
	fmt.Fprintln(b, strings.Join(wrap(title, columns), "\n    "))
	for _, f := range e.Facts {
		e.fact(b, f, columns)
	}
	for i, step := range e.Do {
		heading := ""
		if i == 0 {
			heading = "what you do"
		}
		e.fact(b, Fact{heading, step}, columns)
	}
}

func (e *Explanation) fact(b *bufio.Writer, f Fact, columns int) {
	if columns > 0 {
		columns = max(columns-factWidth-2, 30)
	}
	heading := f.Name
	if width(heading) >= factWidth {
		fmt.Fprintf(b, "  %s\n", heading)
		heading = ""
	}
	for _, line := range wrap(SafeText(f.Text), columns) {
		fmt.Fprintf(b, "  %s%s%s\n", heading, strings.Repeat(" ", factWidth-width(heading)), line)
		heading = ""
	}
}

// ExplanationList draws what can be explained: a line each, by kind.
func ExplanationList(w io.Writer, all []Explanation, columns int) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	kind := ""
	for i := range all {
		e := &all[i]
		if e.Kind != kind {
			if kind = e.Kind; i > 0 {
				fmt.Fprintln(b)
			}
			fmt.Fprintln(b, kindPlural(kind))
		}
		e.fact(b, Fact{e.Name, e.Means}, columns)
	}
}

func kindPlural(kind string) string {
	if strings.HasSuffix(kind, "s") {
		return kind + "es"
	}
	return kind + "s"
}

// ExplanationsJSON is {format_version, explanations: [{kind, name, means,
// facts, do}]}; facts is an object by heading, with "_" for spaces.
func ExplanationsJSON(all []Explanation) any {
	out := make([]object, 0, len(all))
	for _, e := range all {
		facts := object{}
		for _, f := range e.Facts {
			facts = append(facts, member{strings.ReplaceAll(f.Name, " ", "_"), f.Text})
		}
		out = append(out, object{{"kind", e.Kind}, {"name", e.Name}, {"means", e.Means}, {"facts", facts}, {"do", append([]string{}, e.Do...)}})
	}
	return object{{"format_version", ExplainFormatVersion}, {"explanations", out}}
}

// ExplainFormatVersion is the version of the document of ExplanationsJSON.
const ExplainFormatVersion = "1.0"
