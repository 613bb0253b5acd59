package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/statefile"
)

func outputCommand() command {
	return command{
		name: "output", args: "[NAME]", max: 1, summary: "prints the values of the outputs",
		about: "Outputs are computed from the files and the state as they are now; nobody is asked and\n" +
			"nothing is paid. Sensitive values are never printed.",
		flags: configFlags(flag("raw", "print the value of NAME alone: no quotation marks, no line end")),
		run:   (*program).output,
	}
}

func (p *program) output(c *cli.Command) error {
	name := c.Args().First()
	switch {
	case c.Bool("raw") && name == "":
		return usage("-raw needs the name of one output: payrun output -raw NAME")
	case c.Bool("raw") && p.json:
		return usage("-raw and -json exclude each other")
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	plan, snap, err := p.present(cfg)
	if err != nil {
		return err
	}
	results, diags := cfg.Evaluate(batchFacts(plan, snap.Ledger))
	if diags.HasErrors() {
		return p.mistaken(diags, cfg.Sources().Files(diags))
	}
	if name == "" {
		return p.allOutputs(results.Outputs)
	}
	one, err := findOutput(results.Outputs, name)
	if err != nil {
		return err
	}
	return p.oneOutput(one, c.Bool("raw"))
}

// present compares files and state as they are now, for commands that only
// tell: it sends nothing and needs no lock.
func (p *program) present(cfg *hclconfig.Config) (*planner.Plan, *statefile.Snapshot, error) {
	snap, err := p.store(cfg).Load(p.admit)
	if err != nil {
		return nil, nil, stateError(err, stateName(cfg))
	}
	opts := planner.Options{At: time.Now(), RunFault: runFault}
	for _, m := range cfg.Moved {
		opts.Moved = append(opts.Moved, planner.Move{From: m.From, To: m.To})
	}
	return planner.Diff(cfg.Batches, snap.Ledger, opts), snap, nil
}

// mistaken prints diagnostics that are errors and ends the program.
func (p *program) mistaken(diags hcl.Diagnostics, files map[string]*hcl.File) error {
	if !p.json {
		view.Diagnostics(p.stderr, diags, files, p.colors(p.stderr), p.terminal().Width)
	} else if err := view.WriteJSON(p.stdout, view.DiagnosticsJSON(diags, files)); err != nil {
		return err
	}
	return exit(exitError)
}

func findOutput(outputs []hclconfig.OutputResult, name string) (hclconfig.OutputResult, error) {
	names := make([]string, 0, len(outputs))
	for _, o := range outputs {
		if o.Name == name {
			return o, nil
		}
		names = append(names, o.Name)
	}
	hint := "the files declare: " + strings.Join(names, ", ")
	if len(names) == 0 {
		hint = "the files declare none; write output \"" + name + "\" { value = … }"
	} else if near := nearest(name, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return hclconfig.OutputResult{}, fail(exitError, fmt.Errorf("print %s: there is no such output", name), hint)
}

func (p *program) allOutputs(outputs []hclconfig.OutputResult) error {
	if p.json {
		all := make(map[string]any)
		for _, o := range outputs {
			all[o.Name] = outputObject(o)
		}
		return view.WriteJSON(p.stdout, all)
	}
	if len(outputs) == 0 {
		_, err := fmt.Fprintln(p.stdout, "The files declare no outputs.")
		return err
	}
	for _, o := range outputs {
		if _, err := fmt.Fprintf(p.stdout, "%s = %s\n", o.Name, outputText(o)); err != nil {
			return err
		}
	}
	return nil
}

// outputText is a value for people; texts are in quotation marks.
func outputText(o hclconfig.OutputResult) string {
	switch {
	case o.Sensitive:
		return "(sensitive value)"
	case !o.Known:
		return "(not known)"
	}
	return view.SafeText(o.Value)
}

// outputObject is an output as Terraform writes it, without what must not be
// printed.
func outputObject(o hclconfig.OutputResult) map[string]any {
	out := map[string]any{"sensitive": o.Sensitive, "known": o.Known}
	if o.Description != "" {
		out["description"] = o.Description
	}
	if o.Known && !o.Sensitive {
		out["value"] = jsontext.Value(o.Value)
	}
	return out
}

func (p *program) oneOutput(o hclconfig.OutputResult, raw bool) error {
	if !raw && !p.json {
		_, err := fmt.Fprintln(p.stdout, outputText(o))
		return err
	}
	switch {
	case o.Sensitive:
		return fail(exitError, fmt.Errorf("print %s: it is sensitive, and such values are never printed", o.Name))
	case !o.Known:
		return fail(exitError, fmt.Errorf("print %s: its value is not known from the files and the state", o.Name))
	case p.json:
		return view.WriteJSON(p.stdout, jsontext.Value(o.Value))
	}
	_, err := fmt.Fprint(p.stdout, o.Text)
	return err
}
