package hclconfig

import (
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner/payout"
)

// seeds adds the files of all fixtures with a suffix.
func seeds(f *testing.F, suffix string) {
	f.Helper()
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "\n-- ") {
			name, body, _ := strings.Cut(part, " --\n")
			if strings.HasSuffix(name, suffix) {
				f.Add(body)
			}
		}
	}
}

// checkLoad says what holds for every input: no panic, a Config exactly where
// there is no error, every message usable.
func checkLoad(t *testing.T, dir string) *Config {
	t.Helper()
	cfg, sources, diags := Load(Options{Dir: dir})
	if (cfg == nil) != diags.HasErrors() {
		t.Fatalf("config %v with %s", cfg != nil, show(diags))
	}
	for _, d := range diags {
		if d.Summary == "" || strings.Contains(d.Detail, "%!") {
			t.Fatalf("unusable diagnostic %+v", d)
		}
		if d.Subject == nil {
			continue
		}
		if text, ok := sources.File(d.Subject.Filename); ok && d.Subject.End.Byte > len(text) {
			t.Fatalf("%s is outside of the file", d.Subject)
		}
	}
	w := hcl.NewDiagnosticTextWriter(io.Discard, sources.Files(diags), 100, false)
	if err := w.WriteDiagnostics(diags); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func FuzzLoad(f *testing.F) {
	seeds(f, ".hcl")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		write(t, dir, "main.hcl", text)
		checkLoad(t, dir)
	})
}

func FuzzLoadJSON(f *testing.F) {
	seeds(f, ".json")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		write(t, dir, "main.hcl.json", text)
		checkLoad(t, dir)
	})
}

func FuzzRows(f *testing.F) {
	seeds(f, ".csv")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		write(t, dir, "r.csv", text)
		write(t, dir, "main.hcl", benchHead+`
  payout "p" {
    rows { path = "r.csv" }
    key        = row.id
    when       = row.sum != "0"
    amount     = row.sum
    user_id    = row.id
    card_token = row.token
    label      = row.name
  }
}
`)
		cfg := checkLoad(t, dir)
		if cfg == nil {
			return
		}
		// Nothing is dropped: every row is paid or counted as skipped.
		b := cfg.Batches[0]
		if len(b.Payouts)+b.Skipped != cfg.Counts.Rows {
			t.Fatalf("%d payouts and %d skipped of %d rows", len(b.Payouts), b.Skipped, cfg.Counts.Rows)
		}
		for _, p := range b.Payouts {
			if !p.Address.HasKey || p.Amount.CheckPayable() != nil || p.Token.IsZero() {
				t.Fatalf("%+v", p)
			}
		}
	})
}

// FuzzMoney says that whatever number is taken is taken exactly.
func FuzzMoney(f *testing.F) {
	for _, text := range []string{"0.1", "132", "10.005", "1e30", "0.30000000000000004", "99999999.99", "-0"} {
		f.Add(text)
	}
	kzt := payout.MustCurrency("KZT")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := cty.ParseNumberVal(text)
		if err != nil || len(text) > 60 {
			return
		}
		m, err := numberMoney(v, kzt)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		got, okGot := new(big.Rat).SetString(m.Decimal())
		if !ok || !okGot {
			return
		}
		difference := new(big.Rat).Sub(want, got)
		limit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 250))
		if difference.Abs(difference).Cmp(limit) > 0 {
			t.Fatalf("%s became %s", text, m.Decimal())
		}
	})
}
