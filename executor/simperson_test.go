package executor_test

import (
	"slices"
	"time"

	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// truth is what the gateway did under an order id.
type truth string

const (
	truthNone truth = "none"  // nothing
	truthPaid truth = "paid"  // the money reached the payee, or will
	truthDead truth = "error" // a payment that moved no money
)

func truthOf(payments []sandbox.Payment, order string) truth {
	found := truthNone
	for _, p := range payments {
		switch {
		case p.OrderID != order:
		case p.Paid:
			return truthPaid
		default:
			found = truthDead
		}
	}
	return found
}

// people settle what they see. One who knows says what the gateway did; a
// careless one says the contrary.
func (s *sim) people(careless bool) {
	payments := s.gateway.Payments()
	for _, r := range s.journal.clone().All() {
		d, t := s.owner[r.Attempts[0].OrderID], truthOf(payments, r.Speaking().OrderID)
		if careless && s.rnd.IntN(6) != 0 {
			continue
		}
		if careless {
			s.resolve(d, r, misjudge(r, t), true)
			continue
		}
		s.resolve(d, r, s.judgement(d, r, t), false)
	}
}

// judgement is what a person says of a record, or "" to leave it.
func (s *sim) judgement(d *due, r *payout.Record, t truth) string {
	a := r.Speaking()
	certain := t != truthNone || a.PastFence(time.Now()) // else it may still land
	flagged := r.HasFlag(payout.FlagAlarm) || r.HasFlag(payout.FlagDisputed)
	manual := a.Last().Source == payout.SourceManual
	switch status := r.Status(); {
	case status == payout.Paid && t == truthPaid && (flagged || s.repeats(manual)):
		return "paid"
	case status == payout.Paid && t == truthPaid && !flagged && s.rnd.IntN(40) == 0 && !s.loses && !d.doubled && !d.misjudged:
		d.refunded[a.OrderID] = true // the bank sent it back
		return "returned"
	case status == payout.Paid && t != truthPaid && certain && manual:
		return "failed"
	case status == payout.NotSent && t == truthNone && (flagged || !s.loses && s.rnd.IntN(8) == 0):
		return "failed" // it is not wanted any more, or not before somebody looked
	case status == payout.Failed && (manual || flagged) && t == truthPaid:
		return "paid"
	case status == payout.Failed && (manual && s.repeats(manual) || flagged && t != truthPaid && certain):
		return "failed"
	case status == payout.Returned && !r.HasFlag(payout.FlagResend) && s.rnd.IntN(2) == 0:
		return "resend"
	case status == payout.NotFound && t == truthNone && !r.HasFlag(payout.FlagResend) && s.rnd.IntN(4) != 0:
		return "resend"
	case status == payout.NotFound || status.MayBePaid() && status != payout.Paid && s.looks(r, a):
		return settled(t, certain)
	}
	return ""
}

// looks says that a person looks at an open payout: where the program asks for
// it, and now and then unasked.
func (s *sim) looks(r *payout.Record, a *payout.Attempt) bool {
	found := a.Last().Source == payout.SourceLookup // by no intent of ours
	stuck := r.HasFlag(payout.FlagAlarm) || a.PastFence(time.Now()) || found
	return stuck || s.rnd.IntN(6) == 0
}

func (s *sim) repeats(manual bool) bool { return manual && s.rnd.IntN(10) == 0 }

func settled(t truth, certain bool) string {
	switch {
	case t == truthPaid:
		return "paid"
	case certain:
		return "failed"
	}
	return ""
}

// misjudge is what a careless person says.
func misjudge(r *payout.Record, t truth) string {
	status, manual := r.Status(), r.Speaking().Last().Source == payout.SourceManual
	switch {
	case status == payout.NotFound && t == truthPaid && len(r.Attempts)%2 == 1:
		return "resend"
	case status == payout.Returned, (status == payout.Paid || status == payout.Failed) && !manual:
		return ""
	case t == truthPaid:
		return "failed"
	}
	return "paid"
}

// resolve is the command of that name.
func (s *sim) resolve(d *due, r *payout.Record, as string, careless bool) {
	if as == "" {
		return
	}
	a, now := r.Speaking(), time.Now()
	o := payout.Outcome{
		At: now, Address: r.Address, Attempt: a.N, OrderID: a.OrderID, Cause: payout.CausePerson,
		Event: payout.Event{At: now, Source: payout.SourceManual, By: "aigul", Reason: "by the statement of the bank"},
	}
	switch as {
	case "paid":
		o.Event.Status, o.Clear = payout.Paid, []payout.Flag{payout.FlagAlarm, payout.FlagDisputed}
		if a.Status() == payout.Paid && a.Last().Source != payout.SourceManual {
			o.Cause, o.Event.Source = payout.CauseAcknowledge, payout.SourceAcknowledged
		}
	case "failed":
		o.Event.Status, o.Clear = payout.Failed, []payout.Flag{payout.FlagAlarm, payout.FlagDisputed}
		if a.Status() == payout.Failed && a.Last().Source != payout.SourceManual {
			o.Cause, o.Event.Source = payout.CauseAcknowledge, payout.SourceAcknowledged
		}
	case "returned":
		o.Event.Status = payout.Returned
	case "resend":
		o.Event.Status, o.Cause, o.Raise = a.Status(), payout.CauseResend, []payout.Flag{payout.FlagResend}
	}
	if s.journal.clone().CheckSettle(&o) != nil {
		return // the command says no
	}
	if err := s.journal.End(&o); err != nil {
		s.t.Fatal(err)
	}
	s.tally.add("person says " + as)
	if careless {
		d.misjudged = true
		s.tally.add("person says it wrongly")
	}
}

// secondPayment pays an accepted payout again under its order id, as another
// machine without our lock would.
func (s *sim) secondPayment() {
	for _, r := range s.journal.clone().All() {
		a := r.Newest()
		d := s.owner[a.OrderID]
		if a.Status() != payout.Accepted || a.PaymentID == "" || d.misjudged || r.HasFlag(payout.FlagAlarm) || a.TimeLimit.IsZero() {
			continue
		}
		known := func(p sandbox.Payment) bool { return p.OrderID == a.OrderID && p.PaymentID == a.PaymentID }
		if !slices.ContainsFunc(s.gateway.Payments(), known) {
			continue // the gateway lied about its id: the next payment may take the one it named
		}
		_, err := s.client.Payout(s.calls, &freedompay.PayoutRequest{
			OrderID: a.OrderID, Amount: r.TermsOf(a).Amount.Decimal(), Description: "Salary", UserID: r.UserID,
			TimeLimit: time.Now().Add(time.Hour).In(almaty).Format(time.DateTime), PostLink: "https://example.kz/n", CardToken: d.Token.Reveal(),
		})
		if err != nil {
			s.t.Fatal(err)
		}
		d.doubled, d.alarmed = true, false
		s.strange = append(s.strange, s.lastLine(sandbox.CallPayout))
		s.tally.add("second payment under one id")
		return
	}
}

func (s *sim) lastLine(call string) int64 {
	lines := s.lines(call)
	return lines[len(lines)-1].Seq
}
