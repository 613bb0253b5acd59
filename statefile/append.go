package statefile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Sizes of the space that a segment holds ready, in bytes.
const (
	growBytes   = 128 << 10 // a segment is made and grows by this much
	spareBytes  = 160 << 10 // kept free by every Begin, for the results in flight
	payoutBytes = 1536      // an intent and its results, with long texts
	maxReserve  = 64 << 20  // a checkpoint comes before more is needed
)

// appender writes one segment. Only one goroutine uses it.
type appender struct {
	segmentFile
	file     File
	size     int64 // bytes of header and whole groups
	capacity int64 // size and the zeros after it
	seq      int64
	group    int64
	hash     string
	mine     identity // as this run left it
	changed  error    // sticky: somebody else changed it
}

// brokenBy marks an error after which this process appends nothing more.
func brokenBy(err error) error { return fmt.Errorf("%w: %w", ErrJournalBroken, err) }

// header is the first line of a segment that continues the journal.
type header struct {
	seq      int64  // newest entry before the segment
	prev     string // hash of the newest line before
	lineage  string
	serial   int64  // of the state on disk
	digest   string // of the state on disk
	unproven []string
}

func (h *header) line() ([]byte, string, error) {
	content, err := encodeBody(&body{
		Kind: kindHeader, Format: FormatVersion, Lineage: h.lineage,
		BaseSerial: h.serial, BaseDigest: h.digest, Unproven: h.unproven,
	})
	if err != nil {
		return nil, "", err
	}
	b, hash := appendLine(nil, link{Seq: h.seq, Prev: h.prev, End: true}, content)
	return b, hash, nil
}

// createSegment makes a segment that is durable with its header and a first
// stretch of zeros. When that fails nothing of it is left, or the error is
// ErrJournalBroken.
func createSegment(fsys FS, path string, number int, h *header) (*appender, error) {
	line, hash, err := h.line()
	if err != nil {
		return nil, err
	}
	a := &appender{segmentFile: segmentFile{path: segmentPath(path, number), number: number}, seq: h.seq, hash: hash}
	a.file, err = fsys.Open(a.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	err = a.fill(fsys, line)
	if err == nil {
		return a, nil
	}
	// A half-made segment that shows up after a crash would contradict what
	// goes on in the one before it.
	if undone := a.undo(fsys); undone != nil && !errors.Is(err, ErrJournalBroken) {
		err = brokenBy(err)
	}
	return nil, err
}

func (a *appender) fill(fsys FS, line []byte) error {
	a.capacity = int64(len(line) + growBytes)
	if _, err := a.file.WriteAt(append(line, make([]byte, growBytes)...), 0); err != nil {
		return fmt.Errorf("create journal: %w", err)
	}
	a.size = int64(len(line))
	if err := a.file.Sync(); err != nil {
		return brokenBy(err)
	}
	if err := fsys.SyncDir(filepath.Dir(a.path)); err != nil {
		return brokenBy(err)
	}
	a.remember()
	return nil
}

// remember keeps what the file looks like after a write of ours. Where that
// cannot be told every check fails, with the reason.
func (a *appender) remember() {
	info, err := a.file.Stat()
	if err != nil {
		a.mine, a.changed = identity{}, fmt.Errorf("%w: %w", ErrJournalChanged, err)
		return
	}
	a.mine = identify(info)
}

// check says whether the file at the segment's path is the one that this run
// wrote last: what stands in another one, or behind a foreign change, the next
// run does not read. Once changed it stays so. The time of attributes is left
// out: a backup may move it.
func (a *appender) check(fsys FS) error {
	if a.changed != nil {
		return a.changed
	}
	now, err := inspect(fsys, a.path)
	now.changed = a.mine.changed
	if err != nil {
		a.changed = fmt.Errorf("%w: %w", ErrJournalChanged, err)
	} else if now != a.mine {
		a.changed = fmt.Errorf("%w: %s", ErrJournalChanged, a.path)
	}
	return a.changed
}

func (a *appender) undo(fsys FS) error {
	a.file.Close()
	if err := fsys.Remove(a.path); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(a.path))
}

// ensure makes room for n more bytes, with written zeros: a full disk is met
// here. An error that is not ErrJournalBroken leaves the segment as it was.
func (a *appender) ensure(n int64) error {
	for a.capacity < a.size+n {
		if _, err := a.file.WriteAt(make([]byte, growBytes), a.capacity); err != nil {
			if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
				a.remember() // some of it may have been written
				return fmt.Errorf("reserve journal space: %w", err)
			}
			return brokenBy(err)
		}
		a.capacity += growBytes
		a.remember()
	}
	return nil
}

// append writes one group and makes it durable. Any error breaks the journal.
func (a *appender) append(group [][]byte) error {
	var b []byte
	seq, hash := a.seq, a.hash
	for i, content := range group {
		seq++
		b, hash = appendLine(b, link{Seq: seq, Group: a.group + 1, Prev: hash, End: i == len(group)-1}, content)
	}
	if _, err := a.file.WriteAt(b, a.size); err != nil {
		return brokenBy(err)
	}
	if err := a.file.SyncData(); err != nil {
		return brokenBy(err)
	}
	a.size += int64(len(b))
	a.capacity = max(a.capacity, a.size)
	a.seq, a.hash = seq, hash
	a.group++
	a.remember()
	return nil
}
