package executor_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

var (
	simSeed  = flag.Uint64("sim.seed", 0, "simulate this seed alone; 0 = seeds 1 to -sim.seeds")
	simSeeds = flag.Uint64("sim.seeds", 0, "how many seeds to simulate; 0 = 5000, 500 with -race, 200 with -short")
)

// wholeSim is how many seeds must reach every edge of the table.
const wholeSim = 5000

// duesPerSim is how many payments a simulation is about.
const duesPerSim = 20

func seedsToRun() (first, last uint64) {
	switch {
	case *simSeed != 0:
		return *simSeed, *simSeed
	case *simSeeds != 0:
		return 1, *simSeeds
	case testing.Short():
		return 1, 200
	case raced:
		return 1, 500
	}
	return 1, wholeSim
}

// TestSim lets random payments meet random faults, stops, crashes, lost states
// and people, lets the gateway recover, and compares the records with its own
// ledger. The long form is
//
//	go test ./executor -run 'TestSim$' -sim.seeds=1000000 -timeout=0
//
// A seed fixes all but the order of goroutines and the jitter of questions:
// what it found shows again with -count.
func TestSim(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	first, last := seedsToRun()
	all := newTally()
	t.Run("seeds", func(t *testing.T) {
		shards := uint64(runtime.GOMAXPROCS(0))
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for seed := first + shard; seed <= last; seed += shards {
					t.Run(fmt.Sprint(seed), func(t *testing.T) { simulate(t, seed, all) })
				}
			})
		}
	})
	t.Log(all)
	all.checkEdges(t, last-first+1 >= wholeSim)
}

// FuzzSim is TestSim with the fuzzer choosing seeds.
func FuzzSim(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { simulate(t, seed, newTally()) })
}

func simulate(t *testing.T, seed uint64, all *tally) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, seed)
		defer func() { s.disk.remove() }()
		s.run()
		all.merge(s.tally)
		if t.Failed() {
			t.Logf("rerun: go test ./executor -run 'TestSim$' -sim.seed=%d", seed)
		}
	})
}

// sim is one simulated month or two of a batch.
type sim struct {
	*world
	rnd      *rand.Rand
	client   executor.Gateway
	disk     *disk
	tally    *tally
	dues     []*due
	owner    map[string]*due // by order id
	interval time.Duration
	loses    bool // the state may be lost between runs
	careless bool // people may resolve wrongly
	lost     bool // it was
	baited   bool // the next run pays what the saved state does not know
	forced   bool // the lock was taken over

	runs   int // begun so far
	beside int // how many older ones may still be at work

	saved    map[string][]byte // an older state
	approved map[string]approval
	strange  []int64           // lines of payout calls that another machine made
	payments []sandbox.Payment // that the gateway made, in the end
}

func newSim(t *testing.T, seed uint64) *sim {
	rnd := rand.New(rand.NewPCG(seed, 7))
	api := freedompay.GatewayAPI
	if rnd.IntN(4) == 0 {
		api = freedompay.MerchantAPI
	}
	s := &sim{world: newWorld(t, 0, api), rnd: rnd, loses: rnd.IntN(3) == 0, tally: newTally()}
	s.careless = !s.loses && rnd.IntN(3) == 0
	s.owner, s.approved = make(map[string]*due), make(map[string]approval)
	s.client = s.account.Gateway
	s.account.Gateway = wire{s.client, s}
	s.files = s.declared
	s.disk = newDisk(t)
	s.journal.watch, s.journal.lines, s.journal.sticky = s, s.answered, true
	s.journal.ledger = s.disk.open()
	s.journal.disk = s.disk
	s.configure()
	return s
}

// answered is how many lines the gateway has at least.
func (s *sim) answered() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served
}

// configure draws what the files say.
func (s *sim) configure() {
	if s.rnd.IntN(2) == 0 {
		s.account.Waits = payout.StandardWaits()
	}
	if s.rnd.IntN(2) == 0 {
		s.interval = time.Duration(1+s.rnd.IntN(3000)) * time.Millisecond
	}
	s.account.Width = 1 + s.rnd.IntN(8)
	s.newDues(duesPerSim)
	s.tally.add("seeds")
	s.tally.count("payouts", len(s.dues))
	if s.rnd.IntN(4) != 0 {
		s.disk.recorder.MarkProven()
		s.disk.unproven = false
	}
	if s.rnd.IntN(2) == 0 {
		s.introduce(payout.Proof{Environment: "test", API: s.merchant.API, OrderID: "known"})
	}
}

// introduce records the merchant.
func (s *sim) introduce(proven ...payout.Proof) {
	err := s.journal.note(&payout.Note{At: time.Now(), Merchant: &payout.Merchant{
		Name: "main", ID: 9970, Environment: "test", Prefix: "acme", Proven: proven,
	}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// explain logs what the gateway saw of a payment.
func (s *sim) explain(d *due) {
	lines, err := s.gateway.Lines()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range lines {
		if s.owner[l.OrderID] == d {
			s.t.Logf("%s: %s, %s %s, %s %s %s %s, paid %t", d.Address, l.At.Format(time.DateTime), l.Call, l.OrderID, l.Did, l.Told, l.Status, l.Amount, l.Paid)
		}
	}
}
