package hclconfig

import (
	"bytes"
	"io"
	"strings"
)

// sheetRecords reads the text of a sheet. A row has as many cells as there are
// headings, since a sheet does not write blank ones.
type sheetRecords struct {
	text   []byte
	faults []sheetFault
	width  int // headings; 0 = not known yet
	at     int // of the next line
	number int // of the row at hand
	from   int // of the row at hand
	to     int
	cells  []string
}

// openSheet finds the sheet and makes text of it.
func (p *payoutReader) openSheet(t *table, raw []byte, r *reader) bool {
	if len(raw) > MaxSheetFileBytes {
		p.fail(msgSheet, r.at("path"), t.name, "it is too large; save the sheet as CSV")
		return false
	}
	book, err := openWorkbook(raw)
	if err != nil {
		p.fail(msgSheet, r.at("path"), t.name, err)
		return false
	}
	sheet, ok := p.chooseSheet(book, t, r)
	if !ok {
		return false
	}
	text, faults, err := book.readSheet(sheet, t.options.point)
	if err != nil {
		p.fail(msgSheet, r.at("path"), t.name, err)
		return false
	}
	t.text = text
	t.records = &sheetRecords{text: text, faults: faults}
	return true
}

// readSheet makes text of a sheet.
func (w *workbook) readSheet(part sheetPart, point string) ([]byte, []sheetFault, error) {
	in, err := w.open(part.path, maxSheetPart)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	s := &sheetReader{sheetXML: &sheetXML{decoder: newXML(in)}, book: w, point: point}
	if err := s.read(); err != nil {
		return nil, nil, partError(part.path, err)
	}
	return s.out, s.faults, nil
}

// chooseSheet is the sheet that is named, or the only one that is seen.
func (p *payoutReader) chooseSheet(book *workbook, t *table, r *reader) (sheetPart, bool) {
	wanted := t.options.sheet
	var names []string
	var seen []sheetPart
	for _, s := range book.sheets {
		if s.name == wanted {
			return s, true
		}
		names = append(names, s.name)
		if !s.hidden {
			seen = append(seen, s)
		}
	}
	switch {
	case wanted != "":
		p.fail(msgSheetUnknown, r.at("sheet"), t.name, wanted, suggest(wanted, names), headings(names))
		return sheetPart{}, false
	case len(seen) != 1:
		p.fail(msgSheetChoice, r.at("path"), t.name, headings(names), p.inRows(setting{"sheet", `"NAME"`}))
		return sheetPart{}, false
	}
	return seen[0], true
}

func (s *sheetRecords) next() (record, error) {
	for s.at < len(s.text) {
		line, _, _ := bytes.Cut(s.text[s.at:], []byte("\n"))
		s.from, s.to = s.at, s.at+len(line)
		s.at = s.to + 1
		s.number++
		faults := s.takeFaults()
		if len(line) > 0 {
			return record{cells: s.split(string(line)), line: s.number, faults: faults}, nil
		}
	}
	return record{}, io.EOF
}

func (s *sheetRecords) split(line string) []string {
	s.cells = s.cells[:0]
	for cell := range strings.SplitSeq(line, string(rune(cellEnd))) {
		s.cells = append(s.cells, strings.ReplaceAll(cell, string(rune(lineInCell)), "\n"))
	}
	for len(s.cells) < s.width {
		s.cells = append(s.cells, "")
	}
	return s.cells
}

// takeFaults are the faults of the row at hand.
func (s *sheetRecords) takeFaults() []cellFault {
	var out []cellFault
	for len(s.faults) > 0 && int(s.faults[0].line) == s.number {
		f := s.faults[0]
		s.faults = s.faults[1:]
		out = append(out, cellFault{column: int(f.column), message: sheetFaults[f.kind]})
	}
	return out
}

// place finds a cell by counting what stands between cells; blank ones at the
// end of a row are not written.
func (s *sheetRecords) place(column int) (from, to int) {
	if column < 0 {
		return s.from, s.to
	}
	from = s.from
	for ; column > 0 && from < s.to; column-- {
		end := bytes.IndexByte(s.text[from:s.to], cellEnd)
		if end < 0 {
			return s.to, s.to
		}
		from += end + 1
	}
	to = s.to
	if end := bytes.IndexByte(s.text[from:s.to], cellEnd); end >= 0 {
		to = from + end
	}
	return from, to
}

// countSheet counts the rows below the headings that are not blank.
func countSheet(text []byte, headerRow int) int {
	n, number := 0, 0
	for line := range bytes.Lines(text) {
		if number++; number > headerRow && len(line) > 1 {
			n++
		}
	}
	return n
}
