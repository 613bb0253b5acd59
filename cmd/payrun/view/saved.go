package view

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

// savedPlan is a plan file on a screen. Whoever can write a file can write its
// digest as well: every text of it is made safe first.
type savedPlan struct {
	*planfile.File
	now time.Time
}

// SavedPlanText draws a plan file as PlanText draws a plan, as far as the file
// knows it. now is for whether it has expired.
func SavedPlanText(w io.Writer, f *planfile.File, now time.Time, color bool) {
	s := savedPlan{f, now}
	out := bufio.NewWriter(w)
	defer out.Flush()
	paint := paint(color)
	fmt.Fprintln(out, "payrun plan · "+strings.Join(s.about(), " · "))
	for _, m := range f.Merchants {
		fmt.Fprintln(out, "  "+merchantLine(&m))
	}
	fmt.Fprintln(out)
	s.batches().write(out)
	fmt.Fprintln(out)
	if listed := s.listed(paint); len(listed.rows) > 0 {
		listed.write(out)
		fmt.Fprintln(out)
	}
	for _, line := range s.notes() {
		fmt.Fprintln(out, "  · "+line)
	}
	for i := range f.Findings[:min(maxListed, len(f.Findings))] {
		one := &f.Findings[i]
		fmt.Fprintf(out, "  %s %s\n", paint.symbol(savedVerdict(one)), SafeText(one.Text))
		if one.Lifted != "" {
			fmt.Fprintln(out, "      lifted: "+SafeText(one.Lifted))
		}
	}
	if more := len(f.Findings) - maxListed; more > 0 {
		fmt.Fprintf(out, "    … and %d more; -json shows all\n", more)
	}
	fmt.Fprintf(out, "\n%s\nDigest: %s\n", paint.bold(s.planLine()), f.Digest())
}

// about says when the plan was made and for how long it may be applied.
func (s savedPlan) about() []string {
	over := ""
	if s.Expired(s.now) {
		over = " (over)"
	}
	state := "state new"
	if s.State.Exists {
		state = fmt.Sprintf("state serial %d", s.State.Serial)
	}
	return []string{"payrun " + SafeText(s.Version), "made " + s.CreatedAt.Format(time.RFC3339), "to be applied until " + s.ExpiresAt.Format(time.RFC3339) + over, state}
}

func merchantLine(m *planfile.Merchant) string {
	return SafeText(fmt.Sprintf("merchant %s (%s) · %s · %s · pays %d, %s", m.Name, m.ID, m.Environment, orNone(m.BaseURL, "the built-in gateway"), m.Sends.Count, grouped(m.Sends.Sum, m.Currency)))
}

func orNone(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// grouped is an amount for people; a text that is none stays as it is.
func grouped(amount, code string) string {
	currency, ok := payout.LookupCurrency(code)
	if m, err := payout.ParseMoney(amount, currency); ok && err == nil {
		return m.String()
	}
	return amount + " " + code
}

func (s savedPlan) batches() *grid {
	g := &grid{indent: "  ", right: []bool{false, true, true, true, true}}
	g.add("batch", "to pay", "amount", "paid before", "open")
	for i := range s.Batches[:min(maxMarkdownLines, len(s.Batches))] {
		b := &s.Batches[i]
		g.add(SafeText(b.Name+" "+b.Period), fmt.Sprint(b.ToPay.Count), SafeText(grouped(b.ToPay.Sum, b.Currency)), fmt.Sprint(b.PaidBefore), fmt.Sprint(b.Open))
	}
	if more := len(s.Batches) - maxMarkdownLines; more > 0 {
		g.add(fmt.Sprintf("… and %d more", more))
	}
	return g
}

// listed are the payouts of a short plan, or what stands out of a long one.
func (s savedPlan) listed(paint paint) *grid {
	g := &grid{indent: "  ", right: []bool{false, true}}
	chosen, rest := s.chosen()
	for _, c := range chosen {
		g.add(paint.symbol(planner.Action(c.Action).Symbol())+" "+SafeText(c.Address), SafeText(grouped(c.Amount, c.Currency)), SafeText(c.Destination), SafeText(s.remark(c)))
	}
	if rest > 0 {
		g.add(fmt.Sprintf("  … and %d more; the whole list: -format=csv, or -json", rest))
	}
	return g
}

// chosen are everything of a short plan; of a long one what sends nothing, the
// new recipients and the largest, each in the order of the file.
func (s savedPlan) chosen() (out []*planfile.Change, rest int) {
	bySize := make([]*planfile.Change, len(s.Changes))
	for i := range s.Changes {
		bySize[i] = &s.Changes[i]
	}
	slices.SortStableFunc(bySize, func(a, b *planfile.Change) int { return compareSaved(b, a) })
	keep := make(map[*planfile.Change]bool)
	n := map[bool]int{}
	for i, c := range bySize {
		stands := !c.Sends() || c.New
		if len(bySize) <= maxListed || i < maxLargest || stands && n[c.Sends()] < maxMarked {
			keep[c] = true
			n[c.Sends()]++
		}
	}
	for i := range s.Changes {
		if keep[&s.Changes[i]] {
			out = append(out, &s.Changes[i])
		}
	}
	return out, len(s.Changes) - len(out)
}

// compareSaved orders what is sent by amount, within a currency.
func compareSaved(a, b *planfile.Change) int {
	x, err1 := a.Money()
	y, err2 := b.Money()
	switch {
	case err1 != nil || err2 != nil || a.Sends() != b.Sends():
		return boolOrder(a.Sends()) - boolOrder(b.Sends())
	case x.Currency != y.Currency:
		return strings.Compare(y.Currency.Code, x.Currency.Code)
	case x.Minor < y.Minor:
		return -1
	case x.Minor > y.Minor:
		return 1
	}
	return 0
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s savedPlan) remark(c *planfile.Change) string {
	var words []string
	if c.New {
		words = append(words, "new recipient")
	}
	if c.Excluded {
		words = append(words, "excluded")
	}
	if c.Reason != "" {
		words = append(words, c.Reason)
	}
	return strings.Join(words, "; ")
}

// notes are what was asked of the plan beside its files.
func (s savedPlan) notes() []string {
	var out []string
	for _, v := range s.Variables {
		value := v.Value
		if v.Sensitive {
			value = "(sensitive)"
		}
		out = append(out, SafeText("variable "+v.Name+" = "+value))
	}
	for _, o := range s.Overrides {
		out = append(out, SafeText("override "+o.Name+": "+o.Reason))
	}
	if n := len(s.fresh()); n > 0 {
		out = append(out, plural(n, "recipient")+" paid for the first time")
	}
	return out
}

func (s savedPlan) fresh() []string {
	var out []string
	for i := range s.Changes {
		if s.Changes[i].New {
			out = append(out, SafeText(s.Changes[i].Address))
		}
	}
	return out
}

// planLine is that of the plan when it was made.
func (s savedPlan) planLine() string {
	if len(s.Changes) == 0 {
		return quietLine(s.Counts.None)
	}
	return s.counts().line(s.totals())
}

func (s savedPlan) counts() counts {
	n := counts{
		pay: s.Counts.Pay, retry: s.Counts.Retry, wait: s.Counts.Wait, check: s.Counts.Check, attention: s.Counts.Attention,
		conflict: s.Counts.Conflict, left: s.Counts.Left, excluded: s.Counts.Excluded, imported: s.Counts.Import, paid: s.Counts.None,
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		if c.Action == string(planner.ActionAttention) && !c.Excluded && c.Status == string(payout.Failed) {
			n.failed++
			n.attention--
		}
	}
	return n
}

func (s savedPlan) totals() []payout.Money {
	var out []payout.Money
	for _, t := range s.Totals {
		currency, _ := payout.LookupCurrency(t.Currency)
		if m, err := payout.ParseMoney(t.Sum, currency); err == nil {
			out = append(out, m)
		}
	}
	return out
}

func savedVerdict(f *planfile.Finding) string {
	switch {
	case f.Holds:
		return "✓"
	case f.Blocks || f.Refuses:
		return "✗"
	}
	return "!"
}
