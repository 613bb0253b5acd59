package planner_test

import (
	"strings"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// TestFoundInDoubtNeedsAPerson: of a payment that a look-up found and could not
// tell the amount of, no further answer says more.
func TestFoundInDoubtNeedsAPerson(t *testing.T) {
	for name, tt := range map[string]struct {
		found  func(a *payout.Attempt)
		action planner.Action
	}{
		"found by a look-up": {func(a *payout.Attempt) {
			a.PaymentID, a.TimeLimit, a.Events[0].Source = "7", time.Time{}, payout.SourceLookup
		}, planner.ActionAttention},
		"found, and not sent by us before": {func(a *payout.Attempt) {
			a.PaymentID, a.Events[0].Source = "7", payout.SourceLookup
			before := payout.Event{Status: payout.NotSent, At: noon.Add(-2 * time.Hour), Source: payout.SourceTransport}
			a.Events = append([]payout.Event{before}, a.Events...)
		}, planner.ActionAttention},
		"found, the payment unknown":  {func(a *payout.Attempt) { a.Events[0].Source = payout.SourceLookup }, planner.ActionCheck},
		"sent by us, the answer lost": {func(a *payout.Attempt) { a.Events[0].Source = payout.SourceTransport }, planner.ActionCheck},
		"sent by us, payment known": {func(a *payout.Attempt) {
			a.PaymentID, a.Events[0].Source = "7", payout.SourceAnswer
		}, planner.ActionCheck},
	} {
		t.Run(name, func(t *testing.T) {
			m, a := merchant(), at("salaries", "2026-11", "director")
			p := declare(t, a, 1)
			r := recorded(m, p, statuses(payout.InDoubt))
			tt.found(&r.Attempts[0])
			wantChange(t, diff(ledgerOf(t, r), batchOf(m, p)), a, tt.action, "in doubt since 22 Nov 06:00 UTC")
			// An edit is a conflict before it is anything else.
			p.Amount = tenge(5000)
			if c := find(t, diff(ledgerOf(t, r), batchOf(m, p)), a); c.Action != planner.ActionConflict {
				t.Errorf("edited it is %s (%q)", c.Action, c.Reason)
			}
		})
	}
}

// TestMerchantEditAndDestination: a fingerprint holds the merchant's id, so
// that another merchant alone is no other card.
func TestMerchantEditAndDestination(t *testing.T) {
	const (
		why         = "attempt 2; failed 22 Nov 11:00: 10017 card expired; "
		merchants   = "merchant was main, now second"
		destination = "destination was card ef74…0001, now card ef74…0002"
	)
	for name, tt := range map[string]struct {
		name    string
		id      int64
		token   int
		want    []string
		without string
	}{
		"merchant":              {"second", 9971, 1, []string{merchants}, "destination"},
		"merchant of one id":    {"second", 9970, 1, []string{merchants}, "destination"},
		"card":                  {"main", 9970, 2, []string{destination}, "merchant was"},
		"merchant and card":     {"second", 9971, 2, []string{destination, merchants}, "user id"},
		"the same, id replaced": {"main", 9971, 1, []string{"destination was card ef74…0001, now card ef74…0001"}, "merchant was"},
	} {
		t.Run(name, func(t *testing.T) {
			m, a := merchant(), at("salaries", "2026-11", "director")
			p := declare(t, a, 1)
			l := ledgerOf(t, recorded(m, p, statuses(payout.Failed)))
			other := merchant()
			other.Name, other.ID = tt.name, tt.id
			p.Token = token(t, tt.token)
			c := find(t, diff(l, batchOf(other, p)), a)
			if c.Action != planner.ActionRetry || !strings.HasPrefix(c.Reason, why+tt.want[0]) {
				t.Errorf("it is %s (%q)", c.Action, c.Reason)
			}
			for _, word := range tt.want {
				if !strings.Contains(c.Reason, word) {
					t.Errorf("the reason %q lacks %q", c.Reason, word)
				}
			}
			if strings.Contains(c.Reason, tt.without) {
				t.Errorf("the reason %q speaks of %q", c.Reason, tt.without)
			}
			if c.OrderID != p.OrderIDFor(other, 2) || c.Attempt != 2 {
				t.Errorf("attempt %d with order id %s", c.Attempt, c.OrderID)
			}
		})
	}
}
