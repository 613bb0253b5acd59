package hclconfig

import (
	"strings"
	"testing"
)

// TestNoSecretAnywhere plants secrets where mistakes are made and looks for
// them in everything that could be printed.
func TestNoSecretAnywhere(t *testing.T) {
	const token = "tok_live_canary_0123456789"
	body := func(amount, user, card string) string {
		return benchHead + "  payout \"p\" {\n    amount = " + amount + "\n    user_id = " + user + "\n    card_token = " + card + "\n  }\n}\n"
	}
	rowsBody := func(fields string) string {
		return benchHead + "  payout \"p\" {\n    rows { path = \"r.csv\" }\n" + fields + "  }\n}\n"
	}
	pin := "variable \"pin\" {\n  sensitive = true\n  default = \"canary-secret-value\"\n}\n"
	for name, files := range map[string]map[string]string{
		"token as amount":      {"main.hcl": "locals {\n  tok = \"" + token + "\"\n}\n" + body("local.tok", "1", "local.tok")},
		"token in text":        {"main.hcl": "locals {\n  tok = \"" + token + "\"\n}\n" + body("1", `"x${local.tok}"`, "local.tok")},
		"token with a space":   {"main.hcl": body("1", "1", `"`+token+` "`)},
		"sensitive as amount":  {"main.hcl": pin + body("var.pin", "1", `"t"`)},
		"sensitive as user":    {"main.hcl": pin + body("1", `upper(var.pin)`, `"t"`)},
		"sensitive in a call":  {"main.hcl": pin + body("1", `tonumber(var.pin)`, `"t"`)},
		"sensitive as period":  {"main.hcl": pin + strings.Replace(body("1", "1", `"t"`), `"2026-11"`, "var.pin", 1)},
		"sensitive merchant":   {"main.hcl": pin + strings.Replace(body("1", "1", `"t"`), `"sandbox"`, "var.pin", 1)},
		"iban as user":         {"main.hcl": body("1", `"KZ86125KZT5004100100"`, `"t"`)},
		"card as user":         {"main.hcl": body("1", `"4242424242424242"`, `"t"`)},
		"element's token":      {"main.hcl": strings.Replace(body("each.value.x", "1", "each.value.x"), "amount", "for_each = { a = { x = \""+token+"\" } }\n    amount", 1)},
		"row's token as key":   {"main.hcl": rowsBody("    key = row.t\n    amount = row.a\n    user_id = 1\n    card_token = row.t\n"), "r.csv": "t,a\n" + token + ",1\n" + token + ",1\n"},
		"row's token as user":  {"main.hcl": rowsBody("    key = row.k\n    amount = row.t\n    user_id = row.t\n    card_token = row.t\n"), "r.csv": "k,t\n1," + token + "\n"},
		"formula as token":     {"main.hcl": rowsBody("    key = row.k\n    amount = 1\n    user_id = 1\n    card_token = row.t\n"), "r.csv": "k,t\n1,=" + token + "\n"},
		"evaluated row":        {"main.hcl": rowsBody("    key = row.k\n    amount = tonumber(row.t)\n    user_id = 1\n    card_token = row.t\n"), "r.csv": "k,t\n1," + token + "\n"},
		"list of tokens":       {"main.hcl": "locals {\n  tok = [\"" + token + "\", nosuch]\n}\n" + body("1", "1", "local.tok[0]")},
		"quoted token":         {"main.hcl": rowsBody("    key = row.k\n    amount = 1\n    user_id = 1\n    card_token = row.t\n"), "r.csv": "k,t,z\n1,\"" + token + "!\",z\n"},
		"ragged row":           {"main.hcl": rowsBody("    key = row.k\n    amount = 1\n    user_id = 1\n    card_token = row.t\n"), "r.csv": "k,t\n1," + token + ",x\n"},
		"token as description": {"main.hcl": strings.Replace(body("1", "1", "local.tok"), "\"Salary\"", "\"a;${local.tok}\"", 1) + "locals {\n  tok = \"" + token + "\"\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range files {
				write(t, dir, name, text)
			}
			_, sources, diags := Load(Options{Dir: dir})
			if !diags.HasErrors() {
				t.Fatal("no error was found")
			}
			noSecrets(t, sources, diags)
		})
	}
}

func TestPrintedVariables(t *testing.T) {
	cfg := loadText(t, `
variable "tok" { default = "tok_live_canary_0123456789" }
variable "people" {
  default = { a = { card_token = "tok_live_canary_0123456789", sum = 5 } }
}
variable "id" { default = "ef741cfc-f85e-41a0-84e6-2ba964912182" }
`+benchHead+`
  payout "p" {
    amount     = 1
    user_id    = 1
    card_token = var.tok
  }
  payout "q" {
    for_each   = var.people
    amount     = each.value.sum
    user_id    = 1
    card_token = each.value.card_token
  }
}
output "people" { value = var.people }
`)
	results, _ := cfg.Evaluate(nil)
	text := describe(cfg) + results.Outputs[0].Value
	for _, secret := range canaries {
		if strings.Contains(text, secret) {
			t.Errorf("%s is printed: %s", secret, text)
		}
	}
	if !strings.Contains(cfg.Variables[1].Printed, `"sum":5`) {
		t.Errorf("people is printed as %s", cfg.Variables[1].Printed)
	}
}
