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
	// ibans: two letters, two check digits, 11 to 30 letters or digits.
	ibans = regexp.MustCompile(`(?i)\b[a-z]{2}\d{2}(?:[ -]?[0-9a-z]){11,30}\b`)
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
	s = uuids.ReplaceAllString(s, "(token)")
	s = maskIBANs(s)
	s = digitRuns.ReplaceAllString(s, "(digits)")
	if runes := []rune(s); len(runes) > payout.MaxWords {
		s = string(runes[:payout.MaxWords])
	}
	return s
}

// maskIBANs masks what has the shape of an IBAN and at least eight digits: the
// shape alone would also fit a run of plain words.
func maskIBANs(s string) string {
	return ibans.ReplaceAllStringFunc(s, func(found string) string {
		digits := 0
		for _, r := range found {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits < 8 {
			return found
		}
		return "(account)"
	})
}

// hideToken masks a card token wherever a gateway repeats it.
func hideToken(s string, token payout.CardToken) string {
	if token.IsZero() {
		return s
	}
	return strings.ReplaceAll(s, token.Reveal(), token.String())
}
