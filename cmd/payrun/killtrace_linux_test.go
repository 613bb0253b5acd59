package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// systemCall is what PTRACE_GET_SYSCALL_INFO gives (linux/ptrace.h): the same
// on every architecture.
type systemCall struct {
	op     uint8
	_      [3]byte
	arch   uint32
	ip, sp uint64
	// On entry the number and the arguments; on exit the result stands first.
	number uint64
	args   [6]uint64
	_      [2]uint64
}

const (
	callEnters = 1
	callExits  = 2
)

// tracer watches every system call of one payrun and of all its threads.
type tracer struct {
	pid     int
	dir     string
	known   map[int]bool   // threads that were seen
	calls   map[int]string // by thread: the name of the call it is in
	entered map[int]systemCall
	pending string // of the journal: what the next fsync makes durable
	counts  map[string]int
	act     func()
	*witness
}

// trace runs payrun in the folder. At the point, while every thread waits at its
// next system call, act is called with the process id. The result is how the
// run ended, and what the witness saw.
func (w *killWorld) trace(at point, act func(pid int), args ...string) (end ending, wrong []string, err error) {
	// Only the thread that started a process may trace it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, _ := w.command(args...)
	output, err := os.CreateTemp(w.kept, "output-")
	if err != nil {
		return end, nil, err
	}
	defer output.Close()
	p, err := os.StartProcess(c.Path, c.Args, &os.ProcAttr{
		Dir: c.Dir, Env: c.Env, Files: []*os.File{nil, output, output},
		Sys: &unix.SysProcAttr{Ptrace: true, Setpgid: true},
	})
	if err != nil {
		return end, nil, fmt.Errorf("%w: %w", errNoTrace, err)
	}
	t := &tracer{
		pid: p.Pid, dir: w.dir, known: make(map[int]bool), calls: make(map[int]string),
		entered: make(map[int]systemCall), counts: make(map[string]int), witness: newWitness(),
	}
	defer p.Release()
	t.act = func() { act(p.Pid) }
	code, err := t.follow(at)
	if err != nil {
		_ = unix.Kill(t.pid, unix.SIGKILL)
		return end, nil, err
	}
	text, err := os.ReadFile(output.Name())
	w.log = append(w.log, fmt.Sprintf("payrun %s, met %s (%d): %d", strings.Join(args, " "), at, at.nth, code))
	return ending{code, string(text)}, t.wrong, err
}

// follow lets the process run from system call to system call.
func (t *tracer) follow(at point) (code int, err error) {
	var status unix.WaitStatus
	if _, err := unix.Wait4(t.pid, &status, unix.WALL, nil); err != nil {
		return 0, fmt.Errorf("%w: %w", errNoTrace, err)
	}
	options := unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(t.pid, options); err != nil {
		return 0, fmt.Errorf("%w: %w", errNoTrace, err)
	}
	t.known[t.pid] = true
	thread, signal := t.pid, 0
	for {
		// A thread that died meanwhile is reported by the next wait.
		_ = unix.PtraceSyscall(thread, signal)
		// The process group: no other process of the tests is waited for.
		if thread, err = unix.Wait4(-t.pid, &status, unix.WALL, nil); err == unix.EINTR {
			thread, signal = 0, 0
			continue
		} else if err != nil {
			return 0, fmt.Errorf("wait for a traced process: %w", err)
		}
		if !status.Stopped() {
			if thread == t.pid {
				return status.ExitStatus(), nil
			}
			continue
		}
		signal = t.stopped(thread, status, at)
	}
}

// stopped looks at one stop, and returns the signal that goes on to the thread.
func (t *tracer) stopped(thread int, status unix.WaitStatus, at point) int {
	signal := status.StopSignal()
	switch {
	case signal == unix.SIGTRAP|0x80:
		if t.reached(thread, at) {
			t.act()
		}
		return 0
	case signal == unix.SIGTRAP, signal == unix.SIGSTOP && !t.known[thread]:
		t.known[thread] = true // an event of ptrace itself
		return 0
	}
	return int(signal)
}

// reached says whether the call that a thread enters or leaves is the point.
func (t *tracer) reached(thread int, at point) bool {
	var c systemCall
	_, _, failed := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread), unsafe.Sizeof(c), uintptr(unsafe.Pointer(&c)), 0, 0)
	if failed != 0 {
		return false // killed meanwhile
	}
	if c.op == callEnters {
		t.entered[thread] = c
		name := t.enter(thread, &c)
		t.calls[thread] = name
		return name != "" && !at.after && t.counted(name, at)
	}
	name := t.calls[thread]
	t.calls[thread] = ""
	if c.op != callExits || name == "" {
		return false
	}
	done := t.entered[thread]
	// A dial that goes on in the background says so by an error.
	result := int64(c.number)
	if result < 0 && name != "dial" || result == 0 && strings.HasPrefix(name, "read ") {
		return false
	}
	t.left(name, int(done.args[0]))
	return at.after && t.counted(name, at)
}

func (t *tracer) counted(name string, at point) bool {
	t.counts[name]++
	return name == at.name && t.counts[name] == at.nth
}

// enter names the call that a thread enters; "" is one of no interest.
func (t *tracer) enter(thread int, c *systemCall) string {
	fd := int(c.args[0])
	switch c.number {
	case unix.SYS_OPENAT:
		if c.args[2]&unix.O_CREAT == 0 {
			return ""
		}
		return t.named("create ", t.textAt(thread, c.args[1]))
	case unix.SYS_PWRITE64, unix.SYS_WRITE:
		return t.writes(fd, t.dataAt(thread, c.args[1], c.args[2]))
	case unix.SYS_READ:
		if t.isSocket(fd) {
			return t.socketRead(fd)
		}
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		return t.syncs(fd)
	case unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2:
		t.require(!t.stateNew, "the state took its place before its fsync")
		return "rename state"
	case unix.SYS_UNLINKAT:
		name := t.named("remove ", t.textAt(thread, c.args[1]))
		t.require(name != "remove journal" || !t.renamed, "a journal was removed before the folder with its state was synced")
		return name
	case unix.SYS_CONNECT:
		// Not the sockets by which names of users are looked up.
		if family := t.dataAt(thread, c.args[1], 2); len(family) == 2 && binary.NativeEndian.Uint16(family) == unix.AF_INET {
			return "dial"
		}
	case unix.SYS_FLOCK:
		return "lock"
	}
	return ""
}

// left follows what a call that succeeded changed.
func (t *tracer) left(name string, fd int) {
	switch name {
	case "create journal":
		t.created = true
	case "rename state":
		t.renamed = true
	case "sync folder":
		t.created, t.renamed = false, false
	case "sync state":
		t.stateNew = false
	case "sync intent", "sync result", "sync note", "sync journal header":
		t.journalSynced()
		t.pending = ""
	}
}

// named adds the kind of a file of the state to a verb.
func (t *tracer) named(verb, path string) string {
	base := filepath.Base(path)
	switch {
	case strings.Contains(base, ".json.journal."):
		return verb + "journal"
	case strings.HasSuffix(base, ".json.tmp"):
		return verb + "state"
	}
	return ""
}

func (t *tracer) writes(fd int, data []byte) string {
	if t.isSocket(fd) {
		return t.socketWrite(fd, data)
	}
	switch name := t.named("write ", t.file(fd)); name {
	case "write journal":
		name = t.journalWrite(data)
		if t.pending == "" || name == "write intent" {
			t.pending = strings.TrimPrefix(name, "write ")
		}
		return name
	case "write state":
		t.stateNew = true
		return name
	}
	return ""
}

func (t *tracer) syncs(fd int) string {
	path := t.file(fd)
	switch t.named("", path) {
	case "journal":
		if t.pending == "" {
			return ""
		}
		return "sync " + t.pending
	case "state":
		return "sync state"
	}
	if path == t.dir {
		return "sync folder"
	}
	return ""
}

// file is the path behind a descriptor.
func (t *tracer) file(fd int) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.pid, fd))
	if err != nil {
		return ""
	}
	return path
}

func (t *tracer) isSocket(fd int) bool { return strings.HasPrefix(t.file(fd), "socket:") }

// dataAt reads the memory of a thread.
func (t *tracer) dataAt(thread int, address, length uint64) []byte {
	data := make([]byte, min(length, 64<<10))
	if len(data) == 0 {
		return nil
	}
	local := []unix.Iovec{{Base: &data[0]}}
	local[0].SetLen(len(data))
	n, err := unix.ProcessVMReadv(thread, local, []unix.RemoteIovec{{Base: uintptr(address), Len: len(data)}}, 0)
	if err != nil {
		return nil
	}
	return data[:n]
}

func (t *tracer) textAt(thread int, address uint64) string {
	// Not over the end of a page, where the next may not be mapped.
	const page = 4096
	data := t.dataAt(thread, address, page-address%page)
	if text, _, whole := bytes.Cut(data, []byte{0}); whole {
		return string(text)
	}
	data = t.dataAt(thread, address, page)
	text, _, _ := bytes.Cut(data, []byte{0})
	return string(text)
}
