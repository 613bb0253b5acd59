package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"payrun/hclconfig"
)

// planFor makes the plan, and saves it where -out says so.
func (p *program) planFor(c *cli.Command, cfg *hclconfig.Config, o planOptions) (made *planning, missing recalled, err error) {
	out := c.String("out")
	o.shown = out == ""
	store := p.store(cfg)
	if out != "" {
		if what := p.precious(p.path(out), cfg); what != "" {
			return nil, missing, usage("-out=%s: this is %s, which a plan would overwrite; choose another name", out, what)
		}
		// A plan of a state that is being written would be stale at once.
		lock, err := store.Lock(p.admit, p.lockInfo("plan"), durationOf(c, "lock-timeout"))
		if err != nil {
			return nil, missing, stateError(err, stateName(cfg))
		}
		defer func() { err = errors.Join(err, lock.Release()) }()
	}
	snap, err := store.Load(p.admit)
	if err != nil {
		return nil, missing, stateError(err, stateName(cfg))
	}
	if out != "" && snap.Unsaved() {
		return nil, missing, fail(exitRefused, fmt.Errorf("save the plan: a run was cut, and the journal beside %s holds what the state does not", stateName(cfg)),
			"let it be recorded first: payrun reconcile, or payrun apply with the plan that was cut", "without -out the plan is shown all the same")
	}
	if missing, err = p.recallInto(cfg, snap); err != nil {
		return nil, missing, err
	}
	if out != "" && missing.behind() {
		return nil, missing, fail(exitRefused, fmt.Errorf("save the plan: payments are known from before that %s does not hold", stateName(cfg)),
			"let them be recorded first: payrun reconcile", "without -out the plan is shown all the same")
	}
	if made, err = p.makePlan(cfg, snap, snap.Ledger, o); err != nil || out == "" {
		return made, missing, err
	}
	if err := made.file.Write(p.path(out)); err != nil {
		return nil, missing, fail(exitError, plain(err), "choose a folder that exists and that you may write to")
	}
	return made, missing, nil
}
