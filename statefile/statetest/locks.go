package statetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/statefile"
)

var aigul = statefile.LockInfo{Who: "aigul", Host: "till", PID: 4711, Since: began, Command: "apply"}

func lock(t *testing.T, s statefile.Store) *statefile.Lock {
	t.Helper()
	l, err := s.Lock(ctx, aigul, 0)
	if err != nil {
		t.Fatalf("lock: %v", err)
	}
	return l
}

func release(t *testing.T, l *statefile.Lock) {
	t.Helper()
	if err := l.Release(); err != nil {
		t.Errorf("release: %v", err)
	}
}

func excludes(t *testing.T, open Place) {
	l := lock(t, open())
	defer release(t, l)
	if err := l.Check(); err != nil {
		t.Errorf("check: %v", err)
	}
	var held *statefile.LockedError
	if _, err := open().Lock(ctx, statefile.LockInfo{Who: "dana"}, 0); !errors.As(err, &held) {
		t.Fatalf("a held lock was given away: %v", err)
	}
	if diff := cmp.Diff(aigul, held.Info); diff != "" {
		t.Errorf("another holder is named (-want +got):\n%s", diff)
	}
	snap := load(t, open())
	merchant(snap.Ledger)
	if err := open().Save(ctx, snap); err == nil {
		t.Error("a state was saved without the lock that another holds")
	}
}

func released(t *testing.T, open Place) {
	first := lock(t, open())
	release(t, first)
	if err := first.Check(); !errors.Is(err, statefile.ErrLockLost) {
		t.Errorf("a released lock checks as %v", err)
	}
	if err := first.Release(); err != nil {
		t.Errorf("second release: %v", err)
	}
	release(t, lock(t, open()))
}

func waiting(t *testing.T, open Place) {
	first := lock(t, open())
	granted := make(chan error)
	go func() {
		second, err := open().Lock(ctx, aigul, time.Hour)
		if err == nil {
			err = second.Release()
		}
		granted <- err
	}()
	release(t, first)
	if err := <-granted; err != nil {
		t.Errorf("wait for a lock: %v", err)
	}
}

func cancelled(t *testing.T, open Place) {
	l := lock(t, open())
	defer release(t, l)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := open().Lock(gone, aigul, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("lock with a cancelled context: %v", err)
	}
	if _, err := open().Load(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("load with a cancelled context: %v", err)
	}
}
