package statefile

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const openNoFollow = unix.O_NOFOLLOW

func syncData(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err == nil {
			return nil
		}
		// An interrupted call has not tried; any other error is final.
		if err != unix.EINTR {
			return &fs.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
		}
	}
}

// Numbers of statfs(2) that package unix lacks: linux/magic.h, Lustre's and
// GPFS's own headers.
const (
	vboxMagic   = 0x786F4256
	lustreMagic = 0x0BD00BD0
	gpfsMagic   = 0x47504653
)

// networkMagic are file systems whose flock and fsync depend on a server, or on
// a program, as sshfs and the shares of virtual machines do: the numbers are
// those of statfs(2).
func networkMagic(magic int64) string {
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return "NFS"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return "SMB"
	case unix.CIFS_SUPER_MAGIC:
		return "CIFS"
	case unix.V9FS_MAGIC:
		return "9P"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		return "AFS"
	case unix.CODA_SUPER_MAGIC:
		return "Coda"
	case unix.CEPH_SUPER_MAGIC:
		return "Ceph"
	case unix.FUSE_SUPER_MAGIC:
		return "FUSE"
	case vboxMagic:
		return "VirtualBox"
	case lustreMagic:
		return "Lustre"
	case gpfsMagic:
		return "GPFS"
	}
	return ""
}

func networkName(dir string) (string, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return "", &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return networkMagic(int64(st.Type)), nil
}

// identify tells one version of a file from another without reading it: a
// rename changes the inode, a write changes the times.
func identify(info fs.FileInfo) identity {
	id := identity{exists: true, size: info.Size(), modified: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.device, id.inode = uint64(st.Dev), st.Ino
		id.changed = st.Ctim.Nano()
	}
	return id
}
