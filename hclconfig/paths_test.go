package hclconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

// TestRefused holds one configuration for each refusal that needs a file which
// a fixture could not show.
func TestRefused(t *testing.T) {
	payoutOf := func(merchant, fields string) string {
		head := strings.Replace(benchHead, "merchant_id = 1", "merchant_id = 1\n"+merchant, 1)
		return head + "  payout \"p\" {\n    amount = 1\n    card_token = \"t\"\n" + fields + "  }\n}\n"
	}
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("locals {\n  a0 = 1\n")
		for i := range n {
			fmt.Fprintf(&b, "  a%d = [local.a%d]\n", i+1, i)
		}
		return b.String() + "}\n"
	}
	for name, tt := range map[string]struct{ text, want string }{
		"utf-16":          {"\xff\xfea\x00", "is UTF-16"},
		"deep value":      {chain(300), "it is nested too deep"},
		"long chain":      {longChain(6000), "Nested too deep"},
		"long text":       {"locals {\n  a = file(\"long.txt\")\n  b = [" + strings.Repeat("local.a, ", 70) + "]\n}\n", "its text is too long"},
		"whole locals":    {"locals {\n  a = local\n}\n", "Locals need each other"},
		"merchant's user": {payoutOf(`api = "merchant"`, "user_id = \"a b\"\n"), "the merchant API takes"},
		"empty user":      {payoutOf("", "user_id = \"\"\n"), "user_id = \"\": it is empty"},
		"days":            {payoutOf("", "user_id = 1\n    time_limit = \"99999d\"\n"), "Not a fitting duration"},
		"null element":    {payoutOf("", "user_id = 1\n    for_each = toset([tostring(null)])\n"), "No elements"},
		"card as reason":  {payoutOf("", "user_id = 1\n    hold = \"${\"42424242\"}42424242\"\n"), "Card number"},
		"loopback":        {"merchant \"m\" {\n  environment = \"sandbox\"\n  merchant_id = 1\n  base_url = \"http://[::1\"\n}\n", "it is not a URL"},
		"two imports":     {benchHead + "}\n" + strings.Repeat("import {\n  to = b[\"1\"].x\n  order_id = \"o\"\n  amount = 1\n  reason = \"r\"\n}\n", 2), "is imported already at"},
		"unknown result":  {"output \"x\" { value = tonumber }\n", "There is no \"tonumber\" here"},
		"reason of batch": {strings.Replace(benchHead, "period", "hold = \"\\u202e\"\n  period", 1) + "}\n", "not seen in print"},
		"output function": {"check \"c\" {\n  assert {\n    condition = var.x\n    error_message = \"m\"\n  }\n}\n", "There is no var.x"},
		"yaml brackets":   {"locals {\n  a = yamldecode(\"" + strings.Repeat("[]", 300_000) + "\")\n}\n", "too many brackets"},
		"yaml size":       {"locals {\n  a = yamldecode(\"" + strings.Repeat("xxxxxxxxxx", 120_000) + "\")\n}\n", "more than 1048576 bytes"},
		"yaml indent":     {"locals {\n  a = yamldecode(\"" + strings.Repeat(" ", 2000) + "x: 1\")\n}\n", "nested deeper"},
		"parts":           {payoutOf("", "user_id = \"${(each.key)}\"\n"), "No elements here"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "long.txt", strings.Repeat("x", 1<<20))
			write(t, dir, "main.hcl", tt.text)
			_, sources, diags := Load(Options{Dir: dir})
			if got := show(diags); !strings.Contains(got, tt.want) {
				t.Errorf("got %.600s, want %s", got, tt.want)
			}
			noSecrets(t, sources, diags)
		})
	}
}

// longChain declares locals of which the first needs all others.
func longChain(n int) string {
	var b strings.Builder
	b.WriteString("locals {\n")
	for i := range n {
		fmt.Fprintf(&b, "  a%05d = local.a%05d\n", i, i+1)
	}
	fmt.Fprintf(&b, "  a%05d = 1\n}\n", n)
	return b.String()
}

func TestBounds(t *testing.T) {
	sparse := func(t *testing.T, dir, name string, size int64) {
		t.Helper()
		write(t, dir, name, "")
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		prepare func(t *testing.T, dir string)
		want    string
	}{
		"large file": {func(t *testing.T, dir string) { sparse(t, dir, "a.hcl", MaxFileBytes+1) }, "a.hcl is larger than 64 MiB"},
		"many files": {func(t *testing.T, dir string) {
			for i := range MaxFiles + 1 {
				write(t, dir, fmt.Sprintf("f%d.hcl", i), "")
			}
		}, "The directory has 10001 configuration files"},
		"many rows": {func(t *testing.T, dir string) {
			write(t, dir, "rows.csv", strings.Repeat("a\n", MaxRows+2))
			write(t, dir, "a.hcl", benchHead+rowsPayout)
		}, "more than 2000000 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tt.prepare(t, dir)
			_, _, diags := Load(Options{Dir: dir})
			if got := show(diags); !strings.Contains(got, tt.want) {
				t.Errorf("got %.600s, want %s", got, tt.want)
			}
		})
	}
}

// TestAccepted holds what could be mistaken for a mistake.
func TestAccepted(t *testing.T) {
	dir := t.TempDir()
	decomposed := norm.NFD.String("Й")
	write(t, dir, "r.csv", "id,name,sum,flag\n1,"+decomposed+",10.00,true\n\n2,x,5,false\n")
	write(t, dir, "main.hcl", benchHead+`
  payout "p" {
    rows { path = "./r.csv" }
    key        = (row.id)
    when       = row.flag
    amount     = "${row.sum}"
    user_id    = length(row) == 4 ? row["id"] : "0"
    card_token = "${"t"}-${row.id}${var.suffix}"
    label      = "${row.name}"
    hold       = row.id == "9" ? "x" : null
    description = "${var.pin} ${row.id}"
  }
  payout "none" {
    for_each   = toset([])
    amount     = 1
    user_id    = 1
    card_token = "t"
  }
}
variable "suffix" {
  type     = string
  nullable = false
  default  = "s"
}
variable "list" { type = list(number) }
variable "pin" {
  default   = "Pay"
  sensitive = true
}
`)
	cfg, _, diags := Load(Options{Dir: dir, VarFlags: []string{"list=[1, 2]"}, VarFiles: nil, Env: []string{"PAYRUN_VAR_suffix=z"}})
	if len(diags) > 0 {
		t.Fatal(show(diags))
	}
	b := cfg.Batches[0]
	if len(b.Payouts) != 1 || b.Skipped != 1 || cfg.Counts != (Counts{Rows: 2, Skipped: 1}) {
		t.Fatalf("%+v %+v", b, cfg.Counts)
	}
	p := b.Payouts[0]
	if p.Label != "Й" || p.Token.Reveal() != "t-1z" || p.Hold != "" || p.Description != "Pay 1" {
		t.Errorf("%+v", p)
	}
	if !cfg.Merchants[0].Rate.Unlimited() || DefaultRate().Unlimited() {
		t.Error("rates")
	}
	if len(cfg.Inputs) != 2 || cfg.Inputs[1].Path != "r.csv" {
		t.Errorf("inputs %+v", cfg.Inputs)
	}
}

func TestNullableDefault(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.vars.hcl", "x = null\n")
	write(t, dir, "main.hcl", "variable \"x\" {\n  nullable = false\n  default = \"d\"\n}\noutput \"x\" { value = var.x }\n")
	cfg, _, diags := Load(Options{Dir: dir, VarFiles: []string{filepath.Join(dir, "a.vars.hcl")}})
	if diags.HasErrors() {
		t.Fatal(show(diags))
	}
	if got := cfg.Variables[0]; got.Printed != `"d"` || got.Source != "default" {
		t.Errorf("%+v", got)
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{72 * time.Hour: "72h", time.Minute: "1m", time.Second: "1s", 90 * time.Minute: "1h30m"} {
		if got := shortDuration(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
