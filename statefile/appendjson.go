package statefile

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"payrun/planner/payout"
)

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string as RFC 8785 does: the shortest escapes,
// all else as UTF-8. Bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := plainBytes(s); i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = appendEscape(append(b, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(append(b, s[start:i]...), "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	return append(append(b, s[start:]...), '"')
}

// plainBytes is the length of a part of s, from its beginning, that needs no
// escape: all of it, for most strings. It looks at eight bytes at once.
func plainBytes(s string) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		if (w|(w-ones*' ')|(quote-ones)&^quote|(slash-ones)&^slash)&highs != 0 {
			return i
		}
	}
	return i
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// Of the values below the empty one appends nothing, which leaves its member
// out.

func appendText(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	return appendString(b, s)
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// appendAmount writes what Money.Decimal writes, without its allocations.
func appendAmount(b []byte, m payout.Money) []byte {
	if m.Minor < 0 {
		return appendString(b, m.Decimal())
	}
	b = append(b, '"')
	start := len(b)
	b = strconv.AppendInt(b, m.Minor, 10)
	digits := m.Currency.Digits
	for len(b)-start <= digits {
		b = slices.Insert(b, start, '0')
	}
	if digits > 0 {
		b = slices.Insert(b, len(b)-digits, '.')
	}
	return append(b, '"')
}

func appendStrings[S ~string](b []byte, list []S) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, string(s))
	}
	return append(b, ']')
}

// sortedNames returns the keys of m in the order of RFC 8785: by UTF-16 code
// units.
func sortedNames[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.SortFunc(out, compareUTF16)
	return out
}

func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
