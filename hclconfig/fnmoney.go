package hclconfig

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/gocty"

	"payrun/planner/payout"
)

const (
	maxParts    = 100_000 // of split_evenly
	maxDigits   = 20      // of money_round
	maxExponent = 1_000   // of pow
)

// moneyFunction prints a number with all digits of a currency.
var moneyFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "amount", Type: cty.Number}, {Name: "currency", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		c, ok := payout.LookupCurrency(args[1].AsString())
		if !ok {
			return cty.NilVal, function.NewArgErrorf(1, "%q is not a currency code of ISO 4217, such as KZT", args[1].AsString())
		}
		text, exact := exactDecimal(args[0].AsBigFloat(), c.Digits)
		if !exact {
			return cty.NilVal, function.NewArgErrorf(0, "the number does not end within the %d fraction digits of %s; use money_round where rounding is meant", c.Digits, c.Code)
		}
		return cty.StringVal(text), nil
	},
})

// moneyRoundFunction rounds half away from zero.
var moneyRoundFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "amount", Type: cty.Number}, {Name: "digits", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		digits, err := smallInteger(args[1], 0, maxDigits)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		text, err := roundDecimal(args[0].AsBigFloat(), digits)
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return cty.ParseNumberVal(text)
	},
})

func smallInteger(v cty.Value, low, high int) (int, error) {
	var n int
	if err := gocty.FromCtyValue(v, &n); err != nil || n < low || n > high {
		return 0, fmt.Errorf("a whole number from %d to %d is needed", low, high)
	}
	return n, nil
}

// splitEvenlyFunction splits a total into n amounts that differ by one minor
// unit at most and add up to it. A text keeps its fraction digits; a number
// has two.
var splitEvenlyFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "total", Type: cty.DynamicPseudoType}, {Name: "parts", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := smallInteger(args[1], 1, maxParts)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		total, err := splitTotal(args[0])
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return splitEvenly(total, int64(n)), nil
	},
})

// splitTotal reads the total with the fraction digits that it is written with.
func splitTotal(v cty.Value) (payout.Money, error) {
	unit := payout.Currency{Digits: 2}
	if v.Type() == cty.String {
		_, fraction, _ := strings.Cut(v.AsString(), ".")
		unit.Digits = min(len(fraction), maxDigits)
		return payout.ParseMoney(v.AsString(), unit)
	}
	number, err := convert.Convert(v, cty.Number)
	if err != nil {
		return payout.Money{}, fmt.Errorf("a text or a number is needed")
	}
	return numberMoney(number, unit)
}

func splitEvenly(total payout.Money, n int64) cty.Value {
	share, rest := total.Minor/n, total.Minor%n
	parts := make([]cty.Value, n)
	for i := range parts {
		part := payout.Money{Minor: share, Currency: total.Currency}
		if int64(i) < rest {
			part.Minor++
		}
		parts[i] = cty.StringVal(part.Decimal())
	}
	return cty.ListVal(parts)
}

// sumFunction adds numbers; texts that are numbers count as well.
var sumFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "numbers", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() || args[0].Type().IsMapType() || args[0].Type().IsObjectType() {
			return cty.NilVal, function.NewArgErrorf(0, "a list or set of numbers is needed")
		}
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, e := it.Element()
			number, err := convert.Convert(e, cty.Number)
			if err != nil || number.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "every element must be a number")
			}
			if !number.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			total = total.Add(number)
		}
		return total, nil
	},
})

// powFunction raises to a whole power, without floating point.
var powFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "base", Type: cty.Number}, {Name: "power", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := smallInteger(args[1], 0, maxExponent)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		if !smallNumber(args[0]) {
			return cty.NilVal, function.NewArgErrorf(0, "the number has too many digits")
		}
		base, result := args[0].AsBigFloat(), new(big.Float).SetPrec(512).SetInt64(1)
		for range n {
			result.Mul(result, base)
		}
		return cty.NumberVal(result), nil
	},
})
