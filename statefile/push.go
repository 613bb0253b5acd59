package statefile

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"payrun/planner/payout"
)

// Push makes data the state: a file that a person mended after a hand edit, a
// merge or a loss. Its content is checked, its digest is not; it is digested
// anew, and the state is not proven until a run proves it. Payouts that the
// journal says may have been sent, and data does not know, become in_doubt;
// where that cannot be done it is an *UnrecordedError. What the journal held is
// kept aside. Errors of the content are a *FormatError.
func (s *Local) Push(ctx context.Context, data []byte, reason string) error {
	return s.locked(ctx, "state push", func(lock *Lock) error { return s.push(lock, data, reason) })
}

// locked runs f under the lock of this store, which it takes where nobody has.
func (s *Local) locked(ctx context.Context, command string, f func(*Lock) error) error {
	s.mu.Lock()
	lock, recording := s.lock, s.recording
	s.mu.Unlock()
	if recording {
		return fmt.Errorf("change state %s: a run is open", s.Path)
	}
	if lock != nil {
		return f(lock)
	}
	lock, err := s.Lock(ctx, LockInfo{Command: command}, 0)
	if err != nil {
		return err
	}
	err = f(lock)
	if released := lock.Release(); err == nil {
		err = released
	}
	return err
}

func (s *Local) push(lock *Lock, data []byte, reason string) error {
	doc, err := decode(bytes.NewReader(data))
	if err != nil {
		return explain("to push", data, err)
	}
	if laterMinor(doc.format) {
		return &VersionError{Path: s.Path, Version: doc.format, Writing: true}
	}
	found, err := s.look()
	if err != nil {
		return err
	}
	lock.expect(found.state)
	if err := s.follow(doc); err != nil {
		return err
	}
	all, err := s.wholeSegments(found.segments)
	if err != nil {
		return err
	}
	doc.sequence = pastAll(doc.sequence, all)
	if err := adoptIntents(doc.ledger, all, s.Path); err != nil {
		return err
	}
	if err := settleInterrupted(doc.ledger, s.now()); err != nil {
		return err
	}
	doc.unproven = distinct(append(doc.unproven, "pushed: "+reason))
	return s.replacePushed(lock, doc, found, all)
}

// follow gives the pushed content the serial after the one on disk. A state on
// disk that cannot be read is what push is there to replace.
func (s *Local) follow(doc *document) error {
	doc.previous = doc.digest
	present, _, err := readState(s.fs(), s.Path)
	if err != nil && !new(Report).add(err) {
		return err
	}
	if present != nil {
		if present.lineage != doc.lineage {
			return &FormatError{Path: "to push", Reason: "it began apart from " + s.Path + " (another lineage): it is the state of other payments"}
		}
		doc.serial, doc.sequence = max(doc.serial, present.serial), max(doc.sequence, present.sequence)
		doc.previous = present.digest
		if err := keepHistory(doc.ledger, present.ledger); err != nil {
			return err
		}
	}
	doc.format, doc.version = FormatVersion, s.version()
	doc.serial++
	doc.records, doc.totals = nil, nil
	return nil
}

// keepHistory gives the pushed ledger the tombstones and runs of the one that it
// replaces: who was forgotten and what was approved is not undone by an older
// file.
func keepHistory(l, present *payout.Ledger) error {
	for _, t := range present.Tombstones {
		switch {
		case l.Tombstone(t.Address) != nil:
		case l.Record(t.Address) != nil:
			return &FormatError{Path: "to push", Reason: fmt.Sprintf("it holds %s, which was forgotten on %s: take it out", t.Address, t.At.UTC().Format(time.DateOnly))}
		default:
			l.Bury(t)
		}
	}
	have := make(map[string]bool)
	for i := range l.Runs {
		have[l.Runs[i].ID] = true
	}
	for _, r := range present.Runs {
		if !have[r.ID] {
			r.Open = false // its payouts are not what this state says any more
			l.Note(&payout.Note{Run: &r})
		}
	}
	slices.SortStableFunc(l.Runs, func(a, b payout.Run) int { return a.OpenedAt.Compare(b.OpenedAt) })
	return nil
}

// wholeSegments reads every segment as if all of it were torn: nothing in it
// is relied on but what it shows.
func (s *Local) wholeSegments(files []segmentFile) ([]tail, error) {
	var out []tail
	for _, f := range files {
		data, err := readAll(s.fs(), f.path)
		if err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		if data = bytes.TrimRight(data, "\x00"); len(data) > 0 {
			out = append(out, tail{path: f.path, line: 1, data: data})
		}
	}
	return out, nil
}

// seqMember finds the sequence number of a line.
var seqMember = regexp.MustCompile(`\{"seq":([0-9]{1,15}),`)

// pastAll is a sequence number behind everything in the journal: with it no
// segment that a crash leaves can seem to continue the pushed state.
func pastAll(sequence int64, tails []tail) int64 {
	for i := range tails {
		for _, m := range seqMember.FindAllSubmatch(tails[i].data, -1) {
			// 15 digits always fit.
			n, _ := strconv.ParseInt(string(m[1]), 10, 64)
			sequence = max(sequence, n)
		}
	}
	return sequence + 1
}

// adoptIntents records every intent of the journal that the ledger lacks.
func adoptIntents(l *payout.Ledger, tails []tail, path string) error {
	var missing []string
	for i := range tails {
		for _, in := range tails[i].intents() {
			err := l.Begin(in)
			if err != nil && !known(l, in) {
				missing = append(missing, in.OrderID)
			}
		}
		missing = append(missing, unknownOrders(l, &tails[i])...)
	}
	if missing = distinct(missing); len(missing) > 0 {
		return &UnrecordedError{Path: path, OrderIDs: missing}
	}
	return nil
}

// unknownOrders are order ids that a tail shows without their payout and that
// no record holds.
func unknownOrders(l *payout.Ledger, t *tail) []string {
	held := make(map[string]bool)
	for _, r := range l.All() {
		for i := range r.Attempts {
			held[r.Attempts[i].OrderID] = true
		}
	}
	for i := range l.Tombstones {
		for _, id := range l.Tombstones[i].OrderIDs {
			held[id] = true
		}
	}
	var out []string
	for _, id := range t.orderIDs() {
		if !held[id] {
			out = append(out, id)
		}
	}
	return out
}

// replacePushed keeps the journal aside, puts the state in place, and then
// removes the journal.
func (s *Local) replacePushed(lock *Lock, doc *document, found disk, all []tail) error {
	aside := &Snapshot{disk: disk{tails: all}}
	if len(all) > 0 {
		aside.Recovered.Segment = all[0].path
	}
	if err := aside.keepAside(s); err != nil {
		return err
	}
	st, err := s.stage(doc)
	if err != nil {
		return err
	}
	if _, err := s.place(st, lock); err != nil {
		return err
	}
	if err := lock.clearForced(doc.unproven); err != nil {
		return err
	}
	return s.removeSegments(found.segments)
}
