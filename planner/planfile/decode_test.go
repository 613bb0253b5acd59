package planfile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

func wantFormatError(t *testing.T, err error, reason string) {
	t.Helper()
	var format *planfile.FormatError
	if !errors.As(err, &format) || format.Reason != reason {
		t.Errorf("error is %v (%T), want a FormatError: %s", err, err, reason)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, f := range []*planfile.File{exampleFile(t), empty()} {
		back, err := planfile.Decode(encode(t, f))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(f, back, cmpopts.IgnoreUnexported(planfile.File{}), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("decoded differs (-want +got):\n%s", d)
		}
		if back.Digest() != f.Digest() {
			t.Errorf("digest is %s, want %s", back.Digest(), f.Digest())
		}
	}
}

// small is a file with one payment: short enough to change each byte of it.
func small(t *testing.T) []byte {
	m := merchant()
	batch := planner.Batch{Name: "rent", Period: "2026-11", Merchant: m, Payouts: []planner.Payout{declare(t, at("rent", "2026-11", "office"), 1)}}
	plan := planner.Diff([]planner.Batch{batch}, payout.NewLedger(), planner.Options{At: noon})
	return encode(t, planfile.Build(plan, facts()))
}

// TestEveryChangedByte changes, takes out and doubles every byte.
func TestEveryChangedByte(t *testing.T) {
	data := small(t)
	for i := range data {
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			changed := bytes.Clone(data)
			changed[i] ^= flip
			if _, err := planfile.Decode(changed); err == nil {
				t.Fatalf("byte %d changed from %q to %q is not found", i, data[i], changed[i])
			}
		}
		without := append(bytes.Clone(data[:i]), data[i+1:]...)
		doubled := append(bytes.Clone(data[:i+1]), data[i:]...)
		for _, changed := range [][]byte{without, doubled} {
			if _, err := planfile.Decode(changed); err == nil {
				t.Fatalf("byte %d taken out or doubled is not found", i)
			}
		}
	}
}

// TestEdits are changes that a person or program makes to a file.
func TestEdits(t *testing.T) {
	data := string(encode(t, exampleFile(t)))
	for _, tt := range []struct {
		name, from, to string
		check          func(t *testing.T, err error)
	}{
		{"cut", data[len(data)/2:], "", wantReason("broken JSON")},
		{"second object", "}\n", "}\n{}\n", nil},
		{"repeated name", `"serial":7}`, `"serial":7,"serial":7}`, wantReason("broken JSON")},
		{"repeated member", "  \"overrides\": [", "  \"overrides\": [],\n  \"overrides\": [", wantReason("broken JSON")},
		{"number for text", `"id":"9970"`, `"id":9970`, wantReason("broken JSON")},
		{"fraction", `"serial":7}`, `"serial":7.5}`, wantReason("broken JSON")},
		{"amount", `"amount":"1000.00"`, `"amount":"9000.00"`, wantDigestError},
		{"digest", `"digest": "sha256:`, `"digest": "sha256:0`, wantDigestError},
		{"unknown member", `"serial":7}`, `"serial":7,"x":1}`, wantUnwritten},
		{"other name's case", `"serial":7}`, `"Serial":7}`, wantDigestError},
		{"white space", `"serial":7}`, `"serial": 7}`, wantUnwritten},
		{"other spelling", `"period"`, `"p\u0065riod"`, wantUnwritten},
		{"order", `"lineage":"0b1e7a52","serial":7`, `"serial":7,"lineage":"0b1e7a52"`, wantUnwritten},
		{"default written out", `"holds":true,"kind":"expectation",`, `"holds":true,"kind":"expectation","lifted":"",`, wantUnwritten},
		{"line ends", "\n", "\r\n", wantUnwritten},
		{"no last line end", "}\n", "}", wantUnwritten},
		{"null for a list", "\"overrides\": [", "\"overrides\": null, \"x\": [", wantDigestError},
		{"version 2", `"format_version": "1.0"`, `"format_version": "2.0"`, wantVersion("2.0")},
		{"version 2 of another shape", `"format_version": "1.0",`, `"format_version": "2.0", "changes": {}, "x": 1, "y":[`, wantReason("broken JSON")},
		{"version 0.9", `"format_version": "1.0"`, `"format_version": "0.9"`, wantVersion("0.9")},
		{"version 1", `"format_version": "1.0"`, `"format_version": "1"`, wantVersion("1")},
		{"version 1.00", `"format_version": "1.0"`, `"format_version": "1.00"`, wantVersion("1.00")},
		{"no version", `"format_version": "1.0"`, `"format_version": ""`, wantVersion("")},
		{"fractions of a second", `"created_at": "2026-11-22T07:00:00Z"`, `"created_at": "2026-11-22T07:00:00.5Z"`,
			wantReason(`created_at is no time in whole seconds of UTC: "2026-11-22T07:00:00.5Z"`)},
		{"other zone", `"expires_at": "2026-11-23T07:00:00Z"`, `"expires_at": "2026-11-23T12:00:00+05:00"`,
			wantReason(`expires_at is no time in whole seconds of UTC: "2026-11-23T12:00:00+05:00"`)},
		{"no time", `"expires_at": "2026-11-23T07:00:00Z"`, `"expires_at": "tomorrow"`, wantReason(`expires_at is no time in whole seconds of UTC: "tomorrow"`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(data, tt.from) {
				t.Fatalf("the file lacks %s", tt.from)
			}
			f, err := planfile.Decode([]byte(strings.Replace(data, tt.from, tt.to, 1)))
			if err == nil || f != nil {
				t.Fatalf("not found: file %v, error %v", f, err)
			}
			if tt.check != nil {
				tt.check(t, err)
			}
		})
	}
}

func wantReason(reason string) func(*testing.T, error) {
	return func(t *testing.T, err error) { wantFormatError(t, err, reason) }
}

func wantDigestError(t *testing.T, err error) {
	t.Helper()
	var digest *planfile.DigestError
	if !errors.As(err, &digest) || digest.Actual == digest.Stated || !strings.Contains(err.Error(), digest.Actual) {
		t.Errorf("error is %v (%T), want a DigestError", err, err)
	}
}

func wantUnwritten(t *testing.T, err error) {
	t.Helper()
	if !strings.HasPrefix(err.Error(), "read plan: the file is not written as payrun writes it, from byte ") {
		t.Errorf("error is %v", err)
	}
}

func wantVersion(version string) func(*testing.T, error) {
	return func(t *testing.T, err error) {
		t.Helper()
		var unknown *planfile.VersionError
		if !errors.As(err, &unknown) || unknown.Version != version || !strings.Contains(err.Error(), planfile.FormatVersion) {
			t.Errorf("error is %v (%T), want a VersionError", err, err)
		}
	}
}

// TestOtherShapeOfAnotherVersion: the version is named, not the shape.
func TestOtherShapeOfAnotherVersion(t *testing.T) {
	_, err := planfile.Decode([]byte(`{"format_version": "2.1", "changes": {"a": 1}}`))
	wantVersion("2.1")(t, err)
	_, err = planfile.Decode([]byte(`{"format_version": "1.0", "changes": {"a": 1}}`))
	wantFormatError(t, err, "broken JSON")
	if errors.Unwrap(err) == nil || !strings.HasPrefix(err.Error(), "read plan: broken JSON: ") {
		t.Errorf("the decoder's words are lost: %v", err)
	}
	_, err = planfile.Decode([]byte("null"))
	wantVersion("")(t, err)
}

// newerFile is the example as a later minor version might write it.
func newerFile(t testing.TB, extra string) []byte {
	t.Helper()
	data := string(encode(t, exampleFile(t)))
	data = strings.Replace(data, `"format_version": "1.0"`, `"format_version": "1.7"`, 1)
	return []byte(strings.Replace(data, `"exists":true,`, `"exists":true,`+extra, 1))
}

// TestNewerMinorVersion: unknown members are ignored, and the digest covers
// them.
func TestNewerMinorVersion(t *testing.T) {
	_, err := planfile.Decode(newerFile(t, `"color":"red",`))
	var digest *planfile.DigestError
	if !errors.As(err, &digest) {
		t.Fatalf("an edited file of a newer version: %v", err)
	}
	whole := strings.Replace(string(newerFile(t, `"color":"red",`)), digest.Stated, digest.Actual, 1)
	f, err := planfile.Decode([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if f.Digest() != digest.Actual || f.State.Serial != 7 || len(f.Changes) != len(exampleFile(t).Changes) {
		t.Errorf("a newer file is %+v with digest %s", f, f.Digest())
	}
	_, err = planfile.Decode([]byte(strings.Replace(whole, `"red"`, `"blue"`, 1)))
	wantDigestError(t, err)
	value := jsontext.Value(whole)
	if err := value.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	if _, err := planfile.Decode(value); err != nil {
		t.Errorf("layout of a newer version is no matter of the digest: %v", err)
	}
}

type contradiction struct {
	edit   func(f *planfile.File)
	reason string
}

// contradictions are files with a digest of their own whose content does not
// hold together.
func contradictions() []contradiction {
	const director = `change salaries["2026-11"].director`
	first := func(edit func(c *planfile.Change)) func(f *planfile.File) {
		return func(f *planfile.File) {
			for i := range f.Changes {
				if f.Changes[i].Address == `salaries["2026-11"].director` {
					edit(&f.Changes[i])
				}
			}
		}
	}
	return []contradiction{
		{first(func(c *planfile.Change) { c.Address = "director" }), `change "director" has no address`},
		{first(func(c *planfile.Change) { c.Address = "e\u0301[\"2026-11\"].a" }), "change \"e\u0301[\\\"2026-11\\\"].a\" has no address"},
		{first(func(c *planfile.Change) { c.Action = "none" }), director + ` has the unknown action "none"`},
		{first(func(c *planfile.Change) { c.Action = "steal" }), director + ` has the unknown action "steal"`},
		{first(func(c *planfile.Change) { c.Status = "lost" }), director},
		{first(func(c *planfile.Change) { c.Attempt = 0 }), director + ` has attempt 0, order id "` + orderID + `"`},
		{first(func(c *planfile.Change) { c.Attempt = 5 }), director + ` has attempt 5, order id "` + orderID + `"`},
		{first(func(c *planfile.Change) { c.OrderID = "" }), director + ` has attempt 1, order id ""`},
		{first(func(c *planfile.Change) { c.Currency = "XXX1" }), director + ` has the unknown currency "XXX1"`},
		{first(func(c *planfile.Change) { c.Amount = "1e3" }), director},
		{first(func(c *planfile.Change) { c.Amount = "1000" }), director},
		{first(func(c *planfile.Change) { c.Amount = "1000.01" }), "the total in KZT does not fit the changes"},
		{first(func(c *planfile.Change) { c.Amount = "92233720368547758.07" }), "add the amounts"},
		{first(func(c *planfile.Change) { c.Action = "wait" }), "the counts do not fit the changes"},
		{func(f *planfile.File) { f.Changes = append(f.Changes, f.Changes[0]) }, `change rent["2026-11"].office["north \"A\""] is out of order or repeated`},
		{func(f *planfile.File) { f.Counts.Pay++ }, "the counts do not fit the changes"},
		{func(f *planfile.File) { f.Totals = nil }, "the totals do not fit the changes"},
		{func(f *planfile.File) { f.Totals[0].Count++ }, "the total in KZT does not fit the changes"},
		{func(f *planfile.File) { f.CreatedAt = time.Time{} }, `created_at is no time in whole seconds of UTC: ""`},
		{func(f *planfile.File) { f.ExpiresAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, `expires_at is no time in whole seconds of UTC: "10000-01-01T00:00:00Z"`},
	}
}

// orderID is the director's.
var orderID = payout.DeriveOrderID(payout.OrderIDInput{MerchantID: 9970, Prefix: "acme", Address: at("salaries", "2026-11", "director"), Attempt: 1})

// TestImportedPaymentMayLackAnOrderID: it is known by its payment id.
func TestImportedPaymentMayLackAnOrderID(t *testing.T) {
	f := exampleFile(t)
	for i := range f.Changes {
		if f.Changes[i].Action == "left" {
			f.Changes[i].OrderID = ""
		}
	}
	if _, err := planfile.Decode(encode(t, f)); err != nil {
		t.Error(err)
	}
}

// TestForgedDigest: a plan whose total was lowered by hand, with a digest that
// fits, is refused for its content.
func TestForgedDigest(t *testing.T) {
	data := string(encode(t, exampleFile(t)))
	forged := strings.Replace(data, `"currency":"KZT","sum":"16000.00"`, `"currency":"KZT","sum":"1.00"`, 1)
	_, err := planfile.Decode([]byte(forged))
	var digest *planfile.DigestError
	if !errors.As(err, &digest) {
		t.Fatalf("error is %v", err)
	}
	_, err = planfile.Decode([]byte(strings.Replace(forged, digest.Stated, digest.Actual, 1)))
	wantFormatError(t, err, "the total in KZT does not fit the changes")
}

// FuzzDecode: whatever is accepted as this version is byte for byte what
// Encode writes, and nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add(encode(f, exampleFile(f)))
	f.Add(encode(f, empty()))
	f.Add(newerFile(f, `"color":1e999,`))
	f.Add([]byte(`{"format_version":"1.0"}`))
	f.Add([]byte(`{"format_version":"1.7","digest":"","created_at":"2026-11-22T07:00:00Z","expires_at":"2026-11-22T07:00:00Z","x":-0.0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := planfile.Decode(data)
		if err != nil {
			if file != nil {
				t.Fatalf("a file beside the error %v", err)
			}
			return
		}
		if !bytes.Contains(data, []byte(`"1.0"`)) {
			return
		}
		if again := encode(t, file); !bytes.Equal(again, data) {
			t.Fatalf("accepted %q, written as %q", data, again)
		}
	})
}
