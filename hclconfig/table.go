package hclconfig

import (
	"bytes"
	"io"
	"strconv"

	"github.com/hashicorp/hcl/v2"
)

// table is a row file that is being read. Its text is in memory as UTF-8 while
// it is read; a row's cells are valid until the next one.
type table struct {
	name    string
	text    []byte // what places point into and snippets show
	options rowsOptions
	records records
	header  []string
	index   map[string]int // heading -> column
	exempt  map[int]bool   // columns that may look like card numbers
	secret  []int          // columns of card tokens
	total   int            // data rows
	read    int            // data rows so far
	record
	start int // offset at which the row that could not be read begins

	shown []span // rows that diagnostics point into
}

// records are the rows of a file in whatever format.
type records interface {
	// next reads a row, or returns io.EOF after the last one. A *brokenRow says
	// that this row has no cells and the next one can be read; after any other
	// error nothing can.
	next() (record, error)
	// place is where a cell of the row at hand stands in the text; column -1 is
	// the whole row.
	place(column int) (from, to int)
}

// record is a row as it was read.
type record struct {
	cells  []string
	line   int         // from 1
	faults []cellFault // by column
}

// cellFault is what is wrong with a cell itself, whatever its text is for. It
// is a problem where the cell is used.
type cellFault struct {
	column int // -1 = the whole row
	message
	args []any
}

// brokenRow is a row without cells.
type brokenRow struct {
	message
	kind     string // rows with one kind of problem are one diagnostic
	args     []any
	line     int
	from, to int // what is wrong, in the text
}

func (b *brokenRow) Error() string { return b.summary }

// span is a part of the text, with the parts of it that are secret.
type span struct {
	from, to int
	secrets  [][2]int
}

// next reads a data row, or returns io.EOF after the last one that counts.
func (t *table) next() error {
	if t.read == t.total {
		return io.EOF
	}
	r, err := t.records.next()
	t.record = r
	t.read++
	return err
}

// reference is how an expression refers to a column.
func (t *table) reference(column int) string {
	heading := t.header[column]
	if isIdentifier(heading) {
		return "row." + heading
	}
	return "row[" + strconv.Quote(heading) + "]"
}

// rowWord is what a row is called where people look it up.
func (t *table) rowWord() string {
	if t.options.format == "xlsx" {
		return "row"
	}
	return "line"
}

// last says whether the row at hand is the last one.
func (t *table) last() bool { return t.read == t.total }

// cell is the place of a cell of the row at hand; it makes the row part of
// what a snippet may show.
func (t *table) cell(column int) hcl.Range {
	from, to := t.records.place(min(column, len(t.cells)-1))
	t.show()
	return t.rangeOf(from, min(to, len(t.text)))
}

func (t *table) rangeOf(from, to int) hcl.Range {
	return hcl.Range{Filename: t.name, Start: posAt(t.text, from), End: posAt(t.text, to)}
}

// here is the place that reading has come to; the text around it is not shown,
// since it could not be told apart into cells.
func (t *table) here() hcl.Range {
	at := min(max(t.start, 0), len(t.text))
	for at < len(t.text) && (t.text[at] == '\n' || t.text[at] == '\r') {
		at++
	}
	return t.rangeOf(at, at)
}

// show lets snippets show the row at hand, without its card tokens.
func (t *table) show() {
	s := span{}
	s.from, s.to = t.records.place(-1)
	for _, column := range t.secret {
		if column >= len(t.cells) {
			continue
		}
		from, end := t.records.place(column)
		if column+1 < len(t.cells) {
			// Up to the next cell: the text of a cell may be longer than the cell.
			next, _ := t.records.place(column + 1)
			end = max(end, next-1)
		} else {
			end = s.to
		}
		end = from + len(bytes.TrimRight(t.text[from:min(end, s.to)], "\r\n"))
		s.secrets = append(s.secrets, [2]int{from, end})
	}
	t.shown = append(t.shown, t.maskEscaped(s))
}

// maskEscaped masks the cells that hold a secret, whatever the file writes in
// place of its characters.
func (t *table) maskEscaped(s span) span {
	for column, cell := range t.cells {
		if len(cell) >= shortestCard && scrub(cell) != cell {
			from, to := t.records.place(column)
			s.secrets = append(s.secrets, [2]int{from, min(to, s.to)})
		}
	}
	return s
}

// snippet is the text of the file with every row blank that is not shown, so
// that positions stay right and nothing else is seen.
func (t *table) snippet() []byte {
	out := make([]byte, len(t.text))
	for i, b := range t.text {
		out[i] = ' '
		if b == '\n' || b == '\r' {
			out[i] = b
		}
	}
	for _, s := range t.shown {
		copy(out[s.from:s.to], t.text[s.from:s.to])
		for _, at := range s.secrets {
			maskBytes(out, at[0], at[1])
		}
		for i := s.from; i < s.to; i++ {
			out[i] = seen(out[i])
		}
	}
	return out
}

// seen is a byte as people see it: what stands between the cells of a sheet is
// no character of its own.
func seen(b byte) byte {
	switch b {
	case cellEnd:
		return '|'
	case lineInCell:
		return ' '
	}
	return b
}
