package planfile_test

import (
	"fmt"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

// The plan's time of every test: noon in Almaty.
var noon = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)

var kzt = payout.MustCurrency("KZT")

// exampleToken is the one of the vendor's documentation.
const exampleToken = "ef741cfc-f85e-41a0-84e6-2ba964912182"

func merchant() *planner.Merchant {
	return &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, API: "gateway", Prefix: "acme",
		FormerPrefixes: []string{"old"}, Currency: kzt, Zone: time.FixedZone("Asia/Almaty", 5*3600)}
}

func at(batch, period, name string) payout.Address { return payout.NewAddress(batch, period, name) }

func declare(t testing.TB, a payout.Address, n int) planner.Payout {
	t.Helper()
	text := exampleToken
	if n > 0 {
		text = fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012d", n)
	}
	token, err := payout.NewCardToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return planner.Payout{Address: a, Amount: payout.Money{Minor: int64(n+1) * 100_000, Currency: kzt}, UserID: fmt.Sprint(n), Token: token,
		Description: "Salary 2026-11", TimeLimit: planner.DefaultTimeLimit, Retry: 1, Label: "A. Serikova"}
}

func recorded(m *planner.Merchant, p planner.Payout, status payout.Status) *payout.Record {
	return &payout.Record{Details: p.Details(m), Attempts: []payout.Attempt{{N: 1, OrderID: p.OrderIDFor(m, 1), Events: []payout.Event{
		{Status: status, At: noon.Add(-time.Hour), Source: payout.SourceStatus},
	}}}}
}

// example is a plan with every action, a second batch with windows, and a
// payout of another period.
func example(t testing.TB) *planner.Plan {
	t.Helper()
	m := merchant()
	p := func(name string, n int) planner.Payout { return declare(t, at("salaries", "2026-11", name), n) }
	l := payout.NewLedger()
	for _, r := range []*payout.Record{
		recorded(m, p("paid", 1), payout.Paid), recorded(m, p("doubt", 2), payout.InDoubt), recorded(m, p("failed", 3), payout.Failed),
		recorded(m, p("mended", 4), payout.Failed), recorded(m, p("edited", 5), payout.Paid), recorded(m, p("gone", 6), payout.Paid),
		recorded(m, declare(t, at("salaries", "2026-10", "old"), 7), payout.Paid),
	} {
		if err := l.Restore(r); err != nil {
			t.Fatal(err)
		}
	}
	mended, edited, held := p("mended", 4), p("edited", 5), p("held", 8)
	mended.UserID, edited.UserID, held.Hold = "40", "50", "new card"
	salaries := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: m, Skipped: 2, Deadline: noon.Add(time.Hour),
		Payouts: []planner.Payout{p("director", 0), p("paid", 1), p("doubt", 2), p("failed", 3), mended, edited, held}}
	rent := planner.Batch{Name: "rent", Period: "2026-11", Merchant: m, NotBefore: noon.Add(-time.Hour), Hold: "",
		Payouts: []planner.Payout{declare(t, at("rent", "2026-11", "office").WithKey(`north "A"`), 9), declare(t, at("rent", "2026-11", "office").WithKey("south"), 10)}}
	return planner.Diff([]planner.Batch{salaries, rent}, l, planner.Options{At: noon, Included: func(a payout.Address) bool { return a.Key != "south" }})
}

func facts() planfile.Facts {
	return planfile.Facts{
		Version: "0.1.0", CreatedAt: noon, ExpiresAt: noon.Add(24 * time.Hour),
		State: planfile.State{Exists: true, Lineage: "0b1e7a52", Serial: 7, Digest: "sha256:77"},
		Inputs: []planfile.Input{
			{Path: "salaries-2026-11.csv", SHA256: "5d", NotCards: []string{"contract_no"}},
			{Path: "main.hcl", SHA256: "1a"},
		},
		Variables: []planfile.Variable{{Name: "rate", Value: "canary-value", Sensitive: true}, {Name: "period", Value: `"2026-11"`}},
		Gateways:  map[string]planfile.Gateway{"main": {Region: "kz", BaseURL: "http://127.0.0.1:8080", PostLink: "https://finance.example.kz/payrun/notify", LookupOff: true}},
		Options:   planfile.Options{RetryFailed: true, Targets: []string{"salaries", "rent"}, Excludes: []string{"*south*"}, ExpectTotals: []string{"KZT:1.00"}, ExpectCount: new(int)},
		Overrides: []planfile.Override{{Name: "salaries.max_payout", Reason: "agreed by the board"}, {Name: "merchant.main.balance", Reason: "money is on its way"}},
		Findings: []planfile.Finding{
			{Kind: "limit", Name: "salaries.max_payout", Text: "limit salaries.max_payout 1 000.00: held 9 000.00", Lifted: "agreed by the board"},
			{Kind: "expectation", Name: "salaries", Text: "expect salaries: 7 payouts", Holds: true},
			{Kind: "duplicate", Text: "duplicate …", Blocks: true},
		},
	}
}

func exampleFile(t testing.TB) *planfile.File {
	t.Helper()
	plan, f := example(t), facts()
	f.New = plan.Sending()[:1]
	return planfile.Build(plan, f)
}

func encode(t testing.TB, f *planfile.File) []byte {
	t.Helper()
	data, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
