package executor

import (
	"context"
	"slices"
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

// lookupAll looks up every attempt of the whole plan, before the first send,
// where the state is not proven: also of what this plan does not send, for the
// state counts as proven after it.
func (r *Run) lookupAll(started context.Context) {
	if !r.Unproven || started.Err() != nil {
		return
	}
	changes := r.unsure()
	changes = slices.DeleteFunc(changes, func(c *planner.Change) bool { return c.Excluded })
	r.inquirer.emit(PhaseStarted{Phase: PhaseLookup, Count: len(changes)})
	r.lookupMany(started, changes)
	if r.report.Adopted > 0 {
		r.behind()
	}
}

// lookupMany looks every change up and records what it finds.
func (r *Run) lookupMany(ctx context.Context, changes []*planner.Change) {
	r.eachMerchant(changes, func(m *Merchant, mine []*planner.Change) {
		var g errgroup.Group
		g.SetLimit(m.width())
		for _, c := range mine {
			if ctx.Err() != nil || r.silence.tooLong(m) {
				break
			}
			g.Go(func() error {
				r.lookupOne(ctx, m, c)
				return nil
			})
		}
		_ = g.Wait() // lookupOne reports through the run
	})
}

func (r *Run) lookupOne(ctx context.Context, m *Merchant, c *planner.Change) {
	cleared, err := r.lookup(ctx, m, c, r.Unproven)
	switch {
	case err != nil:
		r.unwritten(err, false)
	case cleared.found || !cleared.send && ctx.Err() == nil:
		r.refuse(c, cleared)
	}
}

// refuse skips a change that its look-up did not clear.
func (r *Run) refuse(c *planner.Change, cleared clearance) {
	if cleared.behind {
		r.mu.Lock()
		r.report.Adopted++
		r.mu.Unlock()
	}
	if c.Sends() {
		r.skip(c, cleared.why)
	}
}

func (r *Run) behind() {
	r.stop.halt(StopBehind, "the state was behind the gateway: payments were found that it did not know; they are recorded now, plan again")
}

// lookupRest looks up what was not reached, so that one run finds everything
// that the state did not know.
func (r *Run) lookupRest(admit context.Context) {
	stop := r.stop.reason()
	if stop == nil || stop.Kind != StopBehind {
		return
	}
	var rest []*planner.Change
	for _, c := range r.unsure() {
		if c.Sends() && !r.done(c) && !r.asked[c.Address] {
			rest = append(rest, c)
		}
	}
	r.lookupMany(admit, rest)
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

// waitFinal asks until everything is final or the wait is over, then asks once
// more about what is in doubt.
func (r *Run) waitFinal(admit context.Context) {
	if stop := r.stop.reason(); stop != nil && (stop.Kind == StopSignal || stop.Kind == StopJournal || stop.Kind == StopLock) {
		return
	}
	ctx, cancel := context.WithTimeout(admit, r.Wait)
	defer cancel()
	waiting := func() []subject {
		return r.inquirer.subjects(r.Merchants, func(s payout.Status) bool { return s == payout.Accepted || s == payout.Rejected })
	}
	if r.Wait > 0 {
		if n := len(waiting()); n > 0 {
			r.inquirer.emit(PhaseStarted{Phase: PhaseWait, Count: n})
		}
		if err := r.inquirer.poll(ctx, waiting); err != nil {
			r.unwritten(err, true)
			return
		}
	}
	doubts := r.inquirer.subjects(r.Merchants, func(s payout.Status) bool { return s == payout.InDoubt })
	if _, err := r.inquirer.inquireAll(admit, doubts); err != nil {
		r.unwritten(err, true)
	}
}

// smallestFirst orders changes by amount, then address.
func smallestFirst(changes []*planner.Change) []*planner.Change {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b *planner.Change) int {
		if a.Declared.Amount.Minor != b.Declared.Amount.Minor {
			if a.Declared.Amount.Minor < b.Declared.Amount.Minor {
				return -1
			}
			return 1
		}
		return a.Address.Compare(b.Address)
	})
	return sorted
}
