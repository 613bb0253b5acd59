package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// sealVerb encrypts a file for a key that it makes: seal FILE KEYFILE. It writes
// FILE.age and removes FILE.
func sealVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: seal FILE KEYFILE")
	}
	id, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(id.String()+"\n"), 0o600))
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	ts.Check(err)
	_, err = w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".age"), sealed.Bytes(), 0o600))
	ts.Check(os.Remove(ts.MkAbs(args[0])))
}

// sheetVerb makes a spreadsheet of a CSV file: sheet CSV XLSX.
func sheetVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sheet CSV XLSX")
	}
	data, err := makeSheet(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

// makeSheet makes a spreadsheet of CSV. A cell is a text, unless it begins with
// n: (number), d: (number that is shown as a date) or f: (formula); a row whose
// first cell begins with h: is hidden. A row of one cell that begins with
// sheet: begins another sheet.
func makeSheet(text string) ([]byte, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	file, sheet, y := excelize.NewFile(), "Sheet1", 0
	for _, row := range rows {
		if name, ok := strings.CutPrefix(row[0], "sheet:"); ok {
			_, wrong := file.NewSheet(name)
			err = errors.Join(err, wrong)
			sheet, y = name, 0
			continue
		}
		y++
		first, hidden := strings.CutPrefix(row[0], "h:")
		row[0] = first
		for x, cell := range row {
			err = errors.Join(err, setCell(file, sheet, [2]int{x + 1, y}, cell))
		}
		if hidden {
			err = errors.Join(err, file.SetRowVisible(sheet, y, false))
		}
	}
	var b bytes.Buffer
	err = errors.Join(err, file.Write(&b), file.Close())
	return b.Bytes(), err
}

func setCell(file *excelize.File, sheet string, at [2]int, text string) error {
	name, err := excelize.CoordinatesToCellName(at[0], at[1])
	if err != nil {
		return err
	}
	kind, value, ok := strings.Cut(text, ":")
	if !ok || len(kind) != 1 {
		kind, value = "", text
	}
	switch kind {
	case "f":
		return file.SetCellFormula(sheet, name, value)
	case "n", "d":
		number, wrong := strconv.ParseFloat(value, 64)
		err = errors.Join(wrong, file.SetCellFloat(sheet, name, number, -1, 64))
	default:
		return file.SetCellStr(sheet, name, value)
	}
	if kind == "d" {
		format := `dd\.mm\.yyyy`
		style, wrong := file.NewStyle(&excelize.Style{CustomNumFmt: &format})
		err = errors.Join(err, wrong, file.SetCellStyle(sheet, name, name, style))
	}
	return err
}
