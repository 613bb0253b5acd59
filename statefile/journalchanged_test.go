package statefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"payrun/planner/payout"
)

// changes are what other programs and people do to a journal under a run.
var changes = map[string]func(t *testing.T, path string){
	"removed": func(t *testing.T, path string) { must(t, os.Remove(path)) },
	"replaced by a copy": func(t *testing.T, path string) {
		data := readFile(t, path)
		must(t, os.Remove(path))
		must(t, os.WriteFile(path, data, 0o600))
	},
	"cut": func(t *testing.T, path string) { must(t, os.Truncate(path, 400)) },
	"edited in place": func(t *testing.T, path string) {
		data := readFile(t, path)
		data[300] ^= 1
		must(t, os.WriteFile(path, data, 0o600))
		// An editor comes later than a clock's tick.
		must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Second)))
	},
	"a folder": func(t *testing.T, path string) {
		must(t, os.Remove(path))
		must(t, os.Mkdir(path, 0o755))
	},
}

// TestJournalChanged: an intent in a file that no next run will read is no
// intent. Results still count: the state that is written at the end holds them.
func TestJournalChanged(t *testing.T) {
	for name, change := range changes {
		for _, resultFirst := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, result first %t", name, resultFirst), func(t *testing.T) { journalChanged(t, change, resultFirst) })
		}
	}
}

func journalChanged(t *testing.T, change func(*testing.T, string), resultFirst bool) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	defer lock.Release()
	at := s.now()
	must(t, r.Begin(testIntent("1001", at)))
	change(t, r.file.path)
	if resultFirst {
		must(t, r.End(testOutcome("1001", payout.Accepted, at)))
	}
	if err := r.Begin(testIntent("1002", at)); !errors.Is(err, ErrJournalChanged) {
		t.Errorf("begin: %v", err)
	}
	if !resultFirst {
		must(t, r.End(testOutcome("1001", payout.Accepted, at)))
	}
	if info, err := os.Lstat(r.file.path); err == nil && info.IsDir() {
		must(t, os.Remove(r.file.path))
	}
	must(t, r.Close())
	snap := mustLoad(t, s)
	if got := snap.Ledger.Record(staffAddress("1001")).Status(); got != payout.Accepted {
		t.Errorf("the result was lost: %s", got)
	}
	if snap.Ledger.Record(staffAddress("1002")) != nil {
		t.Error("the refused intent was recorded")
	}
}

// A checkpoint puts a new segment in place, in which intents count again.
func TestJournalChangedThenCheckpoint(t *testing.T) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	defer lock.Release()
	at := s.now()
	must(t, r.Begin(testIntent("1001", at)))
	must(t, os.Remove(r.file.path))
	must(t, r.Checkpoint())
	must(t, r.Begin(testIntent("1002", at)))
	must(t, r.Close())
}

// fullFS has no room for a large write while full, and writes half of it.
type fullFS struct {
	quickFS
	full *atomic.Bool
}

func (f fullFS) Open(path string, flag int, perm fs.FileMode) (File, error) {
	file, err := f.quickFS.Open(path, flag, perm)
	return fullFile{file, f.full}, err
}

type fullFile struct {
	File
	full *atomic.Bool
}

func (f fullFile) WriteAt(p []byte, off int64) (int, error) {
	if !f.full.Load() || len(p) < growBytes {
		return f.File.WriteAt(p, off)
	}
	n, err := f.File.WriteAt(p[:len(p)/2], off)
	return n, errors.Join(err, syscall.ENOSPC)
}

// TestOwnZerosAreNoChange: what a full disk left of our own zeros is not taken
// for another program's work once there is room again.
func TestOwnZerosAreNoChange(t *testing.T) {
	s := prepared(t, false)
	full := new(atomic.Bool)
	s.FS = fullFS{full: full}
	r, lock := mustOpen(t, s)
	defer lock.Release()
	full.Store(true)
	if err := r.Begin(testIntent("1001", s.now())); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("begin on a full disk: %v", err)
	}
	full.Store(false)
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.Close())
}
