package payout_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"payrun/planner/payout"
)

// FuzzOrderID: whatever an address is, its order ids fit the gateway's field,
// are the same every time, and differ by attempt, merchant and period; a
// declared one that is taken does so, too.
func FuzzOrderID(f *testing.F) {
	f.Add(int64(9970), "acme", "salaries", "2026-11", "staff", "1001")
	f.Add(int64(1), "", "Зарплата", "1", "Cafe\u0301", "")
	f.Add(int64(-1), "", "--", "\x00", "a\"b", "\\")
	f.Fuzz(func(t *testing.T, merchant int64, prefix, batch, period, name, key string) {
		if len(prefix) > 12 || strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return // the loader takes no other
		}
		for _, text := range []string{batch, period, name, key} {
			if !utf8.ValidString(text) {
				return
			}
		}
		in := payout.OrderIDInput{MerchantID: merchant, Prefix: prefix, Address: payout.NewAddress(batch, period, name).WithKey(key), Attempt: 1}
		others := []payout.OrderIDInput{in, in, in, in}
		others[0].Attempt = 2
		others[1].MerchantID++
		others[2].Prefix += "a"
		others[3].Address = payout.NewAddress(batch, period+"x", name).WithKey(key)
		id := payout.DeriveOrderID(in)
		if id != payout.DeriveOrderID(in) || id == "" || len(id) > payout.MaxOrderIDBytes || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Fatalf("%+v gave %q", in, id)
		}
		for _, other := range others {
			if payout.DeriveOrderID(other) == id {
				t.Fatalf("%+v and %+v share %q", in, other, id)
			}
		}
		if payout.CheckDeclaredOrderID(batch) == nil {
			last := payout.ExplicitOrderID(batch, payout.MaxAttempts)
			if len(last) > payout.MaxOrderIDBytes || strings.ContainsAny(last, ";\r\n\x00 ") || payout.CheckDeclaredOrderID(last) == nil {
				t.Fatalf("%q gives %q", batch, last)
			}
		}
	})
}
