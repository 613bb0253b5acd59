package statefile

import (
	"slices"
	"testing"

	"payrun/planner/payout"
)

// TestReasonsOutliveTheRun: why a state is not proven stays until a run proves
// it, also where no journal is left to say so.
func TestReasonsOutliveTheRun(t *testing.T) {
	s := testStore(t)
	want := func(when string, reasons ...string) {
		t.Helper()
		if got := mustLoad(t, s).Unproven; !slices.Equal(got, reasons) {
			t.Errorf("%s: not proven because of %q, want %q", when, got, reasons)
		}
	}
	want("nothing there", "the state is new")
	s = prepared(t, true)
	want("after a crash", "the journal lost its tail")
	r, lock := mustOpen(t, s)
	r.View(func(l *payout.Ledger) {
		for _, key := range []string{"1000", "0999"} {
			if got := l.Record(staffAddress(key)).Status(); got != payout.InDoubt {
				t.Errorf("%s is %q after the crash", key, got)
			}
		}
	})
	must(t, r.Close())
	must(t, lock.Release())
	want("after the next run", "the journal lost its tail")
	r, lock = mustOpen(t, s)
	r.MarkProven()
	must(t, r.Close())
	must(t, lock.Release())
	want("after a run that proved it")
}
