package freedompay

import (
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

// secretMask stands wherever a Secret is printed. It does not tell the length.
const secretMask = "[secret]"

// tokenShown is how many characters a masked card token shows at each end, and tokenShortest the shortest token of
// which the ends are shown at all: half of it stays hidden.
const (
	tokenShown    = 4
	tokenShortest = 16
)

// Secret is a merchant's secret key. It prints masked under every verb; only Reveal gives the key.
//
// The key sits behind a pointer, so that even a Secret inside an unexported field of another struct, where fmt cannot
// call methods, prints as an address.
type Secret struct{ key *string }

// NewSecret wraps key. The key is used exactly as given, white space included.
func NewSecret(key string) Secret { return Secret{&key} }

// Reveal returns the key, or "" for the zero Secret.
func (s Secret) Reveal() string {
	if s.key == nil {
		return ""
	}
	return *s.key
}

// String returns the mask.
func (s Secret) String() string { return secretMask }

// GoString returns the mask.
func (s Secret) GoString() string { return secretMask }

// Format writes the mask for any verb, %x and %d included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, secretMask) }

// MarshalText returns the mask, which also serves JSON. A Secret cannot be read back, on purpose.
func (s Secret) MarshalText() ([]byte, error) { return []byte(secretMask), nil }

// LogValue returns the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(secretMask) }

// CardToken is a saved card's token as an answer echoed it. It prints as its two ends, "ef74…2182"; tokens shorter
// than 16 characters print as "…", an absent one as "". Only Reveal gives the whole.
type CardToken struct{ token *string }

// NewCardToken wraps token.
func NewCardToken(token string) CardToken { return CardToken{&token} }

// Reveal returns the whole token, or "" for the zero CardToken.
func (t CardToken) Reveal() string {
	if t.token == nil {
		return ""
	}
	return *t.token
}

// String returns the masked token.
func (t CardToken) String() string {
	whole := t.Reveal()
	switch {
	case whole == "":
		return ""
	case utf8.RuneCountInString(whole) != len(whole) || len(whole) < tokenShortest:
		return "…" // not the shape of a token, so there is no telling which part is safe
	}
	return whole[:tokenShown] + "…" + whole[len(whole)-tokenShown:]
}

// GoString returns the masked token.
func (t CardToken) GoString() string { return t.String() }

// Format writes the masked token for any verb.
func (t CardToken) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// MarshalText returns the masked token, which also serves JSON.
func (t CardToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue returns the masked token.
func (t CardToken) LogValue() slog.Value { return slog.StringValue(t.String()) }
