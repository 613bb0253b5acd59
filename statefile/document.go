package statefile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"payrun/planner/payout"
)

// FormatVersion is the version of the state file and of the journal. A later
// minor version adds members; a later major one is refused.
const FormatVersion = "1.0"

// document is the content of a state file.
type document struct {
	format   string
	version  string // of the program that wrote it
	lineage  string
	serial   int64
	digest   string // empty while it is computed
	previous string
	sequence int64
	unproven []string
	archived []string
	ledger   *payout.Ledger
	records  []*payout.Record // by address
	totals   []payout.Total   // by currency
	digestAt int64            // where the digest stands in the file; set by encode
	found    string           // digest of the content, where it was computed while the file was read
}

// complete fills in what follows from the ledger.
func (d *document) complete() error {
	if d.records == nil {
		d.records = d.ledger.All()
	}
	totals, err := sumRecords(d.records)
	if err != nil {
		return fmt.Errorf("sum the payouts: %w", err)
	}
	d.totals = totals
	return nil
}

// sumRecords is Ledger.Totals over records in order: a walk over the ledger's
// map in its random order waits for memory at every step.
func sumRecords(records []*payout.Record) ([]payout.Total, error) {
	var out []payout.Total
	at := 0
	for _, r := range records {
		status, stake := r.Status(), r.Stake()
		if at >= len(out) || out[at].Status != status || out[at].Currency != stake.Currency {
			at = slices.IndexFunc(out, func(t payout.Total) bool { return t.Status == status && t.Currency == stake.Currency })
		}
		if at < 0 {
			at = len(out)
			out = append(out, payout.Total{Currency: stake.Currency, Status: status, Sum: payout.Money{Currency: stake.Currency}})
		}
		sum, err := out[at].Sum.Add(stake)
		if err != nil {
			return nil, err
		}
		out[at].Count, out[at].Sum = out[at].Count+1, sum
	}
	slices.SortFunc(out, func(a, b payout.Total) int {
		return cmp.Or(cmp.Compare(a.Currency.Code, b.Currency.Code), cmp.Compare(statusOrder(a.Status), statusOrder(b.Status)))
	})
	return out, nil
}

func statusOrder(s payout.Status) int { return slices.Index(payout.Statuses(), s) }

func documentMembers() []member[document] {
	type d = document
	return []member[d]{
		text("format_version", func(v *d) string { return v.format }),
		text("payrun_version", func(v *d) string { return v.version }),
		text("lineage", func(v *d) string { return v.lineage }),
		integer("serial", func(v *d) int64 { return v.serial }),
		{name: digestName, write: digestMember},
		text("previous_digest", func(v *d) string { return v.previous }),
		integer("sequence", func(v *d) int64 { return v.sequence }),
		{name: "unproven", write: func(_ *form, b []byte, v *d) []byte { return appendStrings(b, v.unproven) }},
		{name: "archived_lineages", write: func(_ *form, b []byte, v *d) []byte { return appendStrings(b, v.archived) }},
		{name: "merchants", write: func(f *form, b []byte, v *d) []byte { return appendLines(f, b, f.merchant, v.ledger.Merchants) }},
		{name: "totals", write: func(f *form, b []byte, v *d) []byte { return appendTotals(f, b, v.totals) }},
		{name: "runs", write: func(f *form, b []byte, v *d) []byte { return appendLines(f, b, f.run, v.ledger.Runs) }},
		{name: "tombstones", write: func(f *form, b []byte, v *d) []byte {
			if len(v.ledger.Tombstones) == 0 {
				return b
			}
			return appendLines(f, b, f.grave, v.ledger.Tombstones)
		}},
		{name: payoutsMember}, // streamed
	}
}

// Members that are not written as the others.
const (
	payoutsMember = "payouts"
	digestName    = "digest"
)

// noDigest holds the place of a digest that is still being computed.
var noDigest = digestPrefix + firstHash

// digestMember leaves the digest out of the bytes that it is computed over.
func digestMember(f *form, b []byte, v *document) []byte {
	if f.sorted {
		return b
	}
	v.digestAt = int64(len(b) + 1)
	return appendText(b, cmp.Or(v.digest, noDigest))
}

// appendLines writes an array, in the file with one element a line.
func appendLines[T any](f *form, b []byte, members []member[T], list []T) []byte {
	b = append(b, '[')
	for i := range list {
		b = appendObject(f, appendBreak(f, b, i), members, &list[i])
	}
	return append(appendEnd(f, b, len(list)), ']')
}

// appendBreak begins element i of a list, appendEnd ends a list of n.
func appendBreak(f *form, b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	if f.sorted {
		return b
	}
	return append(b, "\n    "...)
}

func appendEnd(f *form, b []byte, n int) []byte {
	if f.sorted || n == 0 {
		return b
	}
	return append(b, "\n  "...)
}

// appendTotals writes one object a currency, with one member a status.
func appendTotals(f *form, b []byte, totals []payout.Total) []byte {
	b = append(b, '{')
	n := 0
	for start := 0; start < len(totals); n++ {
		end := start
		for end < len(totals) && totals[end].Currency == totals[start].Currency {
			end++
		}
		b = append(appendString(appendBreak(f, b, n), totals[start].Currency.Code), ':')
		b = appendStatuses(f, b, totals[start:end])
		start = end
	}
	return append(appendEnd(f, b, n), '}')
}

func appendStatuses(f *form, b []byte, totals []payout.Total) []byte {
	if f.sorted {
		totals = slices.Clone(totals)
		slices.SortFunc(totals, func(x, y payout.Total) int { return compareUTF16(string(x.Status), string(y.Status)) })
	}
	for i := range totals {
		b = append(b, "{,"[min(i, 1)])
		b = append(appendString(b, string(totals[i].Status)), ':')
		b = appendObject(f, b, f.total, &totals[i])
	}
	return append(b, '}')
}

// flushAt is the size at which the encoder hands its buffer on: the whole
// document never stands in memory.
const flushAt = 64 << 10

// encode writes the document in a form.
func (d *document) encode(w io.Writer, f *form) error {
	b, err := d.encodePayouts(w, f, d.appendHead(make([]byte, 0, flushAt+flushAt/4), f))
	if err != nil {
		return err
	}
	_, err = w.Write(d.appendTail(b, f))
	return err
}

// appendHead writes what stands before the payouts, their name included;
// appendTail what stands behind them.
func (d *document) appendHead(b []byte, f *form) []byte {
	b = append(b, '{')
	empty := len(b)
	for i := range f.document {
		m := &f.document[i]
		mark := len(b)
		if mark > empty {
			b = append(b, ',')
		}
		if m.name == payoutsMember {
			return appendName(f, b, m.name)
		}
		b = d.appendMember(b, f, m, mark)
	}
	return b
}

func (d *document) appendTail(b []byte, f *form) []byte {
	behind := false
	for i := range f.document {
		if m := &f.document[i]; behind {
			b = d.appendMember(append(b, ','), f, m, len(b))
		} else {
			behind = m.name == payoutsMember
		}
	}
	if !f.sorted {
		return append(b, "\n}\n"...)
	}
	return append(b, '}')
}

// appendMember writes a member, or takes back what was written since mark where
// there is nothing of it.
func (d *document) appendMember(b []byte, f *form, m *member[document], mark int) []byte {
	b = appendName(f, b, m.name)
	start := len(b)
	if b = m.write(f, b, d); len(b) == start {
		return b[:mark]
	}
	return b
}

func appendName(f *form, b []byte, name string) []byte {
	if f.sorted {
		return append(append(append(b, '"'), name...), '"', ':')
	}
	return append(append(append(b, "\n  \""...), name...), `": `...)
}

func (d *document) encodePayouts(w io.Writer, f *form, b []byte) ([]byte, error) {
	b = append(b, '[')
	for i, r := range d.records {
		b = appendObject(f, appendBreak(f, b, i), f.record, r)
		if len(b) < flushAt {
			continue
		}
		if _, err := w.Write(b); err != nil {
			return b, err
		}
		b = b[:0]
	}
	return append(appendEnd(f, b, len(d.records)), ']'), nil
}

// writeTo encodes the document into a file. The digest stands before the
// payouts that it covers, so it is computed beside the encoding and put in its
// place at the end.
func (d *document) writeTo(w io.WriterAt) error {
	computed := make(chan string, 1)
	go func() { computed <- d.computeDigest() }()
	file := *d
	file.digest = ""
	err := file.encode(io.NewOffsetWriter(w, 0), fileForm)
	d.digest = <-computed
	if err != nil {
		return err
	}
	_, err = w.WriteAt([]byte(d.digest), file.digestAt)
	return err
}

// intact says whether the content is the one that the digest names.
func (d *document) intact() bool { return d.found == d.digest || d.computeDigest() == d.digest }

// computeDigest is "sha256:" and the SHA-256, in hex, of the RFC 8785 bytes of
// the document without its digest.
func (d *document) computeDigest() string {
	h := sha256.New()
	// A hash takes every write.
	_ = d.encode(h, canonicalForm)
	return digestPrefix + hex.EncodeToString(h.Sum(nil))
}

const digestPrefix = "sha256:"
