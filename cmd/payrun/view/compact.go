package view

import (
	"bufio"
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"
)

// CompactWarnings draws warnings that stand beside no error, one line each:
// what, and where. Equal lines are counted.
func CompactWarnings(w io.Writer, diags hcl.Diagnostics, color bool) {
	if len(diags) == 0 {
		return
	}
	b := bufio.NewWriter(w)
	defer b.Flush()
	p := paint(color)
	fmt.Fprintf(b, "%s %s\n", p.bold("Warnings:"), plural(len(diags), "place"))
	var order []*hcl.Diagnostic // the first of equal ones
	times := make(map[string]int)
	for _, d := range diags {
		if times[d.Summary]++; times[d.Summary] == 1 {
			order = append(order, d)
		}
	}
	for _, d := range order {
		line := SafeText(d.Summary)
		if d.Subject != nil {
			line += fmt.Sprintf(" (%s:%d)", SafeText(d.Subject.Filename), d.Subject.Start.Line)
		}
		if more := times[d.Summary] - 1; more > 0 {
			line += fmt.Sprintf(" and %d more", more)
		}
		fmt.Fprintf(b, "- %s\n", line)
	}
}
