package payout_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/planner/payout"
)

var (
	kzt = payout.MustCurrency("KZT")
	kgs = payout.MustCurrency("KGS")
	jpy = payout.MustCurrency("JPY")
	kwd = payout.MustCurrency("KWD")
	uyw = payout.MustCurrency("UYW")
)

func TestParseMoneyAccepts(t *testing.T) {
	tests := []struct {
		text     string
		currency payout.Currency
		minor    int64
		decimal  string
	}{
		{"0", kzt, 0, "0.00"},
		{"0.01", kzt, 1, "0.01"},
		{"1", kzt, 100, "1.00"},
		{"1.5", kzt, 150, "1.50"},
		{"1200000.00", kzt, 120000000, "1200000.00"},
		{"007.10", kzt, 710, "7.10"},
		{"00", kzt, 0, "0.00"},
		{"92233720368547758.07", kzt, math.MaxInt64, "92233720368547758.07"},
		{"12", jpy, 12, "12"},
		{"0.001", kwd, 1, "0.001"},
		{"1.2345", uyw, 12345, "1.2345"},
	}
	for _, tt := range tests {
		got, err := payout.ParseMoney(tt.text, tt.currency)
		if err != nil {
			t.Errorf("ParseMoney(%q, %s): %v", tt.text, tt.currency.Code, err)
			continue
		}
		if want := (payout.Money{Minor: tt.minor, Currency: tt.currency}); got != want {
			t.Errorf("ParseMoney(%q, %s) = %+v, want %+v", tt.text, tt.currency.Code, got, want)
		}
		if got.Decimal() != tt.decimal {
			t.Errorf("ParseMoney(%q, %s).Decimal() = %q, want %q", tt.text, tt.currency.Code, got.Decimal(), tt.decimal)
		}
	}
}

// TestParseMoneyRefuses is row 54 of the fault matrix and more: what
// spreadsheets, exports and keyboards write in place of an amount.
func TestParseMoneyRefuses(t *testing.T) {
	tests := []struct {
		text   string
		reason string // a part of the reason
	}{
		{"", "empty"},
		{"1e3", "exponent"},
		{"7,61E+11", "exponent"},
		{"1,00", "comma"},
		{"1,200,000.00", "comma"},
		{"١٢", "only the digits 0-9"},
		{"１２", "only the digits 0-9"},
		{"1২", "only the digits 0-9"},
		{"²", "only the digits 0-9"},
		{"−1", "sign"},
		{"-1", "sign"},
		{"+1", "sign"},
		{"-0", "sign"},
		{"0.001", "KZT has 2 fraction digits, this has 3"},
		{"1.000", "KZT has 2 fraction digits, this has 3"},
		{"100000000000000000000", "too large"},
		{"92233720368547758.08", "too large"},
		{strings.Repeat("9", 400), "too large"},
		{"NaN", "only the digits 0-9"},
		{"Inf", "only the digits 0-9"},
		{" 1", "grouping"},
		{"1 ", "grouping"},
		{"1 200", "grouping"},
		{"1\u00a0200", "grouping"},
		{"1\u202f200", "grouping"},
		{"1'200", "grouping"},
		{"1_200", "grouping"},
		{".5", "before the point"},
		{"1.", "after the point"},
		{".", "before the point"},
		{"1.2.3", "only the digits 0-9"},
		{"1..2", "only the digits 0-9"},
		{"0x10", "only the digits 0-9"},
		{"1\x00", "only the digits 0-9"},
		{"1\n", "only the digits 0-9"},
		{"\ufeff1", "only the digits 0-9"},
		{"\xff", "only the digits 0-9"},
		{"100₸", "only the digits 0-9"},
	}
	for _, tt := range tests {
		got, err := payout.ParseMoney(tt.text, kzt)
		var amount *payout.AmountError
		if !errors.As(err, &amount) {
			t.Errorf("ParseMoney(%q) = %v, %v, want an *AmountError", tt.text, got, err)
			continue
		}
		if got != (payout.Money{}) || amount.Text != tt.text || !strings.Contains(amount.Reason, tt.reason) {
			t.Errorf("ParseMoney(%q) = %v, %+v, want the reason %q", tt.text, got, amount, tt.reason)
		}
		if !strings.HasSuffix(err.Error(), amount.Reason) {
			t.Errorf("ParseMoney(%q): the error %q does not end in its reason", tt.text, err)
		}
	}
	if _, err := payout.ParseMoney("1.0", jpy); err == nil || !strings.Contains(err.Error(), "JPY has 0 fraction digits") {
		t.Errorf("ParseMoney of a yen with a fraction: %v", err)
	}
}

func TestDecimalIsCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]payout.Currency{kzt, jpy, kwd, uyw}).Draw(t, "currency")
		m := payout.Money{Minor: rapid.Int64Min(0).Draw(t, "minor"), Currency: c}
		back, err := payout.ParseMoney(m.Decimal(), c)
		if err != nil || back != m {
			t.Fatalf("ParseMoney(%q) = %v, %v, want %v", m.Decimal(), back, err, m)
		}
		if back.Decimal() != m.Decimal() {
			t.Fatalf("%q became %q", m.Decimal(), back.Decimal())
		}
		if plain := strings.ReplaceAll(m.Grouped(), " ", ""); plain != m.Decimal() {
			t.Fatalf("Grouped %q without its spaces is not %q", m.Grouped(), m.Decimal())
		}
	})
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"1200000.00", "007.10", "1e3", "١٢", "−1", " 1", ".5", "1.", "92233720368547758.08"} {
		f.Add(s, 2)
	}
	f.Add("12", 0)
	f.Add("0.0001", 4)
	f.Fuzz(func(t *testing.T, text string, digits int) {
		c := payout.Currency{Code: "XXX", Digits: ((digits % 5) + 5) % 5}
		m, err := payout.ParseMoney(text, c)
		if err != nil {
			return
		}
		if m.Minor < 0 || strings.Trim(text, "0123456789.") != "" {
			t.Fatalf("ParseMoney(%q) = %d minor units", text, m.Minor)
		}
		back, err := payout.ParseMoney(m.Decimal(), c)
		if err != nil || back != m {
			t.Fatalf("%q gave %q, which gives %v, %v", text, m.Decimal(), back, err)
		}
		whole, _, _ := strings.Cut(text, ".")
		digitsOf, _, _ := strings.Cut(m.Decimal(), ".")
		if want := strings.TrimLeft(whole, "0"); strings.TrimLeft(digitsOf, "0") != want {
			t.Fatalf("%q gave %q", text, m.Decimal())
		}
	})
}

func TestMoneyPrints(t *testing.T) {
	tests := []struct {
		money            payout.Money
		decimal, grouped string
	}{
		{payout.Money{Minor: 0, Currency: kzt}, "0.00", "0.00"},
		{payout.Money{Minor: 5, Currency: kzt}, "0.05", "0.05"},
		{payout.Money{Minor: 99999, Currency: kzt}, "999.99", "999.99"},
		{payout.Money{Minor: 100000, Currency: kzt}, "1000.00", "1 000.00"},
		{payout.Money{Minor: 3852030000, Currency: kzt}, "38520300.00", "38 520 300.00"},
		{payout.Money{Minor: 1234567, Currency: jpy}, "1234567", "1 234 567"},
		{payout.Money{Minor: 1234567, Currency: uyw}, "123.4567", "123.4567"},
		{payout.Money{Minor: -5, Currency: kzt}, "-0.05", "-0.05"},
		{payout.Money{Minor: -123456789, Currency: kzt}, "-1234567.89", "-1 234 567.89"},
		{payout.Money{Minor: math.MinInt64, Currency: kzt}, "-92233720368547758.08", "-92 233 720 368 547 758.08"},
	}
	for _, tt := range tests {
		got := []string{tt.money.Decimal(), tt.money.Grouped(), tt.money.String()}
		want := []string{tt.decimal, tt.grouped, tt.grouped + " " + tt.money.Currency.Code}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d %s (-want +got):\n%s", tt.money.Minor, tt.money.Currency.Code, diff)
		}
	}
}
