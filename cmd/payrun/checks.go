package main

import (
	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// judgeChecks evaluates check blocks against the totals of a plan.
func (p *program) judgeChecks(cfg *hclconfig.Config, plan *planner.Plan, ledger *payout.Ledger) ([]policy.CheckResult, error) {
	if !cfg.UsesFacts() {
		return nil, nil // facts of a large plan take time
	}
	results, diags := cfg.Evaluate(batchFacts(plan, ledger))
	if diags.HasErrors() {
		view.Diagnostics(p.stderr, diags, nil, p.colors(p.stderr), p.terminal().Width)
		return nil, exit(exitError)
	}
	out := make([]policy.CheckResult, 0, len(results.Checks))
	for _, r := range results.Checks {
		out = append(out, policy.CheckResult{
			Name: r.Name, Message: r.Message, OK: r.Verdict == hclconfig.Passed, Known: r.Verdict != hclconfig.NotJudged,
			Warn: r.Severity == hclconfig.Warn, Position: r.Position,
		})
	}
	return out, nil
}

// batchFacts are the totals that checks and outputs may use: over everything a
// batch declares.
func batchFacts(plan *planner.Plan, ledger *payout.Ledger) hclconfig.Facts {
	paid := planner.PaidDestinations(ledger)
	facts := make(hclconfig.Facts)
	for i := range plan.Batches {
		s := &plan.Batches[i]
		f := hclconfig.BatchFacts{Total: s.Declared.Sum, Count: s.Declared.Count, Largest: payout.Money{Currency: s.Declared.Sum.Currency}}
		seen := make(map[string]bool)
		for j := range s.Batch.Payouts {
			one := &s.Batch.Payouts[j]
			if one.Amount.Minor > f.Largest.Minor {
				f.Largest = one.Amount
			}
			print := one.Token.Fingerprint(s.Batch.Merchant.ID)
			if !paid[print] && !seen[print] {
				seen[print] = true
				f.NewRecipients++
			}
		}
		facts[s.Batch.Name] = f
	}
	return facts
}
