package sandbox

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// pay serves one sound payout without a network.
func pay(g *Gateway, order string) *httptest.ResponseRecorder {
	fields := pairs("pg_merchant_id", "9970", "pg_order_id", order, "pg_amount", "1", "pg_description", "d",
		"pg_order_time_limit", "2100-01-01 00:00:00", "pg_user_id", "1", "pg_post_link", "l", "pg_salt", "s")
	values := url.Values{"pg_sig": {freedompay.Sign("reg2reg", fields, Key)}}
	for _, f := range fields {
		values.Set(f.Name, f.Value)
	}
	r := httptest.NewRequest(http.MethodPost, "/g2g/reg2reg", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// broken opens a gateway and swaps the ledger's file for another.
func broken(t *testing.T, file *os.File) *Gateway {
	t.Helper()
	g, err := New(Config{Ledger: filepath.Join(t.TempDir(), "ledger.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.ledger.file.Close(); err != nil {
		t.Fatal(err)
	}
	g.ledger.file = file
	return g
}

func TestWriteFailureStopsTheGateway(t *testing.T) {
	read, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	g := broken(t, read) // cannot be written to
	if err := g.Inject(Fault{Call: "payout", Do: "hold"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if w := pay(g, "a"); w.Code != 500 {
			t.Errorf("answered %d:\n%s", w.Code, w.Body)
		}
	}
	if err := g.Verify(); err == nil || !strings.Contains(err.Error(), "append to ledger") {
		t.Errorf("Verify: %v", err)
	}
	if len(g.Payments()) != 0 || len(g.Held()) != 0 {
		t.Errorf("payments %v, held %v", g.Payments(), g.Held())
	}
	if err := g.Close(); err == nil {
		t.Error("a file that cannot be synced was closed without an error")
	}
}

func TestSyncFailureStopsTheGateway(t *testing.T) {
	_, written, err := os.Pipe() // takes bytes, cannot be synced
	if err != nil {
		t.Fatal(err)
	}
	g := broken(t, written)
	if w := pay(g, "a"); w.Code != 500 {
		t.Errorf("answered %d:\n%s", w.Code, w.Body)
	}
	if w := pay(g, "b"); w.Code != 500 || len(g.Payments()) != 1 {
		t.Errorf("answered %d, payments %v", w.Code, g.Payments())
	}
	if err := g.Verify(); err == nil || !strings.Contains(err.Error(), "sync ledger") {
		t.Errorf("Verify: %v", err)
	}
	if err := g.Close(); err == nil {
		t.Error("a file that cannot be synced was closed without an error")
	}
}

func TestClockPastTheFormat(t *testing.T) {
	g, err := New(Config{
		Ledger: filepath.Join(t.TempDir(), "ledger.jsonl"),
		Now:    func() time.Time { return time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if w := pay(g, "a"); w.Code != 500 {
		t.Errorf("answered %d", w.Code)
	}
	if err := g.Verify(); err == nil || !strings.Contains(err.Error(), "encode ledger line") {
		t.Errorf("Verify: %v", err)
	}
}

func TestPaymentIDsRunOut(t *testing.T) {
	g, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	g.book.lastID = math.MaxInt64
	if w := pay(g, "a"); w.Code != 500 || len(g.Payments()) != 0 {
		t.Errorf("answered %d", w.Code)
	}
}

func TestSyncFolder(t *testing.T) {
	if err := syncFolder(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestOneSyncServesMany(t *testing.T) {
	g, err := New(Config{Ledger: filepath.Join(t.TempDir(), "ledger.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	pay(g, "a")
	// A file that can no longer sync shows that covered bytes ask for none.
	if err := g.ledger.file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.ledger.sync(g.ledger.written.Load()); err != nil {
		t.Errorf("sync of durable bytes: %v", err)
	}
	if err := g.ledger.sync(g.ledger.written.Load() + 1); err == nil {
		t.Error("sync of new bytes did not ask the file")
	}
}

func TestNoSync(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	g, err := New(Config{Ledger: path, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	pay(g, "a")
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if lines, err := ReadLedger(path); err != nil || len(lines) != 1 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

func TestMoney(t *testing.T) {
	for text, minor := range map[string]int64{"0": 0, "7": 700, "0.01": 1, "1.5": 150, "123.45": 12345, "999999999999.99": 99999999999999} {
		if got, err := parseMinor(text); err != nil || got != minor {
			t.Errorf("parseMinor(%q) = %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".", "1.", ".5", "1.234", "1,5", "-1", "+1", " 1", "1e3", "١", "1000000000000", "NaN"} {
		if got, err := parseMinor(text); err == nil {
			t.Errorf("parseMinor(%q) = %d", text, got)
		}
	}
	if got := formatMinor(-150); got != "-1.50" {
		t.Errorf("formatMinor(-150) = %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 99999999999999).Draw(t, "minor")
		if got, err := parseMinor(formatMinor(minor)); err != nil || got != minor {
			t.Fatalf("%d became %d, %v", minor, got, err)
		}
	})
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"a*c", "abcbc", true}, {"a*d", "abc", false}, {"*b*", "abc", true}, {"?", "я", true}, {"a**", "a", true}, {"abc", "ab", false},
	} {
		if got := payout.MatchGlob(c.pattern, c.s); got != c.want {
			t.Errorf("MatchGlob(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.StringMatching(`[a-z]{0,5}`).Draw(t, "head")
		middle := rapid.StringMatching(`[a-z]{0,5}`).Draw(t, "middle")
		tail := rapid.StringMatching(`[a-z]{0,5}`).Draw(t, "tail")
		if !payout.MatchGlob(head+"*"+tail, head+middle+tail) {
			t.Fatalf("%s*%s does not fit %s%s%s", head, tail, head, middle, tail)
		}
	})
}

func TestFateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := fate{process: rapid.IntRange(0, 5).Draw(t, "process"), code: rapid.IntRange(0, 99).Draw(t, "code")}
		got, err := parseFate(f.String())
		if err != nil || got != f {
			t.Fatalf("%v became %v, %v", f, got, err)
		}
		for told := range f.process {
			if got.status(told) != StatusProcess {
				t.Fatalf("%v says %s after %d", f, got.status(told), told)
			}
		}
		if end := got.status(f.process); (end == StatusError) != (f.code != 0) || end == StatusProcess {
			t.Fatalf("%v ends in %s", f, end)
		}
	})
}

func TestLie(t *testing.T) {
	for s, want := range map[string]string{"": "1", "1": "2", "9": "0", "a": "b", "z": "a", "100.09": "100.00"} {
		if got := lie(s); got != want {
			t.Errorf("lie(%q) = %q, want %q", s, got, want)
		}
	}
}

// Every word of the table is in the documentation and readable as it stands there.
func TestWordsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for name := range traits {
		if !strings.Contains(string(doc), "\t"+name) {
			t.Errorf("%s is not in the table of doc.go", name)
		}
	}
}

func TestCleanBoundsTexts(t *testing.T) {
	for _, s := range []string{strings.Repeat("x", 999), strings.Repeat("я", 999), "\xff\xfe", "a\nb"} {
		got := clean(s)
		if len(got) > textMax || strings.Contains(got, "\n") || !utf8.ValidString(got) || clean(got) != got {
			t.Errorf("clean(%.10q…) = %q", s, got)
		}
	}
}

// fakeTB notes what NewServer does to its test.
type fakeTB struct {
	failed   []string
	cleanups []func()
}

func (f *fakeTB) Helper() {}
func (f *fakeTB) Fatalf(format string, a ...any) {
	f.failed = append(f.failed, fmt.Sprintf(format, a...))
}
func (f *fakeTB) Cleanup(do func()) { f.cleanups = append(f.cleanups, do) }

func TestNewServerFailsItsTest(t *testing.T) {
	bad := &fakeTB{}
	if s := NewServer(bad, Config{Balance: "x"}); s != nil || len(bad.failed) != 1 {
		t.Errorf("server %v, failed %q", s, bad.failed)
	}
	late := &fakeTB{}
	s := NewServer(late, Config{Ledger: filepath.Join(t.TempDir(), "ledger.jsonl")})
	if err := s.ledger.file.Close(); err != nil {
		t.Fatal(err)
	}
	late.cleanups[0]()
	if diff := cmp.Diff(1, len(late.failed)); diff != "" {
		t.Errorf("a gateway that cannot close did not fail its test: %q", late.failed)
	}
}

func FuzzFaults(f *testing.F) {
	f.Add([]byte(`[{"match":"a*","call":"payout","nth":1,"do":"reject:10001"}]`))
	f.Add([]byte(`[{"match":"s[\"1\"].*","call":"payout","do":"late:5s","then":"process:2,error:10001"}]`))
	f.Add([]byte(`[{"call":"status","do":"not-found:zero"},{"call":"balance","do":"amount:1.50"}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		faults, err := decodeFaults(text)
		if err != nil {
			return
		}
		rules, err := compile(faults)
		if err != nil {
			return
		}
		for i, r := range rules {
			payout.MatchGlob(r.match, "acme-salaries-1")
			again, err := parseWord(r.call, r.do.text)
			if faults[i].Do != "" && (err != nil || again != r.do) {
				t.Errorf("do %q became %v, %v", r.do.text, again, err)
			}
			if then, err := parseFate(r.then.String()); err != nil || then != r.then {
				t.Errorf("then %q became %v, %v", faults[i].Then, then, err)
			}
		}
	})
}

func FuzzLedger(f *testing.F) {
	f.Add([]byte(`{"seq":1,"at":"2026-11-22T12:00:00Z","call":"payout","merchant_id":"9970","order_id":"a","payment_id":"1000000001","amount":"1.00","signature":true,"did":"accept","paid":true,"status":"success","then":"success"}` + "\n"))
	f.Add([]byte(`{"seq":1,"at":"2026-11-22T12:00:00Z","call":"payout","order_id":"a","amount":"1.00","signature":true,"did":"late:1s","paid":false,"then":"success"}` + "\n" +
		`{"seq":2,"at":"2026-11-22T12:00:01Z","call":"landing","order_id":"a","payment_id":"1000000001","amount":"1.00","signature":true,"did":"accept","paid":true,"of":1}` + "\n{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, whole, err := splitLedger("l", text)
		if err != nil {
			return
		}
		if again, all, err := splitLedger("l", text[:whole]); err != nil || all != whole || !cmp.Equal(again, lines) {
			t.Fatalf("the whole lines alone: %d bytes, %v", all, err)
		}
		b := newBook()
		for _, line := range lines {
			if err := b.apply(line); err != nil {
				return
			}
		}
		b.problems()
		for _, p := range b.list() {
			if p.Calls == 0 {
				t.Errorf("payment %s has no payout call", p.PaymentID)
			}
		}
	})
}

func TestWords(t *testing.T) {
	for call, tt := range map[string]struct{ has, lacks string }{
		CallPayout:  {"reject-paid", "not-found"},
		CallStatus:  {"not-found", "reject"},
		CallBalance: {"amount", "late"},
	} {
		words := Words(call)
		if !slices.IsSorted(words) || !slices.Contains(words, "drop-after") || !slices.Contains(words, tt.has) || slices.Contains(words, tt.lacks) {
			t.Errorf("%s: %v", call, words)
		}
	}
}
