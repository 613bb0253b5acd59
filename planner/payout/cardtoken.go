package payout

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"unicode"
)

// CardToken is the gateway's name of a stored card. Whoever holds one can pay
// the card, so every way of printing it gives the masked form; Reveal alone
// returns the whole. Tokens cannot be compared: compare their fingerprints.
type CardToken struct {
	// fmt prints unexported fields, and a value under a wrong verb, without
	// asking any method; of a pointer it prints the address alone.
	value *string
	_     [0]func()
}

// MaxCardTokenBytes bounds a card token; the documentation's example has 36.
const MaxCardTokenBytes = 128

// NewCardToken takes a token as written. White space and control characters
// are an error that does not repeat the token.
func NewCardToken(text string) (CardToken, error) {
	if text == "" {
		return CardToken{}, fmt.Errorf("the card token is empty")
	}
	if len(text) > MaxCardTokenBytes {
		return CardToken{}, fmt.Errorf("the card token has %d characters, at most %d are allowed", len(text), MaxCardTokenBytes)
	}
	for i, r := range text {
		if r > unicode.MaxASCII || !isASCIIAlnum(r) && r != '-' && r != '_' && r != '.' && r != ':' {
			return CardToken{}, fmt.Errorf("the card token has a character that no token has, at position %d: %s", i+1, characterName(r))
		}
	}
	return CardToken{value: &text}, nil
}

func characterName(r rune) string {
	switch {
	case r == ' ':
		return "a space"
	case r == '\u00a0' || r == '\u202f':
		return "a non-breaking space"
	case unicode.IsSpace(r):
		return "white space"
	}
	return strconv.QuoteRuneToASCII(r)
}

// Reveal returns the whole token, for the wire alone.
func (t CardToken) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// IsZero says that there is no token.
func (t CardToken) IsZero() bool { return t.value == nil }

// String is the masked form, such as "card ef74…2182".
func (t CardToken) String() string {
	value := t.Reveal()
	switch {
	case value == "":
		return "card (none)"
	case len(value) < 16:
		// Eight characters of a short token would tell most of it.
		return "card …" + value[len(value)-min(2, len(value)/4):]
	}
	return "card " + value[:4] + "…" + value[len(value)-4:]
}

// GoString is the masked form.
func (t CardToken) GoString() string { return t.String() }

// Format prints the masked form, whatever the verb.
func (t CardToken) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// MarshalText gives the masked form, so that no encoder can write the whole.
func (t CardToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue gives the masked form.
func (t CardToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Fingerprint identifies the destination without naming it: "sha256:" and
// SHA-256("card" NUL merchant id NUL token) in hex.
func (t CardToken) Fingerprint(merchantID int64) string {
	// A large plan makes several of each token: no memory but the result's.
	input := append(make([]byte, 0, 32+MaxCardTokenBytes), "card\x00"...)
	input = append(strconv.AppendInt(input, merchantID, 10), 0)
	sum := sha256.Sum256(append(input, t.Reveal()...))
	text := append(make([]byte, 0, 80), "sha256:"...)
	return string(hex.AppendEncode(text, sum[:]))
}
