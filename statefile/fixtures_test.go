package statefile

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
)

var ctx = context.Background()

var kzt = payout.MustCurrency("KZT")

// clock is a moment that moves by a second whenever it is asked for.
type clock struct{ at time.Time }

func (c *clock) now() time.Time {
	c.at = c.at.Add(time.Second)
	return c.at
}

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 13, 0, 0, 500, time.UTC)} }

func staffAddress(key string) payout.Address {
	return payout.NewAddress("salaries", "2026-11", "staff").WithKey(key)
}

func testDetails(key string) payout.Details {
	token, err := payout.NewCardToken("ef741cfc-f85e-41a0-84e6-2ba964912182")
	if err != nil {
		panic(err)
	}
	return payout.Details{
		Address: staffAddress(key), Amount: payout.Money{Minor: 120000050, Currency: kzt}, Merchant: "main",
		Destination: token.String(), Fingerprint: token.Fingerprint(9970), UserID: key, Description: "Salary 2026-11",
	}
}

func testIntent(key string, at time.Time) *payout.Intent {
	return &payout.Intent{
		Details: testDetails(key), At: at, Attempt: 1, OrderID: "acme-salaries-" + key,
		TimeLimit: at.Add(24 * time.Hour),
	}
}

func testOutcome(key string, status payout.Status, at time.Time) *payout.Outcome {
	return &payout.Outcome{
		At: at, Address: staffAddress(key), Attempt: 1, OrderID: "acme-salaries-" + key, Cause: payout.CauseCall,
		Event:     payout.Event{Status: status, At: at, Source: payout.SourceAnswer, Code: "0", Words: "ok \"quoted\" \u2028 \t"},
		PaymentID: "700" + key, PaymentDate: "2026-11-21 18:00:01",
	}
}

func testMerchant() *payout.Merchant {
	return &payout.Merchant{Name: "main", ID: 9970, Environment: "sandbox", Prefix: "acme"}
}

func testRun(open bool, at time.Time) *payout.Run {
	return &payout.Run{
		ID: "20261121T130000Z", Plan: digestPrefix + strings.Repeat("4b", 32), Open: open, OpenedAt: at, Who: "aigul",
		Approvals: []string{"dana"}, Overrides: []payout.Override{{Name: "salaries.max_payout", Reason: "director's bonus"}},
		BalanceAfter: map[string]string{"main": "100.00", "запас": "5.00"},
	}
}

// place makes an empty folder with a store in it.
func testStore(t *testing.T) *Local {
	t.Helper()
	c := newClock()
	return &Local{Path: filepath.Join(t.TempDir(), "payouts.state.json"), Version: "0.1.0", Now: c.now}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustLoad(t *testing.T, s *Local) *Snapshot {
	t.Helper()
	snap, err := s.Load(ctx)
	must(t, err)
	return snap
}

func mustLock(t *testing.T, s *Local) *Lock {
	t.Helper()
	lock, err := s.Lock(ctx, LockInfo{Who: "aigul", Command: "apply"}, 0)
	must(t, err)
	return lock
}

// mustOpen locks, loads and opens.
func mustOpen(t *testing.T, s *Local) (*Recorder, *Lock) {
	t.Helper()
	lock := mustLock(t, s)
	r, err := s.Open(lock, mustLoad(t, s))
	must(t, err)
	return r, lock
}

// content is what a ledger says, as the bytes that its digest is over.
func content(t *testing.T, l *payout.Ledger) string {
	t.Helper()
	d := &document{ledger: l}
	must(t, d.complete())
	var b strings.Builder
	must(t, d.encode(&b, canonicalForm))
	return b.String()
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return data
}

func names(t *testing.T, s *Local) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(s.Path))
	must(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
