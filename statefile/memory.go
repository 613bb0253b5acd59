package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json"

	"payrun/planner/payout"
)

// The memory is a second record of what was sent, beside the state and apart
// from it: one line for each payment that a run of this folder recorded, and a
// mark after each checkpoint. Order ids find the payments of a state that is
// lost or old, unless a payout was renamed meanwhile or its prefix changed;
// those are what the memory is for. It proves nothing: what only it knows is in
// doubt, and the gateway is asked.

// kindMark ends what a checkpoint added: lineage, serial and digest of the
// state that holds all of the above.
const kindMark kind = "mark"

// remembered is what the memory has to know of an outcome: a payment taken
// over, or whether a payment stayed one; nil of any other.
func remembered(o *payout.Outcome) ([]byte, error) {
	switch {
	case o.Adopt != nil && o.Event.Status != payout.Failed:
		return encodeBody(beginEntry(adopted(o)))
	case o.Event.Status == payout.Failed || o.Event.Status == payout.NotSent || o.Event.Status == payout.Paid:
		e := &body{Kind: kindEnd, OrderID: o.OrderID, Event: wireEvent{Status: string(o.Event.Status), Source: string(o.Event.Source)}}
		e.Address = o.Address.String()
		return encodeBody(e)
	}
	return nil, nil
}

// adopted is the intent that an adopted payment must have had.
func adopted(o *payout.Outcome) *payout.Intent {
	return &payout.Intent{Details: *o.Adopt, At: o.At, Attempt: o.Attempt, OrderID: o.OrderID}
}

// appendPlainLine writes a line of the memory, whose lines are not chained.
func appendPlainLine(b, content []byte) []byte {
	b = fmt.Appendf(b, "%08x %08x ", len(content), crc32.Checksum(content, crcTable))
	return append(append(b, content...), '\n')
}

// remember adds lines to the memory, and the mark of doc where doc holds all
// that the memory does. A crash in the middle leaves a fragment, which the next
// line end cuts off. Without durable it survives the process and not the power:
// the journal does.
func (s *Local) remember(sent [][]byte, doc *document, durable bool) error {
	if s.Memory == "" {
		return nil
	}
	b := []byte("\n")
	for _, content := range sent {
		b = appendPlainLine(b, content)
	}
	if doc != nil {
		mark, err := encodeBody(&body{Kind: kindMark, Lineage: doc.lineage, BaseSerial: doc.serial, BaseDigest: doc.digest})
		if err != nil {
			return err
		}
		b = appendPlainLine(b, mark)
	}
	f, err := s.fs().Open(s.Memory, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("remember what was sent: %w", err)
	}
	if err := closeAfter(f.Close, appendAll(f, b, durable)); err != nil {
		return fmt.Errorf("remember what was sent: %w", err)
	}
	return nil
}

func appendAll(f File, b []byte, durable bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(b, info.Size()); err != nil || !durable {
		return err
	}
	return f.Sync()
}

// Remembered is an attempt that the memory, or another state, knows.
type Remembered struct {
	*payout.Intent
	End payout.Status // Paid or Failed, as it was last known; else empty: it may be on its way

	// partly says that what became of it may stand elsewhere: in the state that
	// the journal was folded into.
	partly bool
}

// Forgotten are the attempts that the memory knows and the snapshot does not,
// neither as a record nor in a grave, oldest first and each once: the state is
// older than they are. A line that was changed is a *DamageError; a fragment,
// which a crash leaves, says nothing: the journal had it. Without a memory there
// are none.
func (s *Local) Forgotten(snap *Snapshot) ([]Remembered, error) {
	if s.Memory == "" {
		return nil, nil
	}
	data, err := readAll(s.fs(), s.Memory)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	if snap.Exists && endsWith(data, snap) {
		return nil, nil
	}
	all, changed := recollect(bytes.Split(data, []byte("\n")))
	if changed > 0 {
		return nil, &DamageError{Path: s.Memory, Line: changed, Reason: "the line was changed"}
	}
	return Missing(snap.Ledger, all), nil
}

// recollect are the attempts in lines that left, and the number of the first
// line that was changed, from 1; 0 = none was. One that failed moved no money;
// its order id is used all the same.
func recollect(lines [][]byte) (list []Remembered, changed int) {
	type key struct{ address, orderID string }
	ends := make(map[key]payout.Status)
	var all []*payout.Intent
	place := make(map[string]int) // of the newest intent of an order id
	add := func(in *payout.Intent) {
		id := in.Merchant + "\x00" + strings.ToLower(in.OrderID)
		if at, again := place[id]; again {
			all[at] = in // what was not sent may be edited before it is
			return
		}
		place[id] = len(all)
		all = append(all, in)
	}
	for n, line := range lines {
		if len(line) == 0 {
			continue
		}
		e := readPlainLine(line)
		if e == nil {
			if changed == 0 && bytes.HasSuffix(line, []byte("}")) {
				changed = n + 1
			}
			continue
		}
		k := key{e.Address, e.OrderID}
		switch e.Kind {
		case kindBegin:
			if in, err := e.intent(); err == nil {
				delete(ends, k) // one that was not sent may be sent later
				add(in)
			}
		case kindEnd:
			ends[k] = lastKnown(payout.Status(e.Event.Status), payout.Source(e.Event.Source))
			if o, err := e.outcome(); err == nil && o.Adopt != nil { // of a journal
				add(adopted(o))
			}
		}
	}
	for _, in := range all {
		if end := ends[key{in.Address.String(), in.OrderID}]; end != payout.NotSent {
			list = append(list, Remembered{Intent: in, End: end})
		}
	}
	return list, changed
}

// lastKnown is the status of an attempt that is over, or was not sent; else
// empty. That a person called it failed is no end: it may still be on its way,
// and a retry by itself would follow.
func lastKnown(s payout.Status, by payout.Source) payout.Status {
	switch {
	case s == payout.Failed && (by == payout.SourceManual || by == payout.SourceAcknowledged):
		return ""
	case s == payout.Paid, s == payout.Failed, s == payout.NotSent:
		return s
	}
	return ""
}

// SentInJournal are the attempts that a journal segment holds, and the lineage
// of the state that it belongs to; empty where it is no journal of ours. Lines
// that a crash or a merge broke are passed over: this looks for payments, it
// does not vouch for a state.
func SentInJournal(data []byte) (lineage string, sent []Remembered) {
	lines := bytes.Split(data, []byte("\n"))
	header := readPlainLine(lines[0])
	if header == nil || header.Kind != kindHeader {
		return "", nil
	}
	sent, _ = recollect(lines[1:])
	for i := range sent {
		sent[i].partly = true
	}
	return header.Lineage, sent
}

// endsWith says whether the memory ends with the mark of the snapshot.
func endsWith(data []byte, snap *Snapshot) bool {
	data = bytes.TrimRight(data, "\n")
	e := readPlainLine(data[bytes.LastIndexByte(data, '\n')+1:])
	return e != nil && e.Kind == kindMark && e.Lineage == snap.Lineage && e.BaseSerial == snap.Serial && e.BaseDigest == snap.Digest
}

func readPlainLine(line []byte) *body {
	whole, ok := cutLine(append(slices.Clip(line), '\n'))
	if !ok {
		return nil
	}
	var e body
	if err := json.Unmarshal(whole[prefixBytes:len(whole)-1], &e); err != nil {
		return nil
	}
	return &e
}

// Missing are those of sent that the ledger holds neither as a record nor in a
// grave, or holds as never sent, in their order and each once.
func Missing(l *payout.Ledger, sent []Remembered) []Remembered {
	type key struct{ merchant, orderID string }
	seen := make(map[key]int)
	var out []Remembered
	for _, in := range sent {
		k := key{in.Merchant, strings.ToLower(in.OrderID)}
		if at, again := seen[k]; again {
			if at >= 0 && in.End == payout.Paid {
				out[at].End = payout.Paid
			}
			continue
		}
		seen[k] = -1
		holder := l.ByOrderID(in.Merchant, in.OrderID)
		// One that was not sent, by this ledger, was sent after all.
		unsent := holder.Attempt(in.Attempt)
		sentLater := !in.partly && unsent != nil && unsent.Status() == payout.NotSent && strings.EqualFold(unsent.OrderID, in.OrderID)
		if sentLater || holder == nil && !known(l, in.Intent) {
			seen[k] = len(out)
			out = append(out, in)
		}
	}
	return out
}

// Sent are the attempts of a ledger that left, by address and attempt.
func Sent(l *payout.Ledger) []Remembered {
	var out []Remembered
	for _, r := range l.All() {
		for i := range r.Attempts {
			a := &r.Attempts[i]
			status := a.Status()
			if status == payout.NotSent {
				continue
			}
			in := &payout.Intent{
				Details: r.Details, At: a.BegunAt(), Attempt: a.N, OrderID: a.OrderID, TimeLimit: a.TimeLimit,
				Former: slices.Clone(r.Former),
			}
			in.Amount, in.Merchant = r.TermsOf(a).Amount, r.TermsOf(a).Merchant
			out = append(out, Remembered{Intent: in, End: lastKnown(status, a.Last().Source)})
		}
	}
	return out
}

// moveMemory puts the memory beside an archived state.
func (s *Local) moveMemory(suffix string) error {
	if s.Memory == "" {
		return nil
	}
	err := s.fs().Rename(s.Memory, s.Memory+suffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("archive what was sent: %w", err)
	}
	return nil
}
