package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// maxNextSteps bounds the payouts that a screen names one by one.
const maxNextSteps = 10

// personSteps are what people have to do about single payouts, each with the
// command to run. Payouts that only wait are not named.
func personSteps(after *planner.Plan, now time.Time) []string {
	steps, more := conflictSteps(after, wholeRenames(after))
	for i := range after.Changes {
		step := personStep(&after.Changes[i], now)
		if len(step) == 0 {
			continue
		}
		if more++; more <= maxNextSteps {
			steps = append(steps, step...)
		}
	}
	if more > maxNextSteps {
		steps = append(steps, fmt.Sprintf("and %d more: payrun plan", more-maxNextSteps))
	}
	return steps
}

// personStep is what a person has to do about one payout, or nothing. The first
// line says what is the matter, and each line ends in a command.
func personStep(c *planner.Change, now time.Time) []string {
	if c.Excluded && !c.Status().Open() {
		return nil
	}
	settle := func() string { return "payrun resolve " + quoted(c.Address) }
	switch {
	case c.Action == planner.ActionConflict:
		if c.Excluded {
			return conflictStep(c, true) // and it is open: leaving it out settles nothing
		}
		return nil // conflictSteps names the others
	case c.Record.HasFlag(payout.FlagAlarm) && c.Status() == payout.Failed:
		return []string{
			c.Address.String() + " is recorded as failed, and something contradicts it; see every order id: payrun state show " + quoted(c.Address),
			"then, with the gateway's statement in hand: " + settle() + ` -as=failed -reason="…" -evidence=FILE`,
		}
	case c.Record.HasFlag(payout.FlagAlarm):
		return []string{
			c.Address.String() + " may be paid twice, or contradicts what is recorded; see every order id: payrun state show " + quoted(c.Address),
			"then, with the gateway's statement in hand: " + settle() + ` -as=paid -reason="…"`,
		}
	case c.Record.HasFlag(payout.FlagDisputed):
		return []string{c.Address.String() + " is recorded as paid, and the gateway now says error; look at the statement, then: " + settle() + ` -as=paid|failed -reason="…" -evidence=FILE`}
	case c.Action != planner.ActionAttention && !stuck(c, now):
		return nil
	}
	switch status := c.Status(); status {
	case payout.NotFound:
		return []string{c.Address.String() + " is unknown to the gateway after all its time; if the statement does not show it, pay it anew: " + settle() + ` -as=resend -reason="…"`,
			"if the statement shows it: " + settle() + ` -as=paid -reason="…"`}
	case payout.Returned:
		return []string{c.Address.String() + " was paid and came back; to pay it once more: " + settle() + ` -as=resend -reason="…"`}
	case payout.Failed:
		return []string{c.Address.String() + ": " + c.Reason + ": payrun apply -retry-failed"}
	default:
		return []string{fmt.Sprintf("%s is %s, and the gateway does not settle it; ask its support, then: %s -as=paid|failed -reason=\"…\" -evidence=FILE",
			c.Address, spaced(status), settle())}
	}
}

// conflictSteps are what people have to do about conflicts, those alike and
// those of one rename in one step each, and how many steps there are.
func conflictSteps(after *planner.Plan, renames renames) (steps []string, count int) {
	others := paysOthers(after)
	for _, a := range after.ConflictsAlike() {
		step, found := renames.step(a.First, others)
		if found && len(step) == 0 {
			continue // told with another of its rows
		}
		if count++; count > maxNextSteps {
			continue
		}
		if found {
			steps = append(steps, step...)
			continue
		}
		if a.Count == 1 {
			steps = append(steps, conflictStep(a.First, others)...)
			continue
		}
		steps = append(steps, fmt.Sprintf("%s%s: %s", a.First.Address, a.Others(), a.First.Reason),
			"to see all of them: payrun plan -format=csv")
	}
	return steps, count
}

// paysOthers says whether anything is paid when the conflicts are left out.
func paysOthers(after *planner.Plan) bool {
	return slices.ContainsFunc(after.Changes, func(c planner.Change) bool { return c.Sends() })
}

// conflictStep is how files and records come together again. Leaving it out is
// offered where there are others to pay.
func conflictStep(c *planner.Change, others bool) []string {
	steps := []string{c.Address.String() + ": " + c.Reason}
	if c.LooksLike != nil {
		steps = append(steps, "if it is the same payment under a new name, write into the files:")
		steps = append(steps, movedBlock(c.LooksLike.String(), c.Address.String())...)
	}
	if c.WasNamed != nil {
		steps = append(steps, "without it nobody would find this payment if the state were lost; write into the files:")
		steps = append(steps, movedBlock(c.WasNamed.String(), c.Address.String())...)
	}
	if !others {
		return steps
	}
	return append(steps, "or pay the others without it: payrun apply -exclude="+quoted(c.Address))
}

// stuck says that a payout is open for longer than the gateway can take.
func stuck(c *planner.Change, now time.Time) bool {
	return c.Status().Open() && c.Status() != payout.Rejected && c.Record.Speaking().PastFence(now)
}

// quoted is an address as a shell takes it.
func quoted(a payout.Address) string { return "'" + strings.ReplaceAll(a.String(), "'", `'\''`) + "'" }

func spaced(s payout.Status) string { return strings.ReplaceAll(string(s), "_", " ") }

// stopStep is what people do about a stop, with the command to run. Every kind
// of stop has one.
func stopStep(stop *executor.Stop) string {
	switch stop.Kind {
	case executor.StopSignal:
		return "go on where it stopped, nothing is paid twice: payrun apply"
	case executor.StopJournal:
		return "make room or mend the disk, then find out what is recorded: payrun reconcile"
	case executor.StopLock:
		return "see who took the lock or wrote the state: payrun lock; then: payrun reconcile"
	case executor.StopGateway:
		return "mend what the gateway refuses, then see whether it serves you: payrun balance"
	case executor.StopRow:
		return "find out why nothing comes through: payrun balance; then ask about what is open: payrun reconcile"
	case executor.StopSilent:
		return "find out why the gateway gives no trusted answer: payrun balance"
	case executor.StopClock:
		return "set the clock of this machine right, then: payrun apply"
	case executor.StopDeadline:
		return "move the deadline in the files, or leave the payouts for another batch, then: payrun plan"
	case executor.StopLookup:
		return "ask again, the payment may show: payrun reconcile"
	case executor.StopBehind:
		return "look for a newer state and put it back, then: payrun plan"
	}
	return "see what is recorded: payrun show; then: payrun reconcile"
}
