package statefile

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"payrun/planner/payout"
)

// orderFS knows what a power cut could take, and refuses the steps that must
// not be taken while it could.
type orderFS struct {
	quickFS
	t       *testing.T
	unsaved map[string]bool  // files with content that no fsync has covered
	names   bool             // the folder has names that no fsync has covered
	only    map[string]int64 // where content of a segment ends that no state in place covers
}

func newOrderFS(t *testing.T) *orderFS {
	return &orderFS{t: t, unsaved: map[string]bool{}, only: map[string]int64{}}
}

func (o *orderFS) Open(path string, flag int, perm fs.FileMode) (File, error) {
	_, missing := o.quickFS.Lstat(path)
	if missing == nil && flag&os.O_TRUNC != 0 && !strings.HasSuffix(path, ".tmp") {
		o.t.Errorf("%s is written in place", filepath.Base(path))
	}
	file, err := o.quickFS.Open(path, flag, perm)
	if err != nil {
		return nil, err
	}
	o.names = o.names || missing != nil
	return &orderFile{file, o, filepath.Base(path)}, nil
}

func (o *orderFS) Rename(from, to string) error {
	if o.unsaved[filepath.Base(from)] {
		o.t.Errorf("%s takes its place before its content is durable", filepath.Base(from))
	}
	o.names = true
	clear(o.only)
	return o.quickFS.Rename(from, to)
}

func (o *orderFS) Remove(path string) error {
	name := filepath.Base(path)
	if o.only[name] > 0 {
		o.t.Errorf("%s is removed, and no state covers it", name)
	}
	if o.names {
		o.t.Errorf("%s is removed before the folder's last change is durable", name)
	}
	o.names = true
	return o.quickFS.Remove(path)
}

func (o *orderFS) SyncDir(dir string) error {
	o.names = false
	return o.quickFS.SyncDir(dir)
}

// durable fails the test where a power cut at this moment could take anything.
func (o *orderFS) durable(after string) {
	o.t.Helper()
	for name := range o.unsaved {
		o.t.Errorf("after %s the content of %s is not durable", after, name)
	}
	if o.names {
		o.t.Errorf("after %s the folder is not durable", after)
	}
}

type orderFile struct {
	File
	fs   *orderFS
	name string
}

func (f *orderFile) WriteAt(p []byte, off int64) (int, error) {
	f.fs.unsaved[f.name] = true
	if strings.Contains(f.name, journalInfix) {
		// The zeros at the end are room for more.
		f.fs.only[f.name] = max(f.fs.only[f.name], off+int64(len(bytes.TrimRight(p, "\x00"))))
	}
	return f.File.WriteAt(p, off)
}

func (f *orderFile) Truncate(size int64) error {
	if size < f.fs.only[f.name] {
		f.fs.t.Errorf("%s is cut to %d bytes, and no state covers what it held", f.name, size)
	}
	return f.File.Truncate(size)
}

func (f *orderFile) Sync() error {
	delete(f.fs.unsaved, f.name)
	return f.File.Sync()
}

func (f *orderFile) SyncData() error { return f.Sync() }

// TestOrderOfDurability: what a caller was told is durable when it is told, and
// nothing goes before what replaces it is there for good.
func TestOrderOfDurability(t *testing.T) {
	for _, torn := range []bool{false, true} {
		s := prepared(t, torn)
		order := newOrderFS(t)
		s.FS = order
		r, lock := mustOpen(t, s)
		order.durable("open")
		at := s.now()
		step := func(name string, err error) {
			t.Helper()
			must(t, err)
			order.durable(name)
		}
		step("note", r.Note(&payout.Note{At: at, Run: testRun(true, at)}))
		for _, key := range []string{"1001", "1002"} {
			step("begin", r.Begin(testIntent(key, at)))
			step("end", r.End(testOutcome(key, payout.Accepted, at)))
			step("checkpoint", r.Checkpoint())
		}
		step("begin", r.Begin(testIntent("1003", at)))
		abandon(r)
		step("release", lock.Release())
		step("save", s.Save(ctx, mustLoad(t, s)))
		r, lock = mustOpen(t, s)
		step("end of the run", r.Note(&payout.Note{At: at, Run: testRun(false, at)}))
		step("close", r.Close())
		step("release", lock.Release())
	}
}
