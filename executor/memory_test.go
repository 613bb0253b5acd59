package executor_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"payrun/statefile"
)

// memory is a folder in memory, but for the lock files, which the kernel has to
// know. Power cuts are the business of the state file's own tests.
type memory struct {
	statefile.OS
	mu    sync.Mutex
	nodes map[string]*node // by name
	made  int64
}

// node is one file, whatever its name is by now.
type node struct {
	memory  *memory
	content []byte
	number  int64
	changed int64
}

func newMemory(files map[string][]byte) *memory {
	m := &memory{}
	m.replace(files)
	return m
}

// replace puts other files in place of all there are.
func (m *memory) replace(files map[string][]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nodes = make(map[string]*node)
	for name, content := range files {
		m.make(name).content = append([]byte(nil), content...)
	}
}

// make puts an empty file in place; the caller holds mu, or is alone.
func (m *memory) make(name string) *node {
	m.made++
	n := &node{memory: m, number: m.made}
	m.nodes[name] = n
	return n
}

func (m *memory) copied() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string][]byte, len(m.nodes))
	for name, n := range m.nodes {
		out[name] = append([]byte(nil), n.content...)
	}
	return out
}

func locks(path string) bool { return strings.HasSuffix(path, ".lock") }

func (m *memory) Open(path string, flag int, perm fs.FileMode) (statefile.File, error) {
	if locks(path) {
		file, err := m.OS.Open(path, flag, perm)
		if err != nil {
			return nil, err
		}
		return quickFile{file}, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[filepath.Base(path)]
	switch {
	case n == nil && flag&os.O_CREATE == 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case n != nil && flag&os.O_EXCL != 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	case n == nil:
		n = m.make(filepath.Base(path))
	}
	if flag&os.O_TRUNC != 0 {
		n.content = nil
	}
	return &opened{node: n}, nil
}

func (m *memory) Lstat(path string) (fs.FileInfo, error) {
	if locks(path) {
		return m.OS.Lstat(path)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[filepath.Base(path)]
	if n == nil {
		return nil, &fs.PathError{Op: "lstat", Path: path, Err: fs.ErrNotExist}
	}
	return n.info(), nil
}

func (m *memory) List(string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for name := range m.nodes {
		out = append(out, name)
	}
	return out, nil
}

func (m *memory) Rename(from, to string) error {
	if locks(from) || locks(to) {
		return m.OS.Rename(from, to)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[filepath.Base(from)]
	if n == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	delete(m.nodes, filepath.Base(from))
	m.nodes[filepath.Base(to)] = n
	return nil
}

func (m *memory) Remove(path string) error {
	if locks(path) {
		return m.OS.Remove(path)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.nodes, filepath.Base(path))
	return nil
}

func (m *memory) SyncDir(string) error           { return nil }
func (m *memory) Network(string) (string, error) { return "", nil }

// quickFile is a file of the machine that is never synced.
type quickFile struct{ statefile.File }

func (quickFile) Sync() error     { return nil }
func (quickFile) SyncData() error { return nil }

// described is a node at one moment.
type described struct {
	size, number, changed int64
}

func (n *node) info() described { return described{int64(len(n.content)), n.number, n.changed} }

func (d described) Name() string       { return "" }
func (d described) Size() int64        { return d.size }
func (d described) Mode() fs.FileMode  { return 0o600 }
func (d described) ModTime() time.Time { return time.Unix(d.number, d.changed) }
func (d described) IsDir() bool        { return false }
func (d described) Sys() any           { return nil }

// opened is a descriptor of a node.
type opened struct {
	*node
	at     int64
	closed bool
}

func (o *opened) Read(p []byte) (int, error) {
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	if o.at >= int64(len(o.content)) {
		return 0, io.EOF
	}
	n := copy(p, o.content[o.at:])
	o.at += int64(n)
	return n, nil
}

func (o *opened) WriteAt(p []byte, off int64) (int, error) {
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	if o.closed {
		return 0, errors.New("write to a closed file")
	}
	o.changed++
	if missing := off + int64(len(p)) - int64(len(o.content)); missing > 0 {
		o.content = append(o.content, make([]byte, missing)...)
	}
	return copy(o.content[off:], p), nil
}

func (o *opened) Truncate(size int64) error {
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	o.changed++
	o.content = append([]byte(nil), o.content[:min(size, int64(len(o.content)))]...)
	o.content = append(o.content, make([]byte, size-int64(len(o.content)))...)
	return nil
}

func (o *opened) Stat() (fs.FileInfo, error) {
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	return o.info(), nil
}

func (o *opened) Close() error            { o.closed = true; return nil }
func (o *opened) Chmod(fs.FileMode) error { return nil }
func (o *opened) Sync() error             { return nil }
func (o *opened) SyncData() error         { return nil }
