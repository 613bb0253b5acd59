package view

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// TestRenamesAreShown: a rename pays nothing, and is told all the same, the
// keys of one block in one line.
func TestRenamesAreShown(t *testing.T) {
	old, now := payout.NewAddress("bonuses", "2026-11", "staff"), payout.NewAddress("rewards", "2026-11", "people")
	batch := planner.Batch{Name: "rewards", Period: "2026-11", Merchant: main}
	moves := []planner.Move{{From: old, To: now}}
	ledger := payout.NewLedger()
	declared := func(from, to payout.Address, user int) {
		before := declare(t, from, 1000, user)
		if err := ledger.Restore(recordOf(&before, payout.Paid, time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC), "", "")); err != nil {
			t.Fatal(err)
		}
		batch.Payouts = append(batch.Payouts, declare(t, to, 1000, user))
	}
	for i := range 3 {
		declared(old.WithKey(fmt.Sprint(i)), now.WithKey(fmt.Sprint(i)), i+1)
	}
	for i := range maxListed + 1 {
		from, to := old.WithKey(fmt.Sprintf("was%02d", i)), now.WithKey(fmt.Sprintf("is%02d", i))
		moves = append(moves, planner.Move{From: from, To: to})
		declared(from, to, i+10)
	}
	plan := planner.Diff([]planner.Batch{batch}, ledger, planner.Options{At: at, Moved: moves})
	p := &Plan{Plan: plan, StateExists: true}
	var out bytes.Buffer
	PlanText(&out, p, false)
	for _, want := range []string{
		`· bonuses["2026-11"].staff is now rewards["2026-11"].people: 3 payouts renamed, nothing is paid for it`,
		`· bonuses["2026-11"].staff["was00"] is now rewards["2026-11"].people["is00"]: 1 payout renamed`,
		"· and 2 more renames",
		"No payouts to make. 24 paid.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	var machine bytes.Buffer
	if err := WriteJSON(&machine, PlanJSON(p, nil)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(machine.String(), `"previous_address"`); n != len(batch.Payouts) {
		t.Errorf("%d previous addresses, want %d", n, len(batch.Payouts))
	}
}
