package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"payrun/hclconfig"
)

// planFor makes the plan, and saves it where -out says so.
func (p *program) planFor(c *cli.Command, cfg *hclconfig.Config, o planOptions) (made *planning, err error) {
	out := c.String("out")
	store := p.store(cfg)
	if out != "" {
		if what := p.precious(p.path(out), cfg); what != "" {
			return nil, usage("-out=%s: this is %s, which a plan would overwrite; choose another name", out, what)
		}
		// A plan of a state that is being written would be stale at once.
		lock, err := store.Lock(p.admit, p.lockInfo("plan"), durationOf(c, "lock-timeout"))
		if err != nil {
			return nil, stateError(err, stateName(cfg))
		}
		defer func() { err = errors.Join(err, lock.Release()) }()
	}
	snap, err := store.Load(p.admit)
	if err != nil {
		return nil, stateError(err, stateName(cfg))
	}
	if out != "" && snap.Unsaved() {
		return nil, fail(exitRefused, fmt.Errorf("save the plan: a run was cut, and the journal beside %s holds what the state does not", stateName(cfg)),
			"let it be recorded first: payrun reconcile, or payrun apply with the plan that was cut", "without -out the plan is shown all the same")
	}
	if made, err = p.makePlan(cfg, snap, snap.Ledger, o); err != nil || out == "" {
		return made, err
	}
	if err := made.file.Write(p.path(out)); err != nil {
		return nil, fail(exitError, plain(err), "choose a folder that exists and that you may write to")
	}
	return made, nil
}
