package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// The kinds of a ledger line. The first three are also what a fault's "call"
// may say.
const (
	CallPayout  = "payout"
	CallStatus  = "status"
	CallBalance = "balance"
	CallLanding = "landing" // a late payment was made; no call was received
)

// The two flavours of the API, by the first segment of the path.
const (
	APIGateway  = "gateway"  // /g2g
	APIMerchant = "merchant" // /api
)

// Line is one line of the ledger: a call as received and what was done, or a
// late landing. All texts are as received, cut to a bounded length; whatever
// looks like a card token or number outside the order id is masked.
type Line struct {
	Seq int64     `json:"seq"` // 1, 2, 3, … without gaps
	At  time.Time `json:"at"`  // UTC

	Call string `json:"call"`
	API  string `json:"api,omitzero"`

	MerchantID     string `json:"merchant_id,omitzero"`
	OrderID        string `json:"order_id,omitzero"`
	PaymentID      string `json:"payment_id,omitzero"` // the payment made, or the one spoken about
	Amount         string `json:"amount,omitzero"`     // "100.00"
	Currency       string `json:"currency,omitzero"`
	UserID         string `json:"user_id,omitzero"`
	Description    string `json:"description,omitzero"`
	Destination    string `json:"destination,omitzero"`             // "card ef74…2182"
	Fingerprint    string `json:"destination_fingerprint,omitzero"` // see Fingerprint
	OrderTimeLimit string `json:"order_time_limit,omitzero"`

	Signature bool   `json:"signature"`       // the call was rightly signed
	Did       string `json:"did"`             // a fault's word, "accept", "reject:CODE", "invalid:CODE", "refuse:CODE", …
	Told      string `json:"told,omitzero"`   // status: the pg_payment_status answered, or "not-found"
	Paid      bool   `json:"paid"`            // see Payment.Paid
	Status    string `json:"status,omitzero"` // of the payment after this call
	Then      string `json:"then,omitzero"`   // the fate of a payment made, or to be made
	Of        int64  `json:"of,omitzero"`     // landing: the seq of its payout call
}

// Fingerprint names a card token without holding it: "sha256:" and the hex
// SHA-256 of "card" NUL merchant id NUL token.
func Fingerprint(merchantID int64, token string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "card\x00%d\x00%s", merchantID, token))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// maskToken keeps the ends of a token that is long enough to stay secret.
func maskToken(token string) string {
	if len(token) < 16 {
		return "card …"
	}
	return clean("card " + token[:4] + "…" + token[len(token)-4:])
}

const textMax = 300

var secretLike = regexp.MustCompile(`[0-9]{13,}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)

// clean makes a received text fit for the ledger: a client under test may put
// a token or card number into any field by mistake.
func clean(s string) string {
	return secretLike.ReplaceAllString(plain(s), "…")
}

// plain bounds a text and removes what no line may hold. Order ids go through
// this alone: they may look like a card token and must stay comparable.
func plain(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		s = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return '?'
			}
			return r
		}, s)
	}
	if len(s) <= textMax {
		return s
	}
	return strings.ToValidUTF8(s[:textMax], "")
}
