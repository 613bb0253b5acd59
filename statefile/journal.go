package statefile

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"payrun/planner/payout"
)

const journalInfix = ".journal."

// segmentPath is the path of a journal segment: PATH.journal.0001.
func segmentPath(path string, number int) string {
	return fmt.Sprintf("%s%s%04d", path, journalInfix, number)
}

// listSegments finds the journal segments of a state, by number.
func listSegments(fsys FS, path string) ([]segmentFile, error) {
	names, err := fsys.List(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("list the journal of %s: %w", path, err)
	}
	var out []segmentFile
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, filepath.Base(path)+journalInfix)
		number, err := strconv.Atoi(digits)
		if !ok || err != nil || number < 1 || filepath.Base(segmentPath(path, number)) != name {
			continue
		}
		f := segmentFile{path: segmentPath(path, number), number: number}
		if f.id, err = inspect(fsys, f.path); err != nil {
			return nil, err
		}
		if f.id.exists {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b segmentFile) int { return a.number - b.number })
	return out, nil
}

// journal is all segments of a state, as read.
type journal struct {
	segments []*segment // with a header, by number
	tails    []tail
}

func readJournal(fsys FS, files []segmentFile) (*journal, error) {
	j := &journal{}
	for _, file := range files {
		data, err := readAll(fsys, file.path)
		if err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		s, err := parseSegment(file, data)
		if err != nil {
			return nil, err
		}
		if s.tail != nil {
			j.tails = append(j.tails, *s.tail)
		}
		if s.header == nil {
			continue
		}
		if err := checkFormat(s.header.Format); err != nil {
			return nil, &VersionError{Path: file.path, Version: s.header.Format}
		}
		j.segments = append(j.segments, s)
	}
	return j, j.checkLinks()
}

// checkLinks says whether each segment continues the one before.
func (j *journal) checkLinks() error {
	for i := 1; i < len(j.segments); i++ {
		before, s := j.segments[i-1], j.segments[i]
		if s.header.Seq == before.seq && s.header.Prev == before.hash && s.header.Lineage == before.header.Lineage {
			continue
		}
		if before.tail != nil {
			return &DamageError{Path: before.file.path, Line: before.tail.line, Reason: "it is damaged, and another segment follows"}
		}
		return &DamageError{Path: s.file.path, Line: 1, Reason: "the segment does not continue " + filepath.Base(before.file.path)}
	}
	return nil
}

// newest is the segment that the last run appended to, or nil.
func (j *journal) newest() *segment {
	if len(j.segments) == 0 {
		return nil
	}
	return j.segments[len(j.segments)-1]
}

// checkFit says whether the journal belongs to the state on disk: it was
// opened over this very state, or over the one that this state replaced.
func (j *journal) checkFit(path string, doc *document) error {
	top := j.newest()
	if top == nil {
		return nil
	}
	misfit := func(reason string) error {
		return &MisfitError{State: path, Journal: top.file.path, Reason: reason}
	}
	h, oldest := top.header, j.segments[0].header
	if doc == nil {
		if h.BaseSerial != 0 || oldest.Seq != 0 {
			return misfit(fmt.Sprintf("it continues version %d of a state (serial), and there is no state", h.BaseSerial))
		}
		return nil
	}
	over := h.BaseSerial == doc.serial && h.BaseDigest == doc.digest && h.Seq >= doc.sequence
	replaced := h.BaseSerial == doc.serial-1 && h.BaseDigest == doc.previous && h.Seq == doc.sequence
	switch {
	case h.Lineage != doc.lineage:
		return misfit("it belongs to another state (another lineage)")
	case !over && !replaced:
		return misfit(fmt.Sprintf("it continues version %d of the state (serial), which has version %d or other content", h.BaseSerial, doc.serial))
	case oldest.Seq > doc.sequence:
		return misfit(fmt.Sprintf("the entries from %d to %d are missing", doc.sequence+1, oldest.Seq))
	}
	return nil
}

// replay applies what the state does not cover yet, and returns how many
// entries that were and the payments that they speak of.
func (j *journal) replay(doc *document) (int, []*payout.Intent, error) {
	n := 0
	var sent []*payout.Intent
	for _, s := range j.segments {
		for i, e := range s.entries {
			if e.Seq <= doc.sequence {
				continue
			}
			if err := e.apply(doc.ledger); err != nil {
				return n, nil, &DamageError{Path: s.file.path, Line: s.lines[i], Reason: err.Error()}
			}
			if in := e.sent(); in != nil {
				sent = append(sent, in)
			}
			n++
		}
	}
	return n, sent, nil
}
