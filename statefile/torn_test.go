package statefile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// crashed is a store whose run ended in the middle: a state with an open run,
// and a journal with two groups of two lines. It returns the segment and where
// the second group begins.
func crashed(t *testing.T) (s *Local, segment []byte, second int) {
	t.Helper()
	s = prepared(t, false)
	r, lock := mustOpen(t, s)
	at := s.now()
	must(t, r.Note(&payout.Note{At: at, Run: testRun(true, at)}))
	must(t, r.Checkpoint())
	a := r.file
	appendGroup(t, r, beginEntry(testIntent("1001", at)), beginEntry(testIntent("1002", at)))
	second = int(a.size)
	appendGroup(t, r, endEntry(testOutcome("1001", payout.Accepted, at)), beginEntry(testIntent("1003", at)))
	must(t, a.file.Truncate(a.size+64))
	abandon(r)
	must(t, lock.Release())
	return s, readFile(t, a.path), second
}

// appendGroup writes entries as one group, as concurrent callers would.
func appendGroup(t *testing.T, r *Recorder, bodies ...*body) {
	t.Helper()
	var group [][]byte
	for _, e := range bodies {
		content, err := encodeBody(e)
		must(t, err)
		group = append(group, content)
	}
	must(t, r.file.append(group))
}

func onlySegment(t *testing.T, s *Local) string {
	t.Helper()
	files, err := listSegments(OS{}, s.Path)
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("%d segments", len(files))
	}
	return files[0].path
}

func TestTornTailAtEveryLength(t *testing.T) {
	t.Parallel()
	s, whole, second := crashed(t)
	path := onlySegment(t, s)
	end := len(bytes.TrimRight(whole, "\x00"))
	state := readFile(t, s.Path)
	for length := second; length <= end; length++ {
		for _, zeros := range []int{0, 64} {
			if zeros > 0 && length%7 != 0 {
				continue
			}
			must(t, os.WriteFile(s.Path, state, 0o600))
			removeAll(t, s)
			must(t, os.WriteFile(path, append(whole[:length:length], make([]byte, zeros)...), 0o600))
			checkTorn(t, s, whole[second:length], length == end)
			if t.Failed() {
				t.Fatalf("cut at %d of %d, %d zeros", length, end, zeros)
			}
		}
	}
}

// removeAll leaves the state and the lock alone in the folder.
func removeAll(t *testing.T, s *Local) {
	t.Helper()
	for _, name := range names(t, s) {
		if strings.Contains(name, journalInfix) {
			must(t, os.Remove(filepath.Join(filepath.Dir(s.Path), name)))
		}
	}
}

func checkTorn(t *testing.T, s *Local, tail []byte, complete bool) {
	t.Helper()
	before := snapshotOf(t, s)
	snap := mustLoad(t, s)
	if diff := cmp.Diff(before, snapshotOf(t, s)); diff != "" {
		t.Errorf("load changed the disk:\n%s", diff)
	}
	torn := len(tail) > 0 && !complete
	if snap.Recovered.Torn() != torn || torn != (len(snap.Unproven) > 0) {
		t.Errorf("torn %v, reported %+v, unproven %v", torn, snap.Recovered, snap.Unproven)
	}
	readable := bytes.Contains(tail, []byte(`"order_id":"acme-salaries-1003"`))
	if got := strings.Join(snap.Recovered.OrderIDs, " "); torn && strings.Contains(got, "1003") != readable {
		t.Errorf("order ids %q, readable %v", got, readable)
	}
	if len(snap.Recovered.Unread) != 0 && !strings.HasSuffix(snap.Recovered.Unread[0], "1001") {
		t.Errorf("unread %v", snap.Recovered.Unread)
	}
	lock := mustLock(t, s)
	defer lock.Release()
	r, err := s.Open(lock, mustLoad(t, s))
	must(t, err)
	r.View(func(l *payout.Ledger) {
		want := map[string]payout.Status{"1001": payout.InDoubt, "1002": payout.InDoubt, "1003": payout.Declared}
		if readable {
			want["1003"] = payout.InDoubt
		}
		if complete {
			want["1001"] = payout.Accepted
		}
		for key, status := range want {
			if got := l.Record(staffAddress(key)).Status(); got != status {
				t.Errorf("%s is %q, want %q", key, got, status)
			}
		}
	})
	if torn != (len(r.Unproven()) > 0) {
		t.Errorf("unproven after open: %v", r.Unproven())
	}
	checkAside(t, s, tail, torn)
	abandon(r)
	// The reason outlives a crash that comes before any checkpoint.
	must(t, lock.Release())
	if again := mustLoad(t, s); torn != (len(again.Unproven) > 0) || again.Recovered.Torn() {
		t.Errorf("after the next crash: torn %v, unproven %v", again.Recovered.Torn(), again.Unproven)
	}
}

// checkAside finds the torn bytes kept beside the journal.
func checkAside(t *testing.T, s *Local, tail []byte, torn bool) {
	t.Helper()
	found := 0
	for _, name := range names(t, s) {
		if !strings.Contains(name, ".journal.torn-") {
			continue
		}
		found++
		if diff := cmp.Diff(string(tail), string(readFile(t, filepath.Join(filepath.Dir(s.Path), name)))); diff != "" {
			t.Error(diff)
		}
	}
	if (found == 1) != torn {
		t.Errorf("%d torn files", found)
	}
}

// snapshotOf reads every file of the folder.
func snapshotOf(t *testing.T, s *Local) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, name := range names(t, s) {
		out[name] = string(readFile(t, filepath.Join(filepath.Dir(s.Path), name)))
	}
	return out
}

// Every bit of the journal: a change before the last group is an error that
// names the line, one in it or behind it looks like a crash and is reported.
func TestFlippedBitsInTheJournal(t *testing.T) {
	t.Parallel()
	s, whole, second := crashed(t)
	path := onlySegment(t, s)
	for i := range whole {
		for bit := range 8 {
			if i%3 != bit%3 {
				continue // a third of the bits of every byte
			}
			flipped := bytes.Clone(whole)
			flipped[i] ^= 1 << bit
			must(t, os.WriteFile(path, flipped, 0o600))
			snap, err := s.Load(ctx)
			var damage *DamageError
			switch {
			case i < second && (!errors.As(err, &damage) || damage.Path != path || damage.Line < 1):
				t.Fatalf("byte %d bit %d before the last group: %v", i, bit, err)
			case i >= second && (err != nil || !snap.Recovered.Torn() || len(snap.Unproven) == 0):
				t.Fatalf("byte %d bit %d in the last group: %v", i, bit, err)
			}
		}
	}
}

func TestDamageIsNamed(t *testing.T) {
	s, whole, second := crashed(t)
	path := onlySegment(t, s)
	lines := bytes.SplitAfter(whole[:len(whole)-64], []byte("\n"))
	line := func(at link, e *body) []byte {
		content, err := encodeBody(e)
		must(t, err)
		b, _ := appendLine(nil, at, content)
		return b
	}
	last := lineHash(lines[4])
	at := s.now()
	begin := beginEntry(testIntent("1009", at))
	tests := []struct {
		name string
		data []byte
		line int
		want string
	}{
		{"lost line", join(lines[0], lines[2], lines[3], lines[4]), 2, "does not follow"},
		{"swapped lines", join(lines[0], lines[2], lines[1], lines[3], lines[4]), 2, "does not follow"},
		{"repeated group", join(whole[:second], lines[1], lines[2]), 4, "does not follow"},
		{"no header", join(lines[1], lines[2]), 1, "header"},
		{"second header", join(whole[:second], line(link{Seq: 9, Group: 2, Prev: lineHash(lines[2]), End: true}, &body{Kind: kindHeader})), 4, "second header"},
		{"sequence gap", join(lines[0], lines[1], lines[2], lines[3], lines[4], line(link{Seq: 99, Group: 3, Prev: last, End: true}, begin)), 6, "sequence"},
		{"group gap", join(lines[0], lines[1], lines[2], lines[3], lines[4], line(link{Seq: 6, Group: 5, Prev: last, End: true}, begin)), 6, "group"},
		{"forbidden step", join(lines[0], lines[1], lines[2], lines[3], lines[4], line(link{Seq: 6, Group: 3, Prev: last, End: true}, beginEntry(testIntent("1002", at)))), 6, "forbidden"},
		{"unknown kind", join(lines[0], lines[1], lines[2], lines[3], lines[4], line(link{Seq: 6, Group: 3, Prev: last, End: true}, &body{Kind: "gift"})), 6, "gift"},
		{"no kind", join(whole[:second], line(link{Seq: 4, Group: 2, Prev: "x", End: true}, &body{})), 4, "kind"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			must(t, os.WriteFile(path, test.data, 0o600))
			_, err := s.Load(ctx)
			var damage *DamageError
			if !errors.As(err, &damage) || damage.Line != test.line || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("load: %v, want line %d, %q", err, test.line, test.want)
			}
		})
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestEntriesThatNoRunWrites(t *testing.T) {
	at := newClock().at
	change := func(e *body, f func(*body)) *body { f(e); return e }
	begin := func(f func(*body)) *body { return change(beginEntry(testIntent("1001", at)), f) }
	end := func(f func(*body)) *body { return change(endEntry(testOutcome("1001", payout.Accepted, at)), f) }
	tests := map[string]*body{
		"address":       begin(func(e *body) { e.Address = "salaries" }),
		"amount":        begin(func(e *body) { e.Amount = "1e3" }),
		"currency":      begin(func(e *body) { e.Currency = "XXXX" }),
		"no merchant":   begin(func(e *body) { e.Merchant = "" }),
		"no order id":   begin(func(e *body) { e.OrderID = "" }),
		"former":        begin(func(e *body) { e.Former = []string{"x"} }),
		"end address":   end(func(e *body) { e.Address = "x" }),
		"end status":    end(func(e *body) { e.Event.Status = "lost" }),
		"end count":     end(func(e *body) { e.NotFound.Count = -1 }),
		"end failures":  end(func(e *body) { e.Failures.Count = maxInteger + 1 }),
		"end adopt":     end(func(e *body) { e.Adopt = &wireDetails{Address: "x"} }),
		"other adopted": end(func(e *body) { d := testDetails("1002"); w := wireOf(&d); e.Adopt = &w }),
		"merchant":      {Kind: kindNote, MerchantRecord: &wireMerchant{}},
		"merchant id":   {Kind: kindNote, MerchantRecord: &wireMerchant{Name: "main", ID: -1}},
		"run id":        {Kind: kindNote, Run: &wireRun{State: runOpen}},
		"run state":     {Kind: kindNote, Run: &wireRun{ID: "1", State: "ajar"}},
	}
	for name, e := range tests {
		if err := e.apply(payout.NewLedger()); err == nil {
			t.Errorf("%s: an entry that no run writes was applied", name)
		}
	}
}
