package statefile

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"

	"payrun/planner/payout"
)

// lines writes a segment: its header, and one line for each link but for what
// Prev says where it is empty.
func lines(t *testing.T, links ...link) (data []byte, starts []int) {
	t.Helper()
	data, hash, err := (&header{prev: firstHash, lineage: "l"}).line()
	must(t, err)
	content, err := encodeBody(beginEntry(testIntent("1001", newClock().now())))
	must(t, err)
	for _, at := range links {
		if at.Prev == "" {
			at.Prev = hash
		}
		starts = append(starts, len(data))
		data, hash = appendLine(data, at, content)
	}
	return data, starts
}

func TestCutLineRefusesEveryFlippedBit(t *testing.T) {
	data, starts := lines(t, link{Seq: 1, Group: 1, End: true})
	line := data[starts[0]:]
	if got, ok := cutLine(line); !ok || !bytes.Equal(got, line) {
		t.Fatalf("the line itself: %q, %v", got, ok)
	}
	for i := range line {
		for bit := range 8 {
			flipped := bytes.Clone(line)
			flipped[i] ^= 1 << bit
			if _, ok := cutLine(flipped); ok {
				t.Fatalf("byte %d, bit %d flipped: %q is whole", i, bit, flipped)
			}
		}
	}
}

// TestParseSegment: only one unfinished group at the end is a crash. It counts
// for nothing; everything else that does not follow is damage.
func TestParseSegment(t *testing.T) {
	other := strings.Repeat("f", 64)
	first, second := link{Seq: 1, Group: 1, End: true}, link{Seq: 2, Group: 2, End: true}
	for name, tt := range map[string]struct {
		links   []link
		broken  int // number of a line to damage, from 1
		damage  bool
		entries int
		torn    bool
	}{
		"two groups":               {links: []link{first, second}, entries: 2},
		"a group of two":           {links: []link{{Seq: 1, Group: 1}, {Seq: 2, Group: 1, End: true}}, entries: 2},
		"half a group":             {links: []link{first, {Seq: 2, Group: 2}}, entries: 1, torn: true},
		"a damaged last line":      {links: []link{first, second}, broken: 2, entries: 1, torn: true},
		"a damaged line between":   {links: []link{first, second}, broken: 1, damage: true},
		"a line of another chain":  {links: []link{first, {Seq: 2, Group: 2, End: true, Prev: other}}, damage: true},
		"a sequence number skips":  {links: []link{first, {Seq: 3, Group: 2, End: true}}, damage: true},
		"a group number skips":     {links: []link{first, {Seq: 2, Group: 3, End: true}}, damage: true},
		"the first line of others": {links: []link{{Seq: 1, Group: 1, End: true, Prev: other}}, damage: true},
	} {
		data, starts := lines(t, tt.links...)
		if tt.broken > 0 {
			data[starts[tt.broken-1]+prefixBytes+10] ^= 1
		}
		got, err := parseSegment(segmentFile{path: "journal"}, data)
		var damage *DamageError
		if tt.damage {
			if !errors.As(err, &damage) {
				t.Errorf("%s: %v, want damage", name, err)
			}
			continue
		}
		if err != nil || len(got.entries) != tt.entries || (got.tail != nil) != tt.torn {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestGroupTouchesNothingTwice: entries of one group are judged before any of
// them is applied, so that two of one payout or order id must not meet in it.
func TestGroupTouchesNothingTwice(t *testing.T) {
	touched := make(map[string]bool)
	entry := func(address, order string) *request {
		return &request{keys: []string{address, orderKey("main", order)}}
	}
	got := []bool{
		fits(entry("a", "ID-1"), touched, 0), fits(entry("b", "id-1"), touched, 1), fits(entry("a", "id-2"), touched, 1),
		fits(entry("c", "id-3"), touched, 1), fits(&request{act: func() error { return nil }}, touched, 2),
	}
	if want := []bool{true, false, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("fits: %v, want %v", got, want)
	}
}

// keepFS removes nothing.
type keepFS struct{ quickFS }

func (keepFS) Remove(string) error { return syscall.EIO }

// TestReplaySkipsWhatTheStateCovers: a crash between a new state and the end of
// the segment that it covers applies nothing twice, and loses nothing.
func TestReplaySkipsWhatTheStateCovers(t *testing.T) {
	s := prepared(t, false)
	s.FS = keepFS{}
	r, lock := mustOpen(t, s)
	at := s.now()
	must(t, r.Begin(testIntent("1001", at)))
	must(t, r.End(testOutcome("1001", payout.Accepted, at)))
	if err := r.Checkpoint(); !errors.Is(err, syscall.EIO) {
		t.Fatalf("checkpoint that cannot remove: %v", err)
	}
	must(t, r.Begin(testIntent("1002", at)))
	abandon(r)
	must(t, lock.Release())
	ledger := mustLoad(t, s).Ledger
	if got := ledger.Record(staffAddress("1001")).Newest().Events; len(got) != 2 || got[1].Status != payout.Accepted {
		t.Errorf("what the state covers: %+v", got)
	}
	if got := ledger.Record(staffAddress("1002")).Status(); got != payout.Sending {
		t.Errorf("what follows the state: %q", got)
	}
}

// TestBeginKeepsRoomForResults: a send is refused where its intent has room and
// the results in flight would not.
func TestBeginKeepsRoomForResults(t *testing.T) {
	s := prepared(t, false)
	faulty := &faultFS{err: syscall.ENOSPC}
	s.FS = faulty
	r, lock := mustOpen(t, s)
	at := s.now()
	r.file.capacity = r.file.size + spareBytes/2
	faulty.mu.Lock()
	faulty.failAt = faulty.n + 3 // after the two stats of the lock's check
	faulty.mu.Unlock()
	if err := r.Begin(testIntent("1001", at)); !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrJournalBroken) {
		t.Errorf("begin without room for results: %v", err)
	}
	must(t, r.Close())
	must(t, lock.Release())
}
