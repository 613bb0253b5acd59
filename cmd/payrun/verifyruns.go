package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"payrun/planner/payout"
	"payrun/planner/policy"
)

// checkRuns says whether each new run names a plan, a commit that git has, and
// the approvals that the files of its commit asked for.
func (h *history) checkRuns(step *commitStep, runs []payout.Run) {
	if h.runs == nil {
		h.runs = make(map[string]payout.Run)
	}
	for i := range runs {
		r := &runs[i]
		if _, seen := h.runs[r.ID]; seen {
			continue
		}
		h.runs[r.ID] = *r
		if !planDigest.MatchString(r.Plan) {
			step.problems = append(step.problems, fmt.Sprintf("the run %s names no plan: %q", r.ID, r.Plan))
		}
		if r.Commit != "" && !h.holds(r.Commit) {
			step.problems = append(step.problems, fmt.Sprintf("the run %s was made from commit %s, which git does not have here", r.ID, r.Commit))
			continue
		}
		for _, problem := range h.approvalProblems(runs[:i+1]) {
			step.problems = append(step.problems, fmt.Sprintf("the run %s: %s", r.ID, problem))
		}
		h.approvals += len(r.Approvals)
	}
}

func (h *history) holds(commit string) bool {
	if !commitName.MatchString(commit) {
		return false
	}
	_, err := h.git("cat-file", "-e", commit+"^{commit}")
	return err == nil
}

// judgedBefore is how long before the run is recorded its approvals may have
// been judged: balances are asked for in between.
const judgedBefore = 5 * time.Minute

// approvalProblems judges the approvals of the last of some runs as apply did:
// by the policy of its commit and that of the run before, at its time. Who wrote
// the files is not asked again.
func (h *history) approvalProblems(runs []payout.Run) []string {
	r := &runs[len(runs)-1]
	rules, err := h.rulesOf(runs)
	if err != nil {
		return []string{err.Error()}
	}
	file, problems := evidenceOf(r)
	if len(problems) > 0 {
		return problems
	}
	var wrong []string
	for _, at := range []time.Time{r.OpenedAt, r.OpenedAt.Add(-judgedBefore)} {
		verdict := policy.JudgeApprovals(policy.ApprovalInput{Plan: r.Plan, Now: at, File: file, Rules: rules})
		said := verdict.Missing
		for _, one := range verdict.Judged {
			if one.Reason != "" {
				said = append(said, fmt.Sprintf("the approval of %s does not count: %s", one.Approval.Identity, one.Reason))
			}
		}
		if len(said) == 0 {
			return nil
		}
		if wrong == nil {
			wrong = said
		}
	}
	return wrong
}

// evidenceOf reads what the state keeps of a run's approvals.
func evidenceOf(r *payout.Run) (file *policy.ApprovalFile, problems []string) {
	file = &policy.ApprovalFile{Plan: r.Plan}
	for _, line := range r.Approvals {
		approval, err := policy.ParseEvidence(line)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		file.Approvals = append(file.Approvals, *approval)
	}
	return file, problems
}

// rulesOf are the policies that the last of some runs had to satisfy.
func (h *history) rulesOf(runs []payout.Run) ([]policy.ApprovalRule, error) {
	r := &runs[len(runs)-1]
	asked := slices.ContainsFunc(runs, func(r payout.Run) bool { return len(r.Approvals) > 0 })
	if r.Commit == "" && len(r.Approvals) > 0 {
		return nil, errors.New("it was approved and names no commit: nobody can say who had to approve it")
	}
	before := len(runs) - 1
	for before > 0 && runs[before].Plan == r.Plan {
		before-- // the same plan was gone on with
	}
	base := ""
	if runs[before].Plan != r.Plan {
		base = runs[before].Commit
	}
	var rules []policy.ApprovalRule
	for _, from := range []struct{ name, commit string }{{"the policy of its commit", r.Commit}, {"the policy of the run before", base}} {
		rule, err := h.ruleAt(from.commit)
		switch {
		case err != nil && asked:
			return nil, fmt.Errorf("%s: %w", from.name, err)
		case err == nil && rule != nil:
			rules = append(rules, policy.ApprovalRule{Name: from.name, Required: rule.Required, Signers: rule.Signers})
		}
	}
	return rules, nil
}

// ruleAt is the policy of a commit; nil where its files ask for no approvals.
func (h *history) ruleAt(commit string) (*policy.ApprovalRule, error) {
	if commit == "" || !h.holds(commit) {
		return nil, nil // told where it is not there
	}
	block, err := (&provenance{program: h.program}).policyAt(commit)
	if err != nil || block == nil {
		return nil, err
	}
	signers, err := policy.ParseSigners(block.Signers)
	if err != nil {
		return nil, fmt.Errorf("%s of commit %s: %w", block.AllowedSigners, commit, err)
	}
	return &policy.ApprovalRule{Required: block.Required, Signers: signers}, nil
}
