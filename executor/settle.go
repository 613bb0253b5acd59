package executor

import (
	"context"
	"sync"
	"time"

	"payrun/planner/payout"
)

// inquirer asks about recorded attempts and records what it learns. Apply and
// reconcile share it.
type inquirer struct {
	journal Journal
	emit    func(Event)
	holders holders
	quiet   sync.Map // *Merchant → true: a notice of its silence was emitted
}

// newInquirer returns an inquirer whose events come one at a time.
func newInquirer(journal Journal, emit func(Event)) *inquirer {
	var one sync.Mutex
	return &inquirer{journal: journal, emit: func(e Event) {
		if emit == nil {
			return
		}
		one.Lock()
		defer one.Unlock()
		emit(e)
	}}
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
	proven := s.merchant.LookupOff || i.proven(s.merchant)
	answer, alone := s.merchant.askAbout(ctx, s.merchant.questionFor(record, attempt), proven)
	outcome, ok := i.judge(record, s, answer)
	if !proven && alone && answer.found() && !answer.amountOff {
		outcome.Proof = s.merchant.proof(attempt.OrderID, answer.at)
		ok = true
	}
	if !ok {
		return answer, nil
	}
	return answer, i.record(record, &outcome)
}

// askAbout asks by order id and payment id, and by the order id alone where
// that says more: to prove the look-up, and where the payment id leads nowhere,
// for then another payment may live under our order id.
func (m *Merchant) askAbout(ctx context.Context, q question, proven bool) (answer asked, alone bool) {
	if q.paymentID == "" {
		return m.ask(ctx, q), true
	}
	first, second := q, q.byOrderAlone()
	if !proven {
		first, second = second, first
	}
	answer = m.ask(ctx, first)
	if answer.found() || proven && answer.verdict == "" {
		return answer, first.alone
	}
	if again := m.ask(ctx, second); again.found() || answer.verdict == "" {
		return again, second.alone
	}
	return answer, first.alone
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

// record makes an outcome durable and tells of it.
func (i *inquirer) record(before *payout.Record, o *payout.Outcome) error {
	if err := i.journal.End(o); err != nil {
		return err
	}
	from, amount := payout.Declared, payout.Money{}
	if o.Adopt != nil {
		amount = o.Adopt.Amount
	}
	if before != nil {
		amount = before.Amount
		if known := before.Attempt(o.Attempt); known != nil {
			from = known.Status()
		}
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
