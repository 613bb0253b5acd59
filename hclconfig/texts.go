package hclconfig

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of texts, in characters.
const (
	maxDescription = 255 // "pg_description", Token Payout page
	maxLabel       = 80
	maxReason      = 1000
)

var (
	gatewayUserID  = regexp.MustCompile(`^(0|[1-9][0-9]{0,18})$`)
	merchantUserID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)
)

// userIDProblem says what is wrong with a user id, or "". The two APIs of the
// gateway differ ("pg_user_id" on their Token Payout pages).
func userIDProblem(text, api string) string {
	switch {
	case text == "":
		return "it is empty"
	case api == "merchant":
		if !merchantUserID.MatchString(text) {
			return "the merchant API takes 1 to 50 letters A-Z a-z, digits, _ and -"
		}
	case !gatewayUserID.MatchString(text):
		return "the gateway API takes a whole number without leading zeros"
	default:
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return "the number is too large"
		}
	}
	return ""
}

// descriptionProblem says why the gateway would not take a description, or "".
func descriptionProblem(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "it is empty"
	case strings.Contains(text, ";"):
		return "a semicolon is not allowed, since the signature joins fields with it; write a dash in its place"
	}
	return textProblem(text, maxDescription)
}

// unusualDescription says whether a text holds anything but letters, digits,
// spaces and dashes (the vendor's note on anti-fraud rules).
func unusualDescription(text string) bool {
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != ' ' && r != '-' {
			return true
		}
	}
	return false
}

// textProblem says what is wrong with any text that people will read, or "".
func textProblem(text string, longest int) string {
	if n := utf8.RuneCountInString(text); n > longest {
		return fmt.Sprintf("it has %d characters, at most %d are allowed", n, longest)
	}
	for _, r := range text {
		if r == '\n' || r == '\r' {
			return "it has a line break (Alt+Enter in a spreadsheet); write it in one line"
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return fmt.Sprintf("it has the character %U, which is not seen in print; remove it", r)
		}
	}
	return ""
}

// fewestReason is from how many letters and digits on a text may be a reason.
const fewestReason = 5

// isReason says whether a text may be a reason: it is no placeholder, such as
// the one that messages show.
func isReason(text string) bool {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	word := strings.ToLower(strings.Trim(text, " .…\"'<>()"))
	return n >= fewestReason && word != "reason" && word != "причина"
}

// isIdentifier accepts what HCL takes as a label without quotes: letters of
// any script, digits, `_`, `-`, not starting with a digit or dash.
func isIdentifier(s string) bool {
	for i, r := range s {
		letter := unicode.IsLetter(r) || r == '_' || unicode.Is(unicode.Nl, r)
		inner := unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Pc, r) || r == '-'
		if !letter && (i == 0 || !inner) {
			return false
		}
	}
	return s != ""
}
