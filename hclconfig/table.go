package hclconfig

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// table is a row file that is being read. Its text is in memory as UTF-8 while
// it is read; a row's cells are valid until the next one.
type table struct {
	name    string
	text    []byte
	options rowsOptions
	reader  *csv.Reader
	header  []string
	index   map[string]int // heading -> column
	exempt  map[int]bool   // columns that may look like card numbers
	secret  []int          // columns of card tokens
	total   int            // data rows
	read    int            // data rows so far
	cells   []string
	start   int // offset at which the row at hand, or blank lines before it, begin

	shown []span // rows that diagnostics point into
}

// span is a part of the text, with the parts of it that are secret.
type span struct {
	from, to int
	secrets  [][2]int
}

// newReader reads the text from its beginning.
func (t *table) newReader() *csv.Reader {
	r := csv.NewReader(bytes.NewReader(t.text))
	r.Comma = t.options.delimiter
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return r
}

// next reads a data row, or returns io.EOF after the last one that counts.
func (t *table) next() error {
	if t.read == t.total {
		return io.EOF
	}
	t.start = int(t.reader.InputOffset())
	cells, err := t.reader.Read()
	if err != nil {
		return err
	}
	t.cells = cells
	t.read++
	return nil
}

// last says whether the row at hand is the last one.
func (t *table) last() bool { return t.read == t.total }

// line is the line of the row at hand, from 1.
func (t *table) line() int {
	line, _ := t.reader.FieldPos(0)
	return line
}

// offset is where a cell of the row at hand begins in the text.
func (t *table) offset(column int) int {
	line, col := t.reader.FieldPos(column)
	at := t.start
	for n := bytes.Count(t.text[:at], []byte("\n")) + 1; n < line; n++ {
		at += bytes.IndexByte(t.text[at:], '\n') + 1
	}
	return at + col - 1
}

// cell is the place of a cell of the row at hand; it makes the row part of
// what a snippet may show.
func (t *table) cell(column int) hcl.Range {
	column = min(column, len(t.cells)-1)
	from := t.offset(column)
	to := min(from+len(t.cells[column]), len(t.text))
	t.show()
	return t.rangeOf(from, to)
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
	s := span{from: t.offset(0), to: int(t.reader.InputOffset())}
	s.from = bytes.LastIndexByte(t.text[:s.from], '\n') + 1
	for _, column := range t.secret {
		if column >= len(t.cells) {
			continue
		}
		from, end := t.offset(column), s.to
		if column+1 < len(t.cells) {
			end = t.offset(column+1) - utf8.RuneLen(t.options.delimiter)
		}
		end = from + len(bytes.TrimRight(t.text[from:end], "\r\n"))
		s.secrets = append(s.secrets, [2]int{from, end})
	}
	t.shown = append(t.shown, s)
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
	}
	return out
}

// rowSyntax says in words of ours what is wrong with a row.
func rowSyntax(err error) string {
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return `a quotation mark stands inside of a cell; write the cell in quotation marks and double the one inside: "a ""b"" c"`
	case errors.Is(err, csv.ErrQuote):
		return `a cell in quotation marks does not end with one, or goes on after it; double a quotation mark inside of a cell: "a ""b"" c"`
	}
	return strings.TrimPrefix(err.Error(), "csv: ")
}
