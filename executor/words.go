package executor

import (
	"regexp"
	"strings"
	"unicode"

	"payrun/planner/payout"
)

// What may name an account or a card, in any script's digits, grouped or not.
var (
	digitRuns = regexp.MustCompile(`\p{Nd}(?:[ .-]?\p{Nd}){11,}`)
	// ibans: two letters, two check digits, 11 to 30 letters or digits, whatever
	// they are glued to; and the rest of the word and of the groups with a digit,
	// since what comes first may be the end of another word.
	ibans = regexp.MustCompile(`(?i)[a-z]{2}\d{2}(?:[ -]?[0-9a-z]){11,30}[0-9a-z]*(?:[ -][a-z]*\d[0-9a-z]*)*`)
	// uuids are what card tokens look like.
	uuids = regexp.MustCompile(`[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`)
)

// CleanWords makes a text of a gateway fit to be shown to people: one line,
// bounded, without anything that may be a card number, an IBAN or a card token.
func CleanWords(s string) string { return cleanWords(s) }

// cleanWords makes a gateway's words fit to keep and to show: one line of at
// most payout.MaxWords characters, with everything masked that may be a card
// number, an IBAN or a card token.
func cleanWords(s string) string {
	if isClean(s) {
		return s
	}
	return cleaned(s)
}

// isClean reports whether cleaned would leave s as it is, without its costs, for what comes with nearly every answer:
// short words and dates in printable ASCII. It looks at runs of what the three patterns are made of, and takes no run
// that is long enough, or has digits or dashes enough, for one of them.
func isClean(s string) bool {
	length, digits, dashes := 0, 0, 0
	for i := range len(s) {
		b := s[i]
		if b < ' ' || b > '~' || b == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
		digit := '0' <= b && b <= '9'
		switch {
		case digit:
			digits++
		case b == '-':
			dashes++
		case b != ' ' && b != '.' && (b|0x20 < 'a' || b|0x20 > 'z'):
			length, digits, dashes = -1, 0, 0
		}
		length++
		if digits >= 12 || length >= 15 && digits >= 8 || length >= 36 && dashes >= 4 {
			return false
		}
	}
	return len(s) <= payout.MaxWords
}

// cleaned is cleanWords for any text.
func cleaned(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1 // an invisible character inside a number must not hide it
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = strings.Join(strings.Fields(s), " ")
	// What is masked or cut off may leave something beside it that looks like
	// the next one.
	for range maskingRounds {
		masked := shorten(mask(s))
		if masked == s {
			return s
		}
		s = masked
	}
	return "(unreadable)"
}

// maskingRounds bounds the work on words that were made to be hard to mask.
const maskingRounds = 8

// mask replaces everything that may be a card token, an IBAN or a card number.
func mask(s string) string {
	return digitRuns.ReplaceAllString(maskIBANs(uuids.ReplaceAllString(s, "(token)")), "(digits)")
}

// shorten cuts s to payout.MaxWords characters.
func shorten(s string) string {
	if runes := []rune(s); len(runes) > payout.MaxWords {
		return string(runes[:payout.MaxWords])
	}
	return s
}

// maskIBANs masks what has the shape of an IBAN and at least eight digits: the
// shape alone would also fit a run of plain words. Such a run may hold the start
// of a real one, so the search goes on inside it.
func maskIBANs(s string) string {
	var out strings.Builder
	for at := ibans.FindStringIndex(s); at != nil; at = ibans.FindStringIndex(s) {
		if digits(s[at[0]:at[1]]) < 8 {
			out.WriteString(s[:at[0]+1])
			s = s[at[0]+1:]
			continue
		}
		out.WriteString(s[:at[0]] + "(account)")
		s = s[at[1]:]
	}
	return out.String() + s
}

// digits counts the ASCII digits of s.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			n++
		}
	}
	return n
}

// hideToken masks a card token wherever a gateway repeats it.
func hideToken(s string, token payout.CardToken) string {
	if token.IsZero() {
		return s
	}
	return strings.ReplaceAll(s, token.Reveal(), token.String())
}
