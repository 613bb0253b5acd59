package freedompay

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// pageSample is the success sample of the Token Payout page, with the documentation's example token.
const pageSample = `<?xml version="1.0" encoding="utf-8"?>
<response>
    <pg_payment_id>1234567890</pg_payment_id>
    <pg_merchant_id>9970</pg_merchant_id>
    <pg_status>ok</pg_status>
    <pg_order_id>ABC12345</pg_order_id>
    <pg_balance>5000.75</pg_balance>
    <pg_card_hash>39b32dfc9ed18533ee98b921687ad87a</pg_card_hash>
    <pg_card_token>ef741cfc-f85e-41a0-84e6-2ba964912182</pg_card_token>
    <pg_payment_amount>100.00</pg_payment_amount>
    <pg_payment_date>2024-09-02T12:19:01+00:00</pg_payment_date>
    <pg_error_code>0</pg_error_code>
    <pg_error_description>Description</pg_error_description>
    <pg_salt>some random string</pg_salt>
    <pg_sig>0123456789abcdef0123456789abcdef</pg_sig>
</response>`

func TestDecodeDocument(t *testing.T) {
	tests := map[string]struct {
		body string
		want []Field
	}{
		"plain":            {`<response><a>1</a><b>2</b></response>`, []Field{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}},
		"root":             {`<root><a>1</a></root>`, []Field{{Name: "a", Value: "1"}}},
		"no fields":        {`<response/>`, nil},
		"declaration":      {`<?xml version="1.0"?><response><a/></response>`, []Field{{Name: "a"}}},
		"upper utf-8":      {`<?xml version='1.0' encoding='UTF-8' standalone="yes" ?><response></response>`, nil},
		"white around":     {"\n <response>\n <a>1</a>\t</response>\r\n ", []Field{{Name: "a", Value: "1"}}},
		"value kept exact": {"<response><a> 1\n </a></response>", []Field{{Name: "a", Value: " 1\n "}}},
		"entities":         {`<response><a>&lt;&amp;&#65;&quot;</a></response>`, []Field{{Name: "a", Value: `<&A"`}}},
		"cdata":            {`<response><a>x<![CDATA[<y>]]>z</a></response>`, []Field{{Name: "a", Value: "x<y>z"}}},
		"cyrillic":         {`<response><a>Ошибка</a></response>`, []Field{{Name: "a", Value: "Ошибка"}}},
		"nested": {
			`<response><card> <x>1</x> <y><z>2</z></y> </card><x>3</x></response>`,
			[]Field{{Name: "card", Children: []Field{{Name: "x", Value: "1"}, {Name: "y", Children: []Field{{Name: "z", Value: "2"}}}}}, {Name: "x", Value: "3"}},
		},
		"deepest": {"<response>" + strings.Repeat("<a>", 31) + strings.Repeat("</a>", 31) + "</response>", nested(31)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decodeDocument([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			// Not cmp.Diff: its time doubles with each level.
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("fields %+v, want %+v", got, tt.want)
			}
		})
	}
}

// nested returns n levels of one field.
func nested(n int) []Field {
	if n == 0 {
		return nil
	}
	return []Field{{Name: "a", Children: nested(n - 1)}}
}

// manyFields returns n distinct empty fields.
func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<f%d/>", i)
	}
	return b.String()
}

func TestDecodeDocumentRefuses(t *testing.T) {
	const whole = `<response><a>canary-body</a></response>`
	tests := map[string]string{
		"empty":                      "",
		"white space only":           " \n",
		"text only":                  "canary-body",
		"json":                       `{"pg_status":"canary-body"}`,
		"html":                       `<html><body>canary-body</body></html>`,
		"other root":                 `<request><a>1</a></request>`,
		"byte order mark":            "\ufeff" + whole,
		"utf-16":                     "\xff\xfe<\x00r\x00",
		"invalid utf-8":              "<response><a>\xff</a></response>",
		"windows-1251 declared":      `<?xml version="1.0" encoding="windows-1251"?>` + whole,
		"version 1.1":                `<?xml version="1.1"?>` + whole,
		"declaration without form":   `<?xml?>` + whole,
		"late declaration":           ` <?xml version="1.0"?>` + whole,
		"second declaration":         `<?xml version="1.0"?><?xml version="1.0"?>` + whole,
		"declaration inside":         `<response><?xml version="1.0"?></response>`,
		"processing instruction":     `<?canary-body x?>` + whole,
		"instruction inside":         `<response><a>1<?canary-body x?></a></response>`,
		"doctype":                    `<!DOCTYPE response>` + whole,
		"doctype with entity":        `<!DOCTYPE r [<!ENTITY e "canary-body">]><response><a>&e;</a></response>`,
		"custom entity":              `<response><a>&canary-body;</a></response>`,
		"comment first":              `<!-- canary-body -->` + whole,
		"comment in value":           `<response><a>1<!-- canary-body -->00</a></response>`,
		"comment last":               whole + `<!-- x -->`,
		"second root":                whole + whole,
		"second root, other field":   whole + `<response><b>1</b></response>`,
		"text after":                 whole + "canary-body",
		"text before":                "canary-body" + whole,
		"cdata after":                whole + "<![CDATA[x]]>",
		"no-break space after":       whole + "\u00a0",
		"nul after":                  whole + "\x00",
		"text in root":               `<response>canary-body<a>1</a></response>`,
		"text in childless root":     `<response>canary-body</response>`,
		"text in parent":             `<response><a>canary-body<b>1</b></a></response>`,
		"text after child":           `<response><a><b>1</b>canary-body</a></response>`,
		"repeated field":             `<response><a>1</a><a>1</a></response>`,
		"repeated nested":            `<response><c><a>1</a><a>2</a></c></response>`,
		"attribute":                  `<response><a b="canary-body">1</a></response>`,
		"attribute on root":          `<response b="1"></response>`,
		"namespace on root":          `<response xmlns="urn:x"><a>1</a></response>`,
		"prefixed field":             `<response><p:a>1</p:a></response>`,
		"prefixed root":              `<p:response></p:response>`,
		"half a prefix":              `<response><:a>1</:a></response>`,
		"digit first":                `<response><1a>1</1a></response>`,
		"kelvin sign":                "<response><\u212a>1</\u212a></response>",
		"odd name":                   `<response><é>1</é></response>`,
		"crossed tags":               `<response><a><b></a></b></response>`,
		"stray end":                  `</response>`,
		"33 levels":                  "<response>" + strings.Repeat("<a>", 32) + strings.Repeat("</a>", 32) + "</response>",
		"a million levels":           "<response>" + strings.Repeat("<a>", 300_000),
		"129 fields":                 "<response>" + manyFields(129) + "</response>",
		"larger than a MiB":          "<response><a>" + strings.Repeat("x", 1<<20) + "</a></response>",
		"control character":          "<response><a>\x01</a></response>",
		"bare ampersand":             `<response><a>A&B</a></response>`,
		"end of cdata in text":       `<response><a>]]></a></response>`,
		"character out of range":     `<response><a>&#0;</a></response>`,
		"unquoted declared encoding": `<?xml version="1.0" encoding=utf-8?>` + whole,
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			fields, err := decodeDocument([]byte(body))
			if err == nil || fields != nil {
				t.Fatalf("decodeDocument = %v, %v, want only an error", fields, err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("error quotes the document: %v", err)
			}
		})
	}
}

func TestDecodeDocumentTakes128Fields(t *testing.T) {
	fields, err := decodeDocument([]byte("<response>" + manyFields(128) + "</response>"))
	if err != nil || len(fields) != 128 {
		t.Errorf("decodeDocument = %d fields, %v", len(fields), err)
	}
}

// TestDecodeDocumentCutAnywhere: no proper prefix of a document is a document.
func TestDecodeDocumentCutAnywhere(t *testing.T) {
	for i := range len(pageSample) {
		if fields, err := decodeDocument([]byte(pageSample[:i])); err == nil || fields != nil {
			t.Fatalf("the first %d bytes gave %v, %v", i, fields, err)
		}
	}
	if fields, err := decodeDocument([]byte(pageSample)); err != nil || len(fields) != 13 {
		t.Fatalf("the whole gave %d fields, %v", len(fields), err)
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"pg_status": true, "_": true, "A.b-9": true, "": false, "9a": false, "-a": false, ".a": false, "a b": false, "a:b": false,
		"\u212a": false, "é": false, "[": false, "{": false, "@": false, "`": false,
	} {
		if got := isName(name); got != want {
			t.Errorf("isName(%q) = %t, want %t", name, got, want)
		}
	}
}

// FuzzDecode: the decoder never panics, takes only what is within its limits, and no document is a prefix of another
// but for white space.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		pageSample, "", "<response/>", "<root><a> 1 </a></root>", "<response><a><b>1</b></a></response>",
		`<?xml version="1.0" encoding="UTF-8"?><response><pg_error_code>11068</pg_error_code></response>`,
		"<response><a><![CDATA[x]]></a></response>\n", "<!DOCTYPE r><response/>", "<response><a>1<!-- --></a></response>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := decodeDocument(body)
		if err != nil {
			if fields != nil {
				t.Fatal("fields came with an error")
			}
			return
		}
		if count, depth := measure(fields); count > maxFields || depth >= maxDepth {
			t.Fatalf("%d fields in %d levels", count, depth)
		}
		if more, err := decodeDocument(append(body, "<x/>"...)); err == nil {
			t.Fatalf("a document with a tail gave %v", more)
		}
		again, err := decodeDocument(append(body, " \n"...))
		if err != nil || !reflect.DeepEqual(fields, again) {
			t.Fatalf("white space after the root changed the fields: %v, %v", again, err)
		}
	})
}

// measure returns how many fields there are and how deep they nest.
func measure(fields []Field) (count, depth int) {
	for _, field := range fields {
		c, d := measure(field.Children)
		count, depth = count+1+c, max(depth, 1+d)
	}
	return count, depth
}
