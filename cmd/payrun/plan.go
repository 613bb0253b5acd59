package main

import (
	"errors"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/planner"
	"payrun/planner/policy"
)

func planCommand() command {
	return command{
		name: "plan", summary: "compares files and state and says what apply would do; offline",
		flags: configFlags(lockFlags(append(planFlags(),
			flag("refresh", "ask the gateway about every open payout first, as reconcile does"),
			flag("detailed-exitcode", "exit with 2 when something is to be paid"),
			text("format", "text|markdown|csv", "print as `text|markdown|csv`"),
			jsonFlag(),
			compactFlag(),
			text("out", "FILE", "save the plan to `FILE`, for approve and apply"),
		)...)...),
		run: (*program).plan,
	}
}

// planGarbage is how much garbage, in percent of what is alive, may gather while
// a large plan is made, where GOGC does not say otherwise: half of what Go's own
// default allows.
const planGarbage = 50

func (p *program) plan(c *cli.Command) error {
	if _, chosen := p.getenv("GOGC"); !chosen {
		defer debug.SetGCPercent(debug.SetGCPercent(planGarbage))
	}
	options, err := readPlanOptions(c)
	if err != nil {
		return err
	}
	if err := p.checkFormat(c); err != nil {
		return err
	}
	format := c.String("format")
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	if c.Bool("refresh") {
		if err := p.refresh(c, cfg); err != nil {
			return err
		}
	}
	if err := p.checkInto(c.String("json-into"), cfg); err != nil {
		return err
	}
	made, missing, err := p.planFor(c, cfg, options)
	if err != nil {
		return err
	}
	screen := made.screen(stateName(cfg))
	screen.Warnings = append(screen.Warnings, missing.warnings()...)
	screen.Warnings = append(screen.Warnings, made.approvalWords()...)
	screen.Next = personSteps(made.plan, time.Now())
	screen.Labels = cfg.PublishLabels
	if into := c.String("json-into"); into != "" {
		if err := p.writeInto(into, view.PlanJSON(screen, made.extras())); err != nil {
			return err
		}
	}
	// What people see on their own screen may name payees; what is handed on
	// does so only where the files say so.
	screen.Labels = cfg.PublishLabels || !p.json && (format == "" || format == "text")
	switch {
	case p.json:
		return errors.Join(view.WriteJSON(p.stdout, view.PlanJSON(screen, made.extras())), exit(planCode(made, c.Bool("detailed-exitcode"))))
	case format == "markdown":
		screen.Since = made.plan.Since(made.snap.Ledger)
		view.PlanMarkdown(p.stdout, screen)
	case format == "csv":
		view.PlanCSV(p.stdout, screen)
	default:
		view.PlanText(p.stdout, screen, p.colors(p.stdout))
	}
	return exit(planCode(made, c.Bool("detailed-exitcode")))
}

// planCode is 6 with a conflict or a failed expectation, else 0, or 2 where it
// was asked for and something is to be paid.
func planCode(made *planning, detailed bool) int {
	if policy.Refusing(made.findings) {
		return exitRefused
	}
	if !detailed {
		return exitDone
	}
	for i := range made.plan.Changes {
		c := &made.plan.Changes[i]
		if c.Sends() || c.Action == planner.ActionAttention && c.Status() == "failed" {
			return exitChanges
		}
	}
	return exitDone
}

// extras are the parts of the plan's JSON that the screen does not hold.
func (made *planning) extras() map[string]any {
	inputs := make([]any, 0, len(made.file.Inputs))
	for _, in := range made.file.Inputs {
		inputs = append(inputs, map[string]any{"path": in.Path, "sha256": in.SHA256})
	}
	return map[string]any{
		"payrun_version": version,
		"expires_at":     made.file.ExpiresAt.Format(time.RFC3339),
		"inputs":         inputs,
	}
}
