package executor_test

import (
	"context"
	"errors"
	"maps"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
)

// run is the whole simulation.
func (s *sim) run() {
	s.saved = s.disk.files()
	s.faults(s.someFaults()...)
	runs := 2 + s.rnd.IntN(4)
	month := s.rnd.IntN(runs)
	for n := range runs {
		if n == month {
			s.nextMonth()
		}
		s.process(!s.baited)
		s.rest()
	}
	s.faults()
	s.gateway.Release()
	s.heal()
	before := s.statuses()
	s.reconcile()
	s.reconcile()
	if after := s.statuses(); after != before {
		s.t.Errorf("I16: repeated answers changed\n%s\nto\n%s", before, after)
	}
	s.check()
}

// newRun plans and makes the run that carries the plan out, as the program
// does.
func (s *sim) newRun() *executor.Run {
	s.signals()
	if s.interval > 0 {
		s.account.Pay = limiter(s.interval)
	}
	mine := s.journal
	if mine.clone().Merchant("main") == nil {
		s.introduce()
	}
	s.retryFailed = s.rnd.IntN(4) == 0
	run := &executor.Run{
		Plan: s.plan(), Merchants: map[string]*executor.Merchant{"main": s.account}, Journal: mine, Emit: s.emit,
		Unproven: s.disk.unproven || s.forced, NewestRecord: s.disk.snap.LastRecord,
		Wait:      time.Duration(s.rnd.IntN(4)*s.rnd.IntN(20)) * time.Second,
		StillOurs: mine.ours,
	}
	s.recordMoves(run.Plan)
	s.mu.Lock()
	s.runs++
	s.mu.Unlock()
	s.approve(run.Plan)
	return run
}

// recordMoves gives renamed payouts their new addresses.
func (s *sim) recordMoves(p *planner.Plan) {
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Declared == nil || c.Record == nil || c.Record.Address == c.Address {
			continue
		}
		if err := s.journal.note(&payout.Note{At: time.Now(), Move: &payout.Move{From: c.Record.Address, To: c.Address}}); err != nil {
			s.t.Fatal(err)
		}
		c.Record.Former = append(c.Record.Former, c.Record.Address)
		c.Record.Address = c.Address
	}
}

// process is one run of the program. A rough one may be stopped, cut, robbed
// of its lock, or killed.
func (s *sim) process(rough bool) {
	s.tally.add("runs")
	run := s.newRun()
	if !rough {
		s.applied(run, run.Apply(s.admit, s.calls))
		s.restart(false)
		return
	}
	within := time.Duration(s.rnd.IntN(60_000)) * time.Millisecond
	if s.rnd.IntN(2) == 0 {
		within /= 20
	}
	kill := false
	var timers []*time.Timer
	stop := func(d time.Duration, f func()) { timers = append(timers, time.AfterFunc(d, f)) }
	switch s.rnd.IntN(10) {
	case 0:
		stop(within, s.stopAdmit)
	case 1:
		stop(within, s.stopAdmit)
		stop(within+time.Second, s.stopCalls)
	case 2:
		s.journal.failBegin, s.journal.kept, kill = 1+s.rnd.IntN(20), s.rnd.IntN(2) == 0, true
	case 3:
		s.journal.failEnd, s.journal.kept, kill = 1+s.rnd.IntN(30), s.rnd.IntN(2) == 0, true
	case 4:
		s.journal.leaveAfter(s.rnd.IntN(20))
	case 5:
		s.network.dial = s.refusing()
	case 6:
		kill = true
		dying, stopAdmit, stopCalls := s.journal, s.stopAdmit, s.stopCalls
		stop(within, func() { dying.die(); stopAdmit(); stopCalls() })
	case 7:
		s.robbed(run, within)
		return
	}
	s.applied(run, run.Apply(s.admit, s.calls))
	for _, t := range timers {
		t.Stop()
	}
	s.network.dial = nil
	s.restart(kill || s.rnd.IntN(4) == 0)
}

// refusing is a network on which some connections fail.
func (s *sim) refusing() func(int) error {
	bad := s.rnd.IntN(30)
	return func(n int) error {
		if n%30 <= bad {
			return errors.New("connection refused")
		}
		return nil
	}
}

// robbed lets another runner take the lock by force while the run is at work,
// and both go on side by side (I12).
func (s *sim) robbed(run *executor.Run, within time.Duration) {
	first := make(chan *executor.Report, 1)
	admit, calls := s.admit, s.calls
	go func() { first <- run.Apply(admit, calls) }()
	select {
	case report := <-first:
		s.applied(run, report)
		s.restart(false)
		return
	case <-time.After(within):
	}
	s.tally.add("locks taken by force")
	old := s.takeOver()
	s.account = s.sameAccount()
	s.besides(1)
	second := s.newRun()
	s.applied(second, second.Apply(s.admit, s.calls))
	<-first
	s.besides(0)
	old.leave()
	s.restart(false)
}

// besides says how many older runs are still at work.
func (s *sim) besides(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beside = n
}

// sameAccount is the account as another process makes it.
func (s *sim) sameAccount() *executor.Merchant {
	a := s.account
	return &executor.Merchant{Merchant: a.Merchant, Gateway: a.Gateway, PostLink: a.PostLink, Width: a.Width, Waits: a.Waits}
}

// takeOver opens what is on disk at this moment for another runner; the first
// one's records reach nobody from here on.
func (s *sim) takeOver() disk {
	old := s.journal
	old.mu.Lock()
	defer old.mu.Unlock()
	old.broken = true
	files := s.disk.files()
	first := *s.disk
	s.disk = &disk{t: s.t, root: first.root, folders: first.folders}
	s.disk.put(files)
	old.disk = &first
	fresh := &journal{
		gateway: old.gateway, ledger: old.ledger.Clone(), intent: maps.Clone(old.intent),
		sticky: true, watch: s, lines: s.answered, disk: s.disk,
	}
	s.mu.Lock()
	s.journal = fresh
	s.mu.Unlock()
	s.forced = true
	s.open()
	return first
}

// open begins a process: what it finds on disk is what was recorded (I10).
func (s *sim) open() {
	found := describe(s.disk.open())
	s.journal.restart(s.t)
	if known := describe(s.journal.clone()); found != known {
		s.t.Errorf("I10: on disk is\n%s\nrecorded was\n%s", found, known)
	}
}

// restart ends a process, in order or not, and begins another.
func (s *sim) restart(kill bool) {
	s.tally.add("restarts")
	if kill {
		s.tally.add("kills")
		s.disk.kill()
	} else {
		s.disk.end()
	}
	s.open()
}

// lose puts an older state in place, or none.
func (s *sim) lose() {
	if s.rnd.IntN(3) == 0 {
		s.saved = nil
		s.tally.add("states lost")
	} else {
		s.tally.add("states reverted")
	}
	s.disk.swap(s.saved)
	s.journal.ledger = s.disk.open()
	s.lost, s.forced = true, false
	time.Sleep(2 * time.Minute)
}

// applied draws the conclusions that the program draws, and checks I8.
func (s *sim) applied(run *executor.Run, r *executor.Report) {
	s.checkReport(run, r)
	if r.Stop == nil && r.LookedUp {
		s.disk.unproven, s.forced = false, false
		s.disk.recorder.MarkProven()
	}
}

// rest is what happens between two runs.
func (s *sim) rest() {
	time.Sleep(time.Duration(s.rnd.IntN(100)) * pick(s.rnd, []time.Duration{time.Second, time.Minute, 30 * time.Minute}))
	s.signals()
	if s.rnd.IntN(2) == 0 {
		s.reconcile()
	}
	for range s.rnd.IntN(4) {
		s.edit()
	}
	if s.rnd.IntN(2) == 0 {
		s.people(s.careless && s.rnd.IntN(2) == 0)
	}
	switch {
	case !s.loses:
	case s.baited:
		s.baited = false
		s.lose()
	case s.bait(), s.rnd.IntN(4) == 0:
		s.saved = s.disk.files()
	case s.rnd.IntN(2) == 0:
		s.lose()
	}
}

// bait looks for payouts that are not sent: where the next run pays them and
// this state comes back, they were paid by nobody it knows.
func (s *sim) bait() bool {
	for r := range s.journal.clone().Records() {
		if r.Status() != payout.NotSent || s.rnd.IntN(2) == 0 {
			continue
		}
		fault := sandbox.Fault{Match: r.Newest().OrderID, Call: sandbox.CallPayout, Do: "accept", Then: pick(s.rnd, append(fates[:3:3], "error:10001", ""))}
		if err := s.gateway.Inject(fault); err != nil {
			s.t.Fatal(err)
		}
		s.baited = true
	}
	return s.baited
}

// heal is the time after: the gateway is well, the files are right, people know
// what happened, and all fences pass.
func (s *sim) heal() {
	s.signals()
	if s.rnd.IntN(3) == 0 {
		s.secondPayment()
	}
	s.putRight()
	s.settle()
	for range payout.MaxAttempts * 3 {
		s.process(false)
		time.Sleep(20 * time.Minute)
		s.people(false)
		if s.quiet() {
			break
		}
	}
	s.settle()
}

// settle lets all fences pass, asking now and then.
func (s *sim) settle() {
	for range 6 {
		time.Sleep(7 * time.Hour)
		if s.reconcile() == 0 {
			return
		}
	}
}

// quiet says that nothing is left to do for the program.
func (s *sim) quiet() bool {
	for _, c := range s.plan().Changes {
		switch c.Action {
		case planner.ActionPay, planner.ActionRetry, planner.ActionCheck, planner.ActionWait:
			return false
		}
	}
	return true
}

// wire is the client, seen from this side: what is called is checked before it
// is called.
type wire struct {
	executor.Gateway
	s *sim
}

func (w wire) Payout(ctx context.Context, r *freedompay.PayoutRequest) (*freedompay.Answer, error) {
	w.s.checkRequest(r)
	return w.Gateway.Payout(ctx, r)
}
