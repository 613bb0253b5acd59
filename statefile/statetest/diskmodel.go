package statetest

import (
	"bytes"
	"maps"
	"slices"
)

// op is one entry of the trace: something that changes what a loss of power
// leaves, or a mark.
type op struct {
	kind   opKind
	inode  int
	name   string // link: the new name
	from   string // unlink, and the link of a rename: the name that goes
	at     int64  // write
	data   []byte // write, without zeros at its end
	size   int64  // write: bytes; truncate: the new size
	failed bool   // sync: what it was to write may never be written
}

type opKind string

const (
	opMark     opKind = "mark"
	opLink     opKind = "link" // a file is created or renamed
	opUnlink   opKind = "unlink"
	opWrite    opKind = "write"
	opTruncate opKind = "truncate"
	opSync     opKind = "sync"
	opSyncDir  opKind = "syncdir"
)

// relink carries a change of names out.
func (o op) relink(names map[string]int) {
	if n, there := names[o.from]; o.from != "" && there && n == o.inode {
		delete(names, o.from)
	}
	if o.kind == opLink {
		names[o.name] = o.inode
	}
}

// after is the content once a write or truncation is done to it.
func (c content) after(o op) content {
	if o.kind == opTruncate {
		data := c.data[:min(int64(len(c.data)), o.size)]
		return content{trimZeros(data), o.size}
	}
	length := int64(len(c.data))
	if len(o.data) > 0 {
		length = max(length, o.at+int64(len(o.data)))
	}
	data := make([]byte, length)
	copy(data, c.data)
	if o.at < length {
		clear(data[o.at:min(o.at+o.size, length)])
		copy(data[o.at:], o.data)
	}
	return content{trimZeros(data), max(c.size, o.at+o.size)}
}

// trimZeros cuts the zeros off the end: a journal has many, and most of what
// is done to it is to look for their end.
func trimZeros(data []byte) []byte {
	var zeros [4096]byte
	for len(data) >= len(zeros) && bytes.Equal(data[len(data)-len(zeros):], zeros[:]) {
		data = data[:len(data)-len(zeros)]
	}
	return bytes.TrimRight(data, "\x00")
}

// model is what is known of the disk at one point of the trace: what is
// durable, and what nobody waited for.
type model struct {
	names   map[string]int
	renames []pending // changes of names, in order
	files   map[int]*fileModel
}

type fileModel struct {
	durable content
	writes  []pending
}

// pending is an operation that a loss of power may undo.
type pending struct {
	op
	doubtful bool // a sync failed: the kernel may have dropped it for good
	settled  bool // durable, behind a doubtful one
}

func (d *Disk) model() *model {
	m := &model{names: make(map[string]int), files: make(map[int]*fileModel)}
	for n, name := range slices.Sorted(maps.Keys(d.base)) {
		m.names[name] = n
		m.files[n] = &fileModel{durable: d.base[name]}
	}
	return m
}

// take moves the model past an operation.
func (m *model) take(o op) {
	switch o.kind {
	case opWrite, opTruncate:
		f := m.file(o.inode)
		f.writes = append(f.writes, pending{op: o})
	case opLink, opUnlink:
		m.renames = append(m.renames, pending{op: o})
	case opSync:
		f := m.file(o.inode)
		f.writes = settle(f.writes, o.failed, func(p op) { f.durable = f.durable.after(p) })
	case opSyncDir:
		m.renames = settle(m.renames, o.failed, func(p op) { p.relink(m.names) })
	}
}

func (m *model) file(n int) *fileModel {
	if m.files[n] == nil {
		m.files[n] = &fileModel{}
	}
	return m.files[n]
}

// settle is what a sync leaves pending. What is durable behind a doubtful
// operation stays listed: it comes after it, whatever became of that one.
func settle(all []pending, failed bool, apply func(op)) []pending {
	for i := range all {
		switch p := &all[i]; {
		case p.doubtful || p.settled:
		case failed:
			p.doubtful = true
		default:
			p.settled = true
		}
	}
	for len(all) > 0 && all[0].settled {
		apply(all[0].op)
		all = all[1:]
	}
	return all
}
