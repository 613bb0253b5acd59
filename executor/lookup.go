package executor

import (
	"context"
	"fmt"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// clearance is what the look-up of one planned payout allows.
type clearance struct {
	send   bool
	behind bool      // the gateway knows a payment that the state did not
	at     time.Time // when the last question was answered
	clock  time.Time // the gateway's Date of that answer
	why    string    // why it may not be sent, for people
}

// candidate is one order id that a planned payout may have been sent under.
type candidate struct {
	attempt int
	orderID string
	answer  asked
}

// lookup asks for every order id that the change may already have been paid
// under, and records what it finds. With all set, every attempt is asked for:
// the state is not proven. An error means that the record is not durable.
func (r *Run) lookup(ctx context.Context, m *Merchant, c *planner.Change, all bool) (clearance, error) {
	if m.LookupOff {
		return clearance{send: true, at: time.Now()}, nil
	}
	var out clearance
	var found []candidate
	for _, one := range candidates(m, c, all) {
		one.answer = m.ask(ctx, question{merchantID: m.ID, orderID: one.orderID, amount: c.Declared.Amount.Decimal()})
		if one.answer.verdict == "" {
			return clearance{why: "the look-up brought no trusted answer: " + one.answer.why}, nil
		}
		if out.at.IsZero() {
			// The oldest answer decides how fresh a look-up is.
			out.at, out.clock = one.answer.at, one.answer.clock
		}
		if one.answer.found() {
			found = append(found, one)
		}
	}
	if len(found) == 0 {
		out.send = true
		return out, nil
	}
	return r.adopt(m, c, found)
}

// candidates lists the order ids to ask for, by attempt.
func candidates(m *Merchant, c *planner.Change, all bool) []candidate {
	first, last := c.Attempt, c.Attempt
	if all {
		first, last = 1, payout.MaxAttempts
	}
	var out []candidate
	for n := first; n <= last; n++ {
		if known := c.Record.Attempt(n); known != nil && known.Status() != payout.NotSent {
			continue // recorded, and asked about as such
		}
		for _, id := range planner.KnownOrderIDs(m.Merchant, c.Declared, c.Record, n) {
			out = append(out, candidate{attempt: n, orderID: id})
		}
	}
	return out
}

// adopt records payments that the gateway knows and the state did not.
func (r *Run) adopt(m *Merchant, c *planner.Change, found []candidate) (clearance, error) {
	alive := 0
	for _, f := range found {
		if f.answer.alive() {
			alive++
		}
	}
	out := clearance{at: time.Now(), behind: alive > 0}
	out.why = "the gateway knows an earlier attempt that failed"
	if out.behind {
		out.why = "the gateway knows this payment already"
	}
	for i, f := range found {
		if conflictingAttempt(found[:i], f) {
			// A second order id of one attempt has no record of its own.
			r.inquirer.emit(Noticed{Merchant: m.Name, Warning: true, Text: fmt.Sprintf(
				"%s: order id %s is known to the gateway too (%s): a person has to look", c.Address, f.orderID, f.answer.verdict)})
			continue
		}
		o := r.adoption(m, c, f, alive > 1)
		before := r.inquirer.look(c.Address)
		if err := r.inquirer.record(before, &o); err != nil {
			return clearance{}, err
		}
	}
	return out, nil
}

func conflictingAttempt(earlier []candidate, f candidate) bool {
	for _, e := range earlier {
		if e.attempt == f.attempt {
			return true
		}
	}
	return false
}

// adoption is the outcome that records one found payment.
func (r *Run) adoption(m *Merchant, c *planner.Change, f candidate, several bool) payout.Outcome {
	details := c.Declared.Details(m.Merchant)
	o := payout.Outcome{
		At: f.answer.at, Address: c.Address, Attempt: f.attempt, OrderID: f.orderID,
		Cause: payout.CauseLookup, PaymentID: f.answer.paymentID, PaymentDate: f.answer.date,
		Event: payout.Event{At: f.answer.at, Source: payout.SourceLookup, Code: f.answer.code, Words: f.answer.words},
		Raise: []payout.Flag{payout.FlagUnproven}, Adopt: &details,
	}
	switch {
	case f.answer.verdict == payout.SaysError:
		o.Event.Status, o.Raise = payout.Failed, nil
		o.Failures = payout.Seen{Count: 1, First: f.answer.at, Last: f.answer.at}
	case f.answer.amountOff:
		o.Event.Status = payout.InDoubt
		o.Event.Words = "the gateway knows a payment of another amount under this order id"
		o.Raise = append(o.Raise, payout.FlagAlarm)
	case r.heldElsewhere(m, c.Address, f.answer.paymentID):
		o.Event.Status = payout.InDoubt
		o.Event.Words = "payment " + f.answer.paymentID + " belongs to another payout already"
		o.PaymentID = ""
		o.Raise = append(o.Raise, payout.FlagAlarm)
	case f.answer.noAmount:
		o.Event.Status = payout.InDoubt
		o.Event.Words = "the gateway knows a payment under this order id and does not say of which amount"
	case f.answer.verdict == payout.SaysSuccess:
		o.Event.Status = payout.Paid
	default:
		o.Event.Status = payout.Accepted
	}
	if several && f.answer.alive() {
		o.Raise = append(o.Raise, payout.FlagAlarm)
	}
	return o
}

// heldElsewhere says whether another record holds the payment id.
func (r *Run) heldElsewhere(m *Merchant, a payout.Address, paymentID string) bool {
	held := false
	r.Journal.View(func(l *payout.Ledger) {
		for _, record := range l.All() {
			if record.Merchant != m.Name || record.Address == a {
				continue
			}
			for i := range record.Attempts {
				held = held || record.Attempts[i].PaymentID == paymentID
			}
		}
	})
	return held
}

// checkClocks refuses to send while our clock and the gateway's differ, or
// while ours is behind the newest record: time limits and fences hang on it.
func (r *Run) checkClocks(c clearance) *Stop {
	now := time.Now()
	if !c.clock.IsZero() {
		if skew := c.at.Sub(c.clock).Abs(); skew > maxClockSkew {
			return &Stop{Kind: StopClock, Text: fmt.Sprintf("our clock and the gateway's differ by %s", skew.Round(time.Second))}
		}
	}
	if now.Before(r.NewestRecord) {
		return &Stop{Kind: StopClock, Text: "our clock is behind the newest record of the state, " + r.NewestRecord.UTC().Format(time.RFC3339)}
	}
	return nil
}
