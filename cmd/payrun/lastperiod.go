package main

import (
	"fmt"
	"slices"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// samePayFor is how soon after a period the same payments of another one look
// like a slip in the period.
const samePayFor = 5 * 24 * time.Hour

// periodWarnings tell of batches whose payouts were made days ago for another
// period: each period is another payment, so that nothing else speaks against
// it.
func periodWarnings(plan *planner.Plan, ledger *payout.Ledger, now time.Time) []string {
	sending := plan.Sending()
	if len(sending) == 0 {
		return nil
	}
	type payment struct {
		batch, fingerprint string
		amount             payout.Money
	}
	paid := make(map[payment]*payout.Record)
	for r := range ledger.Records() {
		if a := r.Speaking(); a != nil && a.Status().MayBePaid() && now.Sub(a.BegunAt()) < samePayFor {
			paid[payment{r.Address.Batch, r.Fingerprint, r.Stake()}] = r
		}
	}
	if len(paid) == 0 {
		return nil
	}
	type pair struct{ batch, period, other string }
	equal, all := make(map[pair]int), make(map[[2]string]int)
	for _, c := range sending {
		all[[2]string{c.Address.Batch, c.Address.Period}]++
		r := paid[payment{c.Address.Batch, c.Declared.Token.Fingerprint(c.Batch.Merchant.ID), c.Declared.Amount}]
		if r != nil && r.Address.Period != c.Address.Period {
			equal[pair{c.Address.Batch, c.Address.Period, r.Address.Period}]++
		}
	}
	var out []string
	for p, n := range equal {
		out = append(out, fmt.Sprintf("%s %s: %d of its %s to pay went to the same cards with the same amounts less than 5 days ago, for %s: is the period right?",
			p.batch, p.period, n, counted(all[[2]string{p.batch, p.period}], "payout"), p.other))
	}
	slices.Sort(out)
	return out
}

// idleImports tell of imports that this plan does nothing with: their period is
// not declared, and nothing is recorded of them.
func idleImports(idle []planner.Import) []string {
	var out []string
	for _, in := range idle[:min(3, len(idle))] {
		out = append(out, fmt.Sprintf("the import to %s (%s) does nothing: the files declare another period of %s", in.To, in.Position, in.To.Batch))
	}
	if more := len(idle) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d imports more do nothing", more))
	}
	return out
}
