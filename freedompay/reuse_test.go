package freedompay

import (
	"bufio"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestConnectionIsUsedAgain(t *testing.T) {
	w := newWire(t, keeping(httpAnswer(200, "", accepted())))
	c := testClient(w.url())
	defer c.Close()
	for range 3 {
		if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
	}
	if requests, conns := w.requests.Load(), w.conns.Load(); requests != 3 || conns != 1 {
		t.Errorf("%d requests on %d connections, want 3 on 1", requests, conns)
	}
}

// TestConnectionIsNotUsedAgain: after an answer with anything odd about it the next call dials.
func TestConnectionIsNotUsedAgain(t *testing.T) {
	answers := map[string]string{
		"close asked for":   httpAnswer(200, "Connection: close\r\n", accepted()),
		"http/1.0":          strings.Replace(httpAnswer(200, "", accepted()), "1.1", "1.0", 1),
		"bytes after it":    httpAnswer(200, "", accepted()) + "canary-body",
		"answer after it":   httpAnswer(200, "", accepted()) + httpAnswer(200, "", accepted()),
		"length unsaid":     "HTTP/1.1 200 OK\r\n\r\n" + accepted(),
		"length and a tail": strings.Replace(httpAnswer(200, "", accepted()), "\r\n\r\n", "\r\nX-A: b\r\n\r\n", 1) + "\n",
	}
	for name, response := range answers {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, answering(response))
			c := testClient(w.url())
			defer c.Close()
			for range 2 {
				if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
					t.Fatalf("call = %v, %v", answer, err)
				}
				if n := c.payouts.size(); n != 0 {
					t.Errorf("%d connections are kept", n)
				}
			}
			if requests, conns := w.requests.Load(), w.conns.Load(); requests != 2 || conns != 2 {
				t.Errorf("%d requests on %d connections, want 2 on 2", requests, conns)
			}
		})
	}
}

// size counts the idle connections.
func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle)
}

// TestServerClosesIdleConnection: the close is noticed while the connection is idle, and the next call dials.
func TestServerClosesIdleConnection(t *testing.T) {
	w := newWire(t, answering(httpAnswer(200, "", accepted())))
	c := testClient(w.url())
	defer c.Close()
	for range 3 {
		if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
		for c.payouts.size() > 0 {
			runtime.Gosched()
		}
	}
	if requests, conns := w.requests.Load(), w.conns.Load(); requests != 3 || conns != 3 {
		t.Errorf("%d requests on %d connections, want 3 on 3", requests, conns)
	}
}

// TestServerTalksOnIdleConnection: bytes nobody asked for end a connection and are shown to nobody.
func TestServerTalksOnIdleConnection(t *testing.T) {
	w := newWire(t, func(w *wire, c net.Conn) {
		r := bufio.NewReader(c)
		for w.readRequest(r) {
			_, _ = io.WriteString(c, httpAnswer(200, "", accepted()))
			_, _ = io.WriteString(c, "canary-body")
		}
	})
	c := testClient(w.url())
	defer c.Close()
	for range 2 {
		if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
		for c.payouts.size() > 0 {
			runtime.Gosched()
		}
	}
	if got := w.requests.Load(); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

// TestReusedConnectionThatDies: a reused connection that takes the request and dies, or dies at the write, costs one
// call and never a second request.
func TestReusedConnectionThatDies(t *testing.T) {
	t.Run("after the request", func(t *testing.T) {
		w := newWire(t, func(w *wire, c net.Conn) {
			r := bufio.NewReader(c)
			if w.readRequest(r) {
				_, _ = io.WriteString(c, httpAnswer(200, "", accepted()))
				w.readRequest(r)
			}
		})
		c := testClient(w.url())
		defer c.Close()
		if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
		answer, err := c.Payout(t.Context(), testPayout())
		if failure := wantFailure(t, answer, err, StageRead); failure.Sent == 0 {
			t.Error("sent 0")
		}
		if requests, conns := w.requests.Load(), w.conns.Load(); requests != 2 || conns != 1 {
			t.Errorf("2 calls were %d requests on %d connections, want 2 on 1", requests, conns)
		}
	})
	t.Run("at the write", func(t *testing.T) {
		w := newWire(t, keeping(httpAnswer(200, "", accepted())))
		c := testClient(w.url())
		defer c.Close()
		dials := dialling(c, func(plain net.Conn) net.Conn { return &faulty{Conn: plain, broken: second} })
		if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
			t.Fatalf("call = %v, %v", answer, err)
		}
		answer, err := c.Payout(t.Context(), testPayout())
		if failure := wantFailure(t, answer, err, StageWrite); failure.Sent == 0 {
			t.Error("sent 0")
		}
		if got := w.requests.Load(); got != 1 || *dials != 1 {
			t.Errorf("%d requests in %d dials, want 1 in 1", got, *dials)
		}
	})
}

// TestConnectionsAreKeptPerEndpoint: a client whose address changed does not send to the old one.
func TestConnectionsAreKeptPerEndpoint(t *testing.T) {
	first := newWire(t, keeping(httpAnswer(200, "", accepted())))
	other := newWire(t, keeping(httpAnswer(200, "", accepted())))
	c := testClient(first.url())
	defer c.Close()
	for _, w := range []*wire{first, other, first} {
		c.BaseURL = w.url()
		if _, err := c.Payout(t.Context(), testPayout()); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := first.requests.Load(), other.requests.Load(); a != 2 || b != 1 {
		t.Errorf("the gateways saw %d and %d requests, want 2 and 1", a, b)
	}
}

// TestManyCallsAtOnce: every call is one request, whatever connections they share.
func TestManyCallsAtOnce(t *testing.T) {
	server, seen := newCounter(t)
	c := testClient(server)
	defer c.Close()
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 25 {
				if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
					t.Errorf("call = %v, %v", answer, err)
				}
			}
		})
	}
	group.Wait()
	if got := seen.Load(); got != 400 {
		t.Errorf("400 calls were %d requests", got)
	}
}
