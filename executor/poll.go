package executor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
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
			for n := range r.Attempts {
				m := merchants[r.TermsOf(&r.Attempts[n]).Merchant]
				if m != nil && wanted(r.Attempts[n].Status()) {
					out = append(out, subject{merchant: m, address: r.Address, attempt: r.Attempts[n].N})
				}
			}
		}
	})
	return out
}

// inquireAll asks about each subject once, as many at once as each merchant
// allows, and returns how many it asked about. The error is the first record
// that could not be made durable.
func (i *inquirer) inquireAll(ctx context.Context, subjects []subject) (asked int, err error) {
	byMerchant := make(map[*Merchant][][]subject)
	for _, group := range byPayout(subjects) {
		m := group[0].merchant
		byMerchant[m] = append(byMerchant[m], group)
	}
	var mu sync.Mutex
	var all errgroup.Group
	for m, groups := range byMerchant {
		all.Go(func() error {
			n, err := i.inquireMerchant(ctx, m, groups)
			mu.Lock()
			defer mu.Unlock()
			asked += n
			return err
		})
	}
	err = all.Wait()
	return asked, err
}

// byPayout puts the attempts of one payout together: they are asked about one
// after the other, for what is learned of one weighs on the next.
func byPayout(subjects []subject) [][]subject {
	sorted := slices.Clone(subjects)
	slices.SortFunc(sorted, func(a, b subject) int {
		if c := a.address.Compare(b.address); c != 0 {
			return c
		}
		return a.attempt - b.attempt
	})
	var out [][]subject
	for n, s := range sorted {
		if n > 0 && sorted[n-1].address == s.address {
			out[len(out)-1] = append(out[len(out)-1], s)
			continue
		}
		out = append(out, []subject{s})
	}
	return out
}

// inquireMerchant asks one merchant's gateway, until it is silent too often in
// a row.
func (i *inquirer) inquireMerchant(ctx context.Context, m *Merchant, groups [][]subject) (int, error) {
	var quiet silence
	var g errgroup.Group
	g.SetLimit(m.width())
	asked := 0
	for _, group := range groups {
		if ctx.Err() != nil || quiet.tooLong(m) {
			break
		}
		asked += len(group)
		g.Go(func() error {
			for _, s := range group {
				answer, err := i.inquire(ctx, s)
				if err != nil {
					return err
				}
				if ctx.Err() == nil && quiet.add(m, !answer.silent) {
					i.noticeSilence(m, answer.why)
				}
			}
			return nil
		})
	}
	return asked, g.Wait()
}

// noticeSilence says once that a gateway is silent.
func (i *inquirer) noticeSilence(m *Merchant, why string) {
	if _, told := i.quiet.LoadOrStore(m, true); told {
		return
	}
	i.emit(Noticed{Merchant: m.Name, Warning: true, Text: fmt.Sprintf(
		"%d questions in a row brought no answer, the others are left for later; the last: %s", maxRowOfBad, why)})
}

// Bounds of the pause between two questions about one payout.
const (
	pollFirst = 50 * time.Millisecond
	pollLast  = 30 * time.Second
)

// backOff says when a payout is asked about again.
type backOff struct {
	pause time.Duration
	next  time.Time
}

// later doubles the pause, with jitter, so that neither payouts nor runners
// ask in step.
func (b backOff) later(now time.Time) backOff {
	pause := min(max(2*b.pause, pollFirst), pollLast)
	return backOff{pause: pause, next: now.Add(pause + rand.N(pause/2))}
}

// poll asks about what is waiting, each payout with a growing pause, until
// nothing waits or the context ends.
func (i *inquirer) poll(ctx context.Context, waiting func() []subject) error {
	known := make(map[subject]backOff)
	for {
		subjects := waiting()
		if len(subjects) == 0 || ctx.Err() != nil {
			return nil
		}
		now := time.Now()
		due := slices.DeleteFunc(slices.Clone(subjects), func(s subject) bool { return known[s].next.After(now) })
		if _, err := i.inquireAll(ctx, due); err != nil {
			return err
		}
		now = time.Now()
		for _, s := range due {
			known[s] = known[s].later(now)
		}
		first := now.Add(pollLast)
		for _, s := range subjects {
			if next := known[s].next; next.Before(first) {
				first = next
			}
		}
		if sleep(ctx, first.Sub(now)) != nil {
			return nil
		}
	}
}
