package statefile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"payrun/planner/payout"
)

// laterMinor says whether a format is of a later minor version than ours:
// saving it would drop what we do not know.
func laterMinor(version string) bool {
	if version == "" {
		return false
	}
	return minorOf(version) > minorOf(FormatVersion)
}

func minorOf(version string) int {
	_, minor, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(minor)
	if err != nil {
		return 1 << 30 // too large to read is later than ours
	}
	return n
}

// settle makes the ledger say what a crash means, and keeps the torn lines
// aside. It changes no file of the state; whoever calls it saves.
func (snap *Snapshot) settle(s *Local, lock *Lock) error {
	if err := snap.keepAside(s); err != nil {
		return err
	}
	now := s.now()
	for i := range snap.disk.tails {
		for _, in := range snap.disk.tails[i].intents() {
			// An intent that the ledger forbids is known already, or a
			// damaged one: its order id stands in Recovered.
			if snap.Ledger.CheckBegin(in) == nil {
				if err := snap.Ledger.Begin(in); err != nil {
					return err
				}
				snap.disk.sent = append(snap.disk.sent, in)
			} else if !known(snap.Ledger, in) {
				snap.Recovered.Unread = append(snap.Recovered.Unread, in.OrderID)
			}
		}
	}
	return settleInterrupted(snap.Ledger, now)
}

// known says whether the payout of an intent holds its order id already, at
// its address, at a later one, or in its grave.
func known(l *payout.Ledger, in *payout.Intent) bool {
	if holder := l.ByOrderID(in.Merchant, in.OrderID); holder != nil {
		return holder.Address == in.Address || slices.Contains(holder.Former, in.Address)
	}
	for i := range l.Tombstones {
		if t := &l.Tombstones[i]; t.Merchant == in.Merchant && slices.Contains(t.OrderIDs, in.OrderID) {
			return true
		}
	}
	return false
}

// settleInterrupted moves every attempt in status sending to in_doubt: whether
// its call left cannot be known.
func settleInterrupted(l *payout.Ledger, now time.Time) error {
	for _, r := range l.All() {
		for i := range r.Attempts {
			a := &r.Attempts[i]
			if a.Status() != payout.Sending {
				continue
			}
			o := &payout.Outcome{
				At: now, Address: r.Address, Attempt: a.N, OrderID: a.OrderID, Cause: payout.CauseRestart,
				Event:    payout.Event{Status: payout.InDoubt, At: now, Source: payout.SourceRestart},
				NotFound: a.NotFound, Failures: a.Failures,
			}
			if err := l.Settle(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepAside copies torn lines to PATH.journal.torn-TIME.
func (snap *Snapshot) keepAside(s *Local) error {
	if !snap.Recovered.Torn() {
		return nil
	}
	path := s.Path + ".journal.torn-" + s.now().UTC().Format("20060102T150405.000000000Z")
	f, err := s.fs().Open(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep torn journal lines: %w", err)
	}
	if err := closeAfter(f.Close, writeTails(f, snap.disk.tails)); err != nil {
		return err
	}
	if err := s.fs().SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("keep torn journal lines: %w", err)
	}
	snap.Recovered.TornFile = path
	return nil
}

func writeTails(f File, tails []tail) error {
	at := int64(0)
	for _, t := range tails {
		if _, err := f.WriteAt(t.data, at); err != nil {
			return fmt.Errorf("keep torn journal lines: %w", err)
		}
		at += int64(len(t.data))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("keep torn journal lines: %w", err)
	}
	return nil
}

// errBusy is a mistake of the caller.
var errBusy = errors.New("open a run: the lock belongs to another store, or a run is open already")

// Open begins a locked run over the snapshot. It settles what a crash left:
// payouts in status sending become in_doubt, torn lines are kept aside and
// their payouts become in_doubt, and all of that is durable before it returns.
// It then opens the next journal segment. A snapshot that no longer is what is
// on disk is a *StaleError.
func (s *Local) Open(lock *Lock, snap *Snapshot) (*Recorder, error) {
	if err := s.claim(lock); err != nil {
		return nil, err
	}
	r, err := s.open(lock, snap)
	if err != nil {
		s.setRecording(false)
		return nil, err
	}
	go r.write()
	return r, nil
}

func (s *Local) claim(lock *Lock) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if lock == nil || s.lock != lock || s.recording {
		return errBusy
	}
	s.recording = true
	return nil
}

func (s *Local) open(lock *Lock, snap *Snapshot) (*Recorder, error) {
	if err := s.checkCurrent(lock, snap); err != nil {
		return nil, err
	}
	lock.expect(snap.disk.state)
	crashed := snap.crashed()
	if err := snap.settle(s, lock); err != nil {
		return nil, err
	}
	if snap.Lineage == "" {
		snap.Lineage = newLineage()
	}
	r, err := newRecorder(s, lock, snap)
	if err != nil {
		return nil, err
	}
	if s.Memory != "" {
		for _, in := range snap.disk.sent {
			content, err := encodeBody(beginEntry(in))
			if err != nil {
				return nil, closeAfter(r.file.file.Close, err)
			}
			r.sent = append(r.sent, content)
		}
	}
	if crashed {
		r.dirty = true
	}
	if err := r.fold(crashed); err != nil {
		return nil, closeAfter(r.file.file.Close, err)
	}
	return r, nil
}
