package view

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"payrun/planner"
)

// SafeText makes characters visible that a terminal would obey or that nobody
// would see: control and escape characters, bidirectional overrides, zero-width
// and other format characters, line separators, unassigned and private code
// points, and bytes that are no UTF-8. Everything else stays as it is. The
// result is one line of graphic characters, and safe text stays unchanged.
func SafeText(s string) string {
	at := unsafeAt(s)
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:at])
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[at])
		case visible(r):
			b.WriteRune(r)
		default:
			b.WriteString(escaped(r))
		}
		at += size
	}
	return b.String()
}

// unsafeAt is the first byte that SafeText changes, or -1.
func unsafeAt(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
		if !visible(r) {
			return i
		}
	}
	return -1
}

// visible says whether a character shows itself and changes nothing around it.
func visible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800':
		return false // letters and a symbol by class, and blank on the screen
	}
	return unicode.IsGraphic(r)
}

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// withoutToken masks the payout's own card token where a label or description
// repeats it: a column taken by mistake must not put it on a screen.
func withoutToken(p *planner.Payout, text string) string {
	if token := p.Token.Reveal(); token != "" && strings.Contains(text, token) {
		return strings.ReplaceAll(text, token, p.Token.String())
	}
	return text
}

// cut shortens a text to n characters, with an ellipsis.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
