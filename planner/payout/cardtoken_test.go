package payout_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"payrun/planner/payout"
)

// exampleToken is the one of the Token Payout page.
const exampleToken = "ef741cfc-f85e-41a0-84e6-2ba964912182"

func newToken(t testing.TB, text string) payout.CardToken {
	t.Helper()
	token, err := payout.NewCardToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// checkMasked fails where more of the token shows than the mask leaves,
// readable or in hex.
func checkMasked(t *testing.T, how, printed string) {
	t.Helper()
	inner := exampleToken[4 : len(exampleToken)-4]
	for _, secret := range []string{inner, fmt.Sprintf("%x", inner), fmt.Sprintf("%X", inner), "f85e-41a0", "84e6"} {
		if strings.Contains(printed, secret) {
			t.Errorf("%s printed %s", how, printed)
		}
	}
}

func TestCardTokenPrintsMasked(t *testing.T) {
	token := newToken(t, exampleToken)
	type exported struct{ Token payout.CardToken }
	type hidden struct{ token payout.CardToken }
	values := map[string]any{
		"token":            token,
		"pointer":          &token,
		"struct":           exported{token},
		"struct pointer":   &exported{token},
		"unexported field": hidden{token},
		"unexported, deep": []*hidden{{token}},
		"slice":            []payout.CardToken{token},
		"map":              map[string]payout.CardToken{"a": token},
		"any":              []any{token},
	}
	for name, value := range values {
		// Every letter as a verb, wrong ones included: fmt prints the value of
		// a wrong verb without asking its methods.
		for verb := 'A'; verb <= 'z'; verb++ {
			for _, flags := range []string{"", "+", "#", "-40", "040", " ", "+#10.3"} {
				format := "%" + flags + string(verb)
				checkMasked(t, format+" of "+name, fmt.Sprintf(format, value))
			}
		}
		checkMasked(t, "Print of "+name, fmt.Sprint(value))
		format := strings.Repeat("x", len(name)) // unknown to vet, which would refuse it
		checkMasked(t, "a superfluous "+name, fmt.Sprintf(format, value))
		checkMasked(t, "an error of "+name, fmt.Errorf("pay %v: %w", value, errors.New("refused")).Error())
	}
	for _, format := range []string{"%v", "%+v", "%s", "%q", "%x", "%d", "%#v"} {
		if got := fmt.Sprintf(format, token); got != "card ef74…2182" {
			t.Errorf("%s = %q", format, got)
		}
	}
	if got := fmt.Sprintf("%+v", exported{token}); got != "{Token:card ef74…2182}" {
		t.Errorf("%%+v of a struct = %q", got)
	}
	if got := token.GoString(); got != "card ef74…2182" {
		t.Errorf("GoString() = %q", got)
	}
}

func TestCardTokenEncodesMasked(t *testing.T) {
	type record struct {
		Token payout.CardToken
		Map   map[string]payout.CardToken
	}
	token := newToken(t, exampleToken)
	value := record{Token: token, Map: map[string]payout.CardToken{"a": token}}
	const want = `{"Token":"card ef74…2182","Map":{"a":"card ef74…2182"}}`
	one, err := json.Marshal(value)
	if err != nil || string(one) != want {
		t.Errorf("encoding/json wrote %s, %v", one, err)
	}
	two, err := jsonv2.Marshal(value)
	if err != nil || string(two) != want {
		t.Errorf("json/v2 wrote %s, %v", two, err)
	}
	type element struct{ Token payout.CardToken }
	three, err := xml.Marshal(element{token})
	if err != nil || !bytes.Contains(three, []byte("card ef74…2182")) {
		t.Errorf("encoding/xml wrote %s, %v", three, err)
	}
	checkMasked(t, "encoding/xml", string(three))
}

func TestCardTokenLogsMasked(t *testing.T) {
	token := newToken(t, exampleToken)
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		log := slog.New(h).With("with", token)
		log.Info("paying", "token", token, "pointer", &token, "struct", struct{ T payout.CardToken }{token},
			slog.Group("group", "token", token), "hidden", struct{ t payout.CardToken }{token})
	}
	checkMasked(t, "slog", out.String())
	if n := strings.Count(out.String(), "card ef74…2182"); n < 8 {
		t.Errorf("slog wrote the mask %d times:\n%s", n, out.String())
	}
}

func TestCardTokenMasks(t *testing.T) {
	tests := []struct{ token, mask string }{
		{exampleToken, "card ef74…2182"},
		{"0123456789abcdef", "card 0123…cdef"},
		{"0123456789abcde", "card …de"},
		{"12345678", "card …78"},
		{"1234567", "card …7"},
		{"1234", "card …4"},
		{"123", "card …"},
		{"1", "card …"},
	}
	for _, tt := range tests {
		if got := newToken(t, tt.token).String(); got != tt.mask {
			t.Errorf("a token of %d characters prints %q, want %q", len(tt.token), got, tt.mask)
		}
	}
}

func TestCardTokenValue(t *testing.T) {
	var zero payout.CardToken
	if !zero.IsZero() || zero.Reveal() != "" || zero.String() != "card (none)" {
		t.Errorf("the zero token: %v, reveals %q, prints %q", zero.IsZero(), zero.Reveal(), zero)
	}
	token := newToken(t, exampleToken)
	if token.IsZero() || token.Reveal() != exampleToken {
		t.Error("Reveal does not return the token that was given")
	}
}

// TestFingerprint compares with digests of a program that shares no code with
// this one: fingerprints in state files never change.
func TestFingerprint(t *testing.T) {
	token := newToken(t, exampleToken)
	for merchant, want := range map[int64]string{
		9970:   "sha256:bfcf286cc8d44c06cd5b3a0eca84ce673519273b3373862beda8ddbbc9ae9320",
		552170: "sha256:58e97b4164cef91f46a75835ad2a22029ee73836b08c045b6bec44fbaae5beff",
	} {
		if got := token.Fingerprint(merchant); got != want {
			t.Errorf("Fingerprint(%d) = %s, want %s", merchant, got, want)
		}
	}
}

func TestNewCardTokenErrors(t *testing.T) {
	tests := []struct{ text, reason string }{
		{"", "is empty"},
		{strings.Repeat("x", payout.MaxCardTokenBytes+1), "has 129 characters, at most 128"},
		{exampleToken + " ", "position 37: a space"},
		{" " + exampleToken, "position 1: a space"},
		{exampleToken + "\u00a0", "position 37: a non-breaking space"},
		{exampleToken + "\u202f", "a non-breaking space"},
		{exampleToken + "\n", "white space"},
		{exampleToken + "\u2003", "white space"},
		{exampleToken + "\x00", `'\x00'`},
		{exampleToken + "\xff", `'\ufffd'`},
		{exampleToken + "я", `'\u044f'`},
		{exampleToken + ";", `';'`},
	}
	for _, tt := range tests {
		token, err := payout.NewCardToken(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.reason) || !token.IsZero() {
			t.Errorf("NewCardToken of a wrong token: %v, want an error about %q", err, tt.reason)
			continue
		}
		checkMasked(t, "the error", err.Error())
	}
	newToken(t, strings.Repeat("x", payout.MaxCardTokenBytes))
	newToken(t, "a.b:c_d-E0")
}
