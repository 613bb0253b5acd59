package view

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"payrun/planner/payout"
)

// LoggedRun is one run and what became of the payouts it sent.
type LoggedRun struct {
	Run  payout.Run
	Sums []*StatusSum // by batch, period, status and currency
}

// LogText draws runs, oldest first. The error is that of the writer.
func LogText(w io.Writer, runs []LoggedRun) error {
	b := bufio.NewWriter(w)
	if len(runs) == 0 {
		fmt.Fprintln(b, "No runs.")
	}
	for i := range runs {
		if i > 0 {
			fmt.Fprintln(b)
		}
		fmt.Fprintf(b, "%s\n", runs[i].Run.OpenedAt.UTC().Format(time.RFC3339))
		for _, words := range runWords(&runs[i].Run) {
			fmt.Fprintf(b, "  %s\n", words)
		}
		g := grid{indent: "    ", right: []bool{false, false, true, true}}
		for _, s := range runs[i].Sums {
			g.add(SafeText(s.Batch)+" "+SafeText(s.Period), statusWords(s.Status), plural(s.Count, "payout"), s.Sum.String())
		}
		g.write(b)
		if len(runs[i].Sums) == 0 {
			fmt.Fprintln(b, "    nothing was sent")
		}
	}
	return b.Flush()
}

// LogJSON is {format_version, runs: [{id, opened_at, closed_at, open, who,
// commit, plan, approvals, overrides, totals}]}. Money is a string.
func LogJSON(runs []LoggedRun) any {
	list := []object{}
	for i := range runs {
		r := &runs[i].Run
		totals, overrides := []object{}, []object{}
		for _, s := range runs[i].Sums {
			totals = append(totals, object{{"batch", SafeText(s.Batch)}, {"period", SafeText(s.Period)}, {"status", string(s.Status)}, {"count", s.Count},
				{"sum", s.Sum.Decimal()}, {"currency", s.Sum.Currency.Code}})
		}
		for _, o := range r.Overrides {
			overrides = append(overrides, object{{"name", SafeText(o.Name)}, {"reason", SafeText(o.Reason)}})
		}
		list = append(list, object{
			{"id", SafeText(r.ID)}, {"opened_at", instant(r.OpenedAt)}, {"closed_at", instant(r.ClosedAt)}, {"open", r.Open}, {"who", SafeText(r.Who)},
			{"commit", SafeText(r.Commit)}, {"plan", SafeText(r.Plan)}, {"approvals", safeList(r.Approvals)}, {"overrides", overrides}, {"totals", totals},
		})
	}
	return object{{"format_version", StateFormatVersion}, {"runs", list}}
}
