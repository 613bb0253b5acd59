package payout_test

import (
	"testing"

	"payrun/planner/payout"
)

// TestSpeaking names the attempt that a record's status is of.
func TestSpeaking(t *testing.T) {
	var none *payout.Record
	if none.Speaking() != nil || (&payout.Record{}).Speaking() != nil {
		t.Error("a record without attempts speaks")
	}
	for _, tt := range []struct {
		attempts []payout.Status
		want     int
	}{
		{[]payout.Status{payout.Paid}, 1},
		{[]payout.Status{payout.Failed, payout.Failed}, 2},
		{[]payout.Status{payout.Failed, payout.NotSent}, 2},
		{[]payout.Status{payout.NotFound, payout.Failed}, 2},
		{[]payout.Status{payout.Paid, payout.Failed}, 1},
		{[]payout.Status{payout.InDoubt, payout.NotSent}, 1},
		{[]payout.Status{payout.Paid, payout.Accepted}, 2},
		{[]payout.Status{payout.Paid, payout.Accepted, payout.Failed}, 2},
		{[]payout.Status{payout.Accepted, payout.Failed, payout.Failed, payout.NotSent}, 1},
	} {
		r := record(tt.attempts...)
		if got := r.Speaking(); got != r.Attempt(tt.want) || r.Status() != got.Status() {
			t.Errorf("of attempts %v number %d speaks, want %d", tt.attempts, got.N, tt.want)
		}
	}
}

// TestWishForAResendEnds: it is about a status, and goes with it.
func TestWishForAResendEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		from payout.Status
		o    *payout.Outcome
		kept bool
	}{
		"wished again":         {payout.NotFound, outcome(1, payout.NotFound, payout.CauseResend), true},
		"returned, and wished": {payout.Returned, outcome(1, payout.Returned, payout.CauseResend), true},
		"nothing new":          {payout.NotFound, &payout.Outcome{At: start, Address: staff, Attempt: 1, OrderID: "o1", PaymentID: "7"}, true},
		"paid after all":       {payout.NotFound, outcome(1, payout.Paid, payout.CauseSuccess), false},
		"in process after all": {payout.NotFound, outcome(1, payout.Accepted, payout.CauseProcess), false},
		"failed after all":     {payout.NotFound, outcome(1, payout.Failed, payout.CauseError), false},
		"settled by a person":  {payout.NotFound, outcome(1, payout.Paid, payout.CausePerson), false},
	} {
		t.Run(name, func(t *testing.T) {
			l := ledgerOf(t, record(tt.from))
			wish := outcome(1, tt.from, payout.CauseResend)
			wish.Raise = []payout.Flag{payout.FlagResend, payout.FlagUnproven}
			mustSettle(t, l, wish)
			cleared := tt.o.Clear
			mustSettle(t, l, tt.o)
			if r := l.Record(staff); r.HasFlag(payout.FlagResend) != tt.kept || !r.HasFlag(payout.FlagUnproven) {
				t.Errorf("flags %v, want the wish kept: %t", r.Flags, tt.kept)
			}
			if len(tt.o.Clear) != len(cleared) {
				t.Error("settling changed the outcome")
			}
		})
	}
}

// TestWishForAResendIsSpentByItsIntent: one wish sends one attempt.
func TestWishForAResendIsSpentByItsIntent(t *testing.T) {
	l := ledgerOf(t, record(payout.NotFound))
	wantForbidden(t, "an attempt that nobody wished for", l.Begin(intent(staff, 2, "o2")))
	wish := outcome(1, payout.NotFound, payout.CauseResend)
	wish.Raise = []payout.Flag{payout.FlagResend}
	mustSettle(t, l, wish)
	mustBegin(t, l, intent(staff, 2, "o2"))
	if l.Record(staff).HasFlag(payout.FlagResend) {
		t.Error("the wish outlives the attempt that it asked for")
	}
}

func TestMatchGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"**", "", true},
		{"?", "", false},
		{"*", "anything at all", true},
		{"a", "a", true},
		{"a", "A", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"?", "ә", true},
		{"??", "ә", false},
		{"a*c", "ac", true},
		{"a*c", "abcbc", true},
		{"a*c", "abcb", false},
		{"*b*d", "abcbd", true},
		{"*b*d*", "abc", false},
		{"a**b", "ab", true},
		{"*a?", "baab", true},
		{"*aab", "aaaab", true},
		{`salaries["2026-11"].*`, `salaries["2026-11"].staff["1001"]`, true},
		{`salaries["2026-1?"].staff["*"]`, `salaries["2026-11"].staff["1001"]`, true},
		{`salaries[2026-11].*`, `salaries["2026-11"].staff`, false},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
		{`\*`, "*", false},
		{`\*`, `\x`, true},
	} {
		if got := payout.MatchGlob(tt.pattern, tt.s); got != tt.want {
			t.Errorf("MatchGlob(%q, %q) = %t", tt.pattern, tt.s, got)
		}
	}
}
