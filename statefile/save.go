package statefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// tempPath is where a state is written before it takes its place. The lock
// keeps it to one writer; what a crash leaves there is overwritten.
func tempPath(path string) string { return path + ".tmp" }

// staged is a state that is written and not yet in place.
type staged struct {
	doc      *document
	path     string
	file     File
	sent     [][]byte // for the memory
	holdsAll bool     // doc has all that the memory knows
}

// stage writes a document beside the state.
func (s *Local) stage(doc *document) (*staged, error) {
	if err := doc.complete(); err != nil {
		return nil, fmt.Errorf("save state %s: %w", s.Path, err)
	}
	mode, err := s.mode()
	if err != nil {
		return nil, err
	}
	st := &staged{doc: doc, path: tempPath(s.Path)}
	if _, err := inspect(s.fs(), st.path); err != nil {
		return nil, err
	}
	if st.file, err = s.fs().Open(st.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, mode); err != nil {
		return nil, fmt.Errorf("save state: %w", err)
	}
	err = st.file.Chmod(mode)
	if err == nil {
		err = doc.writeTo(st.file)
	}
	if err != nil {
		return nil, s.discard(st, fmt.Errorf("save state: %w", err))
	}
	return st, nil
}

// mode is that of the state on disk, or 0600.
func (s *Local) mode() (fs.FileMode, error) {
	info, err := s.fs().Lstat(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0o600, nil
	}
	if err != nil {
		return 0, fmt.Errorf("save state: %w", err)
	}
	return info.Mode().Perm(), nil
}

// discard drops a staged state. What cannot be removed does no harm.
func (s *Local) discard(st *staged, err error) error {
	if st.file != nil {
		st.file.Close()
	}
	_ = s.fs().Remove(st.path)
	return err
}

// place makes a staged state durable and puts it in place. Errors of fsync are
// ErrJournalBroken.
func (s *Local) place(st *staged, lock *Lock) (identity, error) {
	if err := st.file.Sync(); err != nil {
		return identity{}, s.discard(st, brokenBy(err))
	}
	if err := st.file.Close(); err != nil {
		st.file = nil
		return identity{}, s.discard(st, brokenBy(err))
	}
	st.file = nil
	id, err := lock.replace(st.path, s.Path)
	if err != nil {
		return identity{}, s.discard(st, err)
	}
	if err := s.fs().SyncDir(filepath.Dir(s.Path)); err != nil {
		return id, brokenBy(err)
	}
	return id, nil
}

// removeSegments deletes segments that a durable state covers, oldest first,
// each durably before the next: a hole would look like a lost segment.
func (s *Local) removeSegments(files []segmentFile) error {
	for _, f := range files {
		if err := s.fs().Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove journal: %w", err)
		}
		if err := s.fs().SyncDir(filepath.Dir(f.path)); err != nil {
			return brokenBy(err)
		}
	}
	return nil
}

// Save writes the snapshot where the state on disk is still the one that it was
// loaded from, and folds the journal into it. Without a lock of this store it
// takes the lock for as long as it needs. It changes snap to what is on disk
// then. While a Recorder is open it is refused.
func (s *Local) Save(ctx context.Context, snap *Snapshot) error {
	return s.locked(ctx, "save", func(lock *Lock) error { return s.save(lock, snap) })
}

func (s *Local) save(lock *Lock, snap *Snapshot) error {
	if err := s.checkCurrent(lock, snap); err != nil {
		return err
	}
	lock.expect(snap.disk.state)
	if snap.Exists && !snap.crashed() && sameContent(s.document(snap), snap) {
		return nil
	}
	if err := snap.settle(s, lock); err != nil {
		return err
	}
	return s.replaceAll(lock, snap)
}

// sameContent says whether saving the document would change nothing but who
// wrote it.
func sameContent(doc *document, snap *Snapshot) bool {
	same := *doc
	same.serial, same.previous = snap.Serial, snap.PreviousDigest
	same.format, same.version = snap.FormatVersion, snap.PayrunVersion
	return same.complete() == nil && same.computeDigest() == snap.Digest
}

// document is what a snapshot looks like as a file.
func (s *Local) document(snap *Snapshot) *document {
	return &document{
		format: FormatVersion, version: s.version(), lineage: snap.Lineage,
		serial: snap.Serial + 1, previous: snap.Digest, sequence: snap.disk.last,
		unproven: distinct(snap.Unproven), archived: snap.ArchivedLineages, ledger: snap.Ledger,
	}
}

func (s *Local) version() string {
	if s.Version == "" {
		return "dev"
	}
	return s.Version
}

// checkCurrent says whether the files on disk are those of the snapshot and
// may be written by this program.
func (s *Local) checkCurrent(lock *Lock, snap *Snapshot) error {
	if err := lock.Check(); err != nil {
		return err
	}
	if snap.Holder != nil {
		return &StaleError{Path: s.Path, Reason: "another program was at work"}
	}
	if laterMinor(snap.FormatVersion) {
		return &VersionError{Path: s.Path, Version: snap.FormatVersion, Writing: true}
	}
	now, err := s.look()
	if err != nil {
		return err
	}
	if len(now.segments) != len(snap.disk.segments) {
		return &StaleError{Path: s.Path, Reason: "another program changed the journal"}
	}
	for i, f := range now.segments {
		if f != snap.disk.segments[i] {
			return &StaleError{Path: s.Path, Reason: "another program changed the journal"}
		}
	}
	return s.checkSameState(now.state, snap)
}

// checkSameState compares serial and digest where the file itself is another:
// a fresh checkout of the same content is no change.
func (s *Local) checkSameState(now identity, snap *Snapshot) error {
	if now == snap.disk.state {
		return nil
	}
	if !now.exists {
		return &StaleError{Path: s.Path, Reason: "the state was removed"}
	}
	doc, id, err := readState(s.fs(), s.Path)
	if err != nil {
		return err
	}
	if doc == nil || doc.serial != snap.Serial || doc.digest != snap.Digest {
		return &StaleError{Path: s.Path, Reason: "another program changed the state"}
	}
	snap.disk.state = id
	return nil
}

// replaceAll is a whole checkpoint: next segment, state, old segments.
func (s *Local) replaceAll(lock *Lock, snap *Snapshot) error {
	if snap.Lineage == "" {
		snap.Lineage = newLineage()
	}
	doc := s.document(snap)
	next, err := s.nextSegment(snap)
	if err != nil {
		return err
	}
	st, err := s.stage(doc)
	if err != nil {
		return err
	}
	id, err := s.place(st, lock)
	if err != nil {
		return err
	}
	old := snap.disk.segments
	snap.saveDone(doc, id)
	if err := lock.clearForced(doc.unproven); err != nil {
		return err
	}
	if next == nil {
		return nil
	}
	if openRun(snap.Ledger) {
		snap.disk.segments, snap.disk.hash = []segmentFile{next.segmentFile}, next.hash
	} else {
		old = append(old[:len(old):len(old)], next.segmentFile)
	}
	return s.removeSegments(old)
}

// nextSegment opens the segment that follows the journal of the snapshot, and
// closes it again. Without a journal there is none.
func (s *Local) nextSegment(snap *Snapshot) (*appender, error) {
	old := snap.disk.segments
	if len(old) == 0 {
		return nil, nil
	}
	next, err := createSegment(s.fs(), s.Path, old[len(old)-1].number+1, snap.header())
	if err != nil {
		return nil, err
	}
	if err := next.file.Close(); err != nil {
		return nil, fmt.Errorf("save state: %w", err)
	}
	next.id, err = inspect(s.fs(), next.path)
	return next, err
}

// header continues the journal that the snapshot was loaded from.
func (snap *Snapshot) header() *header {
	return &header{
		seq: snap.disk.last, prev: snap.disk.hash, lineage: snap.Lineage,
		serial: snap.Serial, digest: snap.Digest, unproven: snap.Unproven,
	}
}

// saveDone makes the snapshot the one that was just saved.
func (snap *Snapshot) saveDone(doc *document, id identity) {
	snap.Exists, snap.Serial, snap.Digest, snap.PreviousDigest = true, doc.serial, doc.digest, doc.previous
	snap.FormatVersion, snap.PayrunVersion = doc.format, doc.version
	snap.Sequence, snap.saved = doc.sequence, doc.unproven
	snap.disk = disk{state: id, last: doc.sequence, hash: firstHash}
}
