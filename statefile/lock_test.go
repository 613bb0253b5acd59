package statefile

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"payrun/planner/payout"
)

// holdEnv makes this test binary a program that holds a lock.
const holdEnv = "STATEFILE_TEST_HOLD"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdEnv); path != "" {
		os.Exit(holdUntilKilled(path))
	}
	goleak.VerifyTestMain(m)
}

func holdUntilKilled(path string) int {
	s := &Local{Path: path}
	if _, err := s.Lock(context.Background(), LockInfo{Who: "child", Command: "apply"}, 0); err != nil {
		return 1
	}
	os.Stdout.WriteString("held\n")
	// The parent closes the pipe when it is done.
	bufio.NewReader(os.Stdin).ReadByte()
	return 0
}

// holdElsewhere lets another process hold the lock; end ends it as a kill does.
func holdElsewhere(t *testing.T, path string) (pid int, kill func()) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), holdEnv+"="+path)
	_, err := child.StdinPipe()
	must(t, err)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("child said %q: %v", line, err)
	}
	return child.Process.Pid, func() {
		must(t, child.Process.Kill())
		if err := child.Wait(); err == nil {
			t.Error("the child was not killed")
		}
	}
}

func TestAnotherProcessHoldsTheLock(t *testing.T) {
	s := prepared(t, false)
	pid, kill := holdElsewhere(t, s.Path)
	var held *LockedError
	if _, err := s.Lock(ctx, LockInfo{}, 0); !errors.As(err, &held) || held.Info.PID != pid || !strings.Contains(err.Error(), "child") {
		t.Errorf("lock: %v", err)
	}
	if _, err := ForceRelease(s.Path, "it hangs"); !errors.As(err, &held) || held.Info.Who != "child" {
		t.Errorf("force release of a held lock: %v", err)
	}
	if info, isHeld, err := s.Holder(); err != nil || !isHeld || info.PID != pid {
		t.Errorf("holder: %+v %v %v", info, isHeld, err)
	}
	snap := mustLoad(t, s)
	if snap.Holder == nil || snap.Holder.PID != pid {
		t.Errorf("loaded under holder %+v", snap.Holder)
	}
	kill()
	info, isHeld, err := s.Holder()
	if err != nil || isHeld || info.Who != "child" {
		t.Errorf("after the holder died: %+v %v %v", info, isHeld, err)
	}
	lock := mustLock(t, s)
	var stale *StaleError
	if _, err := s.Open(lock, snap); !errors.As(err, &stale) {
		t.Errorf("a snapshot of a state at work was opened: %v", err)
	}
	must(t, lock.Release())
}

func TestForceReleaseIsKeptUntilProven(t *testing.T) {
	s := prepared(t, false)
	_, kill := holdElsewhere(t, s.Path)
	kill()
	info, err := ForceRelease(s.Path, "machine burnt")
	if err != nil || info.Who != "child" {
		t.Fatalf("force release: %+v %v", info, err)
	}
	want := []string{"the lock was forced: machine burnt"}
	for range 2 { // a run that dies leaves the mark
		r, lock := mustOpen(t, s)
		if !slices.Equal(r.Unproven(), want) {
			t.Errorf("unproven: %q", r.Unproven())
		}
		abandon(r)
		must(t, lock.Release())
	}
	r, lock := mustOpen(t, s)
	must(t, r.Note(&payout.Note{At: s.now()}))
	must(t, r.Close())
	if content, err := readLockFile(OS{}, lock.path); err != nil || len(content.Forced) != 0 {
		t.Errorf("the state records the mark, the lock file still has %q, %v", content.Forced, err)
	}
	must(t, lock.Release())
	if snap := mustLoad(t, s); !slices.Equal(snap.Unproven, want) {
		t.Errorf("after a checkpoint: %q", snap.Unproven)
	}
	r, lock = mustOpen(t, s)
	r.MarkProven()
	must(t, r.Close())
	must(t, lock.Release())
	if snap := mustLoad(t, s); len(snap.Unproven) != 0 {
		t.Errorf("after a proof: %q", snap.Unproven)
	}
}

// TestStaleLockFile: who stands in the lock file decides nothing, the kernel
// does. Whatever a dead holder left, the lock is free, and who it was is told.
func TestStaleLockFile(t *testing.T) {
	left := func(host string, pid int) LockInfo {
		return LockInfo{Who: "aigul", Host: host, PID: pid, Since: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), Command: "apply"}
	}
	host, err := os.Hostname()
	must(t, err)
	for name, info := range map[string]LockInfo{
		"of a process that is gone":          left(host, 1<<30),
		"of a number that another uses now":  left(host, os.Getpid()),
		"of a start of the machine long ago": left(host, 1),
		"of another machine":                 left("till-7", 4711),
	} {
		t.Run(name, func(t *testing.T) {
			s := prepared(t, false)
			f, err := os.Create(LockPath(s.Path))
			must(t, err)
			must(t, f.Close())
			must(t, writeLockFile(OS{}, LockPath(s.Path), lockFile{LockInfo: info}))
			got, held, err := s.Holder()
			if err != nil || held || got != info {
				t.Errorf("holder %+v, held %t, %v; want %+v", got, held, err, info)
			}
			lock := mustLock(t, s)
			if lock.left != info {
				t.Errorf("left is %+v", lock.left)
			}
			must(t, lock.Release())
		})
	}
}

func TestUnreadableLockFileIsAForcedRelease(t *testing.T) {
	s := prepared(t, false)
	must(t, os.WriteFile(LockPath(s.Path), []byte(`{"who":"ai`), 0o600))
	if snap := mustLoad(t, s); !slices.Contains(snap.Unproven, unreadableLock) {
		t.Errorf("unproven: %q", snap.Unproven)
	}
}

// A lost lock refuses sends; results are still recorded, and no state is
// written over somebody else's.
func TestLostLock(t *testing.T) {
	lose := map[string]func(t *testing.T, s *Local){
		"lock file replaced": func(t *testing.T, s *Local) {
			must(t, os.WriteFile(s.Path+".new", nil, 0o600))
			must(t, os.Rename(s.Path+".new", LockPath(s.Path)))
		},
		"lock file removed": func(t *testing.T, s *Local) { must(t, os.Remove(LockPath(s.Path))) },
		"state replaced": func(t *testing.T, s *Local) {
			must(t, os.WriteFile(s.Path+".new", readFile(t, s.Path), 0o600))
			must(t, os.Rename(s.Path+".new", s.Path))
		},
		"state removed": func(t *testing.T, s *Local) { must(t, os.Remove(s.Path)) },
		"state a link": func(t *testing.T, s *Local) {
			must(t, os.Rename(s.Path, s.Path+".moved"))
			must(t, os.Symlink(s.Path+".moved", s.Path))
		},
	}
	for name, f := range lose {
		t.Run(name, func(t *testing.T) {
			s := prepared(t, false)
			r, lock := mustOpen(t, s)
			at := s.now()
			must(t, r.Begin(testIntent("1001", at)))
			f(t, s)
			if err := r.Begin(testIntent("1002", at)); !errors.Is(err, ErrLockLost) {
				t.Errorf("begin: %v", err)
			}
			must(t, r.End(testOutcome("1001", payout.Accepted, at)))
			if err := r.Checkpoint(); !errors.Is(err, ErrLockLost) {
				t.Errorf("checkpoint: %v", err)
			}
			if err := r.Close(); !errors.Is(err, ErrLockLost) {
				t.Errorf("close: %v", err)
			}
			if err := lock.Check(); !errors.Is(err, ErrLockLost) {
				t.Errorf("check: %v", err)
			}
			must(t, lock.Release())
			r.View(func(l *payout.Ledger) {
				if l.Record(staffAddress("1001")).Status() != payout.Accepted || l.Record(staffAddress("1002")) != nil {
					t.Error("the ledger does not show what was recorded")
				}
			})
		})
	}
}

func TestOpenRefusesWhatIsNotItsOwn(t *testing.T) {
	s := prepared(t, false)
	other := &Local{Path: s.Path}
	lock := mustLock(t, s)
	snap := mustLoad(t, s)
	if _, err := other.Open(lock, snap); !errors.Is(err, errBusy) {
		t.Errorf("lock of another store: %v", err)
	}
	if _, err := s.Open(nil, snap); !errors.Is(err, errBusy) {
		t.Errorf("no lock: %v", err)
	}
	r, err := s.Open(lock, snap)
	must(t, err)
	if _, err := s.Open(lock, snap); !errors.Is(err, errBusy) {
		t.Errorf("second run: %v", err)
	}
	if err := s.Save(ctx, snap); err == nil {
		t.Error("a state was saved beside a run")
	}
	if snap := mustLoad(t, s); snap.Holder == nil || snap.Holder.Who != "aigul" {
		t.Errorf("loaded beside a run: holder %+v", snap.Holder)
	}
	must(t, r.Close())
	if err := r.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("second close: %v", err)
	}
	if err := r.Note(&payout.Note{}); !errors.Is(err, ErrClosed) {
		t.Errorf("note after close: %v", err)
	}
	must(t, lock.Release())
}

// A snapshot is stale when state or journal changed after it was loaded.
func TestOpenRefusesStaleSnapshots(t *testing.T) {
	change := map[string]func(t *testing.T, s *Local){
		"state": func(t *testing.T, s *Local) {
			snap := mustLoad(t, s)
			snap.Unproven = []string{"changed"}
			must(t, s.Save(ctx, snap))
		},
		"state removed": func(t *testing.T, s *Local) { must(t, os.Remove(s.Path)) },
		"journal": func(t *testing.T, s *Local) {
			r, lock := mustOpen(t, s)
			must(t, r.Begin(testIntent("1001", s.now())))
			abandon(r)
			must(t, lock.Release())
		},
	}
	for name, f := range change {
		t.Run(name, func(t *testing.T) {
			s := prepared(t, false)
			snap := mustLoad(t, s)
			f(t, s)
			lock := mustLock(t, s)
			defer lock.Release()
			var stale *StaleError
			if _, err := s.Open(lock, snap); !errors.As(err, &stale) || !strings.Contains(err.Error(), filepath.Base(s.Path)) {
				t.Errorf("open: %v", err)
			}
		})
	}
	t.Run("same content in a fresh file", func(t *testing.T) {
		s := prepared(t, false)
		snap := mustLoad(t, s)
		data := readFile(t, s.Path)
		must(t, os.Remove(s.Path))
		must(t, os.WriteFile(s.Path, data, 0o600))
		lock := mustLock(t, s)
		r, err := s.Open(lock, snap)
		must(t, err)
		must(t, r.Begin(testIntent("1001", s.now())))
		must(t, r.Close())
		must(t, lock.Release())
	})
}

func TestLockInfoIsReadable(t *testing.T) {
	info := LockInfo{Who: "aigul", Host: "till", PID: 7, Command: "apply", Since: time.Date(2026, 11, 21, 18, 0, 0, 0, time.FixedZone("", 5*3600))}
	if got, want := info.String(), "aigul on till (pid 7, apply since 2026-11-21T13:00:00Z)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (LockInfo{}).String(); !strings.Contains(got, "not said") {
		t.Errorf("empty: %q", got)
	}
}

// TestLostLockStaysLost: who knows what happened while it was gone.
func TestLostLockStaysLost(t *testing.T) {
	s := testStore(t)
	lock := mustLock(t, s)
	path := LockPath(s.Path)
	must(t, os.Rename(path, path+".aside"))
	if err := lock.Check(); !errors.Is(err, ErrLockLost) {
		t.Errorf("without its file: %v", err)
	}
	must(t, os.Rename(path+".aside", path))
	if err := lock.Check(); !errors.Is(err, ErrLockLost) {
		t.Errorf("with its file back: %v", err)
	}
	must(t, lock.Release())
}
