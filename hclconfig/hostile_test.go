package hclconfig

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/hashicorp/hcl/v2"
)

// hostile is one kind of input that means harm, or looks so.
type hostile struct {
	files map[string]string
	want  string // in what is said; "" = it is harmless, and loads
	links map[string]string
}

// Bounds of the work that one input may cause. Bytes are counted and not
// seconds, so that a busy machine changes nothing.
const (
	maxHostileBytes = 8 << 30
	maxHostileDiags = 2_500
)

// TestHostile loads every kind of hostile input: each ends in a diagnostic, or
// loads where it is legal, within bounded work.
func TestHostile(t *testing.T) {
	kinds := hostileKinds(t)
	if len(kinds) < 200 {
		t.Fatalf("%d kinds", len(kinds))
	}
	for name, h := range kinds {
		t.Run(name, func(t *testing.T) { h.check(t, name) })
	}
}

func (h hostile) check(t *testing.T, name string) {
	dir := t.TempDir()
	for name, text := range h.files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Dir(path), filepath.Base(path), text)
	}
	for name, target := range h.links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cfg, sources, diags := Load(Options{Dir: dir})
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > maxHostileBytes {
		t.Errorf("%s: %d MiB were made", name, n>>20)
	}
	if len(diags) > maxHostileDiags {
		t.Errorf("%s: %d diagnostics", name, len(diags))
	}
	text := show(diags)
	switch {
	case (cfg == nil) != diags.HasErrors():
		t.Errorf("%s: configuration %v with %.500s", name, cfg != nil, text)
	case h.want == "" && diags.HasErrors(), !strings.Contains(text, h.want):
		t.Errorf("%s: got %.600s, want %q", name, text, h.want)
	}
	w := hcl.NewDiagnosticTextWriter(io.Discard, sources.Files(diags), 100, false)
	if err := w.WriteDiagnostics(diags[:min(len(diags), 20)]); err != nil {
		t.Error(err)
	}
	noSecrets(t, sources, diags[:min(len(diags), 20)])
}

const (
	hostileCard  = "4242424242424242"
	hostileToken = "ef741cfc-f85e-41a0-84e6-2ba964912182"
)

// kindsOf collects inputs under names.
type kindsOf struct {
	t   *testing.T
	all map[string]hostile
}

func (k *kindsOf) add(name string, h hostile) {
	k.t.Helper()
	if _, taken := k.all[name]; taken {
		k.t.Fatalf("%s is taken", name)
	}
	k.all[name] = h
}

// hcl adds one configuration file; rows adds a payout of rows in a format.
func (k *kindsOf) hcl(name, text, want string) {
	k.add("hcl "+name, hostile{files: map[string]string{"main.hcl": text}, want: want})
}

func (k *kindsOf) json(name, text, want string) {
	k.add("json "+name, hostile{files: map[string]string{"main.hcl.json": text}, want: want})
}

func (k *kindsOf) local(name, expr, want string) {
	k.hcl("local "+name, "locals {\n  big = range(1000)\n  text = join(\"\", [for i in range(1000) : \"0123456789abcdef\"])\n  a = "+expr+"\n}\n", want)
}

const hostileRows = `
  payout "p" {
    rows {
      path = "%s"
      %s
    }
    key        = row.id
    amount     = row.sum
    user_id    = row.id
    card_token = row.token
    label      = row.name
  }
}
`

func (k *kindsOf) rows(name, format, text, want string) { k.rowsWith(name, format, "", text, want) }

func (k *kindsOf) rowsWith(name, format, more, text, want string) {
	file := "r." + format
	k.add(format+" "+name, hostile{files: map[string]string{file: text, "main.hcl": benchHead + fmt.Sprintf(hostileRows, file, more)}, want: want})
}

func hostileKinds(t *testing.T) map[string]hostile {
	k := &kindsOf{t: t, all: map[string]hostile{}}
	k.bytes()
	k.nesting()
	k.bombs()
	k.cards()
	k.paths()
	k.csv()
	k.jsonl()
	k.sheets()
	k.sealed()
	k.values()
	return k.all
}

// bytes are files that are no text, or not the text that is seen.
func (k *kindsOf) bytes() {
	comment := "# %s\n" + okConfig
	for name, r := range map[string]rune{
		"NUL": 0, "bell": 7, "backspace": 8, "escape": 0x1b, "delete": 0x7f, "form feed": 0x0c, "unit separator": 0x1f,
	} {
		k.hcl("control "+name, fmt.Sprintf(comment, string(r)), "Control character")
		k.rows("control "+name, "csv", "id,sum,token,name\n1,1,t,"+string(r)+"\n", "Control character")
		k.rows("control "+name, "jsonl", `{"id":"1","sum":"1","token":"t","name":"`+string(r)+"\"}\n", "Control character")
	}
	for name, r := range map[string]rune{
		"right to left override": 0x202e, "left to right override": 0x202d, "isolate": 0x2066, "pop": 0x2069, "mark": 0x200f, "arabic mark": 0x061c,
	} {
		k.hcl("direction "+name, fmt.Sprintf(comment, string(r)), "text direction")
		k.rows("direction "+name, "csv", "id,sum,token,name\n1,1,t,A"+string(r)+"\n", "not seen in print")
		k.rows("direction of key "+name, "csv", "id,sum,token,name\nA"+string(r)+",1,t,A\n", "invisible character")
	}
	for name, r := range map[string]rune{"space": 0x200b, "word joiner": 0x2060, "no-break": 0xfeff, "soft hyphen": 0xad, "tag": 0xe0041} {
		k.hcl("zero width "+name, fmt.Sprintf(comment, string(r)), "Invisible character")
		k.rows("zero width "+name, "csv", "id,sum,token,name\n1,1,t,A"+string(r)+"B\n", "not seen in print")
		k.rows("zero width of amount "+name, "csv", "id,sum,token,name\n1,1"+string(r)+",t,A\n", "Unusable amount")
		k.rows("zero width of token "+name, "csv", "id,sum,token,name\n1,1,t"+string(r)+",A\n", "Unusable card token")
	}
	for name, text := range map[string]string{
		"lone continuation": "\x80", "overlong": "\xc0\xaf", "surrogate": "\xed\xa0\x80", "too large": "\xf5\x80\x80\x80", "cut": "\xe2\x82", "latin 1": "\xe9",
	} {
		k.hcl("encoding "+name, fmt.Sprintf(comment, text), "not UTF-8")
		k.rows("encoding "+name, "csv", "id,sum,token,name\n1,1,t,"+text+"\n", "not UTF-8")
		k.rows("encoding "+name, "jsonl", `{"id":"1","sum":"1","token":"t","name":"`+text+"\"}\n", "not UTF-8")
	}
	k.hcl("byte-order mark", "\xef\xbb\xbf"+okConfig, "Byte-order mark")
	k.hcl("utf-16", utf16Text(okConfig), "UTF-16")
	k.hcl("binary", strings.Repeat("\x7fELF\x02\x01", 1000), "Control character")
	k.hcl("gzip", "\x1f\x8b\x08\x00\x00", "not UTF-8")
	k.hcl("merge mark", "<<<<<<< HEAD\n"+okConfig, "Unsettled merge")
	k.hcl("carriage returns", strings.ReplaceAll(okConfig, "\n", "\r"), "Invalid character")
	k.hcl("empty", "", "")
	k.hcl("only comments", strings.Repeat("# x\n", 100_000), "")
	k.hcl("open comment", "/* "+okConfig, "Argument or block definition required")
	k.hcl("open string", "locals {\n  a = \"x\n}\n", "Invalid multi-line string")
	k.hcl("open heredoc", "locals {\n  a = <<EOT\nx\n", "Unterminated template")
	k.hcl("lone quote", `"`, "Invalid")
	k.hcl("lone backslash", "locals {\n  a = \"\\\"\n}\n", "Invalid")
}

const okConfig = benchHead + `
  payout "p" {
    amount     = 1
    user_id    = 1
    card_token = "t"
  }
}
`

func utf16Text(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// nesting is what would use the stack.
func (k *kindsOf) nesting() {
	const n = 50_000
	for name, open := range map[string]string{
		"brackets": "[", "braces": "{a=", "parentheses": "(", "calls": "upper(", "templates": `"${`, "not": "!", "minus": "-", "for": "[for a in ",
		"directives": `"%{ if true }`, "conditions": "true ? 1 : ", "splats": "a[*].b[", "object keys": "{(", "ands": "true && ",
	} {
		k.local("nested "+name, strings.Repeat(open, n), "Nested too deep")
	}
	k.hcl("nested blocks", strings.Repeat("batch \"a\" {\n", n), "Nested too deep")
	k.hcl("closing only", strings.Repeat("}", n), "")
	k.all["hcl closing only"] = hostile{files: map[string]string{"main.hcl": strings.Repeat("}", n)}, want: "Argument or block definition required"}
	k.json("nested arrays", `{"locals":{"a":`+strings.Repeat("[", n)+"}}", "Nested too deep")
	k.json("nested objects", strings.Repeat(`{"a":`, n), "Nested too deep")
	k.json("nested template", `{"locals":{"a":"${`+strings.Repeat("(", n)+`}"}}`, "Nested too deep")
	k.json("deep but shut", `{"locals":{"a":`+strings.Repeat("[", n)+strings.Repeat("]", n)+"}}", "Nested too deep")
	k.local("jsondecode", `jsondecode(join("", [for i in range(1000) : "["]))`, "nested deeper")
	k.local("yamldecode flow", `yamldecode(join("", [for i in range(1000) : "["]))`, "nested deeper")
	k.local("yamldecode indent", `yamldecode(join("", [for i in range(1000) : "- "]))`, "nested deeper")
	k.local("type", "1\n}\nvariable \"v\" {\n  type = "+strings.Repeat("list(", n)+"string"+strings.Repeat(")", n), "Nested too deep")
	k.hcl("chain of locals", longChain(20_000), "Nested too deep")
	k.hcl("circle of locals", "locals {\n  a = local.b\n  b = local.a\n}\n", "Locals need each other")
	k.hcl("local of itself", "locals {\n  a = local.a\n}\n", "Locals need each other")
	k.hcl("local of all", "locals {\n  a = length(local)\n}\n", "Locals need each other")
}

// bombs are short texts that make much work or much data.
func (k *kindsOf) bombs() {
	loop := "local.big"
	nested := func(depth int) string {
		return strings.Repeat("[for i in "+loop+" : ", depth) + "1" + strings.Repeat("]", depth)
	}
	k.local("loop", nested(1), "")
	k.local("loop in loop", nested(2), "Too much")
	k.local("loops of three", nested(3), "Too much work")
	k.local("loops of eight", nested(8), "Too much work")
	k.local("loop that is counted only", "length("+nested(3)+")", "Too much work")
	k.local("loop with a false condition", "[for a in local.big : [for b in local.big : [for c in local.big : 1 if false] if false] if length([for d in local.big : [for e in local.big : 1]]) < 0]", "Too much work")
	k.local("loop in a condition", "length("+nested(4)+") > 0 ? 1 : 2", "Too much work")
	k.local("loop in can", "can("+nested(4)+")", "Too much work")
	k.local("loop in try", "try("+nested(4)+", 1)", "Too much work")
	k.local("loop in a template", `"${length(`+nested(4)+`)}"`, "Too much work")
	k.local("loop as a directive", `"%{ for a in local.big }%{ for b in local.big }%{ for c in local.big }x%{ endfor }%{ endfor }%{ endfor }"`, "Too much work")
	k.local("object of loops", "{ for a in local.big : a => { for b in local.big : b => { for c in local.big : c => 1 } } }", "Too much work")
	k.local("grouped loops", "{ for a in local.big : \"x\" => [for b in local.big : [for c in local.big : 1]]... }", "Too much work")
	k.local("splats in loops", "[for a in local.big : [for b in local.big : local.big[*]]]", "Too much work")
	k.local("sort in loops", "[for a in local.big : [for b in local.big : sort(local.big)]]", "Too much work")
	k.local("equality in loops", "[for a in local.big : [for b in local.big : local.big == local.big]]", "Too much work")
	k.local("conditions in loops", "[for a in local.big : [for b in local.big : true ? local.big : []]]", "Too much work")
	k.local("copies in loops", `length([for a in local.big : [for b in local.big : "${local.text}${local.text}"]])`, "Too much work")
	k.local("joins in loops", `length([for a in local.big : [for b in local.big : join(local.text, local.big)]])`, "Too much work")
	k.local("distinct", "distinct(flatten([for a in range(100) : [for b in range(100) : \"${a} ${b}\"]]))", "Too much work")
	k.local("setproduct", "setproduct(local.big, local.big, local.big)", "more than 1000000 elements")
	k.local("range", "range(1000000000)", "1024")
	k.local("range backwards", "range(0, -1000000000, -1)", "1024")
	k.local("range without an end", "range(0, 10, 0)", "Error in function call")
	k.local("pow", "pow(10, 1000000000)", "a whole number from 0 to 1000")
	k.local("exponent", "1e999999999", "Number too large")
	k.local("small exponent", "1e-999999999", "Number too large")
	k.local("exponent as a text", `tonumber("1e999999999")`, "too many digits")
	k.local("digits", strings.Repeat("9", 100_000), "digits")
	k.local("division by zero", "1 / 0", "divided by zero")
	k.local("remainder of zero", "1 % 0", "")
	k.local("format width", `format("%999999999d", 1)`, "three digits")
	k.local("format precision", `format("%.999999999f", 1.5)`, "three digits")
	k.local("format of copies", `length(format(join("", [for i in range(1000) : "%[1]s%[1]s%[1]s%[1]s%[1]s%[1]s"]), local.text))`, "more than 64 MiB")
	k.local("formatlist of copies", `length(formatlist("%s%s%s%s%s", local.text, [for i in range(1000) : local.text]))`, "more than 64 MiB")
	k.local("indent", `indent(1000000000, "a\nb")`, "at most 1000 spaces")
	k.local("indent of lines", `indent(1000, replace(local.text, "0", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"))`, "too many lines")
	k.local("replace", `replace(local.text, "", local.text)`, "more than 64 MiB")
	k.local("regexreplace", `regexreplace(local.text, "", local.text)`, "more than 64 MiB")
	k.local("join", `join(local.text, [for i in flatten([for a in range(100) : range(100)]) : "x"])`, "more than 64 MiB")
	k.local("regex of repeats", `regex("((a{1000}){1000}){1000}", "aaa")`, "invalid regexp pattern")
	k.local("regex of brackets", `regex("`+strings.Repeat("(", 5000)+strings.Repeat(")", 5000)+`", "aaa")`, "invalid regexp pattern")
	k.local("regex that goes back", `can(regex("^(a+)+$", "`+strings.Repeat("a", 5000)+`b"))`, "")
	k.local("regex in loops", `[for a in local.big : regexall("[a-z0-9]+x?[a-z0-9]+", local.text)]`, "Too much work")
	k.local("yaml aliases", `yamldecode("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]")`, "aliases can multiply")
	k.local("yaml of itself", `yamldecode("a: &a [*a]")`, "")
	k.all["hcl local yaml of itself"] = hostile{files: map[string]string{"main.hcl": "locals {\n  a = yamldecode(\"a: &a [*a]\")\n}\n"}, want: "Error in function call"}
	k.local("yaml size", `yamldecode(join("", [for i in range(1000) : replace(local.text, "0", "- ")]))`, "more than 1048576 bytes")
	k.local("csv rows", `csvdecode("a,a\n1,2")`, "Error in function call")
	k.local("json numbers", `jsondecode("1e999999999")`, "")
	k.all["hcl local json numbers"] = hostile{files: map[string]string{"main.hcl": "locals {\n  a = jsondecode(\"1e99999\") + 1\n}\n"}, want: "too many digits"}
	k.hcl("doubling locals", doublingLocals(64), "Too much")
	k.hcl("doubling texts", "locals {\n  t0 = \"xxxxxxxx\"\n"+doubled(64, "  t%d = \"${local.t%[2]d}${local.t%[2]d}\"\n")+"}\n", "Too much")
	k.hcl("default of loops", "variable \"v\" {\n  default = [for a in [1,2] : [for b in [1,2] : 1]]\n}\n", "A constant may have one short loop")
	k.hcl("default of a long loop", "variable \"v\" {\n  default = [for a in ["+strings.Repeat("1,", 10_000)+"] : 1]\n}\n", "A constant may have one short loop")
	k.hcl("validation of loops", "variable \"v\" {\n  default = 1\n  validation {\n    condition = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : var.v]]]) > 0\n    error_message = \"x\"\n  }\n}\n", "Too much work")
	k.hcl("check of loops", okConfig+"check \"c\" {\n  assert {\n    condition = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) > 0\n    error_message = \"x\"\n  }\n}\n", "Too much work")
	k.hcl("output of loops", okConfig+"output \"o\" { value = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) }\n", "Too much work")
	k.hcl("for_each of loops", benchHead+"payout \"p\" {\n  for_each = { for a in range(1000) : \"${a}\" => [for b in range(1000) : [for c in range(1000) : 1]] }\n  amount = 1\n  user_id = 1\n  card_token = \"t\"\n}\n}\n", "Too much work")
	k.hcl("loops in every element", benchHead+"payout \"p\" {\n  for_each = toset([for a in range(1000) : \"x${a}\"])\n  amount = length([for b in range(1000) : [for c in range(100) : each.key]])\n  user_id = 1\n  card_token = \"t\"\n}\n}\n", "Too much work")
	k.json("loops", `{"locals":{"a":["${[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]}"]}}`, "Too much work")
	k.json("loops in an object", `{"locals":{"a":{"b":{"c":"${[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]}"}}}}`, "Too much work")
	k.json("loops in a key", `{"locals":{"a":{"${length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]])}":1}}}`, "Too much work")
	k.json("exponent", `{"locals":{"a":1e999999999}}`, "Number too large")
}

func doublingLocals(n int) string {
	return "locals {\n  t0 = [1, 1]\n" + doubled(n, "  t%d = concat(local.t%[2]d, local.t%[2]d)\n") + "}\n"
}

func doubled(n int, line string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, line, i, i-1)
	}
	return b.String()
}

// cards are card numbers in every place.
func (k *kindsOf) cards() {
	for name, text := range map[string]string{
		"comment": "# " + hostileCard + "\n" + okConfig, "block comment": "/* " + hostileCard + " */\n" + okConfig,
		"text": "locals {\n  a = \"" + hostileCard + "\"\n}\n", "number": "locals {\n  a = " + hostileCard + "\n}\n",
		"label": strings.ReplaceAll(okConfig, `"p"`, `"p`+hostileCard+`"`), "token": strings.ReplaceAll(okConfig, `"t"`, `"`+hostileCard+`"`),
		"variable": "variable \"v\" { default = \"" + hostileCard + "\" }\n", "heredoc": "locals {\n  a = <<EOT\n" + hostileCard + "\nEOT\n}\n",
		"many": strings.Repeat("# "+hostileCard+"\n", 20_000),
	} {
		k.hcl("card in "+name, text, "Card number")
	}
	k.hcl("card put together", strings.ReplaceAll(okConfig, `"t"`, `"42424242${"42424242"}"`), "Card number")
	k.hcl("card as a key", benchHead+"payout \"p\" {\n  for_each = { \"42424242${\"42424242\"}\" = 1 }\n  amount = 1\n  user_id = 1\n  card_token = \"t\"\n}\n}\n", "Card number")
	k.json("card", `{"locals":{"a":"`+hostileCard+`"}}`, "Card number")
	for column, row := range map[string]string{"key": hostileCard + ",1,t,A", "token": "1,1," + hostileCard + ",A", "label": "1,1,t,card " + hostileCard + " of A", "amount": "1," + hostileCard + ",t,A"} {
		k.rows("card in "+column, "csv", "id,sum,token,name\n"+row+"\n", "Card number")
	}
	k.rows("card in a column that nobody uses", "csv", "id,sum,token,name,more\n1,1,t,A,"+hostileCard+"\n", "Card number")
	k.rows("card as a heading", "csv", "id,sum,token,name,"+hostileCard+"\n1,1,t,A,x\n", "Card number")
	k.rows("card", "jsonl", `{"id":"1","sum":"1","token":"t","name":`+hostileCard+"}\n", "Card number")
	k.rows("card in what is nested", "jsonl", `{"id":"1","sum":"1","token":"t","name":"A","more":[`+hostileCard+"]}\n", "Card number")
	k.rows("escaped card", "jsonl", `{"id":"1","sum":"1","token":"t","name":"\u0034242424242424242"}`+"\n", "Card number")
}

// paths lead out of the directory, or to what is no file.
func (k *kindsOf) paths() {
	for name, path := range map[string]string{
		"parent": "../r.csv", "root": "/etc/passwd.csv", "dots": "a/../../r.csv", "long": strings.Repeat("a", 5000) + ".csv", "many": strings.Repeat("a/", 2000) + "r.csv",
		"device": "/dev/zero.csv", "proc": "/proc/self/mem.csv", "missing": "nothere.csv", "folder": "folder.csv", "blank": " .csv", "slash": "./", "link": "link.csv", "loop": "loop.csv",
		"windows": `..\\r.csv`, "url": "https://example.kz/r.csv", "home": "~/r.csv",
	} {
		files := map[string]string{"main.hcl": benchHead + fmt.Sprintf(hostileRows, path, ""), "folder.csv/x": ""}
		want := "File cannot be read"
		if name == "slash" {
			want = "Unknown format"
		}
		k.add("path of rows "+name, hostile{files: files, want: want, links: map[string]string{"link.csv": "/etc/passwd", "loop.csv": "loop.csv"}})
	}
	for name, expr := range map[string]string{
		"parent": `file("../x")`, "root": `file("/etc/passwd")`, "device": `file("/dev/zero")`, "link": `file("link")`, "loop": `file("loop")`, "binary": `file("binary")`, "folder": `file("folder")`,
	} {
		k.add("path of file "+name, hostile{files: map[string]string{"main.hcl": "locals {\n  a = " + expr + "\n}\n", "binary": "\xff\xfe\x00", "folder/x": ""},
			want: "Invalid function argument", links: map[string]string{"link": "/etc/passwd", "loop": "loop"}})
	}
	k.add("path of configuration link", hostile{files: map[string]string{"a.hcl": ""}, want: "leaves the configuration's directory", links: map[string]string{"main.hcl": "/etc/passwd"}})
	k.add("path of configuration loop", hostile{files: map[string]string{"a.hcl": ""}, want: "File cannot be read", links: map[string]string{"main.hcl": "main.hcl"}})
	k.add("path of signers", hostile{files: map[string]string{"main.hcl": "approvals {\n  required = 1\n  allowed_signers = \"../../etc/passwd\"\n}\n"}, want: "File cannot be read"})
	k.add("path with NUL", hostile{files: map[string]string{"main.hcl": benchHead + fmt.Sprintf(hostileRows, `a\u0000.csv`, "")}, want: "File cannot be read"})
}

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
		"merge mark":           {head + "<<<<<<< HEAD\n1,1,t,A\n", "Unsettled merge"},
		"zip":                  {"PK\x03\x04\x14\x00", "Control character"},
		"carriage return only": {strings.ReplaceAll(head+"1,1,t,A\n", "\n", "\r"), "No rows"},
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

// values are attributes with too much or too odd values.
func (k *kindsOf) values() {
	with := func(old, new string) string { return strings.Replace(okConfig, old, new, 1) }
	for name, tt := range map[string]struct{ text, want string }{
		"huge amount":            {with("amount     = 1", "amount = 99999999999999999999999999"), "too large"},
		"negative amount":        {with("amount     = 1", "amount = -1"), "Unusable amount"},
		"tiny amount":            {with("amount     = 1", "amount = 0.00000001"), "fraction digits"},
		"amount of a list":       {with("amount     = 1", "amount = [1]"), "Unusable amount"},
		"amount of a third":      {with("amount     = 1", "amount = 1 / 3"), "money_round"},
		"amount of nothing":      {with("amount     = 1", "amount = null"), "No value"},
		"long period":            {with("2026-11", strings.Repeat("1", 100)), "period"},
		"period of a path":       {with("2026-11", "../../etc"), "period"},
		"long description":       {with("Salary", strings.Repeat("x", 10_000)), "at most 255"},
		"long label":             {with("amount     = 1", "amount = 1\n    label = \""+strings.Repeat("x", 10_000)+"\""), "at most 80"},
		"long hold":              {with("amount     = 1", "amount = 1\n    hold = \""+strings.Repeat("x", 10_000)+"\""), "at most 1000"},
		"long order id":          {with("amount     = 1", "amount = 1\n    order_id = \""+strings.Repeat("x", 10_000)+"\""), "order id"},
		"time limit for ever":    {with("amount     = 1", "amount = 1\n    time_limit = \"99999999h\""), "Not a fitting duration"},
		"retry for ever":         {with("amount     = 1", "amount = 1\n    retry = 1000000"), "Not a fitting number"},
		"merchant id of letters": {with("merchant_id = 1", "merchant_id = \"x\""), "Wrong type"},
		"huge merchant id":       {with("merchant_id = 1", "merchant_id = 99999999999999999999"), "Not a fitting number"},
		"zone of a path":         {with("merchant_id = 1", "merchant_id = 1\n  time_zone = \"../../etc/passwd\""), "Unknown time zone"},
		"loopback far away":      {with("merchant_id = 1", "merchant_id = 1\n  base_url = \"https://example.kz\""), "Sandbox is on this machine"},
		"in flight":              {with("merchant_id = 1", "merchant_id = 1\n  max_in_flight = 1000000"), "Not a fitting number"},
		"rate of nothing":        {with("merchant_id = 1", "merchant_id = 1\n  rate = \"0/s\""), "Not a rate"},
		"label of a path":        {with(`payout "p"`, `payout "../p"`), "Not a name"},
		"blank label":            {with(`payout "p"`, `payout ""`), "Not a name"},
		"long label of a block":  {with(`payout "p"`, `payout "`+strings.Repeat("p", 100_000)+`"`), ""},
		"many attributes":        {with("amount     = 1", "amount = 1\n"+manyRows(2_000, "    a%d = 1\n")), "Unsupported argument"},
		"repeated attribute":     {with("amount     = 1", "amount = 1\n"+strings.Repeat("    amount = 1\n", 2_000)), "Attribute redefined"},
		"many payouts of a name": {benchHead + strings.Repeat("payout \"p\" {\n  amount = 1\n  user_id = 1\n  card_token = \"t\"\n}\n", 2_000) + "}\n", "Payout declared twice"},
		"many merchants":         {strings.Repeat("merchant \"m\" {\n  environment = \"sandbox\"\n  merchant_id = 1\n}\n", 2_000), "Declared twice"},
		"many unknown blocks":    {strings.Repeat("resource \"a\" \"b\" {}\n", 2_000), "Block not supported"},
		"unknown function":       {with("amount     = 1", "amount = exec(\"rm\")"), "There is no function"},
		"meter by name":          {with("amount     = 1", "amount = a counted value(1)"), "Missing newline"},
		"environment":            {with("amount     = 1", "amount = env.HOME"), "Unknown name"},
		"secret key":             {with("merchant_id = 1", "merchant_id = 1\n  secret_key = \"s3cretKeyCanary\""), "Secret in a file"},
		"iban":                   {with("card_token = \"t\"", "card_token = \"KZ86125KZT5004100100\""), "Account in place of a token"},
		"reserved iban":          {with("card_token = \"t\"", "iban = \"KZ86125KZT5004100100\""), "Destination not supported"},
		"moved to itself":        {"moved {\n  from = a[\"1\"].b\n  to = a[\"1\"].b\n}\n", "Moved to itself"},
		"import of expressions":  {okConfig + "import {\n  to = b[\"1\"].p[file(\"/etc/passwd\")]\n  payment_id = 1\n  amount = 1\n  reason = \"x\"\n}\n", "Not an address"},
		"version of letters":     {"payrun {\n  required_version = \"" + strings.Repeat("9", 1000) + "\"\n}\n", "Not a version"},
		"signers of nobody":      {"approvals {\n  required = 1000\n  allowed_signers = \"x\"\n}\n", "Not a fitting number"},
	} {
		k.hcl("value "+name, tt.text, tt.want)
	}
}
