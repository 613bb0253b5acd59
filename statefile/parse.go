package statefile

import "bytes"

// Parse reads a state that does not lie at its place: of a git revision, or of
// a file that somebody handed over. name stands in its errors, which are those
// of Load. No journal belongs to it.
func Parse(name string, data []byte) (*Snapshot, error) {
	doc, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, explain(name, data, err)
	}
	if !doc.intact() {
		if err := checkRawDigest(name, data, doc.digest); err != nil {
			return nil, err
		}
	}
	snap := newSnapshot(doc, &journal{}, disk{})
	records := doc.records
	snap.OpenRun, snap.LastRecord = openRun(snap.Ledger), newestTime(snap.Ledger, records)
	snap.Unproven = doc.unproven
	return snap, nil
}
