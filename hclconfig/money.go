package hclconfig

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner/payout"
)

// The numbers of an expression are binary and have 512 bits, so that 1 - 0.99
// is a hair beside 0.01. A number counts as a decimal when it is nearer to it
// than 2^-256: such hairs pass, 100 / 3 does not.
const (
	exactBits      = 2048
	exactnessPower = -256
	maxAmountBits  = 200 // some 60 digits; larger ones are no amounts
)

// exactDecimal writes a number with the given fraction digits, if it is exact
// in them.
func exactDecimal(v *big.Float, digits int) (string, bool) {
	switch {
	case v.IsInf() || v.MantExp(nil) > maxAmountBits:
		return "", false
	case v.MantExp(nil) < exactnessPower:
		v = new(big.Float) // a hair beside zero
	}
	text := v.Text('f', digits)
	back, _, err := big.ParseFloat(text, 10, exactBits, big.ToNearestEven)
	if err != nil {
		return "", false
	}
	difference := new(big.Float).SetPrec(exactBits).Sub(back, v)
	limit := new(big.Float).SetMantExp(new(big.Float).SetInt64(1), exactnessPower)
	return text, difference.Abs(difference).Cmp(limit) < 0
}

// numberMoney is the amount of a computed number.
func numberMoney(v cty.Value, c payout.Currency) (payout.Money, error) {
	text, exact := exactDecimal(v.AsBigFloat(), c.Digits)
	if !exact {
		return payout.Money{}, &payout.AmountError{
			Text:   shortNumber(v),
			Reason: fmt.Sprintf("it does not end within the %d fraction digits of %s; use money_round(…, %d) where rounding is meant", c.Digits, c.Code, c.Digits),
		}
	}
	if text[0] == '-' && strings.Trim(text, "-0.") == "" {
		text = text[1:] // a hair below zero
	}
	return payout.ParseMoney(text, c)
}

// shortNumber is a number for a message.
func shortNumber(v cty.Value) string {
	if !smallNumber(v) {
		return "a number of too many digits"
	}
	return v.AsBigFloat().Text('g', 12)
}

// valueMoney is the amount of a string or a computed number.
func valueMoney(v cty.Value, c payout.Currency) (payout.Money, error) {
	switch {
	case v.IsNull() || !v.IsKnown():
		return payout.Money{}, &payout.AmountError{Text: "null", Reason: "it has no value"}
	case v.Type() == cty.Number:
		return numberMoney(v, c)
	case v.Type() == cty.String:
		return payout.ParseMoney(v.AsString(), c)
	}
	return payout.Money{}, &payout.AmountError{Text: v.Type().FriendlyName(), Reason: "an amount is a string or a number"}
}

var literalNumber = regexp.MustCompile(`^-?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?$`)

// literalDigits is the source text of an expression that is one number, so
// that 1200000.00 keeps its digits and 1e3 can be refused.
func (c *collector) literalDigits(expr hcl.Expression) (string, bool) {
	source, ok := c.sourceText(expr.Range())
	return source, ok && literalNumber.MatchString(source)
}

// sourceText is what stands in a range of a file.
func (c *collector) sourceText(at hcl.Range) (string, bool) {
	text := c.sources.texts[at.Filename]
	if at.Start.Byte >= at.End.Byte || at.End.Byte > len(text) {
		return "", false
	}
	return string(text[at.Start.Byte:at.End.Byte]), true
}

// groupedMoney reads a total that a person typed, "38 520 300.00": groups of
// three digits with a plain space between them.
func groupedMoney(text string, c payout.Currency) (payout.Money, error) {
	joined, ok := joinGroups(text, " ", ".")
	if !ok {
		return payout.Money{}, &payout.AmountError{Text: text, Reason: "groups are written with three digits and one space, such as 38 520 300.00"}
	}
	return payout.ParseMoney(joined, c)
}

// joinGroups takes the separators out of a whole number part, if they stand
// every three digits.
func joinGroups(text, separator, point string) (string, bool) {
	whole, fraction, dotted := strings.Cut(text, point)
	groups := strings.Split(whole, separator)
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) == 0 || len(g) > 3) {
			return text, false
		}
	}
	joined := strings.Join(groups, "")
	if dotted {
		joined += "." + fraction
	}
	return joined, true
}

// roundDigits are enough for every number that people mean.
const roundDigits = 40

// roundDecimal rounds half away from zero, as an accountant does. The number
// is first taken as the decimal that it was meant to be, so that 2.675 is not
// a hair below the half.
func roundDecimal(v *big.Float, digits int) (string, error) {
	if v.IsInf() || v.MantExp(nil) > maxAmountBits {
		return "", fmt.Errorf("the number is too large to be rounded")
	}
	if v.MantExp(nil) < -maxAmountBits {
		return "0", nil
	}
	d, _, err := apd.NewFromString(v.Text('f', roundDigits))
	if err != nil {
		return "", fmt.Errorf("read the number: %w", err)
	}
	context := apd.BaseContext.WithPrecision(4 * roundDigits)
	context.Rounding = apd.RoundHalfUp
	if _, err := context.Quantize(d, d, int32(-digits)); err != nil {
		return "", fmt.Errorf("round the number: %w", err)
	}
	return d.Text('f'), nil
}
