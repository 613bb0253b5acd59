package statefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// streamDigest computes the digest of a document while it is read: the payouts
// are in the processor's cache then, and another core can make their form.
type streamDigest struct {
	hash  hash.Hash // nil before the payouts
	head  []byte    // of the form, as it was where the payouts began
	begun bool      // a payout was hashed
}

// begin is told what stands before the payouts.
func (s *streamDigest) begin(d *document) {
	s.hash, s.head = sha256.New(), d.appendHead(nil, canonicalForm)
	s.hash.Write(s.head)
}

// add takes the form of some payouts, each with a comma before it.
func (s *streamDigest) add(payouts []byte) {
	if !s.begun {
		s.hash.Write([]byte{'['})
		payouts, s.begun = payouts[1:], true
	}
	s.hash.Write(payouts)
}

// end is the digest, or "" where the file has things in an order that is not
// ours, so that what was hashed before the payouts was not all, or no payouts.
func (s *streamDigest) end(d *document) string {
	if !s.begun || !bytes.Equal(s.head, d.appendHead(nil, canonicalForm)) {
		return ""
	}
	s.hash.Write(d.appendTail([]byte{']'}, canonicalForm))
	return digestPrefix + hex.EncodeToString(s.hash.Sum(nil))
}
