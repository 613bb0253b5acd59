package policy

import (
	"fmt"
	"strings"

	"payrun/planner"
	"payrun/planner/payout"
)

// expectCure stands under every broken control total.
const expectCure = "compare the files with the sheet that the totals were typed from; no -override lifts an expectation"

// expectations judges the expect blocks by what the batches declare, and the
// options by what the plan sends.
func (j *judge) expectations() {
	for i := range j.in.Plan.Batches {
		if s := &j.in.Plan.Batches[i]; s.Batch.Expect != nil {
			j.expect(s)
		}
	}
	j.expectCount()
	j.expectTotals()
}

func (j *judge) expect(s *planner.Summary) {
	e := s.Batch.Expect
	var holds, broken []string
	if e.HasCount {
		holds = append(holds, plural(e.Count, "payout"))
		broken = append(broken, countGap(e.Count, s.Declared.Count, "declared")...)
	}
	if e.HasTotal {
		holds = append(holds, e.Total.String())
		broken = append(broken, moneyGap(e.Total, s.Declared.Sum, "declared")...)
	}
	if len(holds) == 0 {
		return
	}
	j.expectation("expect "+j.batchWord(s.Batch), s.Batch.Name, holds, broken)
	j.findings[len(j.findings)-1].Position = e.Position
}

func (j *judge) expectation(what, name string, holds, broken []string) {
	f := Finding{Kind: KindExpectation, Name: name, OK: len(broken) == 0, Hard: true}
	if f.OK {
		f.Text = what + ": " + strings.Join(holds, ", ")
	} else {
		f.Text, f.Cure = what+": "+strings.Join(broken, "; "), expectCure
		f.Blocks, f.Refuses = true, true
	}
	j.add(f)
}

func (j *judge) expectCount() {
	if j.in.ExpectCount == nil {
		return
	}
	want := *j.in.ExpectCount
	j.expectation("-expect-count", "-expect-count", []string{plural(want, "payout") + " to pay"}, countGap(want, len(j.sending), "to pay"))
}

// expectTotals also refuses a currency that nobody expected: a control total
// that looks at one currency alone would let any sum of another pass.
func (j *judge) expectTotals() {
	if len(j.in.ExpectTotals) == 0 {
		return
	}
	sent := make(map[payout.Currency]payout.Money)
	for _, m := range j.in.Plan.Totals() {
		sent[m.Currency] = m
	}
	expected := make(map[payout.Currency]bool)
	for _, want := range j.in.ExpectTotals {
		expected[want.Currency] = true
		have := payout.Money{Minor: sent[want.Currency].Minor, Currency: want.Currency}
		j.expectation("-expect-total", "-expect-total", []string{want.String() + " to pay"}, moneyGap(want, have, "to pay"))
	}
	for _, m := range j.in.Plan.Totals() {
		if !expected[m.Currency] {
			j.expectation("-expect-total", "-expect-total", nil, []string{"no " + m.Currency.Code + " expected, to pay " + m.String()})
		}
	}
}

// countGap says how a count differs from the expected one, or returns nothing.
func countGap(want, have int, verb string) []string {
	switch {
	case have < want:
		return []string{fmt.Sprintf("expected %s, %s %d (%d fewer)", plural(want, "payout"), verb, have, want-have)}
	case have > want:
		return []string{fmt.Sprintf("expected %s, %s %d (%d more)", plural(want, "payout"), verb, have, have-want)}
	}
	return nil
}

// moneyGap says how a sum differs from the expected one, or returns nothing.
func moneyGap(want, have payout.Money, verb string) []string {
	if want == have {
		return nil
	}
	if want.Currency != have.Currency {
		return []string{fmt.Sprintf("expected %s, %s %s (another currency)", want, verb, have)}
	}
	gap := payout.Money{Minor: have.Minor - want.Minor, Currency: want.Currency}
	word := "more"
	if gap.Minor < 0 {
		gap.Minor, word = -gap.Minor, "less"
	}
	return []string{fmt.Sprintf("expected %s, %s %s (%s %s)", want, verb, have, gap.Grouped(), word)}
}

// checks turns evaluated check blocks into findings.
func (j *judge) checks() {
	for _, c := range j.in.Checks {
		f := Finding{Kind: KindCheck, Name: c.Name, OK: c.OK && c.Known, Position: c.Position}
		switch {
		case !c.Known:
			f.Text = fmt.Sprintf("check %s: not judged, a value of it is unknown", c.Name)
		case c.OK:
			f.Text = "check " + c.Name
		default:
			// A heredoc may hold line ends; a finding is one line.
			f.Text = fmt.Sprintf("check %s: %s", c.Name, strings.Join(strings.Fields(c.Message), " "))
		}
		if !f.OK {
			f.Blocks, f.Hard = !c.Warn, true
			f.Cure = "mend what the check looks at, or the check: no -override lifts it"
			if c.Warn {
				f.Cure = "mend what the check looks at, or the check; it is a warning, and apply goes on"
			}
		}
		j.add(f)
	}
}
