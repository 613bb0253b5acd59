package statefile

import (
	"errors"
	"fmt"
)

// Sentinels to branch on with errors.Is.
var (
	// ErrLockLost says that the lock file was replaced, or that the state on
	// disk is no longer the one this run wrote: another program may be at work.
	ErrLockLost = errors.New("hold the lock: it is lost")
	// ErrJournalBroken says that a write or fsync of the journal failed: this
	// process appends nothing more.
	ErrJournalBroken = errors.New("append to the journal: an earlier write failed")
	// ErrJournalChanged says that the journal on disk is no longer the file that
	// this run writes, or that somebody else wrote to it: no intent is safe in it.
	// A checkpoint begins another one.
	ErrJournalChanged = errors.New("append to the journal: it is not known to be the file that this run wrote last")
	// ErrClosed says that the Recorder was closed.
	ErrClosed = errors.New("append to the journal: the run is closed")
)

// FormatError says that a state file does not hold what it must.
type FormatError struct {
	Path    string // of the state file; empty where bytes were read
	Line    int    // from 1; 0 where no single line is at fault
	Address string // of the payout concerned; may be empty
	Reason  string
}

func (e *FormatError) Error() string {
	text := "read state"
	if e.Path != "" {
		text += " " + e.Path
	}
	if e.Line > 0 {
		text += fmt.Sprintf(" line %d", e.Line)
	}
	if e.Address != "" {
		text += " payout " + e.Address
	}
	return text + ": " + e.Reason
}

// VersionError says that a state or journal was written in a format that this
// program does not read, or, with Writing, reads but would not write whole.
type VersionError struct {
	Path    string
	Version string // as found, "2.0"
	Writing bool   // a later minor version: saving it would drop what is new in it
}

func (e *VersionError) Error() string {
	if e.Writing {
		return fmt.Sprintf("save state %s: its format %s is later than %s, a newer payrun must write it", e.Path, e.Version, FormatVersion)
	}
	return fmt.Sprintf("read %s: format %s is not format %s, another version of payrun wrote it", e.Path, e.Version, FormatVersion)
}

// HandEditedError says that the content of a state does not match its digest.
// `payrun state verify` shows what is wrong with it; the cure is `payrun state
// push FILE -reason=…`.
type HandEditedError struct {
	Path     string
	Recorded string // digest that stands in the file
	Computed string // digest of its content
}

func (e *HandEditedError) Error() string {
	return fmt.Sprintf("read state %s: the content does not match its digest, somebody edited it", e.Path)
}

// ConflictMarkersError says that a merge left its markers in the state.
type ConflictMarkersError struct {
	Path string
	Line int // of the first marker, from 1
}

func (e *ConflictMarkersError) Error() string {
	return fmt.Sprintf("read state %s line %d: a merge left conflict markers", e.Path, e.Line)
}

// DamageError says that a journal segment is damaged where no crash can damage
// it.
type DamageError struct {
	Path   string // of the segment
	Line   int    // from 1
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("read journal %s line %d: %s", e.Path, e.Line, e.Reason)
}

// MisfitError says that a whole journal belongs to another state than the one
// on disk: one of the two was replaced or put back.
type MisfitError struct {
	State   string // path of the state
	Journal string // path of the segment
	Reason  string
}

func (e *MisfitError) Error() string {
	return fmt.Sprintf("read journal %s: it does not fit the state %s: %s", e.Journal, e.State, e.Reason)
}

// StaleError says that the state on disk is not the one a snapshot was loaded
// from.
type StaleError struct {
	Path   string
	Reason string
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("change state %s: %s since it was loaded", e.Path, e.Reason)
}

// LockedError says who holds the lock. Info is empty where the holder has not
// written who it is.
type LockedError struct {
	Path string // of the lock file
	Info LockInfo
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("lock %s: held by %s", e.Path, e.Info)
}

// PlaceError says that a file cannot be kept where it is: not a regular file,
// or on a network file system, where locks and fsync promise too little.
type PlaceError struct {
	Path   string
	Reason string
}

func (e *PlaceError) Error() string { return fmt.Sprintf("use %s: %s", e.Path, e.Reason) }

// UnrecordedError says that a pushed state does not know payouts which the
// journal says may have been sent.
type UnrecordedError struct {
	Path     string
	OrderIDs []string // in the order of the journal
}

func (e *UnrecordedError) Error() string {
	return fmt.Sprintf("push state %s: the journal holds %d order ids that the pushed state lacks, the first is %s", e.Path, len(e.OrderIDs), e.OrderIDs[0])
}
