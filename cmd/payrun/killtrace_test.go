package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"syscall"
)

// errNoTrace says that system calls cannot be watched here: kills then come at
// random moments only.
var errNoTrace = errors.New("trace a process: not possible here")

// A point is a place in a run, named after a system call.
type point struct {
	name  string
	after bool // killed when the call has returned, not when it begins
	nth   int  // which call of that name, from 1
}

func (p point) String() string {
	side := "before"
	if p.after {
		side = "after"
	}
	return fmt.Sprintf("%s %s", side, p.name)
}

// killNow is what no program can catch or put off.
func killNow(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// pointNames are the places where a run is killed, each before and after.
var pointNames = []string{
	"lock", "create journal", "sync journal header", "write note", "sync note",
	"create state", "write state", "sync state", "rename state", "sync folder", "remove journal",
	"dial", "send question", "read answer",
	"write intent", "sync intent", "send payout", "read payout answer", "write result", "sync result",
}

// pointsOf are the places before and after the n-th call of each name. A call
// that reads is seen when it returned.
func pointsOf(nth int, names ...string) []point {
	var out []point
	for _, name := range names {
		if !strings.HasPrefix(name, "read ") {
			out = append(out, point{name: name, nth: nth})
		}
		out = append(out, point{name: name, after: true, nth: nth})
	}
	return out
}

// witness follows the order of writes and fsyncs of one process, which a kill
// does not show: the kernel keeps what was written.
type witness struct {
	written  map[string]bool // order ids of intents that no fsync covers yet
	durable  map[string]bool
	stateNew bool // the temporary state was written since its fsync
	renamed  bool // the folder was not synced since the state took its place
	created  bool // the folder was not synced since a segment was created
	paying   map[int]bool
	wrong    []string
}

func newWitness() *witness {
	return &witness{written: make(map[string]bool), durable: make(map[string]bool), paying: make(map[int]bool)}
}

var (
	intentLine = regexp.MustCompile(`"kind":"begin"[^\n]*?"order_id":"([^"]+)"`)
	resultLine = regexp.MustCompile(`"kind":"end"`)
	noteLine   = regexp.MustCompile(`"kind":"note"`)
	sentOrder  = regexp.MustCompile(`name="pg_order_id"\r\n\r\n([^\r\n]+)\r\n`)
)

// journalWrite names a write to the journal by the most telling line in it.
func (w *witness) journalWrite(data []byte) string {
	for _, found := range intentLine.FindAllSubmatch(data, -1) {
		w.written[string(found[1])] = true
	}
	switch {
	case intentLine.Match(data):
		return "write intent"
	case resultLine.Match(data):
		return "write result"
	case noteLine.Match(data):
		return "write note"
	}
	return "write journal header"
}

func (w *witness) journalSynced() {
	for order := range w.written {
		w.durable[order] = true
	}
	clear(w.written)
}

// socketWrite names what is sent, and checks that its intent is durable.
func (w *witness) socketWrite(fd int, data []byte) string {
	text := string(data)
	if strings.HasPrefix(text, "POST ") {
		first, _, _ := strings.Cut(text, "\r\n")
		w.paying[fd] = strings.Contains(first, "/reg2reg")
	}
	if !w.paying[fd] {
		return "send question"
	}
	if found := sentOrder.FindStringSubmatch(text); found != nil {
		w.require(w.durable[found[1]], "order "+found[1]+" was sent before the fsync of its intent")
		w.require(!w.created, "order "+found[1]+" was sent before the folder of its journal was synced")
	}
	return "send payout"
}

func (w *witness) socketRead(fd int) string {
	if w.paying[fd] {
		return "read payout answer"
	}
	return "read answer"
}

func (w *witness) require(ok bool, wrong string) {
	if !ok {
		w.wrong = append(w.wrong, wrong)
	}
}
