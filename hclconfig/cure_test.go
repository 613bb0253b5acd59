package hclconfig

import (
	"strings"
	"testing"
)

// rowsOf loads a payroll whose row file has these bytes, and gives what is said.
func rowsOf(t *testing.T, rows, data string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "main.hcl", benchHead+"payout \"p\" {\n"+rows+"\nkey = row.id\namount = row.sum\nuser_id = 1\ncard_token = row.token\n}\n}\n")
	write(t, dir, "r.csv", data)
	_, _, diags := Load(Options{Dir: dir, Version: "0.1.0"})
	return show(diags)
}

func TestRowsCures(t *testing.T) {
	const text = "id,sum,token\n1,10.00,tok1\n"
	little := utf16Text(text)
	// A separator that a cure takes back is none.
	if got := rowsOf(t, "rows {\npath = \"r.csv\"\ndecimal_separator = \",\"\ngroup_separator = null\n}", "id,sum,token\n1,\"1500,50\",tok1\n"); got != "" {
		t.Error(got)
	}
	for name, tt := range map[string]struct{ rows, data, want, not string }{
		"utf-16 that is read": {`rows { path = "r.csv" }`, little, "Or keep it.\nWrite the rows block at main.hcl:", ""},
		"the other utf-16":    {`rows { path = "r.csv" }`, "\xfe\xff\x00i", "Save it as CSV UTF-8.", "Write the rows block"},
		"several lines":       {"rows {\npath = \"r.csv\"\nencoding = \"utf-8\"\n}", little, "In place of encoding at main.hcl:", "several lines"},
		"group is the point":  {"rows {\npath = \"r.csv\"\ngroup_separator = \",\"\n}", "id,sum,token\n1,\"1500,50\",tok1\n", "group_separator = null", ""},
		"amounts of no way":   {`rows { path = "r.csv" }`, "id,sum,token\n1,\"1,5\",tok1\n2,1'000.50,tok2\n", "not all written in one way", "Write the rows block"},
		"too large":           {`rows { path = "r.csv" }`, "id,sum,token\n1,100000000.00,tok1\n", "the largest payout is", "cannot be read"},
		"one more exemption": {"rows {\npath = \"r.csv\"\nnot_cards = [\"a\"]\n}", "id,sum,token,a,b\n1,10.00,tok1,4242424242424242,4242424242424242\n",
			"not_cards = [\"a\", \"b\"]", ""},
		"a card without a heading": {`rows { path = "r.csv" }`, "id,sum,token,\n1,10.00,tok1,4242424242424242\n", "take the column out", "not_cards"},
		"a zero of a comma":        {"rows {\npath = \"r.csv\"\ndecimal_separator = \",\"\n}", "id,sum,token\n1,\"0,00\",tok1\n", `when = row.sum != "0,00"`, ""},
	} {
		got := rowsOf(t, tt.rows, tt.data)
		if !strings.Contains(got, tt.want) || tt.not != "" && strings.Contains(got, tt.not) {
			t.Errorf("%s: want %q and not %q in\n%s", name, tt.want, tt.not, got)
		}
	}
}
