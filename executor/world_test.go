package executor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
)

var (
	kzt    = payout.MustCurrency("KZT")
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
)

// world is a configuration, its records, and the gateway on the other side of
// an in-memory network, in a bubble of fake time.
type world struct {
	t        testing.TB
	gateway  *sandbox.Gateway
	journal  *journal
	merchant *planner.Merchant
	account  *executor.Merchant
	batch    planner.Batch
	moved    []planner.Move
	files    func() []planner.Batch // nil = the batch alone

	admit, calls         context.Context
	stopAdmit, stopCalls context.CancelFunc

	mu     sync.Mutex
	events []executor.Event

	network *network
	skew    time.Duration                                 // of the gateway's Date header
	seen    func(call, order string, n int)               // before a call reaches the gateway; n counts from 1
	spoil   func(call string, w http.ResponseWriter) bool // answers in place of the gateway
	counts  map[string]int
	served  int64 // calls answered

	retryFailed bool
}

// network dials the gateway in memory.
type network struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
	dial  func(n int) error                // the n-th dial, from 1; nil = all succeed
	wrap  func(n int, c net.Conn) net.Conn // nil = as it is
	mu    sync.Mutex
	dials int
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error   { n.once.Do(func() { close(n.done) }); return nil }
func (n *network) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (n *network) connect(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	n.dials++
	nth := n.dials
	n.mu.Unlock()
	if n.dial != nil {
		if err := n.dial(nth); err != nil {
			return nil, err
		}
	}
	near, far := net.Pipe()
	select {
	case n.conns <- far:
	case <-n.done:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if n.wrap != nil {
		return n.wrap(nth, near), nil
	}
	return near, nil
}

// bubble runs a test in fake time with a world of n payouts whose look-up is
// proven. n-th payout: n thousand tenge.
func bubble(t *testing.T, n int, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, n, freedompay.GatewayAPI)
		w.prove()
		test(w)
		w.verify()
	})
}

// verify closes the gateway and checks I1 and I4 against its ledger.
func (w *world) verify() {
	w.t.Helper()
	w.close()
	w.journal.verify(w.t)
	if err := w.gateway.Verify(); err != nil {
		w.t.Error(err)
	}
}

func newWorld(t testing.TB, n int, api freedompay.API) *world {
	g, err := sandbox.New(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, gateway: g, journal: newJournal(g), counts: make(map[string]int)}
	w.network = &network{conns: make(chan net.Conn), done: make(chan struct{})}
	w.merchant = &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Test, API: string(api), Prefix: "acme", Currency: kzt, Zone: almaty}
	client := &freedompay.Client{
		BaseURL: "http://127.0.0.1", API: api, MerchantID: 9970, Dial: w.network.connect,
		Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(sandbox.Key), nil },
	}
	w.account = &executor.Merchant{Merchant: w.merchant, Gateway: client, PostLink: "https://example.kz/n", Width: 1}
	w.batch = planner.Batch{Name: "salaries", Period: "2026-11", Merchant: w.merchant}
	for i := 1; i <= n; i++ {
		w.batch.Payouts = append(w.batch.Payouts, w.declare(i))
	}
	w.journal.ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "test", Prefix: "acme"}})
	w.signals()
	server := &http.Server{Handler: http.HandlerFunc(w.serve), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(w.network) }()
	t.Cleanup(func() {
		w.close()
		client.Close()
		_ = server.Close()
	})
	return w
}

// close ends delays of the gateway, so that nothing is left running.
func (w *world) close() { _ = w.gateway.Close() }

// signals makes new contexts, as a new process has.
func (w *world) signals() {
	w.admit, w.stopAdmit = context.WithCancel(context.Background())
	w.calls, w.stopCalls = context.WithCancel(context.Background())
	w.t.Cleanup(func() { w.stopAdmit(); w.stopCalls() })
}

func (w *world) declare(i int) planner.Payout {
	token, err := payout.NewCardToken(fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012d", i))
	if err != nil {
		w.t.Fatal(err)
	}
	return planner.Payout{
		Address: w.address(i), Amount: payout.Money{Minor: int64(i) * 100000, Currency: kzt}, UserID: fmt.Sprint(i), Token: token,
		Description: "Salary", TimeLimit: planner.DefaultTimeLimit, Retry: 1,
	}
}

func (w *world) address(i int) payout.Address {
	return payout.NewAddress("salaries", "2026-11", "staff").WithKey(fmt.Sprintf("%03d", i))
}

// order is the order id of attempt n of payout i.
func (w *world) order(i, n int) string { return w.batch.Payouts[i-1].OrderIDFor(w.merchant, n) }

// prove lets the look-up count as proven.
func (w *world) prove() {
	w.journal.ledger.Note(&payout.Note{Merchant: &payout.Merchant{
		Name: "main", ID: 9970, Environment: "test", Prefix: "acme",
		Proven: []payout.Proof{{Environment: "test", API: w.merchant.API, OrderID: "known"}},
	}})
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	if w.skew != 0 {
		rw.Header().Set("Date", time.Now().Add(w.skew).UTC().Format(http.TimeFormat))
	}
	call := "status"
	if strings.HasSuffix(r.URL.Path, "/reg2reg") {
		call = "payout"
	}
	w.mu.Lock()
	w.counts[call]++
	n, seen, spoil := w.counts[call], w.seen, w.spoil
	w.mu.Unlock()
	if seen != nil {
		seen(call, r.URL.Path, n)
	}
	if spoil != nil && spoil(call, rw) {
		return
	}
	w.gateway.ServeHTTP(rw, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.served++
}

// faults replaces what the gateway does to calls.
func (w *world) faults(faults ...sandbox.Fault) {
	w.t.Helper()
	if err := w.gateway.SetFaults(faults); err != nil {
		w.t.Fatal(err)
	}
}

// on is a fault of the payout call of payout i; 0 = of every one.
func (w *world) on(i int, do, then string) sandbox.Fault {
	f := sandbox.Fault{Call: sandbox.CallPayout, Do: do, Then: then}
	if i > 0 {
		f.Match = w.order(i, 1)
	}
	return f
}

// asking is a fault of every status call about payout i; 0 = of every one.
func (w *world) asking(i int, do string) sandbox.Fault {
	f := sandbox.Fault{Call: sandbox.CallStatus, Do: do}
	if i > 0 {
		f.Match = w.order(i, 1)
	}
	return f
}

func (w *world) plan() *planner.Plan {
	batches := []planner.Batch{w.batch}
	if w.files != nil {
		batches = w.files()
	}
	return planner.Diff(batches, w.journal.clone(), planner.Options{
		At: time.Now(), Moved: w.moved, RetryFailed: w.retryFailed,
		RunFault: func(code string) bool { return code == "8888" || code == "1100" },
	})
}

// apply plans and carries the plan out.
func (w *world) apply(change ...func(*executor.Run)) *executor.Report {
	w.t.Helper()
	run := &executor.Run{
		Plan: w.plan(), Merchants: map[string]*executor.Merchant{"main": w.account}, Journal: w.journal, Emit: w.emit,
	}
	for _, c := range change {
		c(run)
	}
	return run.Apply(w.admit, w.calls)
}

// reconcile makes one pass.
func (w *world) reconcile(change ...func(*executor.Reconciliation)) int {
	w.t.Helper()
	r := &executor.Reconciliation{Merchants: map[string]*executor.Merchant{"main": w.account}, Journal: w.journal, Emit: w.emit}
	for _, c := range change {
		c(r)
	}
	asked, err := r.Run(w.admit)
	if err != nil {
		w.t.Fatal(err)
	}
	return asked
}

func (w *world) emit(e executor.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *world) record(i int) *payout.Record { return w.journal.clone().Record(w.address(i)) }

// want checks the statuses of payouts 1 to n.
func (w *world) want(statuses ...payout.Status) {
	w.t.Helper()
	for i, s := range statuses {
		record := w.record(i + 1)
		if record.Status() != s {
			w.t.Errorf("payout %d is %q, want %q: %+v", i+1, record.Status(), s, record)
		}
	}
}

// wantStop checks why a run stopped; "" = it did not.
func (w *world) wantStop(r *executor.Report, kind executor.StopKind, words ...string) {
	w.t.Helper()
	switch {
	case kind == "" && r.Stop == nil:
	case r.Stop == nil || r.Stop.Kind != kind:
		w.t.Errorf("the run stopped with %+v, want %q", r.Stop, kind)
	default:
		for _, word := range words {
			if !strings.Contains(r.Stop.Text, word) {
				w.t.Errorf("the stop says %q, want %q in it", r.Stop.Text, word)
			}
		}
	}
}

// received is the number of payout calls that the gateway received.
func (w *world) received() int { return len(w.lines(sandbox.CallPayout)) }

// lines are the calls of a kind that the gateway received.
func (w *world) lines(call string) []sandbox.Line {
	lines, err := w.gateway.Lines()
	if err != nil {
		w.t.Fatal(err)
	}
	var out []sandbox.Line
	for _, l := range lines {
		if l.Call == call {
			out = append(out, l)
		}
	}
	return out
}

// wantReceived checks how many payout calls the gateway received.
func (w *world) wantReceived(n int) {
	w.t.Helper()
	if got := w.received(); got != n {
		w.t.Errorf("the gateway received %d payout calls, want %d", got, n)
	}
}

// limiter is one call an interval, its first token spent.
func limiter(interval time.Duration) *rate.Limiter {
	l := rate.NewLimiter(rate.Every(interval), 1)
	l.AllowN(time.Now(), 1)
	return l
}

// eventsOf are the events of one type.
func eventsOf[E executor.Event](w *world) []E {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []E
	for _, e := range w.events {
		if one, ok := e.(E); ok {
			out = append(out, one)
		}
	}
	return out
}
