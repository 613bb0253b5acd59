package main

import (
	"fmt"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
)

func validateCommand() command {
	return command{
		name: "validate", summary: "checks the files, without secrets, network or state",
		flags: configFlags(),
		run:   (*program).validate,
	}
}

func (p *program) validate(c *cli.Command) error {
	cfg, sources, diags := p.load(c)
	if p.json {
		if err := view.WriteJSON(p.stdout, view.DiagnosticsJSON(diags, sources.Files(diags))); err != nil || !diags.HasErrors() {
			return err
		}
		return exit(exitError)
	}
	view.Diagnostics(p.stderr, diags, sources.Files(diags), p.colors(p.stderr), p.terminal().Width)
	if diags.HasErrors() {
		return exit(exitError)
	}
	payouts := 0
	for i := range cfg.Batches {
		payouts += len(cfg.Batches[i].Payouts)
	}
	_, err := fmt.Fprintf(p.stdout, "The files are valid: %s in %s.\n", counted(payouts, "payout"), counted(len(cfg.Batches), "batch"))
	return err
}

// counted is a number with its noun: "1 batch", "3 batches".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if noun[len(noun)-2:] == "ch" {
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
