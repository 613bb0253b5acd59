package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/go-json-experiment/json"
	"github.com/gofrs/flock"
)

// LockedError says that another gateway has the ledger open.
type LockedError struct {
	Path string // of the ledger
}

// Error names the ledger and its lock file.
func (e *LockedError) Error() string {
	return fmt.Sprintf("open ledger %s: another sandbox holds %s.lock", e.Path, e.Path)
}

// DamageError says that a ledger holds something other than a torn last line.
type DamageError struct {
	Path string
	Line int // counted from 1
	Err  error
}

// Error names the file and the line.
func (e *DamageError) Error() string {
	return fmt.Sprintf("read ledger %s: line %d: %v", e.Path, e.Line, e.Err)
}

// Unwrap gives the cause.
func (e *DamageError) Unwrap() error { return e.Err }

// ledger appends lines and makes them durable. In memory it keeps them.
type ledger struct {
	path   string
	file   *os.File // nil: in memory
	lock   *flock.Flock
	noSync bool

	lines   []Line       // in memory only; guarded like append
	written atomic.Int64 // bytes handed to the file; only append moves it

	syncing sync.Mutex
	durable int64 // bytes known to be on disk; guarded by syncing
}

// openLedger takes the lock, gives every whole line to each, and cuts a torn
// last one: its answer never left.
func openLedger(path string, noSync bool, each func(Line) error) (*ledger, error) {
	if path == "" {
		return &ledger{noSync: true}, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l := &ledger{path: path, noSync: noSync, lock: flock.New(path + ".lock")}
	if held, err := l.lock.TryLock(); err != nil {
		return nil, fmt.Errorf("lock ledger: %w", err)
	} else if !held {
		return nil, &LockedError{Path: path}
	}
	if err := l.replay(each); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *ledger) replay(each func(Line) error) error {
	text, err := os.ReadFile(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read ledger: %w", err)
	}
	lines, whole, err := splitLedger(l.path, text)
	if err != nil {
		return err
	}
	for i, line := range lines {
		if err := each(line); err != nil {
			return &DamageError{Path: l.path, Line: i + 1, Err: err}
		}
	}
	return l.openFile(int64(whole))
}

// openFile opens for appending after the first size bytes.
func (l *ledger) openFile(size int64) error {
	file, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open ledger: %w", err)
	}
	l.file = file
	if err := file.Truncate(size); err != nil {
		return fmt.Errorf("cut torn line of ledger: %w", err)
	}
	l.written.Store(size)
	if l.noSync {
		return nil
	}
	if err := errors.Join(file.Sync(), syncFolder(filepath.Dir(l.path))); err != nil {
		return fmt.Errorf("sync ledger: %w", err)
	}
	l.durable = size
	return nil
}

// syncFolder makes the name of a new file durable, not only its content.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// append writes one line and returns the size sync must reach. The caller
// serialises calls.
func (l *ledger) append(line Line) (int64, error) {
	if l.file == nil {
		l.lines = append(l.lines, line)
		return 0, nil
	}
	text, err := json.Marshal(line)
	if err != nil {
		return 0, fmt.Errorf("encode ledger line: %w", err)
	}
	n, err := l.file.Write(append(text, '\n'))
	if err != nil {
		return 0, fmt.Errorf("append to ledger: %w", err)
	}
	return l.written.Add(int64(n)), nil
}

// sync returns once the first size bytes are durable. Callers that wait while
// another one syncs find their bytes already covered: one fsync serves many.
func (l *ledger) sync(size int64) error {
	if l.noSync {
		return nil
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.durable >= size {
		return nil
	}
	reached := l.written.Load()
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("sync ledger: %w", err)
	}
	l.durable = reached
	return nil
}

// close makes the last lines durable for calls that are just waiting for it.
// The lock file stays: removing it would let two holders in.
func (l *ledger) close() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	var errs []error
	if l.file != nil && !l.noSync {
		errs = append(errs, l.file.Sync())
		l.durable = l.written.Load()
	}
	if l.file != nil {
		errs = append(errs, l.file.Close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.Close())
	}
	return errors.Join(errs...)
}
