package main

import (
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/statefile"
)

func showCommand() command {
	return command{
		name: "show", summary: "shows a plan file or the state, offline", args: "[FILE]", max: 1,
		about: "Without an argument shows the state of the configuration; with one, a plan file or a state file.",
		flags: configFlags(text("format", "text|markdown|csv", "print a plan file as `text|markdown|csv`"), flag("payouts", "list the payouts of a state as well")),
		run:   (*program).show,
	}
}

func (p *program) show(c *cli.Command) error {
	if err := p.checkFormat(c); err != nil {
		return err
	}
	name := c.Args().First()
	if name != "" && p.isPlan(name) {
		return p.showPlan(c, name)
	}
	if c.IsSet("format") {
		return usage("-format belongs to a plan file: payrun show PLAN -format=%s", c.String("format"))
	}
	path, zones, err := p.stateToRead(c, c.Args().First())
	if err != nil {
		return err
	}
	snap, err := p.loadState(path)
	if err != nil {
		return err
	}
	if p.json {
		document, err := view.StateOverviewJSON(snap.Ledger, meta(path, snap))
		if err != nil {
			return fail(exitError, err)
		}
		return view.WriteJSON(p.stdout, document)
	}
	if err := view.StateOverview(p.stdout, snap.Ledger, meta(path, snap)); err != nil {
		return err
	}
	if c.Bool("payouts") {
		fmt.Fprintln(p.stdout)
		view.StateList(p.stdout, snap.Ledger.All(), zones)
	}
	return nil
}

// loadState loads a state that must be there.
func (p *program) loadState(path string) (*statefile.Snapshot, error) {
	store := &statefile.Local{Path: p.path(path), Version: version}
	snap, err := store.Load(p.admit)
	if err != nil {
		return nil, stateError(err, path)
	}
	if !snap.Exists && snap.Ledger.Len() == 0 {
		return nil, fail(exitError, fmt.Errorf("read the state: there is none at %s", path), "\"payrun apply\" writes it with the first payment")
	}
	return snap, nil
}

// stateToRead is the state file a reading command works on: a given file, or
// that of the configuration. Zones are known with a configuration alone.
func (p *program) stateToRead(c *cli.Command, given string) (string, view.Zones, error) {
	utc := func(string) *time.Location { return time.UTC }
	if given != "" {
		if _, err := os.Stat(p.path(given)); err != nil {
			return "", nil, fail(exitError, fmt.Errorf("read the state %s: %w", given, plain(err)))
		}
		return given, utc, nil
	}
	cfg, err := p.configure(c)
	if err != nil {
		return "", nil, err
	}
	return cfg.StatePath, zonesOf(cfg), nil
}

func zonesOf(cfg *hclconfig.Config) view.Zones {
	return func(merchant string) *time.Location {
		for _, m := range cfg.Merchants {
			if m.Name == merchant {
				return m.Zone
			}
		}
		return time.UTC
	}
}

func meta(path string, snap *statefile.Snapshot) view.StateMeta {
	m := view.StateMeta{
		Path: path, Exists: snap.Exists, Version: snap.PayrunVersion, Lineage: snap.Lineage, Serial: snap.Serial, Digest: snap.Digest, Unproven: snap.Unproven,
	}
	if snap.Holder != nil {
		m.LockedBy = snap.Holder.String()
	}
	return m
}

// recordsOf are the records that the options of state list choose.
func recordsOf(l *payout.Ledger, keep func(*payout.Record) bool) []*payout.Record {
	var out []*payout.Record
	for _, r := range l.All() {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}
