package hclconfig

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// twoPeople is a batch whose elements have the two keys.
const twoPeople = benchHead + `
  payout "p" {
    for_each = {
      "%s" = { pay = "100.00", user = 1 }
      "%s" = { pay = "50.00", user = 2 }
    }
    amount     = each.value.pay
    user_id    = each.value.user
    card_token = "t${each.value.user}"
  }
}
`

// TestNobodyIsDropped: two lines are two payouts, or an error that names both.
func TestNobodyIsDropped(t *testing.T) {
	for _, keys := range [][2]string{
		{"anna", "anna"}, {"anna", "Anna"}, {"José", "Jose\u0301"}, {"1", "01"}, {"a", "a "}, {`a\u0301`, "á"}, {`$${a}`, `$${a}`}, {`%%{a}`, `$${a}`},
		{`an${"na"}`, "anna"}, {`${upper("a")}`, "A"}, {`${upper("a")}`, "a"}, {`${1 + 1}`, "2"}, {`${1 + 1}`, "3"},
	} {
		dir := t.TempDir()
		write(t, dir, "main.hcl", fmt.Sprintf(twoPeople, keys[0], keys[1]))
		cfg, _, diags := Load(Options{Dir: dir})
		text := show(diags)
		switch {
		case cfg != nil && len(cfg.Batches[0].Payouts) == 2:
		case strings.Contains(text, "Key written twice") && strings.Contains(text, "at main.hcl:") && strings.Count(text, "\n") == 1:
		case cfg == nil && strings.Contains(text, "Unusable key"):
		default:
			t.Errorf("%q: %v, %s", keys, cfg, text)
		}
	}
}

// TestSameKeyInPieces: a payout block that was cut out of a large file is
// refused like one that was not.
func TestSameKeyInPieces(t *testing.T) {
	dir := t.TempDir()
	text := fmt.Sprintf(twoPeople, "anna", "anna")
	for _, b := range []string{text, strings.Replace(text, "payout", "limits {\n max_count = { value = 1, value = 2 }\n }\n payout", 1), "locals { a = { b = 1, b = 2 } }\n" + text} {
		write(t, dir, "main.hcl", b)
		l := newLoader(Options{Dir: dir})
		l.cutBytes, l.pieceBytes = 0, 0
		l.loadDir()
		if all := show(l.sorted()); !l.giveUp && !strings.Contains(all, "Key written twice") {
			t.Errorf("not refused:\n%s%s", b, all)
		}
	}
}

// TestManySameKeys: there is an end to what is told, and it is said.
func TestManySameKeys(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "main.hcl", "locals {\n  a = {\n"+strings.Repeat("    k = 1\n", maxKeysTold+12)+"  }\n}\n")
	_, _, diags := Load(Options{Dir: dir})
	if last := diags[len(diags)-1]; len(diags) != maxKeysTold+1 || !strings.Contains(last.Detail, "This and 10 further keys") {
		t.Errorf("%d: %s", len(diags), last.Detail)
	}
}

// TestSameKeyElsewhere: in a test file, in an expression of the console, and
// where nothing may be told of it.
func TestSameKeyElsewhere(t *testing.T) {
	_, diags, _ := loadTests(t, "run \"r\" {\n  assert {\n    condition = { a = true, a = false }.a\n    error_message = \"x\"\n  }\n}\n")
	if text := show(diags); strings.Count(text, "Key written twice") != 1 {
		t.Errorf("test file: %s", text)
	}
	c := openConsole(t)
	for _, expr := range []string{`{ a = 1, a = 2 }`, `{ (var.period) = 1, "2026-11" = 2 }`} {
		if _, diags := c.Eval(expr); strings.Count(show(diags), "expression:1:") != 2 {
			t.Errorf("%s: %s", expr, show(diags))
		}
	}
	// The keys of a sensitive variable are not known to be such yet.
	dir := t.TempDir()
	write(t, dir, "a.hcl", "variable \"s\" {\n  sensitive = true\n  default = { hush = 1, hush = 2 }\n}\n")
	write(t, dir, "b.hcl", "locals {")
	if _, _, diags := Load(Options{Dir: dir}); strings.Contains(show(diags), "hush") || !diags.HasErrors() {
		t.Errorf("unparsed: %s", show(diags))
	}
	old := map[string][]byte{"a.hcl": []byte("locals { a = { b = 1, b = 2 } }\napprovals {\n  required = 1\n  allowed_signers = \"s\"\n}\n")}
	if got, diags := LoadApprovals(old, func(string) ([]byte, error) { return nil, nil }); got == nil || diags.HasErrors() {
		t.Errorf("approvals of old: %v", diags)
	}
}

// TestSameKeyOfTestVariable: the values of a test are looked at when the
// variable is known, and a sensitive one is not shown.
func TestSameKeyOfTestVariable(t *testing.T) {
	tests, diags, dir := loadTests(t, "run \"r\" {\n  variables {\n    counts = { hush = 1, hush = 2 }\n  }\n}\n")
	if diags.HasErrors() {
		t.Fatal(show(diags))
	}
	for _, sensitive := range []bool{false, true} {
		text := testedConfig
		if sensitive {
			text = strings.Replace(text, "map(number)", "map(number)\n  sensitive = true", 1)
		}
		write(t, dir, "main.hcl", text)
		_, _, diags := Load(tests.Files[0].Runs[0].Options(Options{Dir: dir}))
		if got := show(diags); strings.Count(got, "Key written twice") != 1 || strings.Contains(got, "hush") == sensitive {
			t.Errorf("sensitive %t: %s", sensitive, got)
		}
	}
}

// TestSameKeyOfVarFiles: *.vars.json as well, and not twice.
func TestSameKeyOfVarFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "main.hcl", "variable \"v\" {\n  type = any\n}\n")
	write(t, dir, "x.vars.json", `{"v": [{"a": {"b": 1, "b": 2}}]}`)
	_, _, diags := Load(Options{Dir: dir, VarFiles: []string{filepath.Join(dir, "x.vars.json")}})
	if got := show(diags); got != "x.vars.json:1:23: Key written twice; "+fmt.Sprintf(msgSameKey.detail, `The key "b"`, "x.vars.json:1:15", "")+"\n" {
		t.Error(got)
	}
}

// TestDecodedOnce: the functions that make objects of other things drop no key.
func TestDecodedOnce(t *testing.T) {
	for text, want := range map[string]string{
		`jsondecode("{\"a\": 1, \"b\": {\"a\": 2}, \"c\": [{\"a\": 3}, {\"a\": \"a\"}]}").c[1].a`: "",
		`jsondecode("{\"a\": 1, \"a\": 2}").a`:                                                    `the key that ends at character 12 is`,
		`jsondecode("[1, {\"x\": {\"é\": \"é\", \"e\\u0301\": \"2\"}}]")[0]`:                      `the key that ends at character 30 is`,
		`jsondecode("[\"a\", \"a\", {\"a\": [\"a\", \"a\"], \"b\": \"a\"}]")[2].b`:                "",
		`jsondecode("{")`:                          "EOF",
		`jsondecode(var.pin)`:                      "invalid",
		`jsondecode(var.twice).a`:                  "the key that ends at character 12 is",
		`zipmap(["a", "b"], [1, 2]).a`:             "",
		`zipmap(["a", "b", "a"], [1, 2, 3]).a`:     `its elements 1 and 3 are the same key`,
		`zipmap(tolist(["a", "a"]), ["1", "2"]).a`: `its elements 1 and 2 are the same key`,
		`zipmap([var.pin, var.pin], [1, 2]) == {}`: "its elements 1 and 2 are the same key",
		`zipmap([], []) == {}`:                     "",
		`zipmap(null, []) == {}`:                   "null",
	} {
		dir := t.TempDir()
		write(t, dir, "main.hcl", "variable \"pin\" {\n default = \"canary-secret-value\"\n sensitive = true\n}\nvariable \"twice\" {\n  default = \"{\\\"a\\\": 1, \\\"a\\\": 2}\"\n  sensitive = true\n}\noutput \"o\" {\n  sensitive = true\n  value = "+text+"\n}\n")
		_, sources, diags := Load(Options{Dir: dir})
		got := show(diags)
		if want == "" && diags.HasErrors() || !strings.Contains(got, want) {
			t.Errorf("%s: %s", text, got)
		}
		noSecrets(t, sources, diags)
	}
}

// TestTokenInCapitals: what is no UUID keeps its capitals.
func TestTokenInCapitals(t *testing.T) {
	for token, want := range map[string]bool{
		"ef741cfc-f85e-41a0-84e6-2ba964912182":  false,
		"ef741cfc-f85e-41a0-84e6-2bA964912182":  true,
		"EF741CFC-F85E-41A0-84E6-2BA964912182":  true,
		"EF741CFC-F85E-41A0-84E6-2BA9649121822": false,
		"EF741CFCXF85E-41A0-84E6-2BA964912182":  false,
		"EF741CFC-F85E-41A0-84E6-2BA96491218G":  false,
		"tok_ABC":                               false,
		"":                                      false,
	} {
		if got := tokenInCapitals(token); got != want {
			t.Errorf("%s: %t", token, got)
		}
	}
}
