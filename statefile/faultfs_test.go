package statefile

import (
	"io/fs"
	"sync"

	"payrun/planner/payout"
)

// quickFS asks the disk for nothing: what the machine's cache holds is there
// for the next open, and a power cut is another test's business.
type quickFS struct{ OS }

func (f quickFS) Open(path string, flag int, perm fs.FileMode) (File, error) {
	file, err := f.OS.Open(path, flag, perm)
	if err != nil {
		return nil, err
	}
	return quickFile{file}, nil
}

func (quickFS) SyncDir(string) error { return nil }

type quickFile struct{ File }

func (quickFile) Sync() error { return nil }

func (quickFile) SyncData() error { return nil }

// faultFS fails the operation with number failAt, and with dead every one
// after it: the machine is gone, only what was done is there.
type faultFS struct {
	quickFS
	failAt int
	err    error
	dead   bool
	half   bool // a failing write writes its first half

	mu   sync.Mutex
	n    int
	last string // name of the failed operation
}

func (f *faultFS) step(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	if f.n == f.failAt || f.dead && f.failAt > 0 && f.n > f.failAt {
		if f.last == "" {
			f.last = name
		}
		return &fs.PathError{Op: name, Path: "(test)", Err: f.err}
	}
	return nil
}

func (f *faultFS) Open(path string, flag int, perm fs.FileMode) (File, error) {
	if err := f.step("open"); err != nil {
		return nil, err
	}
	file, err := f.quickFS.Open(path, flag, perm)
	if err != nil {
		return nil, err
	}
	return &faultFile{file, f}, nil
}

func (f *faultFS) Lstat(path string) (fs.FileInfo, error) {
	if err := f.step("lstat"); err != nil {
		return nil, err
	}
	return f.quickFS.Lstat(path)
}

func (f *faultFS) List(dir string) ([]string, error) {
	if err := f.step("list"); err != nil {
		return nil, err
	}
	return f.quickFS.List(dir)
}

func (f *faultFS) Rename(from, to string) error {
	if err := f.step("rename"); err != nil {
		return err
	}
	return f.quickFS.Rename(from, to)
}

func (f *faultFS) Remove(path string) error {
	if err := f.step("remove"); err != nil {
		return err
	}
	return f.quickFS.Remove(path)
}

func (f *faultFS) SyncDir(dir string) error {
	if err := f.step("syncdir"); err != nil {
		return err
	}
	return f.quickFS.SyncDir(dir)
}

func (f *faultFS) Network(dir string) (string, error) {
	if err := f.step("statfs"); err != nil {
		return "", err
	}
	return f.quickFS.Network(dir)
}

type faultFile struct {
	File
	fs *faultFS
}

func (f *faultFile) Read(p []byte) (int, error) {
	if err := f.fs.step("read"); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f *faultFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fs.step("write"); err != nil {
		if !f.fs.half {
			return 0, err
		}
		n, _ := f.File.WriteAt(p[:len(p)/2], off)
		return n, err
	}
	return f.File.WriteAt(p, off)
}

func (f *faultFile) Stat() (fs.FileInfo, error) {
	if err := f.fs.step("stat"); err != nil {
		return nil, err
	}
	return f.File.Stat()
}

func (f *faultFile) Chmod(mode fs.FileMode) error {
	if err := f.fs.step("chmod"); err != nil {
		return err
	}
	return f.File.Chmod(mode)
}

func (f *faultFile) Truncate(size int64) error {
	if err := f.fs.step("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultFile) Sync() error {
	if err := f.fs.step("fsync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) SyncData() error {
	if err := f.fs.step("fdatasync"); err != nil {
		return err
	}
	return f.File.SyncData()
}

func (f *faultFile) Close() error {
	if err := f.fs.step("close"); err != nil {
		f.File.Close()
		return err
	}
	return f.File.Close()
}

// told is what a run was told to be durable.
type told struct {
	begun map[string]bool
	ended map[string]payout.Status
	tried map[string]bool // Begin was called
	errs  []error
}
