package policy_test

import (
	"strings"
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

func TestGuards(t *testing.T) {
	const (
		ownState = `give it a state of its own: payrun { state "local" { path = "…" } }`
		archive  = "the state holds sandbox payouts only; move it away with: payrun state archive"
	)
	known := payout.Merchant{Name: "main", ID: 9970, Environment: "sandbox", Prefix: "acme"}
	live := payout.Merchant{Name: "live", ID: 1, Environment: "production"}
	for _, tt := range []struct {
		name   string
		files  func(m *planner.Merchant)
		ledger func(l *payout.Ledger)
		kind   policy.Kind // empty = nothing to say
		text   string
		cure   string
	}{
		{"same", func(*planner.Merchant) {}, func(*payout.Ledger) {}, "", "", ""},
		{"unknown to the state", func(m *planner.Merchant) { m.Name, m.Environment = "second", planner.Production }, func(*payout.Ledger) {}, "", "", ""},
		{"production after the sandbox", func(m *planner.Merchant) { m.Environment = planner.Production }, func(*payout.Ledger) {},
			policy.KindEnvironment, "merchant main is production in the files, and sandbox in the state", archive},
		{"production after the sandbox beside a live one", func(m *planner.Merchant) { m.Environment = planner.Production },
			func(l *payout.Ledger) { l.Merchants = append(l.Merchants, live) },
			policy.KindEnvironment, "merchant main is production in the files, and sandbox in the state", ownState},
		{"production after the test host", func(m *planner.Merchant) { m.Environment = planner.Production },
			func(l *payout.Ledger) { l.Merchants[0].Environment = "test" },
			policy.KindEnvironment, "merchant main is production in the files, and test in the state", ownState},
		{"sandbox after production", func(*planner.Merchant) {}, func(l *payout.Ledger) { l.Merchants[0].Environment = "production" },
			policy.KindEnvironment, "merchant main is sandbox in the files, and production in the state", ownState},
		{"another account", func(m *planner.Merchant) { m.ID = 12 }, func(l *payout.Ledger) { l.Merchants = append(l.Merchants, live) },
			policy.KindEnvironment, "merchant main is account 12 in the files, and account 9970 in the state", ownState},
		{"another account and prefix", func(m *planner.Merchant) { m.ID, m.Prefix = 12, "new" }, func(*payout.Ledger) {},
			policy.KindEnvironment, "merchant main is account 12 in the files, and account 9970 in the state", archive},
		{"another prefix", func(m *planner.Merchant) { m.Prefix = "new" }, func(*payout.Ledger) {},
			policy.KindPrefix, `merchant main has order_prefix "new" in the files, and "acme" in the state`, `put it back, or write: former_prefixes = ["acme"]`},
		{"former prefix", func(m *planner.Merchant) { m.Prefix, m.FormerPrefixes = "new", []string{"old", "acme"} }, func(*payout.Ledger) {}, "", "", ""},
		{"no prefix before, sandbox", func(*planner.Merchant) {}, func(l *payout.Ledger) { l.Merchants[0].Prefix = "" },
			policy.KindPrefix, `merchant main has order_prefix "acme" in the files, and "" in the state`,
			"take it out; or move the state away, which holds sandbox payouts only, with: payrun state archive"},
		{"no prefix before, beside a live one", func(*planner.Merchant) {}, func(l *payout.Ledger) {
			l.Merchants[0].Prefix = ""
			l.Merchants = append(l.Merchants, live)
		}, policy.KindPrefix, `merchant main has order_prefix "acme" in the files, and "" in the state`, "take it out: payouts are recorded without a prefix"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, l := merchant(), payout.NewLedger()
			l.Merchants = []payout.Merchant{known}
			tt.files(m)
			tt.ledger(l)
			got := judge(l, batchOf(m, salaries(t, "a", 1, 1)))
			if tt.kind == "" {
				if len(got) != 0 {
					t.Errorf("findings are %+v", got)
				}
				return
			}
			f := only(t, got)
			wantBroken(t, f, tt.kind, tt.text, tt.cure)
			if !policy.Refusing(got) || !f.Hard || f.Name != "merchant.main" || f.Position != m.Position {
				t.Errorf("finding is %+v", f)
			}
			if strings.Contains(f.Cure, "delete") || strings.Contains(f.Cure, "remove") {
				t.Errorf("the cure deletes a state: %s", f.Cure)
			}
		})
	}
}

func TestConflicts(t *testing.T) {
	m := merchant()
	a, b := salaries(t, "a", 1, 1), salaries(t, "b", 2, 2)
	l := ledgerOf(t, recorded(m, a, payout.Paid, 1), recorded(m, b, payout.Paid, 1))
	a.Amount, b.Amount = tenge(10), tenge(20)
	const cure = "mend the files, or leave it out with: -exclude=ADDRESS"
	got := judge(l, batchOf(m, b, a))
	f := only(t, got)
	wantBroken(t, f, policy.KindConflict, `conflict salaries["2026-11"].a: paid already: amount was 1.00 KZT, now 10.00 KZT (and 1 more)`, cure)
	if len(f.Addresses) != 2 || f.Position != a.Position || !policy.Refusing(got) {
		t.Errorf("finding is %+v", f)
	}
	without := func(left ...string) []policy.Finding {
		plan := planner.Diff([]planner.Batch{batchOf(m, a, b)}, l, planner.Options{At: noon, Included: func(x payout.Address) bool {
			return !strings.Contains(strings.Join(left, " "), x.Name)
		}})
		return policy.Check(policy.Input{Plan: plan, Ledger: l})
	}
	wantBroken(t, only(t, without("a")), policy.KindConflict, `conflict salaries["2026-11"].b: paid already: amount was 2.00 KZT, now 20.00 KZT`, cure)
	if got := without("a", "b"); len(got) != 0 || policy.Refusing(got) || policy.Blocking(got) {
		t.Errorf("excluded conflicts: %+v", got)
	}
}
