package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/planner/payout"
)

// goldenDocument has every member at least once.
func goldenDocument(t *testing.T) *document {
	t.Helper()
	l := payout.NewLedger()
	at := newClock().at
	merchant := testMerchant()
	merchant.Proven = []payout.Proof{{Environment: "sandbox", API: "gateway", OrderID: "acme-salaries-1001", At: at}}
	merchant.Balance = "900.00"
	l.Note(&payout.Note{Merchant: merchant, Run: testRun(true, at)})
	l.Note(&payout.Note{Merchant: &payout.Merchant{Name: "Әлия", ID: 1, Environment: "test"}})
	intent := testIntent("1001", at)
	intent.Former = []payout.Address{staffAddress("old \"1001\""), staffAddress("${x}")}
	must(t, l.Begin(intent))
	must(t, l.Settle(testOutcome("1001", payout.InDoubt, at)))
	paid := testOutcome("1001", payout.Paid, at.Add(time.Minute))
	paid.Cause, paid.Event = payout.CausePerson, payout.Event{
		Status: payout.Paid, At: at.Add(time.Minute), Source: payout.SourceManual, By: "dana", Reason: "bank statement",
		Evidence: digestPrefix + strings.Repeat("0f", 32),
	}
	paid.NotFound, paid.Failures = payout.Seen{Count: 2, First: at, Last: at.Add(time.Second)}, payout.Seen{Count: 1, First: at, Last: at}
	paid.Raise = []payout.Flag{payout.FlagDisputed, payout.FlagAlarm}
	must(t, l.Settle(paid))
	single := testIntent("x", at)
	single.Address, single.OrderID = payout.NewAddress("rent", "2026-11-22", "office"), "rent-1"
	single.Amount = payout.Money{Minor: 7, Currency: payout.MustCurrency("UZS")}
	must(t, l.Begin(single))
	d := &document{
		format: FormatVersion, version: "0.1.0", lineage: "6f2c1d0e-9a55-4c3b-8f10-0d6a1b2c3d4e", serial: 3, sequence: 5,
		previous: digestPrefix + strings.Repeat("a0", 32), unproven: []string{"pushed: restored"}, archived: []string{"11111111-9a55-4c3b-8f10-0d6a1b2c3d4e"},
		ledger: l,
	}
	must(t, d.complete())
	d.digest = d.computeDigest()
	return d
}

func encoded(t *testing.T, d *document) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, d.encode(&b, fileForm))
	return b.Bytes()
}

func TestGoldenState(t *testing.T) {
	got := encoded(t, goldenDocument(t))
	path := filepath.Join("testdata", "state.golden.json")
	if os.Getenv("UPDATE") == "1" {
		must(t, os.MkdirAll("testdata", 0o777))
		must(t, os.WriteFile(path, got, 0o666))
	}
	if diff := cmp.Diff(string(readFile(t, path)), string(got)); diff != "" {
		t.Error(diff)
	}
	doc, err := decode(bytes.NewReader(got))
	must(t, err)
	if diff := cmp.Diff(string(got), string(encoded(t, doc))); diff != "" {
		t.Errorf("round trip:\n%s", diff)
	}
	raw, err := rawDigest(got)
	must(t, err)
	if raw != doc.digest || doc.computeDigest() != raw {
		t.Errorf("digests: raw %s, recorded %s, computed %s", raw, doc.digest, doc.computeDigest())
	}
}

// The digest that the tables compute is that of the file's own RFC 8785 bytes,
// whatever strings stand in it.
func TestDigestIsRFC8785(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := payout.NewLedger()
		text := rapid.String()
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns"))
		l.Note(&payout.Note{
			Merchant: &payout.Merchant{Name: "m" + text.Draw(t, "merchant"), ID: rapid.Int64Range(0, maxInteger).Draw(t, "id"), LastCall: at},
			Run:      &payout.Run{ID: "r", BalanceAfter: rapid.MapOfN(text, text, 0, 5).Draw(t, "balances"), Approvals: []string{text.Draw(t, "a")}},
		})
		for i := range rapid.IntRange(0, 4).Draw(t, "n") {
			in := testIntent(fmt.Sprintf("k%d", i), at)
			in.Address.Key += keyText.Draw(t, "key")
			in.Description, in.UserID = text.Draw(t, "description"), text.Draw(t, "user")
			in.Amount.Minor = rapid.Int64Range(0, 1e15).Draw(t, "minor")
			in.OrderID = fmt.Sprint("o", i)
			if err := l.Begin(in); err != nil {
				t.Fatal(err)
			}
		}
		d := &document{format: FormatVersion, version: text.Draw(t, "version"), lineage: newLineage(), serial: 1, ledger: l}
		if err := d.complete(); err != nil {
			t.Fatal(err)
		}
		d.digest = d.computeDigest()
		var b bytes.Buffer
		if err := d.encode(&b, fileForm); err != nil {
			t.Fatal(err)
		}
		raw, err := rawDigest(b.Bytes())
		if err != nil || raw != d.digest {
			t.Fatalf("raw %s, %v, computed %s of\n%s", raw, err, d.digest, b.String())
		}
	})
}

var keyText = rapid.StringMatching(`[a-zA-Zә"\\$%{}'< .-]{0,8}[a-z]`)

func TestAddressesAndAmountsAreWrittenAsTheirStrings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := payout.NewAddress(rapid.String().Draw(t, "batch"), rapid.String().Draw(t, "period"), rapid.String().Draw(t, "name"))
		if rapid.Bool().Draw(t, "keyed") {
			a = a.WithKey(rapid.String().Draw(t, "key"))
		}
		if got, want := string(appendAddress(nil, &a)), string(appendString(nil, a.String())); got != want {
			t.Fatalf("address %s, want %s", got, want)
		}
		code := rapid.SampledFrom([]string{"KZT", "JPY", "BHD", "UYW"}).Draw(t, "currency")
		m := payout.Money{Minor: rapid.Int64().Draw(t, "minor"), Currency: payout.MustCurrency(code)}
		if got, want := string(appendAmount(nil, m)), `"`+m.Decimal()+`"`; got != want {
			t.Fatalf("amount %s, want %s", got, want)
		}
	})
}

// Every byte of a state, changed, is found, but for white space.
func TestFlippedBitsInTheState(t *testing.T) {
	s := testStore(t)
	data := encoded(t, goldenDocument(t))
	for i := range data {
		flipped := bytes.Clone(data)
		flipped[i] ^= 1 << (i % 8)
		must(t, os.WriteFile(s.Path, flipped, 0o600))
		if _, _, err := readState(OS{}, s.Path); err == nil {
			t.Fatalf("byte %d, %q changed to %q, was not found", i, data[i], flipped[i])
		}
	}
}

func TestStatesThatAreRefused(t *testing.T) {
	good := string(encoded(t, goldenDocument(t)))
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the golden state has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct {
		name, data, want string
		line             int
	}{
		{"empty", "", "the file is empty", 1},
		{"array", "[]", "a JSON object", 1},
		{"cut", good[:len(good)/2], "cut short", 0},
		{"byte-order mark", "\xef\xbb\xbf" + good, "byte-order mark", 1},
		{"rows", "id,amount\n1,5\n", "this is no JSON: invalid character", 1},
		{"trailing", good + "{}", "follows the end", 0},
		{"repeated member", replace(`"serial": 3,`, `"serial": 3, "serial": 3,`), "duplicate", 5},
		{"bad utf-8", replace("aigul", "aig\xffl"), "UTF-8", 0},
		{"lineage", replace("6f2c1d0e", "6F2C1D0E"), "lineage", 0},
		{"digest", replace(`"digest": "sha256:`, `"digest": "md5:`), "digest", 0},
		{"previous", replace(`"previous_digest": "sha256:`, `"previous_digest": "md5:`), "previous_digest", 0},
		{"serial", replace(`"serial": 3`, `"serial": -3`), "serial", 0},
		{"sequence", replace(`"sequence": 5`, `"sequence": 9007199254740992`), "sequence", 0},
		{"number", replace(`"serial": 3`, `"serial": "3"`), "serial", 5},
		{"amount", replace(`"amount":"0.07"`, `"amount":"0,07"`), "comma", 23},
		{"amount missing", replace(`"amount":"0.07",`, ``), "empty", 23},
		{"currency", replace(`"currency":"UZS"`, `"currency":"XZS"`), "unknown", 23},
		{"status word", replace(`"status":"sending","at"`, `"status":"lost","at"`), "no such status", 23},
		{"status", replace(`"status":"sending","amount"`, `"status":"paid","amount"`), "newest event", 23},
		{"period", replace(`"period":"2026-11-22"`, `"period":"2026-12"`), "period", 23},
		{"address", replace(`"address":"rent[`, `"address":"9[`), "identifiers", 23},
		{"merchant missing", replace(`"merchant":"main","period":"2026-11-22"`, `"period":"2026-11-22"`), "merchant", 23},
		{"order", replace(`"address":"rent[`, `"address":"zebra[`), "out of order", 24},
		{"order id", replace(`"order_id":"rent-1"`, `"order_id":""`), "order id", 23},
		{"same order id", replace(`"order_id":"rent-1"`, `"order_id":"ACME-salaries-1001"`), "belongs to", 24},
		{"attempt", replace(`"n":1,"order_id":"rent-1"`, `"n":5,"order_id":"rent-1"`), "attempt 5", 23},
		{"no attempts", replace(`"attempts":[{"n":1,"order_id":"rent-1"`, `"attempts":[],"x":[{"n":1,"order_id":"rent-1"`), "no attempt", 23},
		{"no events", replace(`"events":[{"status":"sending"`, `"events":[],"x":[{"status":"sending"`), "no event", 23},
		{"declared event", replace(`"events":[{"status":"sending","at"`, `"events":[{"at"`), "has no status", 23},
		{"flags", replace(`["alarm","disputed"]`, `["disputed","alarm"]`), "flags", 24},
		{"former", replace(`"former":["salaries`, `"former":["`), "address", 24},
		{"seen", replace(`"not_found":{"count":2`, `"not_found":{"count":-2`), "count", 24},
		{"failures", replace(`"failures":{"count":1`, `"failures":{"count":-1`), "count", 24},
		{"totals", replace(`{"count":1,"sum":"0.07"}`, `{"count":1,"sum":"0.08"}`), "add up", 0},
		{"totals entry", replace(`"UZS":{"sending":{"count":1,"sum":"0.07"}}`, `"UZS":{}`), "add up", 0},
		{"merchant order", replace(`"name":"Әлия"`, `"name":"a"`), "out of order", 0},
		{"merchant name", replace(`"name":"main"`, `"name":""`), "no name", 0},
		{"run state", replace(`"state":"open"`, `"state":"ajar"`), "ajar", 0},
		{"payouts", replace(`"payouts": [`, `"payoffs": [`), "payouts are missing", 0},
		{"payouts shape", replace(`"payouts": [`, `"payouts": 7, "x": [`), "array", 0},
		{"format missing", replace(`"format_version": "1.0",`, ``), "format_version", 0},
		{"time", replace(`"opened_at":"2026-11-21T13`, `"opened_at":"2026-11-21 13`), "opened_at", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := testStore(t)
			must(t, os.WriteFile(s.Path, []byte(test.data), 0o600))
			_, err := s.Load(ctx)
			var format *FormatError
			if !errors.As(err, &format) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), s.Path) || format.Line < 1 {
				t.Fatalf("load: %v, want %q", err, test.want)
			}
			if test.line > 0 && format.Line != test.line {
				t.Errorf("line %d, want %d: %v", format.Line, test.line, err)
			}
		})
	}
}

func TestVersionsAndMarkers(t *testing.T) {
	s := testStore(t)
	good := string(encoded(t, goldenDocument(t)))
	write := func(data string) { must(t, os.WriteFile(s.Path, []byte(data), 0o600)) }

	write(strings.Replace(good, `"1.0"`, `"2.0"`, 1))
	var version *VersionError
	if _, err := s.Load(ctx); !errors.As(err, &version) || version.Version != "2.0" || version.Writing || !strings.Contains(err.Error(), s.Path) {
		t.Errorf("major version: %v", err)
	}
	for _, bad := range []string{"1", "1.", "1.x", "01.0"} {
		if checkFormat(bad) == nil {
			t.Errorf("version %q was accepted", bad)
		}
	}
	write(strings.Replace(good, `  "serial"`, "<<<<<<< ours\n  \"serial\"", 1))
	var markers *ConflictMarkersError
	if _, err := s.Load(ctx); !errors.As(err, &markers) || markers.Line != 5 || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("conflict markers: %v", err)
	}
	write(strings.Replace(good, `"dana"`, `"dina"`, 1))
	var edited *HandEditedError
	if _, err := s.Load(ctx); !errors.As(err, &edited) || edited.Recorded == edited.Computed || !strings.Contains(err.Error(), "does not match its digest") {
		t.Errorf("hand edit: %v", err)
	}
}

// A state of a later minor version is read, unknown members and all, and not
// written.
func TestLaterMinorVersion(t *testing.T) {
	s := testStore(t)
	data := encoded(t, goldenDocument(t))
	data = bytes.Replace(data, []byte(`"1.0"`), []byte(`"1.7"`), 1)
	data = bytes.Replace(data, []byte(`"serial"`), []byte(`"novelty": {"b": [1, 2.50], "a": null}, "serial"`), 1)
	digest, err := rawDigest(data)
	must(t, err)
	data = bytes.Replace(data, []byte(goldenDocument(t).digest), []byte(digest), 1)
	must(t, os.WriteFile(s.Path, data, 0o600))
	snap := mustLoad(t, s)
	if snap.FormatVersion != "1.7" || snap.Ledger.Len() != 2 || snap.Digest != digest {
		t.Errorf("loaded %+v", snap)
	}
	var version *VersionError
	if err := s.Save(ctx, snap); !errors.As(err, &version) || !version.Writing || !strings.Contains(err.Error(), "newer") {
		t.Errorf("save: %v", err)
	}
	if err := s.Push(ctx, data, "mended"); !errors.As(err, &version) {
		t.Errorf("push: %v", err)
	}
	if diff := cmp.Diff(string(data), string(readFile(t, s.Path))); diff != "" {
		t.Error(diff)
	}
}

func TestModeIsKept(t *testing.T) {
	s := testStore(t)
	snap := mustLoad(t, s)
	must(t, s.Save(ctx, snap))
	info, err := os.Stat(s.Path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a new state has mode %o", info.Mode().Perm())
	}
	must(t, os.Chmod(s.Path, 0o664))
	snap = mustLoad(t, s)
	snap.Ledger.Note(&payout.Note{Merchant: testMerchant()})
	must(t, s.Save(ctx, snap))
	info, err = os.Stat(s.Path)
	must(t, err)
	if info.Mode().Perm() != 0o664 {
		t.Errorf("a state of mode 664 was saved as %o", info.Mode().Perm())
	}
}

func TestPlacesThatAreRefused(t *testing.T) {
	refused := func(t *testing.T, s *Local, want string) {
		t.Helper()
		var place *PlaceError
		_, loadErr := s.Load(ctx)
		_, lockErr := s.Lock(ctx, LockInfo{}, 0)
		if !errors.As(loadErr, &place) && !errors.As(lockErr, &place) {
			t.Fatalf("load: %v, lock: %v", loadErr, lockErr)
		}
		if !strings.Contains(place.Error(), want) {
			t.Errorf("%v, want %q", place, want)
		}
	}
	for _, suffix := range []string{"", ".lock", ".journal.0001", ".tmp"} {
		t.Run("link"+suffix, func(t *testing.T) {
			s := testStore(t)
			must(t, os.Symlink("elsewhere", s.Path+suffix))
			if suffix == ".tmp" {
				var place *PlaceError
				if err := s.Save(ctx, mustLoad(t, s)); !errors.As(err, &place) {
					t.Errorf("save over a link: %v", err)
				}
				return
			}
			refused(t, s, "symbolic link")
		})
	}
	t.Run("folder", func(t *testing.T) {
		s := testStore(t)
		must(t, os.Mkdir(s.Path, 0o700))
		refused(t, s, "folder")
	})
	t.Run("pipe", func(t *testing.T) {
		s := testStore(t)
		must(t, syscall.Mkfifo(LockPath(s.Path), 0o600))
		refused(t, s, "not a regular file")
	})
}
