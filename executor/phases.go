package executor

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"payrun/planner"
	"payrun/planner/payout"
)

// askOpen asks about everything that is open before anything new is sent. What
// is found by its order id alone also proves the look-up.
func (r *Run) askOpen(started context.Context) {
	subjects := append(r.inquirer.open(r.Merchants), r.failedOnce()...)
	if len(subjects) == 0 {
		return
	}
	r.inquirer.emit(PhaseStarted{Phase: PhaseAsk, Count: len(subjects)})
	if _, err := r.inquirer.inquireAll(started, subjects); err != nil {
		r.unwritten(err, false)
	}
}

// failedOnce lists what would be retried without a person, had it been seen to
// fail twice.
func (r *Run) failedOnce() []subject {
	var out []subject
	for i := range r.Plan.Changes {
		c := &r.Plan.Changes[i]
		if m := r.Merchants[recordedMerchant(c)]; m != nil && c.Action == planner.ActionCheck && c.Status() == payout.Failed {
			out = append(out, subject{merchant: m, address: recordedAt(c), attempt: c.Record.Newest().N})
		}
	}
	return out
}

func recordedMerchant(c *planner.Change) string {
	if c.Record == nil {
		return ""
	}
	return c.Record.Merchant
}

// pause keeps the look-ups of an unproven state and the first send apart: a
// call of a lost run may still be on its way.
func (r *Run) pause(started context.Context) {
	if !r.Unproven || started.Err() != nil {
		return
	}
	wait := time.Duration(0)
	for _, m := range r.Plan.Merchants {
		if one := r.Merchants[m.Name]; !one.LookupOff {
			wait = max(wait, one.Waits.Unproven)
		}
	}
	if wait == 0 {
		return
	}
	r.inquirer.emit(Paused{For: wait, Reason: "the state is not proven: a payment of a lost run could still arrive"})
	_ = sleep(started, wait) // a stop shows in the phases that follow
}

// sendAll sends what is left, merchants side by side.
func (r *Run) sendAll(started, calls context.Context, changes []*planner.Change) {
	if started.Err() != nil {
		return
	}
	r.inquirer.emit(PhaseStarted{Phase: PhaseSend, Count: len(changes)})
	r.eachMerchant(changes, func(m *Merchant, mine []*planner.Change) {
		var g errgroup.Group
		g.SetLimit(m.width())
		for _, c := range mine {
			if started.Err() != nil {
				break
			}
			if r.done(c) {
				continue
			}
			g.Go(func() error {
				r.send(started, calls, m, c)
				return nil
			})
		}
		_ = g.Wait() // send reports through the run
	})
}

func (r *Run) done(c *planner.Change) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.touched[c.Address] || r.lookedUp[c.Address]
}

// eachMerchant runs f for every merchant of the changes at once, and waits.
func (r *Run) eachMerchant(changes []*planner.Change, f func(*Merchant, []*planner.Change)) {
	byName := make(map[string][]*planner.Change)
	for _, c := range changes {
		byName[c.Batch.Merchant.Name] = append(byName[c.Batch.Merchant.Name], c)
	}
	var g errgroup.Group
	for name, mine := range byName {
		g.Go(func() error {
			f(r.Merchants[name], mine)
			return nil
		})
	}
	_ = g.Wait() // f reports through the run
}
