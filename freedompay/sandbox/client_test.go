package sandbox_test

import (
	"errors"
	"testing"

	"payrun/freedompay"
	"payrun/freedompay/sandbox"
)

// TestRealClient lets the project's own client meet both flavours: what one
// side writes the other must read.
func TestRealClient(t *testing.T) {
	for _, api := range []freedompay.API{freedompay.GatewayAPI, freedompay.MerchantAPI} {
		t.Run(string(api), func(t *testing.T) {
			s := sandbox.NewServer(t, sandbox.Config{})
			c := dial(t, s, api)
			a, err := c.Status(t.Context(), &freedompay.StatusRequest{OrderID: "a"})
			if err != nil || a.Status != "error" || a.ErrorCode != 11068 && a.PaymentID != "0" {
				t.Fatalf("unknown order: %+v, %v", a, err)
			}
			a, err = c.Payout(t.Context(), request("a"))
			if err != nil || !a.Signed || a.Status != "ok" || a.OrderID != "a" || a.Amount != "100.00" ||
				a.PaymentID != "1000000001" || a.CardToken.Reveal() != token || a.Date.IsZero() {
				t.Fatalf("payout: %+v, %v", a, err)
			}
			a, err = c.Status(t.Context(), &freedompay.StatusRequest{OrderID: "a", PaymentID: a.PaymentID})
			if err != nil || !a.Signed || a.Status != "ok" || a.PaymentStatus != "success" {
				t.Fatalf("status: %+v, %v", a, err)
			}
			a, err = c.Balance(t.Context(), "KZT")
			if err != nil || !a.Signed || a.Balance != s.Balance(9970) {
				t.Fatalf("balance: %+v, %v", a, err)
			}
			wantVerify(t, s.Gateway)
		})
	}
}

// TestRealClientMeetsFaults checks that each way to spoil an answer spoils it
// for the client, and that none makes it call twice.
func TestRealClientMeetsFaults(t *testing.T) {
	for _, do := range []string{"drop-before", "drop-after", "truncate:100", "bad-signature", "no-signature",
		"double-field", "garbage", "http:502", "redirect:307", "redirect:302", "401"} {
		t.Run(do, func(t *testing.T) {
			s := start(t, sandbox.Fault{Call: "payout", Do: do})
			a, err := dial(t, s, freedompay.GatewayAPI).Payout(t.Context(), request("a"))
			var failure *freedompay.CallError
			if err != nil && (!errors.As(err, &failure) || failure.Sent == 0) || err == nil && a.Signed {
				t.Errorf("answer %+v, error %v", a, err)
			}
			wantVerify(t, s.Gateway)
		})
	}
}

func dial(t *testing.T, s *sandbox.Server, api freedompay.API) *freedompay.Client {
	t.Helper()
	c := &freedompay.Client{BaseURL: s.URL, API: api, MerchantID: 9970,
		Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(sandbox.Key), nil }}
	t.Cleanup(c.Close)
	return c
}

func request(order string) *freedompay.PayoutRequest {
	return &freedompay.PayoutRequest{OrderID: order, Amount: "100.00", Description: "Salary",
		TimeLimit: "2100-01-01 00:00:00", UserID: "1001", PostLink: "https://example.kz/n", CardToken: token}
}
