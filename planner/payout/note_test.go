package payout_test

import (
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
)

var bonus = payout.NewAddress("bonus", "2026-11", "x")

func TestMoveKeepsOrderIDs(t *testing.T) {
	l := ledgerOf(t, record(payout.Paid))
	note := &payout.Note{Move: &payout.Move{From: staff, To: bonus}}
	if err := l.CheckNote(note); err != nil {
		t.Fatal(err)
	}
	l.Note(note)
	moved := l.Record(bonus)
	if l.Record(staff) != nil || moved == nil || moved.Address != bonus || len(moved.Former) != 1 || moved.Former[0] != staff {
		t.Fatalf("moved: %+v", moved)
	}
	if l.ByOrderID("main", "o1") != moved {
		t.Error("the order id was lost by the move")
	}
}

func TestNoteRefusals(t *testing.T) {
	open := record(payout.InDoubt)
	open.Address, open.Attempts[0].OrderID = bonus, "open-1"
	l := ledgerOf(t, record(payout.Paid), open)
	nobody := payout.NewAddress("nobody", "2026-11", "x")
	grave := payout.NewAddress("grave", "2026-11", "x")
	l.Bury(payout.Tombstone{Address: grave})
	tests := map[string]*payout.Note{
		"not recorded":          {Move: &payout.Move{From: nobody, To: grave}},
		"recorded already":      {Move: &payout.Move{From: staff, To: bonus}},
		"was forgotten":         {Move: &payout.Move{From: staff, To: grave}},
		"it is not recorded":    {Forget: &payout.Tombstone{Address: nobody}},
		"it is in_doubt and ma": {Forget: &payout.Tombstone{Address: bonus}},
	}
	for want, note := range tests {
		if err := l.CheckNote(note); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckNote = %v, want %q", err, want)
		}
	}
}

// TestFlaggedIsNotForgotten: what a person has to look at is not put out of sight.
func TestFlaggedIsNotForgotten(t *testing.T) {
	for _, flag := range []payout.Flag{payout.FlagAlarm, payout.FlagDisputed} {
		r := record(payout.Failed)
		note := &payout.Note{Forget: &payout.Tombstone{Address: staff, By: "aigul", Reason: "left the company"}}
		if err := ledgerOf(t, r).CheckNote(note); err != nil {
			t.Errorf("not flagged: %v", err)
		}
		r.Flags = []payout.Flag{flag}
		if err := ledgerOf(t, r).CheckNote(note); err == nil || !strings.Contains(err.Error(), "a person has not looked at it yet") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestForgottenIsNeverPaidAgain(t *testing.T) {
	l := ledgerOf(t, record(payout.Failed))
	l.Note(&payout.Note{Forget: &payout.Tombstone{Address: staff, By: "aigul", Reason: "left the company"}})
	grave := l.Tombstone(staff)
	if l.Record(staff) != nil || grave == nil || len(grave.OrderIDs) != 1 || grave.OrderIDs[0] != "o1" || grave.Merchant != "main" {
		t.Fatalf("tombstone: %+v", grave)
	}
	if err := l.CheckBegin(intent(staff, 1, "new-1")); err == nil {
		t.Error("a forgotten address may be paid")
	}
	if err := l.CheckBegin(intent(bonus, 1, "O1")); err == nil {
		t.Error("a forgotten order id may be sent")
	}
	adopted := details(staff)
	o := outcome(1, payout.Paid, payout.CauseLookup)
	o.Adopt = &adopted
	if err := l.CheckSettle(o); err == nil {
		t.Error("a forgotten address may be adopted")
	}
	back := record(payout.Paid)
	if err := l.Restore(back); err == nil {
		t.Error("a forgotten record may be restored")
	}
	if copied := l.Clone(); copied.Tombstone(staff) == nil {
		t.Error("a clone forgets what was forgotten")
	}
}

func TestResendNeedsAPerson(t *testing.T) {
	for _, status := range []payout.Status{payout.NotFound, payout.Returned} {
		l := ledgerOf(t, record(status))
		next := intent(staff, 2, "o2")
		if err := l.CheckBegin(next); err == nil {
			t.Fatalf("%s: sent again without a person", status)
		}
		o := outcome(1, status, payout.CauseResend)
		o.Raise = []payout.Flag{payout.FlagResend}
		if err := l.Settle(o); err != nil {
			t.Fatal(err)
		}
		if err := l.Begin(next); err != nil {
			t.Fatal(err)
		}
		if l.Record(staff).HasFlag(payout.FlagResend) {
			t.Errorf("%s: the wish for a resend outlives it", status)
		}
	}
}

func TestAcknowledgedFlagStaysDown(t *testing.T) {
	l := ledgerOf(t, record(payout.Paid))
	r := l.Record(staff)
	dispute := payout.Observation{At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Verdict: payout.SaysError, Source: payout.SourceStatus}
	raised, ok := r.Weigh(1, dispute, payout.Waits{})
	if !ok {
		t.Fatal("a dispute is not raised")
	}
	if err := l.Settle(&raised); err != nil {
		t.Fatal(err)
	}
	seen := outcome(1, payout.Paid, payout.CauseAcknowledge)
	seen.Event.Source, seen.Clear = payout.SourceAcknowledged, []payout.Flag{payout.FlagDisputed}
	if err := l.Settle(seen); err != nil {
		t.Fatal(err)
	}
	if _, again := r.Weigh(1, dispute, payout.Waits{}); again || r.HasFlag(payout.FlagDisputed) {
		t.Error("the same answer raises the flag again")
	}
	if r.Status() != payout.Paid {
		t.Errorf("acknowledged: %s", r.Status())
	}
}
