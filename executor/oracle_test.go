package executor_test

import (
	"fmt"
	"strings"
	"time"

	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// check compares the records with what the gateway knows it did.
func (s *sim) check() {
	s.t.Helper()
	s.close()
	s.journal.verify(s.t) // I4
	if err := s.gateway.Verify(); err != nil && !s.lost {
		s.t.Error("I1:", err)
	}
	s.checkCalls()
	s.checkSums()
	s.checkNothingVanished()
	s.checkSecrets()
	for i := range s.batch.Payouts {
		s.checkPayout(i + 1)
	}
}

// paidFor are the payments made for a payout, over all its attempts.
func (s *sim) paidFor(i int) map[string]sandbox.Payment {
	out := make(map[string]sandbox.Payment)
	for _, p := range s.gateway.Payments() {
		for n := 1; n <= payout.MaxAttempts; n++ {
			if p.OrderID != s.order(i, n) || !p.Paid {
				continue
			}
			if _, again := out[p.OrderID]; again {
				s.t.Errorf("I1: order %s was paid twice", p.OrderID)
			}
			out[p.OrderID] = p
		}
	}
	return out
}

func (s *sim) checkPayout(i int) {
	s.t.Helper()
	paid, record := s.paidFor(i), s.record(i)
	if len(paid) > 1 {
		s.t.Errorf("I2: payout %d was paid %d times: %+v", i, len(paid), record)
	}
	if record == nil {
		if len(paid) > 0 {
			s.t.Errorf("I3: payout %d is paid and not recorded", i)
		}
		return
	}
	if s.person(record) {
		return
	}
	switch record.Status() {
	case payout.Sending, payout.Accepted, payout.Rejected, payout.InDoubt, payout.NotSent:
		s.t.Errorf("I14: payout %d is still %s: %+v", i, record.Status(), record)
	}
	for n := range record.Attempts {
		a := &record.Attempts[n]
		p, made := paid[a.OrderID]
		switch {
		case a.Status() == payout.Paid && !made:
			s.t.Errorf("I6: attempt %d of payout %d is recorded as paid, and is not", a.N, i)
		case a.Status() != payout.Paid && made:
			s.t.Errorf("I5: attempt %d of payout %d is %s, and paid at the gateway: %+v", a.N, i, a.Status(), p)
		}
	}
}

// person says that a record asks for a person, and so has not gone unnoticed.
func (s *sim) person(r *payout.Record) bool {
	if r.HasFlag(payout.FlagAlarm) || r.HasFlag(payout.FlagDisputed) {
		return true
	}
	// Found without an intent of ours, in the flavour whose status has no amount.
	return r.HasFlag(payout.FlagUnproven) && s.merchant.API == string(freedompay.MerchantAPI)
}

// checkSums is I3: what was paid is what is recorded as paid.
func (s *sim) checkSums() {
	s.t.Helper()
	recorded, noticed := int64(0), false
	for _, r := range s.journal.clone().All() {
		noticed = noticed || s.person(r)
		if r.Status() == payout.Paid {
			recorded += r.Amount.Minor
		}
	}
	opening := payout.Money{Minor: 100_000_000_00, Currency: kzt}
	left, err := payout.ParseMoney(s.gateway.Balance(9970), kzt)
	if err != nil {
		s.t.Fatal(err)
	}
	if spent := opening.Minor - left.Minor; spent != recorded && !noticed {
		s.t.Errorf("I3: the gateway paid %d, recorded are %d", spent, recorded)
	}
}

// checkCalls is I8 and I15: only what was declared was sent, and never faster
// than configured.
func (s *sim) checkCalls() {
	s.t.Helper()
	declared := make(map[string]int)
	for i := range s.batch.Payouts {
		for n := 1; n <= payout.MaxAttempts; n++ {
			declared[s.order(i+1, n)] = i
		}
	}
	last := time.Time{}
	for _, l := range s.lines(sandbox.CallPayout) {
		i, ok := declared[l.OrderID]
		if !ok {
			s.t.Errorf("I8: order %s was never planned", l.OrderID)
			continue
		}
		p := s.batch.Payouts[i]
		if l.Amount != p.Amount.Decimal() || l.Fingerprint != p.Token.Fingerprint(9970) || l.UserID != p.UserID {
			s.t.Errorf("I8: order %s was sent as %+v, declared is %+v", l.OrderID, l, p)
		}
		if gap := l.At.Sub(last); gap < s.interval-time.Microsecond {
			s.t.Errorf("I15: line %d came %s after the call before it, want %s", l.Seq, gap, s.interval)
		}
		last = l.At
	}
}

// checkNothingVanished is I9.
func (s *sim) checkNothingVanished() {
	s.t.Helper()
	want := int64(0)
	for _, p := range s.batch.Payouts {
		want += p.Amount.Minor
	}
	plan := s.plan()
	if d := plan.Batches[0].Declared; d.Count != len(s.batch.Payouts) || d.Sum.Minor != want || len(plan.Changes) != d.Count {
		s.t.Errorf("I9: the plan has %d changes of %d payouts and %d, want %d and %d", len(plan.Changes), d.Count, d.Sum.Minor, len(s.batch.Payouts), want)
	}
}

// checkSecrets is I13 for what the package tells and records.
func (s *sim) checkSecrets() {
	s.t.Helper()
	var b strings.Builder
	for _, e := range s.events {
		fmt.Fprintf(&b, "%+v\n", e)
	}
	for _, r := range s.journal.clone().All() {
		fmt.Fprintf(&b, "%+v\n", r)
	}
	text := b.String()
	for i := range s.batch.Payouts {
		if token := s.batch.Payouts[i].Token.Reveal(); strings.Contains(text, token) {
			s.t.Errorf("I13: the token of payout %d is told", i+1)
		}
	}
	if strings.Contains(text, sandbox.Key) {
		s.t.Error("I13: the key is told")
	}
}
