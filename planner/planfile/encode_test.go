package planfile_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

// golden compares with a file of testdata; UPDATE=1 rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, d)
	}
}

func empty() *planfile.File {
	return planfile.Build(&planner.Plan{At: noon}, planfile.Facts{Version: "0.1.0", CreatedAt: noon, ExpiresAt: noon})
}

func TestGolden(t *testing.T) {
	golden(t, "example.json", encode(t, exampleFile(t)))
	golden(t, "empty.json", encode(t, empty()))
}

// TestDigestIsCanonical computes the digest the long way: RFC 8785 over what
// stands in the file.
func TestDigestIsCanonical(t *testing.T) {
	hostile := exampleFile(t)
	hostile.Changes[0].Reason = "\u2028 <&> \x7f \x01 \t \"\\/ é 𝄞 \ufb33"
	for name, f := range map[string]*planfile.File{"example": exampleFile(t), "empty": empty(), "hostile": hostile} {
		var all map[string]jsontext.Value
		if err := json.Unmarshal(encode(t, f), &all); err != nil {
			t.Fatal(err)
		}
		stated := strings.Trim(string(all["digest"]), `"`)
		delete(all, "digest")
		object, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		rest := jsontext.Value(object)
		if err := rest.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(rest)
		if want := "sha256:" + hex.EncodeToString(sum[:]); f.Digest() != want || stated != want {
			t.Errorf("%s: Digest is %s, the file says %s, want %s", name, f.Digest(), stated, want)
		}
	}
}

// TestLines: one change a line, so that two plans can be compared by line.
func TestLines(t *testing.T) {
	f := exampleFile(t)
	found := 0
	for _, line := range strings.Split(string(encode(t, f)), "\n") {
		if strings.Contains(line, `"order_id":`) {
			found++
		}
	}
	if found != len(f.Changes) || found == 0 {
		t.Errorf("%d changes on %d lines", len(f.Changes), found)
	}
}

// TestOrderOfFacts: the order in which files, variables and overrides were met
// changes no byte.
func TestOrderOfFacts(t *testing.T) {
	want := encode(t, exampleFile(t))
	for seed := range int64(20) {
		random, in, plan := rand.New(rand.NewSource(seed)), facts(), example(t)
		in.New = plan.Sending()[:1]
		random.Shuffle(len(in.Options.Targets), func(i, k int) {
			in.Options.Targets[i], in.Options.Targets[k] = in.Options.Targets[k], in.Options.Targets[i]
		})
		random.Shuffle(len(in.Inputs), func(i, k int) { in.Inputs[i], in.Inputs[k] = in.Inputs[k], in.Inputs[i] })
		random.Shuffle(len(in.Variables), func(i, k int) { in.Variables[i], in.Variables[k] = in.Variables[k], in.Variables[i] })
		random.Shuffle(len(in.Overrides), func(i, k int) { in.Overrides[i], in.Overrides[k] = in.Overrides[k], in.Overrides[i] })
		in.CreatedAt = in.CreatedAt.Add(time.Duration(seed) * time.Millisecond).In(time.FixedZone("", 3600))
		if got := encode(t, planfile.Build(plan, in)); !bytes.Equal(want, got) {
			t.Fatalf("seed %d: other bytes:\n%s", seed, cmp.Diff(string(want), string(got)))
		}
	}
}

// TestBuildKeepsNothing: what the caller changes later is not in the file.
func TestBuildKeepsNothing(t *testing.T) {
	plan, in := example(t), facts()
	f := planfile.Build(plan, in)
	want := f.Digest()
	in.Inputs[0].NotCards[0], in.Inputs[1].Path, in.Variables[0].Name, in.Overrides[0].Name, in.Findings[0].Name = "x", "x", "x", "x", "x"
	plan.Merchants[0].FormerPrefixes[0] = "x"
	if f.Digest() != want {
		t.Error("the file changed with its sources")
	}
}

// TestCanaries: no label, whole token or sensitive value.
func TestCanaries(t *testing.T) {
	data := string(encode(t, exampleFile(t)))
	for _, canary := range []string{"Serikova", exampleToken, "f85e-41a0", "canary-value"} {
		if strings.Contains(data, canary) {
			t.Errorf("the plan file holds %q", canary)
		}
	}
	for _, needed := range []string{`"card ef74…2182"`, `"name":"rate","sensitive":true}`, `"description":"Salary 2026-11"`} {
		if !strings.Contains(data, needed) {
			t.Errorf("the plan file lacks %s", needed)
		}
	}
}

func TestBuild(t *testing.T) {
	f := exampleFile(t)
	want := planfile.Counts{Attention: 1, Check: 1, Conflict: 1, Excluded: 1, History: 1, Left: 1, None: 1, Pay: 2, Retry: 1, Wait: 1}
	if d := cmp.Diff(want, f.Counts); d != "" {
		t.Errorf("counts differ (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]planfile.Total{{Count: 3, Currency: "KZT", Sum: "16000.00"}}, f.Totals); d != "" {
		t.Errorf("totals differ (-want +got):\n%s", d)
	}
	var sends []string
	for i := range f.Changes {
		if f.Changes[i].Sends() {
			sends = append(sends, f.Changes[i].Address)
		}
	}
	if d := cmp.Diff([]string{`rent["2026-11"].office["north \"A\""]`, `salaries["2026-11"].director`, `salaries["2026-11"].mended`}, sends); d != "" {
		t.Errorf("sent changes differ (-want +got):\n%s", d)
	}
	left := f.Changes[slices.IndexFunc(f.Changes, func(c planfile.Change) bool { return c.Action == "left" })]
	if left.Amount != "7000.00" || left.Destination != "card ef74…0006" || left.TimeLimit != "" || left.Status != "paid" {
		t.Errorf("a payout that left the files is %+v", left)
	}
}

func TestMerchantWithoutZone(t *testing.T) {
	m := merchant()
	m.Zone = nil
	f := planfile.Build(&planner.Plan{Merchants: []*planner.Merchant{m}}, facts())
	if got := f.Merchants[0]; got.Zone != "" || got.Sends != (planfile.Tally{Sum: "0.00"}) {
		t.Errorf("merchant is %+v", got)
	}
}

func TestExpired(t *testing.T) {
	f := exampleFile(t)
	if f.Expired(noon.Add(24 * time.Hour)) {
		t.Error("expired at its last moment")
	}
	if !f.Expired(noon.Add(24*time.Hour + 1)) {
		t.Error("not expired after it")
	}
}

// TestBrokenUTF8: names of files come from the operating system.
func TestBrokenUTF8(t *testing.T) {
	in := facts()
	in.Inputs = []planfile.Input{{Path: "a\xff.csv"}}
	f := planfile.Build(example(t), in)
	back, err := planfile.Decode(encode(t, f))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Inputs[0].Path; got != "a\ufffd.csv" || back.Digest() != f.Digest() {
		t.Errorf("path is %q, digests %s and %s", got, back.Digest(), f.Digest())
	}
}

// TestEncodeRefuses what Decode would refuse.
func TestEncodeRefuses(t *testing.T) {
	for _, tt := range contradictions() {
		f := exampleFile(t)
		tt.edit(f)
		_, err := f.Encode()
		wantFormatError(t, err, tt.reason)
	}
	if payout.MaxAttempts != 4 {
		t.Error("the table of contradictions takes 5 for too many attempts")
	}
}

func BenchmarkEncode100k(b *testing.B) {
	f := large(b)
	for b.Loop() {
		if _, err := f.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigest100k(b *testing.B) {
	f := large(b)
	for b.Loop() {
		f.Digest()
	}
}

func BenchmarkDecode100k(b *testing.B) {
	data := encode(b, large(b))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := planfile.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

// large is a plan of 100 000 payments.
func large(b *testing.B) *planfile.File {
	batch := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: merchant()}
	for i := range 100_000 {
		batch.Payouts = append(batch.Payouts, declare(b, at("salaries", "2026-11", "staff").WithKey(strings.Repeat("k", i%7)+time.Duration(i).String()), i))
	}
	return planfile.Build(planner.Diff([]planner.Batch{batch}, payout.NewLedger(), planner.Options{At: noon}), facts())
}
