package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk puts the world's folder on a disk of its own. Where that is not
// allowed the faults of the state's own tests are all there is.
func (w *killWorld) smallDisk(t *testing.T, bytes int) {
	t.Helper()
	if err := unix.Mount("tmpfs", w.dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", bytes)); err != nil {
		t.Skipf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(w.dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

func (w *killWorld) resize(t *testing.T, bytes int) {
	t.Helper()
	if err := unix.Mount("tmpfs", w.dir, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Fatal(err)
	}
}

// fill leaves no byte of room.
func (w *killWorld) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(filepath.Join(w.dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 4096); ; {
		if _, err := f.Write(chunk); err != nil {
			return
		}
	}
}

const roomy = 16 << 20

// TestFullDisk applies on disks of any small size: a disk that is full is met
// before money moves, or costs no record. With room again all are paid, once.
func TestFullDisk(t *testing.T) {
	sizes := []int{4, 20, 36, 52, 68, 84, 140}
	for pages := 92; pages <= 116; pages += 2 {
		sizes = append(sizes, pages) // where the room just does, or does not, suffice
	}
	for _, pages := range sizes {
		t.Run(fmt.Sprintf("%d pages", pages), func(t *testing.T) {
			w := newKillWorld(t, 1)
			w.smallDisk(t, pages*4096)
			w.declare(t, 8, 4)
			end := w.run(w.applying("-wait=0")...)
			if sent := w.sent(t); end.code == exitError && sent > 0 {
				t.Errorf("%d payouts were sent by a run that says that nothing was:\n%s", sent, end.output)
			}
			if !slices.Contains([]int{exitDone, exitError, exitWaiting, exitPerson}, end.code) {
				t.Errorf("exit code %d:\n%s", end.code, end.output)
			}
			if err := w.agreed(); err != nil {
				t.Errorf("%v\n%s", err, end.output)
			}
			t.Logf("exit code %d, %d sent", end.code, w.sent(t))
			w.resize(t, roomy)
			if err := newTally().finish(t, w); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDiskFillsUp fills the disk while calls are under way. Room for every
// record of the run was made before its first send: it goes on to its last
// payout, and only the state at the end finds no place.
func TestDiskFillsUp(t *testing.T) {
	w := newKillWorld(t, 1)
	w.smallDisk(t, roomy)
	w.proven(t, 300, 8)
	runner := w.midway(t)
	w.fill(t)
	w.letGo(t)
	end := w.end(runner)
	if sent := w.sent(t); end.code != exitPerson || sent != w.payouts {
		t.Errorf("%d of %d sent, exit code %d:\n%s", sent, w.payouts, end.code, end.output)
	}
	if err := w.agreed(); err != nil {
		t.Errorf("%v\n%s", err, end.output)
	}
	if err := os.Remove(filepath.Join(w.dir, "filler")); err != nil {
		t.Fatal(err)
	}
	if err := newTally().finish(t, w); err != nil {
		t.Error(err)
	}
}

// TestReadOnlyDisk: what cannot be written down is not begun. A plan needs no
// disk, and once it can be written to all are paid, once.
func TestReadOnlyDisk(t *testing.T) {
	for _, proven := range []bool{false, true} {
		t.Run(fmt.Sprintf("state there %t", proven), func(t *testing.T) {
			w := newKillWorld(t, 1)
			w.smallDisk(t, roomy)
			if proven {
				w.proven(t, 6, 4)
			} else {
				w.declare(t, 6, 4)
			}
			before := w.sent(t)
			w.remount(t, unix.MS_RDONLY)
			end := w.run(w.applying("-wait=0")...)
			if sent := w.sent(t) - before; end.code != exitError || sent != 0 {
				t.Errorf("exit code %d, %d sent:\n%s", end.code, sent, end.output)
			}
			if plan := w.run("plan"); plan.code != exitDone {
				t.Errorf("plan: exit code %d:\n%s", plan.code, plan.output)
			}
			w.remount(t, 0)
			if err := newTally().finish(t, w); err != nil {
				t.Error(err)
			}
		})
	}
}

func (w *killWorld) remount(t *testing.T, flags uintptr) {
	t.Helper()
	if err := unix.Mount("tmpfs", w.dir, "tmpfs", unix.MS_REMOUNT|flags, fmt.Sprintf("size=%d", roomy)); err != nil {
		t.Fatal(err)
	}
}
