package executor_test

import (
	"fmt"
	"slices"

	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
)

// due is one payment that people want made once.
type due struct {
	planner.Payout                // as the files say now
	right          planner.Payout // as people mean it
	month          int
	gone           bool             // not in the files now
	was            []payout.Address // every address it had, the newest last
	misjudged      bool             // a person resolved it against the gateway
	doubled        bool             // another machine paid it as well
	alarmed        bool             // an alarm was raised
	refunded       map[string]bool  // order ids whose money came back
}

// newDues declares 20 payments, in one month or two.
func (s *sim) newDues(n int) {
	first := n/2 + s.rnd.IntN(n/2+1)
	for i := range n {
		d := &due{Payout: s.declare(i + 1), refunded: make(map[string]bool)}
		if i >= first {
			d.month, d.gone = 1, true // until that month comes
			who := s.dues[i-first]
			d.Token, d.UserID = who.Token, who.UserID
			d.Address = payout.NewAddress("salaries", "2026-12", "staff").WithKey(who.Address.Key)
		}
		d.Amount.Minor = 1 + s.rnd.Int64N(1_000_000)
		d.Retry = 1 + s.rnd.IntN(4)
		d.right = d.Payout
		s.dues = append(s.dues, d)
		s.named(d)
	}
}

// named notes the order ids that a due may be paid under from now on.
func (s *sim) named(d *due) {
	d.was = append(d.was, d.Address)
	for n := 1; n <= payout.MaxAttempts; n++ {
		s.owner[d.OrderIDFor(s.merchant, n)] = d
	}
}

// declared are the files of this moment.
func (s *sim) declared() []planner.Batch {
	months := []planner.Batch{s.batch, s.batch}
	for i, period := range []string{"2026-11", "2026-12"} {
		months[i].Period, months[i].Payouts = period, nil
	}
	for _, d := range s.dues {
		if !d.gone {
			months[d.month].Payouts = append(months[d.month].Payouts, d.Payout)
		}
	}
	return slices.DeleteFunc(months, func(b planner.Batch) bool { return len(b.Payouts) == 0 })
}

// recordOf is what is recorded of a due, at whatever address.
func (s *sim) recordOf(l *payout.Ledger, d *due) *payout.Record {
	for _, a := range d.was {
		if r := l.Record(a); r != nil {
			return r
		}
	}
	return nil
}

// edit is one change that people make to the files between two runs.
func (s *sim) edit() {
	d := pick(s.rnd, s.dues)
	if d.gone {
		return
	}
	switch s.rnd.IntN(6) {
	case 0:
		if s.loses && s.merchant.API == "merchant" {
			return // its status names no amount: after a lost state nobody could tell
		}
		d.Amount.Minor += 3 // the gateway's lies are off by one: an edit never makes one true
	case 1:
		other := s.declare(100 + s.rnd.IntN(50))
		d.Token = other.Token
	case 2:
		d.UserID += "0"
	case 3:
		d.Hold = "to be looked at"
	case 4:
		d.gone = true
		s.tally.add("left the files")
		return
	default:
		s.rename(d)
		return
	}
	s.tally.add("edit")
	if s.rnd.IntN(2) == 0 && d.Hold == "" && s.mayStay(d) {
		d.right = d.Payout // they mean it
	}
}

// mayStay says that an edit changes what is to be paid, and not what was.
func (s *sim) mayStay(d *due) bool {
	switch status := s.recordOf(s.journal.clone(), d).Status(); status {
	case payout.Failed, payout.NotSent, payout.Declared:
		// After a lost state nobody knows what it was before.
		return !s.loses
	}
	return false
}

func (s *sim) rename(d *due) {
	if len(d.was) > 3 {
		return
	}
	from := d.Address
	d.Address = from.WithKey(fmt.Sprintf("%s-%d", from.Key, len(d.was)))
	d.right.Address = d.Address
	s.moved = append(s.moved, planner.Move{From: from, To: d.Address})
	s.named(d)
	s.tally.add("rename")
}

// nextMonth lets the second month begin; the first may leave the files.
func (s *sim) nextMonth() {
	leaves := s.rnd.IntN(2) == 0
	for _, d := range s.dues {
		d.gone = d.month == 0 && leaves
	}
	s.tally.add("next period")
}

// putRight is what people do in the end: the files say what they mean, or what
// was paid while they said something else.
func (s *sim) putRight() {
	for _, d := range s.dues {
		for _, p := range s.gateway.Payments() {
			if s.owner[p.OrderID] == d && p.Paid {
				d.right.Amount, _ = payout.ParseMoney(p.Amount, kzt)
			}
		}
		d.Payout, d.gone = d.right, false
	}
}

// paid are the payments that reached people, over all order ids of a due.
func (s *sim) paid(d *due) map[string]sandbox.Payment {
	out := make(map[string]sandbox.Payment)
	for _, p := range s.payments {
		if s.owner[p.OrderID] != d || !p.Paid {
			continue
		}
		if _, again := out[p.OrderID]; again && !d.doubled {
			s.t.Errorf("I1: order %s was paid twice", p.OrderID)
		}
		out[p.OrderID] = p
	}
	return out
}
