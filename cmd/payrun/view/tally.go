package view

import (
	"fmt"
	"strings"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

// tally counts what became of the payouts of one run.
type tally struct {
	planned int
	totals  []payout.Money
	now     func() time.Time

	status  map[payout.Address]payout.Status // of every payout that this run began
	begun   map[payout.Address]time.Time
	counts  map[payout.Status]int
	steps   int // two a payout: answered, and settled
	skipped int
	looked  int // payouts looked up before the first send
	lookups int // that many are to be looked up; 0 = no such phase
	settled int // outcomes of any payout
	calls   int // payout calls that came to a result
	since   time.Time
	last    time.Time               // of the newest result of a payout call
	flagged map[payout.Address]bool // what a person has to look at
	paid    payout.Sums
}

func newTally(planned int, totals []payout.Money, now func() time.Time) *tally {
	return &tally{
		planned: planned, totals: totals, now: now,
		status: make(map[payout.Address]payout.Status),
		begun:  make(map[payout.Address]time.Time), flagged: make(map[payout.Address]bool),
		counts: make(map[payout.Status]int),
	}
}

// observe counts one event in.
func (t *tally) observe(e executor.Event) {
	switch e := e.(type) {
	case executor.Begun:
		if t.since.IsZero() {
			t.since = t.now()
		}
		t.begun[e.Address] = t.now()
		t.move(e.Address, payout.Sending, e.Amount)
	case executor.Settled:
		t.settled++
		if e.Sent {
			t.calls++
			t.last = t.now()
		}
		t.flag(e)
		if _, ours := t.status[e.Address]; ours {
			t.move(e.Address, e.To, e.Amount)
		}
	case executor.LookedUp:
		// Events of several goroutines may come out of order.
		t.looked, t.lookups = max(t.looked, e.Done), e.Of
	case executor.Skipped:
		if _, ours := t.status[e.Address]; !ours {
			t.skipped++
			t.steps += 2
			t.flagged[e.Address] = true
		}
	}
}

// flag counts the payouts that a person has to look at. What ended well is none
// of them any more, unless an alarm was raised.
func (t *tally) flag(e executor.Settled) {
	switch e.To {
	case payout.InDoubt, payout.NotFound, payout.Rejected, payout.Failed, payout.Returned:
		t.flagged[e.Address] = true
	default:
		delete(t.flagged, e.Address)
	}
	if e.Alarm {
		t.flagged[e.Address] = true
	}
}

func (t *tally) move(a payout.Address, to payout.Status, amount payout.Money) {
	from, known := t.status[a]
	if known {
		t.counts[from]--
		t.steps -= stepsOf(from)
	}
	t.status[a] = to
	t.counts[to]++
	t.steps += stepsOf(to)
	if to == payout.Paid && from != payout.Paid {
		// The plan's own total did not overflow, and this is a part of it.
		_ = t.paid.Add(amount)
	}
}

// stepsOf says how far a payout has come: nothing more happens by itself at 2.
func stepsOf(s payout.Status) int {
	switch s {
	case payout.Sending, payout.NotSent, payout.Declared:
		return 0
	case payout.Accepted, payout.Rejected:
		return 1
	}
	return 2
}

// handled is the number of payouts that the run is through with, or whose call
// came to a result.
func (t *tally) handled() int {
	return len(t.status) - t.counts[payout.Sending] - t.counts[payout.NotSent] + t.skipped
}

// words is "38 of 318 payouts sent, 36 paid (1 200 000.00 of 40 630 300.00 KZT)".
func (t *tally) words() string {
	if t.planned == 0 {
		return fmt.Sprintf("waiting for answers, %s so far", plural(t.settled, "outcome"))
	}
	if t.lookingUp() {
		return fmt.Sprintf("%d of %s looked up before the first send", t.looked, plural(t.lookups, "payout"))
	}
	parts := []string{fmt.Sprintf("%d of %s sent", t.handled()-t.skipped, plural(t.planned, "payout"))}
	for _, s := range payout.Statuses() {
		if n := t.counts[s]; n > 0 && s != payout.Sending {
			words := fmt.Sprintf("%d %s", n, statusWords(s))
			if s == payout.Paid {
				words += " (" + t.money() + ")"
			}
			parts = append(parts, words)
		}
	}
	if t.skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", t.skipped))
	}
	return strings.Join(parts, ", ")
}

// lookingUp says that nothing was sent yet, and payouts are still being looked
// up.
func (t *tally) lookingUp() bool { return t.looked < t.lookups && len(t.begun) == 0 }

// elapsed is the time since the payout was begun in this run.
func (t *tally) elapsed(a payout.Address) (time.Duration, bool) {
	at, ok := t.begun[a]
	if !ok {
		return 0, false
	}
	return t.now().Sub(at), true
}
