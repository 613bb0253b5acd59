package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// accepted is the documented success of a payout call.
var accepted = []string{
	"pg_payment_id", "77", "pg_merchant_id", "9970", "pg_status", "ok", "pg_order_id", "o1", "pg_balance", "500.00",
	"pg_card_token", testToken, "pg_payment_amount", "100.00", "pg_payment_date", "2026-11-22T12:00:00+05:00",
	"pg_error_code", "0", "pg_error_description", "No error",
}

var refused = []string{"pg_status", "error", "pg_error_code", "10005", "pg_error_description", "card data is wrong"}

func TestClassify(t *testing.T) {
	tests := map[string]struct {
		http   int
		signed string
		answer []string
		status payout.Status
		stop   bool
		alarm  bool
		words  string
	}{
		"ok":                         {200, rightly, accepted, payout.Accepted, false, false, ""},
		"ok without a code":          {200, rightly, with(accepted, "pg_error_code", "-"), payout.Accepted, false, false, ""},
		"ok, amount in other digits": {200, rightly, with(accepted, "pg_payment_amount", "100"), payout.Accepted, false, false, ""},
		"ok, merchant with zeros":    {200, rightly, with(accepted, "pg_merchant_id", "009970"), payout.Accepted, false, false, ""},
		"ok with http 500":           {500, rightly, accepted, payout.Accepted, false, false, ""},
		"ok to another card":         {200, rightly, with(accepted, "pg_card_token", "other-token-000000000000"), payout.Accepted, false, false, "another card token"},
		"ok, unreadable card":        {200, rightly, with(accepted, "pg_card_token", "a b"), payout.Accepted, false, false, "(unreadable)"},
		"ok, unsigned":               {200, not, accepted, payout.InDoubt, false, false, "signature is missing"},
		"ok, wrongly signed":         {200, wrongly, accepted, payout.InDoubt, false, false, "signature is wrong"},
		"ok with a code":             {200, rightly, with(accepted, "pg_error_code", "10005"), payout.InDoubt, false, false, "with an error code"},
		"ok without payment id":      {200, rightly, with(accepted, "pg_payment_id", "-"), payout.InDoubt, false, false, "without a payment id"},
		"ok with payment id 0":       {200, rightly, with(accepted, "pg_payment_id", "0"), payout.InDoubt, false, false, "without a payment id"},
		"ok with empty payment id":   {200, rightly, with(accepted, "pg_payment_id", ""), payout.InDoubt, false, false, "without a payment id"},
		"ok without order":           {200, rightly, with(accepted, "pg_order_id", "-"), payout.InDoubt, false, false, "without all of"},
		"ok without merchant":        {200, rightly, with(accepted, "pg_merchant_id", "-"), payout.InDoubt, false, false, "without all of"},
		"ok without amount":          {200, rightly, with(accepted, "pg_payment_amount", "-"), payout.InDoubt, false, false, "without all of"},
		"ok for another order":       {200, rightly, with(accepted, "pg_order_id", "O1"), payout.InDoubt, false, true, "another order"},
		"ok for an empty order":      {200, rightly, with(accepted, "pg_order_id", ""), payout.InDoubt, false, true, "another order"},
		"ok for another merchant":    {200, rightly, with(accepted, "pg_merchant_id", "9971"), payout.InDoubt, false, true, "another order"},
		"ok for another amount":      {200, rightly, with(accepted, "pg_payment_amount", "100.01"), payout.InDoubt, false, true, "another order"},
		"unknown word":               {200, rightly, with(accepted, "pg_status", "OK"), payout.InDoubt, false, false, `pg_status is "OK"`},
		"no word":                    {200, rightly, with(accepted, "pg_status", "-"), payout.InDoubt, false, false, `pg_status is ""`},

		"refused":                   {200, rightly, refused, payout.Rejected, false, false, "card data is wrong"},
		"refused with echoes":       {200, rightly, with(refused, "pg_order_id", "o1", "pg_merchant_id", "9970", "pg_payment_amount", "100"), payout.Rejected, false, false, "card data"},
		"refused, payment id 0":     {200, rightly, with(refused, "pg_payment_id", "0"), payout.Rejected, false, false, "card data"},
		"refused, names a payment":  {200, rightly, with(refused, "pg_payment_id", "77"), payout.InDoubt, false, false, "names a payment"},
		"refused for another order": {200, rightly, with(refused, "pg_order_id", "o2"), payout.InDoubt, false, true, "another order"},
		"refused for other amount":  {200, rightly, with(refused, "pg_payment_amount", "1"), payout.InDoubt, false, true, "another order"},
		"refused without a code":    {200, rightly, with(refused, "pg_error_code", "-"), payout.InDoubt, false, false, "no code"},
		"refused with code 0":       {200, rightly, with(refused, "pg_error_code", "0"), payout.InDoubt, false, false, "card data"},
		"refused, unsigned":         {200, not, refused, payout.InDoubt, false, false, "signature is missing"},
		"refused, wrongly signed":   {200, wrongly, refused, payout.InDoubt, false, false, "signature is wrong"},
		"unknown code":              {200, rightly, with(refused, "pg_error_code", "31337"), payout.InDoubt, false, false, "card data"},
		"not found":                 {200, rightly, with(refused, "pg_error_code", "11068"), payout.InDoubt, false, false, "card data"},
		"low balance":               {200, rightly, with(refused, "pg_error_code", "8888"), payout.Rejected, true, false, "card data"},
		"wrong key, signed":         {200, rightly, with(refused, "pg_error_code", "1100"), payout.Rejected, true, false, "card data"},
		"wrong key":                 {401, not, with(refused, "pg_error_code", "1100"), payout.Rejected, true, false, "card data"},
		"wrong key, http 200":       {200, not, with(refused, "pg_error_code", "1100"), payout.InDoubt, false, false, "missing"},
		"wrong key, wrongly signed": {401, wrongly, with(refused, "pg_error_code", "1100"), payout.InDoubt, false, false, "wrong"},
		"wrong key, says ok":        {401, not, with(refused, "pg_error_code", "1100", "pg_status", "ok"), payout.InDoubt, false, false, "missing"},
		"401 for another reason":    {401, not, with(refused, "pg_error_code", "9999"), payout.InDoubt, false, false, "missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := read(t, "reg2reg", tt.http, tt.signed, tt.answer...)
			r := classify(a, nil, sent{merchantID: 9970, orderID: "o1", amount: "100.00", token: token(t)})
			if r.status != tt.status || (r.stop != nil) != tt.stop || r.alarm != tt.alarm || !strings.Contains(r.words, tt.words) {
				t.Errorf("classified as %+v, want %s, stop %t, alarm %t, words with %q", r, tt.status, tt.stop, tt.alarm, tt.words)
			}
			if r.status == payout.Accepted && (r.paymentID != "77" || r.balance != "500.00" || r.source != payout.SourceAnswer || r.code != "") {
				t.Errorf("kept %+v", r)
			}
			if r.status == payout.Rejected && r.code == "" {
				t.Error("the code is lost")
			}
		})
	}
}

// TestClassifyEveryCode: a signed refusal is believed for the codes of the
// table that prove it, and for no other number.
func TestClassifyEveryCode(t *testing.T) {
	s := sent{merchantID: 9970, orderID: "o1", amount: "100.00", token: token(t)}
	var numbers []int
	for _, c := range freedompay.Codes() {
		numbers = append(numbers, c.Number-1, c.Number, c.Number+1)
	}
	for _, n := range numbers {
		a := &freedompay.Answer{Signed: true, SignatureState: freedompay.SignatureRight, Status: "error", HasErrorCode: true, ErrorCode: n}
		code, known := freedompay.LookupCode(n)
		want := payout.InDoubt
		if known && code.Class == freedompay.NotExecuted {
			want = payout.Rejected
		}
		if r := classify(a, nil, s); r.status != want || (r.stop != nil) != code.StopsRun {
			t.Errorf("code %d is %s (stop %v), want %s", n, r.status, r.stop, want)
		}
	}
}

// TestClassifyFailure: no byte offered is proof; anything else proves nothing.
func TestClassifyFailure(t *testing.T) {
	tests := map[string]struct {
		err  error
		want payout.Status
	}{
		"prepared":      {&freedompay.CallError{Stage: freedompay.StagePrepare, Err: errors.New("x")}, payout.NotSent},
		"dial":          {&freedompay.CallError{Stage: freedompay.StageConnect, Err: errors.New("x")}, payout.NotSent},
		"refused by us": {&freedompay.CallError{Stage: freedompay.StageRefused, Err: errNotNow}, payout.NotSent},
		"one byte":      {&freedompay.CallError{Stage: freedompay.StageWrite, Sent: 1, Err: errors.New("x")}, payout.InDoubt},
		"no answer":     {&freedompay.CallError{Stage: freedompay.StageRead, Sent: 1200, Err: context.DeadlineExceeded}, payout.InDoubt},
		"bad answer":    {&freedompay.CallError{Stage: freedompay.StageDecode, Sent: 1200, HTTPStatus: 502, Err: errors.New("x")}, payout.InDoubt},
		"wrapped":       {errors.Join(errors.New("y"), &freedompay.CallError{Err: errors.New("x")}), payout.NotSent},
		"another error": {errors.New("x"), payout.InDoubt},
		"a cut context": {context.Canceled, payout.InDoubt},
	}
	for name, tt := range tests {
		if r := classify(nil, tt.err, sent{}); r.status != tt.want || r.source != payout.SourceTransport || r.words == "" {
			t.Errorf("%s: %+v, want %s", name, r, tt.want)
		}
	}
}
