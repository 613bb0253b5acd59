package policy_test

import (
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// TestOverrides gives one override to a plan with a broken limit
// (salaries.max_payout) and one that holds (salaries.max_count).
func TestOverrides(t *testing.T) {
	const reason = "agreed by the board"
	for _, tt := range []struct {
		name    string
		given   policy.Override
		lifted  bool
		text    string // of the override's own finding; empty = none
		cure    string
		ok      bool
		blocks  bool
		blocked bool // the whole plan
	}{
		{"lifts", policy.Override{Name: "salaries.max_payout", Reason: reason}, true, "", "", false, false, false},
		{"ten characters", policy.Override{Name: "salaries.max_payout", Reason: "решение №7"}, true, "", "", false, false, false},
		{"nine characters", policy.Override{Name: "salaries.max_payout", Reason: " решение № "}, false,
			"override salaries.max_payout: the reason has fewer than 10 characters", `say why, for the record: -reason="…"`, false, true, true},
		{"no reason", policy.Override{Name: "salaries.max_payout"}, false,
			"override salaries.max_payout: the reason has fewer than 10 characters", `say why, for the record: -reason="…"`, false, true, true},
		{"limit that holds", policy.Override{Name: "salaries.max_count", Reason: reason}, false,
			"override salaries.max_count lifts nothing: the limit holds", "leave it out", false, false, true},
		{"misspelt", policy.Override{Name: "salary.max_payout", Reason: reason}, false,
			"override salary.max_payout lifts nothing: no limit has this name", "did you mean salaries.max_payout?", false, true, true},
		{"unlike anything", policy.Override{Name: "x", Reason: reason}, false,
			"override x lifts nothing: no limit has this name", "leave it out; a broken limit shows its name", false, true, true},
		{"balance", policy.Override{Name: "merchant.main.balance", Reason: reason}, false,
			"override merchant.main.balance: judged before the first send", "", true, false, true},
		{"balance of nobody", policy.Override{Name: "merchant.mian.balance", Reason: reason}, false,
			"override merchant.mian.balance lifts nothing: no limit has this name", "did you mean merchant.main.balance?", false, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := batchOf(merchant(), salaries(t, "director", 1, 10))
			b.Limits = &planner.Limits{MaxPayout: &planner.MoneyLimit{Value: tenge(5)}, MaxCount: &planner.CountLimit{Value: 5}}
			got := policy.Check(policy.Input{Plan: planOf(payout.NewLedger(), b), Overrides: []policy.Override{tt.given}})
			if lifted := got[0].Lifted != ""; lifted != tt.lifted || got[0].Blocks == tt.lifted {
				t.Errorf("limit is %+v", got[0])
			}
			if policy.Blocking(got) != tt.blocked {
				t.Errorf("blocking is %v", policy.Blocking(got))
			}
			if tt.text == "" {
				if len(got) != 2 {
					t.Errorf("findings are %+v", got)
				}
				return
			}
			if f := got[len(got)-1]; f.Kind != policy.KindOverride || f.Text != tt.text || f.Cure != tt.cure || f.OK != tt.ok || f.Blocks != tt.blocks || f.Refuses {
				t.Errorf("override is %+v", f)
			}
		})
	}
}

// TestRepeatedOverride: the first reason counts, so that a later one cannot
// replace what was approved.
func TestRepeatedOverride(t *testing.T) {
	b := batchOf(merchant(), salaries(t, "director", 1, 10))
	b.Limits = &planner.Limits{MaxPayout: &planner.MoneyLimit{Value: tenge(5)}}
	got := policy.Check(policy.Input{Plan: planOf(payout.NewLedger(), b), Overrides: []policy.Override{
		{Name: "salaries.max_payout", Reason: "agreed by the board"}, {Name: "salaries.max_payout", Reason: "agreed by nobody"},
	}})
	if f := only(t, got); f.Lifted != "agreed by the board" {
		t.Errorf("finding is %+v", f)
	}
}

// TestOverrideLiftsNoOtherGuard names every guard that is no limit.
func TestOverrideLiftsNoOtherGuard(t *testing.T) {
	m := merchant()
	a, b, edited := salaries(t, "a", 1, 1000), salaries(t, "b", 1, 1000), salaries(t, "edited", 2, 1)
	l := ledgerOf(t, recorded(m, edited, payout.Paid, 1))
	l.Merchants = []payout.Merchant{{Name: "main", ID: 9970, Environment: "production"}}
	edited.Amount = tenge(2)
	batch := batchOf(m, a, b, edited)
	batch.Expect = &planner.Expect{Count: 7, HasCount: true}
	in := policy.Input{Plan: planOf(l, batch), Ledger: l, Checks: []policy.CheckResult{{Name: "growth", Known: true}}}
	for _, name := range []string{"salaries", "salaries.expect", "merchant.main", "merchant.main.environment", "growth", "check.growth", "duplicate", "conflict", ""} {
		in.Overrides = append(in.Overrides, policy.Override{Name: name, Reason: "agreed by the board"})
	}
	broken := make(map[policy.Kind]bool)
	for _, f := range policy.Check(in) {
		if f.Lifted != "" {
			t.Errorf("lifted: %+v", f)
		}
		broken[f.Kind] = broken[f.Kind] || f.Blocks
	}
	for _, kind := range []policy.Kind{policy.KindConflict, policy.KindEnvironment, policy.KindExpectation, policy.KindDuplicate, policy.KindCheck} {
		if !broken[kind] {
			t.Errorf("%s does not block", kind)
		}
	}
}
