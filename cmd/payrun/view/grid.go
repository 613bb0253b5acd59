package view

import (
	"bufio"
	"regexp"
	"strings"

	"github.com/rivo/uniseg"
)

// grid aligns columns by display width. Cells hold safe text, coloured or not.
type grid struct {
	indent string
	right  []bool // columns aligned to the right
	rows   [][]string
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// write draws the rows, two spaces between columns, none at a line's end.
func (g *grid) write(w *bufio.Writer) {
	widths := g.widths()
	for _, row := range g.rows {
		var line strings.Builder
		line.WriteString(g.indent)
		for i, c := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			gap := strings.Repeat(" ", widths[i]-width(c))
			if i < len(g.right) && g.right[i] {
				line.WriteString(gap + c)
			} else {
				line.WriteString(c + gap)
			}
		}
		w.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func (g *grid) widths() []int {
	var widths []int
	for _, row := range g.rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(c))
		}
	}
	return widths
}

// width is the number of columns that a text takes on a terminal; our own
// colours take none.
func width(s string) int {
	if strings.IndexByte(s, '\x1b') >= 0 {
		s = colours.ReplaceAllString(s, "")
	}
	return uniseg.StringWidth(s)
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// wrap breaks a line at spaces to fit a number of columns; 0 = never. A word
// that is longer stands alone.
func wrap(line string, columns int) []string {
	if columns <= 0 || width(line) <= columns {
		return []string{line}
	}
	var out []string
	current := ""
	for word := range strings.FieldsSeq(line) {
		switch {
		case current == "":
			current = word
		case width(current)+1+width(word) > columns:
			out, current = append(out, current), word
		default:
			current += " " + word
		}
	}
	return append(out, current)
}
