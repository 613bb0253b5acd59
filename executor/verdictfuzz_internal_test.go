package executor

import (
	"bytes"
	"encoding/xml"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// drawn is an answer that a fuzzer made up.
type drawn struct {
	http                                                 int
	signed                                               string
	status, word, payment, merchant, order, amount, code string
	words                                                string
}

// document writes d for a script, signed as d says; an empty value is a field
// that is not there.
func (d *drawn) document(script string) string {
	fields := []freedompay.Field{
		{Name: "pg_status", Value: d.status}, {Name: "pg_payment_status", Value: d.word}, {Name: "pg_payment_id", Value: d.payment},
		{Name: "pg_merchant_id", Value: d.merchant}, {Name: "pg_order_id", Value: d.order}, {Name: "pg_amount", Value: d.amount},
		{Name: "pg_error_code", Value: d.code}, {Name: "pg_error_description", Value: d.words},
	}
	var there []freedompay.Field
	for _, f := range fields {
		if f.Value != "" {
			there = append(there, f)
		}
	}
	if sig := freedompay.Sign(script, there, testKey); d.signed == rightly {
		there = append(there, freedompay.Field{Name: "pg_sig", Value: sig})
	} else if d.signed == wrongly {
		there = append(there, freedompay.Field{Name: "pg_sig", Value: strings.Repeat("0", len(sig))})
	}
	for i := range there {
		var b bytes.Buffer
		if xml.EscapeText(&b, []byte(there[i].Value)) == nil {
			there[i].Value = b.String()
		}
	}
	return framed(d.http, "", xmlOf(there))
}

// echoes says whether d names what was asked for: by other means than the code
// under test.
func (d *drawn) echoes() bool {
	merchant, _ := new(big.Int).SetString(d.merchant, 10)
	return d.order == "o1" && merchant != nil && merchant.Cmp(big.NewInt(9970)) == 0 && strings.Trim(d.payment, "0123456789") == "" && strings.Trim(d.payment, "0") != ""
}

// paysAll says whether the amount is the one sent.
func (d *drawn) paysAll() bool {
	amount, ok := new(big.Rat).SetString(d.amount)
	return ok && amount.Cmp(big.NewRat(100, 1)) == 0 && strings.Trim(d.amount, "0123456789.") == ""
}

// checkPayout says what a verdict on a payout call needs.
func (d *drawn) checkPayout(t *testing.T, r result) {
	code, _ := strconv.Atoi(d.code)
	known, listed := freedompay.LookupCode(code)
	switch r.status {
	case payout.InDoubt:
	case payout.Accepted:
		if d.signed != rightly || d.status != "ok" || code != 0 || !d.echoes() || !d.paysAll() {
			t.Fatalf("accepted: %+v", d)
		}
	case payout.Rejected:
		unasked := d.signed == not && d.http == 401 && code == 1100
		if d.status != "error" || !listed || known.Class != freedompay.NotExecuted || d.signed != rightly && !unasked {
			t.Fatalf("rejected: %+v", d)
		}
	default:
		t.Fatalf("%s: %+v", r.status, d)
	}
	if strings.Contains(r.words, testToken) {
		t.Fatalf("the words tell the token: %q", r.words)
	}
}

// checkLookup says what a verdict on a status call needs.
func (d *drawn) checkLookup(t *testing.T, r reading) {
	switch r.verdict {
	case "":
	case payout.SaysNotFound:
		bare := d.signed == not && d.status == "error" && d.code == "11068"
		if d.signed != rightly && !bare || d.order != "" && d.order != "o1" {
			t.Fatalf("not found: %+v", d)
		}
	default:
		if d.signed != rightly || d.status != "ok" || d.word != string(r.verdict) || !d.echoes() || d.amount == "" || d.paysAll() == r.amountOff {
			t.Fatalf("%s, amount off %t: %+v", r.verdict, r.amountOff, d)
		}
	}
}

// FuzzVerdict: whatever an answer holds, it comes to no more than it proves.
func FuzzVerdict(f *testing.F) {
	f.Add(uint8(0), uint8(0), "ok", "success", "77", "9970", "o1", "100.00", "0", "No error")
	f.Add(uint8(0), uint8(0), "error", "", "", "", "", "", "10005", "card "+testToken+" is closed")
	f.Add(uint8(1), uint8(1), "error", "", "", "", "", "", "1100", "wrong signature")
	f.Add(uint8(0), uint8(1), "error", "", "", "", "", "", "11068", "Payment not found.")
	f.Add(uint8(2), uint8(2), "ok", "process", "0", "009970", "O1", "1E2", "340", "<&>")
	f.Fuzz(func(t *testing.T, http, signed uint8, status, word, payment, merchant, order, amount, code, words string) {
		d := &drawn{
			http: []int{200, 401, 404, 500}[http%4], signed: []string{rightly, not, wrongly}[signed%3],
			status: status, word: word, payment: payment, merchant: merchant, order: order, amount: amount, code: code, words: words,
		}
		client, _ := wireClient(saying(d.document("reg2reg")))
		a, err := client.Payout(t.Context(), &freedompay.PayoutRequest{OrderID: "o1", Amount: "100.00", CardToken: testToken})
		client.Close()
		d.checkPayout(t, classify(a, err, sent{merchantID: 9970, orderID: "o1", amount: "100.00", token: token(t)}))
		client, _ = wireClient(saying(d.document("payout_status2")))
		a, err = client.Status(t.Context(), &freedompay.StatusRequest{OrderID: "o1"})
		client.Close()
		if err == nil {
			d.checkLookup(t, readStatus(a, question{merchantID: 9970, orderID: "o1", amount: "100.00", api: freedompay.GatewayAPI}))
		}
	})
}
