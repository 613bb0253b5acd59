package executor

import (
	"cmp"
	"fmt"
	"slices"

	"payrun/planner"
	"payrun/planner/payout"
)

// adopt records payments that the gateway knows and the state did not.
func (r *Run) adopt(m *Merchant, c *planner.Change, found []candidate) (clearance, error) {
	alive := 0
	for _, f := range found {
		if f.answer.alive() {
			alive++
		}
	}
	out := clearance{found: true, behind: alive > 0, why: "the gateway knows an earlier attempt that failed"}
	if out.behind {
		out.why = "the gateway knows this payment already"
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		// Of two order ids of one attempt only the first gets a record.
		return cmp.Or(cmp.Compare(a.attempt, b.attempt), cmp.Compare(rank(a), rank(b)))
	})
	for _, f := range found {
		terms, ok := termsOf(c, f.answer)
		if !ok {
			// A record would make the declared amount that of the payment.
			out.why = fmt.Sprintf("the gateway knows a payment of another amount than %s under order id %s: if the amount was edited after it was paid, put the old one back into the files",
				c.Declared.Amount, f.orderID)
			if !c.Sends() { // else it is skipped, and that is told
				r.inquirer.emit(Noticed{Merchant: m.Name, Warning: true, Text: c.Address.String() + ": " + out.why})
			}
			continue
		}
		o := r.adoption(m, c, f, alive > 1)
		o.Adopt.Amount = terms
		if err := r.take(m, c, f, &o); err != nil {
			return clearance{}, err
		}
	}
	return out, nil
}

// termsOf is the amount that a found payment gets in its record: the declared
// one, which it has, or its own where it failed. It returns false where it lives
// with another amount, or with one that cannot be read.
func termsOf(c *planner.Change, a asked) (payout.Money, bool) {
	if !a.amountOff {
		return c.Declared.Amount, true
	}
	amount, err := payout.ParseMoney(a.amount, c.Declared.Amount.Currency)
	return amount, err == nil && !a.alive()
}

func rank(c candidate) int {
	if c.answer.alive() {
		return 0
	}
	return 1
}

// recordedAt is the address of the change's record: a renamed payout keeps the
// one it was recorded with.
func recordedAt(c *planner.Change) payout.Address {
	if c.Record != nil {
		return c.Record.Address
	}
	return c.Address
}

// take records one found payment, or, where the ledger has no place for it,
// raises an alarm on the record that it contradicts.
func (r *Run) take(m *Merchant, c *planner.Change, f candidate, o *payout.Outcome) error {
	before := r.inquirer.look(o.Address)
	var forbidden error
	r.Journal.View(func(l *payout.Ledger) { forbidden = l.CheckSettle(o) })
	if forbidden == nil {
		return r.inquirer.record(before, o)
	}
	r.inquirer.emit(Noticed{Merchant: m.Name, Warning: true, Text: fmt.Sprintf(
		"%s: order id %s is known to the gateway too (%s): a person has to look", c.Address, f.orderID, f.answer.verdict)})
	if before == nil || before.HasFlag(payout.FlagAlarm) || !f.answer.alive() {
		return nil
	}
	newest := before.Newest()
	return r.inquirer.record(before, &payout.Outcome{
		At: f.answer.at, Address: before.Address, Attempt: newest.N, OrderID: newest.OrderID,
		NotFound: newest.NotFound, Failures: newest.Failures, Raise: []payout.Flag{payout.FlagAlarm},
	})
}

// adoption is the outcome that records one found payment.
func (r *Run) adoption(m *Merchant, c *planner.Change, f candidate, several bool) payout.Outcome {
	details := c.Declared.Details(m.Merchant)
	details.Address = recordedAt(c)
	o := payout.Outcome{
		At: f.answer.at, Address: details.Address, Attempt: f.attempt, OrderID: f.orderID,
		Cause: payout.CauseLookup, PaymentID: f.answer.paymentID, PaymentDate: f.answer.date,
		Event: payout.Event{Status: payout.InDoubt, At: f.answer.at, Source: payout.SourceLookup, Code: f.answer.code, Words: f.answer.words},
		Raise: []payout.Flag{payout.FlagUnproven}, Adopt: &details,
	}
	alarm := func(words string) {
		o.Event.Words = words
		o.Raise = append(o.Raise, payout.FlagAlarm)
	}
	switch {
	case !r.inquirer.claim(m.Name, f.answer.paymentID, holder{details.Address, f.attempt}):
		o.PaymentID = ""
		alarm("payment " + f.answer.paymentID + " belongs to another payout already")
	case f.answer.verdict == payout.SaysError:
		// No money of it left, whatever it was meant to pay.
		o.Event.Status, o.Raise = payout.Failed, nil
		o.Failures = payout.Seen{Count: 1, First: f.answer.at, Last: f.answer.at}
	case f.answer.noAmount:
		o.Event.Words = "the gateway knows a payment under this order id and does not say of which amount"
	case f.answer.verdict == payout.SaysSuccess:
		o.Event.Status = payout.Paid
	default:
		o.Event.Status = payout.Accepted
	}
	if several && f.answer.alive() && !slices.Contains(o.Raise, payout.FlagAlarm) {
		o.Raise = append(o.Raise, payout.FlagAlarm)
	}
	return o
}
