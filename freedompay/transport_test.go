package freedompay

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// faulty is a connection with a fault: it fails or blocks where its fields say.
type faulty struct {
	net.Conn
	writable int      // bytes a write passes on before it fails; below 0 is no limit
	remote   net.Addr // stands in for the real remote address
	wrote    func()   // called before each write
	mu       sync.Mutex
	broken   func(n int) bool // reports whether the n-th write (from 0) meets the limit
	writes   int
}

// Write passes on at most writable bytes of a write that is broken.
func (f *faulty) Write(p []byte) (int, error) {
	f.mu.Lock()
	n := f.writes
	f.writes++
	f.mu.Unlock()
	if f.wrote != nil {
		f.wrote()
	}
	if f.broken == nil || !f.broken(n) {
		return f.Conn.Write(p)
	}
	k, _ := f.Conn.Write(p[:min(f.writable, len(p))])
	return k, errors.New("break pipe")
}

// RemoteAddr returns the stand-in, if any.
func (f *faulty) RemoteAddr() net.Addr {
	if f.remote != nil {
		return f.remote
	}
	return f.Conn.RemoteAddr()
}

// dialling wraps every connection of c by wrap and counts the dials.
func dialling(c *Client, wrap func(net.Conn) net.Conn) *int {
	dials := new(int)
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		*dials++
		plain, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return wrap(plain), nil
	}
	return dials
}

// always and second say which writes break.
func always(int) bool   { return true }
func second(n int) bool { return n == 1 }

func TestRefusedDialSendsNothing(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	r := testPayout()
	r.BeforeFirstByte = func() error { t.Error("BeforeFirstByte was called"); return nil }
	answer, err := testClient("http://"+address).Payout(t.Context(), r)
	if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 {
		t.Errorf("sent %d, want 0", failure.Sent)
	}
	if !strings.Contains(err.Error(), "nothing sent") {
		t.Errorf("error %q does not say that nothing was sent", err)
	}
}

// TestPlainHTTPMustReachLoopback: a name that leads elsewhere is found out before a byte.
func TestPlainHTTPMustReachLoopback(t *testing.T) {
	w := newWire(t, keeping(httpAnswer(200, "", accepted())))
	c := testClient(w.url())
	dialling(c, func(plain net.Conn) net.Conn {
		return &faulty{Conn: plain, remote: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}}
	})
	answer, err := c.Payout(t.Context(), testPayout())
	if failure := wantFailure(t, answer, err, StageConnect); failure.Sent != 0 || w.requests.Load() != 0 {
		t.Errorf("sent %d, seen %d, want nothing", failure.Sent, w.requests.Load())
	}
}

// TestBrokenWriteCountsAsOffered: whatever part of the request the socket took, all of it counts, and nobody tries again.
func TestBrokenWriteCountsAsOffered(t *testing.T) {
	w := newWire(t, keeping(httpAnswer(200, "", accepted())))
	for _, k := range []int{0, 1, 100, 500, 1000} {
		c := testClient(w.url())
		dials := dialling(c, func(plain net.Conn) net.Conn { return &faulty{Conn: plain, writable: k, broken: always} })
		answer, err := c.Payout(t.Context(), testPayout())
		failure := wantFailure(t, answer, err, StageWrite)
		if failure.Sent <= 1000 || *dials != 1 {
			t.Errorf("after %d bytes: sent %d in %d dials, want the whole request in 1", k, failure.Sent, *dials)
		}
	}
	if got := w.requests.Load(); got != 0 {
		t.Errorf("the gateway saw %d whole requests", got)
	}
}

// TestSentIsTheWholeRequest: the count is the length of what the gateway gets.
func TestSentIsTheWholeRequest(t *testing.T) {
	got := make(chan int, 1)
	w := newWire(t, func(_ *wire, c net.Conn) {
		p := make([]byte, 1<<16)
		n, _ := io.ReadAtLeast(c, p, 1)
		for total := n; ; total += n {
			if strings.Contains(string(p[:total]), "--\r\n") {
				got <- total
				return
			}
			var err error
			if n, err = c.Read(p[total:]); err != nil {
				got <- -1
				return
			}
		}
	})
	answer, err := calling(t, w)
	failure := wantFailure(t, answer, err, StageRead)
	if n := <-got; int64(n) != failure.Sent {
		t.Errorf("sent %d, the gateway got %d", failure.Sent, n)
	}
}

// TestServerThatDropsPartOfTheRequest: the gateway closes after k bytes; there is one request at most and no second try.
func TestServerThatDropsPartOfTheRequest(t *testing.T) {
	for _, k := range []int64{0, 1, 50, 400, 1200} {
		w := newWire(t, func(_ *wire, c net.Conn) { _, _ = io.CopyN(io.Discard, c, k) })
		answer, err := calling(t, w)
		var failure *CallError
		if answer != nil || !errors.As(err, &failure) || failure.Sent == 0 {
			t.Errorf("after %d bytes: %v, %v, want an error with bytes sent", k, answer, err)
		}
		if got := w.conns.Load(); got != 1 {
			t.Errorf("after %d bytes: %d connections, want 1", k, got)
		}
	}
}

func TestBeforeFirstByte(t *testing.T) {
	w := newWire(t, keeping(httpAnswer(200, "", accepted())))
	c := testClient(w.url())
	defer c.Close()
	var order []string
	dialling(c, func(plain net.Conn) net.Conn {
		order = append(order, "dial")
		return &faulty{Conn: plain, wrote: func() { order = append(order, "write") }}
	})
	r := testPayout()
	r.BeforeFirstByte = func() error { order = append(order, "before"); return nil }
	for range 2 {
		if answer, err := c.Payout(t.Context(), r); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
	}
	if got := strings.Join(order, " "); got != "dial before write before write" {
		t.Errorf("order of events: %s", got)
	}
}

// refused is an error that callers look for by type.
type refused struct{ why string }

func (r *refused) Error() string { return r.why }

func TestBeforeFirstByteRefuses(t *testing.T) {
	w := newWire(t, keeping(httpAnswer(200, "", accepted())))
	c := testClient(w.url())
	defer c.Close()
	wrote := false
	dialling(c, func(plain net.Conn) net.Conn { return &faulty{Conn: plain, wrote: func() { wrote = true }} })
	r := testPayout()
	r.BeforeFirstByte = func() error { return &refused{"lock lost"} }
	answer, err := c.Payout(t.Context(), r)
	failure := wantFailure(t, answer, err, StageRefused)
	var cause *refused
	if failure.Sent != 0 || !errors.As(err, &cause) || cause.why != "lock lost" {
		t.Errorf("sent %d, cause %v", failure.Sent, cause)
	}
	if wrote || w.requests.Load() != 0 {
		t.Errorf("wrote %t, seen %d, want nothing", wrote, w.requests.Load())
	}
}

// TestContextEndsBeforeFirstByte: whenever the context ends before the write, nothing is sent.
func TestContextEndsBeforeFirstByte(t *testing.T) {
	for name, at := range map[string]string{"before the call": "start", "while dialling": "dial", "in the last check": "before"} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, keeping(httpAnswer(200, "", accepted())))
			c := testClient(w.url())
			defer c.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			wrote := false
			c.Dial = func(_ context.Context, network, address string) (net.Conn, error) {
				plain, err := net.Dial(network, address)
				if at == "dial" {
					cancel()
				}
				return &faulty{Conn: plain, wrote: func() { wrote = true }}, err
			}
			r := testPayout()
			r.BeforeFirstByte = func() error {
				if at == "dial" {
					t.Error("BeforeFirstByte was called")
				}
				cancel()
				return nil
			}
			if at == "start" {
				cancel()
				c.Dial = nil
			}
			answer, err := c.Payout(ctx, r)
			failure := wantFailure(t, answer, err, StageConnect)
			if failure.Sent != 0 || !errors.Is(err, context.Canceled) || wrote || w.requests.Load() != 0 {
				t.Errorf("sent %d, wrote %t, seen %d: %v", failure.Sent, wrote, w.requests.Load(), err)
			}
		})
	}
}

// TestContextEndsWhileHeld: a call cut after its request is over with all bytes counted.
func TestContextEndsWhileHeld(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	release := make(chan struct{})
	w := newWire(t, func(w *wire, c net.Conn) {
		w.readRequest(bufio.NewReader(c))
		cancel()
		<-release
	})
	answer, err := testClient(w.url()).Payout(ctx, testPayout())
	close(release)
	failure := wantFailure(t, answer, err, StageRead)
	if failure.Sent == 0 || !errors.Is(err, context.Canceled) || w.requests.Load() != 1 {
		t.Errorf("sent %d, seen %d: %v", failure.Sent, w.requests.Load(), err)
	}
}
