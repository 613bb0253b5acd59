package view

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// maxDiagnostics is how many problems are drawn in full.
const maxDiagnostics = 20

// Diagnostics draws problems for people: where, the source with carets under
// the range, the values in play, and what to do. Errors come before warnings;
// beyond maxDiagnostics the rest is counted. files holds the texts by the names
// that the diagnostics carry; a missing one only costs the snippet. Columns is
// the width to wrap at; 0 = do not wrap.
func Diagnostics(w io.Writer, diags hcl.Diagnostics, files map[string]*hcl.File, color bool, columns int) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	d := diagnosticText{w: b, paint: paint(color), files: files, width: columns}
	ordered := append(ofSeverity(diags, true), ofSeverity(diags, false)...)
	for i, one := range ordered[:min(maxDiagnostics, len(ordered))] {
		if i > 0 {
			d.line("")
		}
		d.draw(one)
	}
	if rest := ordered[min(maxDiagnostics, len(ordered)):]; len(rest) > 0 {
		errors := len(ofSeverity(rest, true))
		d.line("")
		d.line("… and %d more (%s, %s); -json shows all", len(rest), plural(errors, "error"), plural(len(rest)-errors, "warning"))
	}
}

func ofSeverity(diags hcl.Diagnostics, errors bool) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		if (d.Severity == hcl.DiagError) == errors {
			out = append(out, d)
		}
	}
	return out
}

// diagnosticText draws one diagnostic after the other.
type diagnosticText struct {
	paint
	w     *bufio.Writer
	files map[string]*hcl.File
	width int
}

func (d *diagnosticText) line(format string, args ...any) { fmt.Fprintf(d.w, format+"\n", args...) }

func (d *diagnosticText) draw(one *hcl.Diagnostic) {
	title := d.bold(d.red("Error: "))
	if one.Severity != hcl.DiagError {
		title = d.bold(d.yellow("Warning: "))
	}
	d.line("%s%s", title, d.bold(SafeText(one.Summary)))
	if one.Subject != nil {
		d.place(one)
	}
	if one.Detail != "" {
		d.line("")
		d.detail(one.Detail)
	}
}

// detail wraps paragraphs; lines that begin with a space are drawn as written.
func (d *diagnosticText) detail(text string) {
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		lines := []string{SafeText(paragraph)}
		if !strings.HasPrefix(paragraph, " ") && !strings.HasPrefix(paragraph, "\t") {
			lines = wrap(SafeText(paragraph), d.width)
		}
		for _, line := range lines {
			d.line("%s", line)
		}
	}
}

// place draws file, line and column, the source and the values in play.
func (d *diagnosticText) place(one *hcl.Diagnostic) {
	at := one.Subject
	file := d.files[at.Filename]
	where := fmt.Sprintf("%s:%d:%d", SafeText(at.Filename), at.Start.Line, at.Start.Column)
	if context := contextOf(file, at); context != "" {
		where += ", in " + SafeText(context)
	}
	d.line("")
	d.line("  on %s:", where)
	d.source(file, at)
	for _, v := range valuesInPlay(one) {
		d.line("    %s %s", d.bold(v.name), v.statement)
	}
}

// source draws the lines of a range with carets under it.
func (d *diagnosticText) source(file *hcl.File, at *hcl.Range) {
	if file == nil {
		return
	}
	lines := linesOf(file.Bytes, at)
	if blank(lines) {
		return // the text could not be read as lines, or must not be shown
	}
	shown := lines[:min(maxSourceLines, len(lines))]
	digits := len(fmt.Sprint(at.Start.Line + len(shown)))
	for _, l := range shown {
		code, carets := l.draw(d.room(digits))
		d.line("  %*d │ %s", digits+1, l.number, code)
		d.line("  %*s │ %s", digits+1, "", d.bold(d.red(carets)))
	}
	if more := len(lines) - len(shown); more > 0 {
		d.line("  %*s │ … %s", digits+1, "", plural(more, "more line"))
	}
}

// room is how many columns a source line may take.
func (d *diagnosticText) room(digits int) int {
	if d.width <= 0 {
		return maxSourceColumns
	}
	return min(max(d.width-digits-6, 20), maxSourceColumns)
}
