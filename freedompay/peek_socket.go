//go:build linux || darwin || freebsd || netbsd || openbsd

package freedompay

import (
	"net"
	"syscall"
)

// silent reports whether nothing, a close included, is waiting to be read from an idle socket.
//
// A watcher that is woken by its deadline does not see a close that has arrived and was not read yet; the kernel does.
// Connections that are no sockets count as silent.
func silent(c net.Conn) bool {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	var seen error
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		// The socket does not block: an empty one gives EAGAIN, a closed one no error and no byte.
		_, _, seen = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		return true
	})
	return err == nil && seen == syscall.EAGAIN
}
