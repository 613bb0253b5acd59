package executor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
)

// approval is what a plan allows to be sent under one order id.
type approval struct {
	amount, token, user string
	run                 int // the newest that planned it
}

// approve makes the plan the approved one.
func (s *sim) approve(p *planner.Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range p.Sending() {
		d := c.Declared
		s.approved[c.OrderID] = approval{d.Amount.Decimal(), d.Token.Reveal(), d.UserID, s.runs}
	}
}

// checkRequest is I4 and I8 at the moment of a payout call.
func (s *sim) checkRequest(r *freedompay.PayoutRequest) {
	s.mu.Lock()
	allowed, ok := s.approved[r.OrderID]
	ok = ok && allowed.run >= s.runs-s.beside
	mine := s.journal
	s.mu.Unlock()
	if !ok || r.Amount != allowed.amount || r.CardToken != allowed.token || r.UserID != allowed.user {
		s.t.Errorf("I8: order %s over %s is called, planned is %s, %t", r.OrderID, r.Amount, allowed.amount, ok)
	}
	if !mine.intended(r.OrderID) {
		s.t.Errorf("I4: order %s is called before its intent is durable", r.OrderID)
	}
}

// checkReport is I8 after a run: what nothing stopped is sent, or skipped.
func (s *sim) checkReport(run *executor.Run, r *executor.Report) {
	planned := run.Plan.Sending()
	for _, a := range r.Sent {
		if !slices.ContainsFunc(planned, func(c *planner.Change) bool { return c.Address == a }) {
			s.t.Errorf("I8: %s was sent and not planned", a)
		}
	}
	if r.Stop == nil && r.Unsent > 0 {
		s.t.Errorf("I8: nothing stopped the run, and %d of %d payouts are not sent", r.Unsent, len(planned))
	}
}

// check compares the records with what the gateway knows it did.
func (s *sim) check() {
	s.t.Helper()
	s.close()
	s.journal.verify(s.t) // I4
	s.payments = s.gateway.Payments()
	lines, err := s.gateway.Lines()
	if err != nil {
		s.t.Fatal(err)
	}
	s.tally.calls(lines)
	s.checkCalls(lines)
	s.checkNothingVanished()
	if s.rnd.IntN(8) == 0 {
		s.checkSecrets()
	}
	ledger := s.journal.clone()
	spent, recorded := int64(0), int64(0)
	for _, d := range s.dues {
		fine := !s.t.Failed()
		paid, booked := s.checkDue(d, s.recordOf(ledger, d))
		if fine && s.t.Failed() {
			s.explain(d) // the first that is wrong
		}
		spent, recorded = spent+paid, recorded+booked
	}
	if spent != recorded {
		s.t.Errorf("I3: the gateway paid %d, recorded are %d", spent, recorded)
	}
}

// checkDue checks one payment, and returns what was paid for it and what is
// recorded as paid; what a person misjudged counts as neither.
func (s *sim) checkDue(d *due, r *payout.Record) (spent, recorded int64) {
	paid := s.paid(d)
	kept := 0
	for order, p := range paid {
		if d.refunded[order] {
			continue
		}
		kept++
		money, err := payout.ParseMoney(p.Amount, kzt)
		if err != nil {
			s.t.Fatal(err)
		}
		spent += money.Minor
	}
	switch {
	case kept > 1 && !d.misjudged && !d.doubled, kept > 1 && !d.alarmed:
		s.t.Errorf("I2: %s was paid %d times (misjudged %t, alarm %t): %+v", d.Address, kept, d.misjudged, d.alarmed, r)
	case d.doubled && !d.alarmed:
		s.t.Errorf("I5: %s was paid twice by two machines, and nobody was told: %+v", d.Address, r)
	}
	if r == nil {
		s.t.Errorf("I14: %s is recorded nowhere, and %d was paid for it", d.Address, spent)
		return 0, 0
	}
	switch r.Status() {
	case payout.Sending, payout.Accepted, payout.Rejected, payout.InDoubt, payout.NotSent:
		s.t.Errorf("I14: %s is still %s: %+v", d.Address, r.Status(), r)
	}
	if d.doubled {
		return 0, 0 // noticed, and a person has to look
	}
	if d.misjudged {
		// What the gateway never heard of it cannot deny, and of what it speaks
		// against a person there is an alarm.
		s.checkAttempts(d, r, paid, func(a *payout.Attempt) bool {
			manual := a.Last().Source == payout.SourceManual
			return manual && (a.Status() == payout.Failed && d.alarmed || a.Status() == payout.Paid && truthOf(s.payments, a.OrderID) == truthNone)
		})
		return 0, 0
	}
	if s.lost && s.merchant.API == string(freedompay.MerchantAPI) && r.Status() == payout.Failed && r.HasFlag(payout.FlagAlarm) {
		return 0, 0 // found failed, and alive after all; its answers name no amount
	}
	s.checkAttempts(d, r, paid, func(*payout.Attempt) bool { return false })
	for i := range r.Attempts {
		if a := &r.Attempts[i]; a.Status() == payout.Paid {
			recorded += r.TermsOf(a).Amount.Minor
		}
	}
	if spent != recorded {
		s.t.Errorf("I3: the gateway paid %d for %s, recorded are %d: %+v", spent, d.Address, recorded, r)
	}
	return spent, recorded
}

// checkAttempts is I5 and I6.
func (s *sim) checkAttempts(d *due, r *payout.Record, paid map[string]sandbox.Payment, spared func(*payout.Attempt) bool) {
	known := make(map[string]bool)
	for n := range r.Attempts {
		a := &r.Attempts[n]
		_, made := paid[a.OrderID]
		known[a.OrderID] = true
		switch {
		case spared(a):
		case a.Status() == payout.Paid && !made:
			s.t.Errorf("I6: attempt %d of %s is recorded as paid, and is not: %+v", a.N, d.Address, r)
		case a.Status() != payout.Paid && a.Status() != payout.Returned && made:
			s.t.Errorf("I5: attempt %d of %s is %s, and paid at the gateway: %+v", a.N, d.Address, a.Status(), r)
		}
	}
	for order := range paid {
		if !known[order] {
			s.t.Errorf("I5: order %s of %s is paid and not recorded: %+v", order, d.Address, r)
		}
	}
}

// checkCalls is I1, I8 and I15: what was received was planned, once, and never
// faster than configured.
func (s *sim) checkCalls(lines []sandbox.Line) {
	s.t.Helper()
	var broken *sandbox.VerifyError
	if err := s.gateway.Verify(); errors.As(err, &broken) {
		for _, problem := range broken.Problems {
			if !s.excused(problem) {
				s.t.Error("I1:", problem)
			}
		}
	}
	last := time.Time{}
	for _, l := range lines {
		if l.Call != sandbox.CallPayout || slices.Contains(s.strange, l.Seq) {
			continue
		}
		if _, ok := s.approved[l.OrderID]; !ok {
			s.t.Errorf("I8: order %s was never planned", l.OrderID)
		}
		if gap := l.At.Sub(last); gap < s.interval-time.Microsecond {
			s.t.Errorf("I15: line %d came %s after the call before it, want %s", l.Seq, gap, s.interval)
		}
		last = l.At
	}
}

// excused says that a repeated call is no fault of ours: another machine made
// it, or our state was lost and the gateway did not know the first one.
func (s *sim) excused(problem string) bool {
	if !strings.Contains(problem, "payout calls") {
		return false
	}
	for order, d := range s.owner {
		if d.doubled && strings.Contains(problem, fmt.Sprintf("%q", order)) {
			return true
		}
	}
	return s.lost
}

// checkNothingVanished is I9.
func (s *sim) checkNothingVanished() {
	s.t.Helper()
	plan, ledger := s.plan(), s.journal.clone()
	count, want, seen := 0, int64(0), int64(0)
	for _, d := range s.dues {
		want += d.Amount.Minor
	}
	for _, b := range plan.Batches {
		count, seen = count+b.Declared.Count, seen+b.Declared.Sum.Minor
	}
	if count != len(s.dues) || seen != want || len(plan.Changes)+plan.History != max(count, ledger.Len()) {
		s.t.Errorf("I9: the plan has %d changes of %d payouts and %d, want %d and %d", len(plan.Changes), count, seen, len(s.dues), want)
	}
	totals, err := ledger.Totals()
	if err != nil {
		s.t.Error("I9:", err)
	}
	held, summed := int64(0), int64(0)
	for r := range ledger.Records() {
		held += r.Stake().Minor
	}
	for _, t := range totals {
		summed += t.Sum.Minor
	}
	if held != summed {
		s.t.Errorf("I9: the records hold %d, the totals %d", held, summed)
	}
}

// checkSecrets is I13 for what the package tells and records.
func (s *sim) checkSecrets() {
	s.t.Helper()
	var b strings.Builder
	for _, e := range s.events {
		fmt.Fprintf(&b, "%+v\n", e)
	}
	b.WriteString(describe(s.journal.clone()))
	for _, content := range s.disk.files() {
		b.Write(content)
	}
	text := b.String()
	for _, d := range s.dues {
		if strings.Contains(text, d.Token.Reveal()) {
			s.t.Errorf("I13: the token of %s is told", d.Address)
		}
	}
	if strings.Contains(text, sandbox.Key) {
		s.t.Error("I13: the key is told")
	}
}

func (s *sim) statuses() string {
	var b strings.Builder
	ledger := s.journal.clone()
	for _, d := range s.dues {
		fmt.Fprintf(&b, " %s", s.recordOf(ledger, d).Status())
	}
	return b.String()
}
