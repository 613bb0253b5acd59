package policy_test

import (
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

const expectCure = "compare the files with the sheet that the totals were typed from; no -override lifts an expectation"

// TestExpect: paid and held payouts count.
func TestExpect(t *testing.T) {
	for _, tt := range []struct {
		name   string
		expect planner.Expect
		ok     bool
		text   string
	}{
		{"both", planner.Expect{Count: 2, HasCount: true, Total: tenge(38520300), HasTotal: true}, true, "expect salaries: 2 payouts, 38 520 300.00 KZT"},
		{"count alone", planner.Expect{Count: 2, HasCount: true}, true, "expect salaries: 2 payouts"},
		{"total alone", planner.Expect{Total: tenge(38520300), HasTotal: true}, true, "expect salaries: 38 520 300.00 KZT"},
		{"one missing", planner.Expect{Count: 3, HasCount: true}, false, "expect salaries: expected 3 payouts, declared 2 (1 fewer)"},
		{"one too many", planner.Expect{Count: 1, HasCount: true}, false, "expect salaries: expected 1 payout, declared 2 (1 more)"},
		{"more money", planner.Expect{Total: tenge(38520000), HasTotal: true}, false,
			"expect salaries: expected 38 520 000.00 KZT, declared 38 520 300.00 KZT (300.00 more)"},
		{"less money", planner.Expect{Total: tenge(38521300), HasTotal: true}, false,
			"expect salaries: expected 38 521 300.00 KZT, declared 38 520 300.00 KZT (1 000.00 less)"},
		{"other currency", planner.Expect{Total: payout.Money{Minor: 1, Currency: payout.MustCurrency("KGS")}, HasTotal: true}, false,
			"expect salaries: expected 0.01 KGS, declared 38 520 300.00 KZT (another currency)"},
		{"both broken", planner.Expect{Count: 1, HasCount: true, Total: tenge(38520299), HasTotal: true}, false,
			"expect salaries: expected 1 payout, declared 2 (1 more); expected 38 520 299.00 KZT, declared 38 520 300.00 KZT (1.00 more)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			paid, held := salaries(t, "paid", 1, 38520000), salaries(t, "held", 2, 300)
			held.Hold = "later"
			b := batchOf(m, paid, held)
			tt.expect.Position = planner.Position{File: "main.hcl", Line: 9, Column: 3}
			b.Expect = &tt.expect
			got := judge(ledgerOf(t, recorded(m, paid, payout.Paid, 1)), b)
			f := only(t, got)
			if f.Name != "salaries" || f.Position.Line != 9 || policy.Refusing(got) == tt.ok {
				t.Errorf("name %s at %s, refusing %v", f.Name, f.Position, policy.Refusing(got))
			}
			if tt.ok {
				wantHolds(t, f, policy.KindExpectation, tt.text)
				return
			}
			wantBroken(t, f, policy.KindExpectation, tt.text, expectCure)
		})
	}
}

func TestEmptyExpect(t *testing.T) {
	b := batchOf(merchant(), salaries(t, "a", 1, 1))
	b.Expect = &planner.Expect{}
	if got := judge(payout.NewLedger(), b); len(got) != 0 {
		t.Errorf("an expect block that expects nothing says %+v", got)
	}
}

// TestExpectOptions judge what the plan sends: neither paid nor held ones.
func TestExpectOptions(t *testing.T) {
	m := merchant()
	paid, held, fresh := salaries(t, "paid", 1, 100), salaries(t, "held", 2, 200), salaries(t, "new", 3, 300)
	held.Hold = "later"
	l := ledgerOf(t, recorded(m, paid, payout.Paid, 1))
	kgs := merchant()
	kgs.Name, kgs.Currency = "kg", payout.MustCurrency("KGS")
	som := declare(t, at("rent", "2026-11", "office"), 4, 50)
	som.Amount.Currency = kgs.Currency
	one, two := batchOf(m, paid, held, fresh), batchOf(kgs, som)
	for _, tt := range []struct {
		name    string
		batches []planner.Batch
		in      policy.Input
		ok      bool
		texts   []string
	}{
		{"count", []planner.Batch{one}, policy.Input{ExpectCount: new(1)}, true, []string{"-expect-count: 1 payout to pay"}},
		{"wrong count", []planner.Batch{one}, policy.Input{ExpectCount: new(0)}, false, []string{"-expect-count: expected 0 payouts, to pay 1 (1 more)"}},
		{"total", []planner.Batch{one}, policy.Input{ExpectTotals: []payout.Money{tenge(300)}}, true, []string{"-expect-total: 300.00 KZT to pay"}},
		{"wrong total", []planner.Batch{one}, policy.Input{ExpectTotals: []payout.Money{tenge(600)}}, false,
			[]string{"-expect-total: expected 600.00 KZT, to pay 300.00 KZT (300.00 less)"}},
		{"currency that is not sent", []planner.Batch{one}, policy.Input{ExpectTotals: []payout.Money{tenge(300), {Minor: 1, Currency: kgs.Currency}}}, false,
			[]string{"-expect-total: 300.00 KZT to pay", "-expect-total: expected 0.01 KGS, to pay 0.00 KGS (0.01 less)"}},
		{"currency nobody expected", []planner.Batch{one, two}, policy.Input{ExpectTotals: []payout.Money{tenge(300)}}, false,
			[]string{"-expect-total: 300.00 KZT to pay", "-expect-total: no KGS expected, to pay 50.00 KGS"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Plan, tt.in.Ledger = planOf(l, tt.batches...), l
			got := policy.Check(tt.in)
			if len(got) != len(tt.texts) {
				t.Fatalf("findings are %+v", got)
			}
			for i, text := range tt.texts {
				if got[i].Text != text || got[i].Kind != policy.KindExpectation {
					t.Errorf("finding %d is %+v, want %q", i, got[i], text)
				}
			}
			if policy.Blocking(got) == tt.ok || policy.Refusing(got) == tt.ok {
				t.Errorf("blocking %v, refusing %v", policy.Blocking(got), policy.Refusing(got))
			}
		})
	}
}

func TestChecks(t *testing.T) {
	plan := planOf(payout.NewLedger(), batchOf(merchant(), salaries(t, "a", 1, 1)))
	place := planner.Position{File: "main.hcl", Line: 40, Column: 1}
	got := policy.Check(policy.Input{Plan: plan, Checks: []policy.CheckResult{
		{Name: "holds", OK: true, Known: true, Position: place},
		{Name: "growth", Message: "The payroll is larger\nthan the board allows.\n", Known: true},
		{Name: "gentle", Message: "Rather much.", Known: true, Warn: true},
		{Name: "unknown", OK: true},
	}})
	if len(got) != 4 {
		t.Fatalf("findings are %+v", got)
	}
	const cure = "mend what the check looks at, or the check: no -override lifts it"
	wantHolds(t, got[0], policy.KindCheck, "check holds")
	wantBroken(t, got[1], policy.KindCheck, "check growth: The payroll is larger than the board allows.", cure)
	if f := got[2]; f.OK || f.Blocks || f.Text != "check gentle: Rather much." || f.Cure != "mend what the check looks at, or the check; it is a warning, and apply goes on" {
		t.Errorf("a warning is %+v", f)
	}
	wantBroken(t, got[3], policy.KindCheck, "check unknown: not judged, a value of it is unknown", cure)
	if got[0].Position != place || got[0].Name != "holds" || policy.Refusing(got) {
		t.Errorf("check is %+v, refusing %v", got[0], policy.Refusing(got))
	}
}
