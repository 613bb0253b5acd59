package hclconfig

import (
	"strings"
	"testing"
)

// A cure is in the syntax of the file that it is about.
func TestCuresInJSON(t *testing.T) {
	const head = `{"merchant": {"main": {"environment": "sandbox", "merchant_id": 1}}, "batch": {"b": {"period": "1", "description": "d", "merchant": `
	const tail = `, "payout": {"p": {"amount": 1, "user_id": 1, "card_token": "tok"}}}}`
	for name, c := range map[string]struct{ text, want string }{
		"merchant in ${}": {head + `"${merchant.main}"` + tail + `}`, `Write "merchant": "merchant.main", without ${}.`},
		"condition without ${}": {head + `"merchant.main"` + tail + `, "check": {"c": {"assert": {"condition": "1 < 2", "error_message": "x"}}}}`,
			`In JSON an expression stands in ${}: "condition": "${1 < 2}".`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "main.hcl.json", c.text)
			if _, _, diags := Load(Options{Dir: dir}); !strings.Contains(show(diags), c.want) {
				t.Errorf("%s", show(diags))
			}
		})
	}
}

func TestInfiniteOutput(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "main.hcl", onePayout+"output \"o\" { value = 1 / 0 }\n")
	if _, _, diags := Load(Options{Dir: dir}); !strings.Contains(show(diags), "output.o is infinite") {
		t.Errorf("%s", show(diags))
	}
}
