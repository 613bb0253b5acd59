package hclconfig_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"payrun/hclconfig"
)

func TestLoadApprovals(t *testing.T) {
	const block = `approvals {
  required        = 2
  allowed_signers = "signers"
}
variable "period" { type = string }
batch "x" { period = var.period }
`
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string // of an error; "" = none
		none  bool
	}{
		{"found", map[string]string{"a.hcl": block, "b.hcl": "locals { x = 1 }"}, "", false},
		{"none", map[string]string{"b.hcl": "locals { x = 1 }"}, "", true},
		{"passed over", map[string]string{"x.vars.hcl": block, "x.txt": block}, "", true},
		{"json", map[string]string{"a.hcl.json": `{"approvals": {"required": 2, "allowed_signers": "signers"}}`}, "", false},
		{"variable", map[string]string{"a.hcl": `approvals {
  required        = var.n
  allowed_signers = "signers"
}`}, "write a constant", true},
		{"two", map[string]string{"a.hcl": block, "c.hcl": block}, "Only one", true},
		{"no signers", map[string]string{"a.hcl": strings.Replace(block, `"signers"`, `"none"`, 1)}, "cannot be read", true},
		{"too low", map[string]string{"a.hcl": strings.Replace(block, "= 2", "= 0", 1)}, "Not a fitting number", true},
		{"broken", map[string]string{"a.hcl": "approvals {"}, "Missing attribute", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := make(map[string][]byte)
			for name, text := range tt.files {
				files[name] = []byte(text)
			}
			got, diags := hclconfig.LoadApprovals(files, func(path string) ([]byte, error) {
				if path != "signers" {
					return nil, errors.New("there is none")
				}
				return []byte("key"), nil
			})
			if tt.want == "" && diags.HasErrors() || tt.want != "" && !strings.Contains(diags.Error(), tt.want) {
				t.Fatalf("diagnostics are %v, want %q", diags, tt.want)
			}
			if (got == nil) != tt.none {
				t.Fatalf("got %+v", got)
			}
			if got != nil && (got.Required != 2 || string(got.Signers) != "key" || got.Expires != 72*time.Hour) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
