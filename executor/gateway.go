package executor

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"payrun/freedompay"
	"payrun/planner"
	"payrun/planner/payout"
)

// Gateway is one merchant's account at the gateway; *freedompay.Client is one.
type Gateway interface {
	Payout(ctx context.Context, r *freedompay.PayoutRequest) (*freedompay.Answer, error)
	Status(ctx context.Context, r *freedompay.StatusRequest) (*freedompay.Answer, error)
	Balance(ctx context.Context, currency string) (*freedompay.Answer, error)
}

// Journal makes intents and outcomes durable and applies them to the ledger.
// Begin and End return only when the record would survive a power cut; an
// error of either means that nothing may be sent any more. View shows the
// ledger, which the function must not keep or change.
type Journal interface {
	Begin(in *payout.Intent) error
	End(o *payout.Outcome) error
	View(read func(l *payout.Ledger))
}

// Merchant is a merchant account during a run.
type Merchant struct {
	*planner.Merchant
	Gateway   Gateway
	PostLink  string
	Width     int           // payout calls at once, at least 1
	Pay       *rate.Limiter // payout calls, burst 1; nil = unlimited
	Ask       *rate.Limiter // look-ups and status calls; nil = unlimited
	Waits     payout.Waits
	LookupOff bool // sandbox and loopback only

	pace pacer
}

// width is the number of calls at once.
func (m *Merchant) width() int { return max(1, m.Width) }

// Bounds of a run.
const (
	lookupFresh    = 10 * time.Second // a look-up is worth nothing after
	maxSendsPerRun = 3                // of one order id, after proof that nothing left
	maxRowOfBad    = 5                // in doubt, not sent, or not answered in a row stop the run
	maxClockSkew   = 5 * time.Minute  // between our clock and the gateway's Date
	firstPayoutFor = 5 * time.Minute  // the first payout must be found by then
)
