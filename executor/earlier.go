package executor

import (
	"context"
	"fmt"

	"payrun/planner"
	"payrun/planner/payout"
)

// earlierDead asks once more about every attempt that the change replaces,
// right before the next one is sent: a payment may show late, and one question
// is cheaper than a second payment. It returns false, with the reason told,
// where one is alive or no answer says that none is.
func (r *Run) earlierDead(started context.Context, c *planner.Change) bool {
	record := r.inquirer.look(recordedAt(c))
	if record == nil {
		return true
	}
	for i := range record.Attempts {
		a := &record.Attempts[i]
		if a.N >= c.Attempt {
			break
		}
		if why := r.stillAlive(started, record, a); why != "" {
			if started.Err() == nil {
				r.skip(c, why)
			}
			return false
		}
	}
	return true
}

// stillAlive asks about one earlier attempt and says why its payout may not be
// sent again, or "".
func (r *Run) stillAlive(started context.Context, record *payout.Record, a *payout.Attempt) string {
	if a.Status() == payout.Returned {
		return "" // a person said that the money came back; the gateway may call it paid for ever
	}
	name := record.TermsOf(a).Merchant
	m := r.Merchants[name]
	if m == nil {
		return fmt.Sprintf("attempt %d was made from merchant %s, which the files do not declare: it cannot be asked about", a.N, name)
	}
	if m.LookupOff {
		return ""
	}
	answer, err := r.inquirer.inquire(started, subject{merchant: m, address: record.Address, attempt: a.N})
	switch {
	case err != nil:
		r.unwritten(err, false)
		return "its record could not be written"
	case answer.verdict == "":
		return fmt.Sprintf("attempt %d could not be asked about once more: %s", a.N, answer.why)
	case answer.verdict == payout.SaysNotFound && a.PaymentID != "" && a.Last().Source != payout.SourceManual:
		// What has a payment id exists: the answer that misses it says as little
		// about its end as the one that called it failed may have.
		return fmt.Sprintf("attempt %d has payment %s, and the gateway does not find it now: ask again later", a.N, a.PaymentID)
	case answer.other:
		return fmt.Sprintf("order %s of attempt %d stands for another payment at the gateway as well", a.OrderID, a.N)
	case answer.alive():
		return fmt.Sprintf("attempt %d, order %s, is known to the gateway after all (%s)", a.N, a.OrderID, answer.verdict)
	}
	return ""
}

// askedAll says whether this run has asked for every order id that the change
// may have been paid under.
func (r *Run) askedAll(c *planner.Change) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked[c.Address]
}
