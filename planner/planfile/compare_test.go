package planfile_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/planfile"
)

// texts are the lines for people.
func texts(list []planfile.Difference) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Text)
	}
	return out
}

func TestCompareEqual(t *testing.T) {
	if got := planfile.Compare(exampleFile(t), exampleFile(t)); len(got) != 0 {
		t.Errorf("equal plans differ: %q", got)
	}
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(f *planfile.File)
		want []string
	}{
		{"version", func(f *planfile.File) { f.Version = "0.2.0" }, []string{"payrun version was 0.1.0, now 0.2.0"}},
		{"file changed", func(f *planfile.File) { f.Inputs[0].SHA256 = "2b" }, []string{`file main.hcl: sha256 was "1a", now "2b"`}},
		{"file gone", func(f *planfile.File) { f.Inputs = f.Inputs[1:] }, []string{"file main.hcl is gone"}},
		{"file new", func(f *planfile.File) { f.Inputs = append(f.Inputs, planfile.Input{Path: "x.hcl"}) }, []string{"file x.hcl is new"}},
		{"exemption gone", func(f *planfile.File) { f.Inputs[1].NotCards = nil },
			[]string{`file salaries-2026-11.csv: not_cards was ["contract_no"], now nothing`}},
		{"variable", func(f *planfile.File) { f.Variables[0].Value = `"2026-12"` },
			[]string{`variable period: value was "\"2026-11\"", now "\"2026-12\""`}},
		{"merchant", func(f *planfile.File) { f.Merchants[0].Environment = "production" },
			[]string{`merchant main: environment was "sandbox", now "production"`}},
		{"state", func(f *planfile.File) { f.State.Serial, f.State.Digest = 8, "sha256:88" },
			[]string{`state: digest was "sha256:77", now "sha256:88"`, "state: serial was 7, now 8"}},
		{"limit", func(f *planfile.File) { f.Findings[1].Holds = false }, []string{"expectation salaries: holds was true, now false"}},
		{"duplicate gone", func(f *planfile.File) { f.Findings = f.Findings[:2] }, []string{"duplicate … is gone"}},
		{"override", func(f *planfile.File) { f.Overrides[0].Reason = "it came" },
			[]string{`override merchant.main.balance: reason was "money is on its way", now "it came"`}},
		{"expiry", func(f *planfile.File) { f.ExpiresAt = noon.Add(time.Hour) },
			[]string{`plan: expires_at was "2026-11-23T07:00:00Z", now "2026-11-22T08:00:00Z"`}},
		{"batch", func(f *planfile.File) { f.Batches[1].Hold = "audit" }, []string{`batch salaries 2026-11: hold was nothing, now "audit"`}},
		{"action", func(f *planfile.File) { f.Changes[0].Action, f.Changes[0].Reason = "wait", "held: audit" },
			[]string{`rent["2026-11"].office["north \"A\""]: action was "pay", now "wait"`, `rent["2026-11"].office["north \"A\""]: reason was nothing, now "held: audit"`}},
		{"payout new", func(f *planfile.File) { f.Changes = append(f.Changes, planfile.Change{Address: "x"}) }, []string{"x is new"}},
		{"payout gone", func(f *planfile.File) { f.Changes = f.Changes[1:] }, []string{`rent["2026-11"].office["north \"A\""] is gone`}},
		{"total", func(f *planfile.File) { f.Totals[0].Sum = "1.00" }, []string{`total KZT: sum was "16000.00", now "1.00"`}},
		{"count", func(f *planfile.File) { f.Counts.None = 9 }, []string{"count: none was 1, now 9"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := exampleFile(t)
			tt.edit(now)
			if d := cmp.Diff(tt.want, texts(planfile.Compare(exampleFile(t), now))); d != "" {
				t.Errorf("words differ (-want +got):\n%s", d)
			}
		})
	}
}

// TestCompareSources: what is left to send may differ once a plan is under
// way, its sources may not.
func TestCompareSources(t *testing.T) {
	now := exampleFile(t)
	now.Merchants[0].Sends = planfile.Tally{Count: 1, Sum: "1.00"}
	now.State.Serial, now.Changes, now.Counts, now.Totals = 8, nil, planfile.Counts{}, nil
	if got := planfile.CompareSources(exampleFile(t), now); len(got) != 0 {
		t.Errorf("sources differ: %q", got)
	}
	now.Merchants[0].Prefix = "new"
	if d := cmp.Diff([]string{`merchant main: prefix was "acme", now "new"`}, texts(planfile.CompareSources(exampleFile(t), now))); d != "" {
		t.Errorf("words differ (-want +got):\n%s", d)
	}
}

// TestRepeatedNames: two judgments of one name are paired in order.
func TestRepeatedNames(t *testing.T) {
	both := []planfile.Finding{{Kind: "limit", Name: "a", Text: "1"}, {Kind: "limit", Name: "a", Text: "2"}}
	old, now := exampleFile(t), exampleFile(t)
	old.Findings, now.Findings = both, both[:1]
	if d := cmp.Diff([]string{"limit a is gone"}, texts(planfile.Compare(old, now))); d != "" {
		t.Errorf("words differ (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"limit a is new"}, texts(planfile.Compare(now, old))); d != "" {
		t.Errorf("words differ (-want +got):\n%s", d)
	}
}

// TestEveryMemberCounts changes every member of every struct in the file, one
// at a time: the digest must change, and Compare must say why.
func TestEveryMemberCounts(t *testing.T) {
	want := exampleFile(t).Digest()
	changed := 0
	for _, path := range leaves(reflect.ValueOf(exampleFile(t)).Elem(), nil) {
		now := exampleFile(t)
		leaf := reflect.ValueOf(now).Elem()
		for _, step := range path {
			if leaf.Kind() == reflect.Slice {
				leaf = leaf.Index(step)
			} else {
				leaf = leaf.Field(step)
			}
		}
		mutate(leaf)
		changed++
		if now.Digest() == want {
			t.Errorf("member %v does not count for the digest", path)
		}
		if said := strings.Join(texts(planfile.Compare(exampleFile(t), now)), "\n"); said == "" {
			t.Errorf("Compare is silent about member %v", path)
		}
	}
	if changed < 200 {
		t.Errorf("only %d members were changed", changed)
	}
}

// leaves are the paths to every exported text, number, truth and time.
func leaves(v reflect.Value, path []int) [][]int {
	var out [][]int
	deeper := func(i int, w reflect.Value) { out = append(out, leaves(w, append(append([]int(nil), path...), i))...) }
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		return [][]int{path}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				deeper(i, v.Field(i))
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			deeper(i, v.Index(i))
		}
	default:
		return [][]int{path}
	}
	return out
}

func mutate(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(noon.Add(-time.Hour)))
	case v.Kind() == reflect.Pointer:
		v.SetZero()
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.CanInt():
		v.SetInt(v.Int() + 1)
	default:
		v.SetString(v.String() + "x")
	}
}
