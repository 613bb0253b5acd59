package freedompay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// exampleToken is the card token of the gateway's documentation; it belongs to nobody.
const exampleToken = "ef741cfc-f85e-41a0-84e6-2ba964912182"

// printed returns v as every way of printing shows it.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
	return out.String() + log.String()
}

func TestSecretsPrintMasked(t *testing.T) {
	const key = "canary-secret-key"
	type hidden struct {
		secret Secret
		token  CardToken
	}
	values := map[string]any{
		"secret":            NewSecret(key),
		"token":             NewCardToken(exampleToken),
		"unexported fields": hidden{NewSecret(key), NewCardToken(exampleToken)},
		"pointer":           &hidden{NewSecret(key), NewCardToken(exampleToken)},
		"answer":            Answer{CardToken: NewCardToken(exampleToken)},
		"answer pointer":    &Answer{CardToken: NewCardToken(exampleToken)},
		"slice":             []any{NewSecret(key), []CardToken{NewCardToken(exampleToken)}},
		"payout request":    PayoutRequest{OrderID: "o", CardToken: exampleToken},
		"request pointer":   &PayoutRequest{OrderID: "o", CardToken: exampleToken},
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			out := printed(t, value)
			for _, canary := range []string{key, fmt.Sprintf("%x", key), exampleToken, fmt.Sprintf("%x", exampleToken), exampleToken[4:32]} {
				if strings.Contains(strings.ToLower(out), canary) {
					t.Errorf("a canary was printed in\n%s", out)
				}
			}
		})
	}
}

func TestClientPrintsNoPassword(t *testing.T) {
	c := &Client{MerchantID: 9970, Proxy: "http://u:canary@proxy.example"}
	if out := fmt.Sprintf("%v %+v %#v %s", c, c, c, c); strings.Contains(out, "canary") || !strings.Contains(out, "9970") {
		t.Errorf("client prints as %s", out)
	}
}

func TestSecretForms(t *testing.T) {
	secret := NewSecret(" key ")
	text, err := secret.MarshalText()
	if err != nil || secret.Reveal() != " key " || secret.String() != secretMask || secret.GoString() != secretMask || string(text) != secretMask {
		t.Errorf("secret forms: %q %q %q %q %v", secret.Reveal(), secret.String(), secret.GoString(), text, err)
	}
	if got := secret.LogValue().String(); got != secretMask {
		t.Errorf("LogValue = %q", got)
	}
	if got := (Secret{}).Reveal(); got != "" {
		t.Errorf("zero Secret reveals %q", got)
	}
}

func TestCardTokenForms(t *testing.T) {
	tests := map[string]string{
		exampleToken:         "ef74…2182",
		"":                   "",
		"short":              "…",
		"123456789012345":    "…",
		"1234567890123456":   "1234…3456",
		"ключключключключ":   "…",
		"\xff23456789012345": "…",
	}
	for token, want := range tests {
		c := NewCardToken(token)
		text, err := c.MarshalText()
		if err != nil || c.String() != want || c.GoString() != want || string(text) != want || c.LogValue().String() != want {
			t.Errorf("token of %d bytes prints %q, %q, %q, want %q (%v)", len(token), c, c.GoString(), text, want, err)
		}
		if c.Reveal() != token {
			t.Errorf("Reveal changed a token of %d bytes", len(token))
		}
	}
	if got := (CardToken{}).String(); got != "" {
		t.Errorf("zero CardToken prints %q", got)
	}
}
