package executor

import (
	"context"
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
	final := i.subjects(merchants, func(s payout.Status) bool { return s == payout.Failed || s == payout.Paid })
	i.journal.View(func(l *payout.Ledger) {
		for _, s := range final {
			last := l.Record(s.address).Attempt(s.attempt).Last()
			wanted := last.Status == payout.Failed || last.Source == payout.SourceManual
			if wanted && now.Sub(last.At) < watchFor {
				out = append(out, s)
			}
		}
	})
	return out
}
