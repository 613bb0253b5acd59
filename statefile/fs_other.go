//go:build !linux

package statefile

import (
	"io/fs"
	"os"
)

// Symbolic links are refused by an Lstat before each open.
const openNoFollow = 0

func syncData(f *os.File) error { return f.Sync() }

func networkName(string) (string, error) { return "", nil }

func identify(info fs.FileInfo) identity {
	return identity{exists: true, size: info.Size(), modified: info.ModTime().UnixNano()}
}
