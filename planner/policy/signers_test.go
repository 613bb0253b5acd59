package policy_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"

	"payrun/planner/policy"
)

// keyPair is a signer of ed25519.
func keyPair(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func line(key ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) }

func signers(t testing.TB, text string) *policy.Signers {
	t.Helper()
	s, err := policy.ParseSigners([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var day = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestSignersAllow(t *testing.T) {
	key, other := keyPair(t).PublicKey(), keyPair(t).PublicKey()
	const aigul = "aigul@example.kz"
	for _, tt := range []struct {
		name string
		text string // %s is the key
		want string // of the reason; "" = allowed
	}{
		{"plain", aigul + " %s", ""},
		{"comment and space", "# people\n\n \t" + aigul + "\t %s  A. Serikova, till 2030\r\n", ""},
		{"list", "x@example.kz," + aigul + " %s", ""},
		{"quoted", `"x@example.kz,` + aigul + `" %s`, ""},
		{"pattern", "*@example.?z %s", ""},
		{"star at the end", "aigul* %s", ""},
		{"other pattern", "*@example.com %s", "no such key"},
		{"prefix is no match", "aigul %s", "no such key"},
		{"case counts", "Aigul@example.kz %s", "no such key"},
		{"taken out", "*@example.kz,!aigul@* %s", "no such key"},
		{"taken out first", "!aigul@*,*@example.kz %s", "no such key"},
		{"only taken out", "!berik@* %s", "no such key"},
		{"namespace", aigul + ` namespaces="file,payrun-*" %s`, ""},
		{"options in any case", aigul + ` Namespaces="payrun-plan",VALID-AFTER="20200101Z" %s`, ""},
		{"other namespace", aigul + ` namespaces="git,file" %s`, "other namespaces"},
		{"namespace taken out", aigul + ` namespaces="*,!payrun-plan" %s`, "other namespaces"},
		{"valid", aigul + ` valid-after="20261122Z",valid-before="20261123Z" %s`, ""},
		{"to the second", aigul + ` valid-after="20261122120000Z" %s`, ""},
		{"not yet", aigul + ` valid-after="20261122120001Z" %s`, "valid after 2026-11-22T12:00:01Z"},
		{"not any more", aigul + ` valid-before="202611221200Z" %s`, "valid before 2026-11-22T12:00:00Z"},
		{"in every zone", aigul + ` valid-after="202611220000",valid-before="202611230200" %s`, "valid before"},
		{"wherever it is checked", aigul + ` valid-after="202611220000",valid-before="202611230201" %s`, ""},
		{"not yet everywhere", aigul + ` valid-after="202611220001" %s`, "valid after"},
		{"the second line counts", aigul + ` valid-before="20200101" %[1]s` + "\n" + aigul + " %[1]s", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := signers(t, fmt.Sprintf(tt.text, line(key)))
			err := s.Allows(aigul, key, day)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
			if s.Allows(aigul, other, day) == nil {
				t.Error("another key is allowed")
			}
		})
	}
}

func TestSignersRefuse(t *testing.T) {
	key := line(keyPair(t).PublicKey())
	kind, blob, _ := strings.Cut(key, " ")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := ssh.NewPublicKey(short.Public())
	if err != nil {
		t.Fatal(err)
	}
	dsa := base64.StdEncoding.EncodeToString(ssh.Marshal(struct{ Kind string }{"ssh-dss"}))
	for _, tt := range []struct{ name, text, want string }{
		{"authority", "a@b cert-authority " + key, "certificate authorities"},
		{"authority among others", `a@b namespaces="payrun-plan",Cert-Authority ` + key, "certificate authorities"},
		{"unknown option", "a@b no-touch-required " + key, `"no-touch-required" is not known`},
		{"unknown with value", `a@b verify-required="yes" ` + key, "is not known"},
		{"option twice", `a@b namespaces="x",namespaces="payrun-plan" ` + key, "twice"},
		{"option without value", "a@b namespaces " + key, `write namespaces="…"`},
		{"empty option", `a@b namespaces="" ` + key, "is empty"},
		{"value without quotes", "a@b namespaces=payrun-plan " + key, `write namespaces="…"`},
		{"junk behind an option", `a@b namespaces="x"y ` + key, "not understood"},
		{"comma at the end", `a@b namespaces="x", ` + key, "not understood"},
		{"empty pattern", "a@b, " + key, "is no pattern"},
		{"empty exception", "a@b,! " + key, "is no pattern"},
		{"open quote", `"a@b ` + key, "not closed"},
		{"backslash", `a\b ` + key, "backslash"},
		{"bad time", `a@b valid-after="2026-11-22" ` + key, "is no time"},
		{"bad day", `a@b valid-after="20261131" ` + key, "is no time"},
		{"backwards", `a@b valid-after="20270101Z",valid-before="20260101Z" ` + key, "not before"},
		{"no key", "a@b", "PRINCIPALS"},
		{"no blob", "a@b ssh-ed25519", "PRINCIPALS"},
		{"only options", `a@b namespaces="x"`, "PRINCIPALS"},
		{"blob of another type", "a@b ssh-rsa " + blob, "the line says ssh-rsa"},
		{"no base64", "a@b " + kind + " @@@", "no base64"},
		{"loose base64", "a@b " + kind + " " + blob[:len(blob)-1], "no base64"},
		{"cut key", "a@b " + kind + " " + blob[:40], "cannot be read"},
		{"dsa", "a@b ssh-dss " + dsa, "not taken"},
		{"certificate", "a@b ssh-ed25519-cert-v01@openssh.com " + blob, "not taken"},
		{"short rsa", "a@b " + line(weak), "1024 bits"},
		{"control character", "a@b\x00 " + key, "control character"},
		{"no UTF-8", "a@b\xff " + key, "no UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := policy.ParseSigners([]byte("# first\n" + tt.text + "\n"))
			var signers *policy.SignersError
			if !errors.As(err, &signers) || signers.Line != 2 || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want line 2: %s", err, tt.want)
			}
		})
	}
}

func TestIdentities(t *testing.T) {
	key, other := keyPair(t).PublicKey(), keyPair(t).PublicKey()
	s := signers(t, "a@x,*@y,!b@x,c@x "+line(key)+"\nd@x "+line(other)+"\na@x,e@x "+line(key)+"\n")
	if got := strings.Join(s.Identities(key), " "); got != "a@x c@x e@x" {
		t.Errorf("identities are %q", got)
	}
}

// The matcher agrees with one that is written to be read.
func TestPatterns(t *testing.T) {
	key := keyPair(t).PublicKey()
	var simple func(p, s string) bool
	simple = func(p, s string) bool {
		switch {
		case p == "":
			return s == ""
		case p[0] == '*':
			return simple(p[1:], s) || s != "" && simple(p, s[1:])
		}
		return s != "" && (p[0] == '?' || p[0] == s[0]) && simple(p[1:], s[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*?]{1,6}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[ab]{1,7}`).Draw(t, "text")
		s, err := policy.ParseSigners([]byte(pattern + " " + line(key)))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.Allows(text, key, day) == nil, simple(pattern, text); got != want {
			t.Errorf("%q matches %q: %t, want %t", pattern, text, got, want)
		}
	})
}

// Nothing that is written makes the parser fall over.
func FuzzParseSigners(f *testing.F) {
	key := line(keyPair(f).PublicKey())
	f.Add("a@b " + key)
	f.Add(`"a,b" namespaces="x",valid-before="20300101Z" ` + key + " comment")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := policy.ParseSigners([]byte(text))
		if (s == nil) == (err == nil) {
			t.Errorf("signers %v and error %v", s, err)
		}
	})
}
