package freedompay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a call leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testPayout is a payout that nothing is wrong with.
func testPayout() *PayoutRequest {
	return &PayoutRequest{
		OrderID: "salary-1", Amount: "100.00", Description: "Salary", TimeLimit: "2026-11-23 10:00:00", UserID: "42",
		PostLink: "https://shop.example/hook", CardToken: exampleToken,
	}
}

// noDial is a dialler that must not be used.
func noDial(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		t.Errorf("dialled %s", address)
		return nil, errors.New("refuse dial")
	}
}

// wantFailure checks that a call ended at stage without an answer, and that its error tells no secret.
func wantFailure(t *testing.T, answer *Answer, err error, stage Stage) *CallError {
	t.Helper()
	var failure *CallError
	if answer != nil || !errors.As(err, &failure) {
		t.Fatalf("call = %v, %v, want a *CallError alone", answer, err)
	}
	if failure.Stage != stage {
		t.Errorf("stage %s, want %s: %v", failure.Stage, stage, err)
	}
	if failure.Script == "" || failure.Unwrap() == nil {
		t.Errorf("error lacks script or cause: %#v", failure)
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, *failure)} {
		for _, canary := range []string{testKey, exampleToken, exampleToken[4:32], "canary", "pg_sig", "salary-1"} {
			if strings.Contains(text, canary) {
				t.Errorf("error holds %q: %s", canary, text)
			}
		}
	}
	return failure
}

// wire is a gateway made of raw connections: it counts what it sees and answers as a script says.
type wire struct {
	address  string
	requests atomic.Int64 // requests read whole
	conns    atomic.Int64
}

// url is the base URL of w.
func (w *wire) url() string { return "http://" + w.address }

// newWire serves every connection with serve until the test ends.
func newWire(t *testing.T, serve func(*wire, net.Conn)) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{address: listener.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			w.conns.Add(1)
			serve(w, c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return w
}

// readRequest reads one whole request and counts it.
func (w *wire) readRequest(r *bufio.Reader) bool {
	request, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return false
	}
	w.requests.Add(1)
	return true
}

// answering serves one request a connection with the bytes of response and closes.
func answering(response string) func(*wire, net.Conn) {
	return func(w *wire, c net.Conn) {
		if w.readRequest(bufio.NewReader(c)) {
			_, _ = io.WriteString(c, response)
		}
	}
}

// keeping answers every request of a connection with response, until the client closes.
func keeping(response string) func(*wire, net.Conn) {
	return func(w *wire, c net.Conn) {
		for r := bufio.NewReader(c); w.readRequest(r); {
			_, _ = io.WriteString(c, response)
		}
	}
}

// httpAnswer frames body as an HTTP answer with more header lines, each ended by a line break.
func httpAnswer(status int, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d x\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
}

// accepted is the answer of a gateway that took the payout of testPayout.
func accepted() string {
	return signedDocument("reg2reg", Field{Name: "pg_status", Value: "ok"}, Field{Name: "pg_payment_id", Value: "7"})
}

// calling makes one payout call against w with a client of its own.
func calling(t *testing.T, w *wire) (*Answer, error) {
	t.Helper()
	c := testClient(w.url())
	defer c.Close()
	return c.Payout(t.Context(), testPayout())
}

// within runs work and closes c when it is done.
func within(c *Client, work func()) {
	defer c.Close()
	work()
}

// newCounter starts an HTTP server that accepts every payout and counts them.
func newCounter(t *testing.T) (url string, seen *atomic.Int64) {
	t.Helper()
	seen = new(atomic.Int64)
	body := accepted()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL, seen
}
