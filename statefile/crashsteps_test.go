package statefile_test

import (
	"fmt"
	"strings"

	"payrun/planner/payout"
	"payrun/statefile"
	"payrun/statefile/statetest"
)

// play is a whole run: everything a run may do, in an order that the seed
// draws.
func (a *actor) play(steps int) {
	if !a.start() {
		a.release()
		return
	}
	a.now()
	a.one(a.note(&payout.Note{At: a.at, Merchant: statefile.NewMerchant()}, "merchants"))
	a.one(a.note(&payout.Note{At: a.at, Run: statefile.NewRun(true, a.at)}, "runs"))
	a.one(change{do: func() error { return a.rec.Reserve(4) }})
	a.one(change{do: a.rec.Checkpoint})
	a.send(3)
	a.answer(2)
	order := a.rnd.Perm(steps)
	for _, n := range order {
		a.now()
		a.step(n)
	}
	if a.rnd.IntN(3) > 0 {
		a.one(a.note(&payout.Note{At: a.at, Run: statefile.NewRun(false, a.at)}, "runs"))
	}
	a.failed(a.rec.Close())
	a.release()
}

func (a *actor) whole() { a.play(crashSteps) }

// proven is a run that proves the state and ends without its mark that it is
// over; nothing of it is in flight.
func (a *actor) proven() {
	if !a.start() {
		return
	}
	a.one(a.note(&payout.Note{At: a.at, Merchant: statefile.NewMerchant()}, "merchants"))
	a.one(a.note(&payout.Note{At: a.at, Run: statefile.NewRun(true, a.at)}, "runs"))
	a.rec.MarkProven()
	a.settled()
	a.failed(a.rec.Close())
	a.release()
}

func (a *actor) release() {
	if a.lock != nil {
		a.failed(a.lock.Release())
	}
}

// one does a change alone.
func (a *actor) one(c change) {
	a.heard(c, c.do())
	a.settled()
}

// step is one of the things that a run does.
func (a *actor) step(n int) {
	switch n % 10 {
	case 0:
		a.one(change{do: a.rec.Checkpoint})
	case 1:
		a.send(1 + a.rnd.IntN(5))
	case 2:
		a.answer(4)
	case 3:
		a.checkpointUnder()
	case 4:
		a.rename()
	case 5:
		a.forget()
	case 6:
		a.resolve()
	case 7:
		a.askAgain()
	case 8:
		a.sendAgain()
	case 9:
		a.rec.MarkProven()
		a.settled()
		a.one(change{do: a.rec.Checkpoint})
	}
}

// send begins n payouts at once.
func (a *actor) send(n int) {
	var all []change
	for range n {
		all = append(all, a.begin(statefile.NewIntent(a.fresh(), a.at)))
	}
	a.together(appended, all...)
}

// answer ends some of what was sent, at once.
func (a *actor) answer(most int) {
	var all []change
	for _, r := range some(a.rnd, a.in(payout.Sending), most) {
		to := pick(a.rnd, payout.Accepted, payout.Rejected, payout.InDoubt, payout.NotSent)
		all = append(all, a.end(r, to, payout.CauseCall, payout.SourceAnswer))
	}
	a.together(appended, all...)
}

// checkpointUnder sends and records while the state is being made durable.
func (a *actor) checkpointUnder() {
	all := []change{{do: a.rec.Checkpoint}, a.begin(statefile.NewIntent(a.fresh(), a.at))}
	for _, r := range a.in(payout.Accepted, payout.InDoubt) {
		all = append(all, a.end(r, payout.Paid, payout.CauseSuccess, payout.SourceStatus))
		break
	}
	name, placed := pick(a.rnd, "fsync", "syncdir", "remove"), false
	a.together(func(s statetest.Step) bool {
		// Before the state is staged the journal itself is held up.
		staged := s.Name == "fsync" && strings.HasSuffix(s.Path, ".tmp")
		placed = placed || s.Name == "rename"
		return s.Name == name && (name != "fsync" || staged) && (name != "syncdir" || placed)
	}, all...)
}

func (a *actor) rename() {
	for _, r := range some(a.rnd, a.records(), 1) {
		to := statefile.StaffAddress(a.fresh())
		// Two parts of the ledger change in one step: neither is acknowledged
		// before both are.
		n := &payout.Note{At: a.at, Move: &payout.Move{From: r.Address, To: to}}
		a.one(a.note(n, "", "payout "+r.Address.String(), "payout "+to.String()))
	}
}

func (a *actor) forget() {
	for _, r := range some(a.rnd, a.in(payout.NotSent, payout.Paid, payout.Failed), 1) {
		grave := &payout.Tombstone{Address: r.Address, At: a.at, By: "aigul", Reason: "a test of forgetting"}
		a.one(a.note(&payout.Note{At: a.at, Forget: grave}, "", "payout "+r.Address.String(), "tombstones"))
	}
}

func (a *actor) resolve() {
	for _, r := range some(a.rnd, a.in(payout.Accepted, payout.InDoubt, payout.Rejected, payout.NotSent), 1) {
		a.one(a.end(r, pick(a.rnd, payout.Paid, payout.Failed), payout.CausePerson, payout.SourceManual))
	}
}

// askAgain counts an answer that settles nothing, and settles others.
func (a *actor) askAgain() {
	var all []change
	for i, r := range some(a.rnd, a.in(payout.Accepted, payout.InDoubt, payout.Rejected), 3) {
		switch i {
		case 0:
			all = append(all, a.end(r, payout.Declared, "", ""))
		case 1:
			all = append(all, a.end(r, payout.Failed, payout.CauseError, payout.SourceStatus))
		default:
			all = append(all, a.end(r, payout.Paid, payout.CauseSuccess, payout.SourceStatus))
		}
	}
	a.together(appended, all...)
}

// sendAgain begins what was not sent, and new attempts of what failed.
func (a *actor) sendAgain() {
	var all []change
	for _, r := range some(a.rnd, a.in(payout.NotSent, payout.Failed), 3) {
		newest := r.Newest()
		in := statefile.NewIntent("x", a.at)
		in.Details, in.Attempt, in.OrderID = r.Details, newest.N, newest.OrderID
		if r.Status() == payout.Failed {
			if newest.N == payout.MaxAttempts {
				continue
			}
			in.Attempt, in.OrderID = newest.N+1, fmt.Sprintf("%s-r%d", newest.OrderID, newest.N+1)
		}
		all = append(all, a.begin(in))
	}
	a.together(appended, all...)
}
