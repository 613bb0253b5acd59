package statefile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

func TestRunFromNothingToClosed(t *testing.T) {
	s := testStore(t)
	r, lock := mustOpen(t, s)
	at := s.now()
	must(t, r.Note(&payout.Note{At: at, Merchant: testMerchant(), Run: testRun(true, at)}))
	must(t, r.Checkpoint())
	must(t, r.Reserve(10))
	must(t, r.Begin(testIntent("1001", at)))
	must(t, r.End(testOutcome("1001", payout.Accepted, at)))
	must(t, r.Begin(testIntent("1002", at)))
	must(t, r.End(testOutcome("1002", payout.InDoubt, at)))
	r.MarkProven()
	must(t, r.Note(&payout.Note{At: at, Run: testRun(false, at)}))
	var want string
	r.View(func(l *payout.Ledger) { want = content(t, l) })
	must(t, r.Close())
	must(t, lock.Release())

	snap := mustLoad(t, s)
	if diff := cmp.Diff(want, content(t, snap.Ledger)); diff != "" {
		t.Error(diff)
	}
	if snap.Serial != 2 || snap.Sequence != 6 || len(snap.Unproven) != 0 || snap.OpenRun || snap.Recovered.Torn() {
		t.Errorf("snapshot: %+v", snap)
	}
	if diff := cmp.Diff([]string{"payouts.state.json", "payouts.state.json.lock"}, names(t, s)); diff != "" {
		t.Error(diff)
	}
	t.Logf("%s", readFile(t, s.Path))
}
