package freedompay

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testKey signs all messages of the tests.
const testKey = "canary-secret-key"

// parseForm reads the parts of a request in their order.
func parseForm(t *testing.T, r *http.Request) []Field {
	t.Helper()
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("content type %q: %v", kind, err)
	}
	var fields []Field
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fields
		}
		if err != nil {
			t.Fatal(err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, Field{Name: part.FormName(), Value: string(value)})
	}
}

// built prepares a message and reads its bytes back as an HTTP server would.
func built(t *testing.T, c *Client, m *message) (*http.Request, []Field) {
	t.Helper()
	if _, err := c.prepare(m); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(bytes.NewReader(m.bytes))
	r, err := http.ReadRequest(reader)
	if err != nil {
		t.Fatal(err)
	}
	fields := parseForm(t, r)
	if rest, err := io.ReadAll(r.Body); err != nil || len(rest) > 0 {
		t.Fatalf("body goes on with %q, %v", rest, err)
	}
	if rest, err := io.ReadAll(reader); err != nil || len(rest) > 0 {
		t.Fatalf("request goes on with %q, %v", rest, err)
	}
	return r, fields
}

// testClient signs with testKey for merchant 9970.
func testClient(base string) *Client {
	return &Client{BaseURL: base, MerchantID: 9970, Secret: func() (Secret, error) { return NewSecret(testKey), nil }}
}

func TestBuildPayout(t *testing.T) {
	r := &PayoutRequest{
		OrderID: "salary-1", Amount: "100.00", Description: "Аванс & <бонус> \"ё\"", TimeLimit: "2026-11-23 10:00:00", UserID: "42",
		PostLink: "https://shop.example/hook", CardToken: exampleToken,
	}
	request, fields := built(t, testClient("https://gateway.example:8443/base"), &message{path: "/g2g/reg2reg", fields: r.fields(9970)})
	if request.Method != "POST" || request.URL.Path != "/base/g2g/reg2reg" || request.Host != "gateway.example:8443" || request.Proto != "HTTP/1.1" {
		t.Errorf("request line %s %s %s for %s", request.Method, request.URL, request.Proto, request.Host)
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key", "Expect", "Accept-Encoding", "Connection", "Transfer-Encoding"} {
		if request.Header.Get(name) != "" {
			t.Errorf("header %s is set", name)
		}
	}
	if !Verify("reg2reg", fields, testKey) {
		t.Error("signature is not right")
	}
	var names []string
	values := map[string]string{}
	for _, field := range fields {
		names = append(names, field.Name)
		values[field.Name] = field.Value
	}
	order := []string{
		"pg_merchant_id", "pg_order_id", "pg_amount", "pg_description", "pg_order_time_limit", "pg_user_id", "pg_post_link", "pg_card_token_to", "pg_salt", "pg_sig",
	}
	if diff := cmp.Diff(order, names); diff != "" {
		t.Errorf("field order (-want +got):\n%s", diff)
	}
	if values["pg_description"] != r.Description || values["pg_amount"] != "100.00" || values["pg_card_token_to"] != exampleToken {
		t.Errorf("values changed on the way: %q", values["pg_description"])
	}
}

func TestBuildDropsEmptyFields(t *testing.T) {
	r := &StatusRequest{OrderID: "salary-1"}
	_, fields := built(t, testClient(""), &message{path: "/g2g/payout_status2", fields: r.fields(9970)})
	var names []string
	for _, field := range fields {
		names = append(names, field.Name)
	}
	if diff := cmp.Diff([]string{"pg_merchant_id", "pg_order_id", "pg_salt", "pg_sig"}, names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestBuildSaltsAfresh(t *testing.T) {
	seen := map[string]bool{}
	for range 10 {
		r := &StatusRequest{OrderID: "salary-1"}
		_, fields := built(t, testClient(""), &message{path: "/g2g/payout_status2", fields: r.fields(9970)})
		seen[fields[2].Value] = true
	}
	if len(seen) != 10 {
		t.Errorf("10 calls had %d salts", len(seen))
	}
}

// refusal is a preparation that must fail with a text that holds want.
type refusal struct {
	change func(*Client, *PayoutRequest)
	want   string
}

// refusals lists what is refused before anything is dialled.
func refusals() map[string]refusal {
	secret := func(s Secret, err error) func(*Client, *PayoutRequest) {
		return func(c *Client, _ *PayoutRequest) { c.Secret = func() (Secret, error) { return s, err } }
	}
	value := func(set func(*PayoutRequest)) func(*Client, *PayoutRequest) {
		return func(_ *Client, r *PayoutRequest) { set(r) }
	}
	base := func(url string) func(*Client, *PayoutRequest) {
		return func(c *Client, _ *PayoutRequest) { c.BaseURL = url }
	}
	proxy := func(url string) func(*Client, *PayoutRequest) {
		return func(c *Client, _ *PayoutRequest) { c.Proxy = url }
	}
	return map[string]refusal{
		"no secret":           {func(c *Client, _ *PayoutRequest) { c.Secret = nil }, "none configured"},
		"secret unreadable":   {secret(Secret{}, errors.New("open keyring")), "open keyring"},
		"secret empty":        {secret(NewSecret(""), nil), "empty"},
		"merchant 0":          {func(c *Client, _ *PayoutRequest) { c.MerchantID = 0 }, "merchant id"},
		"merchant negative":   {func(c *Client, _ *PayoutRequest) { c.MerchantID = -1 }, "merchant id"},
		"other api":           {func(c *Client, _ *PayoutRequest) { c.API = "soap" }, "choose api"},
		"no order id":         {value(func(r *PayoutRequest) { r.OrderID = "" }), "order id"},
		"no token":            {value(func(r *PayoutRequest) { r.CardToken = "" }), "card token"},
		"no amount":           {value(func(r *PayoutRequest) { r.Amount = "" }), "amount"},
		"amount 0.00":         {value(func(r *PayoutRequest) { r.Amount = "0.00" }), "amount"},
		"amount negative":     {value(func(r *PayoutRequest) { r.Amount = "-5" }), "amount"},
		"amount with comma":   {value(func(r *PayoutRequest) { r.Amount = "5,00" }), "amount"},
		"semicolon":           {value(func(r *PayoutRequest) { r.Description = "canary-value;1" }), "pg_description"},
		"semicolon in token":  {value(func(r *PayoutRequest) { r.CardToken = exampleToken + ";" }), "pg_card_token_to"},
		"line break":          {value(func(r *PayoutRequest) { r.UserID = "1\r\n2" }), "pg_user_id"},
		"nul":                 {value(func(r *PayoutRequest) { r.OrderID = "a\x00" }), "pg_order_id"},
		"tab":                 {value(func(r *PayoutRequest) { r.TimeLimit = "\t" }), "pg_order_time_limit"},
		"c1 control":          {value(func(r *PayoutRequest) { r.Description = "\u0085" }), "pg_description"},
		"invalid utf-8":       {value(func(r *PayoutRequest) { r.PostLink = "\xff" }), "pg_post_link"},
		"http":                {base("http://api.freedompay.kz"), "loopback"},
		"http by address":     {base("http://10.0.0.1"), "loopback"},
		"http near loopback":  {base("http://localhost.example"), "loopback"},
		"other scheme":        {base("ftp://127.0.0.1"), "scheme"},
		"no scheme":           {base("api.freedompay.kz"), "parse base url"},
		"opaque":              {base("https:canary-value"), "parse base url"},
		"no host":             {base("https://:443"), "parse base url"},
		"unreadable":          {base("https://canary-value\x7f"), "parse base url"},
		"trailing slash":      {base("https://gateway.example/"), "trailing slash"},
		"query":               {base("https://gateway.example?canary-value"), "query"},
		"bare query":          {base("https://gateway.example?"), "query"},
		"fragment":            {base("https://gateway.example#"), "fragment"},
		"user":                {base("https://u:canary-value@gateway.example"), "user"},
		"proxy scheme":        {proxy("socks5://u:canary-value@h"), "parse proxy"},
		"proxy without host":  {proxy("http://"), "parse proxy"},
		"proxy with path":     {proxy("http://h/x"), "parse proxy"},
		"proxy with query":    {proxy("http://h?x"), "parse proxy"},
		"proxy unreadable":    {proxy("http://u:canary-value@h\x7f"), "parse proxy"},
		"proxy bad for local": {func(c *Client, _ *PayoutRequest) { c.BaseURL, c.Proxy = "http://127.0.0.1:1", "x" }, "parse proxy"},
	}
}

func TestPayoutRefusesBeforeDialling(t *testing.T) {
	for name, tt := range refusals() {
		t.Run(name, func(t *testing.T) {
			c := testClient("https://gateway.example")
			c.Dial = noDial(t)
			r := testPayout()
			r.BeforeFirstByte = func() error { t.Error("BeforeFirstByte was called"); return nil }
			tt.change(c, r)
			answer, err := c.Payout(t.Context(), r)
			failure := wantFailure(t, answer, err, StagePrepare)
			if failure.Sent != 0 || failure.HTTPStatus != 0 {
				t.Errorf("sent %d, http %d, want 0", failure.Sent, failure.HTTPStatus)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not say %q", err, tt.want)
			}
		})
	}
}

func TestStatusAndBalanceRefuseBeforeDialling(t *testing.T) {
	c := testClient("https://gateway.example")
	c.Dial = noDial(t)
	answer, err := c.Status(t.Context(), &StatusRequest{PaymentID: "1"})
	wantFailure(t, answer, err, StagePrepare)
	answer, err = c.Balance(t.Context(), "")
	wantFailure(t, answer, err, StagePrepare)
	c.API = "soap"
	answer, err = c.Status(t.Context(), &StatusRequest{OrderID: "1"})
	wantFailure(t, answer, err, StagePrepare)
	answer, err = c.Balance(t.Context(), "KZT")
	wantFailure(t, answer, err, StagePrepare)
}
