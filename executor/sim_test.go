package executor_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

var (
	simSeed = flag.Uint64("sim.seed", 0, "simulate this seed alone; 0 = seeds 1 to -sim.runs")
	simRuns = flag.Uint64("sim.runs", 300, "how many seeds to simulate")
)

// TestSim runs random batches through random faults, stops, crashes and lost
// states, lets the gateway recover, and compares the records with its ledger.
func TestSim(t *testing.T) {
	first, last := uint64(1), *simRuns
	if *simSeed != 0 {
		first, last = *simSeed, *simSeed
	}
	for seed := first; seed <= last; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { simulate(t, seed) })
	}
}

// FuzzSim is TestSim with the fuzzer choosing seeds.
func FuzzSim(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(simulate)
}

func simulate(t *testing.T, seed uint64) {
	synctest.Test(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		api := freedompay.GatewayAPI
		if rnd.IntN(4) == 0 {
			api = freedompay.MerchantAPI
		}
		s := &sim{world: newWorld(t, 1+rnd.IntN(20), api), rnd: rnd, loses: rnd.IntN(3) == 0}
		s.run()
		if t.Failed() {
			t.Logf("rerun: go test ./executor -run 'TestSim$' -sim.seed=%d", seed)
		}
	})
}

// sim is one simulated month of a batch.
type sim struct {
	*world
	rnd      *rand.Rand
	loses    bool // the state may be lost between runs
	lost     bool // it was
	unproven bool
	interval time.Duration
	saved    *payout.Ledger // an older state
}

func (s *sim) run() {
	s.set()
	s.saved = s.journal.clone()
	s.faults(s.someFaults()...)
	for range 2 + s.rnd.IntN(4) {
		s.process(true)
		s.rest()
	}
	s.faults()
	s.gateway.Release()
	s.heal()
	before := s.statuses()
	s.reconcile()
	s.reconcile()
	if after := s.statuses(); after != before {
		s.t.Errorf("repeated answers changed %s to %s", before, after)
	}
	s.check()
}

// set makes the configuration.
func (s *sim) set() {
	if s.rnd.IntN(2) == 0 {
		s.prove()
	}
	if s.rnd.IntN(2) == 0 {
		s.account.Waits = payout.StandardWaits()
	}
	if s.rnd.IntN(2) == 0 {
		s.interval = time.Duration(1+s.rnd.IntN(3000)) * time.Millisecond
	}
	s.journal.sticky = true
	s.account.Width = 1 + s.rnd.IntN(8)
	for i := range s.batch.Payouts {
		s.batch.Payouts[i].Amount.Minor = 1 + s.rnd.Int64N(1_000_000)
		s.batch.Payouts[i].Retry = 1 + s.rnd.IntN(4)
	}
}

// Words that a payout call may meet. Those of the last line need seven more
// lies to pay twice, and none of them is told.
var payWords = []string{
	"reject:10005", "reject:9999", "reject:8888", "reject:424242", "reject-paid:9999", "reject-paid:9991", "ok-unpaid",
	"http-paid:502", "drop-before", "drop-after", "delay:29s", "delay:45s", "hold", "truncate:0", "truncate:300",
	"bad-signature", "no-signature", "double-field", "garbage", "http:500", "http:429", "redirect:307", "401",
	"wrong-echo:pg_order_id", "wrong-echo:pg_payment_amount", "wrong-echo:pg_payment_id", "wrong-echo:pg_status",
	"wrong-echo:pg_error_code", "wrong-echo:pg_card_token",
}

// Words that a status call may meet, whatever became of the payout.
var askWords = []string{
	"drop-before", "drop-after", "delay:9s", "delay:45s", "hold", "truncate:9", "bad-signature", "no-signature", "double-field",
	"garbage", "http:503", "redirect:302", "401", "error:9999", "status:queued", "status:process", "wrong-echo:pg_order_id",
	"wrong-echo:pg_payment_status", "wrong-echo:pg_status", "wrong-echo:pg_merchant_id",
}

// Words that deny a payment.
var denyWords = []string{"not-found", "not-found:zero", "lag", "lag:3h", "blind"}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// someFaults are what goes wrong in this simulation.
func (s *sim) someFaults() []sandbox.Fault {
	var out []sandbox.Fault
	bad := s.rnd.IntN(80) // percent
	for i := range s.batch.Payouts {
		for n := 1; n <= payout.MaxAttempts; n++ {
			if s.rnd.IntN(100) < bad {
				out = append(out, s.faultsOf(s.order(i+1, n))...)
			}
		}
	}
	return out
}

func (s *sim) faultsOf(order string) []sandbox.Fault {
	pay := sandbox.Fault{Match: order, Call: sandbox.CallPayout, Do: pick(s.rnd, payWords)}
	asks := askWords
	switch {
	case s.rnd.IntN(6) == 0:
		// A refusal that lies must not be confirmed by lies.
		pay.Do = "reject-paid:10005"
	case !s.loses:
		asks = append(append([]string{}, askWords...), denyWords...)
		if s.rnd.IntN(8) == 0 {
			pay.Do = fmt.Sprintf("late:%dm", 1+s.rnd.IntN(1200))
		}
	}
	if s.rnd.IntN(4) == 0 {
		pay.Do, pay.Then = "accept", pick(s.rnd, []string{"error:10001", "process:3", "process:8,error:10017"})
	}
	out := []sandbox.Fault{pay}
	if !s.loses && s.rnd.IntN(8) == 0 {
		// Paid, called a fault, and denied for as long as the gateway is ill.
		return []sandbox.Fault{
			{Match: order, Call: sandbox.CallPayout, Do: "reject-paid:9999"}, {Match: order, Call: sandbox.CallStatus, Do: "not-found"},
		}
	}
	for range s.rnd.IntN(5) {
		ask := sandbox.Fault{Match: order, Call: sandbox.CallStatus, Nth: 1 + s.rnd.IntN(6), Do: pick(s.rnd, asks)}
		if s.rnd.IntN(5) == 0 {
			ask.Nth = 0 // until the gateway is well again
		}
		out = append(out, ask)
	}
	return out
}

// process is one run of the program. A rough one may be stopped, cut or
// crash.
func (s *sim) process(rough bool) {
	s.signals()
	if s.interval > 0 {
		s.account.Pay = limiter(s.interval)
	}
	change := func(r *executor.Run) {
		r.Unproven, r.Wait = s.unproven, time.Duration(s.rnd.IntN(120))*time.Second
	}
	if !rough {
		s.applied(s.apply(change))
		return
	}
	within := time.Duration(s.rnd.IntN(120_000)) * time.Millisecond
	var timers []*time.Timer
	ours := 1 << 30
	switch s.rnd.IntN(8) {
	case 0:
		timers = append(timers, time.AfterFunc(within, s.stopAdmit))
	case 1:
		timers = append(timers, time.AfterFunc(within, s.stopAdmit), time.AfterFunc(within+time.Second, s.stopCalls))
	case 2:
		s.journal.failBegin, s.journal.kept = 1+s.rnd.IntN(20), s.rnd.IntN(2) == 0
	case 3:
		s.journal.failEnd, s.journal.kept = 1+s.rnd.IntN(30), s.rnd.IntN(2) == 0
	case 4:
		ours = s.rnd.IntN(20)
	case 5:
		bad := s.rnd.IntN(30)
		s.network.dial = func(n int) error {
			if n%30 <= bad {
				return errors.New("connection refused")
			}
			return nil
		}
	}
	s.applied(s.apply(change, func(r *executor.Run) {
		r.StillOurs = func() error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if ours--; ours < 0 {
				return errors.New("the lock is not ours any more")
			}
			return nil
		}
	}))
	for _, t := range timers {
		t.Stop()
	}
	s.network.dial = nil
	s.journal.restart(s.t)
}

// applied draws the conclusion that the program draws.
func (s *sim) applied(r *executor.Report) {
	if r.Stop == nil && r.LookedUp {
		s.unproven = false
	}
}

// rest is what happens between two runs.
func (s *sim) rest() {
	time.Sleep(time.Duration(s.rnd.IntN(100)) * pick(s.rnd, []time.Duration{time.Second, time.Minute, 30 * time.Minute}))
	s.signals()
	if s.rnd.IntN(2) == 0 {
		s.reconcile()
	}
	switch {
	case !s.loses:
	case s.rnd.IntN(4) == 0:
		s.saved = s.journal.clone()
	case s.rnd.IntN(2) == 0:
		s.journal.ledger = s.saved.Clone()
		s.unproven, s.lost = true, true
		time.Sleep(time.Minute)
	}
}

// heal is the time after: the gateway is well, and all fences pass.
func (s *sim) heal() {
	s.signals()
	settle := func() {
		for range 6 {
			time.Sleep(7 * time.Hour)
			s.reconcile()
		}
	}
	settle()
	for range payout.MaxAttempts * 3 {
		s.process(false)
		time.Sleep(20 * time.Minute)
	}
	settle()
}

func (s *sim) statuses() string {
	var b strings.Builder
	for i := range s.batch.Payouts {
		fmt.Fprintf(&b, " %s", s.record(i+1).Status())
	}
	return b.String()
}
