package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"payrun/planner/policy"
)

// idle says whether the plan sends and records nothing.
func (a *application) idle() bool {
	return len(a.made.plan.Sending())+len(a.made.plan.Importing()) == 0
}

// broken are the findings that apply refuses for. Limits are about what leaves:
// a payment that was made when somebody had lifted its limit is no reason to
// refuse asking about others.
func (a *application) broken() []policy.Finding {
	var broken []policy.Finding
	for _, f := range a.made.findings {
		if !f.OK && (f.Blocks || f.Refuses) && !(f.Kind == policy.KindLimit && a.idle()) {
			broken = append(broken, f)
		}
	}
	return broken
}

// refuse names what is broken once more where the plan was not shown.
func refuse(broken []policy.Finding) error {
	// Another account or prefix contradicts every payout: it is the cause.
	slices.SortStableFunc(broken, func(x, y policy.Finding) int { return cmp.Compare(causes(x), causes(y)) })
	text, cure := "apply the plan: "+broken[0].Text, "nothing was sent"
	if broken[0].Cure != "" {
		cure += "; " + broken[0].Cure
	}
	if more := len(broken) - 1; more > 0 {
		return fail(exitRefused, fmt.Errorf("%s (and %d more)", text, more), cure, "\"payrun plan\" says how to mend or lift each")
	}
	return fail(exitRefused, errors.New(text), cure)
}

// causes orders findings: what brings others about comes first.
func causes(f policy.Finding) int {
	if f.Kind == policy.KindEnvironment || f.Kind == policy.KindPrefix {
		return 0
	}
	return 1
}
