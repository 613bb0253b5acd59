package view

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// Bounds of a snippet.
const (
	maxSourceLines   = 4
	maxSourceColumns = 160
	tabWidth         = 4
)

// sourceLine is one line of a file with the part that a range covers.
type sourceLine struct {
	number               int
	before, marked, rest []byte
}

// linesOf are the lines that a range covers, none where the file is shorter.
func linesOf(text []byte, at *hcl.Range) []sourceLine {
	var out []sourceLine
	offset := 0
	for number := 1; number <= max(at.End.Line, at.Start.Line) && offset <= len(text); number++ {
		end := len(text)
		if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
			end = offset + i
		}
		if number >= at.Start.Line && (offset < len(text) || number == at.Start.Line) {
			out = append(out, newSourceLine(bytes.TrimSuffix(text[offset:end], []byte("\r")), number, offset, at))
		}
		offset = end + 1
	}
	return withoutEmptyEnd(out)
}

// withoutEmptyEnd drops a last line that the range merely touches: a range that
// ends in a line feed ends at column 1 of the next line.
func withoutEmptyEnd(lines []sourceLine) []sourceLine {
	if n := len(lines); n > 1 && len(lines[n-1].marked) == 0 {
		return lines[:n-1]
	}
	return lines
}

// blank says whether there is nothing to see.
func blank(lines []sourceLine) bool {
	for _, l := range lines {
		if len(bytes.TrimSpace(l.before))+len(bytes.TrimSpace(l.marked))+len(bytes.TrimSpace(l.rest)) > 0 {
			return false
		}
	}
	return true
}

func newSourceLine(line []byte, number, offset int, at *hcl.Range) sourceLine {
	// Below the first line, the indentation is not what is meant.
	from, to := len(line)-len(bytes.TrimLeft(line, " \t")), len(line)
	if number == at.Start.Line {
		from = position(line, offset, at.Start)
	}
	if number >= at.End.Line {
		to = position(line, offset, at.End)
	}
	to = max(from, to)
	return sourceLine{number: number, before: line[:from], marked: line[from:to], rest: line[to:]}
}

// position is the byte of a line that a position means. A byte offset within
// the line is exact; else, as in row files, the column counts characters.
func position(line []byte, offset int, at hcl.Pos) int {
	if at.Byte >= offset && at.Byte <= offset+len(line) && (at.Byte > 0 || at.Column <= 1) {
		return at.Byte - offset
	}
	i := 0
	for n := 1; n < at.Column && i < len(line); n++ {
		_, size := utf8.DecodeRune(line[i:])
		i += size
	}
	return i
}

// draw returns the line as it is shown, and carets under the marked part, cut
// to a number of columns around it.
func (l *sourceLine) draw(columns int) (code, carets string) {
	before := expand(lastBytes(l.before, 8*columns), 0)
	marked := expand(firstBytes(l.marked, 8*columns), width(before))
	rest := expand(firstBytes(l.rest, 8*columns), width(before)+width(marked))
	if width(before)+width(marked)+width(rest) > columns {
		before = keepRight(before, columns/2)
		marked = keepLeft(marked, columns-width(before))
		rest = keepLeft(rest, columns-width(before)-width(marked))
	}
	return strings.TrimRight(before+marked+rest, " "), strings.Repeat(" ", width(before)) + strings.Repeat("^", max(width(marked), 1))
}

// expand makes tabs spaces and everything else safe.
func expand(text []byte, column int) string {
	var b strings.Builder
	for i, part := range strings.Split(string(text), "\t") {
		if i > 0 {
			gap := tabWidth - column%tabWidth
			b.WriteString(strings.Repeat(" ", gap))
			column += gap
		}
		safe := SafeText(part)
		b.WriteString(safe)
		column += width(safe)
	}
	return b.String()
}

// firstBytes and lastBytes bound the work on a line of any length, at the edge
// of a character.
func firstBytes(text []byte, n int) []byte {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func lastBytes(text []byte, n int) []byte {
	if len(text) <= n {
		return text
	}
	from := len(text) - n
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return text[from:]
}

// keepLeft and keepRight cut a text to a number of columns, with an ellipsis
// where something went.
func keepLeft(s string, columns int) string {
	if width(s) <= columns {
		return s
	}
	runes := []rune(s)
	runes = runes[:min(len(runes), max(columns, 0))]
	for len(runes) > 0 && width(string(runes)) > columns-1 {
		runes = runes[:len(runes)-1]
	}
	if columns < 1 {
		return ""
	}
	return string(runes) + "…"
}

func keepRight(s string, columns int) string {
	if width(s) <= columns {
		return s
	}
	runes := []rune(s)
	runes = runes[max(0, len(runes)-columns):]
	for len(runes) > 0 && width(string(runes)) > columns-1 {
		runes = runes[1:]
	}
	return "…" + string(runes)
}
