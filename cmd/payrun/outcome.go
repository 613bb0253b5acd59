package main

import (
	"fmt"
	"slices"
	"time"

	"payrun/cmd/payrun/view"
	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// exitCode is the exit code of an apply that reached the gateway.
func (a *application) exitCode(after *planner.Plan) int {
	left := leftoversOf(a.cfg, after, time.Now())
	sent := len(a.report.Sent) > 0
	stop := a.report.Stop
	switch {
	case a.report.Unwritten != nil, left.person > 0:
		return exitPerson
	case stop == nil:
		return left.code()
	case stop.Kind == executor.StopSignal:
		return int(a.signalCode.Load())
	case stop.Kind == executor.StopLookup:
		return exitPerson
	case (stop.Kind == executor.StopBehind || stop.Kind == executor.StopImport) && !sent:
		return exitRefused
	case stop.Kind == executor.StopBehind:
		return exitPerson
	case !sent && stop.Kind == executor.StopClock:
		return exitRefused
	case !sent && stop.Kind == executor.StopDeadline:
		return max(left.code(), exitWaiting)
	case !sent && stop.Kind != executor.StopRow:
		return exitError
	}
	if code := left.code(); code != exitDone {
		return code
	}
	return exitWaiting
}

// summary is what the last screen of an apply says.
func (a *application) summary(after *planner.Plan) *view.Summary {
	s := &view.Summary{Lines: summaryLines(after)}
	left := leftoversOf(a.cfg, after, time.Now())
	s.Left = leftOf(after)
	if a.report != nil {
		s.Stop = a.report.Stop
		s.Left.Unsent, s.Left.Skipped = a.report.Unsent, max(0, a.report.Skipped-a.report.Adopted)
		s.Balances = a.after
	}
	s.Next = append(a.cures(after), a.nextSteps(after, left)...)
	s.SafeToRunAgain, s.Why = a.safety(left)
	return s
}

// safety says whether running apply again is safe. It nearly always is: what
// may have left is never sent again. It is not where something happened that
// could not be written down.
func (a *application) safety(left leftovers) (safe bool, why string) {
	switch {
	case a.stoppedBy(executor.StopBehind):
		return false, "payments were missing from the state: what was renamed since is not found and would be paid again; look for a newer state first, and compare with the gateway's statement"
	case a.report != nil && a.report.Unwritten != nil:
		return false, fmt.Sprintf("something happened that could not be recorded (%v); keep state and journal, mend the disk, then run \"payrun reconcile\"", a.report.Unwritten)
	case left.person > 0:
		return true, "nothing is sent twice; but a person has to look first, see above"
	case left.waiting > 0:
		return true, "what may have left is asked about and never sent again"
	case left.unpaid > 0:
		return true, "what was not sent is planned again"
	case left.failed > 0 && left.again == left.failed:
		return true, "what failed was not paid, and is planned again"
	case left.again > 0:
		return true, "what failed was not paid; only what the files let be retried is planned again"
	case left.failed > 0:
		return true, "failed payouts are not retried unless you say so"
	}
	return true, left.words()
}

// cures are what to do about a gateway that serves nobody.
func (a *application) cures(after *planner.Plan) []string {
	var cures []string
	if a.stoppedBy(executor.StopBehind) {
		cures = append(cures, "look for a newer state and put it back: git log --all -- "+stateName(a.cfg),
			"where there is none, compare what is left with the gateway's statement; only then: payrun apply")
	}
	if a.stoppedBy(executor.StopImport) {
		cures = append(cures, "mend the import block; where no gateway can vouch for the payment, say why in it: unverified = \"reason\"")
	}
	if a.stoppedBy(executor.StopLookup) {
		cures = append(cures, "ask again, the payment may show: payrun reconcile",
			"or settle the payout in doubt by a statement of the gateway: payrun resolve ADDRESS -as=paid|failed -evidence=FILE -reason=\"…\"")
	}
	if a.report != nil && a.report.Stop != nil && !a.stoppedBy(executor.StopBehind) && !a.stoppedBy(executor.StopLookup) {
		cures = append(cures, stopStep(a.report.Stop))
	}
	if r := a.report; r != nil && r.Stop == nil && r.Skipped > 0 {
		cures = append(cures, "find out why the gateway gives no trusted answer: payrun balance")
	}
	rejected := false
	for i := range after.Changes {
		c := &after.Changes[i]
		status := c.Status()
		rejected = rejected || status == payout.Rejected
		if status != payout.Rejected && status != payout.Failed {
			continue
		}
		last := c.Record.Newest().Last()
		if a.run.OpenedAt.IsZero() || last.At.Before(a.run.OpenedAt) {
			continue // an older run's refusal, which may be mended
		}
		code := last.Code
		cure := "mend what the gateway refuses, it concerns every payout: payrun explain " + code
		if runFault(code) && !slices.Contains(cures, cure) {
			cures = append(cures, cure)
		}
	}
	if rejected {
		cures = append(cures, "let the gateway confirm what it refused: payrun reconcile")
	}
	return cures
}

// stoppedBy says whether the run was stopped by a kind of stop.
func (a *application) stoppedBy(kind executor.StopKind) bool {
	return a.report != nil && a.report.Stop != nil && a.report.Stop.Kind == kind
}

// nextSteps are the exact commands that a person needs now.
func (a *application) nextSteps(after *planner.Plan, left leftovers) []string {
	var next []string
	if left.waiting > 0 {
		next = append(next, "ask the gateway about what is open: payrun reconcile")
	}
	if left.late > 0 {
		next = append(next, "the deadline of "+counted(left.late, "payout")+" has passed: move it in the files, and apply again")
	}
	if left.unpaid > left.late && left.conflicts == 0 && !a.stoppedBy(executor.StopLookup) && !a.stoppedBy(executor.StopBehind) && !a.stoppedBy(executor.StopImport) {
		next = append(next, "pay what is left: payrun apply")
	}
	for _, name := range left.missing {
		next = append(next, "put the merchant block "+name+" back: payouts of it are open, and nobody can ask about them")
	}
	next = append(next, personSteps(after, time.Now())...)
	return next
}

// summaryLines count the plan's payouts by batch and status.
func summaryLines(after *planner.Plan) []view.SummaryLine {
	type key struct {
		batch, period string
		status        payout.Status
		waits         bool
	}
	index := make(map[key]int)
	var lines []view.SummaryLine
	for i := range after.Changes {
		c := &after.Changes[i]
		k := key{c.Address.Batch, c.Address.Period, c.Status(), c.Action == planner.ActionWait}
		at, ok := index[k]
		if !ok {
			at = len(lines)
			index[k] = at
			lines = append(lines, view.SummaryLine{Batch: k.batch, Period: k.period, Status: k.status, Waits: k.waits, Sum: payout.Money{Currency: c.Amount().Currency}})
		}
		lines[at].Count++
		lines[at].Sum.Minor += c.Amount().Minor
	}
	return lines
}

// leftOf counts what is not done, by what it waits for.
func leftOf(after *planner.Plan) view.Left {
	var l view.Left
	for i := range after.Changes {
		c := &after.Changes[i]
		if c.Action == planner.ActionNone {
			continue
		}
		switch c.Status() {
		case payout.InDoubt, payout.Sending:
			l.InDoubt++
		case payout.NotFound:
			l.NotFound++
		case payout.Accepted:
			l.Accepted++
		case payout.Rejected:
			l.Rejected++
		case payout.NotSent:
			l.NotSent++
		case payout.Failed:
			l.Failed++
		}
		if c.Record.HasFlag(payout.FlagAlarm) || c.Record.HasFlag(payout.FlagDisputed) {
			l.Alarms++
		}
	}
	return l
}

// lastBalances asks for the balances once more: answers of calls side by side
// come in any order, so that the newest of them need not be the last word.
func (a *application) lastBalances() []view.Balance {
	if len(a.report.Sent) == 0 || a.admit.Err() != nil {
		return nil
	}
	var out []view.Balance
	for _, m := range a.cfg.Merchants {
		have, why := a.balance(a.gates.merchants[m.Name])
		if why == "" {
			out = append(out, view.Balance{Merchant: m.Name, Amount: have.Decimal(), Currency: m.Currency.Code})
		}
	}
	return out
}
