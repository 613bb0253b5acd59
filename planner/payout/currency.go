package payout

import (
	"cmp"
	"slices"

	gomoney "github.com/Rhymond/go-money"
)

// Currency is an ISO 4217 currency: its three-letter code and the number of
// fraction digits of its minor unit. Currencies are comparable; the zero value
// is no currency.
type Currency struct {
	Code   string // "KZT"
	Digits int    // 2: one tenge is a hundred tiyn
}

// missingCurrencies are ISO 4217 codes that the table of go-money lacks.
var missingCurrencies = map[string]int{"UYI": 0, "UYW": 4, "VED": 2, "ZWG": 2}

// LookupCurrency finds a currency by its upper-case ISO 4217 code.
func LookupCurrency(code string) (Currency, bool) {
	if digits, ok := missingCurrencies[code]; ok {
		return Currency{Code: code, Digits: digits}, true
	}
	// GetCurrency ignores case; a payout file does not.
	found := gomoney.GetCurrency(code)
	if found == nil || found.Code != code {
		return Currency{}, false
	}
	return Currency{Code: found.Code, Digits: found.Fraction}, true
}

// MustCurrency is LookupCurrency for codes written in source code; it panics
// on an unknown one.
func MustCurrency(code string) Currency {
	c, ok := LookupCurrency(code)
	if !ok {
		panic("payout: unknown currency " + code)
	}
	return c
}

// sortedCurrencies returns the keys of m by code, so that output never depends
// on map order.
func sortedCurrencies(m map[Currency]int64) []Currency {
	out := make([]Currency, 0, len(m))
	for c := range m {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Currency) int { return cmp.Compare(a.Code, b.Code) })
	return out
}
