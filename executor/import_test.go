package executor_test

import (
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// importing plans payout 1 as paid elsewhere.
func (w *world) importing(in planner.Import) func(*executor.Run) {
	in.To, in.Reason = w.address(1), "paid by the old tool"
	if in.Amount == (payout.Money{}) {
		in.Amount = w.batch.Payouts[0].Amount
	}
	return func(r *executor.Run) {
		r.Plan = planner.Diff([]planner.Batch{w.batch}, w.journal.clone(), planner.Options{
			At: time.Now(), Imports: map[payout.Address]planner.Import{in.To: in},
		})
	}
}

// TestImportVerified: the gateway confirms it, and it is never sent.
func TestImportVerified(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.lost(w.order(1, 1), 1, "")
		w.reconcile()
		r := w.apply(w.importing(planner.Import{PaymentID: "1000000001"}))
		w.wantStop(r, "")
		w.want(payout.Paid, payout.Accepted)
		last := w.record(1).Newest().Last()
		if last.Source != payout.SourceImport || last.Reason != "paid by the old tool" || w.record(1).Newest().PaymentID != "1000000001" {
			t.Errorf("recorded %+v", w.record(1))
		}
		w.wantReceived(2)
	})
}

// TestImportUnverified: nobody is asked.
func TestImportUnverified(t *testing.T) {
	bubble(t, 1, func(w *world) {
		r := w.apply(w.importing(planner.Import{PaymentID: "5", Unverified: "paid in cash"}))
		w.wantStop(r, "")
		w.want(payout.Paid)
		if last := w.record(1).Newest().Last(); last.Reason != "paid by the old tool; not verified: paid in cash" {
			t.Errorf("recorded %+v", last)
		}
		w.wantReceived(0)
	})
}

// TestImportRefuted: what the gateway knows otherwise stops the run.
func TestImportRefuted(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(w *world)
		in   planner.Import
		why  string
	}{
		{"not found", func(*world) {}, planner.Import{PaymentID: "5"}, "knows no such payment under order id"},
		{"failed", func(w *world) { w.faults(w.on(1, "accept", "error:10017")); w.lost(w.order(1, 1), 1, "") }, planner.Import{}, "says error, not success"},
		{"process", func(w *world) { w.faults(w.on(1, "accept", "process:9")); w.lost(w.order(1, 1), 1, "") }, planner.Import{}, "says process, not success"},
		{"amount", func(w *world) { w.lost(w.order(1, 1), 1, "7.77") }, planner.Import{}, "another amount"},
		{"payment", func(w *world) { w.lost(w.order(1, 1), 1, "") }, planner.Import{PaymentID: "5"}, "cannot be imported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, 2, func(w *world) {
				tt.do(w)
				before := w.received()
				r := w.apply(w.importing(tt.in))
				w.wantStop(r, executor.StopImport, tt.why)
				if w.record(1) != nil {
					t.Errorf("recorded %+v", w.record(1))
				}
				w.wantReceived(before)
			})
		})
	}
}

// TestImportNotWritten: an import whose record is not on disk stops the run.
func TestImportNotWritten(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.journal.failEnd = 1
		r := w.apply(w.importing(planner.Import{PaymentID: "5", Unverified: "paid in cash"}))
		w.wantStop(r, executor.StopJournal)
		w.wantReceived(0)
		if r.Unwritten != nil || len(r.Sent) != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestImportUnanswered: it waits, and the rest is paid.
func TestImportUnanswered(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.faults(w.asking(1, "garbage"))
		r := w.apply(w.importing(planner.Import{PaymentID: "5"}))
		w.wantStop(r, "")
		w.want(payout.Declared, payout.Accepted)
		if r.Skipped != 1 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestImportHeld: a payment is imported once.
func TestImportHeld(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.batch.Payouts = w.batch.Payouts[1:]
		w.wantStop(w.apply(), "")
		w.reconcile()
		w.batch.Payouts = append(w.batch.Payouts, w.declare(1))
		id := w.record(2).Newest().PaymentID
		in := planner.Import{To: w.address(1), PaymentID: id, Amount: w.declare(1).Amount, Reason: "twice", Unverified: "a slip of the pen"}
		r := w.apply(func(r *executor.Run) {
			r.Plan = planner.Diff([]planner.Batch{w.batch}, w.journal.clone(), planner.Options{At: time.Now(), Imports: map[payout.Address]planner.Import{in.To: in}})
		})
		w.wantStop(r, executor.StopImport, "payment "+id+" belongs to another payout already")
	})
}
