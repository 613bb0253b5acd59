package freedompay

import "strings"

// EqualDecimal reports whether a and b are the same decimal number, and whether both are decimals at all.
//
// The gateway writes one amount as 100.00, 1000 or 13441.5, so amounts compare as numbers, never as text and never as
// floats: "100", "100.0" and "100.00" are equal. A decimal is an optional "-", digits, and optionally a point with
// digits after it, ASCII only and of any length; "1E2", "+1", "", "1,00", ".5", "1." and " 1" are not valid.
// equal is false whenever valid is.
func EqualDecimal(a, b string) (equal, valid bool) {
	x, okX := parseDecimal(a)
	y, okY := parseDecimal(b)
	valid = okX && okY
	return valid && x == y, valid
}

// decimal is a decimal number in its one spelling: no leading zeros in whole, no trailing ones in fraction, no "-0".
// Two are the same number exactly if they are ==.
type decimal struct {
	negative        bool
	whole, fraction string // parts of the text that was parsed
}

// parseDecimal reads a decimal.
func parseDecimal(s string) (decimal, bool) {
	unsigned, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	if !isDigits(whole) || point && !isDigits(fraction) {
		return decimal{}, false
	}
	d := decimal{negative, strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")}
	if d.isZero() {
		d.negative = false
	}
	return d, true
}

// isZero reports whether d is 0.
func (d decimal) isZero() bool { return d.whole == "" && d.fraction == "" }

// isDigits reports whether s is one or more ASCII digits.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
