package main

import (
	"bytes"
	"encoding/csv"
	"os"

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

// sheetVerb makes a spreadsheet of a CSV file, every cell a text: sheet CSV XLSX.
func sheetVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sheet CSV XLSX")
	}
	rows, err := csv.NewReader(bytes.NewReader([]byte(ts.ReadFile(args[0])))).ReadAll()
	ts.Check(err)
	file := excelize.NewFile()
	for y, row := range rows {
		for x, cell := range row {
			name, err := excelize.CoordinatesToCellName(x+1, y+1)
			ts.Check(err)
			ts.Check(file.SetCellStr("Sheet1", name, cell))
		}
	}
	ts.Check(file.SaveAs(ts.MkAbs(args[1])))
	ts.Check(file.Close())
}
