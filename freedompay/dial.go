package freedompay

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// longAgo is a deadline that has passed: setting it ends a read or write at once.
var longAgo = time.Unix(1, 0)

// conn is one connection to the gateway and what is needed to use it again.
type conn struct {
	net.Conn          // TLS, or the plain socket on loopback
	raw      net.Conn // the socket below: closed without a TLS goodbye, which could block on a stuck peer
	reader   *bufio.Reader
	meter    *meter
	endpoint endpoint
	parked   time.Time // when its last answer ended
	quiet    chan bool // what the watcher saw, see pool
}

// close closes the socket. Its error says nothing that a call could act on.
func (c *conn) close() { _ = c.raw.Close() }

// meter passes at most left bytes on, so that no answer is endless.
type meter struct {
	source io.Reader
	left   int64
}

// Read reads within the budget and errs when it is used up.
func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errHeadTooLarge
	}
	n, err := m.source.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}

// dial opens a connection to e: socket, tunnel where a proxy is configured, TLS. No request byte is involved.
func (c *Client) dial(ctx context.Context, e endpoint) (*conn, error) {
	open, address := c.Dial, e.address
	if open == nil {
		open = new(net.Dialer).DialContext
	}
	if e.proxy != "" {
		address = e.proxy
	}
	raw, err := open(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open connection: %w", err)
	}
	secured, err := c.secure(ctx, raw, e)
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	m := &meter{source: secured}
	return &conn{Conn: secured, raw: raw, reader: bufio.NewReader(m), meter: m, endpoint: e}, nil
}

// secure turns a socket into what request bytes may be offered to.
func (c *Client) secure(ctx context.Context, raw net.Conn, e endpoint) (net.Conn, error) {
	if !e.tls {
		// The name localhost is only as good as the resolver: look at where it led.
		if a, ok := raw.RemoteAddr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
			return nil, errors.New("dial: plain http reached an address that is not loopback")
		}
		return raw, nil
	}
	if e.proxy != "" {
		if err := tunnel(ctx, raw, e); err != nil {
			return nil, fmt.Errorf("open tunnel through proxy: %w", err)
		}
	}
	secured := tls.Client(raw, &tls.Config{
		ServerName: e.serverName,
		RootCAs:    c.RootCAs,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"}, // h2 would bring back retries and streams that a GOAWAY cuts
	})
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("shake hands: %w", err)
	}
	return secured, nil
}

// tunnel asks the proxy at the other end of raw for a byte stream to e.
func tunnel(ctx context.Context, raw net.Conn, e endpoint) error {
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(longAgo) })
	defer stop()
	head := "CONNECT " + e.address + " HTTP/1.1\r\nHost: " + e.address + "\r\n"
	if e.proxyAuth != "" {
		head += "Proxy-Authorization: " + e.proxyAuth + "\r\n"
	}
	if _, err := io.WriteString(raw, head+"\r\n"); err != nil {
		return readable(ctx, err)
	}
	reader := bufio.NewReader(&meter{source: raw, left: maxHeadBytes})
	resp, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	switch {
	case err != nil:
		return readable(ctx, err)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("answered with http status %d", resp.StatusCode)
	case reader.Buffered() > 0:
		return errBadHTTP // nobody speaks before our ClientHello
	}
	return nil
}

// useProxy sets the proxy of e from a setting; loopback is reached directly whatever it says. The errors do not hold
// the setting, which may carry a password.
func (e *endpoint) useProxy(setting string) error {
	if setting == "" {
		return nil
	}
	u, err := url.Parse(setting)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return errors.New("parse proxy: want http://[user:password@]host:port")
	}
	if isLoopback(e.serverName) {
		return nil
	}
	e.proxy = u.Host
	if u.Port() == "" {
		e.proxy = net.JoinHostPort(u.Hostname(), "80")
	}
	if u.User != nil {
		password, _ := u.User.Password()
		e.proxyAuth = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
	}
	return nil
}
