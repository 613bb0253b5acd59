package hclconfig

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// csvRecords reads text with delimiters.
type csvRecords struct {
	text   []byte
	comma  rune
	reader *csv.Reader
	start  int // offset at which the row at hand, or blank lines before it, begin
}

func newCSVRecords(text []byte, comma rune) *csvRecords {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = comma
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return &csvRecords{text: text, comma: comma, reader: r}
}

func (c *csvRecords) next() (record, error) {
	c.start = int(c.reader.InputOffset())
	cells, err := c.reader.Read()
	if err != nil {
		return record{}, err
	}
	line, _ := c.reader.FieldPos(0)
	return record{cells: cells, line: line}, nil
}

func (c *csvRecords) place(column int) (from, to int) {
	if column < 0 {
		return bytes.LastIndexByte(c.text[:c.offset(0)], '\n') + 1, int(c.reader.InputOffset())
	}
	return c.offset(column), c.cellEnd(column)
}

// offset is where a cell of the row at hand begins in the text, at its
// quotation mark where it has one.
func (c *csvRecords) offset(column int) int {
	line, col := c.reader.FieldPos(column)
	at := c.start
	for n := bytes.Count(c.text[:at], []byte("\n")) + 1; n < line; n++ {
		at += bytes.IndexByte(c.text[at:], '\n') + 1
	}
	return at + col - 1
}

// cellEnd is where a cell ends: behind its quotation mark, or at the delimiter
// or line end that follows it.
func (c *csvRecords) cellEnd(column int) int {
	from := c.offset(column)
	rest := c.text[from:int(c.reader.InputOffset())]
	if len(rest) == 0 || rest[0] != '"' {
		if end := bytes.IndexAny(rest, string(c.comma)+"\r\n"); end >= 0 {
			return from + end
		}
		return from + len(rest)
	}
	for i := 1; i < len(rest); i++ {
		if rest[i] != '"' {
			continue
		}
		if i+1 == len(rest) || rest[i+1] != '"' {
			return from + i + 1
		}
		i++
	}
	return from + len(rest)
}

// countCSV counts the rows below the headings, so that the last ones can be
// told from the others, and so that memory is asked for once.
func (p *payoutReader) countCSV(t *table) (below int, ok bool) {
	reader := newCSVRecords(t.text, t.options.delimiter)
	for {
		r, err := reader.next()
		if err == io.EOF {
			return below, true
		}
		if err != nil {
			t.start = lineOffset(t.text, err)
			p.fail(msgRowSyntax, t.here(), t.name, rowSyntax(err))
			return 0, false
		}
		if r.line > t.options.headerRow {
			below++
		}
		if below > MaxRows {
			p.fail(msgRowsTooMany, t.rangeOf(0, 0), t.name, MaxRows)
			return 0, false
		}
	}
}

// lineOffset is where the record that could not be read begins.
func lineOffset(text []byte, err error) int {
	line := math.MaxInt
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		line = parse.StartLine
	}
	at := 0
	for n := 1; n < line; n++ {
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return at
}

// runTogether names the delimiter that a file seems to have instead of the
// expected one: its headings are one cell.
func runTogether(cells []string, expected rune) string {
	if len(cells) != 1 {
		return ""
	}
	for _, d := range []string{";", "\t", "|", ","} {
		if d != string(expected) && strings.Contains(cells[0], d) {
			return d
		}
	}
	return ""
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

// delimiter reads the delimiter of a format.
func (r *reader) delimiter(format string) rune {
	fallback := ','
	if format == "tsv" {
		fallback = '\t'
	}
	text, ok := r.text("delimiter")
	if !ok {
		return fallback
	}
	d, size := utf8.DecodeRuneInString(text)
	if size == 0 || size != len(text) || strings.ContainsRune("\"\r\n\ufeff", d) || d == utf8.RuneError || d == 0 {
		r.fail(msgDelimiter, r.at("delimiter"))
		return fallback
	}
	return d
}
