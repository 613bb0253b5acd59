package payout_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"payrun/planner/payout"
)

// vector is one frozen derivation. The file was computed by a program that
// shares no code with this one; an entry is never changed.
type vector struct {
	Name       string  `json:"name"`
	MerchantID int64   `json:"merchant_id"`
	Prefix     string  `json:"prefix"`
	Batch      string  `json:"batch"`
	Period     string  `json:"period"`
	Payout     string  `json:"payout"`
	Key        *string `json:"key"`
	Attempt    int     `json:"attempt"`
	OrderID    string  `json:"order_id"`
}

func TestOrderIDVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/order-ids.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 30 {
		t.Fatalf("%d vectors are left of 30", len(vectors))
	}
	for _, v := range vectors {
		// A literal, so that a decomposed text reaches DeriveOrderID as well.
		literal := payout.Address{Batch: v.Batch, Period: v.Period, Name: v.Payout}
		address := payout.NewAddress(v.Batch, v.Period, v.Payout)
		if v.Key != nil {
			literal.Key, literal.HasKey = *v.Key, true
			address = address.WithKey(*v.Key)
		}
		for _, a := range []payout.Address{address, literal} {
			in := payout.OrderIDInput{MerchantID: v.MerchantID, Prefix: v.Prefix, Address: a, Attempt: v.Attempt}
			if got := payout.DeriveOrderID(in); got != v.OrderID {
				t.Errorf("%s: DeriveOrderID(%+v) = %s, want %s", v.Name, in, got, v.OrderID)
			}
		}
	}
}

func TestOrderIDShape(t *testing.T) {
	shape := regexp.MustCompile(`^([a-z0-9]{1,12}-)?[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?-[a-z2-7]{20}$`)
	rapid.Check(t, func(t *rapid.T) {
		in := payout.OrderIDInput{
			MerchantID: rapid.Int64Min(1).Draw(t, "merchant"),
			Prefix:     rapid.StringMatching(`[a-z0-9]{0,12}`).Draw(t, "prefix"),
			Address:    addresses().Draw(t, "address"),
			Attempt:    rapid.IntRange(1, payout.MaxAttempts).Draw(t, "attempt"),
		}
		in.Address.Batch = rapid.String().Draw(t, "batch")
		id := payout.DeriveOrderID(in)
		if len(id) > payout.MaxOrderIDBytes || !shape.MatchString(id) {
			t.Fatalf("DeriveOrderID(%+v) = %q", in, id)
		}
		if again := payout.DeriveOrderID(in); again != id {
			t.Fatalf("DeriveOrderID(%+v) = %q, then %q", in, id, again)
		}
	})
}

// TestOrderIDDependsOnEveryInput changes one input at a time.
func TestOrderIDDependsOnEveryInput(t *testing.T) {
	base := payout.OrderIDInput{MerchantID: 9970, Prefix: "acme", Address: payout.NewAddress("b", "1", "p").WithKey("k"), Attempt: 1}
	changed := map[string]func(*payout.OrderIDInput){
		"nothing":  func(*payout.OrderIDInput) {},
		"merchant": func(in *payout.OrderIDInput) { in.MerchantID++ },
		"prefix":   func(in *payout.OrderIDInput) { in.Prefix = "acme2" },
		"batch":    func(in *payout.OrderIDInput) { in.Address.Batch = "B" },
		"period":   func(in *payout.OrderIDInput) { in.Address.Period = "2" },
		"name":     func(in *payout.OrderIDInput) { in.Address.Name = "P" },
		"key":      func(in *payout.OrderIDInput) { in.Address.Key = "K" },
		"no key":   func(in *payout.OrderIDInput) { in.Address = payout.NewAddress("b", "1", "p") },
		"attempt":  func(in *payout.OrderIDInput) { in.Attempt++ },
	}
	seen := make(map[string]string)
	for name, change := range changed {
		in := base
		change(&in)
		id := payout.DeriveOrderID(in)
		if other, ok := seen[id]; ok {
			t.Errorf("changing %s and changing %s give one order id %s", name, other, id)
		}
		seen[id] = name
	}
}

func TestExplicitOrderID(t *testing.T) {
	longest := strings.Repeat("x", payout.MaxDeclaredOrderBytes)
	for attempt, want := range map[int]string{1: longest, 2: longest + "-r2", 3: longest + "-r3", payout.MaxAttempts: longest + "-r4"} {
		got := payout.ExplicitOrderID(longest, attempt)
		if got != want || len(got) > payout.MaxOrderIDBytes {
			t.Errorf("ExplicitOrderID(%q, %d) = %q, want %q", longest, attempt, got, want)
		}
	}
}

func TestCheckDeclaredOrderID(t *testing.T) {
	for _, ok := range []string{"a", "0", "Salary-2026-11", "a-", "a--b", "a-r", "a-rx", "a-r2b", "r2", "ar2", "a-r2-b", strings.Repeat("x", payout.MaxDeclaredOrderBytes)} {
		if err := payout.CheckDeclaredOrderID(ok); err != nil {
			t.Errorf("CheckDeclaredOrderID(%q) = %v", ok, err)
		}
	}
	tests := []struct{ id, reason string }{
		{"", "1 to 46 characters"},
		{strings.Repeat("x", payout.MaxDeclaredOrderBytes+1), "1 to 46 characters"},
		{"-a", "does not begin with a dash"},
		{"-r2", "does not begin with a dash"},
		{"a b", "only the letters"},
		{"a_b", "only the letters"},
		{"a.b", "only the letters"},
		{"заказ", "only the letters"},
		{"a\n", "only the letters"},
		{"a\xff", "only the letters"},
		{"a-r2", "ends in -rN"},
		{"a-r10", "ends in -rN"},
		{"a-r0", "ends in -rN"},
		{"A-R2", "ends in -rN"},
		{"a-r1-r2", "ends in -rN"},
	}
	for _, tt := range tests {
		if err := payout.CheckDeclaredOrderID(tt.id); err == nil || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("CheckDeclaredOrderID(%q) = %v, want an error about %q", tt.id, err, tt.reason)
		}
	}
}

func ExampleDeriveOrderID() {
	address := payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001")
	for attempt := 1; attempt <= 2; attempt++ {
		fmt.Println(payout.DeriveOrderID(payout.OrderIDInput{
			MerchantID: 9970, Prefix: "acme", Address: address, Attempt: attempt,
		}))
	}
	// Output:
	// acme-salaries-r7txunfhntfty4o3sdcu
	// acme-salaries-lwb4uf47jtkvc3jcznbs
}
