package executor_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"payrun/executor"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// TestFirstSignal: calls in flight end and are recorded, nothing new starts.
func TestFirstSignal(t *testing.T) {
	bubble(t, 9, func(w *world) {
		w.account.Width = 3
		w.faults(w.on(0, "delay:20s", ""))
		time.AfterFunc(10*time.Second, w.stopAdmit)
		r := w.apply(func(r *executor.Run) { r.Wait = time.Hour })
		w.wantStop(r, executor.StopSignal, "stopped")
		w.want(payout.Accepted, payout.Accepted, payout.Accepted, payout.Declared)
		w.wantReceived(3)
		if len(r.Sent) != 3 || r.Unsent != 6 || r.Unwritten != nil {
			t.Errorf("report %+v", r)
		}
	})
}

// TestSecondSignal: calls in flight are cut, and in doubt.
func TestSecondSignal(t *testing.T) {
	bubble(t, 9, func(w *world) {
		w.account.Width = 3
		w.faults(w.on(0, "delay:20s", ""))
		time.AfterFunc(5*time.Second, w.stopAdmit)
		time.AfterFunc(10*time.Second, w.stopCalls)
		began := time.Now()
		w.wantStop(w.apply(), executor.StopSignal)
		w.want(payout.InDoubt, payout.InDoubt, payout.InDoubt, payout.Declared)
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("took %s", took)
		}
		w.signals()
		w.faults()
		w.apply()
		w.wantReceived(9)
		w.want(payout.Paid, payout.Paid, payout.Paid, payout.Accepted)
	})
}

// TestSignalCause: the reason of a stop from outside is told.
func TestSignalCause(t *testing.T) {
	bubble(t, 1, func(w *world) {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errors.New("stopped by SIGTERM"))
		w.admit = ctx
		w.wantStop(w.apply(), executor.StopSignal, "SIGTERM")
		w.wantReceived(0)
	})
}

// TestSignalWhileWaiting: a stop during the wait for final statuses is a stop.
func TestSignalWhileWaiting(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "accept", "process:99999"))
		time.AfterFunc(time.Minute, w.stopAdmit)
		r := w.apply(func(r *executor.Run) { r.Wait = time.Hour })
		w.wantStop(r, executor.StopSignal)
		w.want(payout.Accepted)
	})
}

// TestSignalInEveryPhase: wherever a stop comes, nothing starts after it.
func TestSignalInEveryPhase(t *testing.T) {
	for n := 1; n <= 14; n++ {
		bubble(t, 3, func(w *world) {
			w.account.Waits = payout.StandardWaits()
			var mu sync.Mutex
			calls, before := 0, -1
			w.seen = func(string, string, int) {
				mu.Lock()
				defer mu.Unlock()
				if calls++; calls == n {
					w.stopAdmit()
					before = w.journal.begun()
				}
			}
			r := w.apply(unproven)
			mu.Lock()
			defer mu.Unlock()
			if before >= 0 && w.journal.begins != before {
				t.Errorf("stopped at call %d with %d intents, %d at the end", n, before, w.journal.begins)
			}
			if before >= 0 {
				w.wantStop(r, executor.StopSignal)
			}
		})
	}
}

// TestBeginFails: an intent that is not durable is not sent, whether or not it
// reached the disk.
func TestBeginFails(t *testing.T) {
	for _, kept := range []bool{false, true} {
		bubble(t, 3, func(w *world) {
			w.journal.failBegin, w.journal.kept = 2, kept
			r := w.apply()
			w.wantStop(r, executor.StopJournal, "no space left")
			w.wantReceived(1)
			if r.Unwritten != nil || len(r.Sent) != 1 || r.Unsent != 2 {
				t.Errorf("report %+v", r)
			}
			w.journal.restart(t)
			want := payout.Accepted
			if kept {
				want = payout.InDoubt // it cannot be told from a sent one
			}
			w.apply()
			w.want(payout.Paid, want, payout.Accepted)
		})
	}
}

// TestEndFails: a result that could not be recorded ends sending, and the next
// run finds out.
func TestEndFails(t *testing.T) {
	for _, kept := range []bool{false, true} {
		bubble(t, 3, func(w *world) {
			w.journal.failEnd, w.journal.kept = 2, kept
			r := w.apply(func(r *executor.Run) { r.Wait = time.Minute })
			w.wantStop(r, executor.StopJournal)
			w.wantReceived(2)
			if !errors.Is(r.Unwritten, errDisk) || len(r.Sent) != 2 || r.Unsent != 1 {
				t.Errorf("report %+v", r)
			}
			w.journal.restart(t)
			w.apply()
			w.want(payout.Paid, payout.Paid, payout.Accepted)
			w.wantReceived(3)
		})
	}
}

// TestEveryEndFails: whichever record cannot be made durable, nothing is sent
// after it and nothing twice.
func TestEveryEndFails(t *testing.T) {
	for k := 1; k <= 8; k++ {
		fresh(t, 3, func(w *world) {
			w.faults(w.on(2, "drop-after", ""))
			w.journal.failEnd = k
			w.apply(func(r *executor.Run) { r.Wait = time.Minute })
			w.journal.restart(t)
			w.faults()
			w.apply()
			w.apply(func(r *executor.Run) { r.Wait = time.Minute })
			w.want(payout.Paid, payout.Paid, payout.Paid)
			w.wantReceived(3)
		})
	}
}

// TestAdoptionNotWritten: a payment found and not recorded stops the run.
func TestAdoptionNotWritten(t *testing.T) {
	for _, mode := range []func(*executor.Run){unproven, func(*executor.Run) {}} {
		bubble(t, 2, func(w *world) {
			w.lost(w.order(1, 1), 1, "")
			w.journal.failEnd = 1
			r := w.apply(mode)
			w.wantStop(r, executor.StopJournal)
			if len(r.Sent) != 0 || r.Unwritten != nil {
				t.Errorf("report %+v", r)
			}
			w.wantStop(w.apply(), executor.StopBehind)
			w.want(payout.Paid)
		})
	}
}

// TestAskedNotWritten: an answer about an open payout that cannot be recorded
// stops the run before the first send.
func TestAskedNotWritten(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.doubt(1)
		w.lost(w.order(1, 1), 1, "")
		w.journal.failEnd = 1
		w.wantStop(w.apply(), executor.StopJournal)
		w.wantReceived(1)
	})
}

// TestLockLost: the lock is asked for right before the first byte.
func TestLockLost(t *testing.T) {
	bubble(t, 4, func(w *world) {
		asked := 0
		r := w.apply(func(r *executor.Run) {
			r.StillOurs = func() error {
				// Twice for each payout: before its look-up, and before its first byte.
				if asked++; asked > 5 {
					return errors.New("the lock is not ours any more")
				}
				return nil
			}
		})
		w.wantStop(r, executor.StopLock, "not ours any more")
		w.want(payout.Accepted, payout.Accepted, payout.NotSent, payout.Declared)
		w.wantReceived(2)
	})
}

// TestTakenOver: where the lock is another's, what a look-up would find says
// nothing about a state that is behind: the other has paid meanwhile.
func TestTakenOver(t *testing.T) {
	bubble(t, 3, func(w *world) {
		lost := errors.New("hold the lock: it is lost")
		r := w.apply(func(r *executor.Run) { r.StillOurs = func() error { return lost } })
		w.wantStop(r, executor.StopLock, lost.Error())
		w.wantReceived(0)
		if len(r.Sent) != 0 || r.Unsent != 3 || w.journal.begun() != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestDeadline: a batch whose deadline passes on the way is not paid late, and
// the reason is told.
func TestDeadline(t *testing.T) {
	bubble(t, 5, func(w *world) {
		w.batch.Deadline = time.Now().Add(25 * time.Second)
		w.faults(w.on(0, "delay:10s", ""))
		r := w.apply()
		w.wantStop(r, executor.StopDeadline, "deadline of batch salaries", "2000-01-01 05:00 +05:00")
		w.want(payout.Accepted, payout.Accepted, payout.Accepted, payout.Declared)
		if len(r.Sent) != 3 || r.Unsent != 2 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestDeadlineWhileWriting: it may pass between the intent and the first byte.
func TestDeadlineWhileWriting(t *testing.T) {
	bubble(t, 2, func(w *world) {
		w.batch.Deadline = time.Now().Add(3 * time.Second)
		w.journal.slow = 5 * time.Second
		w.wantStop(w.apply(), executor.StopDeadline)
		w.want(payout.NotSent, payout.Declared)
		w.wantReceived(0)
	})
}

// TestNotBefore: what may not start yet is skipped with its reason.
func TestNotBefore(t *testing.T) {
	bubble(t, 2, func(w *world) {
		plan := w.plan()
		w.batch.NotBefore = time.Now().Add(time.Hour)
		plan.Changes[0].Batch = &w.batch
		r := w.apply(func(r *executor.Run) { r.Plan = plan })
		if skipped := eventsOf[executor.Skipped](w); len(skipped) != 1 || r.Skipped != 1 || len(r.Sent) != 1 {
			t.Errorf("skipped %v, report %+v", skipped, r)
		}
		w.want(payout.Declared, payout.Accepted)
	})
}

// TestClocks: time limits and fences hang on both clocks.
func TestClocks(t *testing.T) {
	tests := map[string]struct {
		skew  time.Duration
		newer time.Duration
		stops bool
	}{
		"same":                {},
		"4 minutes apart":     {skew: -4 * time.Minute},
		"6 minutes ahead":     {skew: -6 * time.Minute, stops: true},
		"6 minutes behind":    {skew: 6 * time.Minute, stops: true},
		"records of tomorrow": {newer: 24 * time.Hour, stops: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 2, func(w *world) {
				w.skew = tt.skew
				r := w.apply(func(r *executor.Run) { r.NewestRecord = time.Now().Add(tt.newer) })
				if !tt.stops {
					w.wantStop(r, "")
					return
				}
				w.wantStop(r, executor.StopClock, "clock")
				w.wantReceived(0)
				if len(r.Sent) != 0 {
					t.Errorf("report %+v", r)
				}
			})
		})
	}
}

// TestWait: apply waits for what is not final, and no longer than it may.
func TestWait(t *testing.T) {
	tests := map[string]struct {
		then   string
		status payout.Status
		least  time.Duration
		most   time.Duration
	}{
		"success":             {"", payout.Paid, 0, time.Second},
		"success after some":  {"process:6", payout.Paid, time.Second, time.Minute},
		"error after some":    {"process:6,error:10005", payout.Failed, time.Second, time.Minute},
		"in process for ever": {"process:999999", payout.Accepted, 2 * time.Minute, 2 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(w *world) {
				w.faults(w.on(1, "accept", tt.then))
				began := time.Now()
				w.apply(func(r *executor.Run) { r.Wait = 2 * time.Minute })
				w.want(tt.status)
				if took := time.Since(began); took < tt.least || took > tt.most {
					t.Errorf("took %s, want %s to %s", took, tt.least, tt.most)
				}
				if n := len(w.lines(sandbox.CallStatus)); n > 20 {
					t.Errorf("asked %d times", n)
				}
			})
		})
	}
}

// TestWaitNotWritten: an answer that cannot be recorded ends the wait.
func TestWaitNotWritten(t *testing.T) {
	for _, do := range []string{"accept", "drop-after"} {
		bubble(t, 1, func(w *world) {
			w.faults(w.on(1, do, ""))
			w.journal.failEnd = 2
			r := w.apply(func(r *executor.Run) { r.Wait = time.Minute })
			if !errors.Is(r.Unwritten, errDisk) {
				t.Errorf("report %+v", r)
			}
		})
	}
}
