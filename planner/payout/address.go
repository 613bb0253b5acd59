package payout

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Address is the identity of a payment: BATCH["PERIOD"].PAYOUT or
// BATCH["PERIOD"].PAYOUT["KEY"]. The period is part of it, so next month's
// salary is another payment. Values are comparable; all text is in NFC.
type Address struct {
	Batch  string // label of the batch block
	Period string // accounting period, [A-Za-z0-9._-]{1,16}
	Name   string // label of the payout block
	Key    string // key of the row or element; only with HasKey
	HasKey bool
}

// NewAddress is the address of a single payout. Labels are put in NFC.
func NewAddress(batch, period, name string) Address {
	return Address{Batch: norm.NFC.String(batch), Period: norm.NFC.String(period), Name: norm.NFC.String(name)}
}

// WithKey is the address of one row or element of the payout a.
func (a Address) WithKey(key string) Address {
	a.Key, a.HasKey = norm.NFC.String(key), true
	return a
}

// Bounds of the parts of an address.
const (
	MaxPeriodBytes = 16
	MaxKeyBytes    = 256
)

// CheckPeriod says what is wrong with a period, or returns nil.
func CheckPeriod(period string) error {
	for _, r := range period {
		if !strings.ContainsRune("._-", r) && !isASCIIAlnum(r) {
			return fmt.Errorf("a period has only the letters A-Z and a-z, digits, '.', '_' and '-', %q has %q", period, r)
		}
	}
	if period == "" || len(period) > MaxPeriodBytes {
		return fmt.Errorf("a period has 1 to %d characters, %q has %d", MaxPeriodBytes, period, len(period))
	}
	return nil
}

// CheckKey says what is wrong with a key, or returns nil.
func CheckKey(key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return fmt.Errorf("the key is blank")
	case len(key) > MaxKeyBytes:
		return fmt.Errorf("the key has %d bytes, at most %d are allowed", len(key), MaxKeyBytes)
	case strings.TrimSpace(key) != key:
		return fmt.Errorf("the key %q begins or ends with white space", key)
	}
	for _, r := range key {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return fmt.Errorf("the key %+q has a control or invisible character", key)
		}
	}
	return nil
}

func isASCIIAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// String is the address as people and files write it; ParseAddress reads it.
func (a Address) String() string {
	if a.HasKey {
		return a.Batch + `["` + quoteKey(a.Period) + `"].` + a.Name + `["` + quoteKey(a.Key) + `"]`
	}
	return a.Batch + `["` + quoteKey(a.Period) + `"].` + a.Name
}

// Term is the address without its key: all rows of one payout block share it.
func (a Address) Term() string {
	a.Key, a.HasKey = "", false
	return a.String()
}

// keyQuoter escapes as an HCL string does, so that an address can stand in a
// moved or import block.
var keyQuoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `${`, `$${`, `%{`, `%%{`)
var keyUnquoter = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `$${`, `${`, `%%{`, `%{`)

func quoteKey(s string) string {
	if !strings.ContainsAny(s, `\"$%`) {
		return s // nearly all keys; the replacer costs ten times as much
	}
	return keyQuoter.Replace(s)
}

// ParseAddress reads what Address.String writes.
func ParseAddress(text string) (Address, error) {
	batch, rest, ok := strings.Cut(text, `["`)
	if !ok {
		return Address{}, addressError(text, `the period is missing: write BATCH["PERIOD"].PAYOUT`)
	}
	period, rest, ok := cutQuoted(rest)
	if !ok || !strings.HasPrefix(rest, ".") {
		return Address{}, addressError(text, `write BATCH["PERIOD"].PAYOUT or BATCH["PERIOD"].PAYOUT["KEY"]`)
	}
	name, rest, keyed := strings.Cut(rest[1:], `["`)
	a := NewAddress(batch, period, name)
	if keyed {
		key, tail, ok := cutQuoted(rest)
		if !ok || tail != "" {
			return Address{}, addressError(text, `a key is written ["KEY"] and ends the address`)
		}
		a = a.WithKey(key)
	}
	return a, checkAddress(text, a)
}

func checkAddress(text string, a Address) error {
	if !isLabel(a.Batch) || !isLabel(a.Name) {
		return addressError(text, "the names of a batch and a payout are identifiers")
	}
	if err := CheckPeriod(a.Period); err != nil {
		return addressError(text, err.Error())
	}
	if a.HasKey {
		if err := CheckKey(a.Key); err != nil {
			return addressError(text, err.Error())
		}
	}
	return nil
}

// cutQuoted splits `text"]rest` at the first quote that is not escaped. Only
// the escapes that String writes are read: a guessed one would name another
// payment.
func cutQuoted(s string) (text, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i == len(s) || s[i] != '\\' && s[i] != '"' {
				return "", "", false
			}
		case '"':
			if strings.HasPrefix(s[i:], `"]`) {
				return keyUnquoter.Replace(s[:i]), s[i+2:], true
			}
			return "", "", false
		}
	}
	return "", "", false
}

// isLabel accepts HCL identifiers: letters of any script, digits, `_`, `-`,
// not starting with a digit or dash.
func isLabel(s string) bool {
	for i, r := range s {
		letter := unicode.IsLetter(r) || r == '_' || unicode.Is(unicode.Nl, r)
		inner := unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Pc, r) || r == '-'
		if !letter && (i == 0 || !inner) {
			return false
		}
	}
	return s != ""
}

func addressError(text, reason string) error {
	return fmt.Errorf("read address %q: %s", text, reason)
}

// Compare orders addresses by batch, period, payout and key, in byte order:
// the order of the state file and of every list.
func (a Address) Compare(b Address) int {
	// One by one: sorting a large ledger must not compare what is decided.
	if c := strings.Compare(a.Batch, b.Batch); c != 0 {
		return c
	}
	if c := strings.Compare(a.Period, b.Period); c != 0 {
		return c
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	if c := strings.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	return boolInt(a.HasKey) - boolInt(b.HasKey)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
