package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/planner/policy"
	"payrun/statefile"
)

func lockCommand() command {
	return command{
		name: "lock", summary: "says who holds the lock of the state",
		about: "One program at a time may pay from a state: the lock keeps all others out. It goes with\n" +
			"the program that holds it, so a crash never leaves it locked; there is nothing to unlock.\n" +
			"-force-release only clears the name that a dead holder left in the lock file. It is\n" +
			"refused while the lock is held, and the next apply then looks every payout up at the\n" +
			"gateway before it sends anything.",
		flags: configFlags(
			flag("force-release", "clear what a dead holder left; needs -reason"),
			text("reason", "TEXT", "why the lock is released, recorded with the state: `TEXT` of 10 characters or more"),
		),
		run: (*program).holder,
	}
}

func (p *program) holder(c *cli.Command) error {
	force, reason := c.Bool("force-release"), givenReason(c)
	switch {
	case force && len([]rune(reason)) < policy.MinReason:
		return usage("-force-release needs -reason=\"…\" of at least %d characters: it is recorded with the state", policy.MinReason)
	case !force && reason != "":
		return usage("-reason belongs to -force-release")
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	holder, held, err := p.store(cfg).Holder()
	if err != nil {
		return stateError(err, stateName(cfg))
	}
	if !force {
		return p.showLock(cfg, holder, held)
	}
	if !held && holder == (statefile.LockInfo{}) && !p.openRun(cfg) {
		return p.released(cfg, holder, false)
	}
	left, err := statefile.ForceRelease(p.path(cfg.StatePath), reason)
	if err != nil {
		return stateError(err, stateName(cfg))
	}
	return p.released(cfg, left, true)
}

// openRun says whether the state names a run that has not ended, here or
// elsewhere.
func (p *program) openRun(cfg *hclconfig.Config) bool {
	snap, err := p.store(cfg).Load(p.admit)
	return err == nil && slices.ContainsFunc(snap.Ledger.Runs, func(r payout.Run) bool { return r.Open })
}

// holderObject is the holder of a lock, or null where nobody has put a name.
func holderObject(info statefile.LockInfo) any {
	if info == (statefile.LockInfo{}) {
		return nil
	}
	return map[string]any{
		"who": info.Who, "host": info.Host, "pid": info.PID, "command": info.Command, "since": info.Since.UTC().Format(time.RFC3339),
	}
}

func (p *program) showLock(cfg *hclconfig.Config, holder statefile.LockInfo, held bool) error {
	if p.json {
		p.printJSON(map[string]any{"type": "lock", "state": stateName(cfg), "held": held, "holder": holderObject(holder)})
		return nil
	}
	var text string
	switch {
	case held:
		text = fmt.Sprintf("%s is locked by %s.\nWait for it to end (-lock-timeout=5m makes a command wait), or stop that program: the lock goes with it.", stateName(cfg), holder)
	case holder != (statefile.LockInfo{}):
		text = fmt.Sprintf("Nobody holds the lock of %s.\nIts last holder ended without giving it back: %s.\nThis stops nobody; the next command that needs the lock takes it and settles what was left.", stateName(cfg), holder)
	default:
		text = fmt.Sprintf("Nobody holds the lock of %s.", stateName(cfg))
	}
	return p.lines(text)
}

// released says what a forced release did.
func (p *program) released(cfg *hclconfig.Config, left statefile.LockInfo, done bool) error {
	if p.json {
		p.printJSON(map[string]any{"type": "lock_released", "state": stateName(cfg), "released": done, "holder": holderObject(left)})
		return nil
	}
	if !done {
		return p.lines(fmt.Sprintf("Nobody holds the lock of %s and no dead holder left anything: nothing was changed.", stateName(cfg)))
	}
	if left == (statefile.LockInfo{}) {
		return p.lines(fmt.Sprintf("The runs that are open in %s count as dead now.\nThe state is not proven: the next apply looks every payout up at the gateway before it sends anything.", stateName(cfg)))
	}
	return p.lines(fmt.Sprintf("Cleared what %s left in the lock of %s.\nThe state is not proven now: the next apply looks every payout up at the gateway before it sends anything.", left, stateName(cfg)))
}

// lines prints lines for people.
func (p *program) lines(text string) error {
	for line := range strings.Lines(text) {
		if _, err := fmt.Fprintln(p.stdout, view.SafeText(strings.TrimSuffix(line, "\n"))); err != nil {
			return err
		}
	}
	return nil
}
