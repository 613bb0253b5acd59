package executor_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// errDisk is what a failing journal says.
var errDisk = errors.New("sync journal: no space left on device")

// journal records in memory, like the real one: a forbidden transition panics,
// an error means that the record may or may not be on disk.
type journal struct {
	gateway *sandbox.Gateway

	mu     sync.Mutex
	ledger *payout.Ledger
	begins int
	ends   int
	intent map[string]int64 // order id → lines that the gateway had when it was durable

	failBegin int  // the k-th Begin from now errs; 0 = none
	failEnd   int  // the k-th End from now errs; 0 = none
	kept      bool // what errs is on disk nevertheless
	slow      time.Duration

	sticky bool // after one error there are only errors, until a restart
	broken bool

	watch watcher // nil = nobody watches
	disk  *disk   // holds the same on disk; nil = memory alone
	lines func() int64

	leaves bool // the lock is lost after left more questions
	left   int
}

// watcher sees every step before it is recorded, and judges what is forbidden.
type watcher interface {
	begins(*payout.Ledger, *payout.Intent)
	ends(*payout.Ledger, *payout.Outcome)
	forbidden(error)
}

func newJournal(g *sandbox.Gateway) *journal {
	return &journal{gateway: g, ledger: payout.NewLedger(), intent: make(map[string]int64)}
}

func (j *journal) Begin(in *payout.Intent) error {
	time.Sleep(j.slow)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.begins++
	if err := j.ledger.CheckBegin(in); err != nil {
		return j.refuse(err)
	}
	if j.broken {
		return errDisk
	}
	if j.failBegin > 0 {
		if j.failBegin--; j.failBegin == 0 {
			return j.lose(func() error { return j.begin(in) })
		}
	}
	if err := j.begin(in); err != nil {
		return err
	}
	if _, again := j.intent[in.OrderID]; !again {
		j.intent[in.OrderID] = j.received()
	}
	return nil
}

// begin records an intent in memory and on disk.
func (j *journal) begin(in *payout.Intent) error {
	if j.watch != nil {
		j.watch.begins(j.ledger, in)
	}
	if j.disk != nil {
		if err := j.disk.recorder.Begin(in); err != nil {
			return err
		}
	}
	return j.ledger.Begin(in)
}

// settle records an outcome in memory and on disk.
func (j *journal) settle(o *payout.Outcome) error {
	if j.watch != nil {
		j.watch.ends(j.ledger, o)
	}
	if j.disk != nil {
		if err := j.disk.recorder.End(o); err != nil {
			return err
		}
	}
	return j.ledger.Settle(o)
}

// note records a note in memory and on disk.
func (j *journal) note(n *payout.Note) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.ledger.CheckNote(n); err != nil {
		return err
	}
	if j.disk != nil {
		if err := j.disk.recorder.Note(n); err != nil {
			return err
		}
	}
	j.ledger.Note(n)
	return nil
}

// refuse meets a forbidden transition as the real journal does.
func (j *journal) refuse(err error) error {
	if j.watch == nil {
		panic(err)
	}
	j.watch.forbidden(err)
	return err
}

// received is how many lines the gateway has, or a number below that.
func (j *journal) received() int64 {
	if j.lines != nil {
		return j.lines()
	}
	lines, err := j.gateway.Lines()
	if err != nil {
		panic(err)
	}
	return int64(len(lines))
}

func (j *journal) End(o *payout.Outcome) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ends++
	if err := j.ledger.CheckSettle(o); err != nil {
		return j.refuse(err)
	}
	if j.broken {
		return errDisk
	}
	if j.failEnd > 0 {
		if j.failEnd--; j.failEnd == 0 {
			return j.lose(func() error { return j.settle(o) })
		}
	}
	return j.settle(o)
}

func (j *journal) lose(apply func() error) error {
	j.broken = j.sticky
	if j.kept {
		if err := apply(); err != nil {
			panic(err)
		}
	}
	return errDisk
}

func (j *journal) View(read func(*payout.Ledger)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	read(j.ledger)
}

// begun is how many intents were asked for.
func (j *journal) begun() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.begins
}

// clone is the ledger as it is now.
func (j *journal) clone() *payout.Ledger {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ledger.Clone()
}

// restart is what a start after a crash does: an intent without a result is in
// doubt.
func (j *journal) restart(t testing.TB) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken, j.leaves, j.failBegin, j.failEnd = false, false, 0, 0
	now := time.Now()
	for _, r := range j.ledger.All() {
		for _, a := range slices.Clone(r.Attempts) {
			if a.Status() != payout.Sending {
				continue
			}
			o := payout.Outcome{
				At: now, Address: r.Address, Attempt: a.N, OrderID: a.OrderID, Cause: payout.CauseRestart,
				Event:    payout.Event{Status: payout.InDoubt, At: now, Source: payout.SourceRestart},
				NotFound: a.NotFound, Failures: a.Failures,
			}
			if j.watch != nil {
				j.watch.ends(j.ledger, &o)
			}
			if err := j.ledger.Settle(&o); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// verify checks I4: no payout call was received before its intent was durable.
func (j *journal) verify(t testing.TB) {
	t.Helper()
	lines, err := j.gateway.Lines()
	if err != nil {
		t.Fatal(err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, l := range lines {
		if l.Call != sandbox.CallPayout {
			continue
		}
		if at, ok := j.intent[l.OrderID]; !ok || l.Seq <= at {
			t.Errorf("line %d: order %s was received before its intent was durable (%d, %t)", l.Seq, l.OrderID, at, ok)
		}
	}
}

// die lets nothing be recorded any more.
func (j *journal) die() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken = true
}

// leaveAfter lets the lock be lost after it was asked for n times.
func (j *journal) leaveAfter(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.leaves, j.left = true, n
}

// ours says whether the lock is still held.
func (j *journal) ours() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.left--; j.broken || j.leaves && j.left < 0 {
		return errors.New("the lock is not ours any more")
	}
	return nil
}

// intended says whether an order's intent is durable.
func (j *journal) intended(orderID string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, ok := j.intent[orderID]
	return ok
}
