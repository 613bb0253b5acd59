package view

import (
	"bytes"
	"strings"
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
)

// threeMerchants are one with enough, one with too little, and one that is
// silent.
func threeMerchants() []MerchantBalance {
	return []MerchantBalance{
		{Merchant: "main", ID: 9970, Environment: "sandbox", Balance: tenge(1000000), ToPay: planner.Tally{Count: 3, Sum: tenge(176250)}},
		{Merchant: "poor", ID: 7, Environment: "production", Balance: tenge(100), ToPay: planner.Tally{Count: 1, Sum: tenge(250)},
			Open: 2, OpenSums: []payout.Money{tenge(40)}},
		{Merchant: "silent\x1b", ID: 8, Environment: "test", Why: "no answer within 30 s", ToPay: planner.Tally{Sum: tenge(0)}},
	}
}

func TestBalances(t *testing.T) {
	var b bytes.Buffer
	Balances(&b, threeMerchants())
	golden(t, "balances.txt", b.Bytes())
	if strings.Contains(b.String(), "\x1b") {
		t.Error("a control character reached the screen")
	}
}

func TestBalancesJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, BalancesJSON(threeMerchants())); err != nil {
		t.Fatal(err)
	}
	golden(t, "balances.json", b.Bytes())
}
