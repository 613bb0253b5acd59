package executor_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"payrun/executor"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// TestPace (I15): first byte to first byte, payout calls are never closer than
// the interval, with any width, slow disks and slow answers; and the first one
// of a process waits.
func TestPace(t *testing.T) {
	for _, width := range []int{1, 2, 7, 32, 256} {
		for _, interval := range []time.Duration{2 * time.Second, time.Second / 7, 333 * time.Microsecond} {
			t.Run(fmt.Sprintf("%d wide, every %s", width, interval), func(t *testing.T) {
				bubble(t, 40, func(w *world) {
					w.account.Width, w.account.Pay = width, limiter(interval)
					w.journal.slow = 700 * time.Millisecond
					w.faults(w.on(3, "delay:9s", ""), w.on(9, "delay:100ms", ""), w.asking(5, "delay:3s"))
					last := time.Now()
					w.wantStop(w.apply(), "")
					// The limiter counts in fractions of tokens: it is exact to a nanosecond or two.
					for i, l := range w.lines(sandbox.CallPayout) {
						if gap := l.At.Sub(last); gap < interval-time.Microsecond {
							t.Errorf("call %d came %s after the one before, want %s", i+1, gap, interval)
						}
						last = l.At
					}
					w.wantReceived(40)
				})
			})
		}
	}
}

// TestPaceIsKept: with a fast gateway the pace is what was asked for, and not
// slower.
func TestPaceIsKept(t *testing.T) {
	bubble(t, 30, func(w *world) {
		w.account.Width, w.account.Pay = 4, limiter(2*time.Second)
		began := time.Now()
		w.apply()
		if took := time.Since(began); took != time.Minute {
			t.Errorf("30 calls took %s, want 1m0s", took)
		}
	})
}

// TestUnusedTurn: a turn that comes to nothing is given to the next.
func TestUnusedTurn(t *testing.T) {
	bubble(t, 3, func(w *world) {
		w.account.Width, w.account.Pay = 3, limiter(2*time.Second)
		n := 0
		w.account.Gateway = gate{w.account.Gateway, func() error {
			if n++; n == 1 {
				return errors.New("connection refused")
			}
			return nil
		}}
		w.wantStop(w.apply(), "")
		w.want(payout.Accepted, payout.Accepted, payout.Accepted)
	})
}

// TestStopWhileWaitingForATurn: nobody waits for a turn after a stop.
func TestStopWhileWaitingForATurn(t *testing.T) {
	bubble(t, 9, func(w *world) {
		w.account.Width, w.account.Pay = 8, limiter(time.Hour)
		time.AfterFunc(90*time.Minute, w.stopAdmit)
		began := time.Now()
		r := w.apply()
		w.wantStop(r, executor.StopSignal)
		w.wantReceived(1)
		if took := time.Since(began); took != 90*time.Minute || len(r.Sent) != 1 || r.Unsent != 8 {
			t.Errorf("took %s, report %+v", took, r)
		}
	})
}

// TestStatusRate: look-ups and questions keep a pace of their own.
func TestStatusRate(t *testing.T) {
	bubble(t, 10, func(w *world) {
		w.account.Width, w.account.Ask = 4, limiter(500*time.Millisecond)
		w.apply(func(r *executor.Run) { r.Wait = time.Minute })
		last := time.Time{}
		for i, l := range w.lines(sandbox.CallStatus) {
			if gap := l.At.Sub(last); gap < 500*time.Millisecond-time.Microsecond {
				t.Errorf("question %d came %s after the one before", i+1, gap)
			}
			last = l.At
		}
		w.want(payout.Paid, payout.Paid)
	})
}
