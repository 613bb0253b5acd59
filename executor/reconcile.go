package executor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"payrun/planner/payout"
)

// Reconciliation asks the gateway about every open payout and pays nothing.
type Reconciliation struct {
	Merchants map[string]*Merchant // by name
	Journal   Journal
	Emit      func(Event)               // nil = nobody listens
	Wait      time.Duration             // 0 = one pass
	Included  func(payout.Address) bool // nil = all
}

// Run makes the passes and returns how many attempts the first one asked
// about. A single pass asks about each once, whatever was asked before; with
// Wait, later passes back off for each payout. A gateway that is silent five
// times in a row is asked no further in that pass. The error is the first
// record that could not be made durable.
func (r *Reconciliation) Run(ctx context.Context) (asked int, err error) {
	i := newInquirer(r.Journal, r.Emit)
	subjects := func() []subject {
		return r.included(append(i.open(r.Merchants), i.watched(r.Merchants, time.Now())...))
	}
	first := subjects()
	if len(first) > 0 {
		i.emit(PhaseStarted{Phase: PhaseAsk, Count: len(first)})
	}
	if asked, err = i.inquireAll(ctx, first); err != nil || r.Wait <= 0 {
		return asked, err
	}
	limited, cancel := context.WithTimeout(ctx, r.Wait)
	defer cancel()
	return asked, i.poll(limited, func() []subject { return r.included(i.open(r.Merchants)) })
}

func (r *Reconciliation) included(subjects []subject) []subject {
	if r.Included == nil {
		return subjects
	}
	var out []subject
	for _, s := range subjects {
		if r.Included(s.address) {
			out = append(out, s)
		}
	}
	return out
}

// watchFor is how long what is final is asked about: a payment may show late.
const watchFor = 30 * 24 * time.Hour

// watched lists what is final and still watched: attempts that failed, and
// those that a person called paid, who may have erred.
func (i *inquirer) watched(merchants map[string]*Merchant, now time.Time) []subject {
	var out []subject
	unasked := make(map[string]int) // by merchant
	i.journal.View(func(l *payout.Ledger) {
		for _, r := range l.All() {
			for n := range r.Attempts {
				a := &r.Attempts[n]
				if !isWatched(a, now) {
					continue
				}
				name := r.TermsOf(a).Merchant
				m := merchants[name]
				if m == nil {
					unasked[name]++
					continue
				}
				out = append(out, subject{merchant: m, address: r.Address, attempt: a.N})
			}
		}
	})
	for _, name := range slices.Sorted(maps.Keys(unasked)) {
		i.emit(Noticed{Merchant: name, Warning: true, Text: fmt.Sprintf(
			"%d attempts of the last 30 days that failed, or that a person called paid, cannot be asked about: put the merchant block back, or compare them with the gateway's statement", unasked[name])})
	}
	return out
}

func isWatched(a *payout.Attempt, now time.Time) bool {
	last := a.Last()
	wanted := last.Status == payout.Failed || last.Status == payout.Paid && last.Source == payout.SourceManual
	return wanted && now.Sub(last.At) < watchFor
}
