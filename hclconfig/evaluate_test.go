package hclconfig

import (
	"strings"
	"testing"

	"payrun/planner/payout"
)

const factsConfig = benchHead + `
  payout "p" {
    amount     = 1
    user_id    = 1
    card_token = "t"
  }
}
variable "pin" {
  default   = "canary-secret-value"
  sensitive = true
}
check "total" {
  assert {
    condition     = batch.b.total <= 38520300.10
    error_message = "too much: ${money(batch.b.total, batch.b.currency)}"
  }
}
check "new" {
  severity = "warn"
  assert {
    condition     = batch.b.new_recipients < 2
    error_message = "too many"
  }
}
check "divide" {
  assert {
    condition     = batch.b.largest / batch.b.count >= 0
    error_message = "x"
  }
}
output "total" { value = batch.b.total }
output "text" { value = "all: ${batch.b.count}" }
output "pin" {
  value     = var.pin
  sensitive = true
}
`

func loadText(t *testing.T, text string) *Config {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "main.hcl", text)
	cfg, _, diags := Load(Options{Dir: dir})
	if diags.HasErrors() {
		t.Fatal(show(diags))
	}
	return cfg
}

func TestEvaluate(t *testing.T) {
	cfg := loadText(t, factsConfig)
	kzt := payout.MustCurrency("KZT")
	money := func(minor int64) payout.Money { return payout.Money{Minor: minor, Currency: kzt} }
	for _, tt := range []struct {
		name string
		fact BatchFacts
		want string
	}{
		{"holds", BatchFacts{Total: money(3852030010), Largest: money(1), Count: 3, NewRecipients: 1},
			"total=passed new=passed divide=passed total=38520300.1 text=all: 3 pin="},
		{"broken", BatchFacts{Total: money(3852030011), Largest: money(1), Count: 3, NewRecipients: 2},
			"total=failed:too much: 38520300.11 new=failed:too many divide=passed total=38520300.11 text=all: 3 pin="},
		{"unknown", BatchFacts{Total: money(0), Largest: money(1), Count: 1, Unknown: true},
			"total=passed new=not judged divide=passed total=0 text=all: 1 pin="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			results, diags := cfg.Evaluate(Facts{"b": tt.fact})
			if len(diags) > 0 {
				t.Fatal(show(diags))
			}
			if got := summary(results); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func summary(r Results) string {
	var parts []string
	for _, c := range r.Checks {
		text := c.Name + "=" + string(c.Verdict)
		if c.Message != "" {
			text += ":" + c.Message
		}
		parts = append(parts, text)
	}
	for _, o := range r.Outputs {
		parts = append(parts, o.Name+"="+o.Text)
	}
	return strings.Join(parts, " ")
}

func TestEvaluateMistake(t *testing.T) {
	cfg := loadText(t, factsConfig)
	_, diags := cfg.Evaluate(Facts{"b": {Total: payout.Money{Currency: payout.MustCurrency("KZT")}}})
	if !diags.HasErrors() || !strings.Contains(show(diags), "divide zero by zero") {
		t.Errorf("0 / 0 is taken: %s", show(diags))
	}
}

// TestFunctions evaluates an output each and compares its JSON.
func TestFunctions(t *testing.T) {
	for expr, want := range map[string]string{
		`money(1200000, "KZT")`:           `"1200000.00"`,
		`money(5, "JPY")`:                 `"5"`,
		`money(1 - 0.99, "KZT")`:          `"0.01"`,
		`money_round(2.675, 2)`:           `2.68`,
		`money_round(2.665, 2)`:           `2.67`,
		`money_round(100 * 1.2 * 1.1, 2)`: `132`,
		`money_round(-2.5, 0)`:            `-3`,
		`split_evenly("100.00", 3)`:       `["33.34","33.33","33.33"]`,
		`split_evenly(1, 2)`:              `["0.50","0.50"]`,
		`split_evenly("7", 2)`:            `["4","3"]`,
		`sum([1, 2.5, "3"])`:              `6.5`,
		`sum([])`:                         `0`,
		`money_round(1e-3000, 2)`:         `0`,
		`money(1e-3000, "KZT")`:           `"0.00"`,
		`pow(1.5, 2)`:                     `2.25`,
		`length("ab")`:                    `2`,
		`length([1])`:                     `1`,
		`sha256("")`:                      `"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`,
		`try(tonumber("x"), 7)`:           `7`,
		`can(regex("^a", "b"))`:           `false`,
		`toset(["b", "a", "b"])`:          `["a","b"]`,
		`tomap({ a = 1 })`:                `{"a":1}`,
		`jsondecode("{\"a\": [1]}").a[0]`: `1`,
		`yamldecode("a: [1]").a[0]`:       `1`,
		`csvdecode("a,b\n1,2")[0].b`:      `"2"`,
		`file("text.txt")`:                `"hello"`,
		`fileexists("text.txt")`:          `true`,
		`fileexists("nothere.txt")`:       `false`,
		`fileexists("../text.txt")`:       `false`,
		`formatdate("YYYY-MM", timeadd("2026-11-22T00:00:00Z", "240h"))`: `"2026-12"`,
		`format("%05.1f", 2.25)`:   `"002.2"`,
		`indent(2, "a\nb")`:        `"a\n  b"`,
		`setproduct(["a"], ["b"])`: `[["a","b"]]`,
		`replace("aXa", "X", "b")`: `"aba"`,
	} {
		t.Run(expr, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "text.txt", "hello")
			write(t, dir, "main.hcl", "output \"x\" {\n  value = "+expr+"\n}\n")
			cfg, _, diags := Load(Options{Dir: dir})
			if diags.HasErrors() {
				t.Fatal(show(diags))
			}
			results, _ := cfg.Evaluate(nil)
			if got := results.Outputs[0].Value; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestFunctionErrors(t *testing.T) {
	deep := strings.Repeat("[", 300)
	for expr, want := range map[string]string{
		`money(1, "kzt")`:             `is not a currency code`,
		`money(1 / 3, "KZT")`:         `does not end within the 2`,
		`money_round(1, 21)`:          `from 0 to 20`,
		`money_round(1 / 0, 2)`:       `too large to be rounded`,
		`split_evenly("1,5", 3)`:      `a comma is not allowed`,
		`split_evenly("1", 0)`:        `from 1 to 100000`,
		`split_evenly([], 1)`:         `a text or a number is needed`,
		`split_evenly(1 / 3, 1)`:      `money_round`,
		`sum({ a = 1 })`:              `a list or set`,
		`sum(["x"])`:                  `every element must be a number`,
		`pow(2, 0.5)`:                 `from 0 to 1000`,
		`pow(1e3000, 2)`:              `too many digits`,
		`file("../x")`:                `leaves the configuration's directory`,
		`file("/etc/hostname")`:       `is not a path inside`,
		`fileexists("/etc/hostname")`: `is not a path inside`,
		`file("nothere")`:             `does not exist`,
		`file("bytes.txt")`:           `is not UTF-8`,
		`file("pipe")`:                `is not a regular file`,
		`file("link")`:                `leaves the configuration's directory`,
		`jsondecode("` + deep + `")`:  `nested deeper`,
		`yamldecode("` + strings.Repeat("- ", 300) + `")`: `nested deeper`,
		`yamldecode("` + strings.Repeat("[", 300) + `")`:  `nested deeper`,
		`yamldecode("a: &x [1]\nb: *x\nc: *x")`:           `aliases can multiply`,
		`format("%9999d", 1)`:                             `at most three digits`,
		`indent(1001, "x")`:                               `at most 1000 spaces`,
		`tonumber("1e600000000")`:                         `too many digits`,
		`1e600000000`:                                     `Number too large`,
		`log(2, 10)`:                                      `There is no function named "log"`,
		`lowr("a")`:                                       `Did you mean "lower"?`,
		`timestamp()`:                                     `There is no function named "timestamp"`,
	} {
		t.Run(expr[:min(len(expr), 30)], func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "bytes.txt", "\xff")
			pipeAndLink(t, dir)
			write(t, dir, "main.hcl", "output \"x\" {\n  value = "+expr+"\n}\n")
			_, _, diags := Load(Options{Dir: dir})
			if !strings.Contains(show(diags), want) {
				t.Errorf("got %s, want %s", show(diags), want)
			}
		})
	}
}
