package payout

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Bounds of order ids and attempts.
const (
	MaxOrderIDBytes       = 50 // "pg_order_id", Merchant API's payout pages
	MaxDeclaredOrderBytes = 46 // leaves room for "-rN"
	MaxAttempts           = 4  // then a new key is needed
	slugBytes             = 16
	hashBytes             = 20
)

// orderAlphabet is that of RFC 4648 in lower case.
var orderAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// OrderIDInput is all that a derived order id depends on. The lineage of the
// state is no part of it: after a lost state the same files lead to the same
// ids, and so any machine finds the same payment.
type OrderIDInput struct {
	MerchantID int64
	Prefix     string // order_prefix of the merchant, may be empty
	Address    Address
	Attempt    int // 1 to MaxAttempts
}

// DeriveOrderID returns [PREFIX-]SLUG-HASH, at most 50 characters of
// [a-z0-9-]. The derivation is frozen for ever: a changed one would look for
// past payments under names that they never had.
func DeriveOrderID(in OrderIDInput) string {
	text := append(make([]byte, 0, 256), "payrun/order/1\x00"...)
	text = append(strconv.AppendInt(text, in.MerchantID, 10), 0)
	text = append(append(text, in.Prefix...), 0)
	text = append(append(text, norm.NFC.String(in.Address.String())...), 0)
	sum := sha256.Sum256(strconv.AppendInt(text, int64(in.Attempt), 10))
	hash := orderAlphabet.AppendEncode(make([]byte, 0, 64), sum[:])[:hashBytes]
	id := slug(norm.NFC.String(in.Address.Batch)) + "-" + string(hash)
	if in.Prefix != "" {
		id = in.Prefix + "-" + id
	}
	return id
}

// slug makes a batch label readable inside an order id.
func slug(label string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(label) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	s := strings.Trim(b.String(), "-")
	if len(s) > slugBytes {
		s = strings.Trim(s[:slugBytes], "-")
	}
	if s == "" {
		return "b"
	}
	return s
}

// ExplicitOrderID is the order id of an attempt of a payout that declares one
// itself: the declared id for attempt 1, ID-rN for attempt N.
func ExplicitOrderID(declared string, attempt int) string {
	if attempt == 1 {
		return declared
	}
	return declared + "-r" + strconv.Itoa(attempt)
}

// CheckDeclaredOrderID says what is wrong with an order_id of a payout file,
// or returns nil.
func CheckDeclaredOrderID(id string) error {
	for i, r := range id {
		if !isASCIIAlnum(r) && (r != '-' || i == 0) {
			return fmt.Errorf("an order id has only the letters A-Z and a-z, digits and dashes, and does not begin with a dash: %q", id)
		}
	}
	if id == "" || len(id) > MaxDeclaredOrderBytes {
		return fmt.Errorf("an order id has 1 to %d characters, %q has %d", MaxDeclaredOrderBytes, id, len(id))
	}
	// Order ids are unique ignoring case, so -RN is the same suffix.
	if base, n, ok := cutLast(strings.ToLower(id), "-r"); ok && base != "" && n != "" && digitsOnly(n) {
		return fmt.Errorf("the order id %q ends in -rN, which is kept for later attempts", id)
	}
	return nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
