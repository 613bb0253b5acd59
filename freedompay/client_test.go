package freedompay

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// recorder is a gateway that checks signatures and remembers paths and forms.
func recorder(t *testing.T, answer func(script string) string) (*httptest.Server, *[]string) {
	t.Helper()
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		script := ScriptName(r.URL.Path)
		fields := parseForm(t, r)
		if !Verify(script, fields, testKey) {
			t.Errorf("call to %s is not signed right", r.URL.Path)
		}
		form := r.URL.Path
		for _, field := range fields {
			if field.Name != "pg_salt" && field.Name != "pg_sig" {
				form += " " + field.Name + "=" + field.Value
			}
		}
		seen = append(seen, form)
		w.Header().Set("Date", "Sun, 22 Nov 2026 10:00:00 GMT")
		_, _ = io.WriteString(w, answer(script))
	}))
	t.Cleanup(server.Close)
	return server, &seen
}

func TestClientSpeaksBothFlavours(t *testing.T) {
	server, seen := recorder(t, func(script string) string { return signedDocument(script, Field{Name: "pg_status", Value: "ok"}) })
	for api, want := range map[API][]string{
		"":          {"/g2g/reg2reg", "/g2g/payout_status2", "/g2g/balance_status"},
		GatewayAPI:  {"/g2g/reg2reg", "/g2g/payout_status2", "/g2g/balance_status"},
		MerchantAPI: {"/api/reg2reg", "/api/payment_status2", "/api/balance_status"},
	} {
		*seen = nil
		c := testClient(server.URL)
		c.API = api
		within(c, func() {
			for _, call := range []func() (*Answer, error){
				func() (*Answer, error) { return c.Payout(t.Context(), testPayout()) },
				func() (*Answer, error) {
					return c.Status(t.Context(), &StatusRequest{OrderID: "salary-1", PaymentID: "7"})
				},
				func() (*Answer, error) { return c.Balance(t.Context(), "KZT") },
			} {
				answer, err := call()
				if err != nil || !answer.Signed || answer.Status != "ok" || answer.HTTPStatus != 200 {
					t.Fatalf("call = %+v, %v", answer, err)
				}
				if want := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC); !answer.Date.Equal(want) {
					t.Errorf("date %v, want %v", answer.Date, want)
				}
			}
		})
		forms := []string{
			want[0] + " pg_merchant_id=9970 pg_order_id=salary-1 pg_amount=100.00 pg_description=Salary pg_order_time_limit=2026-11-23 10:00:00" +
				" pg_user_id=42 pg_post_link=https://shop.example/hook pg_card_token_to=" + exampleToken,
			want[1] + " pg_merchant_id=9970 pg_payment_id=7 pg_order_id=salary-1",
			want[2] + " pg_merchant_id=9970 pg_currency=KZT",
		}
		if got := strings.Join(*seen, "\n"); got != strings.Join(forms, "\n") {
			t.Errorf("api %q saw\n%s\nwant\n%s", api, got, strings.Join(forms, "\n"))
		}
	}
}

// TestAnswersOfAnyStatus: a document is read whatever the HTTP status, and judged by nobody here.
func TestAnswersOfAnyStatus(t *testing.T) {
	const unsigned = `<response><pg_status>error</pg_status><pg_error_code>1100</pg_error_code></response>`
	for _, status := range []int{200, 400, 401, 404, 500, 503} {
		w := newWire(t, answering(httpAnswer(status, "", unsigned)))
		answer, err := calling(t, w)
		if err != nil || answer.Signed || answer.SignatureState != SignatureMissing || answer.ErrorCode != 1100 || answer.HTTPStatus != status {
			t.Errorf("status %d: %+v, %v", status, answer, err)
		}
		if err == nil && !answer.Date.IsZero() {
			t.Errorf("status %d: date %v without a header", status, answer.Date)
		}
	}
}

func TestUnreadableAnswers(t *testing.T) {
	body := accepted()
	tests := map[string]struct {
		response string
		stage    Stage
		status   int
	}{
		"nothing":                 {"", StageRead, 0},
		"half a status line":      {"HTTP/1.1 20", StageRead, 0},
		"not http":                {"canary-body\r\n\r\n", StageRead, 0},
		"bad header":              {"HTTP/1.1 200 OK\r\ncanary-body\r\n\r\n", StageRead, 0},
		"http/2 preface":          {"HTTP/2.0 200 OK\r\n\r\n", StageRead, 0},
		"half a header":           {"HTTP/1.1 200 OK\r\nContent-Le", StageRead, 0},
		"no body":                 {httpAnswer(200, "", ""), StageDecode, 200},
		"no content":              {"HTTP/1.1 204 x\r\n\r\n", StageDecode, 204},
		"html":                    {httpAnswer(502, "", "<html>canary-body</html>"), StageDecode, 502},
		"wrong shape":             {httpAnswer(200, "", "<response><pg_error_code>canary</pg_error_code></response>"), StageDecode, 200},
		"body cut":                {httpAnswer(200, "", body)[:len(httpAnswer(200, "", body))-1], StageRead, 200},
		"body cut, length unsaid": {"HTTP/1.1 200 OK\r\n\r\n" + body[:len(body)-1], StageDecode, 200},
		"chunk cut":               {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<resp", StageRead, 200},
		"chunk malformed":         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n", StageRead, 200},
		"switched protocols":      {"HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", StageDecode, 101},
		"endless headers":         {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: canary\r\n", 10_000), StageRead, 0},
		"endless informational":   {strings.Repeat("HTTP/1.1 103 x\r\n\r\n", 10_000), StageRead, 0},
		"body of a MiB and one":   {httpAnswer(200, "", strings.Repeat("x", maxBodyBytes+1)), StageDecode, 200},
		"body of a MiB":           {httpAnswer(200, "", strings.Repeat("x", maxBodyBytes)), StageDecode, 200},
		"tiny chunks":             {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+strings.Repeat("c", 200)+"\r\nx\r\n", 60_000), StageRead, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, answering(tt.response))
			answer, err := calling(t, w)
			failure := wantFailure(t, answer, err, tt.stage)
			if failure.Sent <= int64(len(exampleToken)) || failure.HTTPStatus != tt.status {
				t.Errorf("sent %d, http %d, want the whole request and %d", failure.Sent, failure.HTTPStatus, tt.status)
			}
			if got := w.requests.Load(); got != 1 {
				t.Errorf("the gateway saw %d requests, want 1", got)
			}
		})
	}
}

// TestAnswerCutAnywhere: an answer that ends early is never a result, wherever it ends.
func TestAnswerCutAnywhere(t *testing.T) {
	whole := httpAnswer(200, "", accepted())
	end := make(chan int, 1)
	w := newWire(t, func(w *wire, c net.Conn) {
		if w.readRequest(bufio.NewReader(c)) {
			_, _ = io.WriteString(c, whole[:<-end])
		}
	})
	for i := range len(whole) {
		end <- i
		answer, err := calling(t, w)
		if answer != nil || err == nil {
			t.Fatalf("the first %d bytes gave %v, %v", i, answer, err)
		}
	}
	end <- len(whole)
	if answer, err := calling(t, w); err != nil || !answer.Signed {
		t.Fatalf("the whole gave %v, %v", answer, err)
	}
	if got, want := w.requests.Load(), int64(len(whole)+1); got != want {
		t.Errorf("the gateway saw %d requests in %d calls", got, want)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := newWire(t, keeping(httpAnswer(200, "", accepted())))
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		w := newWire(t, keeping(httpAnswer(status, "Location: "+elsewhere.url()+"/canary\r\n", accepted())))
		answer, err := calling(t, w)
		failure := wantFailure(t, answer, err, StageDecode)
		if failure.HTTPStatus != status || failure.Sent == 0 {
			t.Errorf("http %d, sent %d, want %d and the request", failure.HTTPStatus, failure.Sent, status)
		}
		if got := w.requests.Load(); got != 1 {
			t.Errorf("status %d: the gateway saw %d requests, want 1", status, got)
		}
	}
	if got := elsewhere.conns.Load(); got != 0 {
		t.Errorf("the redirect's target saw %d connections", got)
	}
}

func TestInformationalAnswersArePassedOver(t *testing.T) {
	w := newWire(t, answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n"+httpAnswer(200, "", accepted())))
	if answer, err := calling(t, w); err != nil || !answer.Signed {
		t.Errorf("call = %v, %v", answer, err)
	}
}

// TestEnvironmentProxiesAreIgnored: only Client.Proxy counts.
func TestEnvironmentProxiesAreIgnored(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	var dialled []string
	c := testClient("https://gateway.example")
	c.Dial = func(_ context.Context, network, address string) (net.Conn, error) {
		dialled = append(dialled, network+" "+address)
		return nil, io.ErrClosedPipe
	}
	answer, err := c.Payout(t.Context(), testPayout())
	if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 {
		t.Errorf("sent %d, want 0", failure.Sent)
	}
	if len(dialled) != 1 || dialled[0] != "tcp gateway.example:443" {
		t.Errorf("dialled %q", dialled)
	}
}

func TestDefaultsOfBaseURL(t *testing.T) {
	for base, want := range map[string]string{
		"":                            "api.freedompay.kz:443",
		"https://api.freedompay.kg":   "api.freedompay.kg:443",
		"https://gateway.example:444": "gateway.example:444",
		"http://localhost":            "localhost:80",
		"http://LOCALHOST:8080":       "LOCALHOST:8080",
		"http://127.8.9.10":           "127.8.9.10:80",
		"http://[::1]":                "[::1]:80",
		"http://[::1]:8080":           "[::1]:8080",
		"https://[2001:db8::1]":       "[2001:db8::1]:443",
	} {
		e, _, err := parseBaseURL(base)
		if err != nil || e.address != want {
			t.Errorf("base %q dials %q, %v, want %q", base, e.address, err, want)
		}
	}
}
