package hclconfig

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The text of a sheet has one line for every row and these characters, which
// XML cannot hold, between cells and for line ends inside of them.
const (
	cellEnd    = 0x1f
	lineInCell = 0x1e
)

// Bounds of a sheet's own references (ECMA-376 has no more rows and columns).
const maxSheetRow, maxSheetColumn = 1 << 20, 1 << 14

// xmlKind is what sheetXML met.
type xmlKind int

const (
	xmlEnd xmlKind = iota
	xmlOpen
	xmlClose
	xmlText
	xmlOther
)

// sheetXML walks over the tags of a part.
type sheetXML struct {
	decoder *xml.Decoder
	name    string // of the tag that was opened or closed
	attrs   []xml.Attr
	data    []byte // of a text
	stack   []string
	text    bytes.Buffer
}

func (x *sheetXML) next() (xmlKind, error) {
	token, err := x.decoder.RawToken()
	if err == io.EOF && len(x.stack) == 0 {
		return xmlEnd, nil
	}
	if err != nil {
		return xmlOther, err
	}
	switch t := token.(type) {
	case xml.StartElement:
		x.name, x.attrs = t.Name.Local, t.Attr
		x.stack = append(x.stack, x.name)
		if len(x.stack) > MaxNesting {
			return xmlOther, sheetProblem("it is nested too deep")
		}
		return xmlOpen, nil
	case xml.EndElement:
		x.name = t.Name.Local
		if len(x.stack) == 0 || x.stack[len(x.stack)-1] != x.name {
			return xmlOther, sheetProblem("its tags do not fit together")
		}
		x.stack = x.stack[:len(x.stack)-1]
		return xmlClose, nil
	case xml.CharData:
		x.data = t
		return xmlText, nil
	case xml.Directive:
		return xmlOther, sheetProblem("it has declarations of its own")
	}
	return xmlOther, nil
}

// inText says whether a text belongs to the cell: how it is pronounced does not.
func (x *sheetXML) inText() bool {
	n := len(x.stack)
	return n > 1 && x.stack[n-1] == "t" && x.stack[n-2] != "rPh"
}

func (x *sheetXML) attr(name string) string {
	for _, a := range x.attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// sheetProblem is what is wrong with a part, in words of ours.
type sheetProblem string

func (p sheetProblem) Error() string { return string(p) }

// sheetReader turns a sheet into text.
type sheetReader struct {
	*sheetXML
	book   *workbook
	point  string // decimal_separator
	out    []byte
	faults []sheetFault

	row, column int // at hand, from 1
	cells       int // written in the row
	kind, style string
	value       bytes.Buffer
	formula     bytes.Buffer
	hasFormula  bool
}

// sheetFault is a cell with a fault, small, since every cell may have one.
type sheetFault struct {
	line   int32
	column int16 // -1 = the row
	kind   sheetFaultKind
}

type sheetFaultKind byte

const (
	faultHidden sheetFaultKind = iota
	faultDate
	faultZeros
	faultDigits
)

var sheetFaults = map[sheetFaultKind]message{
	faultHidden: msgRowHidden, faultDate: msgCellDate, faultZeros: msgCellZeros, faultDigits: msgCellDigits,
}

// read reads a sheet to its end.
func (s *sheetReader) read() error {
	for {
		kind, err := s.next()
		switch {
		case err != nil:
			return err
		case kind == xmlEnd:
			return nil
		case kind == xmlOpen:
			err = s.open()
		case kind == xmlClose:
			err = s.close()
		case kind == xmlText && s.inCell():
			s.take()
		}
		if err != nil {
			return err
		}
	}
}

// inCell says whether the tag at hand is inside of a cell: other parts of a
// sheet have formulas as well.
func (s *sheetReader) inCell() bool {
	return len(s.stack) > 4 && s.stack[1] == "sheetData" && s.stack[3] == "c"
}

func (s *sheetReader) take() {
	switch s.stack[len(s.stack)-1] {
	case "v":
		s.value.Write(s.data)
	case "f":
		s.formula.Write(s.data)
	case "t":
		if s.inText() {
			s.value.Write(s.data)
		}
	}
}

func (s *sheetReader) open() error {
	switch {
	case s.name == "row" && len(s.stack) == 3 && s.stack[1] == "sheetData":
		return s.openRow()
	case s.name == "c" && len(s.stack) == 4 && s.stack[1] == "sheetData":
		return s.openCell()
	case s.name == "f" && s.inCell():
		s.hasFormula = true
	}
	return nil
}

func (s *sheetReader) close() error {
	switch {
	case s.name == "row" && len(s.stack) == 2 && s.stack[1] == "sheetData":
		s.out = append(s.out, '\n')
	case s.name == "c" && len(s.stack) == 3 && s.stack[1] == "sheetData":
		return s.closeCell()
	}
	return nil
}

func (s *sheetReader) openRow() error {
	number := s.row + 1
	if r := s.attr("r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n <= s.row || n > maxSheetRow {
			return sheetProblem(fmt.Sprintf("row %q stands in the wrong place", r))
		}
		number = n
	}
	for s.row++; s.row < number; s.row++ {
		s.out = append(s.out, '\n')
	}
	s.column, s.cells = 0, 0
	if hidden := s.attr("hidden"); hidden == "1" || hidden == "true" {
		s.fault(-1, faultHidden)
	}
	if len(s.out) > maxSheetText {
		return sheetProblem(fmt.Sprintf("its cells have more than %d MiB of text", maxSheetText>>20))
	}
	return nil
}

func (s *sheetReader) fault(column int, kind sheetFaultKind) {
	s.faults = append(s.faults, sheetFault{line: int32(s.row), column: int16(column), kind: kind})
}

func (s *sheetReader) openCell() error {
	s.column++
	if ref := s.attr("r"); ref != "" {
		column, ok := columnOf(ref)
		if !ok || column < s.column {
			return sheetProblem(fmt.Sprintf("cell %q stands in the wrong place", ref))
		}
		s.column = column
	}
	s.kind, s.style = s.attr("t"), s.attr("s")
	s.value.Reset()
	s.formula.Reset()
	s.hasFormula = false
	return nil
}

// columnOf is the column of a reference such as AB12, from 1.
func columnOf(ref string) (int, bool) {
	letters := strings.TrimRight(ref, "0123456789")
	column := 0
	for _, r := range letters {
		if r < 'A' || r > 'Z' || column > maxSheetColumn {
			return 0, false
		}
		column = 26*column + int(r-'A') + 1
	}
	return column, column > 0 && column <= maxSheetColumn
}

// columnName is the letters of a column, from 0.
func columnName(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

func (s *sheetReader) closeCell() error {
	text, err := s.cellText()
	if err != nil || text == "" {
		return err
	}
	if s.column > MaxColumns {
		return sheetProblem(fmt.Sprintf("it has a cell in column %s; at most %d columns are read", columnName(s.column-1), MaxColumns))
	}
	for ; s.cells < s.column-1; s.cells++ {
		s.out = append(s.out, cellEnd)
	}
	s.out = append(s.out, strings.ReplaceAll(text, "\n", string(rune(lineInCell)))...)
	if len(s.out) > maxSheetText {
		return sheetProblem(fmt.Sprintf("its cells have more than %d MiB of text", maxSheetText>>20))
	}
	return nil
}

// cellText is what the cell at hand holds. A formula is itself, so that its
// stale result is never taken for a value.
func (s *sheetReader) cellText() (string, error) {
	value := s.value.String()
	switch {
	case s.hasFormula:
		return "=" + s.formula.String(), nil
	case value == "":
		return "", nil
	}
	switch s.kind {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(s.book.strings) {
			return "", sheetProblem(fmt.Sprintf("it has no text of the number %q", value))
		}
		return sheetEscapes.Replace(s.book.strings[i]), nil
	case "b":
		return map[string]string{"0": "false", "1": "true"}[value], nil
	case "", "n":
		return s.number(value), nil
	}
	return sheetEscapes.Replace(value), nil // a text, a date as text, or the word of an error
}

// sheetEscapes are what a sheet writes for characters that XML changes, and for
// an underscore that would look so (ECMA-376, Part 1, 22.9.2.19). Others stay
// as they are written: no text for people has them.
var sheetEscapes = strings.NewReplacer("_x000D_", "\r", "_x000d_", "\r", "_x000A_", "\n", "_x000a_", "\n", "_x0009_", "\t", "_x005F_", "_", "_x005f_", "_")

func (s *sheetReader) number(value string) string {
	text, exact := enteredNumber(value)
	if !exact {
		s.fault(s.column-1, faultDigits)
	}
	if style, err := strconv.Atoi(s.style); err == nil && style >= 0 && style < len(s.book.formats) {
		switch s.book.formats[style] {
		case formatDate:
			s.fault(s.column-1, faultDate)
		case formatZeros:
			s.fault(s.column-1, faultZeros)
		}
	}
	// As the other cells of the column are written, and as the sheet shows it.
	return strings.Replace(text, ".", s.point, 1)
}
