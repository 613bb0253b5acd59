package policy

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

// Signers are the people whose approvals count: a parsed allowed_signers file
// of OpenSSH (ssh-keygen(1), "ALLOWED SIGNERS").
type Signers struct {
	lines []signer
}

// signer is one line: who may sign with a key, for what and when.
type signer struct {
	line        int
	principals  []string // patterns; a leading '!' takes out
	namespaces  []string // patterns; nil = any
	validAfter  time.Time
	validBefore time.Time // zero = no end
	key         ssh.PublicKey
}

// SignersError says which line of an allowed_signers file cannot be used. What
// is not understood is refused: a restriction passed over would let sign whom
// it keeps out.
type SignersError struct {
	Line   int // from 1
	Reason string
}

func (e *SignersError) Error() string {
	return fmt.Sprintf("read allowed signers: line %d: %s", e.Line, e.Reason)
}

// minRSABits is the shortest RSA key that may approve.
const minRSABits = 2048

// ParseSigners reads an allowed_signers file: principals, the options
// namespaces, valid-after and valid-before, key type, key, comment. Certificate
// authorities, unknown options and unknown keys are a *SignersError.
func ParseSigners(text []byte) (*Signers, error) {
	s := &Signers{}
	for i, raw := range bytes.Split(text, []byte("\n")) {
		line := strings.TrimSuffix(string(raw), "\r")
		if err := checkLine(line); err != nil {
			return nil, &SignersError{i + 1, err.Error()}
		}
		line = strings.TrimLeft(line, " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		one, err := parseSigner(line)
		if err != nil {
			return nil, &SignersError{i + 1, err.Error()}
		}
		one.line = i + 1
		s.lines = append(s.lines, one)
	}
	return s, nil
}

func checkLine(line string) error {
	if !utf8.ValidString(line) {
		return fmt.Errorf("it is no UTF-8")
	}
	for _, r := range line {
		if r < ' ' && r != '\t' || r == 0x7f {
			return fmt.Errorf("it has the control character %U", r)
		}
	}
	return nil
}

func parseSigner(line string) (signer, error) {
	var s signer
	field, rest, err := nextField(line)
	if err != nil {
		return s, err
	}
	if s.principals, err = parsePatterns("principals", unquoteAll(field)); err != nil {
		return s, err
	}
	if field, rest, err = nextField(rest); err != nil {
		return s, err
	}
	if !isKeyType(field) {
		if err := s.parseOptions(field); err != nil {
			return s, err
		}
		if field, rest, err = nextField(rest); err != nil {
			return s, err
		}
	}
	encoded, _, err := nextField(rest)
	if err != nil {
		return s, err
	}
	s.key, err = parseKey(field, encoded)
	return s, err
}

// nextField takes the text up to a space outside quotes.
func nextField(line string) (field, rest string, err error) {
	line = strings.TrimLeft(line, " \t")
	quoted := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '\\':
			return "", "", fmt.Errorf("a backslash is not understood")
		case c == '"':
			quoted = !quoted
		case (c == ' ' || c == '\t') && !quoted:
			return line[:i], line[i:], nil
		}
	}
	switch {
	case quoted:
		return "", "", fmt.Errorf("a quote is not closed")
	case line == "":
		return "", "", fmt.Errorf("write PRINCIPALS [OPTIONS] KEYTYPE KEY")
	}
	return line, "", nil
}

// unquoteAll takes off the quotes around a whole field.
func unquoteAll(field string) string {
	if len(field) >= 2 && field[0] == '"' && field[len(field)-1] == '"' {
		return field[1 : len(field)-1]
	}
	return field
}

func parsePatterns(what, text string) ([]string, error) {
	patterns := strings.Split(text, ",")
	for _, p := range patterns {
		if strings.TrimPrefix(p, "!") == "" || strings.ContainsAny(p, "\" \t") {
			return nil, fmt.Errorf("%s: %q is no pattern", what, p)
		}
	}
	return patterns, nil
}

// isKeyType says whether a field is where the options end.
func isKeyType(field string) bool {
	for _, prefix := range []string{"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"} {
		if strings.HasPrefix(field, prefix) {
			return true
		}
	}
	return false
}

func parseKey(kind, encoded string) (ssh.PublicKey, error) {
	switch kind {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoRSA, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
	default:
		return nil, fmt.Errorf("keys of the type %q are not taken", kind)
	}
	blob, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("the key is no base64")
	}
	key, err := ssh.ParsePublicKey(blob)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	case key.Type() != kind:
		return nil, fmt.Errorf("the key is of the type %s, the line says %s", key.Type(), kind)
	}
	return key, checkStrength(key)
}

// checkStrength refuses RSA keys that are too short to stand for a person.
func checkStrength(key ssh.PublicKey) error {
	crypto, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return nil
	}
	if public, ok := crypto.CryptoPublicKey().(*rsa.PublicKey); ok && public.N.BitLen() < minRSABits {
		return fmt.Errorf("the RSA key has %d bits, at least %d are needed", public.N.BitLen(), minRSABits)
	}
	return nil
}
