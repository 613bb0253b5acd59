package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"payrun/freedompay"
	"payrun/planner"
	"payrun/planner/payout"
)

// call makes exactly one payout call and records what it came to.
func (r *Run) call(calls context.Context, m *Merchant, c *planner.Change, in *payout.Intent, t *turn, cleared clearance) payout.Status {
	request := &freedompay.PayoutRequest{
		OrderID:     in.OrderID,
		Amount:      in.Amount.Decimal(),
		Description: in.Description,
		TimeLimit:   in.TimeLimit.In(m.Zone).Format(timeLimitLayout),
		UserID:      in.UserID,
		PostLink:    m.PostLink,
		CardToken:   c.Declared.Token.Reveal(),
		BeforeFirstByte: func() error {
			if err := r.lastCheck(c, cleared); err != nil {
				return err
			}
			t.spend()
			return nil
		},
	}
	answer, err := m.Gateway.Payout(calls, request)
	res := classify(answer, err, sent{merchantID: m.ID, orderID: in.OrderID, amount: request.Amount, token: c.Declared.Token})
	if res.paymentID != "" && !r.inquirer.claim(m.Name, res.paymentID, holder{in.Address, in.Attempt}) {
		res.alarm = true
		res = res.because("payment " + res.paymentID + " belongs to another payout already")
	}
	outcome := res.outcome(in, time.Now())
	if err := r.Journal.End(outcome); err != nil {
		r.unwritten(err, true)
		return payout.Sending
	}
	r.inquirer.tell(outcome, payout.Sending, in.Amount)
	if res.stop != nil {
		r.stop.halt(res.stop.Kind, res.stop.Text)
	}
	if stop := r.row.add(res.status, res.words); stop != nil {
		r.stop.halt(stop.Kind, stop.Text)
	}
	return res.status
}

// errNotNow is why a last check refused a first byte.
var errNotNow = errors.New("refuse to send")

// lastCheck runs immediately before the first byte of a request.
func (r *Run) lastCheck(c *planner.Change, cleared clearance) error {
	if age := cleared.age(time.Now()); age > lookupFresh && !r.merchantOf(c).LookupOff {
		return fmt.Errorf("%w: the look-up is %s old", errNotNow, age.Round(time.Second))
	}
	if r.late(c) {
		return fmt.Errorf("%w: the deadline has passed", errNotNow)
	}
	if err := r.taken(); err != nil {
		return fmt.Errorf("%w: %w", errNotNow, err)
	}
	return nil
}

// outcome makes a result fit for the journal.
func (res result) outcome(in *payout.Intent, at time.Time) *payout.Outcome {
	o := &payout.Outcome{
		At: at, Address: in.Address, Attempt: in.Attempt, OrderID: in.OrderID, Cause: payout.CauseCall,
		PaymentID: res.paymentID, PaymentDate: res.paymentDate, Balance: res.balance,
		Event: payout.Event{Status: res.status, At: at, Source: res.source, Code: res.code, Words: res.words},
	}
	if res.alarm {
		o.Raise = []payout.Flag{payout.FlagAlarm}
	}
	return o
}
