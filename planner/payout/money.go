package payout

import (
	"fmt"
	"math"
	"strings"
)

// Money is an exact amount: a whole number of minor units of one currency.
// Values are comparable. No conversion to or from floating point exists.
type Money struct {
	Minor    int64 // minor units: 120000000 is 1200000.00 KZT
	Currency Currency
}

// Bounds of one payout on the wire, in major units (Token Payout page for the
// lower, the Merchant API's page for the upper).
const (
	maxMajor = 99_999_999
	minText  = "0.01"
)

// AmountError says why a text is no amount of a currency.
type AmountError struct {
	Text   string
	Reason string
}

func (e *AmountError) Error() string {
	return fmt.Sprintf("%q is not an amount: %s", e.Text, e.Reason)
}

// ParseMoney reads `[0-9]+(\.[0-9]+)?` exactly. Grouping, signs, exponents and
// more fraction digits than the currency has are an *AmountError.
func ParseMoney(text string, c Currency) (Money, error) {
	if reason := amountShape(text, c); reason != "" {
		return Money{}, &AmountError{Text: text, Reason: reason}
	}
	whole, fraction, _ := strings.Cut(text, ".")
	minor := int64(0)
	for _, r := range whole + fraction + strings.Repeat("0", c.Digits-len(fraction)) {
		digit := int64(r - '0')
		if minor > (math.MaxInt64-digit)/10 {
			return Money{}, &AmountError{Text: text, Reason: "it is too large"}
		}
		minor = minor*10 + digit
	}
	return Money{Minor: minor, Currency: c}, nil
}

// amountShape returns what is wrong with the text, or "".
func amountShape(text string, c Currency) string {
	if text == "" {
		return "it is empty"
	}
	whole, fraction, dotted := strings.Cut(text, ".")
	switch {
	case !digitsOnly(whole) || dotted && !digitsOnly(fraction):
		return wrongCharacter(text)
	case whole == "":
		return "digits are missing before the point"
	case dotted && fraction == "":
		return "digits are missing after the point"
	case len(fraction) > c.Digits:
		return fmt.Sprintf("%s has %d fraction digits, this has %d", c.Code, c.Digits, len(fraction))
	}
	return ""
}

// wrongCharacter names the usual ways in which spreadsheets write numbers.
func wrongCharacter(text string) string {
	for _, r := range text {
		if !strings.ContainsRune("0123456789eE+-−., \u00a0\u202f'_", r) {
			// By its number too: letters of other scripts look like digits.
			return fmt.Sprintf("only the digits 0-9 and one point are allowed, and this has %q (%U)", r, r)
		}
	}
	switch {
	case strings.ContainsAny(text, "eE"):
		return "an exponent is not allowed; write all digits"
	case strings.ContainsAny(text, "+-−"):
		return "a sign is not allowed"
	case strings.ContainsAny(text, " \u00a0\u202f'_"):
		return "grouping is not allowed; write the digits together, such as 1200000.00"
	case strings.Contains(text, ","):
		return "a comma is not allowed; the fraction is written after a point, such as 1200000.00"
	}
	return "only the digits 0-9 and one point are allowed"
}

func digitsOnly(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// CheckPayable refuses amounts that the gateway does not take: below 0.01 or
// above 99 999 999 major units.
func (m Money) CheckPayable() error {
	// A currency with three digits or more has amounts below 0.01.
	if m.Minor <= 0 || m.Minor < pow10(m.Currency.Digits-2) {
		return &AmountError{Text: m.Decimal(), Reason: "the smallest payout is " + minText}
	}
	if m.Minor > maxMajor*pow10(m.Currency.Digits) {
		return &AmountError{Text: m.Decimal(), Reason: fmt.Sprintf("the largest payout is %d", maxMajor)}
	}
	return nil
}

// pow10 is 10 to the power n, and 1 for a negative n.
func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// Decimal writes the amount with all minor digits, as on the wire and in
// files: "1200000.00".
func (m Money) Decimal() string {
	// Unsigned, for the least int64 has no positive twin.
	minor := uint64(m.Minor)
	sign := ""
	if m.Minor < 0 {
		sign, minor = "-", -minor
	}
	digits := fmt.Sprintf("%0*d", m.Currency.Digits+1, minor)
	point := len(digits) - m.Currency.Digits
	if m.Currency.Digits == 0 {
		return sign + digits
	}
	return sign + digits[:point] + "." + digits[point:]
}

// Grouped writes the amount for people: "1 200 000.00".
func (m Money) Grouped() string {
	whole, fraction, dotted := strings.Cut(m.Decimal(), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	if dotted {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// String is the grouped amount and its currency: "1 200 000.00 KZT".
func (m Money) String() string {
	return m.Grouped() + " " + m.Currency.Code
}

// Add returns m + o. A sum past 64 bits is an error. Adding amounts of two
// currencies is a mistake of the caller and panics.
func (m Money) Add(o Money) (Money, error) {
	if m.Currency != o.Currency {
		panic("payout: adding " + o.Currency.Code + " to " + m.Currency.Code)
	}
	if o.Minor > 0 && m.Minor > math.MaxInt64-o.Minor || o.Minor < 0 && m.Minor < math.MinInt64-o.Minor {
		return Money{}, &AmountError{Text: m.Decimal() + " + " + o.Decimal(), Reason: "the sum is too large"}
	}
	return Money{Minor: m.Minor + o.Minor, Currency: m.Currency}, nil
}

// Sums adds amounts per currency. The zero value is an empty sum.
type Sums struct {
	minor map[Currency]int64
}

// Add counts one amount in. A sum past 64 bits is an error.
func (s *Sums) Add(m Money) error {
	if s.minor == nil {
		s.minor = make(map[Currency]int64)
	}
	sum, err := Money{Minor: s.minor[m.Currency], Currency: m.Currency}.Add(m)
	if err != nil {
		return err
	}
	s.minor[m.Currency] = sum.Minor
	return nil
}

// All returns one amount a currency, by currency code.
func (s *Sums) All() []Money {
	out := make([]Money, 0, len(s.minor))
	for _, c := range sortedCurrencies(s.minor) {
		out = append(out, Money{Minor: s.minor[c], Currency: c})
	}
	return out
}
