package hclconfig

import (
	"strings"
	"testing"
)

// onePayout is a configuration that is whole.
const onePayout = benchHead + `
  payout "p" {
    amount     = 1
    user_id    = 1
    card_token = "ef741cfc-f85e-41a0-84e6-2ba964912182"
  }
}
`

// elementsOf is so many elements, written out.
func elementsOf(n int, element string) string {
	return "[" + strings.Repeat(element+", ", n) + "]"
}

func TestListsAreBounded(t *testing.T) {
	const objects = `list(object({ a = number, b = optional(string, "x") }))`
	for name, c := range map[string]struct {
		text, given string
		long        bool
	}{
		"a default":                 {text: `variable "v" {` + "\n type = list(string)\n default = " + elementsOf(MaxListElements+1, "1") + "\n}", long: true},
		"a value":                   {text: `variable "v" { type = list(string) }`, given: "v=" + elementsOf(MaxListElements+1, `"a"`), long: true},
		"inside of others":          {text: `variable "v" { type = object({ x = tuple([string, map(list(any))]) }) }`, given: `v={ x = ["", { a = ` + elementsOf(MaxListElements+1, "1") + ` }] }`, long: true},
		"with defaults":             {text: `variable "v" { type = ` + strings.Replace(objects, "list(", "set(", 1) + ` }`, given: "v=" + elementsOf(MaxListElements+1, "{ a = 1 }"), long: true},
		"a set of anything":         {text: `variable "v" { type = set(any) }`, given: "v=" + elementsOf(MaxListElements+1, "1"), long: true},
		"an attribute":              {text: `merchant "other" {` + "\n environment = \"sandbox\"\n merchant_id = 2\n former_prefixes = " + elementsOf(MaxListElements+1, `"a"`) + "\n}", long: true},
		"a set":                     {text: `variable "v" { type = set(string) }`, given: "v=" + elementsOf(MaxListElements+1, `"a"`)},
		"anything":                  {text: `variable "v" { type = any }`, given: "v=" + elementsOf(MaxListElements+1, `"a"`)},
		"a short list":              {text: `variable "v" { type = ` + objects + ` }`, given: "v=" + elementsOf(3, "{ a = 1 }")},
		"a tuple of another length": {text: `variable "v" { type = any }`, given: "v=[[], [1, 2]]"},
	} {
		t.Run(name, func(t *testing.T) {
			opts := Options{Dir: t.TempDir()}
			if c.given != "" {
				opts.VarFlags = []string{c.given}
			}
			write(t, opts.Dir, "main.hcl", strings.Replace(onePayout, `batch "b" {`, "batch \"b\" {\n  merchant = merchant.main", 1)+c.text)
			_, _, diags := Load(opts)
			if got := strings.Contains(show(diags), "Too many elements"); got != c.long || diags.HasErrors() != c.long {
				t.Errorf("too long = %v: %.600s", got, show(diags))
			}
		})
	}
}

// Lists that fit one by one are bounded together.
func TestListsCostSteps(t *testing.T) {
	var text strings.Builder
	for _, name := range []string{"a", "b", "c"} {
		text.WriteString("variable \"" + name + "\" {\n type = list(string)\n default = " + elementsOf(3_000, "1") + "\n}\n")
	}
	dir := t.TempDir()
	write(t, dir, "main.hcl", onePayout+text.String())
	if _, _, diags := loadWithin(Options{Dir: dir}, 1_000_000); !strings.Contains(show(diags), "Too much work") {
		t.Errorf("%.600s", show(diags))
	}
}
