package freedompay

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// newTLS starts a TLS gateway that accepts every payout, and returns a client that trusts it as "example.com".
func newTLS(t *testing.T, config *tls.Config) (*httptest.Server, *Client, *atomic.Int64) {
	t.Helper()
	seen := new(atomic.Int64)
	body := accepted()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		if r.Proto != "HTTP/1.1" || r.TLS.Version < tls.VersionTLS12 {
			t.Errorf("call over %s and TLS %x", r.Proto, r.TLS.Version)
		}
		if strings.HasPrefix(r.FormValue("pg_order_id"), "malform") {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	server.TLS, server.EnableHTTP2 = config, true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c := testClient("https://example.com")
	c.RootCAs = x509.NewCertPool()
	c.RootCAs.AddCert(server.Certificate())
	c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return server, c, seen
}

func TestTLSCall(t *testing.T) {
	_, c, seen := newTLS(t, nil)
	defer c.Close()
	dials, dial := 0, c.Dial
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return dial(ctx, network, address)
	}
	for range 3 {
		if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
	}
	if got := seen.Load(); got != 3 {
		t.Errorf("3 calls were %d requests", got)
	}
	if dials != 1 {
		t.Errorf("3 calls in a row dialled %d times, want 1", dials)
	}
}

// TestTLSRefusals: a handshake that fails is proof that nothing of the request left, and no switch avoids it.
func TestTLSRefusals(t *testing.T) {
	tests := map[string]struct {
		config *tls.Config
		change func(*Client)
		want   string
	}{
		"tls 1.1":      {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, func(*Client) {}, "version"},
		"wrong name":   {nil, func(c *Client) { c.BaseURL = "https://other.invalid" }, "other.invalid"},
		"self-signed":  {nil, func(c *Client) { c.RootCAs = nil }, "unknown authority"},
		"other root":   {nil, func(c *Client) { c.RootCAs = x509.NewCertPool() }, "unknown authority"},
		"wrong proto":  {&tls.Config{NextProtos: []string{"h3"}}, func(*Client) {}, "protocol"},
		"server error": {&tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, func(*Client) {}, "tls"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, c, seen := newTLS(t, tt.config)
			tt.change(c)
			r := testPayout()
			r.BeforeFirstByte = func() error { t.Error("BeforeFirstByte was called"); return nil }
			answer, err := c.Payout(t.Context(), r)
			failure := wantFailure(t, answer, err, StageConnect)
			if failure.Sent != 0 || seen.Load() != 0 {
				t.Errorf("sent %d, seen %d, want nothing", failure.Sent, seen.Load())
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not say %q", err, tt.want)
			}
		})
	}
}

func TestTLSAgainstPlainServer(t *testing.T) {
	w := newWire(t, func(_ *wire, c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 canary-body\r\n\r\n") })
	answer, err := testClient("https://"+w.address).Payout(t.Context(), testPayout())
	if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 {
		t.Errorf("sent %d, want 0", failure.Sent)
	}
}

// TestTLSCountsPlainBytes: over TLS, and through a proxy, the count is that of the request itself, not of records,
// handshake or CONNECT.
func TestTLSCountsPlainBytes(t *testing.T) {
	_, c, seen := newTLS(t, nil)
	defer c.Close()
	// Salt, signature and boundary have one length, so every build of one payout does.
	m := &message{path: "/g2g/reg2reg", fields: testPayout().fields(9970)}
	if _, err := c.prepare(m); err != nil {
		t.Fatal(err)
	}
	for _, proxied := range []bool{false, true} {
		if proxied {
			dial := c.Dial
			p := newProxy(t, "HTTP/1.1 200 OK\r\n\r\n", dialledAddress(t, dial))
			c.Dial, c.Proxy = nil, p.url()
		}
		r := testPayout()
		r.OrderID = "malform-" // as long as the other one, and answered with no document
		answer, err := c.Payout(t.Context(), r)
		if failure := wantFailure(t, answer, err, StageDecode); failure.Sent != int64(len(m.bytes)) {
			t.Errorf("proxied %t: sent %d, want %d", proxied, failure.Sent, len(m.bytes))
		}
	}
	if got := seen.Load(); got != 2 {
		t.Errorf("2 calls were %d requests", got)
	}
}

// dialledAddress returns where a dialler leads.
func dialledAddress(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) string {
	t.Helper()
	probe, err := dial(t.Context(), "tcp", "")
	if err != nil {
		t.Fatal(err)
	}
	defer probe.Close()
	return probe.RemoteAddr().String()
}

// proxy is a CONNECT proxy made of raw connections.
type proxy struct {
	*wire
	mu    sync.Mutex
	heads []string
}

// newProxy answers CONNECT with response and, if that is a 200, joins the client with target.
func newProxy(t *testing.T, response, target string) *proxy {
	p := new(proxy)
	p.wire = newWire(t, func(_ *wire, c net.Conn) {
		r := bufio.NewReader(c)
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.heads = append(p.heads, request.Method+" "+request.RequestURI+" "+request.Host+" "+request.Header.Get("Proxy-Authorization"))
		p.mu.Unlock()
		_, _ = io.WriteString(c, response)
		if target != "" {
			join(c, target)
		}
	})
	return p
}

// join copies between c and a new connection to target until either ends.
func join(c net.Conn, target string) {
	up, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(c, up)
		_ = c.Close()
		close(done)
	}()
	_, _ = io.Copy(up, c)
	_ = up.Close()
	<-done
}

func TestProxyIsUsedWhenConfigured(t *testing.T) {
	for name, tt := range map[string]struct{ user, want string }{
		"open":          {"", ""},
		"with password": {"u:p%20w@", "Basic " + base64.StdEncoding.EncodeToString([]byte("u:p w"))},
	} {
		t.Run(name, func(t *testing.T) {
			server, c, seen := newTLS(t, nil)
			p := newProxy(t, "HTTP/1.1 200 OK\r\n\r\n", server.Listener.Addr().String())
			c.Dial = nil
			c.Proxy = "http://" + tt.user + p.address + "/"
			within(c, func() {
				if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
					t.Fatalf("call = %v, %v", answer, err)
				}
			})
			p.mu.Lock()
			defer p.mu.Unlock()
			if want := "CONNECT example.com:443 example.com:443 " + tt.want; len(p.heads) != 1 || p.heads[0] != want || seen.Load() != 1 {
				t.Errorf("proxy saw %q, gateway %d requests", p.heads, seen.Load())
			}
		})
	}
}

func TestProxyIsNotUsedForLoopback(t *testing.T) {
	w := newWire(t, answering(httpAnswer(200, "", accepted())))
	c := testClient(w.url())
	c.Proxy = "http://127.0.0.1:1"
	defer c.Close()
	if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
		t.Errorf("call = %v, %v", answer, err)
	}
}

func TestProxyFailuresSendNothing(t *testing.T) {
	for name, response := range map[string]string{
		"refused":       "HTTP/1.1 407 canary\r\n\r\n",
		"redirect":      "HTTP/1.1 302 x\r\nLocation: https://canary.example\r\n\r\n",
		"talks first":   "HTTP/1.1 200 OK\r\n\r\ncanary",
		"not http":      "canary\r\n\r\n",
		"nothing":       "",
		"endless head":  "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: canary\r\n", 10_000),
		"then closes":   "HTTP/1.1 200 OK\r\n\r\n",
		"informational": "HTTP/1.1 100 Continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := newProxy(t, response, "")
			c := testClient("https://gateway.example")
			c.Proxy = "http://u:canary-password@" + p.address
			answer, err := c.Payout(t.Context(), testPayout())
			if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 {
				t.Errorf("sent %d, want 0", failure.Sent)
			}
		})
	}
}

func TestProxyPortDefaultsTo80(t *testing.T) {
	e := endpoint{serverName: "gateway.example"}
	if err := e.useProxy("http://proxy.example"); err != nil || e.proxy != "proxy.example:80" {
		t.Errorf("proxy %q, %v", e.proxy, err)
	}
}

// TestProxyThatBreaks: a proxy connection that fails at the first write, or while the context ends, sends nothing.
func TestProxyThatBreaks(t *testing.T) {
	p := newProxy(t, "HTTP/1.1 200 OK\r\n\r\n", "")
	c := testClient("https://gateway.example")
	c.Proxy = p.url()
	dialling(c, func(plain net.Conn) net.Conn { return &faulty{Conn: plain, broken: always} })
	answer, err := c.Payout(t.Context(), testPayout())
	if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 {
		t.Errorf("sent %d, want 0", failure.Sent)
	}
}
