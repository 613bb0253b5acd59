package view

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

// SavedPlanCSV writes every change of a plan file, one row each, with the
// header row of PlanCSV without labels. The error is that of the writer.
func SavedPlanCSV(w io.Writer, f *planfile.File) error {
	out := csv.NewWriter(w)
	// A csv.Writer keeps its first error.
	_ = out.Write(without(planColumns, "label"))
	for i := range f.Changes {
		c := &f.Changes[i]
		a, _ := payout.ParseAddress(c.Address) // the decoder refuses what is none
		row := []string{c.Action, c.Address, a.Batch, a.Period, a.Name, a.Key, c.Amount, c.Currency, c.Destination,
			c.UserID, c.Merchant, c.OrderID, fmt.Sprint(c.Attempt), c.Status, fmt.Sprint(c.Excluded), c.Reason}
		for k := range row {
			row[k] = csvCell(row[k])
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// SavedPlanMarkdown writes a plan file as PlanMarkdown writes a plan: one
// comment, under its bound. The error is that of the writer.
func SavedPlanMarkdown(w io.Writer, f *planfile.File, now time.Time) error {
	s := savedPlan{f, now}
	m := &markdown{}
	m.line("**%s**\n\nDigest: `%s`\n", s.planLine(), digestOnly(f.Digest()))
	m.share(shareBatches)
	s.markdownBatches(m)
	if flagged := s.flagged(); len(flagged) > 0 {
		m.line("**To look at first**\n")
		m.share(shareFirst)
		m.bullets(flagged)
	}
	m.share(shareFacts)
	lines := s.about()
	for i := range f.Merchants {
		lines = append(lines, merchantLine(&f.Merchants[i]))
	}
	lines = append(lines, s.notes()...)
	for i := range lines {
		lines[i] = markdownCell(lines[i])
	}
	m.bullets(lines)
	m.bound = maxMarkdown - markdownTail - shareRest
	s.folded(m, "Payouts to make", (*planfile.Change).Sends)
	m.bound = 0
	s.folded(m, "Not paid by this plan", func(c *planfile.Change) bool { return !c.Sends() })
	_, err := io.WriteString(w, m.b.String())
	return err
}

// flagged are the rules that did not hold and the payouts that a person has to
// look at.
func (s savedPlan) flagged() []string {
	var lines []string
	for i := range s.Findings {
		if one := &s.Findings[i]; !one.Holds {
			lines = append(lines, savedVerdict(one)+" "+markdownCell(one.Text))
		}
	}
	for _, action := range []planner.Action{planner.ActionConflict, planner.ActionAttention} {
		for i := range s.Changes {
			if c := &s.Changes[i]; c.Action == string(action) && !c.Excluded {
				lines = append(lines, action.Symbol()+" "+markdownCell(c.Address)+" "+markdownCell(grouped(c.Amount, c.Currency))+" "+markdownCell(c.Reason))
			}
		}
	}
	return lines
}

func (s savedPlan) markdownBatches(m *markdown) {
	m.line("| batch | to pay | amount | paid before | open |\n|---|--:|--:|--:|--:|")
	for i := range s.Batches {
		b := &s.Batches[i]
		row := fmt.Sprintf("| %s | %d | %s | %d | %d |", markdownCell(b.Name+" "+b.Period), b.ToPay.Count, markdownCell(grouped(b.ToPay.Sum, b.Currency)), b.PaidBefore, b.Open)
		if i == maxMarkdownLines || !m.add("%s", row) {
			m.line("\n… and %s", plural(len(s.Batches)-i, "more batch line"))
			break
		}
	}
	m.line("")
}

func (s savedPlan) folded(m *markdown, title string, wanted func(*planfile.Change) bool) {
	var changes []*planfile.Change
	for i := range s.Changes {
		if wanted(&s.Changes[i]) {
			changes = append(changes, &s.Changes[i])
		}
	}
	if len(changes) == 0 {
		return
	}
	m.line("<details><summary>%s (%d)</summary>\n\n| | address | amount | destination | |\n|---|---|--:|---|---|", title, len(changes))
	for i, c := range changes {
		row := fmt.Sprintf("| %s | %s | %s | %s | %s |", planner.Action(c.Action).Symbol(), markdownCell(c.Address), markdownCell(grouped(c.Amount, c.Currency)), markdownCell(c.Destination), markdownCell(s.remark(c)))
		if !m.add("%s", row) {
			m.line("\n%d of %d shown; the whole list: `payrun show PLAN -format=csv`, or `-json`", i, len(changes))
			break
		}
	}
	m.line("\n</details>\n")
}
