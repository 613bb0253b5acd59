package statefile

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// networkFS is a file system of another type, by its number in statfs(2).
type networkFS struct {
	OS
	magic int64
}

func (f networkFS) Network(string) (string, error) { return networkMagic(f.magic), nil }

// TestNetworkFileSystems: where a lock may be local to one machine, or lost
// unnoticed, nothing is locked, and so nothing written or sent.
func TestNetworkFileSystems(t *testing.T) {
	for magic, name := range map[int64]string{
		0x6969: "NFS", 0x517B: "SMB", 0xFE534D42: "SMB", 0xFF534D42: "CIFS", 0x01021997: "9P", 0x65735546: "FUSE",
		0x5346414F: "AFS", 0x6B414653: "AFS", 0x73757245: "Coda", 0x00C36400: "Ceph", 0x786F4256: "VirtualBox", 0x0BD00BD0: "Lustre", 0x47504653: "GPFS",
	} {
		t.Run(name, func(t *testing.T) {
			s := testStore(t)
			s.FS = networkFS{magic: magic}
			var place *PlaceError
			_, err := s.Lock(ctx, LockInfo{}, 0)
			if !errors.As(err, &place) || !strings.Contains(err.Error(), "network file system ("+name+")") || !strings.Contains(err.Error(), "a local disk is needed") {
				t.Errorf("lock: %v", err)
			}
			mustLoad(t, s) // a plan from it writes nothing
			if _, err := os.Lstat(LockPath(s.Path)); err == nil {
				t.Error("a lock file was made")
			}
		})
	}
	// ext, tmpfs, XFS, Btrfs, overlay, ZFS
	for _, magic := range []int64{0xEF53, 0x01021994, 0x58465342, 0x9123683E, 0x794C7630, 0x2FC12FC1} {
		s := testStore(t)
		s.FS = networkFS{magic: magic}
		lock, err := s.Lock(ctx, LockInfo{}, 0)
		if err != nil {
			t.Fatalf("file system %x: %v", magic, err)
		}
		must(t, lock.Release())
	}
}
