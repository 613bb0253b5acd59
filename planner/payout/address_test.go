package payout_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"payrun/planner/payout"
)

func TestAddressText(t *testing.T) {
	staff := payout.NewAddress("salaries", "2026-11", "staff")
	tests := []struct {
		address payout.Address
		text    string
	}{
		{payout.NewAddress("salaries", "2026-11", "director"), `salaries["2026-11"].director`},
		{staff.WithKey("1001"), `salaries["2026-11"].staff["1001"]`},
		{staff.WithKey(`O"Neil`), `salaries["2026-11"].staff["O\"Neil"]`},
		{staff.WithKey(`a\b\`), `salaries["2026-11"].staff["a\\b\\"]`},
		{staff.WithKey(`\"`), `salaries["2026-11"].staff["\\\""]`},
		{staff.WithKey(`${x}`), `salaries["2026-11"].staff["$${x}"]`},
		{staff.WithKey(`$${x}`), `salaries["2026-11"].staff["$$${x}"]`},
		{staff.WithKey(`%{x} 5% $5`), `salaries["2026-11"].staff["%%{x} 5% $5"]`},
		{staff.WithKey(`"].x["`), `salaries["2026-11"].staff["\"].x[\""]`},
		{staff.WithKey("Айдар Ким"), `salaries["2026-11"].staff["Айдар Ким"]`},
		{payout.NewAddress("зарплата", "2026.11_a-b", "_x-1"), `зарплата["2026.11_a-b"]._x-1`},
	}
	for _, tt := range tests {
		if got := tt.address.String(); got != tt.text {
			t.Errorf("String() = %s, want %s", got, tt.text)
		}
		got, err := payout.ParseAddress(tt.text)
		if err != nil || got != tt.address {
			t.Errorf("ParseAddress(%s) = %+v, %v, want %+v", tt.text, got, err, tt.address)
		}
	}
	if got, want := staff.WithKey("1001").Term(), `salaries["2026-11"].staff`; got != want {
		t.Errorf("Term() = %s, want %s", got, want)
	}
}

func TestAddressIsInNFC(t *testing.T) {
	composed := payout.NewAddress("Café", "1", "Й").WithKey("é")
	decomposed := payout.NewAddress("Cafe\u0301", "1", "И\u0306").WithKey("e\u0301")
	if composed != decomposed {
		t.Errorf("%q and %q differ", composed, decomposed)
	}
	parsed, err := payout.ParseAddress("Cafe\u0301[\"1\"].И\u0306[\"e\u0301\"]")
	if err != nil || parsed != composed {
		t.Errorf("the decomposed text was read as %q, %v", parsed, err)
	}
}

func TestParseAddressErrors(t *testing.T) {
	tests := []struct{ text, reason string }{
		{``, "the period is missing"},
		{`salaries`, "the period is missing"},
		{`salaries.staff`, "the period is missing"},
		{`salaries[2026-11].staff`, "the period is missing"},
		{`salaries["2026-11"`, "write BATCH"},
		{`salaries["2026-11`, "write BATCH"},
		{`salaries["2026-11\`, "write BATCH"},
		{`salaries["2026-11"]`, "write BATCH"},
		{`salaries["2026-11"]staff`, "write BATCH"},
		{`salaries["2026-11"].`, "identifiers"},
		{`["2026-11"].staff`, "identifiers"},
		{`1st["2026-11"].staff`, "identifiers"},
		{`a b["2026-11"].staff`, "identifiers"},
		{`salaries["2026-11"].-staff`, "identifiers"},
		{`salaries["2026-11"].st"aff`, "identifiers"},
		{"sal\xff[\"2026-11\"].staff", "identifiers"},
		{`salaries[""].staff`, "1 to 16 characters"},
		{`salaries["2026-11-and-more-x"].staff`, "1 to 16 characters"},
		{`salaries["ноябрь"].staff`, "only the letters A-Z"},
		{`salaries["2026/11"].staff`, "only the letters A-Z"},
		{`salaries["2026-11"].staff["1001"`, `a key is written ["KEY"]`},
		{`salaries["2026-11"].staff["1001"]x`, `a key is written ["KEY"]`},
		{`salaries["2026-11"].staff["a"b"]`, `a key is written ["KEY"]`},
		{`salaries["2026-11"].staff["a\n"]`, `a key is written ["KEY"]`},
		{`salaries["2026-11"].staff["a\"]`, `a key is written ["KEY"]`},
		{`salaries["2026-11"].staff[""]`, "blank"},
		{`salaries["2026-11"].staff[" "]`, "blank"},
	}
	for _, tt := range tests {
		_, err := payout.ParseAddress(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.reason) || !strings.HasPrefix(err.Error(), "read address ") {
			t.Errorf("ParseAddress(%s): %v, want an error about %q", tt.text, err, tt.reason)
		}
	}
}

func TestCheckPeriod(t *testing.T) {
	for _, ok := range []string{"2026-11", "1", "2026-11.W4_final", "AZaz09._-"} {
		if err := payout.CheckPeriod(ok); err != nil {
			t.Errorf("CheckPeriod(%q) = %v", ok, err)
		}
	}
	for _, bad := range []string{"", "2026 11", "12345678901234567", "２０２６", "2026-11\n", "a\x00", "\xff", `a"b`} {
		if payout.CheckPeriod(bad) == nil {
			t.Errorf("CheckPeriod(%q) = nil", bad)
		}
	}
}

func TestCheckKey(t *testing.T) {
	for _, ok := range []string{"1", "Айдар Ким", `a"b\c`, strings.Repeat("k", payout.MaxKeyBytes), "💸"} {
		if err := payout.CheckKey(ok); err != nil {
			t.Errorf("CheckKey(%q) = %v", ok, err)
		}
	}
	tests := []struct{ key, reason string }{
		{"", "blank"},
		{"\t\u00a0", "blank"},
		{strings.Repeat("k", payout.MaxKeyBytes+1), "257 bytes"},
		{" 1", "white space"},
		{"1\u00a0", "white space"},
		{"a\x00b", "invisible"},
		{"a\tb", "invisible"},
		{"a\nb", "invisible"},
		{"a\u200bb", "invisible"},
		{"a\u202eb", "invisible"},
		{"a\u2028b", "invisible"},
		{"a\u2029b", "invisible"},
		{"\ufeffa", "invisible"},
		{"a\xffb", "invisible"},
		{"a\ufffdb", "invisible"},
	}
	for _, tt := range tests {
		if err := payout.CheckKey(tt.key); err == nil || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("CheckKey(%q) = %v, want an error about %q", tt.key, err, tt.reason)
		}
	}
}

// addresses draws legal addresses with few parts, so that equal ones occur.
func addresses() *rapid.Generator[payout.Address] {
	return rapid.Custom(func(t *rapid.T) payout.Address {
		a := payout.NewAddress(
			rapid.SampledFrom([]string{"a", "b", "зарплата", "Cafe\u0301"}).Draw(t, "batch"),
			rapid.StringMatching(`[A-Za-z0-9._-]{1,2}`).Draw(t, "period"),
			rapid.SampledFrom([]string{"x", "y-1", "Ы"}).Draw(t, "name"))
		key := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`["\\$%{}\]\[.a]{1,6}`), rapid.String()).Draw(t, "key")
		if payout.CheckKey(payout.Address{}.WithKey(key).Key) != nil {
			return a
		}
		return a.WithKey(key)
	})
}

func TestAddressRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := addresses().Draw(t, "address")
		back, err := payout.ParseAddress(a.String())
		if err != nil || back != a {
			t.Fatalf("%s was read as %+v, %v", a, back, err)
		}
	})
}

func TestCompareIsATotalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := addresses().Draw(t, "a"), addresses().Draw(t, "b"), addresses().Draw(t, "c")
		if (a.Compare(b) == 0) != (a == b) || a.Compare(b) != -b.Compare(a) {
			t.Fatalf("Compare(%s, %s) = %d, the other way %d", a, b, a.Compare(b), b.Compare(a))
		}
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
			t.Fatalf("%s, %s, %s are not in order", a, b, c)
		}
	})
	bare := payout.NewAddress("a", "1", "x")
	if blank := bare.WithKey(""); bare.Compare(blank) >= 0 || blank.Compare(bare) <= 0 {
		t.Error("an address without a key does not come before one with a blank key")
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{`salaries["2026-11"].staff["1001"]`, `a["1"].b["\\\"$${%%{"]`, "Cafe\u0301[\"1\"].b", `a["1"].b["\x"]`, `a["`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := payout.ParseAddress(text)
		if err != nil {
			return
		}
		if !utf8.ValidString(a.String()) {
			t.Fatalf("%q was accepted", text)
		}
		back, err := payout.ParseAddress(a.String())
		if err != nil || back != a {
			t.Fatalf("%q gave %s, which gives %+v, %v", text, a, back, err)
		}
	})
}
