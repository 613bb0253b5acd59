package executor

import (
	"context"
	"fmt"
	"slices"
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
func (r *Run) prove(started context.Context, changes []*planner.Change) {
	for _, m := range r.Plan.Merchants {
		merchant := r.Merchants[m.Name]
		sends := slices.ContainsFunc(changes, func(c *planner.Change) bool { return c.Batch.Merchant.Name == m.Name })
		if merchant.LookupOff || !sends {
			continue
		}
		if started.Err() != nil {
			return
		}
		if newest, ok := r.newestPayment(m.Name); ok {
			r.retest(started, merchant, newest)
		} else if first := r.firstInDoubt(merchant); first != "" {
			r.stop.halt(StopLookup, fmt.Sprintf("an earlier payout, order %s, may have been made and was never found by its order id alone: look-ups cannot be trusted, nothing is sent", first))
		}
	}
}

// retest asks for a known payment by its order id alone.
func (r *Run) retest(started context.Context, m *Merchant, newest known) {
	record := r.inquirer.look(newest.address)
	attempt := record.Attempt(newest.attempt)
	answer := m.ask(started, m.questionFor(record, attempt).byOrderAlone())
	switch {
	case answer.found():
	case started.Err() != nil:
		return
	case answer.verdict == "":
		r.stop.halt(StopSilent, fmt.Sprintf("the look-up could not be tested on the known payment %s, so that nothing can be sent: %s", attempt.OrderID, answer.why))
		return
	default:
		r.stop.halt(StopLookup, fmt.Sprintf("the gateway does not find the known payment %s by its order id alone: look-ups cannot be trusted, nothing is sent", attempt.OrderID))
		return
	}
	// What it says of the payment counts as any other answer does.
	o, news := r.inquirer.judge(record, subject{m, newest.address, newest.attempt}, answer)
	if !r.inquirer.proven(m) && !answer.amountOff {
		o.Proof, news = m.proof(attempt.OrderID, answer.at), true
	}
	if !news {
		return
	}
	if err := r.inquirer.record(record, &o); err != nil {
		r.unwritten(err, false)
	}
}

// firstInDoubt is the order id of a payout of a merchant whose look-up is not
// proven, which may have been made and which asking did not find; or "". Until
// it is found or settled nobody knows what a not-found answer is worth.
func (r *Run) firstInDoubt(m *Merchant) string {
	if r.inquirer.proven(m) {
		return ""
	}
	orderID := ""
	for _, s := range r.inquirer.subjects(r.Merchants, func(s payout.Status) bool { return s == payout.InDoubt }) {
		a := r.inquirer.look(s.address).Attempt(s.attempt)
		if s.merchant == m && sentByUs(a) {
			orderID = a.OrderID
		}
	}
	return orderID
}

// newestPayment finds the newest attempt of our own with a payment id.
func (r *Run) newestPayment(merchant string) (known, bool) {
	var newest known
	var at time.Time
	r.Journal.View(func(l *payout.Ledger) {
		for _, record := range l.All() {
			for i := range record.Attempts {
				a := &record.Attempts[i]
				if record.TermsOf(a).Merchant != merchant {
					continue
				}
				if a.PaymentID != "" && sentByUs(a) && !a.BegunAt().Before(at) {
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
	r.inquirer.emit(Noticed{Merchant: m.Name, Text: "the look-up is not proven yet: " + c.Address.String() + " goes first, alone; nothing else is sent until the gateway finds it by its order id, for at most 5 minutes"})
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
		if _, err := r.inquirer.inquire(started, subject{merchant: m, address: recordedAt(c), attempt: c.Attempt}); err != nil {
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

// smallestFirst orders changes by amount, then address.
func smallestFirst(changes []*planner.Change) []*planner.Change {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b *planner.Change) int {
		if a.Declared.Amount.Minor != b.Declared.Amount.Minor {
			if a.Declared.Amount.Minor < b.Declared.Amount.Minor {
				return -1
			}
			return 1
		}
		return a.Address.Compare(b.Address)
	})
	return sorted
}
