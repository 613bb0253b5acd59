package executor

import (
	"fmt"
	"time"

	"payrun/planner/payout"
)

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
	case (a.verdict == payout.SaysNotFound || a.verdict == payout.SaysError) && a.skew() > maxClockSkew:
		// What they prove hangs on waits and on the fence, and these on our clock.
		i.tellClock(s.merchant, a.skew())
		return base, false
	case a.amountOff && a.verdict == payout.SaysError:
		return base, false // no money of it left, whatever it was meant to pay
	case a.amountOff, a.noAmount && attempt.PaymentID != "" && a.paymentID != attempt.PaymentID, !i.own(r, s, a.paymentID):
		// A payment lives under our order id that is not the one we sent, or
		// that another payout holds: one payment never counts twice.
		base.Raise = []payout.Flag{payout.FlagAlarm}
		acknowledged := attempt.Last().Source == payout.SourceAcknowledged
		return base, !r.HasFlag(payout.FlagAlarm) && !acknowledged
	case a.noAmount:
		// Without an amount the answer proves only which payment it is.
		base.PaymentID, base.PaymentDate = a.paymentID, a.date
		if attempt.Status() == payout.Failed && a.alive() && !r.HasFlag(payout.FlagAlarm) {
			// It cannot be called paid, and must not stay failed unnoticed.
			base.Raise = []payout.Flag{payout.FlagAlarm}
			return base, true
		}
		return base, attempt.PaymentID == ""
	}
	return r.Weigh(s.attempt, a.observation(a.at, payout.SourceStatus), s.merchant.Waits)
}

// own says whether a payment id may be that of the subject. An attempt that
// has one already claims no other: Weigh tells them apart.
func (i *inquirer) own(r *payout.Record, s subject, paymentID string) bool {
	if paymentID == "" || r.Attempt(s.attempt).PaymentID != "" {
		return true
	}
	return i.claim(s.merchant.Name, paymentID, holder{s.address, s.attempt})
}

// tellClock says once that bad news of a merchant counts for nothing.
func (i *inquirer) tellClock(m *Merchant, skew time.Duration) {
	if _, told := i.wrong.LoadOrStore(m, true); told {
		return
	}
	i.emit(Noticed{Merchant: m.Name, Warning: true, Text: fmt.Sprintf(
		"our clock and the gateway's differ by %s: that a payment failed or is not found counts for nothing until they agree; set the clock of this machine", skew.Round(time.Second))})
}
