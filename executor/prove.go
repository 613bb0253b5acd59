package executor

import (
	"context"
	"fmt"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// known is the newest payment of a merchant that the gateway must know.
type known struct {
	address payout.Address
	attempt int
}

// prove re-tests once a run that the gateway answers by order id alone, on the
// newest known payment of each merchant. Where it does not, no look-up and no
// not-found answer can be trusted, and nothing is sent.
func (r *Run) prove(started context.Context) {
	for _, m := range r.Plan.Merchants {
		merchant := r.Merchants[m.Name]
		newest, ok := r.newestPayment(m.Name)
		if merchant.LookupOff || !ok || started.Err() != nil {
			continue
		}
		record := r.inquirer.look(newest.address)
		attempt := record.Attempt(newest.attempt)
		answer := merchant.ask(started, merchant.questionFor(record, attempt).byOrderAlone())
		if started.Err() != nil {
			return
		}
		if !answer.found() {
			r.stop.halt(StopLookup, fmt.Sprintf("the gateway does not find the known payment %s by its order id alone (%s): look-ups cannot be trusted, nothing is sent",
				attempt.OrderID, nonEmpty(answer.why, string(answer.verdict))))
			return
		}
		if r.inquirer.proven(merchant) {
			continue
		}
		o := payout.Outcome{
			At: answer.at, Address: record.Address, Attempt: newest.attempt, OrderID: attempt.OrderID,
			NotFound: attempt.NotFound, Failures: attempt.Failures, Proof: merchant.proof(attempt.OrderID, answer.at),
		}
		if err := r.Journal.End(&o); err != nil {
			r.unwritten(err, false)
			return
		}
	}
}

// newestPayment finds the newest attempt with a payment id.
func (r *Run) newestPayment(merchant string) (known, bool) {
	var newest known
	var at time.Time
	r.Journal.View(func(l *payout.Ledger) {
		for _, record := range l.All() {
			if record.Merchant != merchant {
				continue
			}
			for i := range record.Attempts {
				a := &record.Attempts[i]
				if a.PaymentID != "" && !a.TimeLimit.IsZero() && !a.BegunAt().Before(at) {
					newest, at = known{record.Address, a.N}, a.BegunAt()
				}
			}
		}
	})
	return newest, !at.IsZero()
}

// firstAlone sends the smallest payout of each unproven merchant first, alone,
// until one is found by its order id alone.
func (r *Run) firstAlone(started, calls context.Context, changes []*planner.Change) {
	for _, m := range r.Plan.Merchants {
		merchant := r.Merchants[m.Name]
		if merchant.LookupOff || r.inquirer.proven(merchant) {
			continue
		}
		for _, c := range smallestFirst(changes) {
			if c.Batch.Merchant.Name != m.Name || r.done(c) {
				continue
			}
			if started.Err() != nil || r.firstOne(started, calls, merchant, c) {
				break
			}
		}
	}
}

// firstOne sends one payout alone. It returns false where the next smallest
// has to try: nothing of this one can be found.
func (r *Run) firstOne(started, calls context.Context, m *Merchant, c *planner.Change) bool {
	r.inquirer.emit(Noticed{Merchant: m.Name, Text: "the look-up is not proven yet: " + c.Address.String() + " goes first, alone"})
	switch r.send(started, calls, m, c) {
	case payout.Accepted, payout.InDoubt:
		r.awaitProof(started, m, c)
		return true
	}
	return false
}

// awaitProof asks for the first payout by its order id alone until it is
// found.
func (r *Run) awaitProof(started context.Context, m *Merchant, c *planner.Change) {
	deadline := time.Now().Add(firstPayoutFor)
	interval := 100 * time.Millisecond
	for {
		if _, err := r.inquirer.inquire(started, subject{merchant: m, address: c.Address, attempt: c.Attempt}); err != nil {
			r.unwritten(err, true)
			return
		}
		if r.inquirer.proven(m) || started.Err() != nil {
			return
		}
		if time.Now().After(deadline) {
			r.stop.halt(StopLookup, fmt.Sprintf("the first payout, order %s, was not found by its order id alone within %s: look-ups cannot be trusted, nothing more is sent", c.OrderID, firstPayoutFor))
			return
		}
		if sleep(started, interval) != nil {
			return
		}
		interval = min(2*interval, 10*time.Second)
	}
}

func nonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
