package statefile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"payrun/planner/payout"
	"payrun/statefile"
	"payrun/statefile/statetest"
)

const stateName = "payouts.state.json"

// said is what a mark in a trace says: the run was told that a change of one
// part is durable, or, with parts, that everything before is.
type said struct {
	part     string
	parts    map[string]string
	unproven bool
	doubtful []string          // parts whose change was refused: it may be on the disk
	perhaps  bool              // nobody was told, all of it may be on the disk
	aside    map[string]string // torn lines that were kept, by file
}

// actor is one run that does, one after the other or at once, everything that
// a run may do to a state.
type actor struct {
	t     testing.TB
	rnd   *rand.Rand
	disk  *statetest.Disk
	store *statefile.Local
	lock  *statefile.Lock
	rec   *statefile.Recorder
	at    time.Time
	named int // keys given out
	mu    sync.Mutex
	errs  []error
}

// newActor makes an actor of a disk whose clock is n hours on.
func newActor(t testing.TB, disk *statetest.Disk, dir string, hours int) *actor {
	a := &actor{t: t, disk: disk, at: time.Date(2026, 11, 21, 13+hours, 0, 0, 500, time.UTC)}
	a.store = &statefile.Local{Path: filepath.Join(dir, stateName), Version: "0.1.0", FS: disk, Now: a.now}
	return a
}

func (a *actor) now() time.Time {
	a.at = a.at.Add(time.Second)
	return a.at
}

// start locks, loads and opens, and marks what the disk says before and after.
func (a *actor) start() bool {
	ctx := context.Background()
	var err error
	if a.lock, err = a.store.Lock(ctx, statefile.LockInfo{Who: "aigul", Host: "desk", PID: 7, Command: "apply"}, 0); a.failed(err) {
		return false
	}
	snap, err := a.store.Load(ctx)
	if a.failed(err) {
		return false
	}
	a.disk.Mark(said{parts: partsOf(a.t, snap.Ledger), unproven: len(snap.Unproven) > 0})
	if a.rec, err = a.store.Open(a.lock, snap); a.failed(err) {
		return false
	}
	a.settled()
	return true
}

// failed keeps an error.
func (a *actor) failed(err error) bool {
	if err != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.errs = append(a.errs, err)
	}
	return err != nil
}

// settled marks that everything the ledger says is durable.
func (a *actor) settled() {
	s := said{unproven: len(a.rec.Unproven()) > 0, aside: make(map[string]string)}
	for _, name := range a.disk.Names() {
		if strings.Contains(name, ".torn-") {
			s.aside[name] = string(a.disk.File(name))
		}
	}
	a.rec.View(func(l *payout.Ledger) { s.parts = partsOf(a.t, l) })
	a.disk.Mark(s)
}

func partsOf(t testing.TB, l *payout.Ledger) map[string]string {
	t.Helper()
	parts, err := statefile.Parts(l)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

// change is one call of the recorder. part is what its acknowledgement is
// about, touches is all that it changes.
type change struct {
	part    string
	do      func() error
	touches []string
}

// heard keeps what came of a change.
func (a *actor) heard(c change, err error) {
	switch {
	case a.failed(err):
		a.disk.Mark(said{doubtful: append(c.touches, c.part, "merchants")})
	case c.part != "":
		a.disk.Mark(said{part: c.part})
	}
}

// appended is where a group is made durable.
func appended(s statetest.Step) bool { return s.Name == "fdatasync" }

// together does changes at once: the first is held at an operation, and the
// others come meanwhile. At fdatasync the first is a group of its own, and the
// others share one.
func (a *actor) together(at func(statetest.Step) bool, changes ...change) {
	if len(changes) == 0 {
		return
	}
	hold := make(chan struct{})
	var held atomic.Bool
	before := a.disk.Before
	a.disk.Before = func(s statetest.Step) error {
		if at(s) && held.CompareAndSwap(false, true) {
			<-hold
		}
		if before != nil {
			return before(s)
		}
		return nil
	}
	for _, c := range changes {
		go func() { a.heard(c, c.do()) }()
		synctest.Wait()
	}
	close(hold)
	synctest.Wait()
	a.disk.Before = before
	a.settled()
}

// records are those of the ledger, by address.
func (a *actor) records() []payout.Record {
	var out []payout.Record
	a.rec.View(func(l *payout.Ledger) {
		for _, r := range l.Clone().All() {
			out = append(out, *r)
		}
	})
	return out
}

// in are the records with one of the statuses.
func (a *actor) in(statuses ...payout.Status) []payout.Record {
	return slices.DeleteFunc(a.records(), func(r payout.Record) bool { return !slices.Contains(statuses, r.Status()) })
}

// fresh is the key of a payout that nobody has seen yet.
func (a *actor) fresh() string {
	a.named++
	return fmt.Sprintf("%d-%02d", a.at.Day()*100+a.at.Hour(), a.named)
}

func (a *actor) begin(in *payout.Intent) change {
	return change{part: "payout " + in.Address.String(), do: func() error { return a.rec.Begin(in) }}
}

func (a *actor) end(r payout.Record, to payout.Status, cause payout.Cause, source payout.Source) change {
	newest := r.Newest()
	o := &payout.Outcome{
		At: a.at, Address: r.Address, Attempt: newest.N, OrderID: newest.OrderID, Cause: cause,
		Event: payout.Event{Status: to, At: a.at, Source: source, Code: "0", Words: "ok"}, PaymentID: "700" + newest.OrderID[len(newest.OrderID)-1:],
		NotFound: newest.NotFound, Failures: newest.Failures,
	}
	if cause == payout.CausePerson {
		o.Event.By, o.Event.Reason, o.Event.Evidence = "dana", "statement of the bank", ""
	}
	if to == payout.Declared {
		o.Event, o.Cause, o.PaymentID = payout.Event{}, "", ""
		o.NotFound = payout.Seen{Count: newest.NotFound.Count + 1, First: a.at, Last: a.at}
	}
	return change{part: "payout " + r.Address.String(), do: func() error { return a.rec.End(o) }}
}

func (a *actor) note(n *payout.Note, part string, touches ...string) change {
	return change{part: part, do: func() error { return a.rec.Note(n) }, touches: touches}
}

// pick is one of a list.
func pick[T any](rnd *rand.Rand, list ...T) T { return list[rnd.IntN(len(list))] }

// some are the first few of a list.
func some[T any](rnd *rand.Rand, list []T, most int) []T {
	rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:min(len(list), 1+rnd.IntN(most))]
}
