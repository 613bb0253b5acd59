package hclconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const benchHead = `
merchant "main" {
  environment = "sandbox"
  merchant_id = 1
}
batch "b" {
  period      = "2026-11"
  description = "Salary"
`

func writeRows(tb testing.TB, dir string, n int) {
	tb.Helper()
	var b strings.Builder
	b.WriteString("id,name,net,token\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,Name Surname %d,%d.50,ef741cfc-f85e-41a0-84e6-%012x\n", i+1, i, 1000+i%5000, i)
	}
	write(tb, dir, "rows.csv", b.String())
}

func write(tb testing.TB, dir, name, text string) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func loadOrFail(tb testing.TB, dir string, payouts int) {
	tb.Helper()
	cfg, _, diags := Load(Options{Dir: dir})
	if diags.HasErrors() {
		tb.Fatal(show(diags))
	}
	if got := len(cfg.Batches[0].Payouts); got != payouts {
		tb.Fatalf("%d payouts, want %d", got, payouts)
	}
}

const rowsPayout = `
  payout "staff" {
    rows { path = "rows.csv" }
    key = row.id
    amount = row.net
    user_id = row.id
    card_token = row.token
    label = row.name
    description = "Salary ${row.id}"
  }
}
`

func BenchmarkLoadRows100k(b *testing.B) {
	dir := b.TempDir()
	writeRows(b, dir, 100_000)
	write(b, dir, "main.hcl", benchHead+rowsPayout)
	b.ReportAllocs()
	for b.Loop() {
		loadOrFail(b, dir, 100_000)
	}
}

func BenchmarkLoadRowsEvaluated100k(b *testing.B) {
	dir := b.TempDir()
	writeRows(b, dir, 100_000)
	write(b, dir, "main.hcl", benchHead+strings.Replace(rowsPayout, `row.name`, `upper(row.name)`, 1))
	b.ReportAllocs()
	for b.Loop() {
		loadOrFail(b, dir, 100_000)
	}
}

// BenchmarkLoadBlocks reads blocks of literals, and blocks with a template,
// which the parser has to see; the latter also in a file that is parsed whole.
func BenchmarkLoadBlocks(b *testing.B) {
	b.Run("literal", func(b *testing.B) { benchBlocks(b, 100_000, "", false) })
	b.Run("parsed", func(b *testing.B) { benchBlocks(b, 10_000, "    label = \"${1 + 1}\"\n", false) })
	b.Run("whole", func(b *testing.B) { benchBlocks(b, 10_000, "", true) })
}

func benchBlocks(b *testing.B, n int, more string, whole bool) {
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString(benchHead)
	for i := range n {
		fmt.Fprintf(&text, "  payout \"p%d\" {\n    amount = \"%d.00\"\n    user_id = %d\n", i, 100+i, i+1)
		fmt.Fprintf(&text, "    card_token = \"ef741cfc-f85e-41a0-84e6-%012x\"\n%s  }\n", i, more)
	}
	text.WriteString("}\n")
	write(b, dir, "main.hcl", text.String())
	b.ReportAllocs()
	for b.Loop() {
		l := newLoader(Options{Dir: dir})
		l.whole = whole
		if l.loadDir(); len(l.all) > 0 || len(l.cfg.Batches[0].Payouts) != n {
			b.Fatal(show(l.all))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/payout")
}
