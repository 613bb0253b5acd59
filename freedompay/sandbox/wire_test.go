package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/freedompay/sandbox"
)

func TestPayoutAnswer(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{Balance: "5100.75"})
	a := post(t, s.URL, payURL, payout("ABC-1"))
	want := []string{"pg_payment_id", "pg_merchant_id", "pg_status", "pg_order_id", "pg_balance", "pg_card_hash",
		"pg_card_token", "pg_payment_amount", "pg_payment_date", "pg_error_code", "pg_error_description", "pg_salt", "pg_sig"}
	if diff := cmp.Diff(want, a.names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	a.want(t, form{"pg_payment_id": "1000000001", "pg_merchant_id": "9970", "pg_status": "ok", "pg_order_id": "ABC-1",
		"pg_balance": "5000.75", "pg_card_token": token, "pg_payment_amount": "100.00", "pg_error_code": "0"})
	if !a.signed || a.status != 200 || a.header.Get("Date") == "" {
		t.Errorf("signed %v, status %d, date %q", a.signed, a.status, a.header.Get("Date"))
	}
	if !strings.HasPrefix(a.body, `<?xml version="1.0" encoding="utf-8"?>`+"\n<response>") {
		t.Errorf("body begins %q", a.body[:60])
	}
	if _, err := time.Parse(time.RFC3339, a.fields["pg_payment_date"]); err != nil {
		t.Error(err)
	}
	wantVerify(t, s.Gateway)
}

func TestBothFlavours(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	a := post(t, s.URL, payURL2, payout("m-1").with("pg_user_id", "emp_7-a"))
	a.want(t, form{"pg_status": "ok"})
	if _, err := time.Parse("2006-01-02 15:04:05", a.fields["pg_payment_date"]); err != nil {
		t.Error(err)
	}
	id := a.fields["pg_payment_id"]
	b := post(t, s.URL, askURL2, ask("m-1"))
	b.want(t, form{"pg_status": "ok", "pg_payment_status": "success", "pg_payment_id": id, "pg_order_id": "m-1"})
	if _, has := b.fields["pg_amount"]; has || !b.signed {
		t.Errorf("the Merchant status has no amount and is signed:\n%s", b.body)
	}
	c := post(t, s.URL, askURL, ask("m-1").with("pg_payment_id", id))
	c.want(t, form{"pg_payment_status": "success", "pg_amount": "100.00", "pg_net_amount": "100.00"})
	post(t, s.URL, askURL2, ask("none")).want(t, form{"pg_status": "error", "pg_payment_id": "0"})
	d := post(t, s.URL, askURL, ask("none"))
	d.want(t, form{"pg_status": "error", "pg_error_code": "11068"})
	if _, has := d.fields["pg_sig"]; has {
		t.Error("the documented 11068 is unsigned")
	}
	post(t, s.URL, askURL, ask("m-1").with("pg_payment_id", "77")).want(t, form{"pg_error_code": "11068"})
	post(t, s.URL, askURL, ask("other").with("pg_payment_id", id)).want(t, form{"pg_error_code": "11068"})
	wantVerify(t, s.Gateway)
}

func TestBalance(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{Balances: map[int64]string{9970: "150.5"}, Currency: "KGS"})
	question := form{"pg_merchant_id": "9970", "pg_currency": "KZT"}
	a := post(t, s.URL, leftURL, question)
	a.want(t, form{"pg_balance": "150.50", "pg_status": "ok", "pg_currency": "KZT"})
	if !a.signed {
		t.Error("balance is signed")
	}
	post(t, s.URL, leftURL, question.without("pg_currency")).want(t, form{"pg_error_code": "200"})
	post(t, s.URL, leftURL2, question.without("pg_currency")).want(t, form{"pg_balance": "150.50", "pg_currency": "KGS"})
	post(t, s.URL, payURL, payout("a")).want(t, form{"pg_status": "ok", "pg_balance": "50.50"})
	low := post(t, s.URL, payURL, payout("b"))
	low.want(t, form{"pg_status": "error", "pg_error_code": "8888"})
	if n := len(s.Payments()); n != 1 || !low.signed || s.Balance(9970) != "50.50" {
		t.Errorf("%d payments, balance %s, signed %v", n, s.Balance(9970), low.signed)
	}
	post(t, s.URL, leftURL, question.with("pg_merchant_id", "1")).want(t, form{"pg_balance": sandbox.OpeningBalance})
}

func TestFieldRules(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	long := strings.Repeat("x", 256)
	for _, c := range []struct{ name, path, field, value, code string }{
		{"no order id", payURL, "pg_order_id", "", "200"},
		{"long order id", payURL, "pg_order_id", long[:51], "200"},
		{"no amount", payURL, "pg_amount", "", "200"},
		{"exponent", payURL, "pg_amount", "1e3", "200"},
		{"three digits", payURL, "pg_amount", "1.234", "200"},
		{"point alone", payURL, "pg_amount", "1.", "200"},
		{"zero", payURL, "pg_amount", "0.00", "10030"},
		{"above the Merchant bound", payURL2, "pg_amount", "99999999.01", "200"},
		{"no description", payURL, "pg_description", "", "200"},
		{"long description", payURL, "pg_description", long, "200"},
		{"no time limit", payURL, "pg_order_time_limit", "", "200"},
		{"RFC 3339 at the Merchant API", payURL2, "pg_order_time_limit", "2100-01-01T00:00:00Z", "200"},
		{"user id no integer", payURL, "pg_user_id", "emp_7", "200"},
		{"user id of the Merchant API", payURL2, "pg_user_id", "emp 7", "200"},
		{"no post link", payURL, "pg_post_link", "", "9993"},
		{"long post link", payURL2, "pg_post_link", long, "200"},
		{"no token at the Merchant API", payURL2, "pg_card_token_to", "", "200"},
		{"bad payment id", askURL, "pg_payment_id", "x", "200"},
		{"bad currency", leftURL2, "pg_currency", "tenge", "200"},
		{"time limit passed", payURL, "pg_order_time_limit", "2020-01-01 00:00:00", "10018"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := post(t, s.URL, c.path, payout("p").with(c.field, c.value))
			a.want(t, form{"pg_status": "error", "pg_error_code": c.code})
			if !a.signed || a.status != 200 {
				t.Errorf("signed %v, status %d", a.signed, a.status)
			}
		})
	}
	noSalt := payout("p").with("pg_sig", sign(payURL, payout("p"), sandbox.Key))
	send(t, s.URL, payURL, noSalt).want(t, form{"pg_error_code": "200"})
	if n := len(s.Payments()); n != 0 {
		t.Errorf("%d payments", n)
	}
}

func TestFieldsAccepted(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	for name, f := range map[string]form{
		"no token":    payout("a").without("pg_card_token_to"),
		"RFC 3339":    payout("b").with("pg_order_time_limit", "2100-01-01T00:00:00Z"),
		"extra field": payout("c").with("pg_testing_mode", "1"),
		"whole":       payout("d").with("pg_amount", "7"),
		"markup":      payout("e<&>").with("pg_description", "Жалақы; <b>&"),
	} {
		post(t, s.URL, payURL, f).want(t, form{"pg_status": "ok", "pg_order_id": f["pg_order_id"]})
		t.Log(name)
	}
	kind, body := urlencoded(signed(payURL, payout("f f+%")))
	raw(t, s.URL, payURL, kind, body).want(t, form{"pg_status": "ok", "pg_order_id": "f f+%"})
	wantVerify(t, s.Gateway)
}

func TestTimeLimitZone(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := sandbox.NewServer(t, sandbox.Config{Now: func() time.Time { return now }})
	// 17:30 in Almaty is half an hour ahead; 12:30, a limit written in UTC, is long gone there.
	post(t, s.URL, payURL, payout("a").with("pg_order_time_limit", "2026-11-22 17:30:00")).want(t, form{"pg_status": "ok"})
	post(t, s.URL, payURL, payout("b").with("pg_order_time_limit", "2026-11-22 12:30:00")).want(t, form{"pg_error_code": "10018"})
}

func TestSignature(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{Merchants: []int64{9970}})
	bad := signed(payURL, payout("a")).with("pg_sig", strings.Repeat("0", 32))
	a := send(t, s.URL, payURL, bad)
	a.want(t, form{"pg_error_code": "1100"})
	if _, has := a.fields["pg_sig"]; has || a.status != 401 {
		t.Errorf("status %d:\n%s", a.status, a.body)
	}
	send(t, s.URL, askURL, signed(payURL, ask("a"))).want(t, form{"pg_error_code": "1100"})
	b := post(t, s.URL, payURL, payout("b").with("pg_merchant_id", "1"))
	b.want(t, form{"pg_error_code": "9998"})
	if _, has := b.fields["pg_sig"]; has {
		t.Error("9998 is unsigned")
	}
	post(t, s.URL, payURL, payout("c").with("pg_merchant_id", "x")).want(t, form{"pg_error_code": "9998"})
	if n := len(s.Payments()); n != 0 {
		t.Errorf("%d payments", n)
	}
	wantVerify(t, s.Gateway, "line 1: a badly signed payout call", "line 2: a badly signed status call",
		"line 3: a bad payout call", "line 4: a bad payout call")
}

func TestRepeatedField(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	kind, body := urlencoded(signed(payURL, payout("a")))
	a := raw(t, s.URL, payURL, kind, append(body, "&pg_amount=1"...))
	a.want(t, form{"pg_error_code": "1100"}) // it is part of the signature first
	f := signed(payURL, payout("a").with("pg_zz", "1"))
	f["pg_sig"] = sign(payURL, f.with("pg_zz", "1;1"), sandbox.Key)
	kind, body = urlencoded(f)
	raw(t, s.URL, payURL, kind, append(body, "&pg_zz=1"...)).want(t, form{"pg_error_code": "200"})
}

func TestMalformedBodies(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	file := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n"
	nameless := "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
	cases := []struct{ name, kind, body string }{
		{"no content type", "", "x"},
		{"JSON", "application/json", "{}"},
		{"torn multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Dis"},
		{"torn part", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx"},
		{"a file", "multipart/form-data; boundary=b", file},
		{"no name", "multipart/form-data; boundary=b", nameless},
		{"huge epilogue", "multipart/form-data; boundary=b", "--b--\r\n" + strings.Repeat("x", 1<<20)},
		{"bad escape in a name", "application/x-www-form-urlencoded", "%zz=1"},
		{"bad escape in a value", "application/x-www-form-urlencoded", "a=%zz"},
		{"huge", "application/x-www-form-urlencoded", strings.Repeat("x", 1<<20+1)},
		{"many fields", "application/x-www-form-urlencoded", strings.Repeat("a=1&", 200)},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, payURL, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			s.ServeHTTP(w, r)
			lines, err := s.Lines()
			if err != nil || w.Code != 400 || len(lines) != i+1 || lines[i].Did != "malformed" || lines[i].Signature {
				t.Errorf("status %d, error %v, lines %+v", w.Code, err, lines)
			}
		})
	}
}

func TestOtherPathsAndMethods(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	post(t, s.URL, "/g2g/p2p", payout("a")).want(t, form{})
	for path, want := range map[string]int{"/": 404, payURL: 405} {
		r, err := client.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if r.Body.Close(); r.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, r.StatusCode, want)
		}
	}
	wantVerify(t, s.Gateway, "method:GET")
}

func TestRepeatedOrderPaysAgain(t *testing.T) {
	s := sandbox.NewServer(t, sandbox.Config{})
	first := post(t, s.URL, payURL, payout("twice"))
	second := post(t, s.URL, payURL2, payout("twice").with("pg_amount", "5"))
	a, b := first.fields["pg_payment_id"], second.fields["pg_payment_id"]
	post(t, s.URL, askURL, ask("twice")).want(t, form{"pg_payment_id": b, "pg_amount": "5.00"})
	post(t, s.URL, askURL, ask("twice").with("pg_payment_id", a)).want(t, form{"pg_payment_id": a, "pg_amount": "100.00"})
	post(t, s.URL, payURL, payout("Case"))
	post(t, s.URL, payURL, payout("case"))
	post(t, s.URL, payURL, payout("case").with("pg_merchant_id", "9971"))
	wantVerify(t, s.Gateway, `"Case" and "case" of merchant 9970 differ in case alone`,
		`"twice" of merchant 9970 received 2 payout calls: lines 1, 2`)
	p := s.Payments()
	if len(p) != 5 || p[0].Calls != 2 || p[0].Asked != 2 || p[0].Destination != "card ef74…2182" ||
		p[0].Fingerprint != sandbox.Fingerprint(9970, token) || p[1].API != sandbox.APIMerchant {
		t.Errorf("payments %+v", p)
	}
}
