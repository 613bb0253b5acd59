package freedompay

import (
	"bufio"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
)

// FuzzReply: whatever bytes answer a call, there is an answer or an error, one connection, and nothing is sent again.
func FuzzReply(f *testing.F) {
	body := accepted()
	for _, seed := range []string{
		"", httpAnswer(200, "", body), httpAnswer(503, "Retry-After: 1\r\n", "busy"), httpAnswer(307, "Location: /x\r\n", body), "HTTP/1.1 200 OK\r\n\r\n" + body,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<resp\r\n0\r\n\r\n", "HTTP/1.1 103 x\r\n\r\n" + httpAnswer(200, "", body), "HTTP/1.1 101 x\r\n\r\n",
		"HTTP/1.0 200 OK\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\n\r\n<root></root>", "HTTP/2.0 200 OK\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		c, w := testClient("http://127.0.0.1"), new(wire)
		dials := pipes(c, func(far net.Conn) {
			if w.readRequest(bufio.NewReader(far)) {
				_, _ = far.Write(response)
			}
		})
		answer, err := c.Payout(t.Context(), testPayout())
		c.Close()
		var failure *CallError
		switch {
		case (answer == nil) == (err == nil), *dials != 1, w.requests.Load() != 1:
			t.Fatalf("%v, %v in %d dials, %d requests", answer, err, *dials, w.requests.Load())
		case err != nil && (!errors.As(err, &failure) || failure.Sent == 0):
			t.Fatalf("error %#v", err)
		case answer != nil && (answer.HTTPStatus/100 == 3 || answer.HTTPStatus/100 == 1 || answer.Signed != (answer.SignatureState == SignatureRight)):
			t.Fatalf("answer %+v", answer)
		}
	})
}

// FuzzBuild: a call is refused, or a server reads exactly the fields that were meant, signed right.
func FuzzBuild(f *testing.F) {
	f.Add("salary-1", "100.00", "Аванс & <бонус> \"ё\"", "42", exampleToken)
	f.Add("a;b", "1", "", "", "t")
	f.Add("o", "0.01", "--payrun-\r\n", "\x00", "\xff")
	f.Fuzz(func(t *testing.T, order, amount, description, user, token string) {
		r := &PayoutRequest{OrderID: order, Amount: amount, Description: description, UserID: user, CardToken: token}
		want := r.fields(9970)
		c, m := testClient("https://gateway.example"), &message{path: "/g2g/reg2reg", fields: r.fields(9970)}
		if r.check() != nil {
			return
		}
		if _, err := c.prepare(m); err != nil {
			if strings.Contains(err.Error(), exampleToken) || m.bytes != nil {
				t.Fatalf("%v beside %d bytes", err, len(m.bytes))
			}
			return
		}
		request, fields := built(t, c, &message{path: "/g2g/reg2reg", fields: r.fields(9970)})
		if _, err := io.Copy(io.Discard, request.Body); err != nil || !Verify("reg2reg", fields, testKey) {
			t.Fatalf("signature is not right: %v", err)
		}
		for _, field := range want {
			if field.Value == "" {
				continue
			}
			if len(fields) == 0 || fields[0].Name != field.Name || fields[0].Value != field.Value {
				t.Fatalf("%s did not arrive as %q", field.Name, field.Value)
			}
			fields = fields[1:]
		}
		if len(fields) != 2 || fields[0].Name != "pg_salt" || fields[1].Name != "pg_sig" {
			t.Fatalf("%d fields more", len(fields))
		}
	})
}

// FuzzDecimal compares with exact arithmetic.
func FuzzDecimal(f *testing.F) {
	for _, pair := range [][2]string{{"100", "100.00"}, {"-0", "0"}, {"1E2", "100"}, {"+1", "1"}, {".5", "0.5"}, {"0x10", "16"}, {"١", "1"}, {"00.10", "0.1"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		equal, valid := EqualDecimal(a, b)
		if back, same := EqualDecimal(b, a); back != equal || same != valid {
			t.Fatalf("EqualDecimal(%q, %q) = %t, %t, the other way %t, %t", a, b, equal, valid, back, same)
		}
		if !valid {
			if equal {
				t.Fatalf("%q and %q are equal and no decimals", a, b)
			}
			return
		}
		x, okX := new(big.Rat).SetString(a)
		y, okY := new(big.Rat).SetString(b)
		if strings.Trim(a+b, "-.0123456789") != "" || !okX || !okY || equal != (x.Cmp(y) == 0) {
			t.Fatalf("EqualDecimal(%q, %q) = %t", a, b, equal)
		}
	})
}
