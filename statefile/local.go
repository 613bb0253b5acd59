package statefile

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"payrun/planner/payout"
)

// Store keeps one state. Local is the one on a local disk.
type Store interface {
	// Load reads the state and replays the journal. It changes nothing and
	// needs no lock. A missing state is a Snapshot with Exists false.
	Load(ctx context.Context) (*Snapshot, error)
	// Save writes the snapshot if the state on disk is still the one it was
	// loaded from, else it is a *StaleError. The serial moves only when the
	// content did.
	Save(ctx context.Context, snap *Snapshot) error
	// Lock takes the lock, for at most wait while another holds it.
	Lock(ctx context.Context, info LockInfo, wait time.Duration) (*Lock, error)
}

// Local is the store of one state file on a local disk. Its methods may be
// called at once from several goroutines; it must not be copied.
type Local struct {
	Path    string           // of the state file
	Memory  string           // of the file that remembers what was sent; empty = none. Its folder exists
	Version string           // of the program, recorded in what it writes
	FS      FS               // nil = the machine's
	Now     func() time.Time // nil = time.Now

	mu        sync.Mutex
	lock      *Lock // held by this store, or nil
	recording bool  // a Recorder is open
}

var _ Store = (*Local)(nil)

func (s *Local) fs() FS {
	if s.FS != nil {
		return s.FS
	}
	return OS{}
}

func (s *Local) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Local) setLock(l *Lock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lock = l
}

func (s *Local) setRecording(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recording = on
}

// loadTries bounds how often Load starts again because a run changed the files
// between two reads.
const loadTries = 8

// Load reads the state file and replays the journal over it. Errors for a
// person to act on are *FormatError, *VersionError, *HandEditedError,
// *ConflictMarkersError, *DamageError, *MisfitError and *PlaceError.
func (s *Local) Load(ctx context.Context) (*Snapshot, error) {
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("load state %s: %w", s.Path, err)
		}
		before, err := s.look()
		if err != nil {
			return nil, err
		}
		snap, err := s.load(before)
		after, lookErr := s.look()
		if lookErr != nil {
			return nil, lookErr
		}
		if before.same(after) || try == loadTries {
			return snap, err
		}
	}
}

// look finds the files of the state without reading them.
func (s *Local) look() (disk, error) {
	id, err := inspect(s.fs(), s.Path)
	if err != nil {
		return disk{}, err
	}
	segments, err := listSegments(s.fs(), s.Path)
	return disk{state: id, segments: segments}, err
}

// same says whether no checkpoint lies between two looks. A segment may have
// grown.
func (d disk) same(o disk) bool {
	return d.state == o.state && slices.EqualFunc(d.segments, o.segments, func(a, b segmentFile) bool {
		return a.number == b.number && a.id.inode == b.id.inode
	})
}

func (s *Local) load(d disk) (*Snapshot, error) {
	doc, id, err := readState(s.fs(), s.Path)
	if err != nil {
		return nil, err
	}
	d.state = id
	j, err := readJournal(s.fs(), d.segments)
	if err != nil {
		return nil, err
	}
	if err := j.checkFit(s.Path, doc); err != nil {
		return nil, err
	}
	snap := newSnapshot(doc, j, d)
	if err := snap.replay(doc, j); err != nil {
		return nil, err
	}
	return snap, s.judge(snap, doc, j)
}

func newSnapshot(doc *document, j *journal, d disk) *Snapshot {
	snap := &Snapshot{Ledger: payout.NewLedger(), disk: d}
	snap.disk.hash = firstHash
	if doc != nil {
		snap.Ledger, snap.Exists, snap.Lineage = doc.ledger, true, doc.lineage
		snap.FormatVersion, snap.PayrunVersion = doc.format, doc.version
		snap.Serial, snap.Digest, snap.PreviousDigest = doc.serial, doc.digest, doc.previous
		snap.Sequence, snap.ArchivedLineages = doc.sequence, doc.archived
		snap.saved, snap.disk.last = doc.unproven, doc.sequence
	}
	if top := j.newest(); top != nil {
		snap.Lineage = top.header.Lineage
		snap.disk.last, snap.disk.hash = top.seq, top.hash
	}
	return snap
}

func (snap *Snapshot) replay(doc *document, j *journal) error {
	if doc == nil {
		doc = &document{ledger: snap.Ledger}
	}
	n, sent, err := j.replay(doc)
	snap.disk.sent = sent
	if err != nil {
		return err
	}
	records := doc.records
	if n > 0 {
		records = snap.Ledger.All()
	}
	snap.disk.replayed = n
	snap.OpenRun = openRun(snap.Ledger)
	snap.LastRecord = newestTime(snap.Ledger, records)
	snap.Recovered.Interrupted = interrupted(records)
	return nil
}

// judge collects what a crash left and why the state is not proven.
func (s *Local) judge(snap *Snapshot, doc *document, j *journal) error {
	forced, err := s.forced(snap)
	if err != nil {
		return err
	}
	snap.disk.tails = j.tails
	if snap.Holder == nil {
		snap.Recovered.report(j.tails)
	}
	reasons := append(slices.Clone(snap.saved), forced...)
	if top := j.newest(); top != nil {
		reasons = append(reasons, top.header.Unproven...)
	} else if snap.OpenRun {
		reasons = append(reasons, "a run is marked open and its journal is missing")
	}
	if doc == nil {
		reasons = append(reasons, "the state is new")
	}
	if snap.Recovered.Torn() {
		reasons = append(reasons, "the journal lost its tail")
	}
	snap.Unproven = distinct(reasons)
	return nil
}

// forced are the marks of forced releases; it also finds who is at work.
func (s *Local) forced(snap *Snapshot) ([]string, error) {
	s.mu.Lock()
	lock, recording := s.lock, s.recording
	s.mu.Unlock()
	if lock != nil {
		lock.mu.Lock()
		defer lock.mu.Unlock()
		if recording {
			info := lock.content.LockInfo
			snap.Holder = &info
		}
		return slices.Clone(lock.content.Forced), nil
	}
	content, held, err := s.holder()
	if held {
		snap.Holder = &content.LockInfo
	}
	return content.Forced, err
}

// distinct keeps the first of equal words.
func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
