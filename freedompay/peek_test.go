//go:build linux || darwin || freebsd || netbsd || openbsd

package freedompay

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
)

// noSocket claims to be a socket and is none.
type noSocket struct{ net.Conn }

// SyscallConn fails.
func (noSocket) SyscallConn() (syscall.RawConn, error) { return nil, errors.New("open raw connection") }

func TestSilent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	pair := func() (near, far net.Conn) {
		near, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if far, err = listener.Accept(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = near.Close(); _ = far.Close() })
		return near, far
	}
	open, _ := pair()
	talking, far := pair()
	if _, err := io.WriteString(far, "x"); err != nil {
		t.Fatal(err)
	}
	closed, far := pair()
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	gone, _ := pair()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	near, other := net.Pipe()
	defer near.Close()
	defer other.Close()
	for name, tt := range map[string]struct {
		conn net.Conn
		want bool
	}{
		"open and quiet": {open, true}, "byte waiting": {talking, false}, "closed there": {closed, false}, "closed here": {gone, false},
		"in memory": {near, true}, "no raw access": {noSocket{near}, false},
	} {
		if got := silent(tt.conn); got != tt.want {
			t.Errorf("%s: silent = %t, want %t", name, got, tt.want)
		}
	}
}

// TestPendingCloseIsSeen: a close that arrived before the call starts is seen even if the watcher has not run yet.
func TestPendingCloseIsSeen(t *testing.T) {
	for range 200 {
		closed := make(chan struct{})
		w := newWire(t, func(w *wire, c net.Conn) {
			answering(httpAnswer(200, "", accepted()))(w, c)
			_ = c.Close()
			closed <- struct{}{}
		})
		c := testClient(w.url())
		for range 2 {
			if answer, err := c.Payout(t.Context(), testPayout()); err != nil || !answer.Signed {
				t.Fatalf("call = %v, %v", answer, err)
			}
			<-closed
		}
		c.Close()
	}
}
