package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/statefile"
)

const benchMerchant = `merchant "main" {
  environment = "sandbox"
  merchant_id = 9970
}
`

const benchBatchHead = `
batch %q {
  period      = "2026-11"
  merchant    = merchant.main
  description = "Salary 2026-11"
`

const benchRows = `
  payout "staff" {
    rows { path = "staff.FORMAT" }
    key        = row.id
    amount     = row.net
    user_id    = row.id
    card_token = row.token
    label      = row.name
  }
}
`

// rowsWorld is a configuration of n rows of CSV.
func rowsWorld(tb testing.TB, n int) string { return rowsWorldOf(tb, "csv", n) }

// rowsWorldOf is a configuration of n rows of a format: csv, jsonl or xlsx.
func rowsWorldOf(tb testing.TB, format string, n int) string {
	dir := tb.TempDir()
	batch := strings.Replace(benchRows, "FORMAT", format, 1)
	writeBench(tb, dir, "main.hcl", func(w *bufio.Writer) { fmt.Fprintf(w, benchMerchant+benchBatchHead+batch, "salaries") })
	writeBench(tb, dir, "staff."+format, func(w *bufio.Writer) {
		if format == "xlsx" {
			sheetRows(tb, w, n)
			return
		}
		line := "{\"id\":%d,\"name\":\"Name Surname %d\",\"net\":\"%d.50\",\"token\":\"ef741cfc-f85e-41a0-84e6-%012x\"}\n"
		if format == "csv" {
			line = "%d,Name Surname %d,%d.50,ef741cfc-f85e-41a0-84e6-%012x\n"
			fmt.Fprintln(w, "id,name,net,token")
		}
		for i := range n {
			fmt.Fprintf(w, line, i+1, i, 1000+i%5000, i)
		}
	})
	return dir
}

// sheetRows writes the rows as a spreadsheet of texts.
func sheetRows(tb testing.TB, w io.Writer, n int) {
	tb.Helper()
	file := excelize.NewFile()
	rows, err := file.NewStreamWriter("Sheet1")
	if err == nil {
		err = rows.SetRow("A1", []any{"id", "name", "net", "token"})
	}
	for i := 0; i < n && err == nil; i++ {
		err = rows.SetRow(fmt.Sprint("A", i+2), []any{fmt.Sprint(i + 1), fmt.Sprint("Name Surname ", i), fmt.Sprintf("%d.50", 1000+i%5000), fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012x", i)})
	}
	if err == nil {
		err = rows.Flush()
	}
	if err = errors.Join(err, file.Write(w), file.Close()); err != nil {
		tb.Fatal(err)
	}
}

// blocksWorld is a configuration of n payout blocks, none of which uses a
// variable. Some are written with a template where templated says so, which
// the quick reader of literals leaves to the parser.
func blocksWorld(tb testing.TB, n int, templated bool) string {
	name := `"Name Surname %d"`
	if templated {
		name = `"Name ${"Surname"} %d"`
	}
	const most = 250_000 // of one file: hclconfig.MaxFileBytes
	dir := tb.TempDir()
	writeBench(tb, dir, "merchant.hcl", func(w *bufio.Writer) { fmt.Fprint(w, benchMerchant) })
	for first := 0; first < n; first += most {
		writeBench(tb, dir, fmt.Sprintf("batch%d.hcl", first), func(w *bufio.Writer) {
			fmt.Fprintf(w, benchBatchHead, fmt.Sprint("salaries", first))
			for i := first; i < min(first+most, n); i++ {
				fmt.Fprintf(w, "\n  payout \"p%d\" {\n    amount     = \"%d.50\"\n    user_id    = %d\n", i, 1000+i%5000, i+1)
				fmt.Fprintf(w, "    card_token = \"ef741cfc-f85e-41a0-84e6-%012x\"\n    label      = "+name+"\n  }\n", i, i)
			}
			fmt.Fprintln(w, "}")
		})
	}
	return dir
}

func writeBench(tb testing.TB, dir, name string, fill func(*bufio.Writer)) {
	tb.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fill(w)
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// loadBench loads a configuration that has no problem.
func loadBench(tb testing.TB, dir string) *hclconfig.Config {
	tb.Helper()
	cfg, _, diags := hclconfig.Load(hclconfig.Options{Dir: dir})
	if diags.HasErrors() {
		tb.Fatal(diags)
	}
	return cfg
}

// settleBench writes the state in which everything that dir declares is paid.
func settleBench(tb testing.TB, dir string) {
	tb.Helper()
	store := benchStore(dir)
	snap, err := store.Load(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	cfg := loadBench(tb, dir)
	for _, m := range cfg.Merchants {
		snap.Ledger.Note(&payout.Note{At: benchTime, Merchant: &payout.Merchant{Name: m.Name, ID: m.ID, Environment: string(m.Environment)}})
	}
	for i := range cfg.Batches {
		b := &cfg.Batches[i]
		for j := range b.Payouts {
			payBench(tb, snap.Ledger, b.Merchant, &b.Payouts[j], j)
		}
	}
	if err := store.Save(context.Background(), snap); err != nil {
		tb.Fatal(err)
	}
}

var benchTime = time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)

func benchStore(dir string) *statefile.Local {
	return &statefile.Local{Path: filepath.Join(dir, hclconfig.DefaultStatePath), Version: version}
}

// payBench records a payout as accepted and paid.
func payBench(tb testing.TB, l *payout.Ledger, m *planner.Merchant, p *planner.Payout, i int) {
	tb.Helper()
	in := &payout.Intent{Details: p.Details(m), At: benchTime, Attempt: 1, OrderID: p.OrderIDFor(m, 1), TimeLimit: benchTime.Add(planner.DefaultTimeLimit)}
	accepted := &payout.Outcome{
		At: benchTime, Address: in.Address, Attempt: 1, OrderID: in.OrderID, Cause: payout.CauseCall, PaymentID: fmt.Sprint(70_000_000 + i),
		Event: payout.Event{Status: payout.Accepted, At: benchTime, Source: payout.SourceAnswer, Code: "0", Words: "ok"},
	}
	paid := *accepted
	paid.Cause, paid.PaymentDate = payout.CauseSuccess, "2026-11-21 18:00:01"
	paid.Event = payout.Event{Status: payout.Paid, At: benchTime, Source: payout.SourceStatus, Words: "success"}
	for _, err := range []error{l.Begin(in), l.Settle(accepted), l.Settle(&paid)} {
		if err != nil {
			tb.Fatal(err)
		}
	}
}
