package main

import (
	"fmt"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner/policy"
)

// configure loads the configuration of the directory and prints what is wrong
// with it. After errors it ends the program.
func (p *program) configure(c *cli.Command) (*hclconfig.Config, error) {
	cfg, sources, diags := p.load(c)
	if c.Bool("compact-warnings") && !diags.HasErrors() && !p.json {
		view.CompactWarnings(p.stderr, diags, p.colors(p.stderr))
	} else if len(diags) > 0 && !p.json {
		view.Diagnostics(p.stderr, diags, sources.Files(diags), p.colors(p.stderr), p.terminal().Width)
	}
	if p.json && streams(c) {
		for _, line := range view.DiagnosticLines(diags, sources.Files(diags)) {
			p.printJSON(line)
		}
	}
	if !diags.HasErrors() {
		return cfg, nil
	}
	if p.json && !streams(c) {
		if err := view.WriteJSON(p.stdout, view.DiagnosticsJSON(diags, sources.Files(diags))); err != nil {
			return nil, err
		}
	}
	return nil, exit(exitError)
}

// streams says whether a command prints one JSON object a line, so that its
// diagnostics do the same.
func streams(c *cli.Command) bool { return c.Name == "apply" || c.Name == "reconcile" }

func (p *program) load(c *cli.Command) (*hclconfig.Config, *hclconfig.Sources, hcl.Diagnostics) {
	files := c.StringSlice("var-file")
	resolved := make([]string, len(files))
	for i, name := range files {
		resolved[i] = p.path(name)
	}
	opts := hclconfig.Options{
		Dir:      p.dir,
		Env:      p.env,
		VarFiles: resolved,
		VarFlags: c.StringSlice("var"),
		Version:  version,
	}
	if identity := c.String("identity"); identity != "" {
		opts.IdentityFile = p.path(identity)
	}
	cfg, sources, diags := hclconfig.Load(p.trial.options(opts))
	if cfg, diags = p.trial.rehearse(cfg, sources, diags); cfg == nil {
		return nil, sources, diags
	}
	if taken := p.takenByState(cfg); taken != nil {
		return nil, sources, append(diags, taken)
	}
	if broken := brokenSigners(cfg); broken != nil {
		return nil, sources, append(diags, broken)
	}
	if c.Name == "plan" {
		diags = append(diags, p.absentKeys(cfg)...)
	}
	return cfg, sources, diags
}

// brokenSigners finds out before anybody is asked to approve whether approvals
// could count at all.
func brokenSigners(cfg *hclconfig.Config) *hcl.Diagnostic {
	if cfg.Approvals == nil {
		return nil
	}
	_, err := policy.ParseSigners(cfg.Approvals.Signers)
	if err == nil {
		return nil
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Allowed signers cannot be used",
		Detail: fmt.Sprintf("The approvals block at %s names %s. %s. What is not understood is refused: it could let approve whom it keeps out.",
			cfg.Approvals.Position, cfg.Approvals.AllowedSigners, sentence(err.Error())),
	}
}

// takenByState refuses a state whose place is that of another file: writing the
// state would destroy it.
func (p *program) takenByState(cfg *hclconfig.Config) *hcl.Diagnostic {
	state := p.path(cfg.StatePath)
	for _, in := range cfg.Inputs {
		if sameFile(state, p.path(filepath.FromSlash(in.Path))) {
			return &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "State would overwrite a file of the plan",
				Detail:   fmt.Sprintf("The state is to be kept in %s, and so is a file that the plan is made of: %s. Name another file in the payrun block: state \"local\" { path = \"payouts.state.json\" }.", stateName(cfg), in.Path),
			}
		}
	}
	return nil
}
