package freedompay

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sameAsStrict fails where the scan takes what decodeDocument does not, or reads it otherwise.
func sameAsStrict(t interface{ Fatalf(string, ...any) }, body []byte) bool {
	fields, plain := scanDocument(body)
	if !plain {
		if fields != nil {
			t.Fatalf("fields of %q, which is not plain", body)
		}
		return false
	}
	strict, err := decodeDocument(body)
	if err != nil || !reflect.DeepEqual(fields, strict) {
		t.Fatalf("scan of %q gave %+v, the strict decoder %+v, %v", body, fields, strict, err)
	}
	return true
}

func TestScanDocument(t *testing.T) {
	tests := map[string]struct {
		body  string
		plain bool
	}{
		"sample":               {pageSample, true},
		"plain":                {`<response><a>1</a><b>2</b></response>`, true},
		"root":                 {`<root><a>1</a></root>`, true},
		"no fields":            {`<response></response>`, true},
		"white space alone":    {"<response> \t\r\n</response>", true},
		"upper utf-8":          {`<?xml version="1.0" encoding="UTF-8"?><response><a></a></response>`, true},
		"white around":         {"\n <response>\r\n <a>1</a>\t</response>\r\n ", true},
		"white in value":       {"<response><a> 1\n\t</a></response>", true},
		"all of ascii":         {"<response><a>!\"#$%'()*+,-./09:;=?@AZ[\\]^_`az{|}~</a></response>", true},
		"capital and digit":    {"<response><_A9>1</_A9></response>", true},
		"128 fields":           {"<response>" + plainFields(maxFields) + "</response>", true},
		"129 fields":           {"<response>" + plainFields(maxFields+1) + "</response>", false},
		"other declaration":    {`<?xml version="1.0"?><response></response>`, false},
		"late declaration":     {" " + `<?xml version="1.0" encoding="utf-8"?><response></response>`, false},
		"return in value":      {"<response><a>1\r\n</a></response>", false},
		"entity":               {`<response><a>&amp;</a></response>`, false},
		"cyrillic":             {`<response><a>Ошибка</a></response>`, false},
		"empty element":        {`<response><a/></response>`, false},
		"nested":               {`<response><a><b>1</b></a></response>`, false},
		"space in tag":         {`<response><a >1</a></response>`, false},
		"space in end tag":     {`<response><a>1</a ></response>`, false},
		"dotted name":          {`<response><a.b>1</a.b></response>`, false},
		"digit first":          {`<response><1a>1</1a></response>`, false},
		"no name":              {`<response><>1</></response>`, false},
		"longer end tag":       {`<response><a>1</ab></response>`, false},
		"shorter end tag":      {`<response><ab>1</a></response>`, false},
		"attribute":            {`<response><a b="1">1</a></response>`, false},
		"namespace":            {`<response xmlns="urn:x"></response>`, false},
		"prefix":               {`<response><p:a>1</p:a></response>`, false},
		"repeated field":       {`<response><a>1</a><b>1</b><a>1</a></response>`, false},
		"comment":              {`<response><a>1<!-- -->2</a></response>`, false},
		"end of cdata in text": {`<response><a>]]></a></response>`, false},
		"delete in value":      {"<response><a>\x7f</a></response>", false},
		"text in root":         {`<response>x<a>1</a></response>`, false},
		"text after":           {`<response><a>1</a></response>x`, false},
		"second root":          {`<response></response><response></response>`, false},
		"other root":           {`<request></request>`, false},
		"crossed roots":        {`<response></root>`, false},
		"byte order mark":      {"\ufeff<response></response>", false},
		"nothing":              {"", false},
		"no root":              {" </>", false},
		"larger than a MiB":    {"<response><a>" + strings.Repeat("x", maxBodyBytes) + "</a></response>", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if plain := sameAsStrict(t, []byte(tt.body)); plain != tt.plain {
				t.Errorf("plain %t, want %t", plain, tt.plain)
			}
		})
	}
}

// plainFields returns n distinct fields without values.
func plainFields(n int) string {
	var b strings.Builder
	for i := range n {
		name := "f" + strconv.Itoa(i)
		b.WriteString("<" + name + "></" + name + ">")
	}
	return b.String()
}

// TestScanTakesWhatComesEveryDay: the documented answers of the calls do not need the strict decoder.
func TestScanTakesWhatComesEveryDay(t *testing.T) {
	for name, body := range map[string]string{"page": pageSample, "signed": accepted()} {
		if _, plain := scanDocument([]byte(body)); !plain {
			t.Errorf("%s: not plain", name)
		}
	}
}

// TestScanChangedAnywhere: the sample with any one byte replaced, doubled or taken away, and every part of it.
func TestScanChangedAnywhere(t *testing.T) {
	taken := 0
	for i := range len(pageSample) {
		bodies := []string{pageSample[:i], pageSample[i:], pageSample[:i] + pageSample[i+1:], pageSample[:i] + pageSample[i:i+1] + pageSample[i:]}
		for _, b := range "\x00\t\n\r <>/&;!?[]-=\"':\x7f\xffaA0_." {
			bodies = append(bodies, pageSample[:i]+string(b)+pageSample[i+1:])
		}
		for _, body := range bodies {
			if sameAsStrict(t, []byte(body)) {
				taken++
			}
		}
	}
	if taken < 1000 {
		t.Errorf("only %d of the changed samples are plain", taken)
	}
}

// TestScanOfPieces puts documents together from pieces that mean something in XML.
func TestScanOfPieces(t *testing.T) {
	pieces := []string{
		"<response>", "</response>", "<root>", "</root>", "<a>", "</a>", "<b>", "</b>", "<a/>", "1", " ", "\n", "\r", "&amp;", "&#65;", "<!-- -->", "<![CDATA[", "]]>",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<!DOCTYPE a>", "<a b='c'>", "<p:a>", "</p:a>", "é", "\x00", "<", ">", "/", "<a >", "</a >",
	}
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14).Draw(t, "pieces"), "")
		sameAsStrict(t, []byte(body))
		sameAsStrict(t, []byte("<response><a>"+body+"</a></response>"))
		sameAsStrict(t, []byte("<response>"+body+"</response>"))
	})
}

// FuzzScan: whatever the scan takes, it reads as the strict decoder does.
func FuzzScan(f *testing.F) {
	f.Add([]byte(pageSample))
	f.Add([]byte(accepted()))
	f.Add([]byte("<root>\r\n<a>x</a><b></b> </root>\n"))
	f.Fuzz(func(t *testing.T, body []byte) { sameAsStrict(t, body) })
}
