package view

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// exampleToken is the one of the vendor's documentation.
const exampleToken = "ef741cfc-f85e-41a0-84e6-2ba964912182"

var (
	at     = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	almaty = time.FixedZone("Asia/Almaty", 5*3600)
	kzt    = payout.MustCurrency("KZT")
	main   = &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, API: "gateway", Currency: kzt, Zone: almaty}
)

// golden compares with testdata/NAME; UPDATE=1 rewrites it.
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
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func tenge(major int64) payout.Money { return payout.Money{Minor: major * 100, Currency: kzt} }

func token(t testing.TB, text string) payout.CardToken {
	t.Helper()
	tok, err := payout.NewCardToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// numbered is a token of its own for each number.
func numbered(n int) string { return fmt.Sprintf("%08x-f85e-41a0-84e6-2ba9649%05d", 0xab000000+n, n) }

func declare(t testing.TB, a payout.Address, major int64, user int) planner.Payout {
	return planner.Payout{
		Address: a, Amount: tenge(major), UserID: fmt.Sprint(user), Token: token(t, numbered(user)),
		Description: "Salary 2026-11", TimeLimit: planner.DefaultTimeLimit, Retry: 1,
	}
}

// recorded restores a payout in a status, with one attempt of the derived order
// id.
func recordOf(p *planner.Payout, status payout.Status, since time.Time, code, words string) *payout.Record {
	id := p.OrderIDFor(main, 1)
	return &payout.Record{Details: p.Details(main), Attempts: []payout.Attempt{{
		N: 1, OrderID: id, TimeLimit: since.Add(24 * time.Hour), PaymentID: "7700",
		Events: []payout.Event{
			{Status: payout.Sending, At: since, Source: payout.SourceIntent},
			{Status: status, At: since.Add(3 * time.Second), Source: payout.SourceStatus, Code: code, Words: words},
		},
	}}}
}

func ledgerOf(t testing.TB, records ...*payout.Record) *payout.Ledger {
	t.Helper()
	l := payout.NewLedger()
	for _, r := range records {
		if err := l.Restore(r); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// screen makes what a command shows of batches and a ledger.
func screen(batches []planner.Batch, ledger *payout.Ledger, in policy.Input) *Plan {
	plan := planner.Diff(batches, ledger, planner.Options{At: at})
	in.Plan, in.Ledger = plan, ledger
	return &Plan{
		Plan: plan, Findings: policy.Check(in), NewRecipients: plan.NewRecipients(ledger),
		StatePath: "payouts.state.json", Serial: 7, StateExists: true, Labels: true,
		Digest: "sha256:" + strings.Repeat("4be0", 16),
		Rates:  map[string]Rate{"main": {Calls: 30, Per: time.Minute}},
	}
}

// small is a plan of three payouts, none recorded.
func small(t testing.TB) *Plan {
	batch := planner.Batch{Name: "suppliers", Period: "2026-11-22", Merchant: main}
	for i, key := range []string{"rent", "water", "Қуат"} {
		p := declare(t, payout.NewAddress("suppliers", "2026-11-22", "office").WithKey(key), int64(900000/(i*i*i+1)), i+1)
		batch.Payouts = append(batch.Payouts, p)
	}
	batch.Payouts[0].Label = "ТОО «Астана Плаза»"
	batch.Payouts[1].Label = "東京水道"
	return screen([]planner.Batch{batch}, payout.NewLedger(), policy.Input{})
}

// big is the plan of the documentation: 318 payouts, some in trouble.
func big(t testing.TB) *Plan {
	salaries := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: main,
		Expect: &planner.Expect{Count: 314, HasCount: true},
		Limits: &planner.Limits{MaxPayout: &planner.MoneyLimit{Value: tenge(1000000)}, MaxNewRecipients: &planner.CountLimit{Value: 400}}}
	director := declare(t, payout.NewAddress("salaries", "2026-11", "director"), 1200000, 1)
	director.Label = "A. Serikova"
	salaries.Payouts = append(salaries.Payouts, director)
	for i := 2; i <= 314; i++ {
		salaries.Payouts = append(salaries.Payouts, declare(t, payout.NewAddress("salaries", "2026-11", "staff").WithKey(fmt.Sprint(1000+i)), int64(100000+i), i))
	}
	suppliers := planner.Batch{Name: "suppliers", Period: "2026-11-22", Merchant: main, Skipped: 2}
	for i, key := range []string{"rent", "water", "lift", "power", "net", "guard"} {
		suppliers.Payouts = append(suppliers.Payouts, declare(t, payout.NewAddress("suppliers", "2026-11-22", "office").WithKey(key), int64(200000+i), 500+i))
	}
	yesterday := time.Date(2026, 11, 21, 13, 3, 0, 0, time.UTC)
	ledger := ledgerOf(t,
		recordOf(&suppliers.Payouts[1], payout.InDoubt, yesterday, "", "connection reset"),
		recordOf(&suppliers.Payouts[2], payout.Failed, yesterday.Add(-24*time.Hour), "10017", "card expired"))
	for i := 2; i <= 314; i++ {
		old := declare(t, payout.NewAddress("salaries", "2026-10", "staff").WithKey(fmt.Sprint(i)), 1000, i)
		if err := ledger.Restore(recordOf(&old, payout.Paid, yesterday.AddDate(0, -1, 0), "", "")); err != nil {
			t.Fatal(err)
		}
	}
	return screen([]planner.Batch{salaries, suppliers}, ledger, policy.Input{})
}

// quiet is a plan of three paid payouts.
func quiet(t testing.TB) *Plan {
	batch := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: main}
	var records []*payout.Record
	for i := range 3 {
		p := declare(t, payout.NewAddress("salaries", "2026-11", "staff").WithKey(fmt.Sprint(i)), 1000, i)
		batch.Payouts = append(batch.Payouts, p)
		records = append(records, recordOf(&p, payout.Paid, at.Add(-time.Hour), "", ""))
	}
	return screen([]planner.Batch{batch}, ledgerOf(t, records...), policy.Input{})
}

// troubled is a plan in which nothing is as it should be.
func troubled(t testing.TB) *Plan {
	name := func(s string) payout.Address { return payout.NewAddress("salaries", "2026-11", s) }
	batch := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: main,
		Expect: &planner.Expect{Count: 2, HasCount: true, Total: tenge(1), HasTotal: true},
		Limits: &planner.Limits{
			MaxCount:  &planner.CountLimit{Value: 2, Hard: true},
			MaxPayout: &planner.MoneyLimit{Value: tenge(50)}, MaxTotal: &planner.MoneyLimit{Value: tenge(100)}}}
	var records []*payout.Record
	add := func(label string, status payout.Status, edit func(p *planner.Payout, r *payout.Record)) {
		p := declare(t, name(label), 100, len(batch.Payouts)+1)
		var r *payout.Record
		if status != payout.Declared {
			r = recordOf(&p, status, at.Add(-2*time.Hour), "", "")
			records = append(records, r)
		}
		if edit != nil {
			edit(&p, r)
		}
		if p.Address.Name != "" {
			batch.Payouts = append(batch.Payouts, p)
		}
	}
	add("alarm", payout.Paid, func(_ *planner.Payout, r *payout.Record) { r.Flags = []payout.Flag{payout.FlagAlarm} })
	add("changed", payout.Paid, func(p *planner.Payout, _ *payout.Record) { p.Amount = tenge(101) })
	add("doubt", payout.InDoubt, nil)
	add("edited", payout.Failed, func(p *planner.Payout, _ *payout.Record) { p.Amount = tenge(99) })
	add("failed", payout.Failed, nil)
	add("fresh", payout.Declared, nil)
	add("gone", payout.NotFound, nil)
	add("held", payout.Declared, func(p *planner.Payout, _ *payout.Record) { p.Hold = "the contract is not signed" })
	add("left", payout.Paid, func(p *planner.Payout, _ *payout.Record) { p.Address.Name = "" })
	add("seen", payout.Failed, func(p *planner.Payout, _ *payout.Record) { p.Retry = 2 })
	p := screen([]planner.Batch{batch}, ledgerOf(t, records...), policy.Input{
		Overrides: []policy.Override{{Name: "salaries.max_total", Reason: "the board agreed on Friday"}},
		Checks:    []policy.CheckResult{{Name: "growth", Known: true, Warn: true, Message: "The payroll grew."}}})
	p.StateExists, p.Unproven, p.LockedBy = false, []string{"it is new"}, "aigul@host (pid 12) since 08:59"
	p.Warnings = []string{"description has a comma"}
	p.NewRecipients = nil
	return p
}

func drawn(draw func(*bytes.Buffer)) string {
	var b bytes.Buffer
	draw(&b)
	return b.String()
}
