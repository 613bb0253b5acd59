package view

import (
	"fmt"
	"slices"
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
	Unproven      []string // why the state is not proven
	LockedBy      string   // who holds the lock; empty = nobody
	Digest        string   // "sha256:…" of the plan
	Rates         map[string]Rate
	Labels        bool // labels may be shown
	Warnings      []string
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
		if rate.Calls <= 0 || rate.Per <= 0 || n == 0 {
			continue
		}
		words := fmt.Sprintf("needs about %s at %s", sayDuration(time.Duration(n)*rate.Per/time.Duration(rate.Calls)), rate.words())
		if len(p.Plan.Merchants) > 1 {
			words += " (merchant " + m.Name + ")"
		}
		out = append(out, words)
	}
	return out
}

func (r Rate) words() string {
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
		return fmt.Sprintf("No payouts to make. %d paid.", len(plan.Changes))
	}
	n := p.count()
	var parts []string
	say := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	if n.pay+n.retry > 0 {
		words := fmt.Sprintf("%d to pay (%s)", n.pay+n.retry, sayMoney(plan.Totals()))
		if n.retry > 0 {
			words = fmt.Sprintf("%d to pay (%s, %s)", n.pay+n.retry, sayMoney(plan.Totals()), retries(n.retry))
		}
		parts = append(parts, words)
	}
	say(n.wait, "%d waiting")
	say(n.check, "%d to check")
	say(n.failed, "%d failed (not retried)")
	say(n.attention, "%d to look at")
	say(n.conflict, "%d in conflict")
	say(n.left, "%d left the files")
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
	pay, retry, wait, check, failed, attention, conflict, left, excluded, paid int
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
	case c.Status() == payout.Failed:
		n.failed++
	default:
		n.attention++
	}
}

// name is a payout's address and, where it may be shown, its label.
func (p *Plan) name(c *planner.Change) string {
	return SafeText(c.Address.String()) + p.label(c.Declared)
}

// label is " (A. Serikova)", or nothing.
func (p *Plan) label(d *planner.Payout) string {
	if !p.Labels || d == nil || d.Label == "" {
		return ""
	}
	return " (" + SafeText(withoutToken(d, d.Label)) + ")"
}

// destination is where the money goes, masked.
func destination(c *planner.Change) string {
	if c.Declared != nil {
		return c.Declared.Token.String()
	}
	return SafeText(c.Record.Destination)
}

// zone is that of the payout's merchant, or nil where the files do not declare
// it any more.
func (p *Plan) zone(c *planner.Change) *time.Location {
	name := ""
	switch {
	case c.Batch != nil:
		return c.Batch.Merchant.Zone
	case c.Record != nil:
		name = c.Record.Merchant
	}
	for _, m := range p.Plan.Merchants {
		if m.Name == name {
			return m.Zone
		}
	}
	return nil
}

// why is the reason of a change with the time in the merchant's zone and the
// command that goes on from here.
func (p *Plan) why(c *planner.Change) string {
	text := c.Reason
	if c.Declared != nil {
		text = withoutToken(c.Declared, text)
	}
	last := payout.Event{}
	if c.Record != nil {
		last = telling(c.Record).Last()
	}
	status, flagged := c.Status(), c.Record.HasFlag(payout.FlagAlarm) || c.Record.HasFlag(payout.FlagDisputed)
	since := fmt.Sprintf("%s since %s", statusWords(last.Status), sayTime(last.At, p.zone(c), p.Plan.At.Year()))
	if said := strings.TrimSpace(last.Code + " " + last.Words); said != "" {
		since += " (" + said + ")"
	}
	switch {
	case c.Action == planner.ActionCheck && status.Open():
		text = since + ": payrun reconcile"
	case c.Action == planner.ActionCheck:
		text += ": payrun reconcile"
	case c.Action == planner.ActionAttention && flagged:
		text += ": payrun resolve"
	case c.Action == planner.ActionAttention && status != payout.Failed:
		text = since + ": payrun resolve"
	}
	return SafeText(text)
}

// selection is the part of the payouts to send that a short list shows.
type selection struct {
	changes []*planner.Change
	notes   map[*planner.Change]string
	rest    int
}

// selected chooses what to list: everything of a short plan, else the largest,
// the new recipients and what a broken rule names.
func (p *Plan) selected() selection {
	sending := p.Plan.Sending()
	s := selection{notes: make(map[*planner.Change]string)}
	fresh := make(map[payout.Address]bool)
	for _, c := range p.NewRecipients {
		fresh[c.Address] = true
	}
	if len(sending) <= maxListed {
		s.changes = sending
		for _, c := range sending {
			if fresh[c.Address] {
				s.note(c, "new recipient")
			}
		}
		return s
	}
	s.take(largest(sending), maxLargest, "largest")
	s.take(matching(sending, fresh), maxMarked, "new recipient")
	s.take(matching(sending, p.flagged()), maxMarked, "flagged")
	s.rest = len(sending) - len(s.changes)
	return s
}

func (s *selection) take(from []*planner.Change, most int, why string) {
	for _, c := range from[:min(most, len(from))] {
		if s.notes[c] == "" {
			s.changes = append(s.changes, c)
		}
		s.note(c, why)
	}
}

func (s *selection) note(c *planner.Change, why string) {
	if s.notes[c] != "" {
		why = s.notes[c] + ", " + why
	}
	s.notes[c] = why
}

// largest orders by amount, then address. Amounts of two currencies are not
// compared: the currency comes first.
func largest(sending []*planner.Change) []*planner.Change {
	sorted := slices.Clone(sending)
	slices.SortStableFunc(sorted, func(a, b *planner.Change) int {
		x, y := a.Amount(), b.Amount()
		switch {
		case x.Currency != y.Currency:
			return strings.Compare(x.Currency.Code, y.Currency.Code)
		case x.Minor > y.Minor:
			return -1
		case x.Minor < y.Minor:
			return 1
		}
		return 0
	})
	return sorted
}

func matching(sending []*planner.Change, wanted map[payout.Address]bool) []*planner.Change {
	var out []*planner.Change
	for _, c := range sending {
		if wanted[c.Address] {
			out = append(out, c)
		}
	}
	return out
}

// flagged are the payouts that a broken rule names.
func (p *Plan) flagged() map[payout.Address]bool {
	out := make(map[payout.Address]bool)
	for _, f := range p.Findings {
		if f.OK {
			continue
		}
		for _, a := range f.Addresses {
			out[a] = true
		}
	}
	return out
}

// newRecipientLimit is the one limit on new recipients, or 0 where there is
// none or more than one.
func (p *Plan) newRecipientLimit() int {
	found, n := 0, 0
	for _, s := range p.Plan.Batches {
		if l := s.Batch.Limits; l != nil && l.MaxNewRecipients != nil {
			found, n = found+1, l.MaxNewRecipients.Value
		}
	}
	for _, m := range p.Plan.Merchants {
		if m.Limits != nil && m.Limits.MaxNewRecipients != nil {
			found, n = found+1, m.Limits.MaxNewRecipients.Value
		}
	}
	if found != 1 {
		return 0
	}
	return n
}

// newRecipientWords is "3 recipients are paid for the first time (limit 10)".
func (p *Plan) newRecipientWords() string {
	words := "1 recipient is paid for the first time"
	if n := len(p.NewRecipients); n > 1 {
		words = fmt.Sprintf("%d recipients are paid for the first time", n)
	}
	if limit := p.newRecipientLimit(); limit > 0 {
		words += fmt.Sprintf(" (limit %d)", limit)
	}
	return words
}
