package payout_test

import (
	"errors"
	"time"

	"pgregory.net/rapid"

	"payrun/planner/payout"
)

// start is the moment at which every test's payout was begun.
var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// fence is that of every attempt begun by intent.
var fence = start.Add(24*time.Hour + payout.FenceMargin)

var staff = payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001")

func details(a payout.Address) payout.Details {
	return payout.Details{
		Address: a, Amount: tenge(50000), Merchant: "main", Destination: "card ef74…2182",
		Fingerprint: "sha256:bfcf", UserID: "1001", Description: "Salary 2026-11",
	}
}

func intent(a payout.Address, attempt int, orderID string) *payout.Intent {
	return &payout.Intent{Details: details(a), At: start, Attempt: attempt, OrderID: orderID, TimeLimit: start.Add(24 * time.Hour)}
}

// outcome moves attempt n of staff, whose order ids are o1 to o4.
func outcome(n int, to payout.Status, cause payout.Cause) *payout.Outcome {
	source := map[payout.Cause]payout.Source{
		payout.CauseCall: payout.SourceAnswer, payout.CauseRestart: payout.SourceRestart, payout.CauseLookup: payout.SourceLookup,
		payout.CauseImport: payout.SourceImport, payout.CausePerson: payout.SourceManual,
	}[cause]
	if source == "" {
		source = payout.SourceStatus
	}
	return &payout.Outcome{
		At: start, Address: staff, Attempt: n, OrderID: orderID(n), Cause: cause,
		Event: payout.Event{Status: to, At: start, Source: source},
	}
}

func orderID(n int) string { return "o" + string(rune('0'+n)) }

// record builds a record of staff, one attempt a status.
func record(statuses ...payout.Status) *payout.Record {
	r := &payout.Record{Details: details(staff)}
	for i, s := range statuses {
		events := []payout.Event{{Status: payout.Sending, At: start, Source: payout.SourceIntent}}
		if s != payout.Sending {
			events = append(events, payout.Event{Status: s, At: start, Source: payout.SourceStatus})
		}
		r.Attempts = append(r.Attempts, payout.Attempt{
			N: i + 1, OrderID: orderID(i + 1), TimeLimit: start.Add(24 * time.Hour), Events: events,
		})
	}
	return r
}

// manual makes the newest evidence a person's.
func manual(r *payout.Record) *payout.Record {
	newest := r.Newest()
	newest.Events[len(newest.Events)-1].Source = payout.SourceManual
	return r
}

func ledgerOf(t rapid.TB, records ...*payout.Record) *payout.Ledger {
	t.Helper()
	l := payout.NewLedger()
	for _, r := range records {
		if err := l.Restore(r); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func mustBegin(t rapid.TB, l *payout.Ledger, in *payout.Intent) {
	t.Helper()
	if err := l.Begin(in); err != nil {
		t.Fatal(err)
	}
}

func mustSettle(t rapid.TB, l *payout.Ledger, o *payout.Outcome) {
	t.Helper()
	if err := l.Settle(o); err != nil {
		t.Fatal(err)
	}
}

// wantForbidden fails unless err is a *TransitionError.
func wantForbidden(t rapid.TB, what string, err error) {
	t.Helper()
	var forbidden *payout.TransitionError
	if !errors.As(err, &forbidden) {
		t.Errorf("%s: %v, want a *TransitionError", what, err)
	}
}
