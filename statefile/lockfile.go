package statefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/gofrs/flock"
)

// lockFile is the content of a lock file.
type lockFile struct {
	LockInfo
	// Forced are the reasons of forced releases that no state has recorded.
	Forced []string `json:"forced,omitzero"`
}

// unreadableLock stands for a lock file that was cut while it was written: a
// mark of a forced release may have been in it.
const unreadableLock = "the lock file was not readable"

// readLockFile reads who holds the lock, or held it last.
func readLockFile(fsys FS, path string) (lockFile, error) {
	var content lockFile
	data, err := readAll(fsys, path)
	if errors.Is(err, fs.ErrNotExist) {
		return content, nil
	}
	if err != nil {
		return content, fmt.Errorf("read lock: %w", err)
	}
	if len(data) == 0 {
		return content, nil
	}
	if json.Unmarshal(data, &content) != nil {
		return lockFile{Forced: []string{unreadableLock}}, nil
	}
	return content, nil
}

func writeLockFile(fsys FS, path string, content lockFile) error {
	content.Since = content.Since.UTC()
	data, err := json.Marshal(&content)
	if err != nil {
		return fmt.Errorf("write lock %s: %w", path, err)
	}
	f, err := fsys.Open(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	return closeAfter(f.Close, rewrite(f, append(data, '\n')))
}

// rewrite replaces the content of a small file in place.
func rewrite(f File, data []byte) error {
	if _, err := f.WriteAt(data, 0); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	if err := f.Truncate(int64(len(data))); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	return nil
}

// Holder says who holds the lock of a state. Held is false where nobody does;
// info then is what a dead holder left, or empty.
func (s *Local) Holder() (info LockInfo, held bool, err error) {
	content, held, err := s.holder()
	return content.LockInfo, held, err
}

func (s *Local) holder() (content lockFile, held bool, err error) {
	path := LockPath(s.Path)
	id, err := inspect(s.fs(), path)
	if err != nil || !id.exists {
		return lockFile{}, false, err
	}
	probe := flock.New(path, flock.SetFlag(os.O_RDONLY|openNoFollow))
	free, err := probe.TryRLock()
	if err != nil {
		return lockFile{}, false, fmt.Errorf("inspect lock %s: %w", path, err)
	}
	content, err = readLockFile(s.fs(), path)
	if free {
		err = closeAfter(probe.Close, err)
	}
	return content, !free, err
}

// clearForced drops the marks of forced releases that a saved state records.
func (l *Lock) clearForced(recorded []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.content.Forced)
	l.content.Forced = slices.DeleteFunc(slices.Clone(l.content.Forced), func(reason string) bool {
		return slices.Contains(recorded, reason)
	})
	if len(l.content.Forced) == before {
		return nil
	}
	return writeLockFile(l.store.fs(), l.path, l.content)
}

// ForcedPrefix begins the reason for which a state is not proven after a forced
// release.
const ForcedPrefix = "the lock was forced: "

// ForceRelease clears what a dead holder left in the lock file of the state at
// path, and returns it. The kernel freed the lock itself when the holder died:
// while it is held this is a *LockedError. The state is not proven afterwards,
// until a run proves it; reason is kept with it.
func ForceRelease(path, reason string) (LockInfo, error) {
	s := &Local{Path: path}
	lock, err := s.tryLock(LockInfo{})
	if err != nil {
		return LockInfo{}, err
	}
	if lock == nil {
		held, err := readLockFile(s.fs(), LockPath(path))
		if err != nil {
			return LockInfo{}, err
		}
		return LockInfo{}, &LockedError{Path: LockPath(path), Info: held.LockInfo}
	}
	lock.mu.Lock()
	left := lock.left
	lock.content.Forced = append(lock.content.Forced, ForcedPrefix+reason)
	lock.mu.Unlock()
	return left, lock.Release()
}
