package view

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

const sourceText = "batch \"salaries\" {\n" +
	"\tperiod = var.period\t# tab\n" +
	"\tpayout \"Қуат東京\" { amonut = var.amount + local.secret }\r\n" +
	"\tlist = [\n\t\t1,\n\t\t2,\n\t\t3,\n\t\t4,\n\t]\n" +
	"}\n"

// parsed is the file of every test, and a function that finds text in it.
func parsed(t *testing.T) (map[string]*hcl.File, func(text string) *hcl.Range) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(sourceText), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	position := func(offset int) hcl.Pos {
		before := sourceText[:offset]
		line := strings.Count(before, "\n")
		return hcl.Pos{Line: line + 1, Column: len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1, Byte: offset}
	}
	return map[string]*hcl.File{"main.hcl": file}, func(text string) *hcl.Range {
		from := strings.Index(sourceText, text)
		if from < 0 {
			t.Fatalf("%q is not in the source", text)
		}
		return &hcl.Range{Filename: "main.hcl", Start: position(from), End: position(from + len(text))}
	}
}

// problems is one diagnostic of every kind.
func problems(t *testing.T) (hcl.Diagnostics, map[string]*hcl.File) {
	files, in := parsed(t)
	expr, diags := hclsyntax.ParseExpression([]byte(`var.amount + local.secret + local.rows["a"].id + local.none + local.later + local.yes + local.missing.deep + absent.x + local.obj[var.key]`), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{
		"var": cty.ObjectVal(map[string]cty.Value{"amount": cty.StringVal("12\x1b"), "key": cty.StringVal("k").Mark("hidden")}),
		"local": cty.ObjectVal(map[string]cty.Value{
			"secret": cty.StringVal("hush").Mark("hidden"), "rows": cty.MapVal(map[string]cty.Value{"a": cty.ObjectVal(map[string]cty.Value{"id": cty.MustParseNumberVal("0.10")})}),
			"none": cty.NullVal(cty.String), "later": cty.UnknownVal(cty.Number), "yes": cty.True,
			"missing": cty.ListVal([]cty.Value{cty.Zero}), "obj": cty.MapVal(map[string]cty.Value{"k": cty.EmptyObjectVal}),
		}),
	}}
	row := &hcl.Range{Filename: "rows.csv", Start: hcl.Pos{Line: 2, Column: 6}, End: hcl.Pos{Line: 2, Column: 9}}
	files["rows.csv"] = &hcl.File{Bytes: []byte("key,amount\nА-1, 1,5;\nx")}
	end := &hcl.Range{Filename: "rows.csv", Start: hcl.Pos{Line: 9, Column: 1}, End: hcl.Pos{Line: 9, Column: 2}}
	return hcl.Diagnostics{
		{Severity: hcl.DiagWarning, Summary: "A warning", Detail: "It comes after the errors."},
		{Severity: hcl.DiagError, Summary: "No such attribute", Detail: "A payout has no attribute \"amonut\".\n\n  amount = \"100.00\"\n\nDid you mean \"amount\"? This sentence is long enough to be wrapped at the width of a terminal.",
			Subject: in("amonut"), Expression: expr, EvalContext: ctx},
		{Severity: hcl.DiagError, Summary: "After a tab", Subject: in("# tab")},
		{Severity: hcl.DiagError, Summary: "Wide characters", Subject: in("東京")},
		{Severity: hcl.DiagError, Summary: "Many lines", Subject: in("[\n\t\t1,\n\t\t2,\n\t\t3,\n\t\t4,\n\t]")},
		{Severity: hcl.DiagError, Summary: "Two lines", Subject: in("1,\n")},
		{Severity: hcl.DiagError, Summary: "A cell", Detail: "A decimal comma.", Subject: row},
		{Severity: hcl.DiagError, Summary: "Past the end", Subject: end},
		{Severity: hcl.DiagError, Summary: "No file", Detail: "It is gone.", Subject: &hcl.Range{Filename: "gone.hcl", Start: hcl.Pos{Line: 3, Column: 7}, End: hcl.Pos{Line: 3, Column: 7}}},
		{Severity: hcl.DiagError, Summary: "Nowhere \x1b[2J"},
	}, files
}

func TestDiagnostics(t *testing.T) {
	diags, files := problems(t)
	plain := drawn(func(b *bytes.Buffer) { Diagnostics(b, diags, files, false, 72) })
	golden(t, "diagnostics.txt", []byte(plain))
	coloured := drawn(func(b *bytes.Buffer) { Diagnostics(b, diags, files, true, 72) })
	if colours.ReplaceAllString(coloured, "") != plain {
		t.Errorf("colour changes the text:\n%s", coloured)
	}
	for _, leak := range []string{"hush", "\"k\""} {
		if strings.Contains(plain, leak) {
			t.Errorf("a sensitive value is shown: %s", leak)
		}
	}
	golden(t, "diagnostics.json", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, DiagnosticsJSON(diags, files))) })))
}

// Errors are counted where they are not drawn, and stand before warnings.
func TestDiagnosticsBeyondTheBound(t *testing.T) {
	var diags hcl.Diagnostics
	for i := range 30 {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: fmt.Sprint("warning ", i)})
	}
	diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "the only error"})
	text := drawn(func(b *bytes.Buffer) { Diagnostics(b, diags, nil, false, 0) })
	if !strings.HasPrefix(text, "Error: the only error\n") || !strings.HasSuffix(text, "\n… and 11 more (0 errors, 11 warnings); -json shows all\n") {
		t.Errorf("got:\n%s", text)
	}
	files, in := parsed(t)
	unwrapped := drawn(func(b *bytes.Buffer) {
		Diagnostics(b, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "s", Subject: in("amonut")}}, files, false, 0)
	})
	if !strings.Contains(unwrapped, "+ local.secret }\n") {
		t.Errorf("a short line is cut without a width:\n%s", unwrapped)
	}
	if text := drawn(func(b *bytes.Buffer) { Diagnostics(b, nil, nil, false, 0) }); text != "" {
		t.Errorf("nothing is drawn as %q", text)
	}
}

// A line of any length is cut around the place.
func TestLongLines(t *testing.T) {
	for _, c := range []struct{ before, marked, after int }{{100000, 3, 100000}, {0, 100000, 0}, {10, 1, 100000}, {100000, 0, 0}} {
		line := strings.Repeat("ж", c.before) + strings.Repeat("東", c.marked) + strings.Repeat("界", c.after)
		files := map[string]*hcl.File{"f": {Bytes: []byte(line)}}
		at := &hcl.Range{Filename: "f", Start: hcl.Pos{Line: 1, Column: c.before + 1, Byte: 2 * c.before}, End: hcl.Pos{Line: 1, Column: c.before + c.marked + 1, Byte: 2*c.before + 3*c.marked}}
		text := drawn(func(b *bytes.Buffer) {
			Diagnostics(b, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "s", Subject: at}}, files, false, 60)
		})
		for l := range strings.SplitSeq(text, "\n") {
			if width(l) > 60 {
				t.Errorf("%v: %d columns: %s", c, width(l), l)
			}
		}
		if !strings.Contains(text, "^") || strings.Contains(text, `\x`) {
			t.Errorf("%v: no caret, or half a character:\n%s", c, text)
		}
	}
}

// The bounds on a line fall on the edges of characters, whatever their size.
func TestCutBytes(t *testing.T) {
	text := []byte("жж東東")
	for n, want := range map[int][2]string{3: {"ж", "東"}, 5: {"жж", "東"}, 6: {"жж", "東東"}, 10: {"жж東東", "жж東東"}} {
		if first, last := string(firstBytes(text, n)), string(lastBytes(text, n)); first != want[0] || last != want[1] {
			t.Errorf("%d: got %q and %q", n, first, last)
		}
	}
	for n, want := range map[int][2]string{0: {"", "…"}, 1: {"…", "…"}, 3: {"жж…", "…東"}, 6: {"жж東東", "жж東東"}} {
		if left, right := keepLeft("жж東東", n), keepRight("жж東東", n); n > 0 && n < 6 && (left != want[0] || right != want[1]) {
			t.Errorf("%d: got %q and %q", n, left, right)
		}
	}
	if got := keepLeft("ж", 0); got != "" {
		t.Errorf("got %q in no columns", got)
	}
}

func TestDescribe(t *testing.T) {
	capsule := cty.Capsule("thing", reflect.TypeFor[int]())
	one := 1
	for want, v := range map[string]cty.Value{
		"is object with 0 elements": cty.EmptyObjectVal,
		"is thing":                  cty.CapsuleVal(capsule, &one),
		"is false":                  cty.False,
	} {
		if got := describe(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for want, key := range map[string]cty.Value{
		`"a"`: cty.StringVal("a"), "12": cty.NumberIntVal(12), "…": cty.StringVal("hush").Mark(1),
	} {
		if got := keyText(key); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := keyText(cty.True); got != "…" {
		t.Errorf("got %q of a key of an odd type", got)
	}
}

// Carets stand under what they mean, whatever a range says.
func FuzzDiagnostics(f *testing.F) {
	f.Add("a\tb\n界c\r\n", 1, 1, 0, 2, 2, 5)
	f.Add("", 0, 0, 0, 0, 0, 0)
	f.Add("x\n", 5, 3, -1, 1, 1, 100)
	f.Fuzz(func(t *testing.T, text string, line1, column1, byte1, line2, column2, byte2 int) {
		at := &hcl.Range{Filename: "f", Start: hcl.Pos{Line: line1 % 100, Column: column1, Byte: byte1}, End: hcl.Pos{Line: line2 % 100, Column: column2, Byte: byte2}}
		diags := hcl.Diagnostics{{Severity: hcl.DiagError, Summary: text, Detail: text, Subject: at}}
		files := map[string]*hcl.File{"f": {Bytes: []byte(text)}}
		drawn := drawn(func(b *bytes.Buffer) { Diagnostics(b, diags, files, false, 40) })
		for l := range strings.SplitSeq(drawn, "\n") {
			if SafeText(l) != l {
				t.Fatalf("not safe: %q", l)
			}
		}
		mustWrite(t, WriteJSON(&bytes.Buffer{}, DiagnosticsJSON(diags, files)))
	})
}
