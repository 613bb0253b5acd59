package executor

import (
	"context"
	"sync"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// Run carries out one plan. Plan, Merchants and Journal are required.
type Run struct {
	Plan         *planner.Plan
	Merchants    map[string]*Merchant // by name; every merchant of the plan and of open records
	Journal      Journal
	Emit         func(Event)   // nil = nobody listens; never called by two goroutines at once
	Unproven     bool          // the state is not proven: look up everything first
	Behind       bool          // the state lacked attempts that are recorded elsewhere: ask and look up, send nothing
	NewestRecord time.Time     // of the state, for the clock check
	Wait         time.Duration // for final statuses; 0 = do not wait
	StillOurs    func() error  // asked before each payout and right before its first byte; nil = always ours

	inquirer *inquirer
	stop     *stopper
	row      row
	silence  silence

	mu       sync.Mutex
	report   *Report
	touched  map[payout.Address]bool // sent in this run
	lookedUp map[payout.Address]bool // skipped: not to be tried again
	asked    map[payout.Address]bool // looked up under all its order ids
}

// Report says what a run came to. What became of the payouts stands in the
// ledger.
type Report struct {
	Sent      []payout.Address // payouts whose intent was recorded by this run
	Skipped   int              // planned, and not sent for a reason of its own
	Unsent    int              // planned, and not reached
	Adopted   int              // found at the gateway, unknown to the state before
	Stop      *Stop            // why no further payout was started; nil = all were
	Unwritten error            // something happened that could not be recorded

	// LookedUp says that the state may count as proven from here on: it did
	// before, or every payout that this plan or a later one may send was looked
	// up under all its order ids, with a trusted answer to each, by a run that
	// tested the look-up because it had something to send.
	LookedUp bool
}

// Apply carries the plan out. Cancelling admit lets the calls in flight end;
// cancelling calls cuts them.
func (r *Run) Apply(admit, calls context.Context) *Report {
	started := r.begin(admit)
	defer r.stop.cancel()
	defer r.stop.listen(admit)()
	changes := r.Plan.Sending()
	r.askOpen(started)
	if r.Behind {
		r.behind()
	}
	r.importAll(started)
	if len(changes) > 0 {
		r.prove(started, changes)
		r.lookupAll(started)
		r.pause(started)
		r.firstAlone(started, calls, changes)
		r.sendAll(started, calls, changes)
		r.lookupRest(admit)
	}
	r.lookupLeft(admit)
	r.stop.outside(admit)
	r.waitFinal(admit)
	r.stop.outside(admit)
	r.finish(changes)
	return r.report
}

// begin prepares the run's own state.
func (r *Run) begin(admit context.Context) context.Context {
	r.inquirer = newInquirer(r.Journal, r.Emit)
	r.report = &Report{}
	r.touched = make(map[payout.Address]bool)
	r.lookedUp = make(map[payout.Address]bool)
	r.asked = make(map[payout.Address]bool)
	stop, started := newStopper(admit, r.inquirer.emit)
	r.stop = stop
	return started
}

// finish counts what the run left.
func (r *Run) finish(changes []*planner.Change) {
	r.report.Stop = r.stop.reason()
	for _, c := range changes {
		if !r.touched[c.Address] && !r.lookedUp[c.Address] {
			r.report.Unsent++
		}
	}
	r.report.LookedUp = !r.Unproven || len(changes) > 0
	for _, c := range r.unsure() {
		r.report.LookedUp = r.report.LookedUp && (!r.Unproven || r.asked[c.Address])
	}
}

// merchantOf is the account that a change is paid from.
func (r *Run) merchantOf(c *planner.Change) *Merchant {
	return r.Merchants[c.Batch.Merchant.Name]
}

// unwritten stops the run because a record could not be made durable. After a
// call that is worse than before one: then something happened that only the
// gateway knows.
func (r *Run) unwritten(err error, happened bool) {
	r.mu.Lock()
	if happened && r.report.Unwritten == nil {
		r.report.Unwritten = err
	}
	r.mu.Unlock()
	r.stop.halt(StopJournal, err.Error())
}

func (r *Run) skip(c *planner.Change, why string) {
	r.mu.Lock()
	r.report.Skipped++
	r.lookedUp[c.Address] = true
	r.mu.Unlock()
	r.inquirer.emit(Skipped{Address: c.Address, Amount: c.Amount(), Reason: why})
}
