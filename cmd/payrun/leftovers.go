package main

import (
	"fmt"
	"time"

	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
)

// leftovers count what a plan made after the fact still leaves to do.
type leftovers struct {
	person    int      // a person has to look
	failed    int      // failed or rejected: known, nothing to wait for
	waiting   int      // accepted, in doubt within its fence
	unpaid    int      // still to be paid, or too late to be
	late      int      // of unpaid: their deadline has passed
	conflicts int      // of person: nothing is paid until they are mended
	again     int      // failed, and planned again without being asked for
	later     int      // held, or not before a time to come
	excluded  int      // left out by -target or -exclude, and not paid
	missing   []string // merchants of open payouts that the files do not declare
}

// leftoversOf counts a plan that was made after the fact.
func leftoversOf(cfg *hclconfig.Config, after *planner.Plan, now time.Time) leftovers {
	declared := make(map[string]bool)
	for _, m := range cfg.Merchants {
		declared[m.Name] = true
	}
	missing := make(map[string]bool)
	var l leftovers
	for i := range after.Changes {
		c := &after.Changes[i]
		if c.Status().Open() && !declared[c.Record.Merchant] {
			if !missing[c.Record.Merchant] {
				missing[c.Record.Merchant] = true
				l.missing = append(l.missing, c.Record.Merchant)
			}
			l.person++
			continue
		}
		if c.Excluded && c.Record != nil && (c.Record.HasFlag(payout.FlagAlarm) || c.Record.HasFlag(payout.FlagDisputed)) {
			l.person++
			continue
		}
		if c.Excluded && !c.Status().Open() {
			if c.Action.Sends() || c.Action == planner.ActionConflict || c.Action == planner.ActionAttention {
				l.excluded++
			}
			continue
		}
		l.count(c, now)
	}
	return l
}

func (l *leftovers) count(c *planner.Change, now time.Time) {
	status := c.Status()
	switch {
	case c.Action == planner.ActionAttention && status == payout.Failed && !c.Record.HasFlag(payout.FlagAlarm):
		l.failed++
	case c.Action == planner.ActionConflict:
		l.person++
		l.conflicts++
	case c.Action == planner.ActionAttention:
		l.person++
	case status == payout.Rejected:
		l.failed++
	case status.Open() && c.Record.Speaking().PastFence(now):
		l.person++
	case status.Open():
		l.waiting++
	case c.Action == planner.ActionRetry:
		l.failed++
		l.again++
	case c.Action == planner.ActionCheck && status == payout.Failed:
		l.failed++
		l.again++
	case c.Action == planner.ActionPay, c.Action == planner.ActionImport, c.Action == planner.ActionWait && tooLate(c, now):
		l.unpaid++
		if c.Action == planner.ActionWait {
			l.late++
		}
	case c.Action == planner.ActionWait:
		l.later++
	}
}

// tooLate says that the deadline of a payout has passed: it waits for nothing.
func tooLate(c *planner.Change, now time.Time) bool {
	return c.Declared.Hold == "" && c.Batch.Hold == "" && !c.Batch.Deadline.IsZero() && now.After(c.Batch.Deadline)
}

// code is the exit code of what is left: the worst applies.
func (l leftovers) code() int {
	switch {
	case l.person > 0:
		return exitPerson
	case l.failed > 0:
		return exitFailed
	case l.waiting > 0 || l.unpaid > 0:
		return exitWaiting
	}
	return exitDone
}

// words says that nothing is left, or what was left out on purpose.
func (l leftovers) words() string {
	switch {
	case l.excluded > 0 && l.later > 0:
		return fmt.Sprintf("what this plan pays is paid; %d are excluded and %d wait", l.excluded, l.later)
	case l.excluded > 0:
		return fmt.Sprintf("what this plan pays is paid; %d are excluded", l.excluded)
	case l.later > 0:
		return fmt.Sprintf("what may be paid now is paid; %d wait", l.later)
	}
	return "everything is paid; another apply pays nobody"
}
