package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// report prints results and counts them.
type report struct {
	out    io.Writer
	asJSON bool
	all    int
	good   int
}

func (r *report) add(one *result) {
	r.all++
	if one.good() {
		r.good++
	}
	if r.asJSON {
		r.line(one)
		return
	}
	_, _ = fmt.Fprintf(r.out, "%-8s %-34s %s\n", one.verdict, one.name, detail(one))
}

// detail says who noticed; or, where nobody did, what the break would cost.
func detail(one *result) string {
	switch one.verdict {
	case killed, hung:
		if one.test == "" {
			return "by " + one.pkg + " as a whole"
		}
		return "by " + one.test + " in " + one.pkg
	case alive:
		return one.why
	}
	return strings.ReplaceAll(strings.TrimSpace(one.words), "\n", "\n\t")
}

// line is one result as a JSON object.
func (r *report) line(one *result) {
	data, err := json.Marshal(struct {
		Name    string  `json:"name"`
		Why     string  `json:"why"`
		Verdict verdict `json:"verdict"`
		Good    bool    `json:"good"`
		Test    string  `json:"test,omitempty"`
		Package string  `json:"package,omitempty"`
		Words   string  `json:"words,omitempty"`
		Millis  int64   `json:"milliseconds"`
	}{one.name, one.why, one.verdict, one.good(), one.test, one.pkg, one.words, one.took.Milliseconds()})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	_, _ = fmt.Fprintf(r.out, "%s\n", data)
}

// summary is the last line for people.
func (r *report) summary() string {
	return fmt.Sprintf("%d mutations, %d killed, %d not", r.all, r.good, r.all-r.good)
}
