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
	wrong   sync.Map // *Merchant → true: so was one of the clocks
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
	answer, alone := s.merchant.askAbout(ctx, s.merchant.questionFor(record, attempt))
	outcome, ok := i.judge(record, s, answer)
	if answer.other && !record.HasFlag(payout.FlagAlarm) && attempt.Last().Source != payout.SourceAcknowledged {
		outcome.Raise, ok = append(outcome.Raise, payout.FlagAlarm), true
	}
	if !proven && alone && answer.found() && !answer.amountOff {
		outcome.Proof = s.merchant.proof(attempt.OrderID, answer.at)
		ok = true
	}
	if !ok {
		return answer, nil
	}
	return answer, i.record(record, &outcome)
}

// askAbout asks by the order id alone first: it proves the look-up, and it
// shows a second payment under our order id, which the payment id would hide.
// The payment id is asked for where that leads nowhere, or elsewhere.
func (m *Merchant) askAbout(ctx context.Context, q question) (answer asked, alone bool) {
	answer = m.ask(ctx, q.byOrderAlone())
	if q.paymentID == "" || answer.found() && answer.paymentID == q.paymentID {
		return answer, true
	}
	again := m.ask(ctx, q)
	if !again.found() {
		// A payment id that was a lie is not found, and says nothing of the order.
		return answer, true
	}
	again.other = answer.found() && again.paymentID != answer.paymentID
	return again, false
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
			from, amount = known.Status(), before.TermsOf(known).Amount
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
