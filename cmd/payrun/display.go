package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/executor"
	"payrun/hclconfig"
	"payrun/planner/payout"
)

// display shows a run: where people read, and in the file of -json-into.
type display []*view.Apply

// newDisplay starts to show a run. With quiet only the file is written.
func (a *application) newDisplay(quiet bool, planned int, totals []payout.Money) display {
	var d display
	if !quiet {
		d = append(d, view.NewApply(a.terminal(), planned, totals, a.json, time.Now))
	}
	if a.into != nil {
		file := view.Terminal{Out: a.into, Err: a.into, Width: 80, Version: version}
		d = append(d, view.NewApply(file, planned, totals, true, time.Now))
	}
	return d
}

// Planned shows what the run is about to do.
func (d display) Planned(p *view.Plan) {
	for _, one := range d {
		one.Planned(p)
	}
}

// Show takes one event.
func (d display) Show(e executor.Event) {
	for _, one := range d {
		one.Show(e)
	}
}

// Summary is the last screen.
func (d display) Summary(s *view.Summary) {
	for _, one := range d {
		one.Summary(s)
	}
}

// Close ends the display, with the first errors of writing.
func (d display) Close(stopped bool) error {
	var err error
	for _, one := range d {
		err = errors.Join(err, one.Close(stopped))
	}
	return err
}

// jsonFlag is the option of machine output beside what people read.
func jsonFlag() cli.Flag {
	return text("json-into", "FILE", "write the machine output into `FILE` beside what is shown")
}

// checkInto refuses names that the machine output would destroy.
func (p *program) checkInto(name string, cfg *hclconfig.Config) error {
	if name == "" {
		return nil
	}
	if what := p.precious(p.path(name), cfg); what != "" {
		return usage("-json-into=%s: this is %s, which the output would overwrite; choose another name", name, what)
	}
	return nil
}

// openInto opens the file of -json-into for the lines of a run, before anything
// is sent.
func (p *program) openInto(name string, cfg *hclconfig.Config) error {
	if name == "" {
		return nil
	}
	if err := p.checkInto(name, cfg); err != nil {
		return err
	}
	f, err := os.OpenFile(p.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, reportMode)
	if err != nil {
		return fail(exitError, fmt.Errorf("write -json-into=%s: %w", name, plain(err)), "nothing was sent; choose a folder that exists and that you may write to")
	}
	p.into = f
	return nil
}

// writeInto writes the machine output of a plan.
func (p *program) writeInto(name string, document any) error {
	pending, err := renameio.NewPendingFile(p.path(name), renameio.WithPermissions(reportMode))
	if err == nil {
		defer pending.Cleanup() // after CloseAtomicallyReplace it does nothing
		if err = view.WriteJSON(pending, document); err == nil {
			err = pending.CloseAtomicallyReplace()
		}
	}
	if err != nil {
		return fail(exitError, fmt.Errorf("write -json-into=%s: %w", name, plain(err)))
	}
	return nil
}
