package hclconfig

import (
	"fmt"
	"strings"
)

// csv are tables that are none.
func (k *kindsOf) csv() {
	head := "id,sum,token,name\n"
	for name, tt := range map[string]struct{ text, want string }{
		"empty":                {"", "Empty file"},
		"line ends":            {strings.Repeat("\n", 100_000), "No rows"},
		"open quote":           {head + `1,1,t,"` + strings.Repeat("x\n", 100_000), "quotation mark"},
		"quote in a cell":      {head + "1,1,t,a\"b\n", "quotation mark"},
		"quotes":               {head + strings.Repeat(`"`, 100_001), "quotation mark"},
		"long cell":            {head + "1,1,t," + strings.Repeat("x", MaxCellBytes+1) + "\n", "Cell too long"},
		"long label":           {head + "1,1,t," + strings.Repeat("x", MaxCellBytes) + "\n", "at most 80"},
		"long key":             {head + strings.Repeat("x", 2000) + ",1,t,A\n", "the key has"},
		"long amount":          {head + "1," + strings.Repeat("9", 10_000) + ",t,A\n", "too large"},
		"long user id":         {head + strings.Repeat("9", 200) + ",1,t,A\n", "user id"},
		"long token":           {head + "1,1," + strings.Repeat("t", 1000) + ",A\n", "characters, at most"},
		"many columns":         {strings.Repeat("c,", MaxColumns+1) + "\n1\n", "too many columns"},
		"many cells":           {head + strings.Repeat("1,", 100_000) + "\n", "another width"},
		"one heading for all":  {"id,id,id,id\n1,1,t,A\n", "Heading repeated"},
		"blank headings":       {",,,\n1,1,t,A\n", "No such columns"},
		"blank rows":           {head + strings.Repeat(",,,\n", 10_000), "Blank key"},
		"one key for all":      {head + strings.Repeat("1,1,t,A\n", 50_000), "Key used twice"},
		"every row is wrong":   {head + manyRows(50_000, "%d,x,!,A\n"), "The same in"},
		"every row another":    {head + manyRows(5_000, "%[1]d,%[1]d.%[1]d999,t,A\n"), "The same in"},
		"formula":              {head + "1,1,t,=cmd|'/c calc'!A0\n", "Formula"},
		"formula of a key":     {head + "@SUM(1),1,t,A\n", "Formula"},
		"html":                 {head + "1,1,tttt,<script>alert(1)</script>\n", ""},
		"terminal":             {head + "1,1,t,\x1b[31mred\n", "Control character"},
		"template":             {head + "1,1,tttt,${file(/etc/passwd)}\n", ""},
		"negative":             {head + "1,-1,t,A\n", "a sign is not allowed"},
		"hex":                  {head + "1,0x10,t,A\n", "Unusable amount"},
		"infinite":             {head + "1,Infinity,t,A\n", "Unusable amount"},
		"digits of a script":   {head + "1,١٢٣,t,A\n", "Unusable amount"},
		"wide digits":          {head + "1,１２,t,A\n", "Unusable amount"},
		"composed and not":     {head + "e\u0301,1,t,A\n\u00e9,1,t,A\n", "Unusable user id"},
		"merge mark":           {head + "<<<<<<< HEAD\n1,1,t,A\n", "Two people changed this file"},
		"zip":                  {"PK\x03\x04\x14\x00", "Control character"},
		"carriage return only": {strings.ReplaceAll(head+"1,1,t,A\n", "\n", "\r"), "Half line ends"},
		"token as a label":     {head + "1,1," + hostileToken + "," + hostileToken + "\n", "Card token in another place"},
		"kinds of columns":     {head + manyRows(3_000, "%[1]d"+strings.Repeat(",1", 2)+"\n"), "another width"},
	} {
		k.rows(name, "csv", tt.text, tt.want)
	}
	k.rowsWith("header row", "csv", "header_row = 1000", head+"1,1,t,A\n", "No rows")
	k.rowsWith("ignore last", "csv", "ignore_last = 1000", head+"1,1,t,A\n", "No rows")
	k.rowsWith("delimiter of two", "csv", `delimiter = ",,"`, head+"1,1,t,A\n", "Unusable delimiter")
	k.rowsWith("delimiter of a quote", "csv", `delimiter = "\""`, head+"1,1,t,A\n", "Unusable delimiter")
	k.rowsWith("group of a digit", "csv", `group_separator = "1"`, head+"1,1,t,A\n", "Unusable separator")
	k.rowsWith("utf-16 of one byte", "csv", `encoding = "utf-16le"`, "x", "another encoding")
	k.rowsWith("digest", "csv", `sha256 = "00"`, head+"1,1,t,A\n", "File was changed")
	k.rowsWith("exempt token", "csv", `not_cards = ["token"]`, head+"1,1,t,A\n", "Column cannot be exempt")
	k.rows("unknown format", "exe", "MZ", "Unknown format")
}

func manyRows(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// jsonl are lines that are no objects, or odd ones.
func (k *kindsOf) jsonl() {
	first := `{"id":"1","sum":"1","token":"t","name":"A"}` + "\n"
	for name, tt := range map[string]struct{ text, want string }{
		"empty":             {"", "Empty file"},
		"blank lines":       {strings.Repeat(" \n", 100_000), "No rows"},
		"array":             {"[1]\n", "begins an array"},
		"number":            {"1\n", "no object"},
		"cut":               {`{"id":`, "ends before its object does"},
		"nested brackets":   {first + `{"id":` + strings.Repeat("[", 100_000) + "\n", "Line cannot be read"},
		"nested objects":    {first + strings.Repeat(`{"id":`, 100_000) + "\n", "Line cannot be read"},
		"deep first":        {strings.Repeat(`{"id":`, 100_000) + "\n", "Line cannot be read"},
		"long line":         {first + `{"id":"` + strings.Repeat("x", 10<<20) + "\n", "Line cannot be read"},
		"many names":        {"{" + strings.TrimSuffix(manyRows(MaxColumns+1, `"c%d":1,`), ",") + "}\n", "more than 1000 names"},
		"other names":       {first + manyRows(20_000, `{"n%d":1}`+"\n"), "More problems"},
		"repeated name":     {first + `{"id":"2","id":"3"}` + "\n", "same name twice"},
		"escaped name":      {first + `{"id":"2","\u0069d":"3"}` + "\n", "same name twice"},
		"lone surrogate":    {first + `{"id":"\ud800","sum":"1","token":"t","name":"A"}` + "\n", "no JSON"},
		"escaped NUL":       {first + `{"id":"2","sum":"1","token":"t","name":"A\u0000"}` + "\n", "Control character"},
		"exponent":          {first + `{"id":"2","sum":1e999999999,"token":"t","name":"A"}` + "\n", "exponent"},
		"long number":       {first + `{"id":"2","sum":` + strings.Repeat("9", 20_000) + `,"token":"t","name":"A"}` + "\n", "too large"},
		"nested value":      {first + `{"id":"2","sum":{"a":1},"token":"t","name":"A"}` + "\n", "Not a text"},
		"comment":           {first + "// x\n", "no JSON"},
		"two in a line":     {strings.TrimSpace(first) + first, "something stands behind"},
		"single quotes":     {`{'id':'1'}` + "\n", "no JSON"},
		"not a number":      {first + `{"id":"2","sum":NaN,"token":"t","name":"A"}` + "\n", "no JSON"},
		"blank name":        {`{"":1}` + "\n", "No such"},
		"null everywhere":   {`{"id":null,"sum":null,"token":null,"name":null}` + "\n", "Blank key"},
		"truth as amount":   {`{"id":"1","sum":true,"token":"t","name":"A"}` + "\n", "Unusable amount"},
		"every line wrong":  {first + strings.Repeat("{\n", 100_000), "The same in"},
		"direction in name": {"{\"id\u202e\":1}\n", "no column"},
	} {
		k.rows(name, "jsonl", tt.text, tt.want)
	}
	k.all["jsonl blank name"] = hostile{files: k.all["jsonl blank name"].files, want: "no column"}
}
