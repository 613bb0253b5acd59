package sandbox_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"payrun/freedompay/sandbox"
)

const (
	token    = "ef741cfc-f85e-41a0-84e6-2ba964912182" // the documentation's example
	payURL   = "/g2g/reg2reg"
	askURL   = "/g2g/payout_status2"
	leftURL  = "/g2g/balance_status"
	payURL2  = "/api/reg2reg"
	askURL2  = "/api/payment_status2"
	leftURL2 = "/api/balance_status"
)

// form is a call's fields; each name once unless the test adds pairs itself.
type form map[string]string

func payout(order string) form {
	return form{"pg_merchant_id": "9970", "pg_order_id": order, "pg_amount": "100.00", "pg_description": "Salary",
		"pg_order_time_limit": "2100-01-01 00:00:00", "pg_user_id": "1001", "pg_post_link": "https://example.kz/n",
		"pg_card_token_to": token}
}

func ask(order string) form { return form{"pg_merchant_id": "9970", "pg_order_id": order} }

func (f form) with(name, value string) form {
	g := maps.Clone(f)
	g[name] = value
	return g
}

func (f form) without(name string) form {
	g := maps.Clone(f)
	delete(g, name)
	return g
}

// sign is the recipe of the documentation, written apart from the code under test.
func sign(path string, f form, key string) string {
	parts := []string{path[strings.LastIndexByte(path, '/')+1:]}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if name != "pg_sig" {
			parts = append(parts, f[name])
		}
	}
	sum := md5.Sum([]byte(strings.Join(append(parts, key), ";")))
	return hex.EncodeToString(sum[:])
}

func signed(path string, f form) form {
	f = f.with("pg_salt", "s a l t")
	return f.with("pg_sig", sign(path, f, sandbox.Key))
}

func multipartBody(t testing.TB, f form) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range f {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

// got is one answer as a client sees it.
type got struct {
	err    error // of the exchange, io.ErrUnexpectedEOF when cut
	status int
	body   string
	header http.Header
	names  []string
	fields form
	signed bool
}

var client = &http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post signs and sends a call.
func post(t testing.TB, base, path string, f form) got {
	t.Helper()
	return send(t, base, path, signed(path, f))
}

func send(t testing.TB, base, path string, f form) got {
	t.Helper()
	kind, body := multipartBody(t, f)
	return raw(t, base, path, kind, body)
}

func raw(t testing.TB, base, path, kind string, body []byte) got {
	t.Helper()
	r, err := client.Post(base+path, kind, bytes.NewReader(body))
	if err != nil {
		return got{err: err}
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	out := got{err: err, status: r.StatusCode, body: string(text), header: r.Header, fields: form{}}
	out.read(path)
	return out
}

func (g *got) read(path string) {
	d := xml.NewDecoder(strings.NewReader(g.body))
	depth, name := 0, ""
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				name = tok.Name.Local
				g.names = append(g.names, name)
				g.fields[name] = ""
			}
		case xml.CharData:
			if depth == 2 {
				g.fields[name] += string(tok)
			}
		case xml.EndElement:
			depth--
		}
	}
	g.signed = g.fields["pg_sig"] != "" && g.fields["pg_sig"] == sign(path, g.fields, sandbox.Key)
}

func (g got) want(t testing.TB, fields form) {
	t.Helper()
	if g.err != nil {
		t.Fatalf("call: %v", g.err)
	}
	for name, value := range fields {
		if have, ok := g.fields[name]; !ok || have != value {
			t.Errorf("%s = %q, want %q; answer %d:\n%s", name, have, value, g.status, g.body)
		}
	}
}

func urlencoded(f form) (string, []byte) {
	values := url.Values{}
	for name, value := range f {
		values.Set(name, value)
	}
	return "application/x-www-form-urlencoded", []byte(values.Encode())
}

// settled waits for a condition that a concurrent call brings about.
func settled(t testing.TB, s *sandbox.Gateway, met func() bool) {
	t.Helper()
	if err := s.WaitFor(t.Context(), met); err != nil {
		t.Fatal(err)
	}
}

func wantVerify(t testing.TB, g *sandbox.Gateway, parts ...string) {
	t.Helper()
	err := g.Verify()
	var v *sandbox.VerifyError
	if len(parts) == 0 {
		if err != nil {
			t.Fatalf("Verify: %v", err)
		}
		return
	}
	if !errors.As(err, &v) || len(v.Problems) != len(parts) {
		t.Fatalf("Verify: %v, want %d problems", err, len(parts))
	}
	for i, part := range parts {
		if !strings.Contains(v.Problems[i], part) {
			t.Errorf("problem %q does not say %q", v.Problems[i], part)
		}
	}
}
