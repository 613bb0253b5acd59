package executor

import (
	"context"

	"payrun/planner/payout"
)

// waitFinal asks until everything is final or the wait is over, then asks once
// more about what is in doubt.
func (r *Run) waitFinal(admit context.Context) {
	if stop := r.stop.reason(); stop != nil && (stop.Kind == StopSignal || stop.Kind == StopJournal || stop.Kind == StopLock) {
		return
	}
	ctx, cancel := context.WithTimeout(admit, r.Wait)
	defer cancel()
	waiting := func() []subject {
		return r.inquirer.subjects(r.Merchants, func(s payout.Status) bool { return s == payout.Accepted || s == payout.Rejected })
	}
	if r.Wait > 0 {
		if n := len(waiting()); n > 0 {
			r.inquirer.emit(PhaseStarted{Phase: PhaseWait, Count: n})
		}
		if err := r.inquirer.poll(ctx, waiting); err != nil {
			r.unwritten(err, true)
			return
		}
	}
	doubts := r.inquirer.subjects(r.Merchants, func(s payout.Status) bool { return s == payout.InDoubt })
	if _, err := r.inquirer.inquireAll(admit, doubts); err != nil {
		r.unwritten(err, true)
	}
}
