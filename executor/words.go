package executor

import (
	"regexp"
	"strings"
	"unicode"

	"payrun/planner/payout"
)

// digitRuns are digits as long as card numbers and IBANs are, grouped or not.
var digitRuns = regexp.MustCompile(`\d(?:[ -]?\d){11,}`)

// uuids are what card tokens look like.
var uuids = regexp.MustCompile(`[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`)

// cleanWords makes a gateway's words fit to keep and to show: one line of at
// most payout.MaxWords characters, with everything masked that may be a card
// number or a card token.
func cleanWords(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = uuids.ReplaceAllString(s, "(token)")
	s = digitRuns.ReplaceAllString(s, "(digits)")
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > payout.MaxWords {
		s = string(runes[:payout.MaxWords])
	}
	return s
}

// hideToken masks a card token wherever a gateway repeats it.
func hideToken(s string, token payout.CardToken) string {
	if token.IsZero() {
		return s
	}
	return strings.ReplaceAll(s, token.Reveal(), token.String())
}
