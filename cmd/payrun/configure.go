package main

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
)

// configure loads the configuration of the directory and prints what is wrong
// with it. After errors it ends the program.
func (p *program) configure(c *cli.Command) (*hclconfig.Config, error) {
	cfg, sources, diags := p.load(c)
	if len(diags) > 0 && !p.json {
		view.Diagnostics(p.stderr, diags, sources.Files(diags), p.colors(p.stderr), p.terminal().Width)
	}
	if !diags.HasErrors() {
		return cfg, nil
	}
	if p.json {
		if err := view.WriteJSON(p.stdout, view.DiagnosticsJSON(diags, sources.Files(diags))); err != nil {
			return nil, err
		}
	}
	return nil, exit(exitError)
}

func (p *program) load(c *cli.Command) (*hclconfig.Config, *hclconfig.Sources, hcl.Diagnostics) {
	files := c.StringSlice("var-file")
	resolved := make([]string, len(files))
	for i, name := range files {
		resolved[i] = p.path(name)
	}
	return hclconfig.Load(hclconfig.Options{
		Dir:      p.dir,
		Env:      p.env,
		VarFiles: resolved,
		VarFlags: c.StringSlice("var"),
		Version:  version,
	})
}
