package statefile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// identity is what two stats of the same unchanged file have in common.
type identity struct {
	exists        bool
	device, inode uint64
	size          int64
	modified      int64
	changed       int64
}

// inspect returns the identity of a regular file, or the zero identity where
// nothing stands at path. Anything else at path is a *PlaceError.
func inspect(fsys FS, path string) (identity, error) {
	info, err := fsys.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return identity{}, nil
	}
	if err != nil {
		return identity{}, fmt.Errorf("inspect %s: %w", path, err)
	}
	if err := checkRegular(path, info); err != nil {
		return identity{}, err
	}
	return identify(info), nil
}

func checkRegular(path string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return &PlaceError{Path: path, Reason: "it is a symbolic link, a rename would replace the link and not the file"}
	case mode.IsDir():
		return &PlaceError{Path: path, Reason: "it is a folder, a regular file is needed"}
	}
	return &PlaceError{Path: path, Reason: "it is not a regular file"}
}

// checkLocal refuses network file systems and those that a program serves:
// flock there may be local to the machine or lost with the connection, and fsync
// may promise nothing.
func checkLocal(fsys FS, path string) error {
	name, err := fsys.Network(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("inspect the folder of %s: %w", path, err)
	}
	if name != "" {
		return &PlaceError{Path: path, Reason: "it lies on a network file system (" + name + "), where a lock can be lost unnoticed; a local disk is needed, in another folder or named by state \"local\" { path = … }"}
	}
	return nil
}
