package statefile

import (
	"crypto/rand"
	"encoding/hex"
	"strings"

	"payrun/planner/payout"
)

// newLineage returns a random UUID, version 4.
func newLineage() string {
	var b [16]byte
	// rand.Read never returns an error.
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func isLineage(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !isHexDigit(s[i]) {
			return false
		}
	}
	return true
}

func isHexDigit(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func isDigest(s string) bool {
	return strings.HasPrefix(s, digestPrefix) && isHash(s[len(digestPrefix):])
}

// isHash says whether s is a SHA-256 in lower-case hex.
func isHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if !isHexDigit(s[i]) {
			return false
		}
	}
	return true
}

// intern lets equal words of many payouts share one string: a large state has
// a handful of merchants, periods and sources.
func (d *decoder) intern(r *payout.Record) {
	r.Address.Batch = d.word(r.Address.Batch)
	r.Address.Period = d.word(r.Address.Period)
	r.Address.Name = d.word(r.Address.Name)
	r.Merchant = d.word(r.Merchant)
	r.Description = d.word(r.Description)
	for i := range r.Attempts {
		for j := range r.Attempts[i].Events {
			e := &r.Attempts[i].Events[j]
			e.Source, e.Code = payout.Source(d.word(string(e.Source))), d.word(e.Code)
			e.Words = d.word(e.Words)
		}
	}
}

// maxWords bounds the table of shared strings.
const maxWords = 4096

func (d *decoder) word(s string) string {
	if have, ok := d.words[s]; ok {
		return have
	}
	if len(d.words) < maxWords {
		s = strings.Clone(s)
		d.words[s] = s
	}
	return s
}
