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
		panic(err)
	}
	if j.broken {
		return errDisk
	}
	if j.failBegin > 0 {
		if j.failBegin--; j.failBegin == 0 {
			return j.lose(func() error { return j.ledger.Begin(in) })
		}
	}
	if _, again := j.intent[in.OrderID]; !again {
		lines, err := j.gateway.Lines()
		if err != nil {
			panic(err)
		}
		j.intent[in.OrderID] = int64(len(lines))
	}
	return j.ledger.Begin(in)
}

func (j *journal) End(o *payout.Outcome) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ends++
	if err := j.ledger.CheckSettle(o); err != nil {
		panic(err)
	}
	if j.broken {
		return errDisk
	}
	if j.failEnd > 0 {
		if j.failEnd--; j.failEnd == 0 {
			return j.lose(func() error { return j.ledger.Settle(o) })
		}
	}
	return j.ledger.Settle(o)
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
	j.broken, j.failBegin, j.failEnd = false, 0, 0
	now := time.Now()
	for _, r := range j.ledger.All() {
		for _, a := range slices.Clone(r.Attempts) {
			if a.Status() != payout.Sending {
				continue
			}
			o := payout.Outcome{
				At: now, Address: r.Address, Attempt: a.N, OrderID: a.OrderID, Cause: payout.CauseRestart,
				Event: payout.Event{Status: payout.InDoubt, At: now, Source: payout.SourceRestart},
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
