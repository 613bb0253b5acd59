package hclconfig

import (
	"fmt"
	"strings"
	"testing"
)

// A message shows every element of a list or none, wherever some are equal.
func TestEqualElements(t *testing.T) {
	var many []string
	for i := range maxShownElements {
		many = append(many, fmt.Sprintf("%q", fmt.Sprint("p", i)))
	}
	long := "[" + strings.Join(append(many, `"p0"`), ", ") + "]"
	const token = `"ef741cfc-f85e-41a0-84e6-2ba964912182"`
	for name, tt := range map[string]struct {
		value string
		want  []string
		never string
	}{
		"three of one":     {`["a", "b", "a", "a"]`, []string{"Elements 1, 3 and 4 are equal", `toset(["a", "b"])`, "\n      \"a\"   = \"a\"\n      \"b\"   = \"b\"\n      \"a-2\" = \"a\"\n      \"a-3\" = \"a\"\n    }"}, ""},
		"two of two":       {`["a", "b", "b", "a"]`, []string{"Elements 2 and 3 are equal (\"b\"), elements 1 and 4 are equal (\"a\"): they"}, ""},
		"many of two":      {`["a", "a", "b", "b", "c", "c", "d", "d"]`, []string{"and so it goes with 1 more"}, "7 and 8"},
		"name is taken":    {`["a", "a-2", "a"]`, []string{"\n      \"a\"   = \"a\"\n      \"a-2\" = \"a-2\"\n      \"a-3\" = \"a\"\n"}, ""},
		"numbers":          {`[1, 2, 1]`, []string{`toset(["1", "2"])`, `"1-2" = "1"`}, ""},
		"a local":          {`local.same`, []string{"toset(local.same)", `"x"   = "x"`, `"y"   = "y"`, `"x-2" = "x"`}, ""},
		"a local, numbers": {`local.numbers`, []string{"toset([for x in local.numbers : tostring(x)])", `"7-2" = "7"`}, ""},
		"a long list":      {long, []string{"Elements 1 and 21 are equal", "take out the later ones, and write toset(…) around the list. If each", "another name."}, "p1"},
		"tokens":           {`[` + token + `, "b", ` + token + `]`, []string{"Elements 1 and 3 are equal"}, `"b"`},
		"sensitive":        {`var.s`, []string{"Elements 1 and 3 are equal"}, "hidden"},
		"a template":       {`["$${x}", "b", "$${x}"]`, []string{"Elements 1 and 3 are equal"}, `"b"`},
		"no key":           {`["", "b", ""]`, []string{"Elements 1 and 3 are equal"}, `"b"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "main.hcl", `merchant "main" {
  environment = "sandbox"
  merchant_id = 1
}
variable "s" {
  default   = ["hidden", "b", "hidden"]
  sensitive = true
}
locals {
  same    = ["x", "y", "x"]
  numbers = [7, 8, 7]
}
batch "b" {
  period      = "1"
  description = "d"
  payout "p" {
    for_each   = `+tt.value+`
    amount     = 1
    user_id    = 1
    card_token = "tok"
  }
}
`)
			_, _, diags := Load(Options{Dir: dir})
			got := show(diags)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %s in\n%s", want, got)
				}
			}
			if tt.never != "" && strings.Contains(got, tt.never) {
				t.Errorf("%s in\n%s", tt.never, got)
			}
		})
	}
}
