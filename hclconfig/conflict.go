package hclconfig

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// conflictMark is a line that git writes into a file which two people changed
// in the same place.
type conflictMark struct {
	kind byte // '<', '|', '=', '>': the first of the line
	line int  // from 1
	at   int  // offset of the line
}

// maxMarks bounds the marks that are looked for: one message is made of them.
const maxMarks = 10_000

// conflictMarks finds the marks of a text. A line of equality signs alone is one
// behind <<<<<<<; in rows it always is, since no row is written so.
func conflictMarks(text []byte, rows bool) []conflictMark {
	var marks []conflictMark
	open, line, at := false, 0, 0
	for l := range bytes.Lines(text) {
		line++
		kind := markKind(l)
		inside := open || rows && kind == '='
		if kind == '<' || kind == '>' || kind != 0 && inside {
			marks = append(marks, conflictMark{kind, line, at})
			open = kind != '>'
		}
		if at += len(l); len(marks) == maxMarks {
			break
		}
	}
	return marks
}

// markKind is the first character of a mark, or 0.
func markKind(line []byte) byte {
	if len(line) < 7 || !strings.ContainsRune("<|=>", rune(line[0])) {
		return 0
	}
	if bytes.Count(line[:7], line[:1]) != 7 || len(line) > 7 && !bytes.ContainsAny(line[7:8], " \r\n") {
		return 0
	}
	return line[0]
}

// mayConflict says whether it is worth while to look at every line.
func mayConflict(text []byte) bool {
	for _, mark := range []string{"<<<<<<<", ">>>>>>>", "======="} {
		if bytes.HasPrefix(text, []byte(mark)) || bytes.Contains(text, []byte("\n"+mark)) {
			return true
		}
	}
	return false
}

// firstConflict are the marks of the first conflict, and how many marks follow
// it.
func firstConflict(marks []conflictMark) (first []conflictMark, more int) {
	for i, m := range marks {
		if i > 0 && m.kind == '<' {
			return marks[:i], len(marks) - i
		}
		if m.kind == '>' {
			return marks[:i+1], len(marks) - i - 1
		}
	}
	return marks, 0
}

// conflictCure says where the two versions stand, and which lines go.
func conflictCure(marks []conflictMark) string {
	first, more := firstConflict(marks)
	var kinds []byte
	var lines []string
	for _, m := range first {
		kinds = append(kinds, m.kind)
		lines = append(lines, strconv.Itoa(m.line))
	}
	text, all := "", enumerated(lines)
	switch string(kinds) {
	case "<=>":
		text = fmt.Sprintf("One version is %s, the other is %s. Lines %s (<<<<<<<, =======, >>>>>>>) are marks between them. Ask which version is right, keep that one, and delete the other and lines %[3]s.",
			linesBetween(first[0], first[1]), linesBetween(first[1], first[2]), all)
	case "<|=>":
		text = fmt.Sprintf("One version is %s, the other is %s, and before both it was %s. Lines %s (<<<<<<<, |||||||, =======, >>>>>>>) are marks between them. Ask which version is right, keep that one, and delete the others and lines %[4]s.",
			linesBetween(first[0], first[1]), linesBetween(first[2], first[3]), linesBetween(first[1], first[2]), all)
	case "<", "|", "=", ">":
		text = fmt.Sprintf("Line %s is a mark of it, and other marks are gone. Ask what of the lines around it is right, and delete line %[1]s.", all)
	default:
		text = fmt.Sprintf("Lines %s are marks of it, and others are gone. Ask what of the lines between them is right, and delete lines %[1]s.", all)
	}
	if more > 0 {
		text += fmt.Sprintf(" More such marks follow from line %d on.", marks[len(first)].line)
	}
	return text
}

// linesBetween are the lines between two marks.
func linesBetween(a, b conflictMark) string {
	switch n := b.line - a.line - 1; n {
	case 0:
		return "without these lines"
	case 1:
		return fmt.Sprintf("line %d", a.line+1)
	default:
		return fmt.Sprintf("lines %d to %d", a.line+1, b.line-1)
	}
}

// enumerated is "2, 4 and 6".
func enumerated(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
