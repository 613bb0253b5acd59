package statetest

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"time"
)

// handle is an open file of a Disk.
type handle struct {
	disk   *Disk
	path   string
	n      int // inode
	at     int64
	failed bool // a sync through this descriptor failed
}

func (h *handle) Read(p []byte) (int, error) {
	if err := h.disk.before("read", h.path); err != nil {
		return 0, err
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	c := h.disk.inodes[h.n].content
	if h.at >= c.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), c.size-h.at))
	copied := 0
	if h.at < int64(len(c.data)) {
		copied = copy(p[:n], c.data[h.at:])
	}
	clear(p[copied:n])
	h.at += int64(n)
	return n, nil
}

// WriteAt writes, and on an error of kind Short a part.
func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	err := h.disk.before("write", h.path)
	n := len(p)
	if err != nil {
		n = short(err, n)
	}
	if n == 0 {
		return 0, err
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.disk.do(op{kind: opWrite, inode: h.n, at: at, data: bytes.Clone(trimZeros(p[:n])), size: int64(n)})
	return n, err
}

func (h *handle) Truncate(size int64) error {
	if err := h.disk.before("truncate", h.path); err != nil {
		return err
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.disk.do(op{kind: opTruncate, inode: h.n, size: size})
	return nil
}

func (h *handle) Sync() error { return h.sync("fsync") }

func (h *handle) SyncData() error { return h.sync("fdatasync") }

func (h *handle) sync(name string) error {
	err := h.disk.before(name, h.path)
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.failed {
		h.disk.resynced = append(h.disk.resynced, filepath.Base(h.path))
	}
	h.failed = h.failed || err != nil
	h.disk.do(op{kind: opSync, inode: h.n, failed: err != nil})
	return err
}

func (h *handle) Stat() (fs.FileInfo, error) {
	if err := h.disk.before("stat", h.path); err != nil {
		return nil, err
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	return h.disk.info(h.path, h.n), nil
}

// Chmod does nothing: a mode that a crash forgets makes no file unreadable to
// its owner.
func (h *handle) Chmod(fs.FileMode) error { return h.disk.before("chmod", h.path) }

func (h *handle) Close() error { return h.disk.before("close", h.path) }

// info describes a file. The time of its last change differs from that of any
// other, so that two versions never seem one. The mutex is held.
func (d *Disk) info(path string, n int) fs.FileInfo {
	return fileInfo{filepath.Base(path), d.inodes[n].size, d.inodes[n].changed}
}

type fileInfo struct {
	name    string
	size    int64
	changed int64
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return 0o600 }
func (i fileInfo) ModTime() time.Time { return time.Unix(0, i.changed) }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }
