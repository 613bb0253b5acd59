package executor

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// asked is one status answer with the clocks of both sides.
type asked struct {
	reading
	at    time.Time // ours, when the answer was there; monotonic too
	clock time.Time // the gateway's Date header; zero where there was none
}

// tries is how often one question is asked until it gets any answer at all.
const tries = 3

// ask puts one question to the gateway, again where the call itself fails:
// asking creates nothing. A question without a trusted answer has no verdict.
func (m *Merchant) ask(ctx context.Context, q question) asked {
	operation := func() (*freedompay.Answer, error) {
		if err := m.askTurn(ctx); err != nil {
			return nil, backoff.Permanent(err)
		}
		return m.Gateway.Status(ctx, &freedompay.StatusRequest{OrderID: q.orderID, PaymentID: q.paymentID})
	}
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval = 200 * time.Millisecond
	answer, err := backoff.Retry(ctx, operation, backoff.WithBackOff(policy), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(time.Minute))
	if err != nil {
		return asked{reading: reading{why: cleanWords(err.Error())}, at: time.Now()}
	}
	return asked{reading: readStatus(answer, q), at: time.Now(), clock: answer.Date}
}

// questionFor asks about a recorded attempt.
func (m *Merchant) questionFor(r *payout.Record, a *payout.Attempt) question {
	return question{
		merchantID: m.ID,
		orderID:    a.OrderID,
		amount:     r.Amount.Decimal(),
		paymentID:  a.PaymentID,
		ours:       !a.TimeLimit.IsZero(),
	}
}

// byOrderAlone is the same question without the payment id: what a lost answer
// leaves to ask with, and so what has to be proven.
func (q question) byOrderAlone() question {
	q.paymentID = ""
	return q
}

// found says whether the answer shows a payment under the order id.
func (a asked) found() bool {
	switch a.verdict {
	case payout.SaysSuccess, payout.SaysError, payout.SaysProcess:
		return true
	}
	return false
}

// alive says whether a payment is made or under way.
func (a asked) alive() bool {
	return a.verdict == payout.SaysSuccess || a.verdict == payout.SaysProcess
}
