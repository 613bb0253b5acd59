package statefile

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
)

// TestMoveAndForgetSurvive follows a rename and a tombstone through journal,
// checkpoint and reload.
func TestMoveAndForgetSurvive(t *testing.T) {
	ctx := context.Background()
	store := &Local{Path: t.TempDir() + "/payouts.state.json", Version: "test"}
	lock, err := store.Lock(ctx, LockInfo{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	from, to := payout.NewAddress("pay", "2026-11", "old"), payout.NewAddress("pay", "2026-11", "new")
	gone := payout.NewAddress("pay", "2026-11", "gone")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	open := func() *Recorder {
		t.Helper()
		snap, err := store.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r, err := store.Open(lock, snap)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open()
	for i, a := range []payout.Address{from, gone} {
		id := []string{"id-1", "id-2"}[i]
		in := &payout.Intent{
			Details: payout.Details{Address: a, Amount: payout.Money{Minor: 100, Currency: payout.MustCurrency("KZT")}, Merchant: "main"},
			At:      now, Attempt: 1, OrderID: id, TimeLimit: now.Add(time.Hour),
		}
		if err := r.Begin(in); err != nil {
			t.Fatal(err)
		}
		o := &payout.Outcome{At: now, Address: a, Attempt: 1, OrderID: id, Cause: payout.CauseCall, Event: payout.Event{Status: payout.NotSent, At: now, Source: payout.SourceTransport}}
		if err := r.End(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	for _, n := range []*payout.Note{
		{At: now, Move: &payout.Move{From: from, To: to}},
		{At: now, Forget: &payout.Tombstone{Address: gone, At: now, By: "aigul", Reason: "a test of forgetting"}},
	} {
		if err := r.Note(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Note(&payout.Note{At: now, Move: &payout.Move{From: from, To: to}}); err == nil {
		t.Error("a record is moved twice")
	}
	check := func(when string) {
		t.Helper()
		snap, err := store.Load(ctx)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		l := snap.Ledger
		if l.Record(to) == nil || l.Record(from) != nil || l.Record(gone) != nil || l.Tombstone(gone) == nil {
			t.Errorf("%s: move or tombstone is lost", when)
		}
		if got := l.Tombstone(gone); got != nil && (got.Reason != "a test of forgetting" || len(got.OrderIDs) != 1) {
			t.Errorf("%s: tombstone %+v", when, got)
		}
		var pulled bytes.Buffer
		if _, err := snap.WriteTo(&pulled); err != nil {
			t.Fatal(err)
		}
		if doc, err := decode(strings.NewReader(pulled.String())); err != nil || doc.ledger.Tombstone(gone) == nil {
			t.Errorf("%s: what is pulled is not read: %v", when, err)
		}
	}
	check("in the journal")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	check("in the state")
	if report, err := store.Verify(); err != nil || len(report.Problems) > 0 {
		t.Errorf("verify: %v %v", report.Problems, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}
