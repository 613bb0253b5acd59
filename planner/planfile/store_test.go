package planfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"payrun/planner/planfile"
)

func TestWriteAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "payouts.plan")
	// An older file that others may read is replaced by one that they may not.
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := exampleFile(t)
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode is %s", info.Mode())
	}
	back, err := planfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest() != f.Digest() {
		t.Errorf("digest is %s, want %s", back.Digest(), f.Digest())
	}
}

func TestWriteErrors(t *testing.T) {
	dir := t.TempDir()
	if err := exampleFile(t).Write(filepath.Join(dir, "missing", "payouts.plan")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a missing folder: %v", err)
	}
	if err := exampleFile(t).Write(dir); err == nil {
		t.Error("a folder was replaced")
	}
	broken := exampleFile(t)
	broken.Counts.Pay++
	path := filepath.Join(dir, "payouts.plan")
	wantFormatError(t, broken.Write(path), "the counts do not fit the changes")
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("files are left behind: %v", left)
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := planfile.Read(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := planfile.Read(dir); err == nil {
		t.Error("a folder was read")
	}
	huge := filepath.Join(dir, "huge")
	if err := os.WriteFile(huge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A sparse file: its size is refused before a byte of it is read.
	if err := os.Truncate(huge, planfile.MaxFileBytes+1); err != nil {
		t.Fatal(err)
	}
	_, err := planfile.Read(huge)
	wantFormatError(t, err, huge+" has more than 1073741824 bytes")
}
