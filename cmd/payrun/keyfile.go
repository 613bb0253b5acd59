package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/hashicorp/hcl/v2"

	"payrun/hclconfig"
)

// absentKeys warns of files of keys that are not there. A plan signs no call and
// can be made where no key is, so that this is no error before apply.
func (p *program) absentKeys(cfg *hclconfig.Config) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, m := range cfg.Merchants {
		if m.SecretKeyFile == "" {
			continue
		}
		if _, err := os.Stat(p.path(m.SecretKeyFile)); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		out = append(out, &hcl.Diagnostic{
			Severity: hcl.DiagWarning,
			Summary:  "The key is not there yet",
			Detail: fmt.Sprintf("%s, where the merchant %q at %s has its key, is not there yet. A plan needs no key, and apply does: put the key alone into that file, where apply runs.",
				m.SecretKeyFile, m.Name, m.Position),
		})
	}
	return out
}
