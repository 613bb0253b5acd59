package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/planner/payout"
)

func stateCommand() command {
	return command{
		name: "state", summary: "reads and repairs the state",
		sub: []command{
			{
				name: "list", summary: "lists the recorded payouts",
				flags: configFlags(
					list("status", "STATUS", "only those in `STATUS`; may be repeated"),
					text("batch", "BATCH", "only those of `BATCH`"),
					text("period", "PERIOD", "only those of `PERIOD`"),
					text("since", "TIME", "only those with news since `TIME`: a date, a time, or how long ago, such as 7d"),
				),
				run: (*program).stateList,
			},
			{
				name: "show", args: "ADDRESS", min: 1, max: 1, summary: "shows one recorded payout with all its evidence",
				flags: configFlags(),
				run:   (*program).stateShow,
			},
			stateDiffCommand(), stateMergeCommand(), stateVerifyCommand(), stateForgetCommand(), stateArchiveCommand(), statePullCommand(), statePushCommand(),
		},
	}
}

func (p *program) stateList(c *cli.Command) error {
	var wanted []payout.Status
	for _, word := range c.StringSlice("status") {
		status, err := payout.ParseStatus(word)
		if err != nil {
			return unknownStatus(word)
		}
		wanted = append(wanted, status)
	}
	since, err := readSince(c.String("since"), time.Now())
	if err != nil {
		return err
	}
	path, zones, err := p.stateToRead(c, "")
	if err != nil {
		return err
	}
	snap, err := p.loadState(path)
	if err != nil {
		return err
	}
	records := recordsOf(snap.Ledger, func(r *payout.Record) bool {
		return (len(wanted) == 0 || slices.Contains(wanted, r.Status())) &&
			(!c.IsSet("batch") || c.String("batch") == r.Address.Batch) &&
			(!c.IsSet("period") || c.String("period") == r.Address.Period) && newsSince(r, since)
	})
	if p.json {
		return view.WriteJSON(p.stdout, view.StateListJSON(records))
	}
	view.StateList(p.stdout, records, zones)
	return nil
}

// newsSince says whether anything became known of a payout since a moment.
func newsSince(r *payout.Record, since time.Time) bool {
	return slices.ContainsFunc(r.Attempts, func(a payout.Attempt) bool { return !a.Last().At.Before(since) })
}

// unknownStatus names the statuses there are.
func unknownStatus(word string) error {
	var known []string
	for _, s := range payout.Statuses() {
		known = append(known, string(s))
	}
	if near := nearest(word, known); near != "" {
		return usage("-status=%s: there is no such status; did you mean %s?", word, near)
	}
	return usage("-status=%s: there is no such status; known are %s", word, strings.Join(known, ", "))
}

func (p *program) stateShow(c *cli.Command) error {
	address, err := payout.ParseAddress(c.Args().First())
	if err != nil {
		return fail(exitError, err)
	}
	path, zones, err := p.stateToRead(c, "")
	if err != nil {
		return err
	}
	snap, err := p.loadState(path)
	if err != nil {
		return err
	}
	record := snap.Ledger.Record(address)
	if record == nil {
		return p.unknownAddress(snap.Ledger, address)
	}
	if p.json {
		return view.WriteJSON(p.stdout, view.StateShowJSON(record))
	}
	view.StateShow(p.stdout, record, zones)
	return nil
}

func (p *program) unknownAddress(l *payout.Ledger, address payout.Address) error {
	var names []string
	for _, r := range l.All() {
		names = append(names, r.Address.String())
	}
	hints := []string{"\"payrun state list\" lists what is recorded"}
	if near := nearest(address.String(), names); near != "" {
		hints = []string{"did you mean " + near + "?"}
	}
	return fail(exitError, fmt.Errorf("show %s: no such payout is recorded", address), hints...)
}
