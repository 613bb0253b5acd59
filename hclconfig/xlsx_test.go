package hclconfig

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func TestEnteredNumber(t *testing.T) {
	for raw, want := range map[string]string{
		"0": "0", "42": "42", "-5": "-5", "1234.56": "1234.56", "1234.5600": "1234.56", "10.0": "10",
		"1234.5599999999999": "1234.56", "1.1000000000000001": "1.1", "0.10000000000000001": "0.1",
		"7.61E+11": "761000000000", "1E-4": "0.0001", "999999999999999": "999999999999999", "0.000012": "0.000012",
		// Digits that the sheet has lost, or that nobody entered.
		"1234567890123456": "", "4400430212345670": "", "1.2345678901234568E+19": "", "0.30000000000000004": "",
		"1234.5600000000001": "", "1E+300": "", "1E-300": "", "1E+999": "", "": "", "x": "", "1,5": "", "NaN": "", "Infinity": "", "0x10": "", "1_000": "",
	} {
		got, ok := enteredNumber(raw)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q %v, want %q", raw, got, ok, want)
		}
	}
}

// TestEnteredNumberExact says that a number comes back as it was entered,
// whatever its writer makes of its binary form.
func TestEnteredNumberExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entered := strconv.FormatInt(rapid.Int64Range(1, 999_999_999).Draw(t, "whole"), 10) +
			rapid.SampledFrom([]string{"", ".1", ".5", ".25", ".07", ".99", ".000123"}).Draw(t, "fraction")
		kept, _, err := big.ParseFloat(entered, 10, sheetBits, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		for _, digits := range []int{17, 16, -1} {
			if got, ok := enteredNumber(kept.Text('g', digits)); digits != 16 && (!ok || got != entered) {
				t.Fatalf("%s as %s became %s, %v", entered, kept.Text('g', digits), got, ok)
			}
		}
	})
}

func TestFormats(t *testing.T) {
	for code, want := range map[string]formatKind{
		"General": formatPlain, "0.00": formatPlain, "# ##0.00": formatPlain, "@": formatPlain, "": formatPlain,
		`#,##0.00\ "тенге"`: formatPlain, `_-* #,##0.00\ _₽_-`: formatPlain, `[Red]0.00`: formatPlain, `0.00E+00`: formatPlain,
		`#,##0.00 [$KZT]`: formatPlain, `[$-419]General`: formatPlain, `0 "days"`: formatPlain,
		"dd.mm.yyyy": formatDate, "[$-419]d mmm yyyy;@": formatDate, "h:mm": formatDate, "[h]:mm": formatDate, "yyyy": formatDate,
		"00000": formatZeros, "00": formatZeros, "0": formatPlain,
	} {
		if got := kindOf(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}

func TestColumns(t *testing.T) {
	for column, name := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := columnName(column); got != name {
			t.Errorf("%d: %s, want %s", column, got, name)
		}
		if got, ok := columnOf(name + "7"); !ok || got != column+1 {
			t.Errorf("%s: %d %v", name, got, ok)
		}
	}
	for _, ref := range []string{"", "7", "a1", "XFE1", "AAAAAAAAAA1", "Ж1"} {
		if got, ok := columnOf(ref); ok {
			t.Errorf("%q is column %d", ref, got)
		}
	}
}

// TestSheetsAgree says that a sheet is read as another program reads it.
func TestSheetsAgree(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "a", "Итого", "x\ny", " lead", "<&>\"'", "1 200,50", "00012", "=x", "é", "тенге ₸"})
	rapid.Check(t, func(t *rapid.T) {
		var want [][]string
		file := excelize.NewFile()
		defer file.Close()
		for y := range rapid.IntRange(1, 8).Draw(t, "rows") {
			row := rapid.SliceOfN(word, 0, 5).Draw(t, "row")
			for x, cell := range row {
				name, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err == nil {
					err = file.SetCellStr("Sheet1", name, cell)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for len(row) > 0 && row[len(row)-1] == "" {
				row = row[:len(row)-1]
			}
			if len(row) > 0 {
				want = append(want, row)
			}
		}
		var b bytes.Buffer
		if err := file.Write(&b); err != nil {
			t.Fatal(err)
		}
		book, err := openWorkbook(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		text, faults, err := book.readSheet(book.sheets[0], ".")
		if err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
		records := &sheetRecords{text: text}
		for _, row := range want {
			r, err := records.next()
			if err != nil || !slices.Equal(r.cells, row) {
				t.Fatalf("%q, %v; want %q", r.cells, err, row)
			}
			for column, cell := range row {
				if from, to := records.place(column); to-from != len(cell) {
					t.Fatalf("%q stands at %d to %d", cell, from, to)
				}
			}
		}
		if r, err := records.next(); err == nil {
			t.Fatalf("%q is one row too many", r.cells)
		}
	})
}

func TestSheetEscapes(t *testing.T) {
	for text, want := range map[string]string{"a_x000D_b": "a\rb", "_x005F_x000D_": "_x000D_", "_x001F_": "_x001F_", "_x_": "_x_"} {
		if got := sheetEscapes.Replace(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
