package executor

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"payrun/planner/payout"
)

// open lists every attempt that asking may still change.
func (i *inquirer) open(merchants map[string]*Merchant) []subject {
	return i.subjects(merchants, payout.Status.Open)
}

// subjects lists the recorded attempts whose status is wanted, by address.
// Records of merchants that the files do not declare cannot be asked about.
func (i *inquirer) subjects(merchants map[string]*Merchant, wanted func(payout.Status) bool) []subject {
	var out []subject
	i.journal.View(func(l *payout.Ledger) {
		for _, r := range l.All() {
			m := merchants[r.Merchant]
			if m == nil {
				continue
			}
			for n := range r.Attempts {
				if wanted(r.Attempts[n].Status()) {
					out = append(out, subject{merchant: m, address: r.Address, attempt: r.Attempts[n].N})
				}
			}
		}
	})
	return out
}

// inquireAll asks about each subject once, as many at once as each merchant
// allows. The error is the first record that could not be made durable.
func (i *inquirer) inquireAll(ctx context.Context, subjects []subject) error {
	groups := make(map[*Merchant]*errgroup.Group)
	for _, s := range subjects {
		if groups[s.merchant] == nil {
			groups[s.merchant] = new(errgroup.Group)
			groups[s.merchant].SetLimit(s.merchant.width())
		}
	}
	var feed sync.WaitGroup
	for m, g := range groups {
		feed.Go(func() {
			for _, s := range subjects {
				if s.merchant != m || ctx.Err() != nil {
					continue
				}
				g.Go(func() error {
					_, err := i.inquire(ctx, s)
					return err
				})
			}
		})
	}
	feed.Wait()
	var first error
	for _, g := range groups {
		if err := g.Wait(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Intervals between two rounds of polling.
const (
	pollFirst = 50 * time.Millisecond
	pollLast  = 10 * time.Second
)

// poll asks about what is waiting, round after round with a growing pause,
// until nothing waits or the context ends.
func (i *inquirer) poll(ctx context.Context, waiting func() []subject) error {
	for pause := pollFirst; ; pause = min(2*pause, pollLast) {
		subjects := waiting()
		if len(subjects) == 0 || ctx.Err() != nil {
			return nil
		}
		if err := i.inquireAll(ctx, subjects); err != nil {
			return err
		}
		if len(waiting()) == 0 {
			return nil
		}
		// Jitter, so that many runners do not ask in step.
		if sleep(ctx, pause+rand.N(pause/2)) != nil {
			return nil
		}
	}
}
