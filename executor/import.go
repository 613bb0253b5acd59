package executor

import (
	"context"
	"fmt"
	"time"

	"payrun/freedompay"
	"payrun/planner"
	"payrun/planner/payout"
)

// importAll records what was paid elsewhere, before anything is sent. A payment
// that the gateway knows otherwise than the files say stops the run: what else
// they say is in doubt then. One that nobody answers about waits.
func (r *Run) importAll(started context.Context) {
	changes := r.Plan.Importing()
	if len(changes) == 0 || started.Err() != nil {
		return
	}
	r.inquirer.emit(PhaseStarted{Phase: PhaseImport, Count: len(changes)})
	for _, c := range changes {
		if started.Err() != nil {
			return
		}
		m := r.merchantOf(c)
		o := imported(c)
		if c.Import.Unverified == "" {
			answer := m.ask(started, importQuestion(m, c))
			if why := refuted(c, answer); why != "" {
				r.stop.halt(StopImport, fmt.Sprintf("%s cannot be imported: %s", c.Address, why))
				return
			}
			if answer.verdict == "" {
				r.skip(c, "the import brought no trusted answer: "+answer.why)
				continue
			}
			o.At, o.Event.At, o.PaymentDate = answer.at, answer.at, answer.date
			o.PaymentID, o.Event.Code, o.Event.Words = answer.paymentID, answer.code, answer.words
		}
		if o.PaymentID != "" && !r.inquirer.claim(m.Name, o.PaymentID, holder{c.Address, c.Attempt}) {
			r.stop.halt(StopImport, fmt.Sprintf("%s cannot be imported: payment %s belongs to another payout already", c.Address, o.PaymentID))
			return
		}
		if err := r.inquirer.record(nil, &o); err != nil {
			r.unwritten(err, false)
			return
		}
	}
}

// imported is the record of a payment that was made elsewhere.
func imported(c *planner.Change) payout.Outcome {
	details := c.Declared.Details(c.Batch.Merchant)
	now := time.Now()
	reason := c.Import.Reason
	if c.Import.Unverified != "" {
		reason += "; not verified: " + c.Import.Unverified
	}
	return payout.Outcome{
		At: now, Address: c.Address, Attempt: c.Attempt, OrderID: c.OrderID, Cause: payout.CauseImport,
		PaymentID: c.Import.PaymentID, Adopt: &details,
		Event: payout.Event{Status: payout.Paid, At: now, Source: payout.SourceImport, Reason: reason},
	}
}

// importQuestion asks about the payment that the import names. The order id is
// the import's own, or the one that the payout would have.
func importQuestion(m *Merchant, c *planner.Change) question {
	return question{
		merchantID: m.ID, api: freedompay.API(m.API), orderID: c.OrderID, amount: c.Import.Amount.Decimal(),
		paymentID: c.Import.PaymentID, ours: true,
	}
}

// refuted says what the gateway's answer contradicts of an import, or "".
func refuted(c *planner.Change, a asked) string {
	switch {
	case a.verdict == "":
		return ""
	case a.verdict == payout.SaysNotFound:
		return fmt.Sprintf("the gateway knows no such payment under order id %s", c.OrderID)
	case a.verdict != payout.SaysSuccess:
		return fmt.Sprintf("the gateway says %s, not success", a.verdict)
	case c.Import.PaymentID != "" && a.paymentID != c.Import.PaymentID:
		return fmt.Sprintf("the gateway knows payment %s under this order id, not %s", a.paymentID, c.Import.PaymentID)
	case a.amountOff:
		return fmt.Sprintf("the gateway knows a payment of another amount than %s", c.Import.Amount)
	case a.noAmount:
		return "the gateway does not say which amount was paid; with the merchant API only a payment id proves it"
	}
	return ""
}
