package executor_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"payrun/planner/payout"
	"payrun/statefile"
)

// disk is the folder with the state and the journal of one configuration. Each
// process of the program opens it anew.
type disk struct {
	t        testing.TB
	root     string // of the lock files
	folders  int
	opened   int
	memory   *memory // everything else
	store    *statefile.Local
	lock     *statefile.Lock
	snap     *statefile.Snapshot
	recorder *statefile.Recorder
	unproven bool // as found at the start
}

func newDisk(t testing.TB) *disk {
	root, err := os.MkdirTemp("", "sim")
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{t: t, root: root}
	d.put(nil)
	return d
}

func (d *disk) must(err error) {
	if err != nil {
		d.t.Helper()
		d.t.Fatal(err)
	}
}

func (d *disk) folder() string { return filepath.Join(d.root, strconv.Itoa(d.folders)) }

// files is what the folder holds at this moment.
func (d *disk) files() map[string][]byte { return d.memory.copied() }

// put makes a new folder with these files. Whoever works on the old one still
// does.
func (d *disk) put(files map[string][]byte) {
	d.folders++
	d.must(os.Mkdir(d.folder(), 0o700))
	d.memory = newMemory(files)
	d.store = &statefile.Local{Path: filepath.Join(d.folder(), "s.json"), Version: "0.0.0", FS: d.memory}
	d.take()
}

func (d *disk) take() {
	var err error
	d.lock, err = d.store.Lock(context.Background(), statefile.LockInfo{Who: "sim", Host: "sim", PID: 1, Command: "apply"}, 0)
	d.must(err)
}

// swap ends the process and puts other files in place.
func (d *disk) swap(files map[string][]byte) {
	d.leave()
	d.memory.replace(files)
	d.take()
}

// open begins a process and returns what it found. It loads twice: a second
// replay says the same (I10).
func (d *disk) open() *payout.Ledger {
	var err error
	d.snap, err = d.store.Load(context.Background())
	d.must(err)
	if d.opened++; d.opened%4 == 0 {
		again, err := d.store.Load(context.Background())
		d.must(err)
		if one, two := describe(d.snap.Ledger), describe(again.Ledger); one != two {
			d.t.Errorf("I10: replayed once:\n%s\nand twice:\n%s", one, two)
		}
	}
	d.unproven = len(d.snap.Unproven) > 0
	d.recorder, err = d.store.Open(d.lock, d.snap)
	d.must(err)
	var found *payout.Ledger
	d.recorder.View(func(l *payout.Ledger) { found = l.Clone() })
	return found
}

// end ends a process in order. The next one gets its lock.
func (d *disk) end() { d.must(d.recorder.Close()) }

// kill ends a process as a power switch does: what is on disk at this moment
// is all that is left.
func (d *disk) kill() { d.swap(d.files()) }

// leave ends a process and gives the lock back.
func (d *disk) leave() {
	d.end()
	d.must(d.lock.Release())
}

// remove ends everything, after a failure too.
func (d *disk) remove() {
	if d.recorder != nil {
		_ = d.recorder.Close() // closed already, where a failure came between
	}
	_ = d.lock.Release()
	d.must(os.RemoveAll(d.root))
}

// describe writes a ledger down in full, times without their zone.
func describe(l *payout.Ledger) string {
	var b strings.Builder
	for _, m := range l.Merchants {
		fmt.Fprintln(&b, m.Name, m.ID, m.Environment, m.Prefix, m.LastCall.UnixNano(), m.Balance, len(m.Proven))
	}
	for _, r := range l.All() {
		fmt.Fprintln(&b, r.Details, r.Former, r.Flags)
		for _, a := range r.Attempts {
			fmt.Fprintln(&b, " ", a.N, a.OrderID, a.TimeLimit.UnixNano(), a.PaymentID, a.PaymentDate, a.Was)
			for _, s := range []payout.Seen{a.NotFound, a.Failures} {
				fmt.Fprintln(&b, "    seen", s.Count, s.First.UnixNano(), s.Last.UnixNano())
			}
			for _, e := range a.Events {
				fmt.Fprintln(&b, "   ", e.Status, e.At.UnixNano(), e.Source, e.Code, e.Words, e.By, e.Reason, e.Evidence)
			}
		}
	}
	return b.String()
}
