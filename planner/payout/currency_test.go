package payout_test

import (
	"strings"
	"testing"

	"payrun/planner/payout"
)

// TestCurrencyDigits pins ISO 4217 minor units: a library that changed one
// would change every amount by a factor of ten or more.
func TestCurrencyDigits(t *testing.T) {
	pins := map[string]int{
		"KZT": 2, "KGS": 2, "UZS": 2, "USD": 2, "EUR": 2, "RUB": 2,
		"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3,
		"UYI": 0, "UYW": 4, "VED": 2, "ZWG": 2,
	}
	for code, digits := range pins {
		got, ok := payout.LookupCurrency(code)
		if want := (payout.Currency{Code: code, Digits: digits}); !ok || got != want {
			t.Errorf("LookupCurrency(%q) = %+v, %v, want %+v", code, got, ok, want)
		}
		if payout.MustCurrency(code) != got {
			t.Errorf("MustCurrency(%q) differs from LookupCurrency", code)
		}
	}
}

func TestUnknownCurrencies(t *testing.T) {
	for _, code := range []string{"", "XQQ", "kzt", "Kzt", "uyw", " KZT", "KZT ", "KZT\x00", "ҚZT", "398"} {
		if got, ok := payout.LookupCurrency(code); ok || got != (payout.Currency{}) {
			t.Errorf("LookupCurrency(%q) = %+v, %v, want none", code, got, ok)
		}
	}
}

func TestMustCurrencyPanics(t *testing.T) {
	defer func() {
		if text, ok := recover().(string); !ok || !strings.Contains(text, "XQQ") {
			t.Errorf("MustCurrency panicked with %q", text)
		}
	}()
	t.Errorf("MustCurrency(XQQ) = %+v, want a panic", payout.MustCurrency("XQQ"))
}
