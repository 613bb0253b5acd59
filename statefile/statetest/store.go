package statetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
	"payrun/statefile"
)

// Place is one empty place for a state. Each call opens another store of it, as
// another program would.
type Place func() statefile.Store

// TestStore runs the suite. factory makes a new empty place for each test.
func TestStore(t *testing.T, factory func(t *testing.T) Place) {
	tests := []struct {
		name string
		run  func(t *testing.T, open Place)
	}{
		{"missing state loads empty", missing},
		{"saved state loads again", roundTrip},
		{"serial moves only with the content", serial},
		{"digest follows the content alone", digest},
		{"stale snapshot is refused", stale},
		{"second first save is refused", firstTwice},
		{"reasons are kept", reasons},
		{"lock excludes and names the holder", excludes},
		{"released lock is free", released},
		{"waiting lock is granted", waiting},
		{"cancelled calls end", cancelled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, factory(t)) })
	}
}

var ctx = context.Background()

const lineage = "6f2c1d0e-9a55-4c3b-8f10-0d6a1b2c3d4e"

var began = time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)

func load(t *testing.T, s statefile.Store) *statefile.Snapshot {
	t.Helper()
	snap, err := s.Load(ctx)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return snap
}

func save(t *testing.T, s statefile.Store, snap *statefile.Snapshot) {
	t.Helper()
	if err := s.Save(ctx, snap); err != nil {
		t.Fatalf("save: %v", err)
	}
}

// pay records one payout with a life of two events.
func pay(t *testing.T, l *payout.Ledger, key string) {
	t.Helper()
	address := payout.NewAddress("salaries", "2026-11", "staff").WithKey(key)
	in := &payout.Intent{
		Details: payout.Details{
			Address: address, Amount: payout.Money{Minor: 10050, Currency: payout.MustCurrency("KZT")}, Merchant: "main",
			Destination: "card ef74…2182", Fingerprint: "sha256:00", UserID: key, Description: "Salary \"2026-11\" <&> Ә",
		},
		At: began, Attempt: 1, OrderID: "salaries-" + key, TimeLimit: began.Add(24 * time.Hour),
	}
	if err := l.Begin(in); err != nil {
		t.Fatal(err)
	}
	at := began.Add(1500 * time.Millisecond)
	out := &payout.Outcome{
		At: at, Address: address, Attempt: 1, OrderID: in.OrderID, Cause: payout.CauseCall, PaymentID: "7" + key,
		Event: payout.Event{Status: payout.Accepted, At: at, Source: payout.SourceAnswer},
	}
	if err := l.Settle(out); err != nil {
		t.Fatal(err)
	}
}

func merchant(l *payout.Ledger) {
	l.Note(&payout.Note{At: began, Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "sandbox", Prefix: "acme"}})
}

func missing(t *testing.T, open Place) {
	snap := load(t, open())
	if snap.Exists || snap.Serial != 0 || snap.Digest != "" || snap.Ledger.Len() != 0 || snap.OpenRun {
		t.Errorf("a missing state loads as %+v", snap)
	}
	if len(snap.Unproven) == 0 {
		t.Error("a missing state counts as proven")
	}
}

func roundTrip(t *testing.T, open Place) {
	s := open()
	snap := load(t, s)
	merchant(snap.Ledger)
	for i := range 20 {
		pay(t, snap.Ledger, fmt.Sprint(1000+i))
	}
	save(t, s, snap)
	again := load(t, open())
	if diff := cmp.Diff(snap.Ledger.All(), again.Ledger.All()); diff != "" {
		t.Errorf("records changed (-saved +loaded):\n%s", diff)
	}
	if diff := cmp.Diff(snap.Ledger.Merchants, again.Ledger.Merchants); diff != "" {
		t.Errorf("merchants changed (-saved +loaded):\n%s", diff)
	}
	if !again.Exists || again.Serial != 1 || again.Digest != snap.Digest || again.Lineage != snap.Lineage || again.Lineage == "" {
		t.Errorf("saved as serial %d %s, loaded as %d %s", snap.Serial, snap.Digest, again.Serial, again.Digest)
	}
}

func serial(t *testing.T, open Place) {
	s := open()
	snap := load(t, s)
	merchant(snap.Ledger)
	save(t, s, snap)
	first := snap.Digest
	save(t, s, snap)
	if snap.Serial != 1 || snap.Digest != first {
		t.Errorf("saving the same content moved the serial to %d", snap.Serial)
	}
	pay(t, snap.Ledger, "1001")
	save(t, s, snap)
	if snap.Serial != 2 || snap.PreviousDigest != first || snap.Digest == first {
		t.Errorf("new content has serial %d, digest %s after %s", snap.Serial, snap.Digest, snap.PreviousDigest)
	}
}

func digest(t *testing.T, open Place) {
	s := open()
	snap := load(t, s)
	snap.Lineage = lineage
	merchant(snap.Ledger)
	pay(t, snap.Ledger, "1002")
	pay(t, snap.Ledger, "1001")
	save(t, s, snap)
	for range 3 {
		if again := load(t, open()); again.Digest != snap.Digest || again.Lineage != lineage {
			t.Errorf("loaded digest %s of lineage %s, saved %s of %s", again.Digest, again.Lineage, snap.Digest, lineage)
		}
	}
}

func stale(t *testing.T, open Place) {
	s := open()
	snap := load(t, s)
	merchant(snap.Ledger)
	save(t, s, snap)
	mine, theirs := load(t, s), load(t, open())
	pay(t, theirs.Ledger, "1001")
	save(t, open(), theirs)
	pay(t, mine.Ledger, "1002")
	var refused *statefile.StaleError
	if err := s.Save(ctx, mine); !errors.As(err, &refused) {
		t.Fatalf("a stale snapshot was saved: %v", err)
	}
	if now := load(t, s); now.Digest != theirs.Digest || now.Ledger.Len() != 1 {
		t.Error("a refused save changed the state")
	}
}

func firstTwice(t *testing.T, open Place) {
	mine, theirs := load(t, open()), load(t, open())
	merchant(theirs.Ledger)
	save(t, open(), theirs)
	merchant(mine.Ledger)
	var refused *statefile.StaleError
	if err := open().Save(ctx, mine); !errors.As(err, &refused) {
		t.Errorf("a second first save was not refused: %v", err)
	}
}

func reasons(t *testing.T, open Place) {
	s := open()
	snap := load(t, s)
	merchant(snap.Ledger)
	snap.Unproven = []string{"pushed: restored from paper"}
	save(t, s, snap)
	again := load(t, open())
	if diff := cmp.Diff(snap.Unproven, again.Unproven); diff != "" {
		t.Error(diff)
	}
	again.Unproven = nil
	save(t, s, again)
	if last := load(t, open()); len(last.Unproven) != 0 {
		t.Errorf("still not proven: %v", last.Unproven)
	}
}
