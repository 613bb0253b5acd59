package statefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// errNotSandbox guards Archive: real payments are never moved out of sight.
var errNotSandbox = errors.New("only a state whose merchants are all sandbox can be moved away")

// Archive moves the all-sandbox state away and returns where it is now:
// PATH.archived-TIME. The journal is folded into it before, and reason is kept
// in it.
func (s *Local) Archive(ctx context.Context, reason string) (string, error) {
	to := s.Path + ".archived-" + s.now().UTC().Format("20060102T150405Z")
	err := s.locked(ctx, "state archive", func(lock *Lock) error { return s.archive(ctx, lock, to, reason) })
	if err != nil {
		return "", err
	}
	return to, nil
}

func (s *Local) archive(ctx context.Context, lock *Lock, to, reason string) error {
	snap, err := s.Load(ctx)
	if err != nil {
		return err
	}
	if err := checkSandbox(snap); err != nil {
		return fmt.Errorf("archive state %s: %w", s.Path, err)
	}
	snap.Unproven = append(snap.Unproven, "archived: "+reason)
	// A run that is still open ends here: nothing can go on with it.
	for i := range snap.Ledger.Runs {
		snap.Ledger.Runs[i].Open = false
	}
	if err := s.save(lock, snap); err != nil {
		return err
	}
	if err := s.moveAway(lock, to); err != nil {
		return err
	}
	return s.moveMemory(strings.TrimPrefix(to, s.Path))
}

func checkSandbox(snap *Snapshot) error {
	if !snap.Exists {
		return fs.ErrNotExist
	}
	for i := range snap.Ledger.Merchants {
		if m := &snap.Ledger.Merchants[i]; m.Environment != sandbox {
			return fmt.Errorf("merchant %s is %s: %w", m.Name, m.Environment, errNotSandbox)
		}
	}
	for _, r := range snap.Ledger.All() {
		if snap.Ledger.Merchant(r.Merchant) == nil {
			return fmt.Errorf("merchant %s is not recorded: %w", r.Merchant, errNotSandbox)
		}
	}
	return nil
}

// sandbox is the word of the environment that pays nobody.
const sandbox = "sandbox"

func (s *Local) moveAway(lock *Lock, to string) error {
	if id, err := inspect(s.fs(), to); err != nil || id.exists {
		return errors.Join(fmt.Errorf("archive state %s: %s is taken", s.Path, to), err)
	}
	lock.expect(identity{})
	if err := s.fs().Rename(s.Path, to); err != nil {
		return fmt.Errorf("archive state: %w", err)
	}
	if err := s.fs().SyncDir(filepath.Dir(s.Path)); err != nil {
		return fmt.Errorf("archive state: %w", err)
	}
	return nil
}
