package executor

import (
	"context"
	"fmt"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// send pays one planned payout: look-up, intent, one call, result. Only after
// proof that not one byte left is the same order id tried again.
func (r *Run) send(started, calls context.Context, m *Merchant, c *planner.Change) payout.Status {
	for try := 1; ; try++ {
		status := r.sendOnce(started, calls, m, c)
		if status != payout.NotSent || try == maxSendsPerRun {
			return status
		}
		if sleep(started, time.Duration(try)*time.Second) != nil {
			return status
		}
	}
}

// sendOnce returns the status that the call came to, or Declared where no
// intent was recorded.
func (r *Run) sendOnce(started, calls context.Context, m *Merchant, c *planner.Change) payout.Status {
	if r.taken() != nil || !r.mayStart(c) {
		return payout.Declared
	}
	if !r.earlierDead(started, c) {
		return payout.Declared
	}
	cleared, ok := r.clear(started, m, c, !r.askedAll(c))
	if !ok {
		return payout.Declared
	}
	turn, err := m.pace.enter(started, m.Pay)
	if err != nil {
		return payout.Declared
	}
	defer turn.giveBack()
	if cleared.age(time.Now()) > lookupFresh/2 {
		// The turn took long: what the look-up said may be old by the first byte.
		if cleared, ok = r.clear(started, m, c, false); !ok {
			return payout.Declared
		}
	}
	if age := cleared.age(time.Now()); age > lookupFresh && !m.LookupOff {
		r.skip(c, fmt.Sprintf("the look-up took %s: too old to trust", age.Round(time.Second)))
		return payout.Declared
	}
	if !r.mayStart(c) || started.Err() != nil {
		return payout.Declared
	}
	intent := r.intent(m, c)
	if !r.commit(c, intent) {
		return payout.Declared
	}
	return r.call(calls, m, c, intent, turn, cleared)
}

// mayStart says whether the change may begin at this moment; a deadline that
// has passed since the plan was made stops the run.
func (r *Run) mayStart(c *planner.Change) bool {
	if r.late(c) {
		return false
	}
	if reason := planner.WindowReason(c.Batch, c.Declared, time.Now()); reason != "" {
		r.skip(c, reason)
		return false
	}
	return true
}

// taken stops the run where its lock or its state are another's by now, and says
// so. What a look-up finds then says nothing about a state that is behind.
func (r *Run) taken() error {
	if r.StillOurs == nil {
		return nil
	}
	err := r.StillOurs()
	if err != nil {
		r.stop.halt(StopLock, err.Error())
	}
	return err
}

// late stops the run where the deadline of the change has passed.
func (r *Run) late(c *planner.Change) bool {
	if c.Batch.Deadline.IsZero() || !time.Now().After(c.Batch.Deadline) {
		return false
	}
	r.stop.halt(StopDeadline, fmt.Sprintf("the deadline of batch %s, %s, has passed", c.Batch.Name, c.Batch.Deadline.In(c.Batch.Merchant.Zone).Format("2006-01-02 15:04 -07:00")))
	return true
}

// clear looks a change up and says whether it may be sent now.
func (r *Run) clear(started context.Context, m *Merchant, c *planner.Change, all bool) (clearance, bool) {
	cleared, err := r.lookup(started, m, c, all)
	switch {
	case err != nil:
		r.unwritten(err, false)
		return cleared, false
	case cleared.found:
		// Also where the run is stopping: what was found is recorded.
		r.refuse(c, cleared)
		if cleared.behind {
			r.behind()
		}
		return cleared, false
	case started.Err() != nil:
		return cleared, false
	case !cleared.send:
		r.refuse(c, cleared)
		return cleared, false
	}
	if stop := r.checkClocks(cleared); stop != nil {
		r.stop.halt(stop.Kind, stop.Text)
		return cleared, false
	}
	return cleared, true
}

// commit makes the intent durable. A record that has changed since the plan
// was made, by what asking found, is not sent.
func (r *Run) commit(c *planner.Change, in *payout.Intent) bool {
	var forbidden error
	r.Journal.View(func(l *payout.Ledger) { forbidden = l.CheckBegin(in) })
	if forbidden != nil {
		r.skip(c, "its record has changed since the plan was made: "+forbidden.Error())
		return false
	}
	if err := r.Journal.Begin(in); err != nil {
		if r.taken() != nil {
			return false
		}
		r.unwritten(err, false)
		return false
	}
	r.mu.Lock()
	if !r.touched[c.Address] {
		r.touched[c.Address] = true
		r.report.Sent = append(r.report.Sent, c.Address)
	}
	r.mu.Unlock()
	r.inquirer.emit(Begun{Address: c.Address, OrderID: c.OrderID, Attempt: c.Attempt, Amount: c.Declared.Amount})
	return true
}

// intent is the record that stands before the call.
func (r *Run) intent(m *Merchant, c *planner.Change) *payout.Intent {
	now := time.Now()
	limit := c.Declared.TimeLimit
	if limit == 0 {
		limit = planner.DefaultTimeLimit
	}
	details := c.Declared.Details(m.Merchant)
	details.Address = recordedAt(c)
	return &payout.Intent{
		Details: details, At: now,
		Attempt: c.Attempt, OrderID: c.OrderID, TimeLimit: now.Add(limit).Truncate(time.Second),
	}
}

// timeLimitLayout is pg_order_time_limit's form (Merchant API's payout pages).
const timeLimitLayout = "2006-01-02 15:04:05"
