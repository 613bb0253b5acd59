package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"payrun/freedompay/sandbox"
)

func TestLateLandsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := open(t, sandbox.Config{})
		if err := g.Inject(sandbox.Fault{Call: "payout", Do: "late:1h"}); err != nil {
			t.Fatal(err)
		}
		answered := make(chan string, 1)
		go func() { answered <- record(t, g, payURL, payout("a"), context.Background()).Body.String() }()
		time.Sleep(time.Hour - time.Nanosecond)
		synctest.Wait()
		unknown := record(t, g, askURL2, ask("a"), context.Background()).Body.String()
		if n := len(g.Payments()); n != 0 || len(answered) != 0 || !strings.Contains(unknown, "<pg_payment_id>0<") {
			t.Fatalf("%d payments, %d answers before the landing; status says\n%s", n, len(answered), unknown)
		}
		time.Sleep(time.Nanosecond)
		if body := <-answered; !strings.Contains(body, "<pg_payment_id>1000000001<") {
			t.Errorf("answer\n%s", body)
		}
		lines, err := g.Lines()
		if err != nil || len(lines) != 3 || lines[2].Call != sandbox.CallLanding || lines[2].Of != 1 || lines[0].Paid || !lines[2].Paid {
			t.Errorf("lines %+v (%v)", lines, err)
		}
		wantVerify(t, g)
	})
}

func TestDelayPaysAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := open(t, sandbox.Config{})
		if err := g.Inject(sandbox.Fault{Call: "payout", Do: "delay:90s"}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		answered := make(chan int, 1)
		go func() { answered <- record(t, g, payURL, payout("a"), context.Background()).Code }()
		synctest.Wait()
		if n := len(g.Payments()); n != 1 || len(answered) != 0 {
			t.Errorf("%d payments, %d answers at once", n, len(answered))
		}
		if code := <-answered; code != 200 || time.Since(began) != 90*time.Second {
			t.Errorf("status %d after %s", code, time.Since(began))
		}
	})
}

func TestLagEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := open(t, sandbox.Config{})
		if err := g.Inject(sandbox.Fault{Call: "status", Do: "lag"}); err != nil {
			t.Fatal(err)
		}
		record(t, g, payURL, payout("a"), context.Background())
		time.Sleep(time.Minute - time.Nanosecond)
		if body := record(t, g, askURL, ask("a"), context.Background()).Body.String(); !strings.Contains(body, "11068") {
			t.Errorf("within the minute:\n%s", body)
		}
		time.Sleep(time.Nanosecond)
		if body := record(t, g, askURL, ask("a"), context.Background()).Body.String(); !strings.Contains(body, ">success<") {
			t.Errorf("after the minute:\n%s", body)
		}
	})
}

// pipes is a listener in memory, which synctest can wait on.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func TestServeCutsAStuckClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- sandbox.Serve(ctx, l, open(t, sandbox.Config{})) }()
		ours, theirs := net.Pipe()
		l.conns <- theirs
		if _, err := ours.Write([]byte("POST /g2g/reg2reg HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if _, err := ours.Read(make([]byte, 1)); err == nil {
			t.Error("the stuck client was answered")
		}
	})
}

// The deadline of one answer must not cut a later one on the same connection.
func TestDeadlinesEndWithTheirCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- sandbox.Serve(ctx, l, open(t, sandbox.Config{})) }()
		dials := 0
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials++
			ours, theirs := net.Pipe()
			l.conns <- theirs
			return ours, nil
		}}
		kind, body := multipartBody(t, signed(payURL, payout("a")))
		for path, want := range map[string]int{payURL: 200, "/nowhere": 404, askURL: 401} {
			r, err := (&http.Client{Transport: transport}).Post("http://sandbox"+path, kind, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != want {
				t.Errorf("%s: %d, %v", path, r.StatusCode, err)
			}
			r.Body.Close()
			time.Sleep(time.Minute)
		}
		transport.CloseIdleConnections()
		cancel()
		if err := <-served; err != nil || dials != 1 {
			t.Errorf("Serve: %v, %d connections", err, dials)
		}
	})
}

// stubborn cannot be closed without an error.
type stubborn struct{ *pipes }

func (s stubborn) Close() error { return errors.Join(s.pipes.Close(), errors.New("stubborn")) }

func TestServeSaysThatItCouldNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan error, 1)
		l := stubborn{&pipes{closed: make(chan struct{})}}
		go func() { served <- sandbox.Serve(ctx, l, open(t, sandbox.Config{})) }()
		synctest.Wait()
		cancel()
		if err := <-served; err == nil || !strings.Contains(err.Error(), "stubborn") {
			t.Errorf("Serve: %v", err)
		}
	})
}

func TestServeNeedsAListener(t *testing.T) {
	l := &pipes{closed: make(chan struct{})}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Serve(t.Context(), l, open(t, sandbox.Config{})); err == nil {
		t.Error("a closed listener was served")
	}
}
