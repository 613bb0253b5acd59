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

// memoryStore is a store with a memory.
func memoryStore(t *testing.T) *Local {
	t.Helper()
	s := testStore(t)
	s.Memory, s.FS = s.Path+".sent", quickFS{}
	return s
}

// pay records payments that were accepted, in a run that ends.
func pay(t *testing.T, s *Local, keys ...string) {
	t.Helper()
	r, lock := mustOpen(t, s)
	for _, key := range keys {
		at := s.now()
		must(t, r.Begin(testIntent(key, at)))
		must(t, r.End(testOutcome(key, payout.Accepted, at)))
	}
	must(t, r.Close())
	must(t, r.Forgetful())
	must(t, lock.Release())
}

func forgotten(t *testing.T, s *Local) []string {
	t.Helper()
	list, err := s.Forgotten(mustLoad(t, s))
	must(t, err)
	var out []string
	for _, in := range list {
		out = append(out, in.Address.Key+" "+in.OrderID)
	}
	return out
}

func wantForgotten(t *testing.T, s *Local, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, forgotten(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestMemoryFindsWhatAnOldStateLacks(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	old := readFile(t, s.Path)
	pay(t, s, "1002", "1003")
	wantForgotten(t, s)
	must(t, os.WriteFile(s.Path, old, 0o600))
	wantForgotten(t, s, "1002 acme-salaries-1002", "1003 acme-salaries-1003")
	must(t, os.Remove(s.Path))
	wantForgotten(t, s, "1001 acme-salaries-1001", "1002 acme-salaries-1002", "1003 acme-salaries-1003")

	list, err := s.Forgotten(mustLoad(t, s))
	must(t, err)
	if want := testIntent("1001", list[0].At); cmp.Diff(want.Details, list[0].Details) != "" || !list[0].TimeLimit.Equal(want.TimeLimit) {
		t.Errorf("remembered %+v, want %+v", list[0], want)
	}
}

func TestMemoryIsWrittenAfterAKill(t *testing.T) {
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	at := s.now()
	must(t, r.Begin(testIntent("1001", at)))
	abandon(r)
	must(t, lock.Release())
	// Even where the journal is lost with the state.
	segment := segmentPath(s.Path, 1)
	must(t, os.Rename(segment, segment+".aside"))
	wantForgotten(t, s, "1001 acme-salaries-1001")
	must(t, os.Rename(segment+".aside", segment))
	r, lock = mustOpen(t, s) // it settles what the kill left
	must(t, r.Close())
	must(t, lock.Release())
	must(t, os.Remove(s.Path))
	wantForgotten(t, s, "1001 acme-salaries-1001")
}

// TestMemoryDropsWhatWasNotSent: an attempt that failed moved no money, and has
// used its order id all the same.
func TestMemoryDropsWhatWasNotSent(t *testing.T) {
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	at := s.now()
	step := func(key string, cause payout.Cause, status payout.Status) {
		t.Helper()
		o := testOutcome(key, status, at)
		o.Cause, o.Event.Source = cause, payout.SourceStatus
		must(t, r.End(o))
	}
	for _, key := range []string{"failed", "late", "unsent"} {
		must(t, r.Begin(testIntent(key, at)))
	}
	step("unsent", payout.CauseCall, payout.NotSent)
	for _, key := range []string{"failed", "late"} {
		step(key, payout.CauseCall, payout.InDoubt)
		step(key, payout.CauseError, payout.Failed)
	}
	step("late", payout.CauseSuccess, payout.Paid)
	must(t, r.Begin(testIntent("again", at)))
	step("again", payout.CauseCall, payout.NotSent)
	must(t, r.Begin(testIntent("again", at)))
	d := testDetails("found")
	o := testOutcome("found", payout.Paid, at)
	o.Cause, o.Adopt = payout.CauseLookup, &d
	must(t, r.End(o))
	must(t, r.Close())
	must(t, lock.Release())
	must(t, os.Remove(s.Path))
	wantForgotten(t, s, "failed acme-salaries-failed", "late acme-salaries-late", "again acme-salaries-again", "found acme-salaries-found")
}

// TestMemoryOfAnEditedIntent: what was not sent may be edited before it is; the
// newest intent of an order id is what was paid.
func TestMemoryOfAnEditedIntent(t *testing.T) {
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.End(testOutcome("1001", payout.NotSent, s.now())))
	edited := testIntent("1001", s.now())
	edited.Fingerprint, edited.UserID = "sha256:other", "7"
	must(t, r.Begin(edited))
	must(t, r.Close())
	must(t, lock.Release())
	must(t, os.Remove(s.Path))
	list, err := s.Forgotten(mustLoad(t, s))
	must(t, err)
	if len(list) != 1 || list[0].UserID != "7" || list[0].Fingerprint != "sha256:other" {
		t.Errorf("remembered %+v", list)
	}
}

// TestMemoryOfWhatWasSentLater: a state from before the second try says that it
// was not sent.
func TestMemoryOfWhatWasSentLater(t *testing.T) {
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.End(testOutcome("1001", payout.NotSent, s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	old := readFile(t, s.Path)
	wantForgotten(t, s)
	r, lock = mustOpen(t, s)
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	must(t, os.WriteFile(s.Path, old, 0o600))
	wantForgotten(t, s, "1001 acme-salaries-1001")
	// A journal does not know what a state made of it.
	in := testIntent("1001", s.now())
	if got := Missing(mustLoad(t, s).Ledger, []Remembered{{Intent: in, partly: true}}); len(got) != 0 {
		t.Errorf("of a journal: %+v", got)
	}
}

// TestMemoryOfAPersonsWord: that a person called it failed is no end.
func TestMemoryOfAPersonsWord(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	r, lock := mustOpen(t, s)
	failed := testOutcome("1001", payout.Failed, s.now())
	failed.Cause, failed.Event.Source, failed.Event.By, failed.Event.Reason = payout.CausePerson, payout.SourceManual, "aigul", "by the statement"
	must(t, r.End(failed))
	must(t, r.Close())
	must(t, lock.Release())
	if sent := Sent(mustLoad(t, s).Ledger); len(sent) != 1 || sent[0].End != "" {
		t.Errorf("of the state: %+v", sent)
	}
	must(t, os.Remove(s.Path))
	list, err := s.Forgotten(mustLoad(t, s))
	must(t, err)
	if len(list) != 1 || list[0].End != "" {
		t.Errorf("remembered %+v", list)
	}
}

func TestMemorySurvivesDamage(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	whole := readFile(t, s.Memory)
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x20
		must(t, os.WriteFile(s.Memory, damaged, 0o600))
		var found *DamageError
		if _, err := s.Forgotten(mustLoad(t, s)); err != nil && !errors.As(err, &found) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	// One digit of an amount: that is no trace of a crash.
	must(t, os.WriteFile(s.Memory, bytes.Replace(whole, []byte("1200000.50"), []byte("1200000.51"), 1), 0o600))
	must(t, os.Rename(s.Path, s.Path+".aside"))
	var found *DamageError
	if _, err := s.Forgotten(mustLoad(t, s)); !errors.As(err, &found) || found.Line != 2 {
		t.Errorf("a changed line: %v", err)
	}
	must(t, os.Rename(s.Path+".aside", s.Path))
	// A crash in the middle of a line: what follows it is read.
	for cut := range whole {
		must(t, os.Remove(s.Path))
		must(t, os.WriteFile(s.Memory, whole[:cut], 0o600))
		pay(t, s, "1002")
		must(t, os.Remove(s.Path))
		if got := strings.Join(forgotten(t, s), " "); !strings.HasSuffix(got, "1002 acme-salaries-1002") {
			t.Fatalf("cut at %d: %s", cut, got)
		}
		must(t, os.WriteFile(s.Path, nil, 0o600))
	}
}

func TestMemoryThatCannotBeWritten(t *testing.T) {
	s := memoryStore(t)
	s.Memory = filepath.Join(s.Path+".folder", "sent")
	r, lock := mustOpen(t, s)
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.Checkpoint())
	if r.Forgetful() == nil {
		t.Error("a memory without its folder was written")
	}
	must(t, os.Mkdir(filepath.Dir(s.Memory), 0o700))
	must(t, r.End(testOutcome("1001", payout.Accepted, s.now())))
	must(t, r.Close())
	must(t, r.Forgetful())
	must(t, lock.Release())
	must(t, os.Remove(s.Path))
	wantForgotten(t, s, "1001 acme-salaries-1001")
	must(t, os.Chmod(s.Memory, 0))
	must(t, os.Remove(s.Memory))
	must(t, os.Mkdir(s.Memory, 0o700))
	if _, err := s.Forgotten(mustLoad(t, s)); err == nil {
		t.Error("a folder was read as a memory")
	}
}

func TestArchiveTakesTheMemoryAway(t *testing.T) {
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	must(t, r.Note(&payout.Note{At: s.now(), Merchant: testMerchant()}))
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	_, err := s.Archive(ctx, "the rehearsal is over")
	must(t, err)
	wantForgotten(t, s)
}

func TestTombstonesAreRemembered(t *testing.T) {
	s := memoryStore(t)
	r, lock := mustOpen(t, s)
	must(t, r.Begin(testIntent("1001", s.now())))
	must(t, r.End(testOutcome("1001", payout.InDoubt, s.now())))
	failed := testOutcome("1001", payout.Failed, s.now())
	failed.Cause = payout.CauseError
	must(t, r.End(failed))
	grave := payout.Tombstone{Address: staffAddress("1001"), Merchant: "main", OrderIDs: []string{"acme-salaries-1001"}, At: s.now(), By: "aigul", Reason: "paid by hand"}
	must(t, r.Note(&payout.Note{At: grave.At, Forget: &grave}))
	must(t, r.Close())
	must(t, lock.Release())
	// Only the first line is left: the memory knows no failure and no mark.
	lines := bytes.SplitAfter(readFile(t, s.Memory), []byte("\n"))
	must(t, os.WriteFile(s.Memory, bytes.Join(lines[:2], nil), 0o600))
	if known, _ := recollect(lines[:2]); len(known) != 1 {
		t.Fatalf("the first line is no payment: %q", lines[:2])
	}
	wantForgotten(t, s)
}

func TestParseReadsWhatLiesElsewhere(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	data := readFile(t, s.Path)
	snap, err := Parse("git:HEAD", data)
	must(t, err)
	if !snap.Exists || snap.Serial != 1 || len(Sent(snap.Ledger)) != 1 || Sent(snap.Ledger)[0].OrderID != "acme-salaries-1001" {
		t.Errorf("parsed: %+v", snap)
	}
	for name, wrong := range map[string][]byte{
		"cut": data[:len(data)/2], "edited": bytes.Replace(data, []byte("1200000.50"), []byte("1200000.51"), 1),
		"empty": nil, "conflict": append([]byte("<<<<<<< ours\n"), data...),
	} {
		if _, err := Parse("git:HEAD", wrong); err == nil || !strings.Contains(err.Error(), "git:HEAD") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMarkNeedsAComparison: who saves an older state without having compared it
// with the memory does not silence the memory.
func TestMarkNeedsAComparison(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	old := readFile(t, s.Path)
	pay(t, s, "1002")
	must(t, os.WriteFile(s.Path, old, 0o600))
	pay(t, s, "1003") // as resolve or forget do
	wantForgotten(t, s, "1002 acme-salaries-1002")
	r, lock := mustOpen(t, s)
	must(t, r.Begin(testIntent("1002", s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	wantForgotten(t, s)
	if !endsWith(readFile(t, s.Memory), mustLoad(t, s)) {
		t.Error("no mark follows what the memory had and the state lacked")
	}
}

// TestRememberedEnd tells what a look-up will find, and what failed, from what
// may be on its way.
func TestRememberedEnd(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001", "1002", "1003")
	r, lock := mustOpen(t, s)
	paid := testOutcome("1001", payout.Paid, s.now())
	paid.Cause = payout.CauseSuccess
	must(t, r.End(paid))
	failed := testOutcome("1003", payout.Failed, s.now())
	failed.Cause = payout.CauseError
	must(t, r.End(failed))
	for _, in := range Sent(mustLoad(t, s).Ledger) {
		if want := map[string]payout.Status{"1001": payout.Paid, "1002": "", "1003": payout.Failed}[in.Address.Key]; in.End != want {
			t.Errorf("%s ended %q in the state", in.Address, in.End)
		}
	}
	must(t, r.Close())
	must(t, lock.Release())
	must(t, os.Remove(s.Path))
	list, err := s.Forgotten(mustLoad(t, s))
	must(t, err)
	if len(list) != 3 || list[0].End != payout.Paid || list[1].End != "" || list[2].End != payout.Failed {
		t.Errorf("remembered %+v", list)
	}
}

// TestDamagedMemoryIsNotMarked: a state saved beside a memory that cannot be
// read does not hide what it knew.
func TestDamagedMemoryIsNotMarked(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	must(t, os.Remove(s.Path))
	must(t, os.WriteFile(s.Memory, bytes.Replace(readFile(t, s.Memory), []byte("1200000.50"), []byte("1200000.51"), 1), 0o600))
	var damaged *DamageError
	r, lock := mustOpen(t, s)
	if list, err := r.Forgotten(); !errors.As(err, &damaged) || list != nil {
		t.Errorf("the run knows %+v, %v", list, err)
	}
	must(t, r.Begin(testIntent("1002", s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	if _, err := s.Forgotten(mustLoad(t, s)); !errors.As(err, &damaged) {
		t.Errorf("after the run: %v", err)
	}
}

// TestMarkOfWhatWasPulled: a state that came from elsewhere and holds all that
// the memory does is marked by the next run that saves.
func TestMarkOfWhatWasPulled(t *testing.T) {
	s := memoryStore(t)
	pay(t, s, "1001")
	memory := readFile(t, s.Memory)
	pay(t, s, "1002")
	must(t, os.WriteFile(s.Memory, memory, 0o600)) // as another clone would have it
	r, lock := mustOpen(t, s)
	if list, err := r.Forgotten(); err != nil || list != nil {
		t.Errorf("the run knows %+v, %v", list, err)
	}
	must(t, r.Begin(testIntent("1003", s.now())))
	must(t, r.Close())
	must(t, lock.Release())
	if !endsWith(readFile(t, s.Memory), mustLoad(t, s)) {
		t.Error("no mark")
	}
}
