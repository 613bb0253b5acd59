package freedompay

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// longest is past the end of every stall in these tests, so that a bubble ends with nobody asleep in it.
const longest = 3 * time.Hour

// pipes dials in-memory connections, each served by serve. Together with a synctest bubble time is exact and free.
func pipes(c *Client, serve func(net.Conn)) *int {
	dials := new(int)
	c.Dial = func(context.Context, string, string) (net.Conn, error) {
		*dials++
		near, far := net.Pipe()
		go func() {
			serve(far)
			_ = far.Close()
		}()
		return near, nil
	}
	return dials
}

// TestPayoutConnectionLivesOneSecond: after 1 s without an answer a payout connection is gone; a status call's stays 30 s.
func TestPayoutConnectionLivesOneSecond(t *testing.T) {
	payout := func(ctx context.Context, c *Client) error { _, err := c.Payout(ctx, testPayout()); return err }
	status := func(ctx context.Context, c *Client) error {
		_, err := c.Status(ctx, &StatusRequest{OrderID: "salary-1"})
		return err
	}
	tests := map[string]struct {
		call  func(context.Context, *Client) error
		pause time.Duration
		dials int
	}{
		"payout at once":         {payout, 0, 1},
		"payout after 999 ms":    {payout, 999 * time.Millisecond, 1},
		"payout after 1.001 s":   {payout, 1001 * time.Millisecond, 3},
		"status after 29 s":      {status, 29 * time.Second, 1},
		"status after 30.001 s":  {status, 30*time.Second + time.Millisecond, 3},
		"payout after a day off": {payout, 24 * time.Hour, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := testClient("http://127.0.0.1")
				w := new(wire)
				dials := pipes(c, func(far net.Conn) { keeping(httpAnswer(200, "", accepted()))(w, far) })
				for range 3 {
					if err := tt.call(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					time.Sleep(tt.pause)
				}
				c.Close()
				synctest.Wait()
				if *dials != tt.dials || w.requests.Load() != 3 {
					t.Errorf("%d requests in %d dials, want 3 in %d", w.requests.Load(), *dials, tt.dials)
				}
			})
		})
	}
}

// TestPayoutsAndLookupsShareNoConnection: a status call's connection, which may be old, never carries a payout.
func TestPayoutsAndLookupsShareNoConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testClient("http://127.0.0.1")
		dials := pipes(c, func(far net.Conn) { keeping(httpAnswer(200, "", accepted()))(new(wire), far) })
		if _, err := c.Balance(t.Context(), "KZT"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Payout(t.Context(), testPayout()); err != nil {
			t.Fatal(err)
		}
		c.Close()
		if *dials != 2 {
			t.Errorf("%d dials, want 2", *dials)
		}
	})
}

// TestTimeoutBoundsTheWholeExchange: wherever the gateway stalls, the call ends exactly at its time-out.
func TestTimeoutBoundsTheWholeExchange(t *testing.T) {
	tests := map[string]struct {
		timeout time.Duration
		serve   func(net.Conn)
		stage   Stage
		sent    bool
	}{
		"reads nothing": {time.Minute, func(net.Conn) { time.Sleep(time.Hour) }, StageWrite, true},
		"default of 30 s, holds the answer": {0, func(far net.Conn) {
			new(wire).readRequest(bufio.NewReader(far))
			time.Sleep(time.Hour)
		}, StageRead, true},
		"stalls in the head": {time.Minute, func(far net.Conn) {
			new(wire).readRequest(bufio.NewReader(far))
			_, _ = io.WriteString(far, "HTTP/1.1 200 OK\r\n")
			time.Sleep(time.Hour)
		}, StageRead, true},
		"one byte a second": {time.Minute, func(far net.Conn) {
			new(wire).readRequest(bufio.NewReader(far))
			_, _ = io.WriteString(far, "HTTP/1.1 200 OK\r\n\r\n")
			for range 3600 {
				time.Sleep(time.Second)
				_, _ = far.Write([]byte("x"))
			}
		}, StageRead, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := testClient("http://127.0.0.1")
				c.Timeout = tt.timeout
				dials := pipes(c, tt.serve)
				start := time.Now()
				answer, err := c.Payout(t.Context(), testPayout())
				failure := wantFailure(t, answer, err, tt.stage)
				want := tt.timeout
				if want == 0 {
					want = 30 * time.Second
				}
				if took := time.Since(start); took != want || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("ended after %v with %v, want %v", took, err, want)
				}
				if (failure.Sent > 0) != tt.sent || *dials != 1 {
					t.Errorf("sent %d in %d dials", failure.Sent, *dials)
				}
				time.Sleep(longest)
			})
		})
	}
}

// TestTimeoutWhileConnecting: a dial, a handshake or a proxy that hangs ends at the time-out with nothing sent.
func TestTimeoutWhileConnecting(t *testing.T) {
	hang := func(net.Conn) { time.Sleep(time.Hour) }
	tests := map[string]func(*Client){
		"dial": func(c *Client) {
			c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		},
		"handshake":          func(c *Client) { pipes(c, hang) },
		"proxy that hangs":   func(c *Client) { c.Proxy = "http://proxy.example"; pipes(c, hang) },
		"proxy half answers": func(c *Client) { c.Proxy = "http://proxy.example"; pipes(c, halfProxy) },
		"last check that hangs": func(c *Client) {
			c.BaseURL = "http://127.0.0.1"
			pipes(c, hang)
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := testClient("https://gateway.example")
				change(c)
				r := testPayout()
				r.BeforeFirstByte = func() error { time.Sleep(time.Minute); return nil }
				answer, err := c.Payout(t.Context(), r)
				failure := wantFailure(t, answer, err, StageConnect)
				if failure.Sent != 0 || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("sent %d: %v", failure.Sent, err)
				}
				time.Sleep(longest)
			})
		})
	}
}

// halfProxy reads a CONNECT and stalls in its answer.
func halfProxy(far net.Conn) {
	_, _ = far.Read(make([]byte, 4096))
	_, _ = io.WriteString(far, "HTTP/1.1 200 OK\r\n")
	time.Sleep(time.Hour)
}
