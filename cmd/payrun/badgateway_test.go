package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"payrun/freedompay/sandbox"
)

// canned are the answers of gateways that are none.
var canned = map[string]string{
	"mail":     "220 mail.example.kz ready\r\n",
	"500":      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 30\r\n\r\n<html><body>Oops</body></html>",
	"redirect": "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
	"garbage":  "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ngarbage",
	"huge":     "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + strings.Repeat("x", 3_000_000),
}

// gatewayVerb puts the address of a gateway into payouts.hcl, a copy of
// payouts.tmpl with GATEWAY replaced. The gateway serves until the script ends:
//
//	gateway sandbox       the simulation, as the scripts' own of this directory
//	gateway gone          nothing listens there
//	gateway self-signed   https with a certificate that nobody vouches for
//	gateway tls-mail      https to a port that does not speak it
//	gateway KIND          any of the canned answers
func gatewayVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: gateway KIND")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	url := "http://" + listener.Addr().String()
	answer, known := canned[args[0]]
	switch {
	case args[0] == "gone":
		ts.Check(listener.Close())
	case args[0] == "sandbox":
		serveSandbox(ts, listener)
	case args[0] == "tls-mail":
		url = strings.Replace(url, "http", "https", 1)
		go serveGreeting(listener, canned["mail"])
	case args[0] == "self-signed":
		url = strings.Replace(url, "http", "https", 1)
		go serveCanned(tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{selfSigned(ts)}}), canned["garbage"])
	case known:
		go serveCanned(listener, answer)
	default:
		ts.Fatalf("there is no gateway %q", args[0])
	}
	if args[0] != "sandbox" { // which closes it itself
		ts.Defer(func() { _ = listener.Close() })
	}
	text := strings.ReplaceAll(ts.ReadFile("payouts.tmpl"), "GATEWAY", url)
	ts.Check(os.WriteFile(ts.MkAbs("payouts.hcl"), []byte(text), 0o644))
}

func serveSandbox(ts *testscript.TestScript, l net.Listener) {
	dir := ts.MkAbs(filepath.Join(".payrun", "sandbox"))
	ts.Check(os.MkdirAll(dir, 0o755))
	gateway, err := sandbox.New(sandbox.Config{Ledger: filepath.Join(dir, "ledger.jsonl"), Faults: faultsPath(dir)})
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- sandbox.Serve(ctx, l, gateway) }()
	ts.Defer(func() {
		stop()
		ts.Check(errors.Join(<-done, gateway.Close()))
	})
}

// serveCanned gives every request the same answer.
func serveCanned(l net.Listener, answer string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			if err := takeRequest(c); err != nil {
				return
			}
			_, _ = io.WriteString(c, answer)
		}()
	}
}

// serveGreeting speaks first, as mail servers do.
func serveGreeting(l net.Listener, greeting string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_, _ = io.WriteString(c, greeting)
			_, _ = io.Copy(io.Discard, c)
		}()
	}
}

// takeRequest reads one request with its body: closing a connection with
// unread bytes would reset it.
func takeRequest(c io.Reader) error {
	in := bufio.NewReader(c)
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return fmt.Errorf("read the request: %w", err)
		}
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "content-length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	_, err := io.CopyN(io.Discard, in, int64(length))
	return err
}

func selfSigned(ts *testscript.TestScript) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
