package statefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"payrun/planner/payout"
)

// Each operation of every change outside a run fails in turn: what is on disk
// then is the state before or the state after, and nothing that was sent is
// forgotten.
func TestEveryOperationOfAChangeFails(t *testing.T) {
	changes := map[string]func(s *Local, data []byte) error{
		"save": func(s *Local, _ []byte) error {
			snap, err := s.Load(ctx)
			if err != nil {
				return err
			}
			snap.Ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "other", ID: 2, Environment: sandbox}})
			return s.Save(ctx, snap)
		},
		"push":    func(s *Local, data []byte) error { return s.Push(ctx, data, "mended") },
		"archive": func(s *Local, _ []byte) error { _, err := s.Archive(ctx, "over"); return err },
	}
	for name, change := range changes {
		for _, dead := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s dead=%v", name, dead), func(t *testing.T) {
				t.Parallel()
				changeEach(t, change, dead)
			})
		}
	}
}

func changeEach(t *testing.T, change func(*Local, []byte) error, dead bool) {
	for k := 1; ; k++ {
		s := prepared(t, true)
		data := readFile(t, s.Path)
		faulty := &faultFS{failAt: k, err: syscall.EIO, dead: dead}
		s.FS = faulty
		err := change(s, data)
		s.FS = quickFS{}
		if faulty.last == "" {
			must(t, err)
			return
		}
		checkChanged(t, s, data, err)
		if t.Failed() {
			t.Fatalf("operation %d, %s: %v", k, faulty.last, err)
		}
	}
}

func checkChanged(t *testing.T, s *Local, data []byte, changeErr error) {
	t.Helper()
	lockFree(t, s)
	if id, err := inspect(OS{}, s.Path); err == nil && !id.exists {
		archived, err := filepath.Glob(s.Path + ".archived-*")
		if err != nil || len(archived) != 1 {
			t.Fatalf("the state is gone: %v", archived)
		}
		s.Path = archived[0]
	}
	snap, err := s.Load(ctx)
	var misfit *MisfitError
	if errors.As(err, &misfit) && changeErr != nil {
		// The pushed state is there and the journal not yet gone: push again.
		must(t, s.Push(ctx, data, "again"))
		snap, err = s.Load(ctx)
	}
	if err != nil {
		t.Errorf("load: %v", err)
		return
	}
	// 1000 was begun and acknowledged before; 0999 only stands in the torn
	// line and may wait there.
	if status := snap.Ledger.Record(staffAddress("1000")).Status(); status != payout.Sending && status != payout.InDoubt {
		t.Errorf("1000 is %q", status)
	}
	if snap.Ledger.Record(staffAddress("0999")) == nil && !strings.Contains(fmt.Sprint(snap.Recovered.OrderIDs), "0999") {
		t.Errorf("0999 is forgotten: %+v", snap.Recovered)
	}
	if len(snap.Unproven) == 0 {
		t.Error("the state counts as proven")
	}
}

// lockFree says that the failed change holds no lock.
func lockFree(t *testing.T, s *Local) {
	t.Helper()
	must(t, mustLock(t, s).Release())
}

func TestErrorsOfTheSystem(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "state.json")
	s := &Local{Path: missing}
	if _, err := s.Load(ctx); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("load in a missing folder: %v", err)
	}
	if _, err := s.Lock(ctx, LockInfo{}, 0); !errors.Is(err, syscall.ENOENT) || !strings.Contains(err.Error(), missing) {
		t.Errorf("lock in a missing folder: %v", err)
	}
	if err := (OS{}).SyncDir(filepath.Dir(missing)); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("sync of a missing folder: %v", err)
	}
	for version, later := range map[string]bool{"": false, "1.0": false, "1.1": true, "1.99999999999999999999": true} {
		if laterMinor(version) != later {
			t.Errorf("version %q later: %v", version, !later)
		}
	}
}

func TestSavedFollowsTheCheckpoints(t *testing.T) {
	s := testStore(t)
	r, lock := mustOpen(t, s)
	if serial, digest := r.Saved(); serial != 0 || digest != "" {
		t.Errorf("before: %d %s", serial, digest)
	}
	merchant := testMerchant()
	merchant.Proven = []payout.Proof{{Environment: sandbox, API: "gateway", OrderID: "x", At: s.now()}}
	must(t, r.Note(&payout.Note{At: s.now(), Merchant: merchant}))
	must(t, r.Checkpoint())
	serial, digest := r.Saved()
	must(t, r.Checkpoint())
	if again, same := r.Saved(); serial != 1 || again != serial || same != digest {
		t.Errorf("an empty checkpoint moved serial %d to %d", serial, again)
	}
	abandon(r)
	must(t, lock.Release())
	snap := mustLoad(t, s)
	if snap.Digest != digest || !snap.Ledger.Merchant("main").ProvenFor(sandbox, "gateway") {
		t.Errorf("loaded %+v", snap)
	}
}
