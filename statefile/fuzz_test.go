package statefile

import (
	"bytes"
	"testing"

	"payrun/planner/payout"
)

// What a segment says is read or refused, and what is read replays or is
// refused, without a panic; a whole prefix of it reads the same.
func FuzzJournal(f *testing.F) {
	h := header{prev: firstHash, lineage: newLineage()}
	line, hash, err := h.line()
	if err != nil {
		f.Fatal(err)
	}
	content, err := encodeBody(beginEntry(testIntent("1001", newClock().at)))
	if err != nil {
		f.Fatal(err)
	}
	begin, _ := appendLine(nil, link{Seq: 1, Group: 1, Prev: hash, End: true}, content)
	f.Add(line)
	f.Add(append(bytes.Clone(line), begin...))
	f.Add(append(append(bytes.Clone(line), begin...), 0, 0, 0))
	f.Add(append(bytes.Clone(line), begin[:len(begin)/2]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSegment(segmentFile{path: "journal"}, data)
		if err != nil {
			return
		}
		l := payout.NewLedger()
		for _, e := range s.entries {
			if e.apply(l) != nil {
				break
			}
		}
		if s.tail != nil {
			s.tail.orderIDs()
			s.tail.intents()
		}
		again, err := parseSegment(segmentFile{path: "journal"}, append(bytes.Clone(data), 0))
		if err != nil || len(again.entries) != len(s.entries) {
			t.Errorf("with one more zero: %d entries, %v; before %d", len(again.entries), err, len(s.entries))
		}
	})
}

// What decodes is written again as a state with the same content.
func FuzzState(f *testing.F) {
	d := benchDocument(2)
	var b bytes.Buffer
	if err := d.encode(&b, fileForm); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"format_version":"1.0","lineage":"6f2c1d0e-9a55-4c3b-8f10-0d6a1b2c3d4e","digest":"` + noDigest + `","payouts":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := decode(bytes.NewReader(data))
		if err != nil {
			if explain("state", data, err) == nil {
				t.Error("an error without an explanation")
			}
			return
		}
		doc.digest = doc.computeDigest()
		if doc.found != "" && doc.found != doc.digest {
			t.Errorf("digest found while reading %s, computed %s", doc.found, doc.digest)
		}
		var out bytes.Buffer
		if err := doc.encode(&out, fileForm); err != nil {
			t.Fatal(err)
		}
		again, err := decode(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, out.Bytes())
		}
		if again.computeDigest() != doc.digest {
			t.Errorf("another content after a round trip:\n%s", out.Bytes())
		}
		if raw, err := rawDigest(out.Bytes()); err != nil || raw != doc.digest {
			t.Errorf("raw digest %s, %v, computed %s", raw, err, doc.digest)
		}
	})
}
