package statefile

import (
	"time"

	"payrun/planner/payout"
)

// Snapshot is the state as one Load found it: the state file with the journal
// replayed over it. Save and Open accept it only while the files on disk are
// still those it was loaded from.
type Snapshot struct {
	// Ledger is what is known of every payout. Open takes it over: after that
	// it is read through Recorder.View alone.
	Ledger *payout.Ledger
	// Exists says that there is a state file. Without one the ledger holds
	// what the journal says, usually nothing.
	Exists bool
	// FormatVersion and PayrunVersion are those of the file; empty without one.
	FormatVersion string
	PayrunVersion string
	// Lineage is a random UUID that a state keeps for life; empty while there
	// is neither a state nor a journal.
	Lineage string
	// Serial counts the contents of the state, from 1; 0 without a state.
	Serial int64
	// Digest is "sha256:…" of the content; empty without a state.
	Digest string
	// PreviousDigest is the digest of the serial before.
	PreviousDigest string
	// Sequence is the number of the newest journal entry that the state file
	// covers.
	Sequence int64
	// OpenRun says that a run of the ledger is marked open.
	OpenRun bool
	// Unproven are the reasons why the state is not proven; none = proven.
	Unproven []string
	// ArchivedLineages are lineages that were moved away on purpose.
	ArchivedLineages []string
	// Recovered is what a crash left in the journal.
	Recovered Recovery
	// LastRecord is the time of the newest record, for the check that the
	// clock does not run behind it.
	LastRecord time.Time
	// Holder is who holds the lock, where another Local or process does. What
	// the journal holds at its end is then work in progress and no crash.
	Holder *LockInfo

	disk  disk
	saved []string // reasons that stand in the state file
}

// disk is the set of files that a snapshot was loaded from.
type disk struct {
	state    identity
	segments []segmentFile // by number
	last     int64         // newest sequence number, state or journal
	hash     string        // of the newest line; firstHash without a journal
	replayed int           // entries that the state does not cover
	tails    []tail
	sent     []*payout.Intent // of the replayed entries and the tails
}

// segmentFile is one journal segment on disk.
type segmentFile struct {
	path   string
	number int
	id     identity
}

// Recovery is what a crash left in the journal, as found. Load reports it,
// Open settles it.
type Recovery struct {
	// Interrupted are the payouts in status sending: a run ended without
	// recording what became of them. Open records them as in doubt.
	Interrupted []payout.Address
	// Segment is the path of the segment with lines of a group that was not
	// finished; empty where there is none.
	Segment string
	// Line is the number of the first such line, from 1.
	Line int
	// Bytes is the length of what is left, zeros at its end excluded.
	Bytes int
	// OrderIDs are all order ids that are readable in it.
	OrderIDs []string
	// Unread are those of OrderIDs whose payout is not readable: Open cannot
	// record them, a person or a look-up by these ids has to.
	Unread []string
	// TornFile is where Open kept the bytes aside.
	TornFile string
}

// Torn says that the journal lost its tail.
func (r *Recovery) Torn() bool { return r.Segment != "" }

// Unsaved says that the journal holds what the state file does not: the next
// Open writes another state.
func (snap *Snapshot) Unsaved() bool { return snap.crashed() }

// crashed says whether the journal holds more than the state, or a run ended
// without recording its results.
func (snap *Snapshot) crashed() bool {
	return len(snap.disk.tails) > 0 || len(snap.Recovered.Interrupted) > 0 || snap.disk.replayed > 0
}

// openRun says whether any run of the ledger is marked open.
func openRun(l *payout.Ledger) bool {
	for i := range l.Runs {
		if l.Runs[i].Open {
			return true
		}
	}
	return false
}

// newestTime is the newest time in the ledger.
func newestTime(l *payout.Ledger, records []*payout.Record) time.Time {
	var newest time.Time
	see := func(t time.Time) {
		if t.After(newest) {
			newest = t
		}
	}
	for _, r := range records {
		for i := range r.Attempts {
			see(r.Attempts[i].Last().At)
			see(r.Attempts[i].NotFound.Last)
			see(r.Attempts[i].Failures.Last)
		}
	}
	for i := range l.Merchants {
		see(l.Merchants[i].LastCall)
	}
	for i := range l.Runs {
		see(l.Runs[i].OpenedAt)
		see(l.Runs[i].ClosedAt)
	}
	return newest
}

// interrupted are the records with an attempt in status sending, by address.
func interrupted(records []*payout.Record) []payout.Address {
	var out []payout.Address
	for _, r := range records {
		for i := range r.Attempts {
			if r.Attempts[i].Status() == payout.Sending {
				out = append(out, r.Address)
				break
			}
		}
	}
	return out
}
