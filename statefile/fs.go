package statefile

import (
	"io"
	"io/fs"
	"os"
)

// FS is every way in which this package touches a file system, so that a test
// can fail each operation in turn. Paths are the caller's; no method follows a
// symbolic link at the end of a path.
type FS interface {
	// Open opens or creates a file. Flags are those of package os.
	Open(path string, flag int, perm fs.FileMode) (File, error)
	// Lstat describes what stands at path, links not followed.
	Lstat(path string) (fs.FileInfo, error)
	// List returns the names in a folder, in any order.
	List(dir string) ([]string, error)
	// Rename replaces to by from, in one step.
	Rename(from, to string) error
	// Remove deletes a file.
	Remove(path string) error
	// SyncDir makes creations, renames and removals in a folder durable.
	SyncDir(dir string) error
	// Network names the network file system that a folder lies on; empty for a
	// local one.
	Network(dir string) (string, error)
}

// File is an open file. Writes name their offset: nothing depends on a
// position that a failed write leaves undefined.
type File interface {
	io.Reader
	io.WriterAt
	io.Closer
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Truncate(size int64) error
	// Sync makes content and attributes durable, SyncData content and length.
	Sync() error
	SyncData() error
}

// OS is the file system of the machine.
type OS struct{}

// Open opens a regular file and refuses a symbolic link.
func (OS) Open(path string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(path, flag|openNoFollow, perm)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Lstat is os.Lstat.
func (OS) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

// List reads the names in a folder.
func (OS) List(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// Rename is os.Rename.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove is os.Remove.
func (OS) Remove(path string) error { return os.Remove(path) }

// SyncDir opens the folder and fsyncs it.
func (OS) SyncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// Network asks the kernel for the type of the file system.
func (OS) Network(dir string) (string, error) { return networkName(dir) }

// osFile is *os.File with fdatasync.
type osFile struct{ *os.File }

func (f osFile) SyncData() error { return syncData(f.File) }
