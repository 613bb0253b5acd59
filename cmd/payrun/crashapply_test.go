package main

import (
	"bytes"
	"context"
	stdflag "flag" // the package has a function of that name
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/statefile"
	"payrun/statefile/statetest"
)

var crashApplyAt = stdflag.String("crash.at", "", "apply again after one crash image alone, by its name")

// crashWorld is a batch, its state on a disk that can lose power, and the
// gateway's ledger at the same moment.
type crashWorld struct {
	t        *testing.T
	dir      string
	merchant *planner.Merchant
	batch    planner.Batch
	client   *freedompay.Client
	gateway  atomic.Pointer[sandbox.Gateway]
}

// Marks of the trace: an intent is durable, and how many calls the gateway has
// executed.
type (
	begunMark string
	callsMark int
)

// TestApplyAfterCrashImages applies a batch, builds what a loss of power may
// leave of its state at every point, and applies again at a gateway that has
// what it had at that point: I1 to I4 hold by the gateway's own ledger.
func TestApplyAfterCrashImages(t *testing.T) {
	synctest.Test(t, applyAfterCrashImages)
}

func applyAfterCrashImages(t *testing.T) {
	time.Sleep(time.Until(benchTime))
	w := newCrashWorld(t, 6)
	disk, lines := w.record()
	images, worlds, doubt := 0, 0, 0
	tear := 199
	if testing.Short() {
		tear = -1
	}
	for image := range disk.Images(statetest.Depth{Tear: tear, Name: *crashApplyAt}) {
		images++
		from, to := executed(disk.Marks(), image.Marks, lines)
		for _, n := range slices.Compact([]int{from, to}) {
			worlds++
			doubt += w.again(image, lines[:n])
		}
		if t.Failed() {
			t.Fatalf("image %s, %s%s; rerun: go test ./cmd/payrun -run 'TestApplyAfterCrashImages$' -crash.at=%s", image.Name, image.Kind, image.How, image.Name)
		}
	}
	t.Logf("%d crash images of an apply, %d times applied again, %d payouts left in doubt", images, worlds, doubt)
	if *crashApplyAt == "" && (images < 100 || worlds <= images || doubt == 0) {
		t.Error("too few images, none with a call in flight, or none with a payout in doubt")
	}
}

func newCrashWorld(t *testing.T, n int) *crashWorld {
	w := &crashWorld{t: t, dir: t.TempDir()}
	w.merchant = &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, API: "gateway", Currency: payout.MustCurrency("KZT"), Zone: time.UTC}
	w.batch = benchBatch(t, w.merchant, n)
	conns := make(chan net.Conn)
	server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.gateway.Load().ServeHTTP(rw, r) })}
	go func() { _ = server.Serve(pipes(conns)) }()
	w.client = &freedompay.Client{
		BaseURL: "http://127.0.0.1", MerchantID: w.merchant.ID,
		Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(sandbox.Key), nil },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			conns <- far
			return near, nil
		},
	}
	t.Cleanup(func() {
		w.client.Close()
		close(conns)
		_ = server.Close()
	})
	return w
}

// pipes is a listener in memory: with the clock of the test, a run is the same
// every time.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// serve puts a gateway behind the client whose ledger holds the lines.
func (w *crashWorld) serve(lines [][]byte) (g *sandbox.Gateway, ledger string) {
	w.t.Helper()
	ledger = filepath.Join(w.dir, "ledger.jsonl")
	if err := os.WriteFile(ledger, bytes.Join(lines, nil), 0o600); err != nil {
		w.t.Fatal(err)
	}
	g, err := sandbox.New(sandbox.Config{Ledger: ledger, NoSync: true})
	if err != nil {
		w.t.Fatal(err)
	}
	w.gateway.Store(g)
	return g, ledger
}

// record applies once, with answers of every kind, and returns the disk and the
// lines of the gateway's ledger.
func (w *crashWorld) record() (*statetest.Disk, [][]byte) {
	w.t.Helper()
	g, ledger := w.serve(nil)
	defer g.Close()
	var faults []sandbox.Fault
	for i, word := range []string{"", "drop-after", "reject:10005", "http-paid:502", "drop-before"} {
		if word != "" {
			faults = append(faults, sandbox.Fault{Match: w.batch.Payouts[i].OrderIDFor(w.merchant, 1), Call: sandbox.CallPayout, Do: word})
		}
	}
	if err := g.SetFaults(faults); err != nil {
		w.t.Fatal(err)
	}
	disk := statetest.NewDisk(w.dir)
	count := func() {
		lines, err := g.Lines()
		if err != nil {
			w.t.Error(err)
		}
		disk.Mark(callsMark(len(lines)))
	}
	s := w.open(disk)
	run := w.run(s)
	run.Journal = markingJournal{s.recorder, disk}
	run.Merchants["main"].Gateway = markingGateway{w.client, count}
	if report := run.Apply(w.t.Context(), w.t.Context()); report.Stop != nil || len(report.Sent) != len(w.batch.Payouts) {
		w.t.Fatalf("sent %d, stop %+v", len(report.Sent), report.Stop)
	}
	w.close(s)
	data, err := os.ReadFile(ledger)
	if err != nil {
		w.t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	return disk, lines[:len(lines)-1]
}

// markingGateway counts the gateway's lines after each payout call.
type markingGateway struct {
	*freedompay.Client
	count func()
}

func (m markingGateway) Payout(ctx context.Context, r *freedompay.PayoutRequest) (*freedompay.Answer, error) {
	defer m.count()
	return m.Client.Payout(ctx, r)
}

// markingJournal marks which intents are durable.
type markingJournal struct {
	*statefile.Recorder
	disk *statetest.Disk
}

func (m markingJournal) Begin(in *payout.Intent) error {
	err := m.Recorder.Begin(in)
	if err == nil {
		m.disk.Mark(begunMark(in.OrderID))
	}
	return err
}

// executed bounds how many of its lines the gateway had when the power went:
// those counted before, and at most those of calls whose intent was durable.
func executed(marks []any, before int, lines [][]byte) (from, to int) {
	begun := make(map[string]bool)
	for i, m := range marks[:before] {
		switch m := m.(type) {
		case begunMark:
			begun[string(m)] = true
		case callsMark:
			from = max(from, int(m))
		default:
			panic(fmt.Sprintf("mark %d is a %T", i, m))
		}
	}
	for to = from; to < len(lines); to++ {
		if id := orderOf(lines[to]); id != "" && !begun[id] {
			break
		}
	}
	return from, to
}

// orderOf is the order id of a payout call, or empty.
func orderOf(line []byte) string {
	if !bytes.Contains(line, []byte(`"call":"payout"`)) {
		return ""
	}
	_, rest, _ := bytes.Cut(line, []byte(`"order_id":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// open locks, loads and opens the state on a disk, as a command does.
func (w *crashWorld) open(disk *statetest.Disk) *session {
	w.t.Helper()
	s := &session{store: &statefile.Local{Path: filepath.Join(w.dir, "payouts.state.json"), Version: version, FS: disk}}
	var err error
	if s.lock, err = s.store.Lock(w.t.Context(), statefile.LockInfo{Command: "apply"}, 0); err != nil {
		w.t.Fatal(err)
	}
	if s.snap, err = s.store.Load(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if s.recorder, err = s.store.Open(s.lock, s.snap); err != nil {
		w.t.Fatal(err)
	}
	if s.ledger().Merchant("main") == nil {
		// Not proven, a first payout in doubt would rightly hold up all others.
		m := &payout.Merchant{Name: "main", ID: w.merchant.ID, Environment: string(w.merchant.Environment)}
		m.Proven = []payout.Proof{{Environment: m.Environment, API: w.merchant.API, OrderID: "known", At: benchTime}}
		w.must(s.recorder.Note(&payout.Note{At: benchTime, Merchant: m}))
	}
	w.must(s.recorder.Reserve(len(w.batch.Payouts)))
	w.must(s.recorder.Checkpoint())
	return s
}

func (w *crashWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *crashWorld) close(s *session) {
	w.t.Helper()
	w.must(s.close())
}

// run is a run over the plan of what the state says.
func (w *crashWorld) run(s *session) *executor.Run {
	plan := planner.Diff([]planner.Batch{w.batch}, s.ledger(), planner.Options{At: time.Now()})
	return &executor.Run{
		Plan: plan, Merchants: map[string]*executor.Merchant{"main": {Merchant: w.merchant, Gateway: w.client, PostLink: w.client.BaseURL + "/notify", Width: 1}},
		Journal: s.recorder, StillOurs: s.lock.Check, Unproven: len(s.recorder.Unproven()) > 0,
	}
}

// again applies and reconciles on a crash image until nothing is left to do,
// and returns how many payouts stay in doubt.
func (w *crashWorld) again(image *statetest.Image, lines [][]byte) (doubt int) {
	w.t.Helper()
	g, _ := w.serve(lines)
	defer g.Close()
	disk := image.Disk(w.dir)
	var last *payout.Ledger
	for round := 0; ; round++ {
		s := w.open(disk)
		for _, line := range lines {
			if id := orderOf(line); id != "" && s.ledger().ByOrderID("main", id) == nil {
				w.t.Errorf("I4: the gateway received order %s, and no intent of it is there", id)
			}
		}
		asking := &executor.Reconciliation{Merchants: w.run(s).Merchants, Journal: s.recorder}
		if _, err := asking.Run(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		report := w.run(s).Apply(w.t.Context(), w.t.Context())
		last = s.ledger()
		w.close(s)
		if report.Stop == nil && report.Unsent == 0 && round > 0 {
			break
		}
		if round == 8 {
			w.t.Errorf("after %d rounds: %+v", round, report.Stop)
			return 0
		}
	}
	return w.compare(g, last)
}

// compare holds the records against the gateway's ledger.
func (w *crashWorld) compare(g *sandbox.Gateway, l *payout.Ledger) (doubt int) {
	w.t.Helper()
	if err := g.Verify(); err != nil {
		w.t.Errorf("I1: %v", err)
	}
	paid, sum := make(map[string]int), int64(0)
	for _, p := range g.Payments() {
		if p.Paid {
			paid[p.OrderID]++
		}
	}
	for i := range w.batch.Payouts {
		p := &w.batch.Payouts[i]
		record, made := l.Record(p.Address), 0
		for n := 1; n <= payout.MaxAttempts; n++ {
			made += paid[p.OrderIDFor(w.merchant, n)]
		}
		if made > 1 {
			w.t.Errorf("I2: %s was paid %d times", p.Address, made)
		}
		if recorded := record.Status() == payout.Paid; recorded != (made == 1) {
			w.t.Errorf("I3, I5, I6: %s is %q, paid %d times", p.Address, record.Status(), made)
		}
		switch record.Status() {
		case payout.Paid:
			sum += p.Amount.Minor
		case payout.InDoubt:
			doubt++
		case payout.Failed, payout.Rejected:
		default:
			w.t.Errorf("%s is %q after everything was asked", p.Address, record.Status())
		}
	}
	opening, err := payout.ParseMoney(sandbox.OpeningBalance, w.merchant.Currency)
	w.must(err)
	left, err := payout.ParseMoney(g.Balance(w.merchant.ID), w.merchant.Currency)
	w.must(err)
	if opening.Minor-left.Minor != sum {
		w.t.Errorf("I3: the gateway paid %d, recorded are %d", opening.Minor-left.Minor, sum)
	}
	return doubt
}
