package executor

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner/payout"
)

const (
	testKey   = "test-key"
	testToken = "ef741cfc-f85e-41a0-84e6-2ba964912182"
)

// How a test answer is signed.
const (
	rightly = "rightly"
	wrongly = "wrongly"
	not     = "not"
)

// read lets the real client read an answer of alternating names and values.
func read(t *testing.T, script string, status int, signed string, pairs ...string) *freedompay.Answer {
	t.Helper()
	var fields []freedompay.Field
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, freedompay.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	if signed != not {
		fields = append(fields, freedompay.Field{Name: "pg_salt", Value: "salt"})
		sig := freedompay.Sign(script, fields, testKey)
		if signed == wrongly {
			sig = strings.Repeat("0", len(sig))
		}
		fields = append(fields, freedompay.Field{Name: "pg_sig", Value: sig})
	}
	var body strings.Builder
	body.WriteString("<response>")
	for _, f := range fields {
		fmt.Fprintf(&body, "<%s>%s</%s>", f.Name, f.Value, f.Name)
	}
	body.WriteString("</response>")
	client := &freedompay.Client{
		BaseURL: "http://127.0.0.1", MerchantID: 9970, Dial: answering(status, body.String()),
		Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(testKey), nil },
	}
	defer client.Close()
	var a *freedompay.Answer
	var err error
	if script == "reg2reg" {
		a, err = client.Payout(t.Context(), &freedompay.PayoutRequest{OrderID: "o1", Amount: "100.00", CardToken: testToken})
	} else {
		a, err = client.Status(t.Context(), &freedompay.StatusRequest{OrderID: "o1"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// answering dials a gateway that gives one answer.
func answering(status int, body string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			r, err := http.ReadRequest(bufio.NewReader(far))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			fmt.Fprintf(far, "HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, len(body), body)
		}()
		return near, nil
	}
}

func token(t *testing.T) payout.CardToken {
	t.Helper()
	tok, err := payout.NewCardToken(testToken)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// with returns the pairs with some values replaced or added; "-" takes a field
// away.
func with(pairs []string, changes ...string) []string {
	out := append([]string(nil), pairs...)
	for i := 0; i < len(changes); i += 2 {
		at := -1
		for k := 0; k < len(out); k += 2 {
			if out[k] == changes[i] {
				at = k
			}
		}
		switch {
		case at < 0:
			out = append(out, changes[i], changes[i+1])
		case changes[i+1] == "-":
			out = append(out[:at], out[at+2:]...)
		default:
			out[at+1] = changes[i+1]
		}
	}
	return out
}
