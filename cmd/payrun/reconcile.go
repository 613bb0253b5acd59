package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/executor"
	"payrun/hclconfig"
)

func reconcileCommand() command {
	return command{
		name: "reconcile", summary: "asks the gateway about every open payout; never pays",
		flags: configFlags(lockFlags(
			span("wait", "ask again for as long as `DURATION`; 0 = one pass", 0),
			list("address", "ADDRESS", "ask only about what matches `ADDRESS`, a glob; may be repeated"),
		)...),
		run: (*program).reconcile,
	}
}

func (p *program) reconcile(c *cli.Command) error {
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	return p.locked(c, cfg, "reconcile", func(a *application) error { return a.reconcile(c) })
}

func (a *application) reconcile(c *cli.Command) (err error) {
	if err := a.recallOnly("reconcile"); err != nil {
		return err
	}
	if !a.snap.Exists && a.ledger().Len() == 0 {
		return a.nothingRecorded()
	}
	if err := checkPatterns("address", c.StringSlice("address"), addressesOf(nil, a.ledger())); err != nil {
		return err
	}
	if a.gates, err = a.connect(a.cfg, 0); err != nil {
		return err
	}
	a.display = a.newDisplay(false, 0, nil)
	r := &executor.Reconciliation{
		Merchants: a.gates.merchants, Journal: a.recorder, Emit: a.display.Show,
		Wait: durationOf(c, "wait"), Included: selection(c.StringSlice("address"), nil),
	}
	asked, err := r.Run(a.admit)
	if closing := a.display.Close(err != nil); closing != nil && err == nil {
		return fail(exitError, closing)
	}
	if err != nil {
		return fail(exitPerson, fmt.Errorf("record an answer: %w", err), "the gateway's answers are not lost: run \"payrun reconcile\" again once the disk is mended")
	}
	if err := a.recorder.Checkpoint(); err != nil {
		return fail(exitPerson, err)
	}
	return errors.Join(a.reconciled(asked), a.stillBlocked())
}

// recallOnly is recall for who does not send. Outside the sandbox it makes no
// state out of what others remember: why the state is missing is for a person to
// say, and apply asks.
func (a *application) recallOnly(command string) error {
	if !a.snap.Exists && !a.allSandbox() {
		sent, err := a.forgotten(a.cfg, a.snap, a.ledger(), a.recorder.Forgotten)
		if err != nil || len(sent) == 0 {
			return err
		}
		return a.stateIsMissing(command)
	}
	if err := a.recall(); err != nil && codeOf(err) != exitRefused {
		return err
	}
	return nil
}

// stillBlocked records what now has a place, and fails for the first attempt
// that has none.
func (a *application) stillBlocked() error {
	sent, err := a.forgotten(a.cfg, a.snap, a.ledger(), a.recorder.Forgotten)
	if err != nil {
		return err
	}
	out, err := recall(sent, a.ledger(), a.recorder.Begin, a.recorder.End)
	if err != nil {
		return a.unrecorded(err)
	}
	if len(out.blocked) > 0 {
		return a.lacks(out.blocked[0])
	}
	return nil
}

// refresh is one silent pass of reconcile, for a plan that wants to know what
// the gateway knows now.
func (p *program) refresh(c *cli.Command, cfg *hclconfig.Config) error {
	return p.locked(c, cfg, "plan -refresh", func(a *application) (err error) {
		if err := a.recallOnly("plan -refresh"); err != nil {
			return err
		}
		if a.ledger().Len() == 0 {
			return nil
		}
		if a.gates, err = a.connect(cfg, 0); err != nil {
			return err
		}
		r := &executor.Reconciliation{Merchants: a.gates.merchants, Journal: a.recorder}
		if _, err = r.Run(a.admit); err != nil {
			return fail(exitPerson, fmt.Errorf("record an answer: %w", err))
		}
		return nil
	})
}

// nothingRecorded ends a reconcile without a state.
func (a *application) nothingRecorded() error {
	if a.json {
		a.printJSON(map[string]any{"type": "run_summary", "asked": 0, "safe_to_run_again": true})
		return nil
	}
	_, err := fmt.Fprintf(a.stdout, "There is no state yet, %s: nothing to ask about.\n", stateName(a.cfg))
	return err
}

// reconciled says what the answers left.
func (a *application) reconciled(asked int) error {
	after := diff(a.cfg, a.ledger(), planOptions{at: time.Now()})
	left := leftoversOf(a.cfg, after, time.Now())
	left.unpaid = 0 // paying is not this command's business
	summary := a.summary(after)
	if !a.json {
		fmt.Fprintf(a.stdout, "Asked about %s.\n", counted(asked, "payout"))
	}
	a.display.Summary(summary)
	if code := int(a.signalCode.Load()); code != 0 && left.person == 0 {
		return exit(code)
	}
	return exit(left.code())
}
