package statefile

import (
	"fmt"
	"slices"

	"payrun/planner/payout"
)

// Checkpoint writes the state. Where nothing changed since the last one it
// writes nothing. An error that is not ErrJournalBroken or ErrLockLost leaves
// the run able to go on: the journal still holds everything.
func (r *Recorder) Checkpoint() error {
	r.checkpoints.Lock()
	defer r.checkpoints.Unlock()
	var st *staged
	err := r.submit(&request{act: func() (err error) {
		st, err = r.rotate()
		return err
	}})
	if err != nil || st == nil {
		return r.fail(err)
	}
	return r.settleState(st)
}

// rotate opens the next segment and writes the state beside the old one. It
// runs between two groups, so both speak of the same entry.
func (r *Recorder) rotate() (*staged, error) {
	if err := r.brokenNow(); err != nil {
		return nil, err
	}
	if !r.changed() {
		return nil, nil
	}
	if err := r.lock.Check(); err != nil {
		return nil, err
	}
	next, err := createSegment(r.store.fs(), r.store.Path, r.file.number+1, r.header())
	if err != nil {
		return nil, r.fail(err)
	}
	// All of it is durable: closing it can lose nothing.
	_ = r.file.file.Close()
	r.old = append(r.old, r.file.segmentFile)
	r.file = next
	return r.stage()
}

func (r *Recorder) changed() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.dirty
}

func (r *Recorder) setChanged() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dirty = true
}

// header continues the present segment. Only the writing goroutine calls it,
// or nobody else is at work.
func (r *Recorder) header() *header {
	return &header{
		seq: r.file.seq, prev: r.file.hash, lineage: r.saved.Lineage,
		serial: r.saved.Serial, digest: r.saved.Digest, unproven: r.Unproven(),
	}
}

// stage writes the state beside the old one.
func (r *Recorder) stage() (*staged, error) {
	doc := r.store.document(&r.saved)
	doc.records = r.sorted()
	r.mu.Lock()
	doc.ledger, doc.sequence, doc.unproven = r.ledger, r.file.seq, r.unproven
	r.dirty = false
	sent, holdsAll := r.sent, r.holdsAll()
	r.sent = nil
	r.mu.Unlock()
	st, err := r.store.stage(doc)
	if err != nil {
		r.mu.Lock()
		r.dirty, r.sent = true, append(sent, r.sent...)
		r.mu.Unlock()
		return nil, err
	}
	st.sent, st.holdsAll = sent, holdsAll
	// The ledger goes on changing: nothing of it is read after this.
	st.doc.ledger, st.doc.records, st.doc.totals = nil, nil, nil
	return st, nil
}

// sorted returns all records by address. It sorts them once and then only adds
// the new ones: a checkpoint of a large state is no place to sort it again.
func (r *Recorder) sorted() []*payout.Record {
	if r.records == nil {
		r.records, r.fresh = r.ledger.All(), nil
		return r.records
	}
	byAddress := func(a, b *payout.Record) int { return a.Address.Compare(b.Address) }
	slices.SortFunc(r.fresh, byAddress)
	merged := make([]*payout.Record, 0, len(r.records)+len(r.fresh))
	old, fresh := r.records, r.fresh
	for len(old) > 0 && len(fresh) > 0 {
		if byAddress(old[0], fresh[0]) < 0 {
			merged, old = append(merged, old[0]), old[1:]
		} else {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
	}
	r.records, r.fresh = append(append(merged, old...), fresh...), nil
	return r.records
}

// settleState puts a staged state in place and drops what it covers.
func (r *Recorder) settleState(st *staged) error {
	old := r.old
	r.remember(st)
	id, err := r.store.place(st, r.lock)
	if err != nil {
		r.setChanged()
		return r.fail(err)
	}
	r.mu.Lock()
	r.saved.saveDone(st.doc, id)
	r.mu.Unlock()
	if err := r.lock.clearForced(st.doc.unproven); err != nil {
		return fmt.Errorf("record a forced release: %w", err)
	}
	if err := r.store.removeSegments(old); err != nil {
		return r.fail(err)
	}
	r.old = nil
	return nil
}

// remember adds to the memory what the staged state holds and it does not. The
// memory guards against the loss of the state: that it cannot be written must
// not keep the state from being written.
func (r *Recorder) remember(st *staged) {
	marked := st.doc
	if !st.holdsAll {
		marked = nil
	}
	r.memory.Lock()
	err := r.store.remember(st.sent, marked, true)
	r.memory.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetful = err
	if err != nil {
		r.sent = append(st.sent, r.sent...)
	}
}

// spill adds what was begun to the memory as soon as it counts, so that a killed
// run whose journal is lost as well is remembered. What fails here waits for
// the checkpoint.
func (r *Recorder) spill(sent [][]byte) {
	if len(sent) == 0 {
		return
	}
	r.memory.Lock()
	err := r.store.remember(sent, nil, false)
	r.memory.Unlock()
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sent = append(r.sent, sent...)
	}
}

// holdsAll says whether the ledger holds all that the memory does: only a state
// of which that is true may be marked in it, and a memory that cannot be read
// holds more than anybody knows. The caller holds the lock.
func (r *Recorder) holdsAll() bool {
	return r.unread == nil && len(Missing(r.ledger, r.forgotten)) == 0
}

// Forgotten are the payments that the store's Memory knew when the run was
// opened and the state did not, as Local.Forgotten tells them, with its error.
func (r *Recorder) Forgotten() ([]Remembered, error) { return r.forgotten, r.unread }

// Forgetful is why the store's Memory could not be written at the last
// checkpoint, or nil. The state itself is not concerned.
func (r *Recorder) Forgetful() error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.forgetful
}

// fold makes what Open found durable: a state, where a crash left something,
// and no segment but the present one.
func (r *Recorder) fold(crashed bool) error {
	if !crashed {
		if err := r.store.removeSegments(r.old); err != nil {
			return err
		}
		r.old = nil
		return nil
	}
	st, err := r.stage()
	if err != nil {
		return err
	}
	return r.settleState(st)
}

// Close writes the last checkpoint and ends the run; the lock stays held. With
// no run marked open the journal is removed: the state holds everything. After
// an error what is on disk is what the next Load recovers from. A second Close
// is ErrClosed.
func (r *Recorder) Close() error {
	r.checkpoints.Lock()
	defer r.checkpoints.Unlock()
	r.queue.Lock()
	if r.closing {
		r.queue.Unlock()
		return ErrClosed
	}
	r.closing = true
	r.filled.Signal()
	r.queue.Unlock()
	<-r.done
	defer r.store.setRecording(false)
	return closeAfter(r.file.file.Close, r.last())
}

// last is the final checkpoint, with no other goroutine at work.
func (r *Recorder) last() error {
	st, err := r.rotate()
	if err != nil {
		return err
	}
	if st != nil {
		if err := r.settleState(st); err != nil {
			return err
		}
	}
	if err := r.lock.Check(); err != nil {
		return err
	}
	if openRun(r.ledger) {
		// Nobody appends any more, and zeros are of no use to a commit.
		if err := r.file.file.Truncate(r.file.size); err != nil {
			return fmt.Errorf("end journal: %w", err)
		}
		return nil
	}
	return r.store.removeSegments(append(r.old, r.file.segmentFile))
}
