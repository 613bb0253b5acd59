package planner

import (
	"fmt"
	"strings"

	"payrun/planner/payout"
)

// failed decides between retry, check and attention.
func (d *differ) failed(c *Change) {
	newest := c.Record.Newest()
	why := "failed " + c.Record.Newest().Last().At.In(c.Batch.Merchant.Zone).Format("2 Jan 15:04")
	if last := newest.Last(); last.Code != "" {
		why += ": " + strings.TrimSpace(last.Code+" "+last.Words)
	}
	edited := d.differences(c)
	byPerson := d.opts.RetryFailed || len(edited) > 0
	allowed := !calledFailedEarly(newest) && (c.Declared.Retry > newest.N || newest.N < 2 && d.runFault(newest.Last().Code))
	switch {
	case newest.N >= payout.MaxAttempts:
		c.Action, c.Reason = ActionAttention, fmt.Sprintf("%s; all %d attempts are used, a new key is needed", why, payout.MaxAttempts)
	case byPerson || allowed && newest.RetrySeen():
		d.nextAttempt(c, strings.Join(append([]string{why}, edited...), "; "))
	case allowed:
		c.Action, c.Reason = ActionCheck, why+"; asked once more before it is retried"
	default:
		c.Action, c.Reason = ActionAttention, why+"; mend the payout, or -retry-failed"
	}
}

// needsPerson plans the next attempt where a person asked for it, and leaves
// the payout to a person else.
func (d *differ) needsPerson(c *Change) {
	newest := c.Record.Newest()
	switch {
	case !c.Record.HasFlag(payout.FlagResend):
		c.Action, c.Reason = ActionAttention, openReason(c.Record)
	case newest.N >= payout.MaxAttempts:
		c.Action, c.Reason = ActionAttention, fmt.Sprintf("all %d attempts are used, a new key is needed", payout.MaxAttempts)
	default:
		d.nextAttempt(c, statusWords(newest.Status())+"; asked for by "+newest.Last().By+": "+newest.Last().Reason)
	}
}

// nextAttempt plans the next attempt, with a new order id.
func (d *differ) nextAttempt(c *Change, why string) {
	c.Action, c.Attempt = ActionRetry, c.Record.Newest().N+1
	c.OrderID = c.Declared.OrderIDFor(c.Batch.Merchant, c.Attempt)
	c.Reason = fmt.Sprintf("attempt %d; %s", c.Attempt, why)
	d.window(c)
}

// calledFailedEarly says that a person called the attempt failed while the
// gateway could still have paid it: it is never retried automatically.
func calledFailedEarly(a *payout.Attempt) bool {
	last := a.Last()
	return last.Source == payout.SourceManual && !a.PastFence(last.At)
}

func (d *differ) runFault(code string) bool {
	return d.opts.RunFault != nil && code != "" && d.opts.RunFault(code)
}

// earlierAlive finds a superseded attempt that was paid after all, or may be.
// One that was not found was given up by a person.
func earlierAlive(r *payout.Record) *payout.Attempt {
	newest := r.Newest()
	if newest == nil || newest.Status() != payout.Failed && newest.Status() != payout.NotSent {
		return nil
	}
	for i := range r.Attempts {
		if a := &r.Attempts[i]; a.Status().MayBePaid() && a.Status() != payout.NotFound {
			return a
		}
	}
	return nil
}
