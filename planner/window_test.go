package planner_test

import (
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

func TestWindows(t *testing.T) {
	for _, tt := range []struct {
		name   string
		edit   func(b *planner.Batch)
		reason string // empty = pays
	}{
		{"payout held", func(b *planner.Batch) { b.Payouts[0].Hold = "new card" }, "held: new card"},
		{"batch held", func(b *planner.Batch) { b.Hold = "audit" }, "batch held: audit"},
		{"both held", func(b *planner.Batch) { b.Hold, b.Payouts[0].Hold = "audit", "new card" }, "held: new card"},
		{"too early", func(b *planner.Batch) { b.NotBefore = noon.Add(time.Minute) }, "not before 2026-11-22 12:01 +05:00"},
		{"just in time", func(b *planner.Batch) { b.NotBefore = noon }, ""},
		{"too late", func(b *planner.Batch) { b.Deadline = noon.Add(-time.Minute) }, "the deadline 2026-11-22 11:59 +05:00 has passed"},
		{"last moment", func(b *planner.Batch) { b.Deadline = noon }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, a := merchant(), at("salaries", "2026-11", "director")
			b := batchOf(m, declare(t, a, 1))
			tt.edit(&b)
			want := planner.ActionWait
			if tt.reason == "" {
				want = planner.ActionPay
			}
			wantChange(t, diff(payout.NewLedger(), b), a, want, tt.reason)
		})
	}
}

// TestHoldConcernsNothingSent: what was sent is looked after, held or not.
func TestHoldConcernsNothingSent(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	p.Hold = "new card"
	for status, want := range map[payout.Status]planner.Action{
		payout.Paid: planner.ActionNone, payout.InDoubt: planner.ActionCheck, payout.NotSent: planner.ActionWait,
	} {
		if c := find(t, diff(ledgerOf(t, recorded(m, p, statuses(status))), batchOf(m, p)), a); c.Action != want {
			t.Errorf("held and %s is %s, want %s", status, c.Action, want)
		}
	}
}

// TestRealClockJudgesWindows: a plan rebuilt as of its own time is judged by
// the clock of the moment where the caller gives one.
func TestRealClockJudgesWindows(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	b := batchOf(m, declare(t, a, 1))
	b.Deadline = noon.Add(time.Hour)
	plan := planner.Diff([]planner.Batch{b}, payout.NewLedger(), planner.Options{At: noon, Now: noon.Add(2 * time.Hour)})
	wantChange(t, plan, a, planner.ActionWait, "the deadline 2026-11-22 13:00 +05:00 has passed")
	if !plan.At.Equal(noon) {
		t.Errorf("the plan's time is %s", plan.At)
	}
}

func TestRetryWaitsAsWell(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	l := ledgerOf(t, recorded(m, p, statuses(payout.Failed)))
	p.Hold = "ask the bank"
	plan := planner.Diff([]planner.Batch{batchOf(m, p)}, l, planner.Options{At: noon, RetryFailed: true})
	wantChange(t, plan, a, planner.ActionWait, "held: ask the bank")
}
