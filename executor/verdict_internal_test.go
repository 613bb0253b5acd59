package executor

import (
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// told is the documented answer of the gateway flavour's status call.
var told = []string{
	"pg_merchant_id", "9970", "pg_payment_id", "77", "pg_status", "ok", "pg_payment_status", "success",
	"pg_order_id", "o1", "pg_amount", "100.00", "pg_net_amount", "99.00", "pg_datetime", "2026-11-22T12:00:00+05:00",
}

var unknown = []string{"pg_status", "error", "pg_error_code", "11068", "pg_error_description", "Payment not found."}

// zero is how the merchant flavour says that it knows no such payment.
var zero = []string{"pg_payment_id", "0", "pg_merchant_id", "9970", "pg_status", "error", "pg_order_id", "o1"}

func TestReadStatus(t *testing.T) {
	const nothing = payout.Verdict("")
	tests := map[string]struct {
		http    int
		signed  string
		answer  []string
		verdict payout.Verdict
		why     string
	}{
		"success":            {200, rightly, told, payout.SaysSuccess, ""},
		"error":              {200, rightly, with(told, "pg_payment_status", "error"), payout.SaysError, ""},
		"process":            {200, rightly, with(told, "pg_payment_status", "process"), payout.SaysProcess, ""},
		"amount, fewer 0":    {200, rightly, with(told, "pg_amount", "100.0"), payout.SaysSuccess, ""},
		"another word":       {200, rightly, with(told, "pg_payment_status", "Success"), nothing, `"Success"`},
		"not found as word":  {200, rightly, with(told, "pg_payment_status", "not found"), nothing, `"not found"`},
		"no word":            {200, rightly, with(told, "pg_payment_status", "-"), nothing, `""`},
		"another question":   {200, rightly, with(told, "pg_status", "done"), nothing, `"done"`},
		"no status":          {200, rightly, with(told, "pg_status", "-"), nothing, `""`},
		"unsigned":           {200, not, told, nothing, "missing"},
		"wrongly signed":     {200, wrongly, told, nothing, "wrong"},
		"other merchant":     {200, rightly, with(told, "pg_merchant_id", "9971"), nothing, "another merchant"},
		"no merchant":        {200, rightly, with(told, "pg_merchant_id", "-"), nothing, "not name the merchant"},
		"other order":        {200, rightly, with(told, "pg_order_id", "O1"), nothing, "another merchant or order"},
		"no order":           {200, rightly, with(told, "pg_order_id", "-"), nothing, "not name the order"},
		"no payment":         {200, rightly, with(told, "pg_payment_id", "-"), nothing, "names no payment"},
		"no amount":          {200, rightly, with(told, "pg_amount", "-"), nothing, "not name the amount"},
		"ok, payment 0":      {200, rightly, with(told, "pg_payment_id", "0"), payout.SaysNotFound, ""},
		"ok, 0, other order": {200, rightly, with(told, "pg_payment_id", "0", "pg_order_id", "o2"), nothing, "another"},

		"not found":                 {200, rightly, unknown, payout.SaysNotFound, ""},
		"not found, unsigned":       {200, not, unknown, payout.SaysNotFound, ""},
		"not found, unsigned, 404":  {404, not, unknown, payout.SaysNotFound, ""},
		"not found, wrongly signed": {200, wrongly, unknown, nothing, "wrong"},
		"not found, says ok":        {200, not, with(unknown, "pg_status", "ok"), nothing, "missing"},
		"not found, other order":    {200, not, with(unknown, "pg_order_id", "o2"), nothing, "another"},
		"340":                       {200, rightly, with(unknown, "pg_error_code", "340"), payout.SaysNotFound, ""},
		"340, unsigned":             {200, not, with(unknown, "pg_error_code", "340"), nothing, "missing"},
		"other code":                {200, rightly, with(unknown, "pg_error_code", "9999"), nothing, "9999"},
		"no code":                   {200, rightly, with(unknown, "pg_error_code", "-"), nothing, "did not answer"},
		"payment 0":                 {200, rightly, zero, payout.SaysNotFound, ""},
		"payment 0, unsigned":       {200, not, zero, nothing, "missing"},
		"payment 0, other order":    {200, rightly, with(zero, "pg_order_id", "o2"), nothing, "another"},
		"payment 0, other merchant": {200, rightly, with(zero, "pg_merchant_id", "1"), nothing, "another"},
		"payment 0, empty order":    {200, rightly, with(zero, "pg_order_id", ""), payout.SaysNotFound, ""},
		"wrong key":                 {401, not, with(unknown, "pg_error_code", "1100"), nothing, "check the merchant's id and secret key"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := read(t, "payout_status2", tt.http, tt.signed, tt.answer...)
			r := readStatus(a, question{merchantID: 9970, orderID: "o1", amount: "100.00", api: freedompay.GatewayAPI})
			if r.verdict != tt.verdict || !strings.Contains(r.why, tt.why) || (r.why == "") != (tt.why == "") {
				t.Errorf("read as %+v, want %q because %q", r, tt.verdict, tt.why)
			}
			found := tt.verdict == payout.SaysSuccess || tt.verdict == payout.SaysError || tt.verdict == payout.SaysProcess
			if (asked{reading: r}).found() != found || found && r.paymentID != "77" {
				t.Errorf("read as %+v, want found %t", r, found)
			}
		})
	}
}

// TestReadAmounts: an amount that differs, or is missing where the flavour has
// none, is no plain answer.
func TestReadAmounts(t *testing.T) {
	bare := with(told, "pg_amount", "-")
	tests := map[string]struct {
		answer    []string
		q         question
		amountOff bool
		noAmount  bool
	}{
		"equal":                     {told, question{}, false, false},
		"other":                     {with(told, "pg_amount", "100.01"), question{}, true, false},
		"none, our own payment":     {bare, question{ours: true, paymentID: "77"}, false, false},
		"none, our own, other one":  {bare, question{ours: true, paymentID: "78"}, false, true},
		"none, our own, not known":  {bare, question{ours: true}, false, true},
		"none, not ours":            {bare, question{paymentID: "77"}, false, true},
		"none, our own, asked bare": {bare, question{ours: true, paymentID: "77", alone: true}, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := tt.q
			q.merchantID, q.orderID, q.amount, q.api = 9970, "o1", "100.00", freedompay.MerchantAPI
			r := readStatus(read(t, "payout_status2", 200, rightly, tt.answer...), q)
			if r.verdict != payout.SaysSuccess || r.amountOff != tt.amountOff || r.noAmount != tt.noAmount {
				t.Errorf("read as %+v", r)
			}
		})
	}
}
