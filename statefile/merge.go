package statefile

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"

	"payrun/planner/payout"
)

// Merge joins two states that grew out of one: of two branches or clones. Each
// payout, run, merchant and grave that either side added is kept; the merged
// state is not proven. Where both sides changed one payout differently, or one
// of them lost or rewrote something, nothing is merged: the conflicts say what,
// and a person decides. base is nil where git knows no common state.
func Merge(base, ours, theirs *Snapshot) (merged *Snapshot, conflicts []string) {
	if base == nil {
		base = &Snapshot{Ledger: payout.NewLedger()}
	}
	m := &merger{base: base, ours: ours, theirs: theirs, ledger: payout.NewLedger()}
	m.sides()
	if len(m.conflicts) == 0 {
		m.graves()
		m.records()
		m.merchants()
		m.runs()
	}
	if len(m.conflicts) > 0 {
		return nil, m.conflicts
	}
	newer := ours
	if theirs.Serial > ours.Serial {
		newer = theirs
	}
	merged = &Snapshot{
		Ledger: m.ledger, Exists: true, Lineage: ours.Lineage, Sequence: max(ours.Sequence, theirs.Sequence),
		Unproven:         distinct(append(append(slices.Clone(ours.Unproven), theirs.Unproven...), "two states were merged")),
		ArchivedLineages: distinct(append(slices.Clone(ours.ArchivedLineages), theirs.ArchivedLineages...)),
		// One more than the next: neither side is what the merged state follows.
		Serial: newer.Serial + 2, PreviousDigest: newer.Digest,
	}
	return merged, nil
}

type merger struct {
	base, ours, theirs *Snapshot
	ledger             *payout.Ledger
	conflicts          []string
}

func (m *merger) conflict(format string, args ...any) {
	m.conflicts = append(m.conflicts, fmt.Sprintf(format, args...))
}

// sides refuses what is no continuation of the base.
func (m *merger) sides() {
	if m.ours.Lineage != m.theirs.Lineage {
		m.conflict("they are two states that began apart (lineages %s and %s)", m.ours.Lineage, m.theirs.Lineage)
		return
	}
	for name, side := range map[string]*Snapshot{"ours": m.ours, "theirs": m.theirs} {
		for _, text := range Compare(m.base, side).Problems {
			m.conflict("%s: %s", name, text)
		}
	}
	slices.Sort(m.conflicts)
}

func (m *merger) graves() {
	for _, side := range []*Snapshot{m.ours, m.theirs} {
		for _, t := range side.Ledger.Tombstones {
			if m.ledger.Tombstone(t.Address) == nil {
				m.ledger.Tombstones = append(m.ledger.Tombstones, t)
			}
		}
	}
	slices.SortFunc(m.ledger.Tombstones, func(a, b payout.Tombstone) int { return a.Address.Compare(b.Address) })
}

func (m *merger) records() {
	seen := make(map[payout.Address]bool)
	for _, side := range []*Snapshot{m.ours, m.theirs} {
		for _, r := range side.Ledger.All() {
			if seen[r.Address] {
				continue
			}
			seen[r.Address] = true
			if kept := m.pick(r.Address); kept != nil {
				if err := m.ledger.Restore(kept.Clone()); err != nil {
					m.conflict("%s: %v", r.Address, err)
				}
			}
		}
	}
}

// pick chooses the record of an address; nil = it is gone, with a grave or
// under another address.
func (m *merger) pick(a payout.Address) *payout.Record {
	base, ours, theirs := m.base.Ledger.Record(a), m.ours.Ledger.Record(a), m.theirs.Ledger.Record(a)
	switch {
	case reflect.DeepEqual(ours, theirs), reflect.DeepEqual(theirs, base):
		return ours
	case reflect.DeepEqual(ours, base):
		return theirs
	case ours != nil && theirs != nil && extends(ours, theirs):
		return ours
	case ours != nil && theirs != nil && extends(theirs, ours):
		return theirs
	case samePayment(ours, theirs):
		return ours
	}
	m.conflict("%s: both sides changed it, ours is %s and theirs %s; if both sent it, it may be paid twice: ask the gateway's statement",
		a, wordOf(ours), wordOf(theirs))
	return ours
}

// samePayment says that both sides found the same payments paid, each at its
// own time.
func samePayment(a, b *payout.Record) bool {
	if a == nil || b == nil || a.Details != b.Details || len(a.Attempts) != len(b.Attempts) || a.Status() != payout.Paid || b.Status() != payout.Paid {
		return false
	}
	for i := range a.Attempts {
		x, y := &a.Attempts[i], &b.Attempts[i]
		if x.OrderID != y.OrderID || x.PaymentID == "" || x.PaymentID != y.PaymentID || x.Status() != y.Status() || len(a.Flags)+len(b.Flags) > 0 && !slices.Equal(a.Flags, b.Flags) {
			return false
		}
	}
	return true
}

func wordOf(r *payout.Record) string {
	if r == nil {
		return "gone"
	}
	return string(r.Status())
}

// extends says whether a holds all that b does, and more evidence.
func extends(a, b *payout.Record) bool {
	if a.Address != b.Address || !slices.Equal(a.Former, b.Former) || len(a.Attempts) < len(b.Attempts) {
		return false
	}
	for i := range b.Attempts {
		x, y := &a.Attempts[i], &b.Attempts[i]
		if x.N != y.N || x.OrderID != y.OrderID || y.PaymentID != "" && x.PaymentID != y.PaymentID ||
			len(x.Events) < len(y.Events) || !slices.EqualFunc(y.Events, x.Events[:len(y.Events)], sameEvent) {
			return false
		}
	}
	for _, f := range b.Flags {
		if !a.HasFlag(f) {
			return false
		}
	}
	return true
}

func (m *merger) merchants() {
	for _, side := range []*Snapshot{m.ours, m.theirs} {
		for i := range side.Ledger.Merchants {
			theirs := &side.Ledger.Merchants[i]
			have := m.ledger.Merchant(theirs.Name)
			switch {
			case have == nil:
				m.ledger.Note(&payout.Note{Merchant: theirs})
			case have.ID != theirs.ID || have.Environment != theirs.Environment || have.Prefix != theirs.Prefix:
				m.conflict("merchant %s is another account on either side", theirs.Name)
			case theirs.LastCall.After(have.LastCall):
				newer := *theirs
				newer.Proven = append(slices.Clone(theirs.Proven), lacking(have.Proven, theirs)...)
				m.ledger.Note(&payout.Note{Merchant: &newer})
			default:
				have.Proven = append(have.Proven, lacking(theirs.Proven, have)...)
			}
		}
	}
}

// lacking are the proofs that a merchant does not have.
func lacking(proofs []payout.Proof, m *payout.Merchant) []payout.Proof {
	var out []payout.Proof
	for _, p := range proofs {
		if !m.ProvenFor(p.Environment, p.API) {
			out = append(out, p)
		}
	}
	return out
}

// runs are kept from both sides, oldest first; of one that is open on one side
// the closed record.
func (m *merger) runs() {
	byID := make(map[string]payout.Run)
	for _, side := range []*Snapshot{m.ours, m.theirs} {
		for _, r := range side.Ledger.Runs {
			if have, known := byID[r.ID]; !known || have.Open {
				byID[r.ID] = r
			}
		}
	}
	for _, r := range byID {
		m.ledger.Runs = append(m.ledger.Runs, r)
	}
	slices.SortFunc(m.ledger.Runs, func(a, b payout.Run) int {
		if c := a.OpenedAt.Compare(b.OpenedAt); c != 0 {
			return c
		}
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
}

// Encode writes a snapshot as a state file, with its digest. The serial is the
// snapshot's own.
func Encode(snap *Snapshot, version string) ([]byte, error) {
	doc := &document{
		format: FormatVersion, version: version, lineage: snap.Lineage, serial: snap.Serial, previous: snap.PreviousDigest,
		sequence: snap.Sequence, unproven: snap.Unproven, archived: snap.ArchivedLineages, ledger: snap.Ledger,
	}
	if err := doc.complete(); err != nil {
		return nil, fmt.Errorf("encode state: %w", err)
	}
	doc.digest = doc.computeDigest()
	var b bytes.Buffer
	// A buffer takes every write.
	_ = doc.encode(&b, fileForm)
	return b.Bytes(), nil
}
