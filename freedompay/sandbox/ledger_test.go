package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"payrun/freedompay/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// record serves one call without a network.
func record(t testing.TB, h http.Handler, path string, f form, ctx context.Context) *httptest.ResponseRecorder {
	t.Helper()
	kind, body := multipartBody(t, signed(path, f))
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func open(t testing.TB, c sandbox.Config) *sandbox.Gateway {
	t.Helper()
	g, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func TestRestart(t *testing.T) {
	c := sandbox.Config{Ledger: filepath.Join(t.TempDir(), "new", "ledger.jsonl")}
	s := sandbox.NewServer(t, c)
	faults := []sandbox.Fault{
		{Match: "slow", Call: "payout", Then: "process:2"},
		{Match: "cut", Call: "payout", Do: "drop-after"},
		{Match: "gone", Call: "payout", Do: "drop-before"},
		{Match: "slow", Call: "status", Nth: 3, Do: "error:9999"},
	}
	if err := s.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	for _, order := range []string{"slow", "cut", "gone", "plain"} {
		post(t, s.URL, payURL, payout(order))
	}
	post(t, s.URL, askURL, ask("slow")).want(t, form{"pg_payment_status": "process"})
	post(t, s.URL, leftURL, form{"pg_merchant_id": "9970", "pg_currency": "KZT"})
	before := s.Payments()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = sandbox.NewServer(t, c)
	if err := s.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, s.Payments()); diff != "" {
		t.Errorf("payments after a restart (-before +after):\n%s", diff)
	}
	post(t, s.URL, askURL, ask("slow")).want(t, form{"pg_payment_status": "process"})
	post(t, s.URL, askURL, ask("slow")).want(t, form{"pg_error_code": "9999"})
	post(t, s.URL, askURL, ask("slow")).want(t, form{"pg_payment_status": "success"})
	post(t, s.URL, askURL, ask("gone")).want(t, form{"pg_error_code": "11068"})
	post(t, s.URL, payURL, payout("next")).want(t, form{"pg_payment_id": "1000000004", "pg_balance": "99999600.00"})
	wantVerify(t, s.Gateway)
	post(t, s.URL, payURL, payout("gone"))
	wantVerify(t, s.Gateway, "lines 3, 12")
}

func TestLateSurvivesRestart(t *testing.T) {
	c := sandbox.Config{Ledger: filepath.Join(t.TempDir(), "ledger.jsonl")}
	s := sandbox.NewServer(t, c)
	if err := s.Inject(sandbox.Fault{Call: "payout", Do: "late:1h", Then: "error:10001"}); err != nil {
		t.Fatal(err)
	}
	answer := make(chan got, 1)
	go func() { answer <- post(t, s.URL, payURL, payout("a")) }()
	settled(t, s.Gateway, func() bool { lines, err := s.Lines(); return err == nil && len(lines) == 1 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	<-answer
	c.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	g := open(t, c)
	settled(t, g, func() bool { return len(g.Payments()) == 1 })
	if got := state(g); got != "error unpaid" {
		t.Errorf("payments %q", got)
	}
}

func TestSecondGatewayIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	g := open(t, sandbox.Config{Ledger: path})
	_, err := sandbox.New(sandbox.Config{Ledger: path})
	var locked *sandbox.LockedError
	if !errors.As(err, &locked) || locked.Path != path || !strings.Contains(err.Error(), path) {
		t.Fatalf("error %v", err)
	}
	if err := errors.Join(g.Close(), g.Close()); err != nil {
		t.Fatal(err)
	}
	open(t, sandbox.Config{Ledger: path})
}

// filled returns a ledger of three sound lines and its text.
func filled(t testing.TB) (path, text string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ledger.jsonl")
	g := open(t, sandbox.Config{Ledger: path})
	for _, order := range []string{"a", "b", "c"} {
		record(t, g, payURL, payout(order), t.Context())
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(raw)
}

func TestTornTailIsCut(t *testing.T) {
	path, text := filled(t)
	lines := strings.SplitAfter(text, "\n")
	for cut := range lines[2] {
		write(t, path, lines[0]+lines[1]+lines[2][:cut])
		if read, err := sandbox.ReadLedger(path); err != nil || len(read) != 2 {
			t.Fatalf("cut after %d bytes: %d lines, %v", cut, len(read), err)
		}
	}
	g := open(t, sandbox.Config{Ledger: path})
	if n := len(g.Payments()); n != 2 {
		t.Errorf("%d payments", n)
	}
	record(t, g, payURL, payout("d"), t.Context())
	read, err := g.Lines()
	if err != nil || len(read) != 3 || read[2].OrderID != "d" || read[2].Seq != 3 {
		t.Errorf("lines %+v (%v)", read, err)
	}
}

func TestDamageNamesTheLine(t *testing.T) {
	path, text := filled(t)
	lines := strings.SplitAfter(text, "\n")
	late := strings.NewReplacer(`"did":"accept"`, `"did":"late:soon"`).Replace(lines[2])
	for _, c := range []struct{ name, second, say string }{
		{"no JSON", "x\n", "decode"},
		{"an unknown key", strings.Replace(lines[1], `"call"`, `"cull"`, 1), "decode"},
		{"a line lost", "", "want 2"},
		{"an unknown kind", strings.Replace(lines[1], `"payout"`, `"transfer"`, 1), "unknown kind"},
		{"a fate unheard of", strings.Replace(lines[1], `"then":"success"`, `"then":"maybe"`, 1), "maybe"},
		{"no amount", strings.Replace(lines[1], `"amount":"100.00"`, `"amount":"much"`, 1), "amount"},
		{"a payment id twice", strings.Replace(lines[1], "1000000002", "1000000001", 1), "payment id"},
		{"a landing of nothing", strings.Replace(lines[1], `"call":"payout"`, `"call":"landing"`, 1), "nothing is to land"},
		{"a delay unheard of", strings.Replace(late, `"seq":3`, `"seq":2`, 1), "duration"},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, path, lines[0]+c.second+lines[2])
			_, err := sandbox.New(sandbox.Config{Ledger: path})
			var damage *sandbox.DamageError
			if !errors.As(err, &damage) || damage.Line != 2 || errors.Unwrap(damage) == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestLedgerThatCannotOpen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "")
	dangling, null := filepath.Join(dir, "dangling"), filepath.Join(dir, "null")
	if err := errors.Join(os.Symlink(filepath.Join(dir, "none", "l"), dangling), os.Symlink(os.DevNull, null)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		filepath.Join(file, "ledger.jsonl"), // below a file
		dir,                                 // a folder
		dangling,                            // cannot be created
		null,                                // cannot be cut
		filepath.Join(dir, strings.Repeat("x", 300)), // cannot be locked
	} {
		if _, err := sandbox.New(sandbox.Config{Ledger: path}); err == nil {
			t.Errorf("%q was opened", path)
		}
	}
	if _, err := sandbox.ReadLedger(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestBadConfig(t *testing.T) {
	for _, c := range []sandbox.Config{{Balance: "-1"}, {Balances: map[int64]string{7: "much"}}} {
		if _, err := sandbox.New(c); err == nil || !strings.Contains(err.Error(), "opening balance") {
			t.Errorf("error %v", err)
		}
	}
}

func TestLedgerHoldsNoSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	g := open(t, sandbox.Config{Ledger: path})
	const card = "4671593866478252"
	f := payout("a").with("pg_description", "to "+token+" or "+card+" \x00").with("pg_user_id", card)
	record(t, g, payURL, f, t.Context())
	record(t, g, payURL, payout("b").with("pg_amount", card).with("pg_merchant_id", token), t.Context())
	record(t, g, payURL2, payout("c").with("pg_card_token_to", "short").with("pg_user_id", strings.Repeat("я", 400)), t.Context())
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, card, sandbox.Key, "short"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the ledger holds %q:\n%s", secret, text)
		}
	}
	if lines, err := g.Lines(); err != nil || len(lines) != 3 || lines[0].Description != "to … or … ?" {
		t.Errorf("lines %+v, %v", lines, err)
	}
}

func TestParallelCalls(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	s := sandbox.NewServer(t, sandbox.Config{Ledger: path})
	const wide, each = 8, 25
	var all sync.WaitGroup
	for w := range wide {
		all.Go(func() {
			for i := range each {
				order := fmt.Sprintf("p-%d-%d", w, i)
				post(t, s.URL, payURL, payout(order)).want(t, form{"pg_status": "ok"})
				// Durable before the answer left: whoever reads the file finds it.
				if lines, err := sandbox.ReadLedger(path); err != nil || !holds(lines, order) {
					t.Errorf("%s is not in the ledger (%v)", order, err)
				}
				post(t, s.URL, askURL, ask(order)).want(t, form{"pg_payment_status": "success"})
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, p := range s.Payments() {
		seen[p.PaymentID] = true
	}
	if len(seen) != wide*each || s.Balance(9970) != "99980000.00" {
		t.Errorf("%d payment ids, balance %s", len(seen), s.Balance(9970))
	}
	wantVerify(t, s.Gateway)
}

func holds(lines []sandbox.Line, order string) bool {
	for _, line := range lines {
		if line.OrderID == order {
			return true
		}
	}
	return false
}

func TestWaitFor(t *testing.T) {
	g := open(t, sandbox.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.WaitFor(ctx, func() bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	done := make(chan error)
	go func() { done <- g.WaitFor(t.Context(), func() bool { return false }) }()
	record(t, g, payURL, payout("a"), t.Context())
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if err := g.WaitFor(t.Context(), func() bool { return false }); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if w := record(t, g, payURL, payout("b"), t.Context()); w.Code != 500 {
		t.Errorf("a closed gateway answered %d", w.Code)
	}
}
