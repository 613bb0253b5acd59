package view

import (
	"fmt"
	"strings"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// Plan is what the plan screens show. Plan is required; everything else may be
// left out and is then not shown.
type Plan struct {
	Plan          *planner.Plan
	Findings      []policy.Finding
	NewRecipients []*planner.Change // planner.Plan.NewRecipients
	StatePath     string
	Serial        int64
	StateExists   bool
	StateLineage  string
	StateDigest   string          // "sha256:…"; empty while there is no state
	Unproven      []string        // why the state is not proven
	LockedBy      string          // who holds the lock; empty = nobody
	Digest        string          // "sha256:…" of the plan
	Rates         map[string]Rate // of payout calls, by merchant
	AskRates      map[string]Rate // of look-ups, by merchant
	Labels        bool            // labels may be shown
	Warnings      []string
	Next          []string        // what a person does next, with commands; text only
	Since         []planner.Since // planner.Plan.Since; markdown only
}

// Rate is the pace of a merchant's payout calls: so many a period. The zero
// value is no bound.
type Rate struct {
	Calls int
	Per   time.Duration
}

// The bounds of what the text of a plan lists. Everything beyond is counted,
// and stands in full in CSV and JSON.
const (
	maxListed  = 20 // payouts to send; lines of each other action; findings
	maxLargest = 5
	maxMarked  = 10 // new recipients, flagged ones
)

// fullList says where everything stands.
const fullList = "payrun plan -format=csv, or -json"

// RateWords says for each merchant that is paid at a bounded pace how long the
// plan takes: "needs about 10 min 36 s at 30 calls a minute".
func (p *Plan) RateWords() []string {
	var out []string
	for _, m := range p.Plan.Merchants {
		rate, n := p.Rates[m.Name], p.Plan.MerchantTotal(m).Count
		looking := p.lookupTime(m)
		if (rate.Calls <= 0 || rate.Per <= 0) && looking < time.Second || n == 0 {
			continue
		}
		words := fmt.Sprintf("needs about %s at %s", sayDuration(looking+rate.time(n)), rate.words())
		if looking >= time.Second {
			words += fmt.Sprintf(", of it %s to look up what the state may have forgotten", sayDuration(looking))
		}
		if len(p.Plan.Merchants) > 1 {
			words += " (merchant " + m.Name + ")"
		}
		out = append(out, words)
	}
	return out
}

// lookupsEach is how many order ids of a payout are asked for where the state
// is not proven: one of each attempt.
const lookupsEach = payout.MaxAttempts

// lookupTime is how long the look-up of all that may ever be sent takes, where
// the state is not proven; otherwise look-ups run beside the payouts.
func (p *Plan) lookupTime(m *planner.Merchant) time.Duration {
	if len(p.Unproven) == 0 {
		return 0
	}
	n := 0
	for i := range p.Plan.Changes {
		c := &p.Plan.Changes[i]
		switch c.Action {
		case planner.ActionNone, planner.ActionCheck, planner.ActionLeft:
			continue
		}
		if c.Batch != nil && c.Batch.Merchant.Name == m.Name && !c.Excluded {
			n++
		}
	}
	return p.AskRates[m.Name].time(n * lookupsEach)
}

// time is what a number of calls takes; nothing without a bound.
func (r Rate) time(calls int) time.Duration {
	if r.Calls <= 0 || r.Per <= 0 {
		return 0
	}
	return time.Duration(calls) * r.Per / time.Duration(r.Calls)
}

func (r Rate) words() string {
	if r.Calls <= 0 || r.Per <= 0 {
		return "any number of calls"
	}
	calls := plural(r.Calls, "call")
	switch r.Per {
	case time.Second:
		return calls + " a second"
	case time.Minute:
		return calls + " a minute"
	case time.Hour:
		return calls + " an hour"
	}
	return calls + " in " + sayDuration(r.Per)
}

// planLine is the line that people and programs look for.
func (p *Plan) planLine() string {
	plan := p.Plan
	if plan.Quiet() {
		return quietLine(len(plan.Changes))
	}
	return p.count().line(plan.Totals())
}

func quietLine(paid int) string { return fmt.Sprintf("No payouts to make. %d paid.", paid) }

// line is the Plan line of what is not quiet.
func (n counts) line(totals []payout.Money) string {
	var parts []string
	say := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	if n.pay+n.retry > 0 {
		words := fmt.Sprintf("%d to pay (%s)", n.pay+n.retry, sayMoney(totals))
		if n.retry > 0 {
			words = fmt.Sprintf("%d to pay (%s, %s)", n.pay+n.retry, sayMoney(totals), retries(n.retry))
		}
		parts = append(parts, words)
	}
	say(n.wait, "%d waiting")
	say(n.check, "%d to check")
	say(n.failed, "%d failed (not retried)")
	say(n.attention, "%d to look at")
	say(n.conflict, "%d in conflict")
	say(n.left, "%d left the files")
	say(n.imported, "%d to record as paid elsewhere")
	say(n.excluded, "%d excluded")
	return "Plan: " + strings.Join(parts, ", ") + "."
}

func retries(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return fmt.Sprintf("%d retries", n)
}

// counts are the changes of a plan by what becomes of them. Each change counts
// once.
type counts struct {
	pay, retry, wait, check, failed, attention, conflict, left, imported, excluded, paid int
}

func (p *Plan) count() counts {
	var n counts
	for i := range p.Plan.Changes {
		n.add(&p.Plan.Changes[i])
	}
	return n
}

func (n *counts) add(c *planner.Change) {
	switch {
	case c.Action == planner.ActionNone:
		n.paid++
	case c.Excluded:
		n.excluded++
	case c.Action == planner.ActionPay:
		n.pay++
	case c.Action == planner.ActionRetry:
		n.retry++
	case c.Action == planner.ActionWait:
		n.wait++
	case c.Action == planner.ActionCheck:
		n.check++
	case c.Action == planner.ActionConflict:
		n.conflict++
	case c.Action == planner.ActionLeft:
		n.left++
	case c.Action == planner.ActionImport:
		n.imported++
	case c.Status() == payout.Failed:
		n.failed++
	default:
		n.attention++
	}
}
