package planner_test

import (
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

func TestRetries(t *testing.T) {
	const why = "failed 22 Nov 11:00: 10017 card expired"
	runFault := func(code string) bool { return code == "10017" }
	twice := func(r *payout.Record) { r.Newest().Failures.Count = 2 }
	manual := func(r *payout.Record) {
		twice(r)
		r.Newest().Events[0].Source = payout.SourceManual
	}
	for _, tt := range []struct {
		name   string
		retry  int
		opts   planner.Options
		record func(r *payout.Record)
		action planner.Action
		reason string
	}{
		{"never asked for", 1, planner.Options{}, twice, planner.ActionAttention, why + "; mend the payout, or -retry-failed"},
		{"allowed and seen twice", 2, planner.Options{}, twice, planner.ActionRetry, "attempt 2; " + why},
		{"allowed and seen once", 2, planner.Options{}, nil, planner.ActionCheck, why + "; asked once more before it is retried"},
		{"by a person", 1, planner.Options{RetryFailed: true}, nil, planner.ActionRetry, "attempt 2; " + why},
		{"fault of the run", 1, planner.Options{RunFault: runFault}, twice, planner.ActionRetry, "attempt 2; " + why},
		{"fault of the run seen once", 1, planner.Options{RunFault: runFault}, nil, planner.ActionCheck, why + "; asked once more before it is retried"},
		{"fault of the payee", 1, planner.Options{RunFault: func(string) bool { return false }}, twice, planner.ActionAttention, why + "; mend the payout, or -retry-failed"},
		{"called failed before the fence", 2, planner.Options{RunFault: runFault}, func(r *payout.Record) {
			manual(r)
			r.Newest().TimeLimit = noon
		}, planner.ActionAttention, why + "; mend the payout, or -retry-failed"},
		{"called failed before the fence, by a person", 2, planner.Options{RetryFailed: true}, func(r *payout.Record) {
			manual(r)
			r.Newest().TimeLimit = noon
		}, planner.ActionRetry, "attempt 2; " + why},
		{"called failed after the fence", 2, planner.Options{}, manual, planner.ActionRetry, "attempt 2; " + why},
		{"no code", 1, planner.Options{RunFault: func(string) bool { return true }}, func(r *payout.Record) {
			twice(r)
			r.Newest().Events[0].Code, r.Newest().Events[0].Words = "", ""
		}, planner.ActionAttention, "failed 22 Nov 11:00; mend the payout, or -retry-failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, a := merchant(), at("salaries", "2026-11", "director")
			p := declare(t, a, 1)
			p.Retry = tt.retry
			r := recorded(m, p, statuses(payout.Failed))
			if tt.record != nil {
				tt.record(r)
			}
			tt.opts.At = noon
			c := wantChange(t, planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), tt.opts), a, tt.action, tt.reason)
			attempt := 1
			if tt.action == planner.ActionRetry {
				attempt = 2
			}
			if c.Attempt != attempt || c.OrderID != p.OrderIDFor(m, attempt) {
				t.Errorf("attempt %d with order id %s, want %d with %s", c.Attempt, c.OrderID, attempt, p.OrderIDFor(m, attempt))
			}
		})
	}
}

func TestFaultsOfTheRunAreRetriedOnce(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	r := recorded(m, p, statuses(payout.Failed), statuses(payout.Failed))
	r.Newest().Failures.Count = 2
	opts := planner.Options{At: noon, RunFault: func(string) bool { return true }}
	batches, l := []planner.Batch{batchOf(m, p)}, ledgerOf(t, r)
	if c := find(t, planner.Diff(batches, l, opts), a); c.Action != planner.ActionAttention {
		t.Errorf("attempt 3 is %s without a person", c.Action)
	}
	opts.RetryFailed = true
	if c := find(t, planner.Diff(batches, l, opts), a); c.Action != planner.ActionRetry || c.Attempt != 3 {
		t.Errorf("attempt %d is %s with a person", c.Attempt, c.Action)
	}
}

func TestAttemptsEnd(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	failed := statuses(payout.Failed)
	l := ledgerOf(t, recorded(m, p, failed, failed, failed, failed))
	plan := planner.Diff([]planner.Batch{batchOf(m, p)}, l, planner.Options{At: noon, RetryFailed: true})
	wantChange(t, plan, a, planner.ActionAttention, "failed 22 Nov 11:30: 10017 card expired; all 4 attempts are used, a new key is needed")
}

// TestResendAfterTheLastAttempt: not even a person gets a fifth attempt.
func TestResendAfterTheLastAttempt(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	failed, returned := statuses(payout.Failed), statuses(payout.Paid, payout.Returned)
	for _, tt := range []struct {
		attempts [][]payout.Status
		action   planner.Action
	}{
		{[][]payout.Status{failed, failed, returned}, planner.ActionRetry},
		{[][]payout.Status{failed, failed, failed, returned}, planner.ActionAttention},
	} {
		r := recorded(m, p, tt.attempts...)
		r.Flags = []payout.Flag{payout.FlagResend}
		c := find(t, diff(ledgerOf(t, r), batchOf(m, p)), a)
		if c.Action != tt.action || (c.Action == planner.ActionAttention) != (c.Reason == "all 4 attempts are used, a new key is needed") {
			t.Errorf("after %d attempts: %s, %s", len(tt.attempts), c.Action, c.Reason)
		}
	}
}

// TestEditsOfAFailedPayout: a person who mends the payout asks for the retry.
func TestEditsOfAFailedPayout(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	l := ledgerOf(t, recorded(m, p, statuses(payout.Failed)))
	p.Token = token(t, 2)
	wantChange(t, diff(l, batchOf(m, p)), a, planner.ActionRetry,
		"attempt 2; failed 22 Nov 11:00: 10017 card expired; destination was card ef74…0001, now card ef74…0002")
}

func TestExplicitOrderIDOfARetry(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	p.OrderID = "INV-7"
	l := ledgerOf(t, recorded(m, p, statuses(payout.Failed)))
	plan := planner.Diff([]planner.Batch{batchOf(m, p)}, l, planner.Options{At: noon, RetryFailed: true})
	if c := find(t, plan, a); c.OrderID != "INV-7-r2" {
		t.Errorf("order id of attempt 2 is %s", c.OrderID)
	}
}

// TestEarlierAttemptAlive: a payment found late under a superseded order id
// stops every further attempt, also after its alarm was acknowledged.
func TestEarlierAttemptAlive(t *testing.T) {
	for _, newest := range []payout.Status{payout.Failed, payout.NotSent} {
		m, a := merchant(), at("salaries", "2026-11", "director")
		p := declare(t, a, 1)
		p.Retry = 4
		r := recorded(m, p, statuses(payout.Failed, payout.Paid), statuses(newest))
		plan := planner.Diff([]planner.Batch{batchOf(m, p)}, ledgerOf(t, r), planner.Options{At: noon, RetryFailed: true})
		wantChange(t, plan, a, planner.ActionAttention, "attempt 1, order id "+p.OrderIDFor(m, 1)+", is paid: not sent again")
	}
}

// TestEarlierAttemptGivenUp: a not-found attempt that a person superseded does
// not stop the next one.
func TestEarlierAttemptGivenUp(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	l := ledgerOf(t, recorded(m, p, statuses(payout.NotFound), statuses(payout.NotSent)))
	c := wantChange(t, diff(l, batchOf(m, p)), a, planner.ActionPay, "")
	if c.Attempt != 2 || c.OrderID != p.OrderIDFor(m, 2) {
		t.Errorf("attempt %d with order id %s", c.Attempt, c.OrderID)
	}
}

func TestUnsentKeepsItsOrderID(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	r := recorded(m, p, statuses(payout.Sending, payout.NotSent))
	l := ledgerOf(t, r)
	p.OrderID, p.Amount = "INV-7", tenge(7)
	c := wantChange(t, diff(l, batchOf(m, p)), a, planner.ActionPay, "")
	if c.OrderID != r.Attempts[0].OrderID {
		t.Errorf("order id %s, want the recorded %s", c.OrderID, r.Attempts[0].OrderID)
	}
	in := payout.Intent{Details: p.Details(m), At: noon, Attempt: c.Attempt, OrderID: c.OrderID, TimeLimit: noon.Add(time.Hour)}
	if err := l.CheckBegin(&in); err != nil {
		t.Errorf("the ledger refuses what is planned: %v", err)
	}
}
