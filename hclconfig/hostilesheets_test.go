package hclconfig

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"
)

// sheets are spreadsheets made by hand.
func (k *kindsOf) sheets() {
	cell := func(ref, text string) string {
		return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	head := `<row r="1">` + cell("A1", "id") + cell("B1", "sum") + cell("C1", "token") + cell("D1", "name") + `</row>`
	good := head + `<row r="2">` + cell("A2", "1") + cell("B2", "1.00") + cell("C2", "t") + cell("D2", "A") + `</row>`
	ok := sheetParts(good)
	edit := func(name, old, new string) map[string]string {
		out := map[string]string{}
		for part, text := range ok {
			out[part] = text
		}
		out[name] = strings.Replace(out[name], old, new, 1)
		return out
	}
	without := func(name string) map[string]string {
		out := edit(name, "", "")
		delete(out, name)
		return out
	}
	k.rows("good", "xlsx", zipped(k.t, ok), "")
	for name, text := range map[string]string{
		"row backwards": `<row r="3"/><row r="2"/>`, "row zero": `<row r="0"/>`, "row too far": `<row r="99999999999"/>`, "row of a word": `<row r="x"/>`,
		"cell backwards": `<row r="2">` + cell("B2", "1") + cell("A2", "1") + `</row>`, "cell too far": `<row r="2">` + cell("ZZZZ2", "1") + `</row>`,
		"cell twice": `<row r="2">` + cell("A2", "1") + cell("A2", "2") + `</row>`, "far column": `<row r="2">` + cell("XFD2", "1") + `</row>`,
		"text that is not there": `<row r="2"><c r="A2" t="s"><v>7</v></c></row>`, "text of a negative number": `<row r="2"><c r="A2" t="s"><v>-1</v></c></row>`,
		"text of a word": `<row r="2"><c r="A2" t="s"><v>x</v></c></row>`,
		"entity":         `<row r="2">&bomb;</row>`, "open tag": `<row r="2">`, "crossed tags": `<row r="2"><c></row></c>`,
		"nested tags": strings.Repeat("<a>", 100_000), "long tag": `<row r="2" x="` + strings.Repeat("y", 2<<20) + `"/>`, "long text": `<row r="2"><c r="A2"><v>` + strings.Repeat("1", 2<<20) + `</v></c></row>`,
		"control": "<row r=\"2\">\x01</row>", "bad utf-8": "<row r=\"2\">\xff</row>",
	} {
		k.rows("sheet with a "+name, "xlsx", zipped(k.t, sheetParts(head+text)), "Spreadsheet cannot be read")
	}
	for name, tt := range map[string]struct{ row, want string }{
		"formula":       {`<row r="2"><c r="A2"><f>1+1</f><v>2</v></c>` + cell("B2", "1") + cell("C2", "t") + `</row>`, "Formula"},
		"shared":        {`<row r="2">` + cell("A2", "1") + `<c r="B2"><f t="shared" si="0"/><v>2</v></c>` + cell("C2", "t") + `</row>`, "Formula"},
		"error":         {`<row r="2">` + cell("A2", "1") + `<c r="B2" t="e"><v>#REF!</v></c>` + cell("C2", "t") + `</row>`, "Formula that failed"},
		"long number":   {`<row r="2"><c r="A2"><v>12345678901234567</v></c>` + cell("B2", "1") + cell("C2", "t") + `</row>`, "Rounded number"},
		"exponent":      {`<row r="2">` + cell("A2", "1") + `<c r="B2"><v>1E+999</v></c>` + cell("C2", "t") + `</row>`, "Rounded number"},
		"long digits":   {`<row r="2">` + cell("A2", "1") + `<c r="B2"><v>` + strings.Repeat("9", 100_000) + `</v></c>` + cell("C2", "t") + `</row>`, "Cell too long"},
		"no number":     {`<row r="2">` + cell("A2", "1") + `<c r="B2"><v>abc</v></c>` + cell("C2", "t") + `</row>`, "Rounded number"},
		"hidden":        {`<row r="2" hidden="1">` + cell("A2", "1") + cell("B2", "1") + cell("C2", "t") + `</row>`, "Hidden row"},
		"separator":     {`<row r="2">` + cell("A2", "_x001F_") + cell("B2", "1") + cell("C2", "t") + `</row>`, "Unusable user id"},
		"entity number": {`<row r="2">` + cell("A2", "&#49;") + cell("B2", "1") + cell("C2", "t") + `</row>`, ""},
		"line break":    {`<row r="2">` + cell("A2", "1") + cell("B2", "1") + cell("C2", "t") + cell("D2", "a&#10;b") + `</row>`, "line break"},
		"card":          {`<row r="2">` + cell("A2", "1") + cell("B2", "1") + cell("C2", hostileCard) + `</row>`, "Card number"},
		"far row":       {`<row r="1048576">` + cell("A1048576", "1") + cell("B1048576", "1") + cell("C1048576", "t") + `</row>`, ""},
		"no references": {`<row>` + strings.ReplaceAll(cell("", "1"), ` r=""`, "") + `<c><v>1</v></c>` + strings.ReplaceAll(cell("", "t"), ` r=""`, "") + `</row>`, ""},
		"wide":          {`<row r="2">` + cell("A2", "1") + cell("B2", "1") + cell("C2", "t") + cell("ZZ2", "x") + `</row>`, "Cell without a heading"},
		"long text":     {`<row r="2">` + cell("A2", "1") + cell("B2", "1") + cell("C2", "t") + cell("D2", strings.Repeat("x", MaxCellBytes+1)) + `</row>`, "Cell too long"},
		"no cells":      {strings.Repeat("<row/>", 100_000), "No rows"},
	} {
		k.rows("cell "+name, "xlsx", zipped(k.t, sheetParts(head+tt.row)), tt.want)
	}
	for name, parts := range map[string]map[string]string{
		"without a workbook": without("xl/workbook.xml"), "without relations": without("xl/_rels/workbook.xml.rels"), "without a root": without("_rels/.rels"),
		"without a sheet":     without("xl/worksheets/sheet1.xml"),
		"leading out":         edit("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "../../../../etc/passwd"),
		"leading elsewhere":   edit("xl/_rels/workbook.xml.rels", `Target="worksheets/sheet1.xml"`, `TargetMode="External" Target="https://example.kz/x.xml"`),
		"with a doctype":      edit("xl/worksheets/sheet1.xml", "<worksheet", `<!DOCTYPE x [<!ENTITY a "b">]><worksheet`),
		"in another encoding": edit("xl/worksheets/sheet1.xml", `encoding="UTF-8"`, `encoding="koi8-r"`),
		"of no sheets":        edit("xl/workbook.xml", `<sheet name="S" sheetId="1" r:id="rId1"/>`, ""),
		"of words":            {"readme.txt": "x"},
	} {
		k.rows("workbook "+name, "xlsx", zipped(k.t, parts), "Spreadsheet cannot be read")
	}
	k.rows("bomb", "xlsx", zipped(k.t, sheetParts(head+strings.Repeat(" ", 100<<20))), "Spreadsheet cannot be read")
	k.rows("bomb of texts", "xlsx", zipped(k.t, withTexts(ok, "<sst>"+strings.Repeat("<si><t>x</t></si>", 3_000_000)+"</sst>")), "unpacks to more than")
	k.rows("bomb of one text", "xlsx", zipped(k.t, textBomb(head)), "MiB of text")
	k.rows("cut", "xlsx", zipped(k.t, ok)[:500], "damaged")
	k.rows("flipped", "xlsx", flipped(zipped(k.t, ok)), "Spreadsheet cannot be read")
	k.rows("of another program", "xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected by a password")
	k.rows("text", "xlsx", "id,sum\n", "not the format .xlsx")
	k.rows("empty", "xlsx", "", "not the format .xlsx")
	k.rows("of many parts", "xlsx", "PK"+strings.Repeat("PK\x01\x02", maxSheetParts+1), "too many parts")
	k.rows("part twice", "xlsx", doubleZip(k.t), "twice")
}

func withTexts(ok map[string]string, texts string) map[string]string {
	out := map[string]string{"xl/sharedStrings.xml": texts}
	for part, text := range ok {
		out[part] = text
	}
	out["xl/_rels/workbook.xml.rels"] = strings.Replace(out["xl/_rels/workbook.xml.rels"], "</Relationships>",
		`<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`, 1)
	return out
}

// textBomb is a sheet of many cells with one long text.
func textBomb(head string) map[string]string {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, `<row r="%d"><c t="s"><v>0</v></c></row>`, i+2)
	}
	return withTexts(sheetParts(head+b.String()), "<sst><si><t>"+strings.Repeat("x", 32<<10)+"</t></si></sst>")
}

func sheetParts(rows string) map[string]string {
	const declaration = `<?xml version="1.0" encoding="UTF-8"?>`
	const types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return map[string]string{
		"_rels/.rels":                declaration + `<Relationships><Relationship Id="rId1" Type="` + types + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            declaration + `<workbook xmlns:r="` + types + `"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": declaration + `<Relationships><Relationship Id="rId1" Type="` + types + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   declaration + `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
}

func zipped(t *testing.T, parts map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, name := range sortedKeys(parts) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, parts[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func doubleZip(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for range 2 {
		if _, err := z.Create("xl/workbook.xml"); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// flipped changes a byte of what is packed.
func flipped(data string) string {
	b := []byte(data)
	i := bytes.Index(b, []byte("xl/worksheets/sheet1.xml")) + len("xl/worksheets/sheet1.xml") + 40
	b[i] ^= 0xff
	return string(b)
}

// sealed are encrypted files that are none.
func (k *kindsOf) sealed() {
	for name, tt := range map[string]struct{ text, want string }{
		"empty": {"", "Not encrypted"}, "plain": {"id,sum\n", "Not encrypted"}, "header": {"age-encryption.org/v1\n", "No key for an encrypted file"},
		"stanzas": {"age-encryption.org/v1\n" + strings.Repeat("-> X25519 x\n", 100_000), "No key for an encrypted file"},
	} {
		k.rows(name, "csv.age", tt.text, tt.want)
	}
	k.rows("named plain", "csv", "age-encryption.org/v1\n", "Encrypted file")
}
