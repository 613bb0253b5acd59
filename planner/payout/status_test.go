package payout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

func TestTransitionErrorText(t *testing.T) {
	tests := []struct {
		err  payout.TransitionError
		want string
	}{
		{payout.TransitionError{Address: staff, From: payout.Paid, To: payout.Sending, Cause: payout.CauseIntent},
			`move salaries["2026-11"].staff["1001"] from paid to sending because of intent: forbidden`},
		{payout.TransitionError{Address: staff, To: payout.Paid, Cause: payout.CauseLookup, Reason: "why"},
			`move salaries["2026-11"].staff["1001"] from (declared) to paid because of look-up: forbidden: why`},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error() = %s, want %s", got, tt.want)
		}
	}
}

func TestStatusWords(t *testing.T) {
	want := []payout.Status{"sending", "not_sent", "accepted", "rejected", "in_doubt", "not_found", "paid", "failed", "returned"}
	if diff := cmp.Diff(want, payout.Statuses()); diff != "" {
		t.Errorf("Statuses (-want +got):\n%s", diff)
	}
	for _, s := range want {
		if got, err := payout.ParseStatus(string(s)); err != nil || got != s {
			t.Errorf("ParseStatus(%q) = %q, %v", s, got, err)
		}
	}
	for _, text := range []string{"", "declared", "Paid", "paid ", "disputed"} {
		if got, err := payout.ParseStatus(text); err == nil || got != payout.Declared {
			t.Errorf("ParseStatus(%q) = %q, %v, want an error", text, got, err)
		}
	}
}

func TestStatusPredicates(t *testing.T) {
	tests := []struct {
		status                 payout.Status
		final, open, mayBePaid bool
	}{
		{payout.Declared, false, false, false},
		{payout.Sending, false, true, true},
		{payout.NotSent, false, false, false},
		{payout.Accepted, false, true, true},
		{payout.Rejected, false, true, true},
		{payout.InDoubt, false, true, true},
		{payout.NotFound, false, true, true},
		{payout.Paid, true, false, true},
		{payout.Failed, true, false, false},
		{payout.Returned, true, false, false},
	}
	for _, tt := range tests {
		if tt.status.Final() != tt.final || tt.status.Open() != tt.open || tt.status.MayBePaid() != tt.mayBePaid {
			t.Errorf("%q: final %v, open %v, may be paid %v", tt.status, tt.status.Final(), tt.status.Open(), tt.status.MayBePaid())
		}
	}
}
