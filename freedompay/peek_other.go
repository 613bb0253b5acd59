//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package freedompay

import "net"

// silent has no way to look here; the watcher of an idle connection notices most closes.
func silent(net.Conn) bool { return true }
