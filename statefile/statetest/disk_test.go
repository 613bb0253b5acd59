package statetest_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"payrun/statefile/statetest"
)

// left are the contents that a file may have at the end of a trace; "-" stands
// for no such file.
func left(d *statetest.Disk, name string) []string {
	out := make(map[string]bool)
	for image := range d.Images(statetest.Depth{From: d.Points()}) {
		if !slices.Contains(image.Names(), name) {
			out["-"] = true
			continue
		}
		out[string(image.File(name))] = true
	}
	return slices.Sorted(maps.Keys(out))
}

func want(t *testing.T, d *statetest.Disk, name string, contents ...string) {
	t.Helper()
	slices.Sort(contents)
	if got := left(d, name); !slices.Equal(got, contents) {
		t.Errorf("%s may be left as %q, want %q", name, got, contents)
	}
}

// A disk keeps what was synced, and of the rest anything.
func TestDiskLosesWhatIsNotSynced(t *testing.T) {
	dir := t.TempDir()
	d := statetest.NewDisk(dir)
	path := filepath.Join(dir, "a")
	f, err := d.Open(path, os.O_RDWR|os.O_CREATE, 0o600)
	check(t, err)
	write := func(text string, at int64) {
		t.Helper()
		_, err := f.WriteAt([]byte(text), at)
		check(t, err)
	}
	write("one", 0)
	want(t, d, "a", "-", "", "o", "on", "one")
	check(t, f.Sync())
	want(t, d, "a", "-", "one")
	check(t, d.SyncDir(dir))
	want(t, d, "a", "one")
	write("tw", 0)
	write("!!", 3)
	want(t, d, "a", "one", "twe", "one!", "one!!", "twe!", "twe!!")
	check(t, f.SyncData())
	check(t, d.Rename(path, filepath.Join(dir, "b")))
	want(t, d, "a", "-", "twe!!")
	want(t, d, "b", "-", "twe!!")
}

// What a failed sync was to write stays in question, and to ask again through
// the same descriptor is remembered.
func TestDiskForgetsAfterAFailedSync(t *testing.T) {
	dir := t.TempDir()
	d := statetest.NewDisk(dir)
	f, err := d.Open(filepath.Join(dir, "a"), os.O_RDWR|os.O_CREATE, 0o600)
	check(t, err)
	check(t, d.SyncDir(dir))
	_, err = f.WriteAt([]byte("x"), 0)
	check(t, err)
	d.Before = func(s statetest.Step) error {
		if s.Name == "fsync" {
			return syscall.EIO
		}
		return nil
	}
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("sync: %v", err)
	}
	d.Before = nil
	check(t, f.Sync())
	want(t, d, "a", "", "x")
	if again := d.Resynced(); !slices.Equal(again, []string{"a"}) {
		t.Errorf("synced again: %v", again)
	}
	_, err = f.WriteAt([]byte("y"), 0)
	check(t, err)
	check(t, f.Sync())
	want(t, d, "a", "y")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
