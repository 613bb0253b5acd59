package hclconfig

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"
)

const (
	ageEnding        = ".age"
	identityName     = "PAYRUN_AGE_IDENTITY"
	identityPrefix   = "AGE-SECRET-KEY-"
	maxIdentityBytes = 1 << 20
)

// ageHeads begin a file that is encrypted.
var ageHeads = []string{"age-encryption.org/", armor.Header}

func looksEncrypted(raw []byte) bool {
	for _, head := range ageHeads {
		if bytes.HasPrefix(raw, []byte(head)) {
			return true
		}
	}
	return false
}

// decrypt opens a row file that is encrypted. What it holds stays in memory.
func (p *payoutReader) decrypt(name string, raw []byte, r *reader) ([]byte, bool) {
	if !looksEncrypted(raw) {
		p.fail(msgAgePlain, r.at("path"), name, lineOf(r.at("path")), strconv.Quote(strings.TrimSuffix(name, ageEnding)))
		return nil, false
	}
	identities, source, err := p.identities()
	if err != nil {
		p.fail(msgAgeIdentity, r.at("path"), name, err)
		return nil, false
	}
	if len(identities) == 0 {
		p.fail(msgAgeNoIdentity, r.at("path"), name)
		return nil, false
	}
	text, err := decryptAll(raw, identities)
	if err != nil {
		p.fail(msgAgeOpen, r.at("path"), name, ageReason(err, source))
		return nil, false
	}
	return text, true
}

func decryptAll(raw []byte, identities []age.Identity) ([]byte, error) {
	var in io.Reader = bytes.NewReader(raw)
	if bytes.HasPrefix(raw, []byte(armor.Header)) {
		in = armor.NewReader(in)
	}
	plain, err := age.Decrypt(in, identities...)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(plain, MaxRowsFileBytes+1))
	if err == nil && len(text) > MaxRowsFileBytes {
		err = fmt.Errorf("it holds more than %d MiB", MaxRowsFileBytes>>20)
	}
	return text, err
}

// ageReason says in words of ours why a file cannot be opened.
func ageReason(err error, source string) string {
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none) && strings.Join(none.StanzaTypes, "") == "scrypt":
		return "it is encrypted with a passphrase, which a program cannot be asked for; encrypt it for a key (age -R recipients.txt)"
	case errors.As(err, &none):
		return "it is encrypted for other keys than those of " + source + "; use the right one, or have the file encrypted for yours as well (age -R recipients.txt)"
	}
	return "it is damaged or incomplete (" + strings.TrimPrefix(err.Error(), "age: ") + "); encrypt or copy it again"
}

// identities are the keys that open encrypted row files, and where they come
// from. They are no input of the plan: what counts is what the rows say.
func (l *loader) identities() ([]age.Identity, string, error) {
	file, source := l.opts.IdentityFile, "-identity"
	if file == "" {
		value := l.environment(identityName)
		source = identityName
		if strings.HasPrefix(value, identityPrefix) {
			ids, err := parseIdentities([]byte(value), source)
			return ids, source, err
		}
		if file = value; file != "" && !filepath.IsAbs(file) {
			file = filepath.Join(l.opts.Dir, file)
		}
	}
	if file == "" {
		return nil, "", nil
	}
	text, err := readRegular(os.Stat, os.Open, file, maxIdentityBytes)
	if err != nil {
		return nil, source, fmt.Errorf("the file of %s cannot be read: %w", source, err)
	}
	ids, err := parseIdentities(text, source)
	return ids, source, err
}

// environment is the last value of a name in the environment that was handed
// over.
func (l *loader) environment(name string) string {
	for i := len(l.opts.Env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(l.opts.Env[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// parseIdentities reads keys of age, or one private key of SSH. Errors of the
// libraries are not repeated: they may hold what they could not read.
func parseIdentities(text []byte, source string) ([]age.Identity, error) {
	switch {
	case looksEncrypted(text):
		return nil, fmt.Errorf("the key of %s is encrypted itself; decrypt it first (age -d)", source)
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("-----BEGIN")):
		id, err := agessh.ParseIdentity(text)
		var passphrase *ssh.PassphraseMissingError
		switch {
		case errors.As(err, &passphrase):
			return nil, fmt.Errorf("the SSH key of %s has a passphrase, which a program cannot be asked for; use a key of age", source)
		case err != nil:
			return nil, fmt.Errorf("the SSH key of %s cannot be read; ed25519 and RSA keys in OpenSSH's format can", source)
		}
		return []age.Identity{id}, nil
	}
	ids, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s holds no key of age: a line begins with %s1 (age-keygen makes one)", source, identityPrefix)
	}
	return ids, nil
}
