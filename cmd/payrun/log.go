package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/planner/payout"
)

func logCommand() command {
	return command{
		name: "log", summary: "says who paid what, when, and on whose approval",
		flags: configFlags(text("since", "TIME", "only runs since `TIME`: a date, a time, or a duration such as 7d or 12h")),
		run:   (*program).log,
	}
}

func (p *program) log(c *cli.Command) error {
	since, err := readSince(c.String("since"), time.Now())
	if err != nil {
		return err
	}
	path, _, err := p.stateToRead(c, "")
	if err != nil {
		return err
	}
	snap, err := p.loadState(path)
	if err != nil {
		return err
	}
	var runs []view.LoggedRun
	for i := range snap.Ledger.Runs {
		if r := &snap.Ledger.Runs[i]; !r.OpenedAt.Before(since) {
			runs = append(runs, loggedRun(snap.Ledger, i))
		}
	}
	if p.json {
		return view.WriteJSON(p.stdout, view.LogJSON(runs))
	}
	return view.LogText(p.stdout, runs)
}

// readSince reads a point in time: a date, a time, or how long ago.
func readSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 100_000 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago > 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, usage("-since=%s: write a date such as 2026-11-01, a time such as 2026-11-01T09:00:00+05:00, or how long ago: 7d, 12h", text)
}

// loggedRun gathers the payouts whose call left during run i: from its opening
// until the next one opened.
func loggedRun(l *payout.Ledger, i int) view.LoggedRun {
	r := l.Runs[i]
	out := view.LoggedRun{Run: r}
	until := time.Time{}
	if i+1 < len(l.Runs) {
		until = l.Runs[i+1].OpenedAt
	}
	sums := make(map[string]*view.StatusSum)
	for _, record := range l.All() {
		for n := range record.Attempts {
			a := &record.Attempts[n]
			if a.Events[0].Source != payout.SourceIntent || a.BegunAt().Before(r.OpenedAt) || !until.IsZero() && !a.BegunAt().Before(until) {
				continue
			}
			stake := record.TermsOf(a).Amount
			key := fmt.Sprint(record.Address.Batch, "\x00", record.Address.Period, "\x00", a.Status(), "\x00", stake.Currency.Code)
			s := sums[key]
			if s == nil {
				s = &view.StatusSum{Batch: record.Address.Batch, Period: record.Address.Period, Status: a.Status(), Sum: payout.Money{Currency: stake.Currency}}
				sums[key] = s
				out.Sums = append(out.Sums, s)
			}
			s.Count++
			s.Sum.Minor += stake.Minor
		}
	}
	return out
}
