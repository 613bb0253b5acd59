package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
	"payrun/statefile"
)

// maxPlanAhead is how far ahead of the clock a plan's time may lie: duplicates
// are counted back from it.
const maxPlanAhead = 5 * time.Minute

// readSaved reads the plan file that apply was given; nil without one.
func (p *program) readSaved(name string) (*planfile.File, error) {
	if name == "" {
		return nil, nil
	}
	f, err := planfile.Read(p.path(name))
	if err != nil {
		return nil, planError(err, name)
	}
	return f, nil
}

// planError gives a plan file's error its exit code: what was changed after it
// was written is refused, as an old plan is.
func planError(err error, name string) error {
	var changed *planfile.DigestError
	var format *planfile.FormatError
	err = fmt.Errorf("use the plan %s: %w", name, plain(err))
	if errors.As(err, &changed) || errors.As(err, &format) {
		return fail(exitRefused, err, "nothing was sent; a plan file is used as \"payrun plan -out\" wrote it: plan again")
	}
	return fail(exitError, err, "nothing was sent")
}

// guardAge refuses a plan whose time is over, or has not come.
func guardAge(f *planfile.File, now time.Time) error {
	switch {
	case f.Expired(now):
		return fail(exitRefused, fmt.Errorf("apply the plan: it expired at %s", f.ExpiresAt.Format(time.RFC3339)), "nothing was sent; plan again")
	case f.CreatedAt.After(now.Add(maxPlanAhead)):
		return fail(exitRefused, fmt.Errorf("apply the plan: its time, %s, has not come", f.CreatedAt.Format(time.RFC3339)),
			"nothing was sent; duplicates are counted back from the plan's time: plan again with an -at that has come")
	}
	return nil
}

// planned makes the plan to carry out: from the files, or exactly the saved one.
func (a *application) planned() (*planning, error) {
	if a.saved == nil {
		return a.makePlan(a.cfg, a.snap, a.ledger(), a.options)
	}
	if err := guardAge(a.saved, time.Now()); err != nil {
		return nil, err
	}
	if earlier := a.runOf(a.saved.Digest()); earlier != nil {
		return a.continued(earlier)
	}
	made, err := a.makePlan(a.cfg, a.snap, a.ledger(), a.options)
	if err != nil {
		return nil, err
	}
	if made.file.Digest() != a.saved.Digest() {
		return nil, a.stale(made, planfile.Compare(a.saved, made.file))
	}
	return made, nil
}

// runs are the recorded ones, oldest first.
func (a *application) runs() []payout.Run {
	var out []payout.Run
	a.recorder.View(func(l *payout.Ledger) { out = slices.Clone(l.Runs) })
	return out
}

// runOf finds the newest run that recorded a plan, or returns nil.
func (a *application) runOf(digest string) *payout.Run {
	runs := a.runs()
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].Plan == digest {
			return &runs[i]
		}
	}
	return nil
}

// continued goes on with a plan that was recorded before. Nothing is judged
// again: what people agreed to is in the file, which hashes to what the state
// recorded, and only what was never sent of it is sent.
func (a *application) continued(earlier *payout.Run) (*planning, error) {
	runs := a.runs()
	if newest := runs[len(runs)-1]; newest.Plan != earlier.Plan {
		return nil, fail(exitRefused, fmt.Errorf("go on with the plan %s: another one was applied after it, on %s", a.savedAs, newest.OpenedAt.UTC().Format(time.RFC3339)),
			"nothing was sent; plan again")
	}
	ledger := a.ledger()
	made := &planning{cfg: a.cfg, snap: a.snap, plan: diff(a.cfg, ledger, a.options), overrides: a.options.overrides, newer: a.newerStates(a.cfg.StatePath, a.snap)}
	made.newTo = made.plan.NewRecipients(ledger)
	now := planfile.Build(made.plan, a.facts(made, a.options))
	if differ := planfile.CompareSources(a.saved, now); len(differ) > 0 {
		return nil, a.stale(made, differ)
	}
	restrict(made.plan, a.saved, now)
	made.file = a.saved
	return made, nil
}

// restrict leaves of a plan what the saved one sends and was never sent.
func restrict(plan *planner.Plan, saved, now *planfile.File) {
	approved := make(map[string]*planfile.Change, len(saved.Changes))
	for i := range saved.Changes {
		approved[saved.Changes[i].Address] = &saved.Changes[i]
	}
	current := make(map[string]*planfile.Change, len(now.Changes))
	for i := range now.Changes {
		current[now.Changes[i].Address] = &now.Changes[i]
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if !c.Sends() {
			continue
		}
		address := c.Address.String()
		then := approved[address]
		c.Excluded = then == nil || !then.Sends() || !samePayment(then, current[address]) || !untouched(c)
	}
}

// samePayment compares what the gateway would be told.
func samePayment(a, b *planfile.Change) bool {
	return a.OrderID == b.OrderID && a.Attempt == b.Attempt && a.Amount == b.Amount && a.Currency == b.Currency && a.Merchant == b.Merchant &&
		a.Fingerprint == b.Fingerprint && a.UserID == b.UserID && a.Description == b.Description && a.TimeLimit == b.TimeLimit
}

// untouched says that the attempt to send was never on the wire.
func untouched(c *planner.Change) bool {
	attempt := c.Record.Attempt(c.Attempt)
	return attempt == nil || attempt.Status() == payout.NotSent
}

// guardRuns refuses to publish a run beside one that another folder opened: a
// lock is one folder's, and a run that was published may be at work where it
// came from. The plan of that very run is continued; a person who releases the
// lock says that the run is dead.
func (a *application) guardRuns() error {
	forced := slices.ContainsFunc(a.snap.Unproven, func(why string) bool { return strings.HasPrefix(why, statefile.ForcedPrefix) })
	here, _ := os.ReadFile(openedPath(a.path(a.cfg.StatePath))) // without it no run is this folder's
	for _, r := range a.runs() {
		if !r.Open || forced || r.ID == string(here) || r.Plan == a.made.file.Digest() {
			continue
		}
		return fail(exitLocked, fmt.Errorf("apply beside run %s of %s, which began %s and is open in the state", r.ID, r.Who, r.OpenedAt.UTC().Format(time.RFC3339)),
			"nothing was sent; it was not begun in this folder, and may be at work elsewhere: wait for it, then take its state (git pull)",
			"if it is dead: payrun lock -force-release -reason=\"…\", payrun reconcile, and commit the state; then apply again (everything is looked up before anything is sent)")
	}
	return nil
}

// openedPath is the file that names the run that this folder opened last.
func openedPath(state string) string { return strings.TrimSuffix(memoryPath(state), "sent") + "run" }

// closeDead closes the runs that ended without doing it: this one holds the
// lock, so that none of them goes on, and what they did stands in the state.
func (a *application) closeDead() error {
	now := time.Now()
	for _, r := range a.runs() {
		if !r.Open {
			continue
		}
		r.Open, r.ClosedAt = false, now
		if err := a.recorder.Note(&payout.Note{At: now, Run: &r}); err != nil {
			return a.unrecorded(err)
		}
	}
	return nil
}
