package executor

import (
	"context"
	"time"

	"payrun/planner/payout"
)

// inquirer asks about recorded attempts and records what it learns. Apply and
// reconcile share it.
type inquirer struct {
	journal Journal
	emit    func(Event)
}

// subject is one recorded attempt to ask about.
type subject struct {
	merchant *Merchant
	address  payout.Address
	attempt  int
}

// look fetches a copy of a record.
func (i *inquirer) look(a payout.Address) *payout.Record {
	var copied *payout.Record
	i.journal.View(func(l *payout.Ledger) {
		if r := l.Record(a); r != nil {
			copied = r.Clone()
		}
	})
	return copied
}

// inquire asks about one attempt and records the answer. An error means that
// the record could not be made durable.
func (i *inquirer) inquire(ctx context.Context, s subject) (asked, error) {
	record := i.look(s.address)
	attempt := record.Attempt(s.attempt)
	q := s.merchant.questionFor(record, attempt)
	proven := s.merchant.LookupOff || i.proven(s.merchant)
	if !proven {
		q.paymentID = ""
	}
	answer := s.merchant.ask(ctx, q)
	if !proven && attempt.PaymentID != "" && !answer.found() {
		// The proof failed; the payment itself is still asked for by its id.
		answer = s.merchant.ask(ctx, s.merchant.questionFor(record, attempt))
		proven = true
	}
	outcome, ok := i.judge(record, s, answer)
	if !proven && answer.found() {
		outcome.Proof = s.merchant.proof(attempt.OrderID, answer.at)
		ok = true
	}
	if !ok {
		return answer, nil
	}
	return answer, i.record(record, &outcome)
}

func (i *inquirer) proven(m *Merchant) bool {
	proven := false
	i.journal.View(func(l *payout.Ledger) {
		recorded := l.Merchant(m.Name)
		proven = recorded != nil && recorded.ProvenFor(string(m.Environment), m.API)
	})
	return proven
}

func (m *Merchant) proof(orderID string, at time.Time) *payout.Proof {
	return &payout.Proof{Environment: string(m.Environment), API: m.API, OrderID: orderID, At: at}
}

// judge weighs an answer against the record.
func (i *inquirer) judge(r *payout.Record, s subject, a asked) (payout.Outcome, bool) {
	attempt := r.Attempt(s.attempt)
	base := payout.Outcome{
		At: a.at, Address: r.Address, Attempt: s.attempt, OrderID: attempt.OrderID,
		NotFound: attempt.NotFound, Failures: attempt.Failures,
	}
	switch {
	case a.verdict == "":
		return base, false
	case a.amountOff, a.noAmount && attempt.PaymentID != "" && a.paymentID != attempt.PaymentID:
		// A payment lives under our order id that is not the one we sent.
		base.Raise = []payout.Flag{payout.FlagAlarm}
		return base, !r.HasFlag(payout.FlagAlarm)
	case a.noAmount:
		// Without an amount the answer proves only which payment it is.
		base.PaymentID, base.PaymentDate = a.paymentID, a.date
		return base, attempt.PaymentID == ""
	}
	return r.Weigh(s.attempt, a.observation(a.at, payout.SourceStatus), s.merchant.Waits)
}

// record makes an outcome durable and tells of it.
func (i *inquirer) record(before *payout.Record, o *payout.Outcome) error {
	if err := i.journal.End(o); err != nil {
		return err
	}
	from := payout.Declared
	amount := payout.Money{}
	if before != nil {
		from, amount = before.Attempt(o.Attempt).Status(), before.Amount
	} else if o.Adopt != nil {
		amount = o.Adopt.Amount
	}
	i.tell(o, from, amount)
	return nil
}

// tell emits what an outcome changed.
func (i *inquirer) tell(o *payout.Outcome, from payout.Status, amount payout.Money) {
	to := o.Event.Status
	if to == payout.Declared {
		to = from
	}
	alarm := false
	for _, f := range o.Raise {
		alarm = alarm || f != payout.FlagUnproven
	}
	if to == from && !alarm {
		return
	}
	i.emit(Settled{
		Address: o.Address, OrderID: o.OrderID, Attempt: o.Attempt, Amount: amount, From: from, To: to,
		Source: o.Event.Source, Code: o.Event.Code, Words: o.Event.Words, PaymentID: o.PaymentID,
		Alarm: alarm, Sent: o.Cause == payout.CauseCall,
	})
}
