package statefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
)

// branch is a copy of a state on which something happens.
func branch(t *testing.T, from *Snapshot, do func(l *payout.Ledger)) *Snapshot {
	t.Helper()
	b := *from
	b.Ledger = from.Ledger.Clone()
	do(b.Ledger)
	b.Serial, b.PreviousDigest = b.Serial+1, b.Digest
	data, err := Encode(&b, "0.1.0")
	must(t, err)
	snap, err := Parse("branch", data)
	must(t, err)
	return snap
}

func send(t *testing.T, l *payout.Ledger, key string) {
	t.Helper()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	must(t, l.Begin(testIntent(key, at)))
	must(t, l.Settle(testOutcome(key, payout.Accepted, at)))
}

func TestMergeKeepsBothSides(t *testing.T) {
	base, _ := pairOfStates(t)
	ours := branch(t, base, func(l *payout.Ledger) {
		send(t, l, "1002")
		l.Runs[0].Open = false
		l.Note(&payout.Note{Run: &payout.Run{ID: "ours", Plan: "sha256:1", OpenedAt: time.Unix(2_000_000_000, 0)}})
		l.Merchants[0].Proven = []payout.Proof{{Environment: "sandbox", API: "gateway"}}
	})
	theirs := branch(t, base, func(l *payout.Ledger) {
		send(t, l, "1003")
		must(t, l.Settle(&payout.Outcome{Address: staffAddress("1001"), Attempt: 1, OrderID: "acme-salaries-1001", Cause: payout.CauseSuccess,
			Event: payout.Event{Status: payout.Paid, Source: payout.SourceStatus, At: time.Unix(2_000_000_000, 0).UTC()}}))
		l.Merchants[0].LastCall = time.Unix(2_000_000_000, 0).UTC()
	})
	for name, sides := range map[string][2]*Snapshot{"ours first": {ours, theirs}, "theirs first": {theirs, ours}} {
		merged, conflicts := Merge(base, sides[0], sides[1])
		if len(conflicts) > 0 {
			t.Fatalf("%s: %q", name, conflicts)
		}
		l := merged.Ledger
		if l.Len() != 3 || l.Record(staffAddress("1001")).Status() != payout.Paid || len(l.Runs) != 2 || l.Runs[0].Open ||
			!l.Merchants[0].ProvenFor("sandbox", "gateway") || l.Merchants[0].LastCall.Unix() != 2_000_000_000 {
			t.Errorf("%s: %+v", name, l)
		}
		if !slices.Contains(merged.Unproven, "two states were merged") || merged.Serial != ours.Serial+2 {
			t.Errorf("%s: %+v", name, merged)
		}
		for _, side := range sides {
			if c := Compare(side, merged); len(c.Problems) > 0 {
				t.Errorf("%s: %q", name, c.Problems)
			}
		}
		data, err := Encode(merged, "0.1.0")
		must(t, err)
		if _, err := Parse("merged", data); err != nil {
			t.Error(err)
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	base, _ := pairOfStates(t)
	nothing := func(*payout.Ledger) {}
	sendAs := func(order string) func(l *payout.Ledger) {
		return func(l *payout.Ledger) {
			in := testIntent("1002", time.Unix(2_000_000_000, 0).UTC())
			in.OrderID = order
			must(t, l.Begin(in))
		}
	}
	for _, tt := range []struct {
		want         string
		ours, theirs func(l *payout.Ledger)
	}{
		{"both sides changed it, ours is sending and theirs sending", sendAs("a"), sendAs("b")},
		{"theirs: salaries", nothing, func(l *payout.Ledger) { *l = *payout.NewLedger() }},
		{"the run 20261121T130000Z was rewritten", func(l *payout.Ledger) { l.Runs[0].Who = "mallory" }, nothing},
		{"belongs to", sendAs("same"), func(l *payout.Ledger) {
			in := testIntent("1003", time.Unix(2_000_000_000, 0).UTC())
			in.OrderID = "SAME"
			must(t, l.Begin(in))
		}},
		{"merchant second is another account on either side", func(l *payout.Ledger) { l.Note(&payout.Note{Merchant: &payout.Merchant{Name: "second", ID: 1}}) },
			func(l *payout.Ledger) { l.Note(&payout.Note{Merchant: &payout.Merchant{Name: "second", ID: 2}}) }},
		{"ours is gone and theirs failed", func(l *payout.Ledger) {
			l.Note(&payout.Note{Move: &payout.Move{From: staffAddress("1001"), To: staffAddress("1009")}})
		}, func(l *payout.Ledger) {
			must(t, l.Settle(&payout.Outcome{Address: staffAddress("1001"), Attempt: 1, OrderID: "acme-salaries-1001", Cause: payout.CauseError,
				Event: payout.Event{Status: payout.Failed, Source: payout.SourceStatus, At: time.Unix(2_000_000_000, 0).UTC()}}))
		}},
	} {
		merged, conflicts := Merge(base, branch(t, base, tt.ours), branch(t, base, tt.theirs))
		if merged != nil || !slices.ContainsFunc(conflicts, func(c string) bool { return strings.Contains(c, tt.want) }) {
			t.Errorf("want %q, got %q", tt.want, conflicts)
		}
	}
	other, _ := pairOfStates(t)
	if _, conflicts := Merge(nil, base, other); len(conflicts) != 1 || !strings.Contains(conflicts[0], "two states that began apart (lineages ") {
		t.Errorf("another state: %q", conflicts)
	}
}
