package hclconfig

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
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
	// The steps of a load are many; with fewer the same is seen in less time.
	hostileShare = 10
)

// TestHostile loads every kind of hostile input: each ends in a diagnostic, or
// loads where it is legal, within bounded work.
func TestHostile(t *testing.T) {
	kinds := hostileKinds(t)
	if len(kinds) < 200 {
		t.Fatalf("%d kinds", len(kinds))
	}
	names := slices.Sorted(maps.Keys(kinds))
	for i, name := range names {
		if testing.Short() && i%10 != 0 {
			continue
		}
		h := kinds[name]
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
	cfg, sources, diags := loadWithin(Options{Dir: dir}, MaxSteps/hostileShare)
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
	k.hcl("merge mark", "<<<<<<< HEAD\n"+okConfig, "Two people changed this file")
	k.hcl("carriage returns", strings.ReplaceAll(okConfig, "\n", "\r"), "Half a line end")
	k.hcl("carriage return in a comment", okConfig+"# a note\r  hold = \"not what it seems\"\n", "Half a line end")
	k.hcl("carriage return at the end", okConfig+"\r", "Half a line end")
	k.hcl("carriage returns doubled", strings.ReplaceAll(okConfig, "\n", "\r\r\n"), "Half a line end")
	k.hcl("windows line ends", strings.ReplaceAll(okConfig, "\n", "\r\n"), "")
	k.json("carriage return", "{\r}", "Half a line end")
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
