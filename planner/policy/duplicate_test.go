package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

const duplicateCure = `take one of the two out; or, if both are meant, write into the payout block at main.hcl:1: allow_duplicate = "reason"`

// pastCase is a payment recorded some days ago, beside which salaries.director
// is planned.
type pastCase struct {
	name    string
	earlier payout.Address
	status  payout.Status
	days    int
	edit    func(b *planner.Batch, r *payout.Record, l *payout.Ledger)
	broken  bool
}

func pastCases() []pastCase {
	return []pastCase{
		{"paid", at("rent", "2026-10", "office"), payout.Paid, 7, nil, true},
		{"accepted", at("rent", "2026-10", "office"), payout.Accepted, 7, nil, true},
		{"in doubt", at("rent", "2026-10", "office"), payout.InDoubt, 7, nil, true},
		{"failed", at("rent", "2026-10", "office"), payout.Failed, 7, nil, false},
		{"not sent", at("rent", "2026-10", "office"), payout.NotSent, 7, nil, false},
		{"returned", at("rent", "2026-10", "office"), payout.Returned, 7, nil, false},
		{"same batch and period", at("salaries", "2026-11", "other"), payout.Paid, 7, nil, true},
		{"same batch, other period", at("salaries", "2026-10", "director"), payout.Paid, 7, nil, false},
		{"last day of the window", at("rent", "2026-10", "office"), payout.Paid, 35, nil, true},
		{"outside the window", at("rent", "2026-10", "office"), payout.Paid, 36, nil, false},
		{"batch's window", at("rent", "2026-10", "office"), payout.Paid, 36, func(b *planner.Batch, _ *payout.Record, _ *payout.Ledger) {
			b.Limits = &planner.Limits{DuplicateWindow: 40 * 24 * time.Hour}
		}, true},
		{"merchant's window", at("rent", "2026-10", "office"), payout.Paid, 36, func(b *planner.Batch, _ *payout.Record, _ *payout.Ledger) {
			b.Limits, b.Merchant.Limits = &planner.Limits{}, &planner.Limits{DuplicateWindow: 40 * 24 * time.Hour}
		}, true},
		{"batch's window before the merchant's", at("rent", "2026-10", "office"), payout.Paid, 7, func(b *planner.Batch, _ *payout.Record, _ *payout.Ledger) {
			b.Limits, b.Merchant.Limits = &planner.Limits{DuplicateWindow: time.Hour}, &planner.Limits{DuplicateWindow: 40 * 24 * time.Hour}
		}, false},
		{"other amount", at("rent", "2026-10", "office"), payout.Paid, 7, func(b *planner.Batch, _ *payout.Record, _ *payout.Ledger) {
			b.Payouts[0].Amount.Minor++
		}, false},
		{"merchant renamed", at("rent", "2026-10", "office"), payout.Paid, 7, func(_ *planner.Batch, r *payout.Record, _ *payout.Ledger) {
			r.Merchant = "former"
		}, true},
		{"same account in another environment", at("rent", "2026-10", "office"), payout.Paid, 7, func(_ *planner.Batch, r *payout.Record, l *payout.Ledger) {
			r.Merchant = "live"
			l.Merchants = []payout.Merchant{{Name: "live", ID: 9970, Environment: "production"}}
		}, false},
		{"other account", at("rent", "2026-10", "office"), payout.Paid, 7, func(b *planner.Batch, _ *payout.Record, _ *payout.Ledger) {
			b.Merchant.ID = 12
		}, false},
		{"held", at("rent", "2026-10", "office"), payout.Paid, 7, func(b *planner.Batch, _ *payout.Record, _ *payout.Ledger) {
			b.Hold = "later"
		}, false},
		{"sent again inside the window", at("rent", "2026-10", "office"), payout.Paid, 50, func(_ *planner.Batch, r *payout.Record, _ *payout.Ledger) {
			again := noon.AddDate(0, 0, -7)
			r.Attempts[0].Events = append(r.Attempts[0].Events,
				payout.Event{Status: payout.Sending, At: again}, payout.Event{Status: payout.Paid, At: again})
		}, true},
	}
}

// TestDuplicateOfARecord plans one payout beside one recorded before.
func TestDuplicateOfARecord(t *testing.T) {
	for _, tt := range pastCases() {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			p, before := salaries(t, "director", 1, 1000), declare(t, tt.earlier, 1, 1000)
			r := recorded(m, before, tt.status, tt.days)
			b, l := batchOf(m, p), ledgerOf(t, r)
			b.Payouts = []planner.Payout{p}
			if tt.earlier.Period == p.Address.Period {
				b.Payouts = append(b.Payouts, before)
			}
			if tt.edit != nil {
				tt.edit(&b, r, l)
			}
			var got []policy.Finding
			for _, f := range judge(l, b) {
				if f.Kind == policy.KindDuplicate {
					got = append(got, f)
				}
			}
			if !tt.broken {
				if len(got) != 0 {
					t.Errorf("findings are %+v", got)
				}
				return
			}
			if f := only(t, got); f.OK || !f.Blocks || f.Refuses || len(f.Addresses) != 2 || f.Addresses[1] != tt.earlier {
				t.Errorf("finding is %+v", f)
			}
		})
	}
}

func TestDuplicateNamesBoth(t *testing.T) {
	m := merchant()
	p, office := salaries(t, "director", 1, 1000), declare(t, at("rent", "2026-10", "office"), 1, 1000)
	older := recorded(m, declare(t, at("rent", "2026-09", "office"), 1, 1000), payout.Paid, 20)
	l := ledgerOf(t, older, recorded(m, office, payout.InDoubt, 7))
	got := judge(l, batchOf(m, p))
	wantBroken(t, only(t, got), policy.KindDuplicate, `duplicate salaries["2026-11"].director: 1 000.00 KZT to card ef74…0001, as rent["2026-10"].office of 2026-11-15, order id `+
		office.OrderIDFor(m, 1)+", in doubt", duplicateCure)
	if got[0].Position != p.Position {
		t.Errorf("position is %s", got[0].Position)
	}
	p.AllowDuplicate = "second half of the fee"
	got = judge(l, batchOf(m, p))
	if f := only(t, got); f.OK || f.Blocks || f.Lifted != p.AllowDuplicate || f.Cure != "" || policy.Blocking(got) {
		t.Errorf("an allowed duplicate is %+v", f)
	}
}

// TestDuplicateOfARow: of rows the cure allows the one that is meant, and not
// all of them.
func TestDuplicateOfARow(t *testing.T) {
	m := merchant()
	row := declare(t, at("salaries", "2026-11", "staff").WithKey(`7"8`), 1, 1000)
	office := declare(t, at("rent", "2026-10", "office"), 1, 1000)
	for _, tt := range []struct{ expr, file, want string }{
		{"row.employee_id", "pay.hcl", `write into the payout block at pay.hcl:9: allow_duplicate = row.employee_id == "7\"8" ? "reason" : null`},
		{"each.key", "pay.hcl.json", `at pay.hcl.json:9: "allow_duplicate": "${each.key == \"7\\\"8\" ? \"reason\" : null}"`},
		{"", "", `write into the payout block: allow_duplicate = each.key == "7\"8" ? "reason" : null`},
	} {
		b := batchOf(m, row)
		if tt.expr != "" {
			b.Keys = map[string]planner.Key{"staff": {Expr: tt.expr, Position: planner.Position{File: tt.file, Line: 9}}}
		}
		got := only(t, judge(ledgerOf(t, recorded(m, office, payout.Paid, 7)), b))
		if !strings.Contains(got.Cure, tt.want) {
			t.Errorf("the cure is %s, want %s", got.Cure, tt.want)
		}
	}
	// One that stands alone has no key, and its own place.
	alone := declare(t, at("salaries", "2026-11", "alone"), 1, 1000)
	for _, tt := range []struct{ file, want string }{{"main.hcl", `at main.hcl:1: allow_duplicate = "reason"`}, {"main.hcl.json", `at main.hcl.json:1: "allow_duplicate": "reason"`}} {
		alone.Position.File = tt.file
		got := only(t, judge(ledgerOf(t, recorded(m, office, payout.Paid, 7)), batchOf(m, alone)))
		if !strings.Contains(got.Cure, tt.want) {
			t.Errorf("the cure is %s, want %s", got.Cure, tt.want)
		}
	}
}

// TestDuplicateOfARenamedBatch: the same payout of a batch that nobody declares
// any more is most likely the same payment, and no second one to be allowed.
func TestDuplicateOfARenamedBatch(t *testing.T) {
	m := merchant()
	p := declare(t, at("salaries", "2026-11", "director"), 1, 1000)
	renamed := `if batch pay was renamed to salaries, write a moved block from pay["2026-11"].director to salaries["2026-11"].director; else ` + duplicateCure
	for _, tt := range []struct {
		name    string
		earlier payout.Address
		others  []planner.Batch
		want    string
	}{
		{"renamed", at("pay", "2026-11", "director"), nil, renamed},
		{"other period", at("pay", "2026-10", "director"), nil, duplicateCure},
		{"other payout", at("pay", "2026-11", "head"), nil, duplicateCure},
		{"still declared", at("pay", "2026-11", "director"), []planner.Batch{batchOf(m, declare(t, at("pay", "2026-11", "head"), 2, 500))}, duplicateCure},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := ledgerOf(t, recorded(m, declare(t, tt.earlier, 1, 1000), payout.Paid, 7))
			for _, f := range judge(l, append(tt.others, batchOf(m, p))...) {
				if f.Kind == policy.KindDuplicate && f.Cure == tt.want && f.Blocks {
					return
				}
			}
			t.Errorf("no duplicate has the cure %s", tt.want)
		})
	}
}

// TestOwnRecordIsNoDuplicate: the retry of a failed payout that was found paid
// elsewhere is another rule's matter.
func TestOwnRecordIsNoDuplicate(t *testing.T) {
	m := merchant()
	p := salaries(t, "director", 1, 1000)
	r := recorded(m, p, payout.NotFound, 7)
	r.Attempts = append(r.Attempts, payout.Attempt{N: 2, OrderID: p.OrderIDFor(m, 2), Events: []payout.Event{{Status: payout.NotSent, At: noon}}})
	l := ledgerOf(t, r)
	plan := planOf(l, batchOf(m, p))
	if len(plan.Sending()) != 1 {
		t.Fatalf("plan sends %d", len(plan.Sending()))
	}
	if got := policy.Check(policy.Input{Plan: plan, Ledger: l}); len(got) != 0 {
		t.Errorf("findings are %+v", got)
	}
}

// TestTwins lists payouts of one plan with one destination and amount; a name
// with '!' allows duplicates, and the part before '/' is batch and period.
func TestTwins(t *testing.T) {
	for _, tt := range []struct {
		name    string
		payouts []string
		broken  []string // "later as earlier"
		lifted  []string
	}{
		{"two of one batch", []string{"s 11/a", "s 11/b"}, []string{"s 11/b as s 11/a"}, nil},
		{"three", []string{"s 11/a", "s 11/b", "s 11/c"}, []string{"s 11/b as s 11/a", "s 11/c as s 11/a"}, nil},
		{"two periods", []string{"s 10/a", "s 11/a"}, nil, nil},
		{"two batches", []string{"r 11/a", "s 11/a"}, []string{"s 11/a as r 11/a"}, nil},
		{"first allows", []string{"s 11/a!", "s 11/b"}, nil, []string{"s 11/a! as s 11/b"}},
		{"second allows", []string{"s 11/a", "s 11/b!"}, nil, []string{"s 11/b! as s 11/a"}},
		{"both allow", []string{"s 11/a!", "s 11/b!"}, nil, []string{"s 11/b! as s 11/a!"}},
		{"one of three allows", []string{"s 11/a!", "s 11/b", "s 11/c"}, []string{"s 11/c as s 11/b"}, []string{"s 11/a! as s 11/b"}},
		{"two periods beside another batch", []string{"r 11/z", "s 10/a", "s 11/a"},
			[]string{"s 10/a as r 11/z", "s 11/a as r 11/z"}, nil},
		{"two periods before another batch", []string{"a 10/x", "a 11/x", "s 11/a", "t 11/a"},
			[]string{"s 11/a as a 10/x", "t 11/a as a 10/x"}, nil},
		{"other batch met second", []string{"a 10/x!", "a 11/x!", "s 11/a"},
			nil, []string{"a 10/x! as s 11/a", "a 11/x! as s 11/a"}},
		{"own batch first, other batch second", []string{"b 10/x", "c 10/x!", "b 11/x!"},
			nil, []string{"c 10/x! as b 10/x"}},
		{"own batch first, other batch in between", []string{"b 10/x", "c 10/x", "b 11/x!"},
			[]string{"c 10/x as b 10/x"}, []string{"b 11/x! as c 10/x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			batches := make(map[[2]string]planner.Batch)
			word := make(map[payout.Address]string)
			for _, w := range tt.payouts {
				place, name, _ := strings.Cut(w, "/")
				label, period, _ := strings.Cut(place, " ")
				p := declare(t, at(label, period, strings.TrimSuffix(name, "!")), 1, 1000)
				p.UserID = w
				if strings.HasSuffix(name, "!") {
					p.AllowDuplicate = "agreed"
				}
				b := batches[[2]string{label, period}]
				b.Name, b.Period, b.Merchant, b.Payouts = label, period, m, append(b.Payouts, p)
				batches[[2]string{label, period}] = b
				word[p.Address] = w
			}
			var list []planner.Batch
			for _, b := range batches {
				list = append(list, b)
			}
			var broken, lifted []string
			for _, f := range judge(payout.NewLedger(), list...) {
				pair := word[f.Addresses[0]] + " as " + word[f.Addresses[1]]
				if f.Blocks {
					broken = append(broken, pair)
				} else {
					lifted = append(lifted, pair)
				}
			}
			if d := cmp.Diff(tt.broken, broken); d != "" {
				t.Errorf("broken differ (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.lifted, lifted); d != "" {
				t.Errorf("lifted differ (-want +got):\n%s", d)
			}
		})
	}
}

func TestTwinIsNamed(t *testing.T) {
	m := merchant()
	a, b := salaries(t, "a", 1, 1000), salaries(t, "b", 1, 1000)
	wantBroken(t, only(t, judge(payout.NewLedger(), batchOf(m, b, a))), policy.KindDuplicate,
		`duplicate salaries["2026-11"].b: 1 000.00 KZT to card ef74…0001, as salaries["2026-11"].a of this plan, order id `+a.OrderIDFor(m, 1), duplicateCure)
}
