package main

import (
	"github.com/urfave/cli/v3"

	"payrun/planner/planfile"
	"payrun/planner/policy"
)

// saved are the options as a plan file holds them.
func (o planOptions) saved() planfile.Options {
	out := planfile.Options{RetryFailed: o.retryFailed, Targets: o.targets, Excludes: o.excludes, ExpectCount: o.expectCount}
	for _, m := range o.expectTotals {
		out.ExpectTotals = append(out.ExpectTotals, m.Currency.Code+":"+m.Decimal())
	}
	return out
}

// savedOptions are the options that a plan file was made with.
func savedOptions(f *planfile.File) (planOptions, error) {
	o := planOptions{
		at: f.CreatedAt, expires: f.ExpiresAt.Sub(f.CreatedAt), retryFailed: f.Options.RetryFailed,
		targets: f.Options.Targets, excludes: f.Options.Excludes, expectCount: f.Options.ExpectCount,
	}
	o.included = selection(o.targets, o.excludes)
	for _, text := range f.Options.ExpectTotals {
		m, err := readTotal(text)
		if err != nil {
			return o, err
		}
		o.expectTotals = append(o.expectTotals, m)
	}
	for _, one := range f.Overrides {
		o.overrides = append(o.overrides, policy.Override(one))
	}
	return o, nil
}

// applyOptions are the options of the plan that apply carries out: those of the
// command line, or those that the plan file was made with.
func applyOptions(c *cli.Command, file *planfile.File) (o planOptions, err error) {
	defer func() { o.published = c.String("publish") != "" }()
	if file == nil {
		return readPlanOptions(c)
	}
	var shaping []string
	for _, f := range planFlags() {
		shaping = append(shaping, f.Names()...)
	}
	for _, name := range shaping {
		if c.IsSet(name) && !(name == "reason" && c.IsSet("state-is")) {
			return planOptions{}, usage("-%s would change the plan, and a plan file is carried out as it is; leave it out, or make another plan", name)
		}
	}
	return savedOptions(file)
}
