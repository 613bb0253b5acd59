package view

import (
	"fmt"
	"io"
	"strings"
)

// StateDiffJSON is {format_version, old, new, runs, totals, changes, open,
// problems, legal}. Money is a string.
func StateDiffJSON(d *StateDiff) any {
	state := func(m StateMeta) object {
		return object{{"path", SafeText(m.Path)}, {"exists", m.Exists}, {"lineage", m.Lineage}, {"serial", fmt.Sprint(m.Serial)}, {"digest", m.Digest}}
	}
	totals, changes, open, runs := []object{}, []object{}, []object{}, []object{}
	for _, l := range d.lines() {
		totals = append(totals, object{{"batch", SafeText(l.batch)}, {"period", SafeText(l.period)}, {"what", l.what}, {"count", l.count},
			{"sum", l.sum.Decimal()}, {"currency", l.sum.Currency.Code}})
	}
	for i := range d.Comparison.Changes {
		c := &d.Comparison.Changes[i]
		stake, a := c.Record.Stake(), telling(c.Record)
		changes = append(changes, object{
			{"address", SafeText(c.Address.String())}, {"what", happened(c)}, {"from", string(c.From)}, {"to", string(c.To)},
			{"amount", stake.Decimal()}, {"currency", stake.Currency.Code}, {"destination", SafeText(c.Record.Destination)},
			{"order_id", SafeText(a.OrderID)}, {"payment_id", SafeText(a.PaymentID)}, {"why", SafeText(why(c))},
		})
	}
	for _, o := range d.Open {
		open = append(open, object{{"status", string(o.Status)}, {"count", o.Count}, {"sum", o.Sum.Decimal()}, {"currency", o.Sum.Currency.Code}, {"next", nextFor(o.Status)}})
	}
	for i := range d.Runs {
		r := &d.Runs[i]
		runs = append(runs, object{{"id", SafeText(r.ID)}, {"open", r.Open}, {"who", SafeText(r.Who)}, {"commit", SafeText(r.Commit)}, {"plan", SafeText(r.Plan)},
			{"approvals", safeList(r.Approvals)}})
	}
	return object{
		{"format_version", StateFormatVersion}, {"old", state(d.Old)}, {"new", state(d.New)}, {"runs", runs}, {"totals", totals}, {"changes", changes},
		{"open", open}, {"new_recipients", d.NewTo}, {"problems", safeList(d.Comparison.Problems)}, {"legal", len(d.Comparison.Problems) == 0},
	}
}

// StateDiffMarkdown writes a comparison as one comment. No text of a file can
// break out of its cell. The error is that of the writer.
func StateDiffMarkdown(w io.Writer, d *StateDiff) error {
	m := &markdown{}
	m.line("**%s**", markdownCell(d.title()))
	m.line("")
	m.line("%s", markdownCell(d.accounts()))
	m.line("")
	for i := range d.Runs {
		m.add("- %s", markdownCell(strings.Join(runWords(&d.Runs[i]), " · ")))
	}
	m.line("")
	m.happenings(d)
	for _, text := range d.Comparison.Problems {
		m.add("- ✗ %s", markdownCell(text))
	}
	for _, text := range d.closing() {
		m.add("- %s", markdownCell(text))
	}
	m.line("")
	if len(d.Comparison.Changes) > 0 {
		m.changes(d)
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}

// happenings are the sums by batch and what happened.
func (m *markdown) happenings(d *StateDiff) {
	lines := d.lines()
	if len(lines) == 0 {
		m.line("Nothing happened to any payout.\n")
		return
	}
	m.add("| batch | what happened | payouts | amount |")
	m.add("|---|---|--:|--:|")
	for _, l := range lines {
		m.add("| %s | %s | %d | %s |", markdownCell(l.batch+" "+l.period), l.what, l.count, l.sum)
	}
	for _, l := range d.sums() {
		m.add("| in all | %s | %d | %s |", l.what, l.count, l.sum)
	}
	m.line("")
}

// changes folds the payouts away, as many as fit.
func (m *markdown) changes(d *StateDiff) {
	m.line("<details><summary>%s</summary>", plural(len(d.Comparison.Changes), "payout"))
	m.line("")
	m.line("| payout | amount | to | what happened | why |")
	m.line("|---|--:|---|---|---|")
	for i := range d.Comparison.Changes {
		c := &d.Comparison.Changes[i]
		if !m.add("| %s | %s | %s | %s | %s |", markdownCell(c.Address.String()), c.Record.Stake(), markdownCell(c.Record.Destination), happened(c), markdownCell(why(c))) {
			m.line("| … and %d more | | | | |", len(d.Comparison.Changes)-i)
			break
		}
	}
	m.line("")
	m.line("</details>")
}
