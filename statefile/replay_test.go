package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"payrun/planner/payout"
)

// I10: the ledger of a run = the replay of its journal = the replay again =
// checkpoint and tail, whatever the run does and wherever it ends.
func TestReplayEqualsTheRun(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		c := newClock()
		s := &Local{Path: filepath.Join(dir, fmt.Sprint(n), "state.json"), Version: "0.1.0", Now: c.now, FS: quickFS{}}
		must(t, os.Mkdir(filepath.Dir(s.Path), 0o700))
		for range rapid.IntRange(1, 3).Draw(rt, "runs") {
			r, lock := mustOpen(t, s)
			randomRun(t, rt, s, r)
			var want string
			r.View(func(l *payout.Ledger) { want = content(t, l) })
			if rapid.Bool().Draw(rt, "killed") {
				abandon(r)
			} else {
				must(t, r.Close())
			}
			must(t, lock.Release())
			for range 2 {
				if got := content(t, mustLoad(t, s).Ledger); got != want {
					rt.Fatalf("replay differs:\n%s\nrun:\n%s", got, want)
				}
			}
			report, err := s.Verify()
			must(t, err)
			if len(report.Problems) > 0 {
				rt.Fatalf("verify: %v", report.Problems)
			}
		}
	})
}

// randomRun does legal steps of every kind.
func randomRun(t *testing.T, rt *rapid.T, s *Local, r *Recorder) {
	for range rapid.IntRange(0, 12).Draw(rt, "steps") {
		key := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "key")
		at := s.now()
		var status payout.Status
		r.View(func(l *payout.Ledger) { status = l.Record(staffAddress(key)).Status() })
		switch rapid.IntRange(0, 5).Draw(rt, "step") {
		case 0:
			must(t, r.Checkpoint())
		case 1:
			must(t, r.Note(&payout.Note{At: at, Merchant: testMerchant(), Run: testRun(rapid.Bool().Draw(rt, "open"), at)}))
		case 2:
			r.MarkProven()
		default:
			advance(t, rt, r, key, status, s)
		}
	}
}

// advance moves one payout a legal step on.
func advance(t *testing.T, rt *rapid.T, r *Recorder, key string, status payout.Status, s *Local) {
	at := s.now()
	switch status {
	case payout.Declared, payout.NotSent:
		if status == payout.Declared && rapid.Bool().Draw(rt, "look-up") {
			d := testDetails(key)
			o := testOutcome(key, payout.Paid, at)
			o.Cause, o.Adopt, o.Raise = payout.CauseLookup, &d, []payout.Flag{payout.FlagUnproven}
			o.Proof = &payout.Proof{Environment: "sandbox", API: "gateway", OrderID: o.OrderID, At: at}
			must(t, r.End(o))
			return
		}
		must(t, r.Begin(testIntent(key, at)))
	case payout.Sending:
		to := rapid.SampledFrom([]payout.Status{payout.Accepted, payout.Rejected, payout.InDoubt, payout.NotSent}).Draw(rt, "to")
		must(t, r.End(testOutcome(key, to, at)))
	case payout.Accepted, payout.Rejected, payout.InDoubt:
		o := testOutcome(key, payout.Declared, at)
		o.Cause, o.Event = "", payout.Event{}
		o.NotFound = payout.Seen{Count: 1, First: at, Last: at}
		if rapid.Bool().Draw(rt, "success") {
			o.Cause, o.Event = payout.CauseSuccess, payout.Event{Status: payout.Paid, At: at, Source: payout.SourceStatus}
			o.Clear, o.Balance = []payout.Flag{payout.FlagUnproven}, "5.00"
		}
		must(t, r.End(o))
	}
}

// Many callers at once: every one is durable when it returns, and the journal
// holds them in the order in which the ledger saw them.
func TestSixtyFourWriters(t *testing.T) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	at := s.now()
	var writers sync.WaitGroup
	for w := range 64 {
		writers.Go(func() {
			for i := range 8 {
				key := fmt.Sprintf("%d-%d", w, i)
				if err := r.Begin(testIntent(key, at)); err != nil {
					t.Error(err)
				}
				r.View(func(l *payout.Ledger) {
					if l.Record(staffAddress(key)).Status() != payout.Sending {
						t.Errorf("%s is not in the ledger when Begin returns", key)
					}
				})
				if err := r.End(testOutcome(key, payout.Accepted, at)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5 {
		writers.Go(func() {
			if err := r.Checkpoint(); err != nil {
				t.Error(err)
			}
			r.MarkProven()
		})
	}
	writers.Wait()
	var want string
	r.View(func(l *payout.Ledger) { want = content(t, l) })
	abandon(r)
	must(t, lock.Release())
	snap := mustLoad(t, s)
	if content(t, snap.Ledger) != want || snap.Ledger.Len() != 64*8 {
		t.Errorf("%d payouts after the replay", snap.Ledger.Len())
	}
}

// Two callers that want the same order id, or the same payout, at once: one
// gets it, the other is a mistake of this program.
func TestEqualOrderIDsAtOnce(t *testing.T) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	defer lock.Release()
	at := s.now()
	results := make(chan bool, 8)
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			defer func() { results <- recover() == nil }()
			in := testIntent(fmt.Sprint(i%2), at)
			in.OrderID = []string{"same", "SAME"}[i/4]
			if err := r.Begin(in); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	close(results)
	won := 0
	for ok := range results {
		if ok {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d callers began one order id", won)
	}
	must(t, r.Close())
}

func TestForbiddenTransitionPanics(t *testing.T) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	defer lock.Release()
	defer r.Close()
	defer func() {
		if _, ok := recover().(*payout.TransitionError); !ok {
			t.Error("a forbidden transition did not panic")
		}
	}()
	_ = r.End(testOutcome("1001", payout.Accepted, s.now()))
}

func TestEntryThatIsTooLong(t *testing.T) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	defer lock.Release()
	in := testIntent("1001", s.now())
	in.Description = strings.Repeat("x", maxLineBytes)
	if err := r.Begin(in); err == nil || errors.Is(err, ErrJournalBroken) {
		t.Errorf("begin: %v", err)
	}
	must(t, r.Close())
}

// An open run keeps its journal; without it the state is not proven.
func TestOpenRunKeepsItsJournal(t *testing.T) {
	s := prepared(t, false)
	r, lock := mustOpen(t, s)
	at := s.now()
	must(t, r.Note(&payout.Note{At: at, Run: testRun(true, at)}))
	must(t, r.Close())
	must(t, lock.Release())
	path := onlySegment(t, s)
	if data := readFile(t, path); bytes.Count(data, []byte("\n")) != 1 || bytes.HasSuffix(data, []byte{0}) {
		t.Errorf("the kept segment holds %q", data)
	}
	snap := mustLoad(t, s)
	if !snap.OpenRun || len(snap.Unproven) != 0 || !snap.LastRecord.Equal(at) {
		t.Errorf("loaded %+v", snap)
	}
	serial := snap.Serial
	must(t, s.Save(ctx, snap))
	if snap.Serial != serial {
		t.Error("saving the same content beside a journal moved the serial")
	}
	snap.Ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "new", ID: 1}})
	must(t, s.Save(ctx, snap))
	snap.Ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "newer", ID: 2}})
	must(t, s.Save(ctx, snap))
	if path = onlySegment(t, s); len(mustLoad(t, s).Unproven) != 0 {
		t.Error("a save lost the journal of an open run")
	}
	must(t, os.Remove(path))
	if snap := mustLoad(t, s); len(snap.Unproven) != 1 || !strings.Contains(snap.Unproven[0], "journal is missing") {
		t.Errorf("without its journal: %q", snap.Unproven)
	}
	// The next run knows as well, even if it dies at once.
	r, lock = mustOpen(t, s)
	abandon(r)
	must(t, lock.Release())
	if snap := mustLoad(t, s); len(snap.Unproven) != 1 {
		t.Errorf("after a run that died: %q", snap.Unproven)
	}
	snap = mustLoad(t, s)
	snap.Ledger.Note(&payout.Note{Run: testRun(false, at)})
	must(t, s.Save(ctx, snap))
	if files, err := listSegments(OS{}, s.Path); err != nil || len(files) != 0 {
		t.Errorf("a closed run leaves %v, %v", files, err)
	}
}

func TestJournalsThatDoNotFit(t *testing.T) {
	s, segment, _ := crashed(t)
	path := onlySegment(t, s)
	state := readFile(t, s.Path)
	reset := func() {
		must(t, os.WriteFile(s.Path, state, 0o600))
		must(t, os.WriteFile(path, segment, 0o600))
	}
	edit := func(f func(*document)) {
		doc, err := decode(bytes.NewReader(state))
		must(t, err)
		f(doc)
		doc.digest = doc.computeDigest()
		must(t, os.WriteFile(s.Path, encoded(t, doc), 0o600))
	}
	tests := []struct {
		name   string
		change func()
		want   string
	}{
		{"no state", func() { must(t, os.Remove(s.Path)) }, "no state"},
		{"other lineage", func() { edit(func(d *document) { d.lineage = newLineage() }) }, "lineage"},
		{"older state", func() { edit(func(d *document) { d.serial-- }) }, "serial"},
		{"newer state", func() { edit(func(d *document) { d.serial += 2 }) }, "serial"},
		{"other content", func() { edit(func(d *document) { d.version = "0.0.9"; d.previous = "" }) }, "other content"},
		{"entries missing", func() {
			edit(func(d *document) { d.sequence = 0 })
			doc, err := decode(bytes.NewReader(readFile(t, s.Path)))
			must(t, err)
			h := header{seq: 1, prev: firstHash, lineage: doc.lineage, serial: doc.serial, digest: doc.digest}
			line, _, err := h.line()
			must(t, err)
			must(t, os.WriteFile(path, line, 0o600))
		}, "missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reset()
			test.change()
			_, err := s.Load(ctx)
			var misfit *MisfitError
			if !errors.As(err, &misfit) || misfit.Journal != path || misfit.State != s.Path || !strings.Contains(err.Error(), test.want) {
				t.Errorf("load: %v, want %q", err, test.want)
			}
		})
	}
	t.Run("other version", func(t *testing.T) {
		reset()
		content, err := encodeBody(&body{Kind: kindHeader, Format: "2.0"})
		must(t, err)
		line, _ := appendLine(nil, link{Prev: firstHash, End: true}, content)
		must(t, os.WriteFile(path, line, 0o600))
		var version *VersionError
		if _, err := s.Load(ctx); !errors.As(err, &version) || version.Path != path {
			t.Errorf("load: %v", err)
		}
	})
	t.Run("segment that continues nothing", func(t *testing.T) {
		reset()
		must(t, os.WriteFile(segmentPath(s.Path, 9), segment, 0o600))
		var damage *DamageError
		if _, err := s.Load(ctx); !errors.As(err, &damage) || damage.Path != segmentPath(s.Path, 9) {
			t.Errorf("load: %v", err)
		}
		must(t, os.WriteFile(path, segment[:len(segment)-200], 0o600))
		if _, err := s.Load(ctx); !errors.As(err, &damage) || damage.Path != path {
			t.Errorf("load: %v", err)
		}
	})
}
