package hclconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFormat(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"layout": {
			"batch \"b\" {\nperiod=\"2026-11\"\n  merchant   = merchant.main # who pays\n\n      payout \"one\" {\n amount =  \"0010.50\"\n}\n}",
			"batch \"b\" {\n  period   = \"2026-11\"\n  merchant = merchant.main # who pays\n\n  payout \"one\" {\n    amount = \"0010.50\"\n  }\n}\n",
		},
		"digits":      {"locals {\na=1200000.00\nb = 1e3\n}\n", "locals {\n  a = 1200000.00\n  b = 1e3\n}\n"},
		"empty":       {"\n \n", ""},
		"no line end": {"locals {}", "locals {}\n"},
		"more ends":   {"locals {}\n\n\n", "locals {}\n"},
		"carriage":    {"locals {\r\n a=1\r\n}\r\n", "locals {\r\n  a = 1\r\n}\r\n"},
		"comment":     {"# what is paid   \nlocals {} // last  ", "# what is paid   \nlocals {} // last\n"},
		"heredoc":     {"locals {\n a = <<EOT\n   kept   as it is\nEOT\n}\n", "locals {\n  a = <<EOT\n   kept   as it is\nEOT\n}\n"},
		"list":        {"locals {\na=[1,2,\n3]\n}\n", "locals {\n  a = [1, 2,\n  3]\n}\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, _, diags := Format("payouts.hcl", []byte(tt.in))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(tt.want, string(got.Text)); diff != "" {
				t.Error(diff)
			}
			if got.Changed != (tt.in != tt.want) {
				t.Errorf("changed = %t", got.Changed)
			}
			again, _, _ := Format("payouts.hcl", got.Text)
			if again.Changed {
				t.Errorf("formatting again changes it to %q", again.Text)
			}
		})
	}
}

func TestFormatRefuses(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"syntax":  {"batch \"b\" {\n  period =\n}\n", "payouts.hcl:2,"},
		"merge":   {"<<<<<<< mine\nlocals {}\n", "Two people changed this file"},
		"nesting": {"locals {\n a = " + strings.Repeat("[", 60_000) + "\n}", "Nested too deep"},
		"bytes":   {"locals { a = \"\xff\" }", "not UTF-8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, sources, diags := Format("payouts.hcl", []byte(tt.in))
			if !diags.HasErrors() || !strings.Contains(diags.Error(), tt.want) {
				t.Errorf("diagnostics %v, want %q", diags, tt.want)
			}
			if got.Changed || string(got.Text) != tt.in {
				t.Error("the file was changed")
			}
			if len(sources.Files(diags)) != 1 {
				t.Error("no source for the snippet")
			}
		})
	}
}

// Any white space between the same tokens ends in a stable layout that holds
// the same tokens.
func TestFormatKeepsTokens(t *testing.T) {
	words := []string{"locals", "{\n", "}\n", "a", "=", "1200000.00", "\"x ${var.y} z\"", "[", "]", ",", "(", ")", "# note\n", "/* c */", "\n", "?", ":", "-", "payout \"p\" {\n", "b = 0.10\n", "c = \"2\"\n"}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		for _, w := range rapid.SliceOfN(rapid.SampledFrom(words), 0, 30).Draw(t, "words") {
			text.WriteString(w + rapid.SampledFrom([]string{" ", "", "  ", "\t"}).Draw(t, "space"))
		}
		in := text.String()
		got, _, diags := Format("a.hcl", []byte(in))
		if diags.HasErrors() {
			return
		}
		if !sameTokens([]byte(in), got.Text) {
			t.Fatalf("%q became %q", in, got.Text)
		}
		again, _, _ := Format("a.hcl", got.Text)
		if again.Changed {
			t.Fatalf("%q became %q, and that %q", in, got.Text, again.Text)
		}
	})
}

func TestExamplesAreFormatted(t *testing.T) {
	files, err := filepath.Glob("../examples/*/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, _, diags := Format(name, text)
		if diags.HasErrors() || got.Changed {
			t.Errorf("%s: payrun fmt changes it: %v", name, diags)
		}
	}
}

func TestMasked(t *testing.T) {
	const token = "ef741cfc-f85e-41a0-84e6-2ba964912182"
	tests := map[string]struct{ name, in, hidden, kept string }{
		"token":        {"a.hcl", `payout "p" { card_token = "` + token + `" }`, "1cfc-f85e", "ef74"},
		"odd token":    {"a.hcl", "card_token = \"tok_abcdefghijklmnop\"\n", "abcdefghij", "card_token"},
		"default":      {"a.hcl", "variable \"v\" {\n sensitive = true\n default = \"whisper\"\n}\n", "whisper", "sensitive"},
		"open default": {"a.hcl", "variable \"v\" {\n sensitive = false\n default = \"aloud\"\n}\n", "\x00", "aloud"},
		"vars":         {"a.vars.hcl", "v = \"whisper\"\nn = 3\n", "whisper", "n = 3"},
		"broken":       {"a.hcl", "variable {{ " + token, "1cfc-f85e", "variable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := string(Masked(tt.name, []byte(tt.in)))
			if strings.Contains(got, tt.hidden) || !strings.Contains(got, tt.kept) || len(got) != len(tt.in) {
				t.Errorf("masked: %q", got)
			}
		})
	}
}

func FuzzFormat(f *testing.F) {
	f.Add("locals {\na=1\n}")
	f.Add("a = <<EOT\n x\nEOT\n# c")
	f.Fuzz(func(t *testing.T, in string) {
		got, _, diags := Format("a.hcl", []byte(in))
		if diags.HasErrors() {
			return
		}
		if !sameTokens([]byte(in), got.Text) {
			t.Fatalf("%q became %q", in, got.Text)
		}
	})
}
