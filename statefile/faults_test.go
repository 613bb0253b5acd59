package statefile

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"payrun/planner/payout"
)

// drive is a whole run over an existing state: payouts before, between and
// after two checkpoints, and the end, which is a kill where end is false. It
// goes on after errors as far as it may.
func drive(s *Local, end bool) *told {
	got := &told{begun: map[string]bool{}, ended: map[string]payout.Status{}, tried: map[string]bool{}}
	note := func(err error) bool {
		if err != nil {
			got.errs = append(got.errs, err)
		}
		return err == nil
	}
	lock, err := s.Lock(ctx, LockInfo{Who: "aigul", Command: "apply"}, 0)
	if !note(err) {
		return got
	}
	defer func() { note(lock.Release()) }()
	snap, err := s.Load(ctx)
	if !note(err) {
		return got
	}
	r, err := s.Open(lock, snap)
	if !note(err) {
		return got
	}
	at := s.now()
	note(r.Note(&payout.Note{At: at, Run: testRun(true, at)}))
	note(r.Reserve(4))
	for i, key := range []string{"1001", "1002", "1003", "1004"} {
		got.tried[key] = true
		if note(r.Begin(testIntent(key, at))) {
			got.begun[key] = true
			status := []payout.Status{payout.Accepted, payout.InDoubt}[i%2]
			if note(r.End(testOutcome(key, status, at))) {
				got.ended[key] = status
			}
		}
		if i < 2 {
			note(r.Checkpoint())
		}
	}
	if !end {
		abandon(r)
		return got
	}
	note(r.Note(&payout.Note{At: at, Run: testRun(false, at)}))
	note(r.Close())
	return got
}

// checkTold loads what the run left, opens it as the next run does, and
// compares with what the run was told.
func checkTold(t *testing.T, s *Local, got *told) {
	t.Helper()
	snap, err := s.Load(ctx)
	if err != nil {
		t.Errorf("load after the fault: %v", err)
		return
	}
	again := mustLoad(t, s)
	if content(t, snap.Ledger) != content(t, again.Ledger) {
		t.Error("a second load differs from the first")
	}
	lock := mustLock(t, s)
	defer lock.Release()
	r, err := s.Open(lock, mustLoad(t, s))
	if err != nil {
		t.Errorf("open after the fault: %v", err)
		return
	}
	defer r.Close()
	r.View(func(l *payout.Ledger) {
		for key := range got.tried {
			checkPayout(t, l.Record(staffAddress(key)), key, got)
		}
	})
}

func checkPayout(t *testing.T, record *payout.Record, key string, got *told) {
	t.Helper()
	status := record.Status()
	want, ended := got.ended[key]
	switch {
	case ended && status != want:
		t.Errorf("%s ended as %q, the next run sees %q", key, want, status)
	case !ended && got.begun[key] && status != payout.InDoubt && status != payout.Accepted:
		t.Errorf("%s was begun, the next run sees %q", key, status)
	case !got.begun[key] && status != payout.Declared && status != payout.InDoubt:
		t.Errorf("%s was never begun, the next run sees %q", key, status)
	}
	if status == payout.InDoubt && !got.tried[key] {
		t.Errorf("%s is in doubt for nothing", key)
	}
}

// prepared is a store with a merchant in it, left by a crashed run when torn.
func prepared(t *testing.T, torn bool) *Local {
	t.Helper()
	s := testStore(t)
	s.FS = quickFS{}
	snap := mustLoad(t, s)
	snap.Ledger.Note(&payout.Note{Merchant: testMerchant()})
	snap.Unproven = nil
	must(t, s.Save(ctx, snap))
	if torn {
		lock := mustLock(t, s)
		r, err := s.Open(lock, mustLoad(t, s))
		must(t, err)
		at := s.now()
		must(t, r.Begin(testIntent("1000", at)))
		must(t, r.Begin(testIntent("0999", at)))
		// Without its last two bytes the line is torn and still shows all.
		must(t, r.file.file.Truncate(r.file.size-2))
		abandon(r)
		must(t, lock.Release())
	}
	return s
}

// abandon ends a run as a kill does, but for its goroutine.
func abandon(r *Recorder) {
	r.queue.Lock()
	r.closing = true
	r.filled.Signal()
	r.queue.Unlock()
	<-r.done
	r.file.file.Close()
	r.store.setRecording(false)
}

func TestEveryOperationFails(t *testing.T) {
	faults := []faultFS{
		{err: syscall.EIO}, {err: syscall.ENOSPC}, {err: syscall.ENOSPC, half: true},
	}
	for _, torn := range []bool{false, true} {
		for i := range faults {
			f := &faults[i]
			t.Run(fmt.Sprintf("torn=%v %v dead=%v half=%v", torn, f.err, f.dead, f.half), func(t *testing.T) {
				t.Parallel()
				failEach(t, f, torn)
			})
		}
	}
}

func failEach(t *testing.T, like *faultFS, torn bool) {
	for k := 1; ; k++ {
		s := prepared(t, torn)
		faulty := &faultFS{failAt: k, err: like.err, dead: like.dead, half: like.half}
		s.FS = faulty
		got := drive(s, true)
		s.FS = quickFS{}
		if faulty.last == "" {
			if len(got.errs) != 0 || len(got.ended) != 4 {
				t.Fatalf("without a fault: %v", got.errs)
			}
			return
		}
		for _, err := range got.errs {
			if errors.Is(err, ErrClosed) {
				t.Errorf("operation %d %s: %v", k, faulty.last, err)
			}
		}
		checkTold(t, s, got)
		if t.Failed() {
			t.Fatalf("operation %d, %s; the run saw %v", k, faulty.last, got.errs)
		}
	}
}

// A fault that nobody hears of hides a loss: each must reach the caller, but
// for those after which nothing is lost.
func TestFaultsAreReported(t *testing.T) {
	quiet := map[string]bool{"close": true, "remove": true, "read": true, "lstat": true, "stat": true}
	for k := 1; ; k++ {
		s := prepared(t, false)
		faulty := &faultFS{failAt: k, err: syscall.EIO}
		s.FS = faulty
		got := drive(s, true)
		if faulty.last == "" {
			return
		}
		if len(got.errs) == 0 && !quiet[faulty.last] {
			t.Errorf("operation %d, %s, failed unheard", k, faulty.last)
		}
	}
}

// After a failed fsync nothing is appended, whatever is asked.
func TestFsyncErrorIsSticky(t *testing.T) {
	s := prepared(t, false)
	faulty := &faultFS{err: syscall.EIO}
	s.FS = faulty
	r, lock := mustOpen(t, s)
	defer lock.Release()
	at := s.now()
	must(t, r.Begin(testIntent("1001", at)))
	size := r.file.size
	faulty.mu.Lock()
	// The group's check of lock and journal takes three stats, its write one operation.
	faulty.failAt = faulty.n + 5
	faulty.mu.Unlock()
	if err := r.Begin(testIntent("1002", at)); !errors.Is(err, ErrJournalBroken) || faulty.last != "fdatasync" {
		t.Fatalf("begin over a failing %s: %v", faulty.last, err)
	}
	for name, err := range map[string]error{
		"begin": r.Begin(testIntent("1003", at)), "end": r.End(testOutcome("1001", payout.Accepted, at)),
		"note": r.Note(&payout.Note{At: at}), "reserve": r.Reserve(1), "checkpoint": r.Checkpoint(), "close": r.Close(),
	} {
		if !errors.Is(err, ErrJournalBroken) {
			t.Errorf("%s after a failed fsync: %v", name, err)
		}
	}
	if r.file.size != size {
		t.Errorf("the journal grew from %d to %d bytes", size, r.file.size)
	}
}

// A disk that is full refuses sends and still takes results.
func TestFullDiskRefusesSends(t *testing.T) {
	s := prepared(t, false)
	faulty := &faultFS{err: syscall.ENOSPC}
	s.FS = faulty
	r, lock := mustOpen(t, s)
	defer lock.Release()
	at := s.now()
	must(t, r.Begin(testIntent("1001", at)))
	r.file.capacity = r.file.size
	faulty.mu.Lock()
	faulty.failAt = faulty.n + 4
	faulty.mu.Unlock()
	if err := r.Begin(testIntent("1002", at)); !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrJournalBroken) || faulty.last != "write" {
		t.Errorf("begin on a full disk, %s: %v", faulty.last, err)
	}
	must(t, r.End(testOutcome("1001", payout.Accepted, at)))
	faulty.mu.Lock()
	faulty.failAt = faulty.n + 1
	faulty.mu.Unlock()
	r.file.capacity = r.file.size
	if err := r.Reserve(1000); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("reserve on a full disk: %v", err)
	}
	must(t, r.Close())
	if snap := mustLoad(t, s); snap.Ledger.Record(staffAddress("1001")).Status() != payout.Accepted {
		t.Error("the result was lost")
	}
}

// What cannot be read is not told to be wrongly written: the cure of that is
// another, and would replace a state that is whole.
func TestReadErrorIsNoFormatError(t *testing.T) {
	s := prepared(t, true)
	for k := 1; ; k++ {
		faulty := &faultFS{failAt: k, err: syscall.EIO}
		s.FS = faulty
		_, err := s.Load(ctx)
		if faulty.last == "" {
			return
		}
		var format *FormatError
		if errors.As(err, &format) || err != nil && !errors.Is(err, syscall.EIO) {
			t.Errorf("operation %d, %s: %v", k, faulty.last, err)
		}
	}
}
