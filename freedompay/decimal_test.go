package freedompay

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestEqualDecimal(t *testing.T) {
	tests := []struct {
		a, b         string
		equal, valid bool
	}{
		{"100", "100.00", true, true},
		{"100.0", "100.00", true, true},
		{"0100", "100", true, true},
		{"0", "0.00", true, true},
		{"-0", "0", true, true},
		{"-1.50", "-1.5", true, true},
		{"-1", "1", false, true},
		{"100", "1000", false, true},
		{"100.01", "100.1", false, true},
		{"9007199254740993", "9007199254740992", false, true}, // equal as float64
		{"0.1", "0.10000000000000000001", false, true},
		{"1E2", "100", false, false},
		{"100", "1E2", false, false},
		{"+1", "1", false, false},
		{"", "", false, false},
		{"1,00", "1.00", false, false},
		{".5", "0.5", false, false},
		{"1.", "1", false, false},
		{" 1", "1", false, false},
		{"1 ", "1", false, false},
		{"-", "-", false, false},
		{"--1", "1", false, false},
		{"1.2.3", "1.2.3", false, false},
		{"١", "1", false, false},
		{"NaN", "NaN", false, false},
		{"0x10", "16", false, false},
		{"1_000", "1000", false, false},
		{"1/2", "1/2", false, false},
	}
	for _, tt := range tests {
		if equal, valid := EqualDecimal(tt.a, tt.b); equal != tt.equal || valid != tt.valid {
			t.Errorf("EqualDecimal(%q, %q) = %t, %t, want %t, %t", tt.a, tt.b, equal, valid, tt.equal, tt.valid)
		}
	}
}

// TestEqualDecimalAgainstRationals compares with exact arithmetic.
func TestEqualDecimalAgainstRationals(t *testing.T) {
	decimal := rapid.StringMatching(`-?[0-2]{1,3}(\.[0-2]{1,3})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimal.Draw(t, "a"), decimal.Draw(t, "b")
		x, okX := new(big.Rat).SetString(a)
		y, okY := new(big.Rat).SetString(b)
		equal, valid := EqualDecimal(a, b)
		if !okX || !okY || !valid || equal != (x.Cmp(y) == 0) {
			t.Fatalf("EqualDecimal(%q, %q) = %t, %t", a, b, equal, valid)
		}
	})
}
