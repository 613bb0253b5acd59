package statefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
)

// mergeAt is when the branches of these tests were begun.
var mergeAt = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// paid records a sent payout as found paid, some minutes after it was accepted.
func paid(t *testing.T, l *payout.Ledger, key, payment string, minutes int) {
	t.Helper()
	at := mergeAt.Add(time.Duration(minutes) * time.Minute)
	must(t, l.Settle(&payout.Outcome{
		At: at, Address: staffAddress(key), Attempt: 1, OrderID: "acme-salaries-" + key, Cause: payout.CauseSuccess, PaymentID: payment,
		Event: payout.Event{Status: payout.Paid, Source: payout.SourceStatus, At: at},
	}))
}

// inDoubt sends a payout whose answer was lost: it has no payment id.
func inDoubt(t *testing.T, l *payout.Ledger, key string) {
	t.Helper()
	must(t, l.Begin(testIntent(key, mergeAt)))
	o := testOutcome(key, payout.InDoubt, mergeAt)
	o.PaymentID, o.PaymentDate = "", ""
	must(t, l.Settle(o))
}

// TestMergePicks: of a payout that both sides changed, the record with all the
// evidence of the other is kept, or one of two that name the same payment.
// Anything else may have been paid twice.
func TestMergePicks(t *testing.T) {
	base, _ := pairOfStates(t)
	sent := func(l *payout.Ledger) { send(t, l, "1002") }
	found := func(payment string, minutes int) func(l *payout.Ledger) {
		return func(l *payout.Ledger) {
			inDoubt(t, l, "1002")
			paid(t, l, "1002", payment, minutes)
		}
	}
	alarm := func(l *payout.Ledger) {
		r := l.Record(staffAddress("1002"))
		r.Flags = append(r.Flags, payout.FlagAlarm)
	}
	for _, tt := range []struct {
		name         string
		ours, theirs func(l *payout.Ledger)
		events       int // of the record that is kept; 0 = a conflict
	}{
		{"one knows more", func(l *payout.Ledger) { sent(l); paid(t, l, "1002", "", 2) }, sent, 3},
		{"the same payment, found at two times", found("7001002", 2), found("7001002", 5), 3},
		{"two payments", found("7001002", 2), found("7001003", 2), 0},
		{"two payments, nobody knows which", found("", 2), found("", 5), 0},
		{"one is flagged", found("7001002", 2), func(l *payout.Ledger) {
			found("7001002", 5)(l)
			alarm(l)
		}, 0},
		{"one knows more, the other is flagged", func(l *payout.Ledger) { sent(l); paid(t, l, "1002", "", 2) }, func(l *payout.Ledger) {
			sent(l)
			alarm(l)
		}, 0},
		{"two orders", found("7001002", 2), func(l *payout.Ledger) {
			in := testIntent("1002", mergeAt)
			in.OrderID = "acme-other"
			must(t, l.Begin(in))
			must(t, l.Settle(&payout.Outcome{At: mergeAt, Address: in.Address, Attempt: 1, OrderID: in.OrderID, Cause: payout.CauseCall,
				PaymentID: "7001002", Event: payout.Event{Status: payout.Accepted, Source: payout.SourceAnswer, At: mergeAt}}))
		}, 0},
	} {
		a, b := branch(t, base, tt.ours), branch(t, base, tt.theirs)
		for side, pair := range map[string][2]*Snapshot{"ours": {a, b}, "theirs": {b, a}} {
			merged, conflicts := Merge(base, pair[0], pair[1])
			if tt.events == 0 {
				if merged != nil || len(conflicts) != 1 || !strings.Contains(conflicts[0], "both sides changed it") {
					t.Errorf("%s, %s first: merged %+v, %q", tt.name, side, merged, conflicts)
				}
				continue
			}
			if len(conflicts) > 0 {
				t.Errorf("%s, %s first: %q", tt.name, side, conflicts)
			} else if n := len(merged.Ledger.Record(staffAddress("1002")).Newest().Events); n != tt.events {
				t.Errorf("%s, %s first: %d events, want %d", tt.name, side, n, tt.events)
			}
		}
	}
}

// TestMergeKeepsGraves: what one side forgot stays forgotten, unless the other
// went on with it.
func TestMergeKeepsGraves(t *testing.T) {
	start, _ := pairOfStates(t)
	base := branch(t, start, func(l *payout.Ledger) {
		must(t, l.Settle(&payout.Outcome{At: mergeAt, Address: staffAddress("1001"), Attempt: 1, OrderID: "acme-salaries-1001", Cause: payout.CauseError,
			Event: payout.Event{Status: payout.Failed, Source: payout.SourceStatus, At: mergeAt}}))
		inDoubt(t, l, "1002")
		paid(t, l, "1002", "7001002", 1)
	})
	forget := func(key string) func(l *payout.Ledger) {
		return func(l *payout.Ledger) {
			n := &payout.Note{At: mergeAt, Forget: &payout.Tombstone{
				Address: staffAddress(key), Merchant: "main", OrderIDs: []string{"acme-salaries-" + key}, At: mergeAt, By: "aigul", Reason: "paid by hand"}}
			must(t, l.CheckNote(n))
			l.Note(n)
		}
	}
	merged, conflicts := Merge(base, branch(t, base, forget("1002")), branch(t, base, forget("1001")))
	if len(conflicts) > 0 {
		t.Fatal(conflicts)
	}
	var graves []string
	for _, g := range merged.Ledger.Tombstones {
		graves = append(graves, g.Address.Key)
	}
	if !slices.Equal(graves, []string{"1001", "1002"}) || merged.Ledger.Len() != 0 {
		t.Errorf("graves %q, %d records", graves, merged.Ledger.Len())
	}
	_, conflicts = Merge(base, branch(t, base, forget("1001")), branch(t, base, func(l *payout.Ledger) { paid(t, l, "1001", "", 3) }))
	if len(conflicts) != 1 || !strings.Contains(conflicts[0], "ours is gone and theirs paid") {
		t.Errorf("forgotten here and paid there: %q", conflicts)
	}
	longer := branch(t, branch(t, base, forget("1001")), forget("1002"))
	for _, sides := range [][2]*Snapshot{{longer, base}, {base, longer}} {
		if merged, _ := Merge(base, sides[0], sides[1]); merged == nil || merged.Serial != longer.Serial+2 || merged.PreviousDigest != longer.Digest {
			t.Errorf("merged %+v, to follow serial %d", merged, longer.Serial)
		}
	}
}
