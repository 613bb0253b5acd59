package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// lift is the cure of a limit of the tests: first in the files, then for once.
func lift(name, files string) string {
	return files + "; or, for this run alone, lift it with: -override=" + name + ` -reason="…"`
}

type limitCase struct {
	name      string
	limits    planner.Limits
	text      string
	addresses []string // offenders; nil = it holds
}

// cure is what to do in the files: the limits of TestLimits have no place there,
// and its payouts stand in lines by their recipients.
func (c *limitCase) cure() string {
	line := map[string]string{"paid": " at main.hcl:1", "staff": " at main.hcl:1", "held": " at main.hcl:2"}
	first := ""
	if len(c.addresses) > 0 {
		first = line[c.addresses[0]]
	}
	change := "if it is right, raise " + c.name
	switch c.name {
	case "min_payout":
		change = "if it is right, lower " + c.name
	case "max_new_recipients":
		return "check who is new" + first + "; if they are right, raise max_new_recipients, and let somebody review it"
	case "max_total", "max_count":
		return "compare the files with your own sheet; if they are right, raise " + c.name + ", and let somebody review it, or pay in several runs with -target"
	}
	return "check the amount" + first + "; " + change + ", and let somebody review it"
}

// TestLimits holds and breaks each limit of a batch of three: a paid, a held
// and a new one. All of them count.
func TestLimits(t *testing.T) {
	money := func(major int64) *planner.MoneyLimit { return &planner.MoneyLimit{Value: tenge(major)} }
	count := func(n int) *planner.CountLimit { return &planner.CountLimit{Value: n} }
	for _, tt := range []limitCase{
		{"max_payout", planner.Limits{MaxPayout: money(3000)}, "limit salaries.max_payout 3 000.00: largest 3 000.00", nil},
		{"max_payout", planner.Limits{MaxPayout: money(2999)}, "limit salaries.max_payout 2 999.00: paid 3 000.00", []string{"paid"}},
		{"max_payout", planner.Limits{MaxPayout: money(500)}, `limit salaries.max_payout 500.00: paid 3 000.00 and 2 more`, []string{"paid", "held", "staff"}},
		{"min_payout", planner.Limits{MinPayout: money(1000)}, "limit salaries.min_payout 1 000.00: smallest 1 000.00", nil},
		{"min_payout", planner.Limits{MinPayout: money(2500)}, `limit salaries.min_payout 2 500.00: staff["7"] 1 000.00 and 1 more`, []string{"staff", "held"}},
		{"max_total", planner.Limits{MaxTotal: money(6000)}, "limit salaries.max_total 6 000.00: 6 000.00", nil},
		{"max_total", planner.Limits{MaxTotal: money(5999)}, "limit salaries.max_total 5 999.00: 6 000.00", []string{}},
		{"max_per_recipient", planner.Limits{MaxPerRecipient: money(4000)}, "limit salaries.max_per_recipient 4 000.00: card ef74…0001 gets 4 000.00 in 2 payouts", nil},
		{"max_per_recipient", planner.Limits{MaxPerRecipient: money(3999)}, "limit salaries.max_per_recipient 3 999.00: card ef74…0001 gets 4 000.00 in 2 payouts", []string{"paid", "staff"}},
		{"max_count", planner.Limits{MaxCount: count(3)}, "limit salaries.max_count 3: 3 payouts", nil},
		{"max_count", planner.Limits{MaxCount: count(2)}, "limit salaries.max_count 2: 3 payouts", []string{}},
		{"max_new_recipients", planner.Limits{MaxNewRecipients: count(1)}, "limit salaries.max_new_recipients 1: 1 new", nil},
		{"max_new_recipients", planner.Limits{MaxNewRecipients: count(0)}, "limit salaries.max_new_recipients 0: 1 new", []string{"held"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := merchant()
			paid, held := salaries(t, "paid", 1, 3000), salaries(t, "held", 2, 2000)
			held.Hold = "later"
			b := batchOf(m, paid, held, declare(t, at("salaries", "2026-11", "staff").WithKey("7"), 1, 1000))
			b.Limits = &tt.limits
			f := only(t, judge(ledgerOf(t, recorded(m, paid, payout.Paid, 1)), b))
			if f.Name != "salaries."+tt.name || f.Refuses {
				t.Errorf("name %s, refuses %v", f.Name, f.Refuses)
			}
			if tt.addresses == nil {
				wantHolds(t, f, policy.KindLimit, tt.text)
				return
			}
			wantBroken(t, f, policy.KindLimit, tt.text, lift(f.Name, tt.cure()))
			got := []string{}
			for _, a := range f.Addresses {
				got = append(got, a.Name)
			}
			if d := cmp.Diff(tt.addresses, got); d != "" {
				t.Errorf("offenders differ (-want +got):\n%s", d)
			}
		})
	}
}

// TestMerchantLimits: only what the plan sends counts, over all batches.
func TestMerchantLimits(t *testing.T) {
	m := merchant()
	paid, fresh := salaries(t, "paid", 1, 3000), salaries(t, "new", 2, 2000)
	rent := declare(t, at("rent", "2026-11", "office"), 3, 500)
	other := merchant()
	other.Name, other.ID = "second", 12
	apart := declare(t, at("apart", "2026-11", "x"), 4, 9000)
	m.Limits = &planner.Limits{
		MaxTotal: &planner.MoneyLimit{Value: tenge(2499), Position: planner.Position{File: "main.hcl", Line: 4, Column: 5}},
		MaxCount: &planner.CountLimit{Value: 2},
	}
	got := judge(ledgerOf(t, recorded(m, paid, payout.Paid, 1)), batchOf(m, paid, fresh), batchOf(m, rent), batchOf(other, apart))
	if len(got) != 2 {
		t.Fatalf("findings are %+v", got)
	}
	wantBroken(t, got[0], policy.KindLimit, "limit merchant.main.max_total 2 499.00: 2 500.00", lift("merchant.main.max_total",
		"compare the files with your own sheet; if they are right, raise max_total at main.hcl:4, and let somebody review it, or pay in several runs with -target"))
	if got[0].Position.Line != 4 {
		t.Errorf("position is %s", got[0].Position)
	}
	wantHolds(t, got[1], policy.KindLimit, "limit merchant.main.max_count 2: 2 payouts")
}

func TestLimitsOfNothing(t *testing.T) {
	m := merchant()
	m.Limits = &planner.Limits{MaxPayout: &planner.MoneyLimit{Value: tenge(1)}, MaxPerRecipient: &planner.MoneyLimit{Value: tenge(1)}}
	paid := salaries(t, "paid", 1, 3000)
	got := judge(ledgerOf(t, recorded(m, paid, payout.Paid, 1)), batchOf(m, paid))
	if len(got) != 2 {
		t.Fatalf("findings are %+v", got)
	}
	wantHolds(t, got[0], policy.KindLimit, "limit merchant.main.max_payout 1.00: none")
	wantHolds(t, got[1], policy.KindLimit, "limit merchant.main.max_per_recipient 1.00: none")
}

// TestTwoPeriods: both carry one override name, and the text tells them apart.
func TestTwoPeriods(t *testing.T) {
	m := merchant()
	october, november := batchOf(m, declare(t, at("salaries", "2026-10", "a"), 1, 10)), batchOf(m, salaries(t, "a", 1, 20))
	limits := &planner.Limits{MaxPayout: &planner.MoneyLimit{Value: tenge(5)}}
	october.Limits, november.Limits = limits, limits
	october.Expect = &planner.Expect{Count: 1, HasCount: true}
	plan := planOf(payout.NewLedger(), november, october)
	got := policy.Check(policy.Input{Plan: plan, Overrides: []policy.Override{{Name: "salaries.max_payout", Reason: "agreed by the board"}}})
	if len(got) != 3 {
		t.Fatalf("findings are %+v", got)
	}
	wantHolds(t, got[0], policy.KindExpectation, "expect salaries 2026-10: 1 payout")
	for i, text := range []string{"limit salaries.max_payout 5.00 in 2026-10: a 10.00", "limit salaries.max_payout 5.00 in 2026-11: a 20.00"} {
		f := got[i+1]
		if f.Text != text || f.OK || f.Blocks || f.Lifted != "agreed by the board" || f.Cure != "" {
			t.Errorf("finding is %+v, want %q lifted", f, text)
		}
	}
	if policy.Blocking(got) {
		t.Error("lifted limits block")
	}
}

func TestHardLimit(t *testing.T) {
	m := merchant()
	b := batchOf(m, salaries(t, "director", 1, 10))
	b.Limits = &planner.Limits{MaxPayout: &planner.MoneyLimit{Value: tenge(5), Hard: true}, MaxCount: &planner.CountLimit{Hard: true}}
	plan := planOf(payout.NewLedger(), b)
	got := policy.Check(policy.Input{Plan: plan, Overrides: []policy.Override{{Name: "salaries.max_payout", Reason: "agreed by the board"}}})
	if len(got) != 3 || !got[0].Hard || !got[1].Hard {
		t.Fatalf("findings are %+v", got)
	}
	wantBroken(t, got[0], policy.KindLimit, "limit salaries.max_payout 5.00: director 10.00", "check the amount at main.hcl:1; if it is right, raise max_payout, and let somebody review it; the limit is hard: no -override lifts it")
	wantBroken(t, got[1], policy.KindLimit, "limit salaries.max_count 0: 1 payout", "compare the files with your own sheet; if they are right, raise max_count, and let somebody review it, or pay in several runs with -target; the limit is hard: no -override lifts it")
	if got[2].Text != "override salaries.max_payout lifts nothing: the limit is hard" || got[2].Blocks {
		t.Errorf("override is %+v", got[2])
	}
	if !policy.Blocking(got) || policy.Refusing(got) {
		t.Error("a hard limit blocks, and does not refuse")
	}
}

func TestSumOverflowPanics(t *testing.T) {
	m := merchant()
	m.Limits = &planner.Limits{MaxTotal: &planner.MoneyLimit{Value: tenge(1)}}
	one, two := salaries(t, "a", 1, 0), declare(t, at("rent", "2026-11", "b"), 2, 0)
	one.Amount.Minor, two.Amount.Minor = 1<<62, 1<<62
	plan := planOf(payout.NewLedger(), batchOf(m, one), batchOf(m, two))
	defer func() {
		if recover() == nil {
			t.Error("a sum past 64 bits did not panic")
		}
	}()
	policy.Check(policy.Input{Plan: plan})
}
