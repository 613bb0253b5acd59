package hclconfig

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/xuri/excelize/v2"
)

// sheetFile makes a spreadsheet of a text: a line for every row, cells between
// bars. A cell is a text, unless it begins with n: (number), d: (number shown
// as a date), z: (number shown with zeros in front), f: (formula) or b: (true
// or false). A line that begins with "hidden " is a hidden row, and one that
// begins with "sheet " or "hidden sheet " is the name of the next sheet.
// Trimmed spaces make the text readable.
func sheetFile(tb testing.TB, text string) []byte {
	tb.Helper()
	w := &sheetWriter{tb: tb, file: excelize.NewFile(), sheet: "Sheet1"}
	defer w.file.Close()
	for line := range strings.Lines(text) {
		w.line(strings.TrimSuffix(line, "\n"))
	}
	var b bytes.Buffer
	w.must(w.file.Write(&b))
	return b.Bytes()
}

type sheetWriter struct {
	tb    testing.TB
	file  *excelize.File
	sheet string
	row   int
}

func (w *sheetWriter) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *sheetWriter) line(line string) {
	rest, hidden := strings.CutPrefix(line, "hidden ")
	if name, ok := strings.CutPrefix(rest, "sheet "); ok {
		w.newSheet(name, hidden)
		return
	}
	w.row++
	if strings.TrimSpace(rest) == "" {
		return
	}
	for i, cell := range strings.Split(rest, "|") {
		name, err := excelize.CoordinatesToCellName(i+1, w.row)
		w.must(err)
		w.cell(name, strings.TrimSpace(cell))
	}
	if hidden {
		w.must(w.file.SetRowVisible(w.sheet, w.row, false))
	}
}

func (w *sheetWriter) newSheet(name string, hidden bool) {
	if w.row == 0 && w.sheet == "Sheet1" {
		w.must(w.file.SetSheetName("Sheet1", name))
	} else {
		_, err := w.file.NewSheet(name)
		w.must(err)
	}
	w.sheet, w.row = name, 0
	w.must(w.file.SetSheetVisible(name, !hidden))
}

func (w *sheetWriter) cell(name, text string) {
	kind, value, found := strings.Cut(text, ":")
	if !found || len(kind) != 1 {
		kind, value = "", text
	}
	format := ""
	switch kind {
	case "":
		if value != "" {
			w.must(w.file.SetCellStr(w.sheet, name, strings.ReplaceAll(value, `\n`, "\n")))
		}
		return
	case "f":
		w.must(w.file.SetCellFormula(w.sheet, name, value))
		return
	case "b":
		w.must(w.file.SetCellBool(w.sheet, name, value == "true"))
		return
	case "d":
		format = `dd\.mm\.yyyy`
	case "z":
		format = "00000"
	case "n":
	}
	number, err := strconv.ParseFloat(value, 64)
	w.must(err)
	w.must(w.file.SetCellFloat(w.sheet, name, number, -1, 64))
	if format != "" {
		style, err := w.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
		w.must(err)
		w.must(w.file.SetCellStyle(w.sheet, name, name, style))
	}
}

func encryptFor(tb testing.TB, data []byte, to ...age.Recipient) []byte {
	tb.Helper()
	var b bytes.Buffer
	in, err := age.Encrypt(&b, to...)
	if err == nil {
		_, err = in.Write(data)
	}
	if err == nil {
		err = in.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
