package hclconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScrubOutput(t *testing.T) {
	token := "ef741cfc-f85e-41a0-84e6-2ba964912182"
	card := strings.Join([]string{"4111", "1111", "1111", "1111"}, "") // the test number of the schemes
	account := strings.Join([]string{"GB82", "WEST", "1234", "5698", "7654", "32"}, "")
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"nothing to hide", "nothing to hide"},
		{"token " + token + ".", "token ef74****************************2182."},
		{`pay["2026-11"].staff["` + token + `"]`, `pay["2026-11"].staff["` + token + `"]`},
		{"card " + card, "card ************1111"},
		{"card " + strings.Join([]string{"4111", "1111", "1111", "1111"}, " "), "card ***************1111"},
		{"account " + account, "account GB82**************5432"},
		{"no account GB83" + account[4:], "no account GB83" + account[4:]},
		{"statement 20261122000123", "statement 20261122000123"},
		{"sha256:ab" + card + "cd", "sha256:ab" + card + "cd"},
		{"order acme-pay-kz12abcdefghijklmnop", "order acme-pay-kz12abcdefghijklmnop"},
	} {
		if got := Scrub(tt.in); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestForeignToken: a text that holds the token of another payout is refused,
// wherever it stands; a text that only looks like one is not.
func TestForeignToken(t *testing.T) {
	const mine, theirs, nobodys = "ef741cfc-f85e-41a0-84e6-2ba964912182", "0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52", "7c1e5b90-2d34-4f6a-8b7c-9e0d1f2a3b4c"
	for _, attribute := range []string{"label", "hold", "description", "allow_duplicate", "order_id"} {
		for text, refused := range map[string]bool{theirs: true, strings.ToUpper(theirs): true, nobodys: false} {
			_, _, diags := Load(Options{Dir: written(t, `
merchant "main" {
  environment = "sandbox"
  merchant_id = 9970
}
batch "pay" {
  period      = "2026-11"
  description = "Salary"
  payout "one" {
    amount = "1.00"
    user_id = 1
    card_token = "`+mine+`"
    `+attribute+` = "`+text+`"
  }
  payout "two" {
    amount = "2.00"
    user_id = 2
    card_token = "`+theirs+`"
  }
}
`)})
			if diags.HasErrors() != refused {
				t.Errorf("%s = %q: %v", attribute, text, diags)
			}
			if strings.Contains(strings.ToLower(diags.Error()), theirs) {
				t.Errorf("the message repeats the token: %v", diags)
			}
		}
	}
}

// written is a folder with one configuration file.
func written(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "payouts.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
