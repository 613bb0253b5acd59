package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/freedompay"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
	"payrun/planner/policy"
	"payrun/statefile"
)

// planFlags are the options that shape a plan; apply without a plan file has
// them too.
func planFlags() []cli.Flag {
	return []cli.Flag{
		flag("retry-failed", "plan the next attempt of every failed payout"),
		list("override", "NAME", "lift the limit `NAME`, such as salaries.max_payout; needs -reason; may be repeated"),
		text("reason", "TEXT", "why limits are lifted, recorded in the state: `TEXT`"),
		list("target", "ADDRESS", "plan to send only what matches `ADDRESS`, a glob; may be repeated"),
		list("exclude", "ADDRESS", "do not send what matches `ADDRESS`, a glob; may be repeated"),
		list("expect-total", "CUR:AMOUNT", "refuse unless the plan sends exactly `CUR:AMOUNT`; may be repeated"),
		text("expect-count", "N", "refuse unless the plan sends exactly `N` payouts"),
		text("at", "TIME", "plan as of `TIME`, RFC 3339; part of the plan's digest"),
		span("expires", "the plan may be applied for `DURATION`; part of its digest", defaultExpires),
	}
}

// planning is a plan and everything it was made from.
type planning struct {
	cfg       *hclconfig.Config
	snap      *statefile.Snapshot
	plan      *planner.Plan
	findings  []policy.Finding
	file      *planfile.File
	overrides []policy.Override
	newTo     []*planner.Change
	newer     []string // branches with a newer state
	clones    string   // what nothing guards between clones; or ""
	warnings  []string
}

// planOptions are the options of planFlags, read.
type planOptions struct {
	at           time.Time
	expires      time.Duration
	retryFailed  bool
	overrides    []policy.Override
	included     func(payout.Address) bool
	targets      []string
	excludes     []string
	expectTotals []payout.Money
	expectCount  *int
	published    bool // the run is published before it sends anything
	shown        bool // the plan is neither saved nor applied
}

// How long a plan may be applied: by default, and at most.
const (
	defaultExpires = 24 * time.Hour
	maxExpires     = 90 * 24 * time.Hour
)

// mostDigits are the digits that a number of payouts can have.
const mostDigits = 9

func readPlanOptions(c *cli.Command) (planOptions, error) {
	o := planOptions{at: time.Now().Truncate(time.Second), expires: durationOf(c, "expires"), retryFailed: c.Bool("retry-failed")}
	if o.expires < time.Second || o.expires > maxExpires {
		return o, usage("-expires=%s: a plan may be applied for 1s to %dd", o.expires, maxExpires/(24*time.Hour))
	}
	if text := c.String("at"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return o, usage("-at=%s: write a time such as 2026-11-28T18:00:00+05:00", text)
		}
		o.at = at.Truncate(time.Second)
	}
	reason := givenReason(c)
	for _, name := range c.StringSlice("override") {
		if len([]rune(reason)) < policy.MinReason {
			return o, usage("-override=%s needs -reason=\"…\" of at least %d characters: it is recorded in the state", name, policy.MinReason)
		}
		o.overrides = append(o.overrides, policy.Override{Name: hclconfig.Scrub(name), Reason: reason})
	}
	if reason != "" && len(o.overrides) == 0 && !c.IsSet("state-is") {
		return o, usage("-reason belongs to -override=NAME or -state-is")
	}
	o.targets, o.excludes = c.StringSlice("target"), c.StringSlice("exclude")
	o.included = selection(o.targets, o.excludes)
	for _, want := range c.StringSlice("expect-total") {
		m, err := readTotal(want)
		if err != nil {
			return o, err
		}
		o.expectTotals = append(o.expectTotals, m)
	}
	if text := c.String("expect-count"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || len(text) > mostDigits {
			return o, usage("-expect-count=%s is no number of payouts; write digits, such as 314", text)
		}
		o.expectCount = &n
	}
	return o, nil
}

// readTotal reads CUR:AMOUNT; totals may be grouped by spaces.
func readTotal(text string) (payout.Money, error) {
	code, amount, ok := strings.Cut(text, ":")
	currency, known := payout.LookupCurrency(code)
	if !ok || !known {
		return payout.Money{}, usage("-expect-total=%s: write CUR:AMOUNT, such as KZT:40630300.00", text)
	}
	m, err := payout.ParseMoney(strings.ReplaceAll(amount, " ", ""), currency)
	if err != nil {
		return payout.Money{}, fail(exitError, fmt.Errorf("read -expect-total: %w", err))
	}
	return m, nil
}

// selection is what -target and -exclude leave in; nil = everything.
func selection(targets, excludes []string) func(payout.Address) bool {
	if len(targets) == 0 && len(excludes) == 0 {
		return nil
	}
	return func(a payout.Address) bool {
		return (len(targets) == 0 || matchesAny(targets, a)) && !matchesAny(excludes, a)
	}
}

func matchesAny(patterns []string, a payout.Address) bool {
	for _, p := range patterns {
		if payout.MatchGlob(p, a.String()) || payout.MatchGlob(p, a.Term()) || p == a.Batch {
			return true
		}
	}
	return false
}

// checkPatterns refuses an option whose address matches nothing: a slip in
// -exclude would pay what was to be left out.
func checkPatterns(option string, patterns []string, known []payout.Address) error {
	for _, pattern := range patterns {
		one := []string{pattern}
		if slices.ContainsFunc(known, func(a payout.Address) bool { return matchesAny(one, a) }) {
			continue
		}
		return fail(exitError, fmt.Errorf("-%s=%s matches no payout", option, pattern), patternHint(option, pattern, known))
	}
	return nil
}

// makePlan compares files and ledger and judges the result.
func (p *program) makePlan(cfg *hclconfig.Config, snap *statefile.Snapshot, ledger *payout.Ledger, o planOptions) (*planning, error) {
	stray, idle := planner.StrayImports(cfg.Batches, ledger, importsOf(cfg))
	if len(stray) > 0 {
		return nil, fail(exitError, fmt.Errorf("plan %s: import to %s, which no payout declares", stray[0].Position, stray[0].To),
			"declare the payout that was paid elsewhere, or mend the address: it is never sent, and its recipient and amount are recorded")
	}
	plan := diff(cfg, ledger, o)
	if len(o.targets)+len(o.excludes) > 0 {
		known := addressesOf(plan, ledger)
		if err := errors.Join(checkPatterns("target", o.targets, known), checkPatterns("exclude", o.excludes, known)); err != nil {
			return nil, err
		}
	}
	checks, err := p.judgeChecks(cfg, plan, ledger)
	if err != nil {
		return nil, err
	}
	made := &planning{cfg: cfg, snap: snap, plan: plan, overrides: o.overrides, newTo: plan.NewRecipients(ledger), newer: p.newerStates(cfg.StatePath, snap)}
	if !o.published {
		made.clones = p.unguarded(cfg.StatePath, plan)
	}
	made.warnings = append(periodWarnings(plan, ledger, p.trial.now()), idleImports(idle)...)
	made.findings = policy.Check(policy.Input{
		Plan: plan, Ledger: ledger, Overrides: o.overrides, ExpectTotals: o.expectTotals, ExpectCount: o.expectCount, Checks: checks,
	})
	if o.shown {
		made.file = planfile.Outline(plan, p.facts(made, o))
	} else {
		made.file = planfile.Build(plan, p.facts(made, o))
	}
	p.trial.planned(made)
	return made, nil
}

// addressesOf are the addresses of the files and of the state.
func addressesOf(plan *planner.Plan, ledger *payout.Ledger) []payout.Address {
	var out []payout.Address
	if plan != nil {
		for i := range plan.Changes {
			out = append(out, plan.Changes[i].Address)
		}
	}
	for _, r := range ledger.All() {
		out = append(out, r.Address)
	}
	return out
}

// diff compares files and ledger.
func diff(cfg *hclconfig.Config, ledger *payout.Ledger, o planOptions) *planner.Plan {
	// Not before and deadline are judged at the plan's time as well, so that a plan
	// is the same whenever it is made; the run judges them by the clock.
	opts := planner.Options{At: o.at, RetryFailed: o.retryFailed, RunFault: runFault, Included: o.included}
	for _, m := range cfg.Moved {
		opts.Moved = append(opts.Moved, planner.Move{From: m.From, To: m.To})
	}
	opts.Imports = importsOf(cfg)
	return planner.Diff(cfg.Batches, ledger, opts)
}

// importsOf are the import blocks by address.
func importsOf(cfg *hclconfig.Config) map[payout.Address]planner.Import {
	if len(cfg.Imports) == 0 {
		return nil
	}
	out := make(map[payout.Address]planner.Import, len(cfg.Imports))
	for _, in := range cfg.Imports {
		out[in.To] = planner.Import{
			To: in.To, PaymentID: in.PaymentID, OrderID: in.OrderID, Amount: in.Amount,
			Reason: in.Reason, Unverified: in.Unverified, Position: in.Position,
		}
	}
	return out
}

// runFault says whether a refusal concerned the run and not the payee.
func runFault(code string) bool {
	n, err := strconv.Atoi(code)
	if err != nil {
		return false
	}
	known, ok := freedompay.LookupCode(n)
	return ok && known.RunsFault
}

// facts are what the saved plan holds beside the plan.
func (p *program) facts(made *planning, o planOptions) planfile.Facts {
	f := planfile.Facts{
		Version: version, CreatedAt: o.at, ExpiresAt: o.at.Add(o.expires),
		State:    stateFacts(made.snap),
		Gateways: make(map[string]planfile.Gateway),
		Options:  o.saved(),
		New:      made.newTo,
	}
	for _, in := range made.cfg.Inputs {
		f.Inputs = append(f.Inputs, planfile.Input{Path: in.Path, SHA256: in.SHA256, NotCards: in.NotCards})
	}
	for _, v := range made.cfg.Variables {
		f.Variables = append(f.Variables, planfile.Variable{Name: v.Name, Value: v.Printed, Sensitive: v.Sensitive})
	}
	for _, m := range made.cfg.Merchants {
		f.Gateways[m.Name] = planfile.Gateway{Region: m.Region, BaseURL: m.BaseURL, PostLink: m.PostLink, LookupOff: !m.LookupBeforeSend}
	}
	for _, one := range o.overrides {
		f.Overrides = append(f.Overrides, planfile.Override{Name: one.Name, Reason: one.Reason})
	}
	for _, one := range made.findings {
		f.Findings = append(f.Findings, planfile.Finding{Kind: string(one.Kind), Name: one.Name, Holds: one.OK, Lifted: one.Lifted, Text: one.Text, Blocks: !one.OK && one.Blocks, Refuses: !one.OK && one.Refuses})
	}
	return f
}

// stateFacts name the state that a plan was made from. A state that does not
// exist has no lineage yet, whoever is about to write it.
func stateFacts(snap *statefile.Snapshot) planfile.State {
	if !snap.Exists {
		return planfile.State{}
	}
	return planfile.State{Exists: true, Lineage: snap.Lineage, Serial: snap.Serial, Digest: snap.Digest}
}

// screen is what the plan's text shows.
func (made *planning) screen(statePath string) *view.Plan {
	screen := &view.Plan{
		Plan: made.plan, Findings: made.findings, NewRecipients: made.newTo,
		StatePath: statePath, Serial: made.snap.Serial, StateExists: made.snap.Exists, StateLineage: made.file.State.Lineage, StateDigest: made.file.State.Digest, Unproven: made.snap.Unproven,
		Digest: made.file.Digest(), Labels: true, Rates: make(map[string]view.Rate), AskRates: make(map[string]view.Rate),
	}
	screen.Warnings = append(screen.Warnings, made.warnings...)
	for _, branch := range made.newer {
		screen.Warnings = append(screen.Warnings, "git knows a newer state: "+branch+"; apply refuses until it is taken")
	}
	if made.clones != "" {
		screen.Warnings = append(screen.Warnings, made.clones)
	}
	if made.snap.Holder != nil {
		screen.LockedBy = made.snap.Holder.String()
	}
	for _, m := range made.cfg.Merchants {
		screen.Rates[m.Name] = view.Rate{Calls: m.Rate.Calls, Per: m.Rate.Per}
		if m.LookupBeforeSend {
			screen.AskRates[m.Name] = view.Rate{Calls: m.StatusRate.Calls, Per: m.StatusRate.Per}
		}
	}
	return screen
}
