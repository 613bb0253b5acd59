package executor_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"payrun/planner/payout"
	"payrun/statefile"
)

// quickFS asks the disk for nothing: power cuts are the business of the state
// file's own tests.
type quickFS struct{ statefile.OS }

func (f quickFS) Open(path string, flag int, perm fs.FileMode) (statefile.File, error) {
	file, err := f.OS.Open(path, flag, perm)
	if err != nil {
		return nil, err
	}
	return quickFile{file}, nil
}

func (quickFS) SyncDir(string) error { return nil }

type quickFile struct{ statefile.File }

func (quickFile) Sync() error     { return nil }
func (quickFile) SyncData() error { return nil }

// disk is the folder with the state and the journal of one configuration. Each
// process of the program opens it anew.
type disk struct {
	t        testing.TB
	root     string
	folders  int
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
func (d *disk) files() map[string][]byte {
	entries, err := os.ReadDir(d.folder())
	d.must(err)
	out := make(map[string][]byte)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".lock") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(d.folder(), e.Name()))
		d.must(err)
		out[e.Name()] = content
	}
	return out
}

// put makes a new folder with these files. Whoever works on the old one still
// does.
func (d *disk) put(files map[string][]byte) {
	d.folders++
	d.must(os.Mkdir(d.folder(), 0o700))
	for name, content := range files {
		d.must(os.WriteFile(filepath.Join(d.folder(), name), content, 0o600))
	}
	d.store = &statefile.Local{Path: filepath.Join(d.folder(), "s.json"), Version: "0.0.0", FS: quickFS{}}
	d.lock, d.recorder = nil, nil
}

// open begins a process and returns what it found. It loads twice: a second
// replay says the same (I10).
func (d *disk) open() *payout.Ledger {
	var err error
	d.lock, err = d.store.Lock(context.Background(), statefile.LockInfo{Who: "sim", Host: "sim", PID: 1, Command: "apply"}, 0)
	d.must(err)
	first, err := d.store.Load(context.Background())
	d.must(err)
	d.snap, err = d.store.Load(context.Background())
	d.must(err)
	if one, two := describe(first.Ledger), describe(d.snap.Ledger); one != two {
		d.t.Errorf("I10: replayed once:\n%s\nand twice:\n%s", one, two)
	}
	d.unproven = len(d.snap.Unproven) > 0
	d.recorder, err = d.store.Open(d.lock, d.snap)
	d.must(err)
	var found *payout.Ledger
	d.recorder.View(func(l *payout.Ledger) { found = l.Clone() })
	return found
}

// end ends a process in order.
func (d *disk) end() {
	d.must(d.recorder.Close())
	d.must(d.lock.Release())
	d.lock, d.recorder = nil, nil
}

// kill ends a process as a power switch does: what is on disk at this moment
// is all that is left.
func (d *disk) kill() {
	left := d.files()
	old := *d
	d.put(left)
	old.end()
	d.must(os.RemoveAll(old.folder()))
}

func (d *disk) remove() {
	if d.recorder != nil {
		d.end()
	}
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
