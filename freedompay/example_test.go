package freedompay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"payrun/freedompay"
)

// A payout call: an answer is only trusted when it is signed, and an error says whether anything left the machine.
func ExampleClient() {
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fields := []freedompay.Field{
			{Name: "pg_status", Value: "ok"}, {Name: "pg_payment_id", Value: "1234567890"}, {Name: "pg_salt", Value: freedompay.NewSalt()},
		}
		_, _ = io.WriteString(w, "<response>")
		for _, f := range append(fields, freedompay.Field{Name: "pg_sig", Value: freedompay.Sign("reg2reg", fields, "key")}) {
			_, _ = fmt.Fprintf(w, "<%s>%s</%[1]s>", f.Name, f.Value)
		}
		_, _ = io.WriteString(w, "</response>")
	}))
	client := &freedompay.Client{
		BaseURL:    gateway.URL,
		MerchantID: 9970,
		Secret:     func() (freedompay.Secret, error) { return freedompay.NewSecret("key"), nil },
	}
	defer client.Close()

	payout := &freedompay.PayoutRequest{OrderID: "salary-1", Amount: "100.00", CardToken: "ef741cfc-f85e-41a0-84e6-2ba964912182"}
	answer, err := client.Payout(context.Background(), payout)
	fmt.Println(err, answer.Signed, answer.Status, answer.PaymentID)

	gateway.Close()
	_, err = client.Payout(context.Background(), payout)
	var failure *freedompay.CallError
	fmt.Println(errors.As(err, &failure), failure.Stage, failure.Sent)

	// Output:
	// <nil> true ok 1234567890
	// true connect 0
}

// Amounts compare as decimals, whatever spelling the gateway chose.
func ExampleEqualDecimal() {
	fmt.Println(freedompay.EqualDecimal("100", "100.00"))
	fmt.Println(freedompay.EqualDecimal("100", "1E2"))
	// Output:
	// true true
	// false false
}
