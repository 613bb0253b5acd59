package view

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// DiagnosticsFormatVersion is the version of the document of DiagnosticsJSON,
// the shape of `terraform validate -json`.
const DiagnosticsFormatVersion = "1.0"

// DiagnosticsJSON is the machine form of diagnostics, all of them, in order:
// {format_version, valid, error_count, warning_count, diagnostics: [{severity,
// summary, detail, range, snippet}]}. Lines and columns count from 1, bytes
// from 0.
func DiagnosticsJSON(diags hcl.Diagnostics, files map[string]*hcl.File) any {
	errors := len(ofSeverity(diags, true))
	all := make([]object, 0, len(diags))
	for _, d := range diags {
		all = append(all, diagnosticObject(d, files))
	}
	return object{
		{"format_version", DiagnosticsFormatVersion},
		{"valid", errors == 0},
		{"error_count", errors},
		{"warning_count", len(diags) - errors},
		{"diagnostics", all},
	}
}

// DiagnosticLines are the same diagnostics for a stream of JSON lines, one
// object each: {@level, @message, type: "diagnostic", diagnostic}.
func DiagnosticLines(diags hcl.Diagnostics, files map[string]*hcl.File) []any {
	out := make([]any, 0, len(diags))
	for _, d := range diags {
		level, title := "error", "Error: "
		if d.Severity != hcl.DiagError {
			level, title = "warn", "Warning: "
		}
		out = append(out, object{
			{"@level", level}, {"@message", title + SafeText(d.Summary)}, {"type", "diagnostic"}, {"diagnostic", diagnosticObject(d, files)},
		})
	}
	return out
}

func diagnosticObject(d *hcl.Diagnostic, files map[string]*hcl.File) object {
	severity := "warning"
	if d.Severity == hcl.DiagError {
		severity = "error"
	}
	o := object{{"severity", severity}, {"summary", SafeText(d.Summary)}, {"detail", safeLines(d.Detail)}}
	if d.Subject == nil {
		return o
	}
	o = append(o, member{"range", object{
		{"filename", SafeText(d.Subject.Filename)}, {"start", positionObject(d.Subject.Start)}, {"end", positionObject(d.Subject.End)},
	}})
	if file := files[d.Subject.Filename]; file != nil {
		if lines := linesOf(file.Bytes, d.Subject); !blank(lines) {
			o = append(o, member{"snippet", snippetObject(d, file, lines)})
		}
	}
	return o
}

func positionObject(p hcl.Pos) object {
	return object{{"line", p.Line}, {"column", p.Column}, {"byte", p.Byte}}
}

// snippetObject carries the lines of the range, cut to maxSourceLines, and the
// marked part as byte offsets into them.
func snippetObject(d *hcl.Diagnostic, file *hcl.File, lines []sourceLine) object {
	shown := lines[:min(maxSourceLines, len(lines))]
	var code bytes.Buffer
	start, end := 0, 0
	for i, l := range shown {
		if i > 0 {
			code.WriteByte('\n')
		}
		before, marked, rest := safeSource(l.before), safeSource(l.marked), safeSource(l.rest)
		if i == 0 {
			start = len(before)
		}
		end = code.Len() + len(before) + len(marked)
		code.WriteString(before + marked + rest)
	}
	values := []object{}
	for _, v := range valuesInPlay(d) {
		values = append(values, object{{"traversal", v.name}, {"statement", v.statement}})
	}
	var context any
	if found := contextOf(file, d.Subject); found != "" {
		context = SafeText(found)
	}
	return object{
		{"context", context}, {"code", code.String()}, {"start_line", shown[0].number},
		{"highlight_start_offset", start}, {"highlight_end_offset", end}, {"values", values},
	}
}

// maxSnippetBytes bounds each part of a line in JSON.
const maxSnippetBytes = 2000

// safeSource keeps tabs, which JSON escapes.
func safeSource(part []byte) string {
	fields := strings.Split(string(firstBytes(part, maxSnippetBytes)), "\t")
	for i := range fields {
		fields[i] = SafeText(fields[i])
	}
	return strings.Join(fields, "\t")
}

// safeLines keeps the line feeds of a text and makes each line safe.
func safeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = SafeText(lines[i])
	}
	return strings.Join(lines, "\n")
}

// contextNamer is what the hcl parsers leave in a file to name the block around
// a place.
type contextNamer interface {
	ContextString(offset int) string
}

// contextOf names the block around a range, or returns "".
func contextOf(file *hcl.File, at *hcl.Range) string {
	if file == nil {
		return ""
	}
	if nav, ok := file.Nav.(contextNamer); ok {
		return nav.ContextString(at.Start.Byte)
	}
	return ""
}
