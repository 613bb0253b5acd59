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

func tenge(minor int64) payout.Money { return payout.Money{Minor: minor, Currency: kzt} }

func TestCheckPayable(t *testing.T) {
	tests := []struct {
		text     string
		currency payout.Currency
		reason   string // empty: payable
	}{
		{"0.01", kzt, ""},
		{"99999999", kzt, ""},
		{"99999999.00", kzt, ""},
		{"0", kzt, "smallest payout is 0.01"},
		{"99999999.01", kzt, "largest payout is 99999999"},
		{"100000000", kzt, "largest payout is 99999999"},
		{"1", jpy, ""},
		{"99999999", jpy, ""},
		{"0", jpy, "smallest"},
		{"100000000", jpy, "largest"},
		{"0.010", kwd, ""},
		{"0.009", kwd, "smallest"},
		{"0.0099", uyw, "smallest"},
		{"0.01", uyw, ""},
		{"99999999.0001", uyw, "largest"},
	}
	for _, tt := range tests {
		m, err := payout.ParseMoney(tt.text, tt.currency)
		if err != nil {
			t.Fatal(err)
		}
		err = m.CheckPayable()
		var amount *payout.AmountError
		switch {
		case tt.reason == "" && err != nil:
			t.Errorf("CheckPayable(%v) = %v, want nil", m, err)
		case tt.reason != "" && (!errors.As(err, &amount) || !strings.Contains(amount.Reason, tt.reason)):
			t.Errorf("CheckPayable(%v) = %v, want an *AmountError about %q", m, err, tt.reason)
		}
	}
	if err := tenge(-1).CheckPayable(); err == nil {
		t.Error("CheckPayable of a negative amount: nil")
	}
}

func TestAdd(t *testing.T) {
	sum, err := tenge(150).Add(tenge(-50))
	if err != nil || sum != tenge(100) {
		t.Errorf("1.50 + -0.50 = %v, %v", sum, err)
	}
	for _, pair := range [][2]int64{{math.MaxInt64, 1}, {1, math.MaxInt64}, {math.MinInt64, -1}, {-1, math.MinInt64}} {
		var amount *payout.AmountError
		sum, err := tenge(pair[0]).Add(tenge(pair[1]))
		if !errors.As(err, &amount) || sum != (payout.Money{}) {
			t.Errorf("%d + %d = %v, %v, want an *AmountError", pair[0], pair[1], sum, err)
		}
	}
	for _, pair := range [][2]int64{{math.MaxInt64, 0}, {math.MaxInt64 - 1, 1}, {math.MinInt64, math.MaxInt64}, {math.MinInt64 + 1, -1}} {
		if sum, err := tenge(pair[0]).Add(tenge(pair[1])); err != nil || sum.Minor != pair[0]+pair[1] {
			t.Errorf("%d + %d = %v, %v", pair[0], pair[1], sum, err)
		}
	}
}

func TestAddOfTwoCurrenciesPanics(t *testing.T) {
	defer func() {
		if text, ok := recover().(string); !ok || !strings.Contains(text, "adding KGS to KZT") {
			t.Errorf("adding KGS to KZT panicked with %q", text)
		}
	}()
	sum, err := tenge(1).Add(payout.Money{Minor: 1, Currency: kgs})
	t.Errorf("1 KZT + 1 KGS = %v, %v, want a panic", sum, err)
}

func TestSums(t *testing.T) {
	var s payout.Sums
	if got := s.All(); len(got) != 0 {
		t.Errorf("an empty sum holds %v", got)
	}
	for _, m := range []payout.Money{tenge(100), {Minor: 7, Currency: kgs}, tenge(23), {Minor: 1, Currency: jpy}} {
		if err := s.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	want := []payout.Money{{Minor: 1, Currency: jpy}, {Minor: 7, Currency: kgs}, tenge(123)}
	if diff := cmp.Diff(want, s.All()); diff != "" {
		t.Errorf("Sums (-want +got):\n%s", diff)
	}
	if err := s.Add(tenge(math.MaxInt64)); err == nil {
		t.Error("a sum past 64 bits is no error")
	}
	if diff := cmp.Diff(want, s.All()); diff != "" {
		t.Errorf("Sums after an overflow (-want +got):\n%s", diff)
	}
}

func TestSumsDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) payout.Money {
			return payout.Money{
				Minor:    rapid.Int64Range(0, 1<<50).Draw(t, "minor"),
				Currency: rapid.SampledFrom([]payout.Currency{kzt, kgs, jpy}).Draw(t, "currency"),
			}
		})).Draw(t, "amounts")
		total := func(list []payout.Money) []payout.Money {
			var s payout.Sums
			for _, m := range list {
				if err := s.Add(m); err != nil {
					t.Fatal(err)
				}
			}
			return s.All()
		}
		if diff := cmp.Diff(total(amounts), total(rapid.Permutation(amounts).Draw(t, "order"))); diff != "" {
			t.Fatal(diff)
		}
	})
}
