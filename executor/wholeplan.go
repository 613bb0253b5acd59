package executor

import (
	"context"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"payrun/planner"
	"payrun/planner/payout"
)

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
	var done atomic.Int64
	r.eachMerchant(changes, func(m *Merchant, mine []*planner.Change) {
		var g errgroup.Group
		g.SetLimit(m.width())
		for _, c := range mine {
			if ctx.Err() != nil || r.silence.tooLong(m) {
				break
			}
			g.Go(func() error {
				r.lookupOne(ctx, m, c)
				r.inquirer.emit(LookedUp{Done: int(done.Add(1)), Of: len(changes)})
				return nil
			})
		}
		_ = g.Wait() // lookupOne reports through the run
	})
}

func (r *Run) lookupOne(ctx context.Context, m *Merchant, c *planner.Change) {
	cleared, err := r.lookup(ctx, m, c, true)
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
	r.stop.halt(StopBehind, "the state was behind the gateway: payments were found that it did not know; what fits the files is recorded now. What was renamed since cannot be found like this: look for a newer state first, then plan again")
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

// lookupLeft looks up what the plan leaves alone: a payout that failed may have
// been retried, and one of an unproven state paid, by a run whose state is lost.
func (r *Run) lookupLeft(admit context.Context) {
	var left []*planner.Change
	for _, c := range r.unsure() {
		if !c.Sends() && !c.Excluded && !r.asked[c.Address] && (r.Unproven || c.Status() == payout.Failed) {
			left = append(left, c)
		}
	}
	stop := r.stop.reason()
	if len(left) == 0 || stop != nil && stop.Kind != StopBehind {
		return
	}
	adopted := r.report.Adopted
	r.inquirer.emit(PhaseStarted{Phase: PhaseLeft, Count: len(left)})
	r.lookupMany(admit, left)
	if r.report.Adopted > adopted {
		r.behind()
	}
}

// unsure lists what a plan may ever send: all that is declared and not known to
// be paid or open.
func (r *Run) unsure() []*planner.Change {
	var out []*planner.Change
	for i := range r.Plan.Changes {
		c := &r.Plan.Changes[i]
		switch {
		case c.Action == planner.ActionCheck && c.Status() == payout.Failed:
			// It failed, and has to be seen failing twice.
		case c.Action == planner.ActionNone, c.Action == planner.ActionCheck, c.Action == planner.ActionLeft, c.Action == planner.ActionImport:
			continue
		}
		if c.Declared != nil && !r.merchantOf(c).LookupOff {
			out = append(out, c)
		}
	}
	return out
}
