package statefile

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// cutFS remembers what a power cut would leave: the content that a file had at
// its last fsync, and the names that a folder had at its last fsync. Operation
// number cutAt and all after it fail.
type cutFS struct {
	faultFS
	dir     string
	durable map[string]*cutFile // names at the last SyncDir
	present map[string]*cutFile
}

// cutFile is one inode.
type cutFile struct {
	File
	fs      *cutFS
	path    string
	durable []byte // content at the last fsync
	lost    []byte // content when the power went
}

func newCutFS(t *testing.T, dir string, cutAt int) *cutFS {
	c := &cutFS{dir: dir, durable: map[string]*cutFile{}, present: map[string]*cutFile{}}
	c.failAt, c.dead, c.err = cutAt, true, syscall.EIO
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		data := readFile(t, filepath.Join(dir, e.Name()))
		c.present[e.Name()] = &cutFile{fs: c, path: e.Name(), durable: data, lost: data}
	}
	c.durable = maps.Clone(c.present)
	return c
}

func (c *cutFS) Open(path string, flag int, perm fs.FileMode) (File, error) {
	file, err := c.faultFS.Open(path, flag, perm)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	name := filepath.Base(path)
	inode := c.present[name]
	if inode == nil {
		inode = &cutFile{fs: c}
		c.present[name] = inode
	}
	inode.path = name
	if flag&os.O_TRUNC != 0 {
		inode.lost = nil
	}
	return &cutHandle{file, inode}, nil
}

func (c *cutFS) Rename(from, to string) error {
	if err := c.faultFS.Rename(from, to); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	inode := c.present[filepath.Base(from)]
	delete(c.present, filepath.Base(from))
	c.present[filepath.Base(to)] = inode
	return nil
}

func (c *cutFS) Remove(path string) error {
	if err := c.faultFS.Remove(path); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.present, filepath.Base(path))
	return nil
}

func (c *cutFS) SyncDir(dir string) error {
	if err := c.faultFS.SyncDir(dir); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.durable = maps.Clone(c.present)
	return nil
}

// cutHandle is one open file: writes are lost until an fsync.
type cutHandle struct {
	File
	inode *cutFile
}

func (h *cutHandle) WriteAt(p []byte, off int64) (int, error) {
	n, err := h.File.WriteAt(p, off)
	h.inode.fs.mu.Lock()
	defer h.inode.fs.mu.Unlock()
	if grow := int(off) + n - len(h.inode.lost); grow > 0 {
		h.inode.lost = append(bytes.Clone(h.inode.lost), make([]byte, grow)...)
	}
	copy(h.inode.lost[off:], p[:n])
	return n, err
}

func (h *cutHandle) Truncate(size int64) error {
	if err := h.File.Truncate(size); err != nil {
		return err
	}
	h.inode.fs.mu.Lock()
	defer h.inode.fs.mu.Unlock()
	h.inode.lost = bytes.Clone(h.inode.lost[:min(int(size), len(h.inode.lost))])
	return nil
}

func (h *cutHandle) Sync() error {
	if err := h.File.Sync(); err != nil {
		return err
	}
	h.inode.settle()
	return nil
}

func (h *cutHandle) SyncData() error {
	if err := h.File.SyncData(); err != nil {
		return err
	}
	h.inode.settle()
	return nil
}

func (f *cutFile) settle() {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	f.durable = bytes.Clone(f.lost)
}

// image writes into an empty folder what is there after the cut. keepNames and
// keepData say whether the disk happened to have written what nobody waited
// for; half = only the first half of what changed in a file.
func (c *cutFS) image(t *testing.T, keepNames, keepData, half bool) string {
	t.Helper()
	dir := t.TempDir()
	listed := c.durable
	if keepNames {
		listed = c.present
	}
	for name, inode := range listed {
		data := inode.durable
		if keepData {
			data = inode.lost
		}
		if half {
			data = mix(inode.durable, inode.lost)
		}
		// The zeros at the end mean nothing: a few do for many.
		if end := len(bytes.TrimRight(data, "\x00")) + 64; end < len(data) {
			data = data[:end]
		}
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return dir
}

// mix is the new content up to the middle of what changed, the old after it.
func mix(before, after []byte) []byte {
	if len(before) < len(after) {
		before = append(bytes.Clone(before), make([]byte, len(after)-len(before))...)
	}
	first, last := -1, -1
	for i := range after {
		if before[i] != after[i] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return after
	}
	cut := first + (last-first+1)/2
	return append(bytes.Clone(after[:cut]), before[cut:max(cut, len(after))]...)
}

// A power cut at every operation of a run, with everything lost that no fsync
// asked for, with all of it kept, and with halves: what the run was told is
// there for the next one.
func TestPowerCutAtEveryOperation(t *testing.T) {
	for _, torn := range []bool{false, true} {
		t.Run(fmt.Sprintf("torn=%v", torn), func(t *testing.T) {
			t.Parallel()
			cutEach(t, torn)
		})
	}
}

func cutEach(t *testing.T, torn bool) {
	for k := 1; ; k++ {
		s := prepared(t, torn)
		c := newCutFS(t, filepath.Dir(s.Path), k)
		s.FS = c
		got := drive(s, true)
		if c.last == "" {
			if len(got.errs) != 0 {
				t.Fatal(got.errs)
			}
			return
		}
		c.checkImages(t, s, got, k)
	}
}

// checkImages tries what may be on the disk after the cut.
func (c *cutFS) checkImages(t *testing.T, s *Local, got *told, k int) {
	t.Helper()
	for i := range 6 {
		names, data, half := i&1 != 0, i&2 != 0, i&4 != 0
		left := &Local{Path: filepath.Join(c.image(t, names, data, half), filepath.Base(s.Path)), Version: "0.1.0", FS: quickFS{}, Now: s.Now}
		checkTold(t, left, got)
		if t.Failed() {
			t.Fatalf("operation %d, %s, names kept %v, data kept %v, half %v; the run saw %v", k, c.last, names, data, half, got.errs)
		}
	}
}

// A fault that the run survives, and a power cut before it ends: what a failed
// operation left half done must not come back to life.
func TestPowerCutAfterAFault(t *testing.T) {
	t.Parallel()
	for k := 1; ; k++ {
		s := prepared(t, false)
		c := newCutFS(t, filepath.Dir(s.Path), k)
		c.dead, c.err, c.half = false, syscall.ENOSPC, true
		s.FS = c
		got := drive(s, false)
		if c.last == "" {
			return
		}
		c.checkImages(t, s, got, k)
	}
}
