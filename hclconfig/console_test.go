package hclconfig

import (
	"strings"
	"testing"

	"payrun/planner/payout"
)

const consoleConfig = benchHead + `
  payout "p" {
    amount     = 1
    user_id    = 1
    card_token = local.people["a"].token
  }
}
variable "pin" {
  default   = "canary-secret-value"
  sensitive = true
}
variable "period" { default = "2026-11" }
locals {
  people = { a = { token = "tok_live_canary_0123456789", sum = 1234.56 } }
}
`

func openConsole(t *testing.T) *Console {
	t.Helper()
	kzt := payout.MustCurrency("KZT")
	cfg := loadText(t, consoleConfig)
	write(t, cfg.Dir, "later.txt", "written later")
	c, err := cfg.Console(Facts{"b": {Total: payout.Money{Minor: 1573932850, Currency: kzt}, Largest: payout.Money{Minor: 100, Currency: kzt}, Count: 43, Unknown: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestConsole(t *testing.T) {
	c := openConsole(t)
	tests := map[string]string{
		`var.period`:                             `"2026-11"`,
		`batch.b.total`:                          `15739328.5`,
		`batch.b.count * 2`:                      `86`,
		`batch.b.new_recipients`:                 `(not known)`,
		`1234.56 - 1234.55`:                      `0.01`,
		`0.1 + 0.2 - 0.3`:                        `0`,
		`10 / 3`:                                 `3.333333333333333333333333…`,
		`pow(10, 80)`:                            `1` + strings.Repeat("0", 80),
		`money(batch.b.total, "KZT")`:            `"15739328.50"`,
		`true && false`:                          `false`,
		`null`:                                   `null`,
		`[1, "a"]`:                               "[\n  1,\n  \"a\",\n]",
		`[]`:                                     `[]`,
		`toset(["x"])`:                           "toset([\n  \"x\",\n])",
		`{ a = [1] }`:                            "{\n  \"a\" = [\n    1,\n  ]\n}",
		`var.pin`:                                `(sensitive value)`,
		`"x${var.pin}"`:                          `(sensitive value)`,
		`local.people["a"].sum`:                  `1234.56`,
		`file("later.txt")`:                      `"written later"`,
		`"ef741cfc-f85e-41a0-84e6-2ba964912182"`: `"ef74****************************2182"`,
		`[for p in local.people : p.sum]`:        "[\n  1234.56,\n]",
	}
	for expr, want := range tests {
		t.Run(expr, func(t *testing.T) {
			got, diags := c.Eval(expr)
			if diags.HasErrors() {
				t.Fatal(show(diags))
			}
			if got.Text != want {
				t.Errorf("got %s, want %s", got.Text, want)
			}
			if (got.JSON == "") != (got.Sensitive || !got.Known) {
				t.Errorf("JSON %q, sensitive %t, known %t", got.JSON, got.Sensitive, got.Known)
			}
		})
	}
}

func TestConsoleHidesTokens(t *testing.T) {
	c := openConsole(t)
	for _, expr := range []string{
		`local.people`, `local`, `var`, `local.people["a"].token`, `split("_", local.people["a"].token)`, `substr(local.people["a"].token, 0, 20)`, `upper(local.people["a"].token)`,
	} {
		got, diags := c.Eval(expr)
		if diags.HasErrors() {
			t.Fatal(show(diags))
		}
		for _, canary := range []string{"canary_0123", "CANARY_0123", "canary-secret", `"canary"`} {
			if strings.Contains(got.Text, canary) || strings.Contains(got.JSON, canary) {
				t.Errorf("%s shows %s", expr, got.Text)
			}
		}
	}
}

func TestConsoleMistakes(t *testing.T) {
	c := openConsole(t)
	tests := map[string]string{
		`1 +`:                     "expression",
		`var.perod`:               `Did you mean "period"?`,
		`batch.bb.total`:          "batch",
		`row.x`:                   "only in a payout or import block",
		`nosuch`:                  "Unknown name",
		`lowr("a")`:               "lower",
		`tonumber("x")`:           "number",
		`regex("z", var.pin)`:     "",
		`file("../outside")`:      "leaves",
		strings.Repeat("(", 5000): "Nested too deep",
		"\"\x1b\"":                "Control character",
		`"4242424242424242"`:      "Card number",
		`pow(pow(10, 80), 60)`:    "Too much data",
	}
	for expr, want := range tests {
		_, diags := c.Eval(expr)
		if !diags.HasErrors() || !strings.Contains(show(diags), want) {
			t.Errorf("%.40s: got %s, want %q", expr, show(diags), want)
		}
		noSecrets(t, c.Sources(), diags)
	}
}

func TestConsoleOpen(t *testing.T) {
	c := openConsole(t)
	for text, want := range map[string]bool{
		"": false, "1": false, "[": true, "[1]": false, "{ a = (": true, "f(1)": false, ")": false, `"${`: true, "<<EOT\nx\n": true, "<<EOT\nx\nEOT\n": false,
	} {
		if got := c.Open(text); got != want {
			t.Errorf("Open(%q) = %t", text, got)
		}
	}
}

func TestConsoleWithoutDirectory(t *testing.T) {
	cfg := loadText(t, consoleConfig)
	cfg.Dir += "/gone"
	if _, err := cfg.Console(nil); err == nil {
		t.Error("no error for a directory that is gone")
	}
}
