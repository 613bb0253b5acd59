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
	since  time.Time // ours, when the question was put: what the answer says may be as old
	at     time.Time // ours, when the answer was there
	clock  time.Time // the gateway's Date header; zero where there was none
	silent bool      // no document came at all
	other  bool      // another payment lives under the order id as well
}

// skew is how far our clock and the gateway's are apart; 0 where it named no
// time.
func (a asked) skew() time.Duration {
	if a.clock.IsZero() {
		return 0
	}
	return a.at.Sub(a.clock).Abs()
}

// Bounds of one question.
const (
	tries    = 3 // until it gets any answer at all
	triesFor = time.Minute
	tryAgain = 200 * time.Millisecond // after the first try
)

// ask puts one question to the gateway, again where the call itself fails:
// asking creates nothing. A question without a trusted answer has no verdict.
func (m *Merchant) ask(ctx context.Context, q question) asked {
	var since time.Time
	request := &freedompay.StatusRequest{OrderID: q.orderID, PaymentID: q.paymentID}
	if q.alone {
		request.PaymentID = ""
	}
	operation := func() (*freedompay.Answer, error) {
		if err := m.askTurn(ctx); err != nil {
			return nil, backoff.Permanent(err)
		}
		since = time.Now()
		return m.Gateway.Status(ctx, request)
	}
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval = tryAgain
	answer, err := backoff.Retry(ctx, operation, backoff.WithBackOff(policy), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(triesFor))
	if err != nil {
		return asked{reading: reading{why: cleanWords(err.Error())}, since: since, at: time.Now(), silent: true}
	}
	return asked{reading: readStatus(answer, q), since: since, at: time.Now(), clock: answer.Date}
}

// questionFor asks about a recorded attempt.
func (m *Merchant) questionFor(r *payout.Record, a *payout.Attempt) question {
	return question{
		merchantID: m.ID,
		api:        freedompay.API(m.API),
		orderID:    a.OrderID,
		amount:     r.TermsOf(a).Amount.Decimal(),
		paymentID:  a.PaymentID,
		ours:       sentByUs(a),
	}
}

// sentByUs says whether our own call may have made the attempt's payment: an
// intent is recorded, and no proof that nothing left followed it.
func sentByUs(a *payout.Attempt) bool {
	ours := false
	for i := range a.Events {
		switch a.Events[i].Status {
		case payout.Sending:
			ours = true
		case payout.NotSent:
			ours = false
		}
	}
	return ours
}

// byOrderAlone is the same question without the payment id: what a lost answer
// leaves to ask with, and so what has to be proven.
func (q question) byOrderAlone() question {
	q.alone = true
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
