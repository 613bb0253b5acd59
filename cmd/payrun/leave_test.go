package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
	"payrun/statefile"
)

// fullFS has no room for another state.
type fullFS struct{ statefile.OS }

func (fullFS) Rename(string, string) error { return syscall.ENOSPC }

// TestStateNotWrittenAtTheEnd: whoever sent something and could not write it
// down says where the results are; the error of the run itself is not lost.
func TestStateNotWrittenAtTheEnd(t *testing.T) {
	taken := func(path string) error { return os.WriteFile(path, []byte("{}"), 0o600) }
	none := func(string) error { return nil }
	sent := &executor.Report{Sent: make([]payout.Address, 1)}
	run := errors.New("what the run said")
	for _, tt := range []struct {
		name   string
		fs     statefile.FS
		change func(path string) error
		report *executor.Report
		code   int
		words  string
	}{
		{"taken over after a send", statefile.OS{}, taken, sent, exitPerson, "another program took over"},
		{"full after a send", fullFS{}, none, sent, exitPerson, "every result is in the journal"},
		{"full, nothing sent", fullFS{}, none, &executor.Report{}, exitError, "no space left on device"},
		{"full before the run", fullFS{}, none, nil, exitError, "no space left on device"},
	} {
		path := filepath.Join(t.TempDir(), "payouts.state.json")
		s := &session{store: &statefile.Local{Path: path, Version: version, FS: tt.fs}}
		var err error
		if s.lock, err = s.store.Lock(t.Context(), statefile.LockInfo{Command: "apply"}, 0); err == nil {
			if s.snap, err = s.store.Load(context.Background()); err == nil {
				s.recorder, err = s.store.Open(s.lock, s.snap)
			}
		}
		if err == nil {
			err = s.recorder.Note(&payout.Note{At: time.Now(), Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "sandbox"}})
		}
		if err = errors.Join(err, tt.change(path)); err != nil {
			t.Fatal(err)
		}
		a := &application{program: &program{}, session: s, report: tt.report}
		err = a.leave(run)
		var end *exitWith
		if !errors.As(err, &end) || end.code != tt.code || !errors.Is(err, run) || !strings.Contains(fmt.Sprint(err, end.hints), tt.words) {
			t.Errorf("%s: want exit code %d: %v\n%+v", tt.name, tt.code, err, end)
		}
	}
}
