package freedompay

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWire breaks connections in every place. A call is offered once, on one connection, and its count says whether
// anything of it may have left. -v prints how many of each kind there were.
func TestWire(t *testing.T) {
	total := 0
	var line []string
	for _, kind := range []struct {
		name string
		run  func(*testing.T) int
	}{
		{"handshakes that end it", badHandshakes},
		{"used connections cut in the request", cutUsedConnections},
		{"used connections cut in the answer", cutUsedAnswers},
		{"stalls in the answer", stalledAnswers},
		{"stalls in the request", stalledRequests},
	} {
		n := kind.run(t)
		if n == 0 {
			t.Errorf("no %s", kind.name)
		}
		total += n
		line = append(line, fmt.Sprintf("%s %d", kind.name, n))
	}
	t.Logf("wire: %d connections broken: %s", total, strings.Join(line, ", "))
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newAuthority is one that nobody trusts yet.
func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{}
	a.cert, a.key = a.issue(t, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign })
	return a
}

// issue makes a certificate for example.com that change makes worse; the zero authority signs nobody but itself.
func (a authority) issue(t *testing.T, change func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "example.com"}, DNSNames: []string{"example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(c)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

// badHandshakes: no certificate but a good one of a trusted authority, and no old TLS, gets a byte of the request.
func badHandshakes(t *testing.T) int {
	trusted, other := newAuthority(t), newAuthority(t)
	same := func(*x509.Certificate) {}
	tests := map[string]struct {
		by     authority
		change func(*x509.Certificate)
		newest uint16
		good   bool
	}{
		"good":              {trusted, same, 0, true},
		"tls 1.2":           {trusted, same, tls.VersionTLS12, true},
		"tls 1.1":           {trusted, same, tls.VersionTLS11, false},
		"tls 1.0":           {trusted, same, tls.VersionTLS10, false},
		"expired":           {trusted, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, 0, false},
		"not valid yet":     {trusted, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, 0, false},
		"wrong name":        {trusted, func(c *x509.Certificate) { c.DNSNames = []string{"example.org"} }, 0, false},
		"name below":        {trusted, func(c *x509.Certificate) { c.DNSNames = []string{"*.example.com"} }, 0, false},
		"common name alone": {trusted, func(c *x509.Certificate) { c.DNSNames = nil }, 0, false},
		"address alone":     {trusted, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{{127, 0, 0, 1}} }, 0, false},
		"a client's":        {trusted, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, 0, false},
		"other authority":   {other, same, 0, false},
		"self-signed":       {authority{}, same, 0, false},
	}
	for name, tt := range tests {
		cert, key := tt.by.issue(t, tt.change)
		config := &tls.Config{
			Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS10, MaxVersion: tt.newest,
		}
		c := testClient("https://example.com")
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AddCert(trusted.cert)
		got := make(chan int, 1)
		w := newWire(t, func(_ *wire, far net.Conn) { got <- serveTLS(far, config) })
		c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, w.address)
		}
		answer, err := c.Payout(t.Context(), testPayout())
		c.Close()
		seen := <-got
		if tt.good {
			if err != nil || !answer.Signed || seen == 0 {
				t.Errorf("%s: %v, %v, gateway got %d bytes", name, answer, err, seen)
			}
			continue
		}
		if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 || seen != 0 {
			t.Errorf("%s: sent %d, gateway got %d bytes", name, failure.Sent, seen)
		}
	}
	return len(tests)
}

// serveTLS answers one request over TLS and returns how many bytes of it were read.
func serveTLS(far net.Conn, config *tls.Config) int {
	secured := tls.Server(far, config)
	b := make([]byte, 1<<16)
	n, err := secured.Read(b)
	if err == nil {
		_, _ = io.WriteString(secured, httpAnswer(200, "", accepted()))
		_, _ = secured.Read(b) // until the client hangs up
	}
	return n
}

// requestLength is how long the request of testPayout is, which does not vary.
func requestLength(t *testing.T, c *Client) int {
	t.Helper()
	m := &message{path: "/g2g/reg2reg", fields: testPayout().fields(9970)}
	if _, err := c.prepare(m); err != nil {
		t.Fatal(err)
	}
	return len(m.bytes)
}

// bubbled runs one case in fake time, where a used connection stays young; whatever blocks in it ends by itself.
func bubbled(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		run(t)
		time.Sleep(longest)
	})
}

// failsOnce makes a second call on the connection of the first: it must fail without another connection, all of it counted.
func failsOnce(t *testing.T, c *Client, dials *int, stages ...Stage) {
	t.Helper()
	if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
		t.Fatalf("first call = %v, %v", answer, err)
	}
	answer, err := c.Payout(t.Context(), testPayout())
	c.Close()
	var failure *CallError
	if answer != nil || !errors.As(err, &failure) || failure.Sent == 0 || *dials != 1 {
		t.Errorf("second call = %v, %v in %d dials", answer, err, *dials)
		return
	}
	for _, stage := range stages {
		if failure.Stage == stage {
			return
		}
	}
	t.Errorf("ended at %s, want one of %v", failure.Stage, stages)
}

// cutUsedConnections: a gateway that closes a used connection after k bytes of the second request, for every k, is
// where net/http would send again.
func cutUsedConnections(t *testing.T) int {
	length := requestLength(t, testClient("http://127.0.0.1"))
	// Not 0: a close before the second call is seen, and dialling again is right; TestServerClosesIdleConnection holds it.
	for k := 1; k <= length; k++ {
		bubbled(t, func(t *testing.T) {
			c, w := testClient("http://127.0.0.1"), new(wire)
			dials := pipes(c, func(far net.Conn) {
				r := bufio.NewReaderSize(far, 16) // reads little ahead
				if w.readRequest(r) {
					_, _ = io.WriteString(far, httpAnswer(200, "", accepted()))
					_, _ = io.CopyN(io.Discard, r, int64(k))
				}
			})
			failsOnce(t, c, dials, StageWrite, StageRead)
			if got := w.requests.Load(); got != 1 {
				t.Errorf("cut after %d bytes: %d whole requests", k, got)
			}
		})
	}
	return length
}

// cutUsedAnswers: the second answer on a connection ends after k bytes, for every k.
func cutUsedAnswers(t *testing.T) int {
	whole := httpAnswer(200, "", accepted())
	for k := range len(whole) {
		bubbled(t, func(t *testing.T) {
			c, w := testClient("http://127.0.0.1"), new(wire)
			dials := pipes(c, func(far net.Conn) {
				r := bufio.NewReader(far)
				for _, response := range []string{whole, whole[:k]} {
					if w.readRequest(r) {
						_, _ = io.WriteString(far, response)
					}
				}
			})
			failsOnce(t, c, dials, StageRead)
			if got := w.requests.Load(); got != 2 {
				t.Errorf("cut after %d bytes: %d requests, want 2", k, got)
			}
		})
	}
	return len(whole)
}

// stalledAnswers: an answer that stops after k bytes, for every k, ends the call at its time-out, in doubt.
func stalledAnswers(t *testing.T) int {
	whole := httpAnswer(200, "", accepted())
	for k := range len(whole) {
		bubbled(t, func(t *testing.T) {
			c := testClient("http://127.0.0.1")
			dials := pipes(c, func(far net.Conn) {
				new(wire).readRequest(bufio.NewReader(far))
				_, _ = io.WriteString(far, whole[:k])
				time.Sleep(time.Hour)
			})
			endsInTime(t, c, dials, StageRead)
		})
	}
	return len(whole)
}

// stalledRequests: so does a gateway that reads k bytes of the request and no more.
func stalledRequests(t *testing.T) int {
	length := requestLength(t, testClient("http://127.0.0.1"))
	for k := range length {
		bubbled(t, func(t *testing.T) {
			c := testClient("http://127.0.0.1")
			dials := pipes(c, func(far net.Conn) {
				_, _ = io.CopyN(io.Discard, far, int64(k))
				time.Sleep(time.Hour)
			})
			endsInTime(t, c, dials, StageWrite)
		})
	}
	return length
}

// endsInTime makes a call that the gateway lets hang.
func endsInTime(t *testing.T, c *Client, dials *int, stage Stage) {
	t.Helper()
	start := time.Now()
	answer, err := c.Payout(t.Context(), testPayout())
	failure := wantFailure(t, answer, err, stage)
	if took := time.Since(start); took != defaultTimeout || failure.Sent == 0 || *dials != 1 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended after %v with %d bytes offered in %d dials: %v", took, failure.Sent, *dials, err)
	}
}
