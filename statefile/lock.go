package statefile

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// LockInfo says who holds a lock. It stands in the lock file, for the message
// of whoever finds it held.
type LockInfo struct {
	Who     string    `json:"who,omitzero"`  // a person or a machine account
	Host    string    `json:"host,omitzero"` // name of the machine
	PID     int       `json:"pid,omitzero"`
	Since   time.Time `json:"since,omitzero"`
	Command string    `json:"command,omitzero"` // "apply"
}

// String is what the loser of a lock prints.
func (i LockInfo) String() string {
	if i == (LockInfo{}) {
		return "a program that has not said who it is"
	}
	return fmt.Sprintf("%s on %s (pid %d, %s since %s)", i.Who, i.Host, i.PID, i.Command, i.Since.UTC().Format(time.RFC3339))
}

// Lock is the right to change one state. The kernel frees it when the process
// dies; the lock file stays.
type Lock struct {
	store *Local
	path  string
	flock *flock.Flock
	own   fs.FileInfo // of the descriptor

	mu       sync.Mutex
	content  lockFile
	left     LockInfo  // what the holder before left
	expected *identity // of the state; nil until Open or Save
	lost     error     // sticky
	released bool
}

// LockPath is the path of the lock file of a state.
func LockPath(path string) string { return path + ".lock" }

// retryEvery is the pause between two tries to get a lock.
const retryEvery = 20 * time.Millisecond

// minimalTries outlast another program's glance at the lock.
const minimalTries = 3

// Lock takes the lock, for at most wait while another holds it. A lock that
// stays held is a *LockedError. Host, PID and Since are filled in where info
// leaves them out.
func (s *Local) Lock(ctx context.Context, info LockInfo, wait time.Duration) (*Lock, error) {
	fsys := s.fs()
	if err := checkLocal(fsys, s.Path); err != nil {
		return nil, err
	}
	info = s.complete(info)
	start := time.Now()
	for try := 1; ; try++ {
		lock, err := s.tryLock(info)
		if err != nil || lock != nil {
			return lock, err
		}
		if try >= minimalTries && time.Since(start) >= wait {
			held, _ := readLockFile(fsys, LockPath(s.Path))
			return nil, &LockedError{Path: LockPath(s.Path), Info: held.LockInfo}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("lock %s: %w", s.Path, ctx.Err())
		case <-time.After(retryEvery):
		}
	}
}

// complete fills in what the caller left out.
func (s *Local) complete(info LockInfo) LockInfo {
	if info.PID == 0 {
		info.PID = os.Getpid()
	}
	if info.Host == "" {
		// A machine without a name leaves it empty.
		info.Host, _ = os.Hostname()
	}
	if info.Since.IsZero() {
		info.Since = s.now()
	}
	return info
}

// tryLock returns nil without an error where another holds the lock.
func (s *Local) tryLock(info LockInfo) (*Lock, error) {
	path := LockPath(s.Path)
	if _, err := inspect(s.fs(), path); err != nil {
		return nil, err
	}
	l := &Lock{store: s, path: path}
	l.flock = flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|openNoFollow), flock.SetPermissions(0o600))
	ok, err := l.flock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !ok {
		return nil, nil
	}
	if err := l.take(info); err != nil {
		return nil, closeAfter(l.flock.Close, err)
	}
	s.setLock(l)
	return l, nil
}

// take looks again: the file may have been replaced between open and flock.
func (l *Lock) take(info LockInfo) (err error) {
	if l.own, err = l.flock.Stat(); err != nil {
		return fmt.Errorf("lock %s: %w", l.path, err)
	}
	if err := l.checkFile(); err != nil {
		return err
	}
	if l.content, err = readLockFile(l.store.fs(), l.path); err != nil {
		return err
	}
	l.left, l.content.LockInfo = l.content.LockInfo, info
	return writeLockFile(l.store.fs(), l.path, l.content)
}

// Check says whether the lock is still held: its path and its descriptor are
// one file, and the state on disk is the one that Open was given or that was
// saved last. Once lost it stays lost; the error is ErrLockLost.
func (l *Lock) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.check()
}

func (l *Lock) check() error {
	if l.lost != nil {
		return l.lost
	}
	if l.released {
		return fmt.Errorf("%w: it was released", ErrLockLost)
	}
	l.lost = l.checkFile()
	if l.lost == nil && l.expected != nil {
		l.lost = l.checkState()
	}
	return l.lost
}

func (l *Lock) checkFile() error {
	info, err := l.store.fs().Lstat(l.path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLockLost, err)
	}
	if !os.SameFile(info, l.own) {
		return fmt.Errorf("%w: %s is another file now", ErrLockLost, l.path)
	}
	return nil
}

func (l *Lock) checkState() error {
	id, err := inspect(l.store.fs(), l.store.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLockLost, err)
	}
	if id != *l.expected {
		return fmt.Errorf("%w: %s was changed by another program", ErrLockLost, l.store.Path)
	}
	return nil
}

// expect sets which state has to be on disk from now on.
func (l *Lock) expect(id identity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected = &id
}

// replace checks the lock and puts a new state in place, so that no Check can
// see one without the other.
func (l *Lock) replace(temp, path string) (identity, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(); err != nil {
		return identity{}, err
	}
	if err := l.store.fs().Rename(temp, path); err != nil {
		return identity{}, fmt.Errorf("save state: %w", err)
	}
	id, err := inspect(l.store.fs(), path)
	if err != nil {
		l.lost = fmt.Errorf("%w: %w", ErrLockLost, err)
		return identity{}, l.lost
	}
	l.expected = &id
	return id, nil
}

// Release clears the holder from the lock file and gives the lock back. The
// file stays. A second Release does nothing.
func (l *Lock) Release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return nil
	}
	l.released = true
	l.store.setLock(nil)
	var err error
	if l.checkFile() == nil {
		l.content.LockInfo = LockInfo{}
		err = writeLockFile(l.store.fs(), l.path, l.content)
	}
	return closeAfter(l.flock.Close, err)
}

// closeAfter closes and keeps the first error.
func closeAfter(closing func() error, err error) error {
	if closed := closing(); err == nil && closed != nil {
		return fmt.Errorf("close: %w", closed)
	}
	return err
}
