package hclconfig

import (
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"payrun/planner/payout"
)

func pipeAndLink(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside.txt")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
}

func TestLinkedFileOutside(t *testing.T) {
	dir := t.TempDir()
	pipeAndLink(t, dir)
	if err := os.Rename(filepath.Join(dir, "link"), filepath.Join(dir, "main.hcl")); err != nil {
		t.Fatal(err)
	}
	_, _, diags := Load(Options{Dir: dir})
	if got := show(diags); !strings.Contains(got, "leaves the configuration's directory") {
		t.Error(got)
	}
}

func TestUnreadable(t *testing.T) {
	_, sources, diags := Load(Options{Dir: filepath.Join(t.TempDir(), "nothere")})
	if got := show(diags); !strings.Contains(got, "Directory cannot be read") || sources == nil {
		t.Error(got)
	}
	if _, ok := sources.File("x"); ok {
		t.Error("a file that was never read has a source")
	}
}

func TestNesting(t *testing.T) {
	n := 100_000
	for name, text := range map[string]string{
		"brackets.hcl":     "locals {\n  a = " + strings.Repeat("[", n) + "\n}\n",
		"parens.hcl":       "locals {\n  a = " + strings.Repeat("(", n) + "\n}\n",
		"objects.hcl":      "locals {\n  a = " + strings.Repeat("{a=", n) + "\n}\n",
		"blocks.hcl":       strings.Repeat("a {\n", n),
		"templates.hcl":    "locals {\n  a = " + strings.Repeat(`"${`, n) + "\n}\n",
		"directives.hcl":   "locals {\n  a = \"" + strings.Repeat(`%{ if true }`, n) + "\"\n}\n",
		"not.hcl":          "locals {\n  a = " + strings.Repeat("!", n) + "true\n}\n",
		"minus.hcl":        "locals {\n  a = " + strings.Repeat("-", n) + "1\n}\n",
		"plus.hcl":         "locals {\n  a = 1" + strings.Repeat("+1", n) + "\n}\n",
		"conditions.hcl":   "locals {\n  a = " + strings.Repeat("true?1:", n) + "1\n}\n",
		"indexes.hcl":      "locals {\n  a = f()" + strings.Repeat("[0]", n) + "\n}\n",
		"calls.hcl":        "locals {\n  a = " + strings.Repeat("f(", n) + "\n}\n",
		"arrays.hcl.json":  `{"locals": {"a": ` + strings.Repeat("[", n) + "}}",
		"strings.hcl.json": `{"locals": {"a": "${` + strings.Repeat("(", n) + `}"}}`,
		"quotes.hcl.json":  `{"locals": {"a": "` + strings.Repeat(`${\"`, n) + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, name, text)
			_, _, diags := Load(Options{Dir: dir})
			if got := show(diags); !strings.Contains(got, "Nested too deep") {
				t.Errorf("%.300s", got)
			}
		})
	}
}

func TestWideIsNotDeep(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "main.hcl", "locals {\n  a = ["+strings.Repeat("[1 + 2, {a = \"x${1}\"}],\n", 20_000)+"]\n}\n")
	_, _, diags := Load(Options{Dir: dir})
	if diags.HasErrors() {
		t.Error(show(diags))
	}
}

func TestEncodings(t *testing.T) {
	text := "id;Имя;sum\n1;Айгүл;10,50\n"
	for name, tt := range map[string]struct {
		encoding encoding.Encoding
		declared string
		mark     string
		letter   string
		want     string
	}{
		"windows-1251":      {charmap.Windows1251, "windows-1251", "", "у", ""},
		"utf-16le":          {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", "", "ү", ""},
		"utf-16le and mark": {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", "\xff\xfe", "ү", ""},
		"utf-16be":          {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-8", "\xfe\xff", "ү", "is UTF-16"},
		"undeclared":        {charmap.Windows1251, "utf-8", "", "у", `encoding = "windows-1251"`},
		"undefined byte":    {encoding.Nop, "windows-1251", "\x98", "x", "does not exist in windows-1251"},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := tt.encoding.NewEncoder().Bytes([]byte(strings.ReplaceAll(text, "ү", tt.letter)))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write(t, dir, "r.csv", tt.mark+string(raw))
			write(t, dir, "main.hcl", benchHead+`
  payout "p" {
    rows {
      path              = "r.csv"
      delimiter         = ";"
      decimal_separator = ","
      encoding          = "`+tt.declared+`"
    }
    key        = row.id
    amount     = row.sum
    user_id    = row.id
    card_token = "t"
    label      = row["Имя"]
  }
}
`)
			cfg, sources, diags := Load(Options{Dir: dir})
			noSecrets(t, sources, diags)
			if tt.want != "" {
				if got := show(diags); !strings.Contains(got, tt.want) {
					t.Error(got)
				}
				return
			}
			if diags.HasErrors() {
				t.Fatal(show(diags))
			}
			p := cfg.Batches[0].Payouts[0]
			if want := strings.ReplaceAll("Айгүл", "ү", tt.letter); p.Label != want || p.Amount.Minor != 1050 {
				t.Errorf("%q %s", p.Label, p.Amount)
			}
		})
	}
}

func TestCardNumber(t *testing.T) {
	for text, want := range map[string]string{
		"4242424242424242": "…4242", "x4242424242424242y": "…4242", "5555555555554444": "…4444",
		"378282246310005": "…0005", "8600123456789013": "", "4242424242424243": "", "42424242424242424242": "",
		"4242 4242 4242 4242": "", "630405300006": "", "2200000000000004": "…0004", "": "",
	} {
		got, found := cardNumber(text)
		if got != want || found != (want != "") {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestScrub(t *testing.T) {
	for text, want := range map[string]string{
		"token ef741cfc-f85e-41a0-84e6-2ba964912182.": "token ef74****************************2182.",
		"card 4242424242424242":                       "card ************4242",
		"card 4242 4242 4242 4242, valid":             "card ***************4242, valid",
		"card 3782-822463-10005":                      "card *************0005",
		"4242 4242 4242 4243":                         "4242 4242 4242 4243",
		"4242-424242-4242":                            "4242-424242-4242",
		"KZ86125KZT5004100100":                        "KZ86************0100",
		"salary 2026-11 of 1001":                      "salary 2026-11 of 1001",
	} {
		if got := scrub(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestScrubValue(t *testing.T) {
	s := newSources()
	v := cty.ObjectVal(map[string]cty.Value{
		"card_token": cty.StringVal("tok_live_canary_0123456789"),
		"list":       cty.ListVal([]cty.Value{cty.NumberIntVal(1), cty.NumberIntVal(2).Mark(sensitiveMark{})}),
		"pin":        cty.StringVal("canary-secret-value").Mark(sensitiveMark{}),
		"map":        cty.MapVal(map[string]cty.Value{"card_token": cty.StringVal("tok_live_canary_0123456789")}),
		"null":       cty.NullVal(cty.String),
	})
	got := s.scrubValue(v).GoString()
	for _, secret := range canaries {
		if strings.Contains(got, secret) {
			t.Errorf("%s is shown: %s", secret, got)
		}
	}
	if s.scrubValue(v).ContainsMarked() {
		t.Error("a mark is left")
	}
}

func TestTimes(t *testing.T) {
	almaty, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		zone *time.Location
		want string
	}{
		{"2026-11-28 18:00", almaty, "2026-11-28T18:00:00+05:00"},
		{"2026-11-28 18:00:05", almaty, "2026-11-28T18:00:05+05:00"},
		{"2026-11-28", almaty, "2026-11-28T00:00:00+05:00"},
		{"2026-11-28T18:00:00Z", almaty, "2026-11-28T18:00:00Z"},
		{"2026-03-29 02:30", berlin, ""}, // the clock leaves this out
		{"28.11.2026", almaty, ""},
		{"2026-11-31", almaty, ""},
	} {
		got, err := parseTime(tt.text, tt.zone)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s was read as %s", tt.text, got)
			}
			continue
		}
		if err != nil || got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s: got %s, %v", tt.text, got.Format(time.RFC3339), err)
		}
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]bool{
		">= 0.1.0": true, "> 0.1.2": false, "< 1": true, "<= 0.1.2": true, "!= 0.1.2": false, "= 0.1.2": true, "0.1.2": true,
		"~> 0.1": true, "~> 0.2": false, "~> 0.1.1": true, "~> 0.1.3": false, "~> 1": false, ">= 0.1, < 0.1.2": false,
	} {
		constraints, err := parseConstraints(text)
		if err != nil {
			t.Fatal(err)
		}
		got := true
		for _, c := range constraints {
			got = got && c.allows(version{0, 1, 2})
		}
		if got != want {
			t.Errorf("0.1.2 and %s: %v", text, got)
		}
	}
	for _, text := range []string{"", "x", "1.2.3.4", "=> 1", ">= -1", ","} {
		if _, err := parseConstraints(text); err == nil {
			t.Errorf("%q is a constraint", text)
		}
	}
	if v, err := parseVersion("v1.2.3-rc.1+meta"); err != nil || v != (version{1, 2, 3}) {
		t.Errorf("%v %v", v, err)
	}
}

// TestNumberMoney says that sums and differences of amounts stay exact, and
// that whatever has more digits than the currency is refused.
func TestNumberMoney(t *testing.T) {
	kzt := payout.MustCurrency("KZT")
	rapid.Check(t, func(t *rapid.T) {
		minor := func(name string) payout.Money {
			return payout.Money{Minor: rapid.Int64Range(0, 1e13).Draw(t, name), Currency: kzt}
		}
		a, b := minor("a"), minor("b")
		if a.Minor < b.Minor {
			a, b = b, a
		}
		got, err := numberMoney(moneyValue(a).Subtract(moneyValue(b)), kzt)
		if err != nil || got.Minor != a.Minor-b.Minor {
			t.Fatalf("%s - %s = %s, %v", a, b, got, err)
		}
		tiny := cty.MustParseNumberVal("0.001")
		if got, err := numberMoney(moneyValue(a).Add(tiny), kzt); err == nil {
			t.Fatalf("%s + 0.001 = %s", a, got)
		}
	})
}

func TestExactDecimal(t *testing.T) {
	for _, text := range []string{"0.1", "132", "1e-30", "10.005", "-0.01", "1e300"} {
		f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		got, exact := exactDecimal(f, 2)
		want := map[string]string{"0.1": "0.10", "132": "132.00", "-0.01": "-0.01"}[text]
		if exact != (want != "") || exact && got != want {
			t.Errorf("%s: %q %v", text, got, exact)
		}
	}
}

// TestOrder says that the order of files and blocks never changes the meaning.
func TestOrder(t *testing.T) {
	parts := []string{
		"variable \"x\" { default = \"1\" }\n", "locals {\n  a = local.b\n}\n", "locals {\n  b = var.x\n}\n",
		"merchant \"main\" {\n  environment = \"sandbox\"\n  merchant_id = 1\n}\n",
		"batch \"b\" {\n  period = local.a\n  description = \"x\"\n  payout \"p\" {\n    amount = 1\n    user_id = 1\n    card_token = \"t\"\n  }\n}\n",
		"batch \"a\" {\n  period = local.b\n  description = \"x\"\n  payout \"p\" {\n    amount = 2\n    user_id = 1\n    card_token = \"t\"\n  }\n}\n",
	}
	want := ""
	rapid.Check(t, func(rt *rapid.T) {
		order := rapid.Permutation(parts).Draw(rt, "order")
		cfg := loadText(t, strings.Join(order, ""))
		var got []string
		for _, b := range cfg.Batches {
			got = append(got, b.Payouts[0].Address.String()+" "+b.Payouts[0].Amount.String())
		}
		if want == "" {
			want = strings.Join(got, "\n")
		}
		if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestContexts says that diagnostics carry the values in play, masked.
func TestContexts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "main.hcl", benchHead+`
  payout "p" {
    for_each   = { a = { sum = "1,5", t = "tok_live_canary_0123456789" } }
    amount     = "${each.value.sum}${each.value.t}"
    user_id    = 1
    card_token = each.value.t
  }
}
`)
	_, sources, diags := Load(Options{Dir: dir})
	noSecrets(t, sources, diags)
	if len(diags) != 1 || diags[0].EvalContext == nil || diags[0].Extra != Code("payout_amount") {
		t.Fatalf("%s", show(diags))
	}
	each := diags[0].EvalContext.Variables["each"]
	if got := each.GetAttr("value").GetAttr("sum").AsString(); got != "1,5" {
		t.Errorf("sum is shown as %q", got)
	}
}

func TestRangeAt(t *testing.T) {
	got := rangeAt("f", []byte("aé\nбв"), 4, 6)
	want := hcl.Range{Filename: "f", Start: hcl.Pos{Line: 2, Column: 1, Byte: 4}, End: hcl.Pos{Line: 2, Column: 2, Byte: 6}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
