package statetest

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"payrun/statefile"
)

// Step is one operation on a Disk, before it is done.
type Step struct {
	Number int    // from 1
	Name   string // "open", "write", "fdatasync", …
	Path   string
	// Changes says that it changes the disk, which one that is read-only
	// refuses.
	Changes bool
}

// Short is an error of Disk.Before that lets the first part of a write happen.
type Short struct {
	Parts int // the part written is one of so many, 2 = half
	Err   error
}

func (e *Short) Error() string { return e.Err.Error() }

func (e *Short) Unwrap() error { return e.Err }

// Disk is a file system in memory that keeps the trace of everything done to
// it, and can say what a loss of power would leave. Only lock files stand in a
// real folder as well, because the kernel's lock needs a descriptor; what they
// hold is in memory.
type Disk struct {
	// Before is called before each operation. Its error is the operation's,
	// which then has no effect; nil = everything succeeds. It may block.
	Before func(Step) error

	dir      string // a real folder, of the lock files
	mu       sync.Mutex
	names    map[string]int // inode numbers by name
	inodes   []*inode
	base     map[string]content // durable from the start
	trace    []op
	marks    []any
	steps    int
	clock    int64
	resynced []string
}

// inode is a file, whatever its name.
type inode struct {
	content
	changed int64 // moves with every change
}

// content are the bytes of a file: data, and zeros up to size.
type content struct {
	data []byte
	size int64
}

var _ statefile.FS = (*Disk)(nil)

// NewDisk makes an empty disk. dir is a real folder that its paths lie in.
func NewDisk(dir string) *Disk { return newDisk(dir, map[string]content{}) }

func newDisk(dir string, files map[string]content) *Disk {
	d := &Disk{dir: dir, names: make(map[string]int), base: files}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		d.names[name] = d.add(files[name])
	}
	return d
}

func (d *Disk) add(c content) int {
	d.clock++
	d.inodes = append(d.inodes, &inode{c, d.clock})
	return len(d.inodes) - 1
}

// Dir is the real folder that the paths of the disk lie in.
func (d *Disk) Dir() string { return d.dir }

// Mark remembers that something happened outside the disk at this point of the
// trace, and returns how many marks there are.
func (d *Disk) Mark(what any) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.marks = append(d.marks, what)
	d.trace = append(d.trace, op{kind: opMark})
	return len(d.marks)
}

// Marks returns everything that Mark was given, in its order.
func (d *Disk) Marks() []any {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.marks)
}

// Points is the length of the trace: the newest point of an Image.
func (d *Disk) Points() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.trace)
}

// Steps is how many operations were asked for.
func (d *Disk) Steps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steps
}

// Resynced names the files that were synced through a descriptor on which a
// sync had failed: the kernel may say yes to that without having the bytes.
func (d *Disk) Resynced() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.resynced)
}

// before counts an operation and asks whether it may happen.
func (d *Disk) before(name, path string) error { return d.ask(name, path, !reads[name]) }

// reads are the operations that a read-only disk allows. Of fsync and its like
// it has nothing to do.
var reads = map[string]bool{"lstat": true, "list": true, "statfs": true, "read": true, "stat": true, "close": true}

func (d *Disk) ask(name, path string, changes bool) error {
	d.mu.Lock()
	d.steps++
	step := Step{d.steps, name, path, changes}
	d.mu.Unlock()
	if d.Before == nil {
		return nil
	}
	if err := d.Before(step); err != nil {
		return &fs.PathError{Op: name, Path: path, Err: err}
	}
	return nil
}

func isLock(path string) bool { return strings.HasSuffix(path, ".lock") }

// Open opens a file. Flags are those of package os that a state needs.
func (d *Disk) Open(path string, flag int, _ fs.FileMode) (statefile.File, error) {
	if err := d.ask("open", path, flag&(os.O_RDWR|os.O_WRONLY|os.O_CREATE) != 0); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	name := filepath.Base(path)
	n, there := d.names[name]
	if !there && isLock(path) {
		_, err := os.Lstat(path)
		// The kernel's lock made it.
		there = err == nil
		if there {
			n = d.create(name)
		}
	}
	switch {
	case there && flag&os.O_EXCL != 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	case !there && flag&os.O_CREATE == 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case !there:
		n = d.create(name)
	case flag&os.O_TRUNC != 0:
		d.do(op{kind: opTruncate, inode: n})
	}
	return &handle{disk: d, path: path, n: n}, nil
}

func (d *Disk) create(name string) int {
	n := d.add(content{})
	d.do(op{kind: opLink, inode: n, name: name})
	return n
}

// Lstat describes a file. That of a lock is the real one, which the kernel's
// lock is compared with.
func (d *Disk) Lstat(path string) (fs.FileInfo, error) {
	if err := d.before("lstat", path); err != nil {
		return nil, err
	}
	if isLock(path) {
		return os.Lstat(path)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, there := d.names[filepath.Base(path)]
	if !there {
		return nil, &fs.PathError{Op: "lstat", Path: path, Err: fs.ErrNotExist}
	}
	return d.info(path, n), nil
}

// List returns the names, sorted.
func (d *Disk) List(dir string) ([]string, error) {
	if err := d.before("list", dir); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names)), nil
}

// Rename replaces to by from.
func (d *Disk) Rename(from, to string) error {
	if err := d.before("rename", to); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, there := d.names[filepath.Base(from)]
	if !there {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	d.do(op{kind: opLink, inode: n, name: filepath.Base(to), from: filepath.Base(from)})
	return nil
}

// Remove deletes a name.
func (d *Disk) Remove(path string) error {
	if err := d.before("remove", path); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, there := d.names[filepath.Base(path)]
	if !there {
		return &fs.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	d.do(op{kind: opUnlink, inode: n, from: filepath.Base(path)})
	return nil
}

// SyncDir makes the names durable. What a failed one was to write stays in
// question for good.
func (d *Disk) SyncDir(dir string) error {
	err := d.before("syncdir", dir)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.do(op{kind: opSyncDir, failed: err != nil})
	return err
}

// Network says that the disk is local.
func (d *Disk) Network(dir string) (string, error) { return "", d.before("statfs", dir) }

// do carries an operation out and remembers it. The mutex is held.
func (d *Disk) do(o op) {
	d.trace = append(d.trace, o)
	d.clock++
	switch o.kind {
	case opWrite, opTruncate:
		file := d.inodes[o.inode]
		file.content, file.changed = file.content.after(o), d.clock
	case opLink, opUnlink:
		o.relink(d.names)
	}
}

// File returns what a file holds now, without zeros at its end; nil where
// there is none.
func (d *Disk) File(path string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, there := d.names[filepath.Base(path)]
	if !there {
		return nil
	}
	return bytes.Clone(d.inodes[n].data)
}

// Names returns the names of all files, sorted.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names))
}

// Faults are the errors that a disk gives up with, by name.
func Faults() map[string]error {
	return map[string]error{
		"ENOSPC": syscall.ENOSPC, "EIO": syscall.EIO, "EROFS": syscall.EROFS,
		"short write, ENOSPC": &Short{2, syscall.ENOSPC}, "short write, EIO": &Short{2, syscall.EIO},
	}
}

// short says how much of a write happens although it fails.
func short(err error, length int) int {
	var part *Short
	if errors.As(err, &part) {
		return length / part.Parts
	}
	return 0
}
