package view

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// planText draws one plan for a terminal.
type planText struct {
	*Plan
	paint
	w *bufio.Writer
}

// PlanText draws a plan: totals first, then what needs a look, what the rules
// say, and the Plan line with the digest last.
func PlanText(w io.Writer, p *Plan, color bool) {
	t := &planText{Plan: p, paint: paint(color), w: bufio.NewWriter(w)}
	defer t.w.Flush()
	if !p.Plan.Quiet() {
		t.header()
		t.batches()
		t.changes()
	}
	t.notes()
	t.findings()
	t.end()
}

func (t *planText) line(format string, args ...any) { fmt.Fprintf(t.w, format+"\n", args...) }

func (t *planText) header() {
	t.line("payrun plan · %s", strings.Join(t.about(), " · "))
	if merchants := t.Plan.Plan.Merchants; len(merchants) > 1 {
		for _, m := range merchants {
			t.line("  merchant %s (%d) · %s · times %s", m.Name, m.ID, m.Environment, t.offset(m))
		}
	}
	t.line("")
}

// about are the parts of the header line.
func (p *Plan) about() []string {
	var parts []string
	if len(p.Plan.Merchants) == 1 {
		m := p.Plan.Merchants[0]
		parts = append(parts, string(m.Environment), fmt.Sprintf("merchant %s (%d)", m.Name, m.ID))
	}
	if p.StatePath != "" {
		state := "state " + SafeText(p.StatePath) + " (new)"
		if p.StateExists {
			state = fmt.Sprintf("state %s serial %d", SafeText(p.StatePath), p.Serial)
		}
		parts = append(parts, state)
	}
	if len(p.Plan.Merchants) == 1 {
		parts = append(parts, "times "+p.offset(p.Plan.Merchants[0]))
	}
	return parts
}

// offset is that of the merchant's zone at the plan's time: "+05:00".
func (p *Plan) offset(m *planner.Merchant) string {
	return p.Plan.At.In(m.Zone).Format("-07:00")
}

// batches draws one table a currency, so that each names it once.
func (t *planText) batches() {
	for _, c := range currencies(t.Plan.Plan.Batches) {
		g := grid{indent: "  ", right: []bool{false, true, true, true, true, true}}
		g.add("batch", "to pay", "amount ("+c.Code+")", "paid before", "open", "largest")
		for i := range t.Plan.Plan.Batches {
			if s := &t.Plan.Plan.Batches[i]; s.Batch.Merchant.Currency == c {
				g.add(t.batchCells(s)...)
			}
		}
		g.write(t.w)
		t.line("")
	}
}

func currencies(batches []planner.Summary) []payout.Currency {
	var sums payout.Sums
	for i := range batches {
		// Of zeros no sum can overflow.
		_ = sums.Add(payout.Money{Currency: batches[i].Batch.Merchant.Currency})
	}
	var out []payout.Currency
	for _, m := range sums.All() {
		out = append(out, m.Currency)
	}
	return out
}

func (t *planText) batchCells(s *planner.Summary) []string {
	cells := []string{
		SafeText(s.Batch.Name + " " + s.Batch.Period), fmt.Sprint(s.ToPay.Count), s.ToPay.Sum.Grouped(),
		fmt.Sprint(s.PaidBefore), fmt.Sprint(s.Open),
	}
	if s.Largest != nil {
		cells = append(cells, s.Largest.Amount.Grouped(), SafeText(payoutWord(s.Largest.Address))+t.label(s.Largest))
	}
	return cells
}

// changes lists what is to be paid, in short where it is much, and everything
// that is not as it should be.
func (t *planText) changes() {
	sel := t.selected()
	g := grid{indent: "  ", right: []bool{false, true}}
	for _, c := range sel.changes {
		note := sel.notes[c]
		if c.Reason != "" {
			note = strings.TrimPrefix(note+"; "+t.why(c), "; ")
		}
		g.add(t.symbol(c.Action.Symbol())+" "+t.name(c), t.amount(c), destination(c), note)
	}
	g.write(t.w)
	if sel.rest > 0 {
		t.line("    … and %d more; the whole list: %s", sel.rest, fullList)
	}
	if len(sel.changes) > 0 {
		t.line("")
	}
	t.others()
}

// amount names the currency only where the tables above name several.
func (t *planText) amount(c *planner.Change) string {
	if len(currencies(t.Plan.Plan.Batches)) == 1 {
		return c.Amount().Grouped()
	}
	return c.Amount().String()
}

// others lists the changes that send nothing, most serious first.
func (t *planText) others() {
	g := grid{indent: "  "}
	t.conflicts(&g)
	for _, action := range []planner.Action{planner.ActionAttention, planner.ActionCheck, planner.ActionWait, planner.ActionImport, planner.ActionLeft} {
		n := 0
		for i := range t.Plan.Plan.Changes {
			c := &t.Plan.Plan.Changes[i]
			if c.Action != action || c.Excluded {
				continue
			}
			if n++; n <= maxListed {
				g.add(t.symbol(action.Symbol())+" "+t.name(c), t.why(c))
			}
		}
		if n > maxListed {
			g.add(fmt.Sprintf("  … and %d more; the whole list: %s", n-maxListed, fullList))
		}
	}
	g.write(t.w)
	if len(g.rows) > 0 {
		t.line("")
	}
}

// conflicts lists what contradicts the records, one line for all that do so in
// the same words.
func (t *planText) conflicts(g *grid) {
	alike := t.Plan.Plan.ConflictsAlike()
	for _, a := range alike[:min(maxListed, len(alike))] {
		g.add(t.symbol(planner.ActionConflict.Symbol())+" "+t.name(a.First)+a.Others(), t.why(a.First))
	}
	if more := len(alike) - maxListed; more > 0 {
		g.add(fmt.Sprintf("  … and %d more; the whole list: %s", more, fullList))
	}
}

// notes are lines about the plan as a whole.
func (t *planText) notes() {
	for _, s := range t.Plan.notes() {
		t.line("  %s %s", t.symbol(s.symbol), s.text)
	}
}

// note is a line about the plan as a whole.
type note struct{ symbol, text string }

func (p *Plan) notes() []note {
	var out []note
	if p.LockedBy != "" {
		out = append(out, note{"!", "the lock is held by " + SafeText(p.LockedBy) + "; shown is the state as last saved"})
	}
	// Where nothing is to be paid it does not matter yet.
	for _, why := range p.Unproven {
		if p.Plan.Quiet() {
			break
		}
		if p.StateExists && why == "the state is new" {
			why = "not everything was looked up since it began"
		}
		out = append(out, note{"!", "the state is not proven (" + SafeText(why) + "): every payout is looked up before the first send"})
	}
	for _, warning := range p.Warnings {
		out = append(out, note{"!", SafeText(warning)})
	}
	for i := range p.Plan.Batches {
		if b := p.Plan.Batches[i].Batch; b.Skipped > 0 {
			out = append(out, note{"·", fmt.Sprintf("%s %s: %s skipped by when", SafeText(b.Name), SafeText(b.Period), plural(b.Skipped, "row"))})
		}
	}
	if p.Plan.History > 0 && !p.Plan.Quiet() {
		out = append(out, note{"·", plural(p.Plan.History, "payout") + " of other batches and periods: settled, not declared any more"})
	}
	out = append(out, p.renames()...)
	out = append(out, p.sharedCards()...)
	if len(p.NewRecipients) > 0 {
		out = append(out, note{"*", p.newRecipientWords()})
	}
	return out
}

// findings draws what the rules say, what holds first; of a plan that does
// nothing only what does not hold.
func (t *planText) findings() {
	var holds, broken []policy.Finding
	for _, f := range t.Findings {
		if f.OK {
			holds = append(holds, f)
		} else {
			broken = append(broken, f)
		}
	}
	if t.Plan.Plan.Quiet() {
		holds = nil
	}
	t.some(holds)
	t.some(broken)
}

func (t *planText) some(findings []policy.Finding) {
	for _, f := range findings[:min(maxListed, len(findings))] {
		t.line("  %s %s", t.symbol(verdict(&f)), SafeText(f.Text))
		switch {
		case f.OK:
		case f.Lifted != "":
			t.line("      lifted: %s", SafeText(f.Lifted))
		case f.Cure != "":
			for step := range strings.SplitSeq(f.Cure, "; ") { // each way out on a line of its own
				t.line("      %s", SafeText(step))
			}
		}
	}
	if more := len(findings) - maxListed; more > 0 {
		t.line("    … and %d more; -json shows all", more)
	}
}

// verdict is ✓ for what holds, ✗ for what makes apply refuse, ! for the rest.
func verdict(f *policy.Finding) string {
	switch {
	case f.OK:
		return "✓"
	case f.Blocks || f.Refuses:
		return "✗"
	}
	return "!"
}

func (t *planText) end() {
	if words := t.RateWords(); len(words) > 0 {
		t.line("")
		for _, s := range words {
			t.line("  %s", s)
		}
	}
	quiet := t.Plan.Plan.Quiet()
	if len(t.Next) > 0 {
		t.line("\nNext:")
		for _, next := range t.Next {
			t.line("  %s", SafeText(next))
		}
	}
	if !quiet {
		t.line("")
	}
	t.line("%s", t.bold(t.planLine()))
	if t.Digest != "" && !quiet {
		t.line("Digest: %s", wholeDigest(t.Digest))
	}
}

func wholeDigest(d string) string { return "sha256:" + strings.TrimPrefix(SafeText(d), "sha256:") }
