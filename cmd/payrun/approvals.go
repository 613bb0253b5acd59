package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// approvalsPath is where the approvals of a plan file stand.
func approvalsPath(plan string) string { return plan + ".approvals" }

// lastRun is the newest run of another plan than this one, or nil.
func (a *application) lastRun() *payout.Run {
	runs := a.runs()
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].Plan != a.made.file.Digest() {
			return &runs[i]
		}
	}
	return nil
}

// everApproved says whether people approved any earlier run: from then on the
// policy of the last one has a say, whatever the files say now.
func (a *application) everApproved() bool {
	return slices.ContainsFunc(a.runs(), func(r payout.Run) bool { return len(r.Approvals) > 0 })
}

// approvedByPeople refuses unless the approvals that stand beside the plan file
// satisfy every rule.
func (a *application) approvedByPeople(c *cli.Command, rules []policy.ApprovalRule) error {
	for _, name := range []string{"approve", "auto-approve"} {
		if c.IsSet(name) {
			return fail(exitRefused, fmt.Errorf("apply the plan: -%s replaces no approval, and the files ask for approvals", name),
				"nothing was sent; each approver runs: payrun approve PLAN")
		}
	}
	if a.saved == nil {
		return fail(exitRefused, errors.New("apply the plan: the files ask for approvals, and only a plan file can be approved"),
			"nothing was sent; payrun plan -out=FILE, then payrun approve FILE by each approver, then payrun apply FILE")
	}
	verdict, err := a.judgeApprovals(rules)
	if err != nil {
		return fail(exitRefused, fmt.Errorf("apply the plan: %w", err), "nothing was sent")
	}
	a.verdict = verdict
	a.showApprovals()
	if err := a.sameEvidence(verdict); err != nil {
		return err
	}
	if verdict.Approved() {
		return nil
	}
	hints := append([]string{}, verdict.Missing[1:]...)
	for _, one := range verdict.Judged {
		if one.Reason != "" {
			hints = append(hints, fmt.Sprintf("does not count: %s: %s", one.Approval.Identity, one.Reason))
		}
	}
	return fail(exitRefused, fmt.Errorf("apply the plan: %s", verdict.Missing[0]), append(hints, "nothing was sent; approve it with: payrun approve "+a.savedAs)...)
}

// judgeApprovals gathers what the judgment depends on: the file of approvals, and
// who wrote what is approved.
func (a *application) judgeApprovals(rules []policy.ApprovalRule) (*policy.ApprovalVerdict, error) {
	in := policy.ApprovalInput{Plan: a.saved.Digest(), Now: time.Now(), Rules: rules}
	var err error
	if in.File, err = a.readApprovals(a.savedAs); err != nil {
		return nil, err
	}
	from := a.provenance()
	if err := from.check(); err != nil {
		return nil, err
	}
	if in.Excluded, err = from.writers(); err != nil {
		return nil, fmt.Errorf("ask who wrote the files: %w", err)
	}
	return policy.JudgeApprovals(in), nil
}

// provenance asks about the files since the commit of the last apply.
func (a *application) provenance() *provenance {
	from := &provenance{program: a.program, inputs: a.cfg.Inputs}
	if last := a.lastRun(); last != nil {
		from.base = last.Commit
	}
	return from
}

// approvalRules are the policy of the files and that of the last apply: a commit
// that asks for less, or adds a key, has to be approved as it was asked before.
// None means that nobody is asked.
func (a *application) approvalRules() ([]policy.ApprovalRule, error) {
	if a.cfg.Approvals == nil && !a.everApproved() {
		return nil, nil
	}
	var rules []policy.ApprovalRule
	add := func(name string, block *hclconfig.Approvals) error {
		if block == nil {
			return nil
		}
		signers, err := policy.ParseSigners(block.Signers)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", name, block.AllowedSigners, err)
		}
		rules = append(rules, policy.ApprovalRule{Name: name, Required: block.Required, Signers: signers})
		return nil
	}
	if err := add("the policy of the files", a.cfg.Approvals); err != nil {
		return nil, err
	}
	from := a.provenance()
	if from.base == "" {
		return rules, nil
	}
	if err := from.reachable(); err != nil {
		return nil, err
	}
	old, err := from.policyAt(from.base)
	if err != nil {
		return nil, err
	}
	return rules, add("the policy of the last apply", old)
}

// readApprovals reads what stands beside a plan file; no file is no approval.
func (p *program) readApprovals(plan string) (*policy.ApprovalFile, error) {
	text, err := os.ReadFile(p.path(approvalsPath(plan)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", approvalsPath(plan), plain(err))
	}
	f, err := policy.ParseApprovals(text)
	if err != nil {
		return nil, fmt.Errorf("use %s: %w", approvalsPath(plan), err)
	}
	return f, nil
}

// sameEvidence keeps what counts for the run; a plan that goes on needs the
// approvals that it began with.
func (a *application) sameEvidence(verdict *policy.ApprovalVerdict) error {
	a.run.Approvals = nil
	for _, one := range verdict.Judged {
		if one.Reason == "" {
			a.run.Approvals = append(a.run.Approvals, one.Approval.Evidence())
		}
	}
	earlier := a.runOf(a.saved.Digest())
	if earlier == nil {
		return nil
	}
	for _, evidence := range earlier.Approvals {
		if !slices.Contains(a.run.Approvals, evidence) {
			return fail(exitRefused, errors.New("go on with the plan: an approval that it began with is gone or does not count any more"),
				"nothing was sent; put the approvals back, or plan again")
		}
	}
	return nil
}

// showApprovals lists every approval and why it does not count.
func (a *application) showApprovals() {
	if a.json {
		return // approvalLines tells it in its place
	}
	for _, one := range a.verdict.Judged {
		if one.Reason == "" {
			fmt.Fprintf(a.stdout, "  ✓ approved by %s until %s (%s)\n", one.Approval.Identity, one.Approval.Expires, one.Key)
		} else {
			fmt.Fprintf(a.stdout, "  ! does not count: %s: %s\n", view.SafeText(one.Approval.Identity), view.SafeText(one.Reason))
		}
	}
}

// approvalLines tells machines about every approval of the run.
func (a *application) approvalLines() {
	if a.verdict == nil {
		return
	}
	for _, one := range a.verdict.Judged {
		a.machine(map[string]any{
			"@level": "info", "@message": "approval of " + one.Approval.Identity, "type": "approval", "identity": one.Approval.Identity,
			"key": one.Key, "expires": one.Approval.Expires, "counts": one.Reason == "", "reason": one.Reason,
		})
	}
}

// approvalWords tells whoever plans what apply will ask for.
func (made *planning) approvalWords() []string {
	if made.cfg.Approvals == nil || len(made.plan.Sending())+len(made.plan.Importing()) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s needed: payrun plan -out=FILE, then payrun approve FILE by each approver, then payrun apply FILE", counted(made.cfg.Approvals.Required, "approval"))}
}
