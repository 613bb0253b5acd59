package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"payrun/freedompay/sandbox"
)

// killGateway is a gateway in the test's own process: it outlives the runners
// that are killed, and looks at their disk when a payout call arrives.
type killGateway struct {
	*sandbox.Gateway
	server *httptest.Server
	state  string // path of the state that its callers keep

	mu      sync.Mutex
	early   []string // payout calls whose intent was not on disk
	watches []*watch
}

// watch is closed at the n-th call of a kind from now on.
type watch struct {
	call string
	left int
	met  chan struct{}
}

func newKillGateway(ledger, state string) (*killGateway, error) {
	// The gateway's process is not killed: no fsync is needed.
	g, err := sandbox.New(sandbox.Config{Ledger: ledger, NoSync: true})
	if err != nil {
		return nil, err
	}
	k := &killGateway{Gateway: g, state: state}
	k.server = httptest.NewServer(http.HandlerFunc(k.serve))
	return k, nil
}

// moved serves on at another port, once every call that was sent to the old one
// is executed or lost for good.
func (k *killGateway) moved() {
	k.Release()
	k.server.Close()
	k.server = httptest.NewServer(http.HandlerFunc(k.serve))
}

func (k *killGateway) close() error {
	k.Release()
	k.server.CloseClientConnections()
	k.server.Close()
	return k.Gateway.Close()
}

var orderField = regexp.MustCompile(`name="pg_order_id"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)\r\n`)

func (k *killGateway) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller was killed in the middle of its request
	}
	call := sandbox.CallStatus
	switch {
	case strings.HasSuffix(r.URL.Path, "/reg2reg"):
		call = sandbox.CallPayout
	case strings.HasSuffix(r.URL.Path, "/balance_status"):
		call = sandbox.CallBalance
	}
	if call == sandbox.CallPayout {
		k.lookForIntent(body)
	}
	k.count(call)
	r.Body = io.NopCloser(bytes.NewReader(body))
	k.ServeHTTP(w, r)
}

// lookForIntent checks I4: what arrives here is on the sender's disk already.
func (k *killGateway) lookForIntent(body []byte) {
	found := orderField.FindSubmatch(body)
	order := "a payout call without an order id"
	if found != nil {
		order = string(found[1])
		if onDisk(k.state, `"`+order+`"`) {
			return
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.early = append(k.early, order)
}

// onDisk looks for a text in the journal, then in the state: a checkpoint
// writes the state before it removes the journal that the state covers.
func onDisk(state, text string) bool {
	segments, err := filepath.Glob(state + ".journal.*")
	if err != nil {
		return false
	}
	for _, path := range append(segments, state) {
		// A file that a checkpoint removed meanwhile is covered by the state.
		if content, err := os.ReadFile(path); err == nil && bytes.Contains(content, []byte(text)) {
			return true
		}
	}
	return false
}

// after returns a channel that is closed when the n-th call of a kind from now
// on is received, before it is executed.
func (k *killGateway) after(call string, n int) <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := &watch{call: call, left: n, met: make(chan struct{})}
	k.watches = append(k.watches, w)
	return w.met
}

func (k *killGateway) count(call string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.watches = slices.DeleteFunc(k.watches, func(w *watch) bool {
		if w.call != call {
			return false
		}
		if w.left--; w.left == 0 {
			close(w.met)
		}
		return w.left <= 0
	})
}

// held waits until the answers to n payout calls are held. The bound only keeps
// a broken test from hanging.
func (k *killGateway) held(n int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	return k.WaitFor(ctx, func() bool { return len(k.Held()) >= n })
}

// payoutCalls are the order ids of all payout calls, in the order received.
func (k *killGateway) payoutCalls() ([]string, error) {
	lines, err := k.Lines()
	var out []string
	for _, l := range lines {
		if l.Call == sandbox.CallPayout {
			out = append(out, l.OrderID)
		}
	}
	return out, err
}

// honest says whether every payout call was a first one, well formed, and
// durable before it was sent.
func (k *killGateway) honest() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.early) > 0 {
		return fmt.Errorf("payout calls arrived before their intent was on disk: %v", k.early)
	}
	return errors.Join(k.Verify())
}
