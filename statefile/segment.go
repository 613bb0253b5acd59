package statefile

import (
	"bytes"
	"errors"
)

// segment is one journal segment as read: its whole groups and what follows
// them.
type segment struct {
	file    segmentFile
	header  *entry   // nil where the segment has none: it was being created
	entries []*entry // of whole groups, the header excluded
	lines   []int    // line number of each entry
	seq     int64    // of the newest entry, or what the header continues
	hash    string   // of the last line of the last whole group
	tail    *tail    // nil = a clean end
}

// tail is what follows the last whole group: lines and fragments of one more
// group, which nobody was told to be durable.
type tail struct {
	path string
	line int // of its first line, from 1
	data []byte
}

// reader walks the lines of one segment.
type reader struct {
	segment
	data    []byte
	at      int // offset of the next line
	line    int // lines read
	group   int64
	seq     int64
	last    string   // hash of the newest line
	pending []*entry // of the group that is not whole yet
	whole   int      // offset after the last whole group
	first   int      // number of the line at that offset
}

// parseSegment reads a segment. What cannot be the trace of a crash is a
// *DamageError.
func parseSegment(file segmentFile, data []byte) (*segment, error) {
	r := &reader{segment: segment{file: file}, data: data, group: -1, last: firstHash, first: 1}
	for {
		line, ok := cutLine(data[r.at:])
		if !ok {
			break
		}
		if err := r.take(line); err != nil {
			return nil, &DamageError{Path: file.path, Line: r.line + 1, Reason: err.Error()}
		}
	}
	if err := r.checkRest(); err != nil {
		return nil, &DamageError{Path: file.path, Line: r.line + 1, Reason: err.Error()}
	}
	return &r.segment, nil
}

// take adds a whole line to the group that it belongs to.
func (r *reader) take(line []byte) error {
	e, err := parseLine(line)
	if err != nil {
		return err
	}
	if err := r.checkChain(e); err != nil {
		return err
	}
	r.at += len(line)
	r.line++
	r.seq, r.last = e.Seq, lineHash(line)
	r.pending = append(r.pending, e)
	if e.End {
		r.commit()
	}
	return nil
}

func (r *reader) checkChain(e *entry) error {
	if r.header == nil {
		if e.Kind != kindHeader || e.Group != 0 || !e.End || e.Seq < 0 {
			return errors.New("the segment does not begin with its header")
		}
		return nil
	}
	switch {
	case e.Kind == kindHeader:
		return errors.New("a second header stands in the segment")
	case e.Prev != r.last:
		return errors.New("it does not follow the line before")
	case e.Seq != r.seq+1:
		return errors.New("its sequence number does not follow")
	case e.Group != r.group+1:
		return errors.New("its group number does not follow")
	}
	return nil
}

// commit ends a group: all of it counts from here on.
func (r *reader) commit() {
	for i, e := range r.pending {
		if e.Kind == kindHeader {
			r.header = e
			continue
		}
		r.entries = append(r.entries, e)
		r.lines = append(r.lines, r.line-len(r.pending)+1+i)
	}
	r.pending = nil
	r.group++
	r.segment.seq, r.hash = r.seq, r.last
	r.whole, r.first = r.at, r.line+1
}

// checkRest judges what follows the last whole group. Only one group is ever
// in flight, and the next one is written when it is durable: a whole line of
// any other group behind a damaged one is no crash.
func (r *reader) checkRest() error {
	rest := bytes.TrimRight(r.data[r.whole:], "\x00")
	if len(rest) == 0 {
		return nil
	}
	for at := r.at + 1; at < len(r.data); at++ {
		line, ok := cutLine(r.data[at:])
		if !ok {
			continue
		}
		if e, err := parseLine(line); err != nil || e.Group != r.group+1 {
			return errors.New("it is damaged, and whole lines of another group follow")
		}
		at += len(line) - 1
	}
	r.tail = &tail{path: r.file.path, line: r.first, data: rest}
	return nil
}
