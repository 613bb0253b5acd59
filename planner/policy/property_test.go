package policy_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// drawBatches draws few destinations and amounts, so that duplicates and
// broken limits happen often.
func drawBatches(t testing.TB, rt *rapid.T, m *planner.Merchant) []planner.Batch {
	var out []planner.Batch
	for _, label := range []string{"rent", "salaries"} {
		for _, period := range []string{"2026-10", "2026-11"} {
			b := planner.Batch{Name: label, Period: period, Merchant: m, Limits: &planner.Limits{
				MaxPayout:        &planner.MoneyLimit{Value: tenge(int64(rapid.IntRange(1, 3).Draw(rt, "max")))},
				MinPayout:        &planner.MoneyLimit{Value: tenge(int64(rapid.IntRange(1, 3).Draw(rt, "min")))},
				MaxPerRecipient:  &planner.MoneyLimit{Value: tenge(int64(rapid.IntRange(1, 6).Draw(rt, "each")))},
				MaxNewRecipients: &planner.CountLimit{Value: rapid.IntRange(0, 3).Draw(rt, "new")},
			}}
			for key := range rapid.IntRange(0, 5).Draw(rt, "payouts") {
				p := declare(t, at(label, period, "staff").WithKey(fmt.Sprint(key)), rapid.IntRange(1, 3).Draw(rt, "destination"), int64(rapid.IntRange(1, 3).Draw(rt, "amount")))
				if rapid.IntRange(0, 3).Draw(rt, "allow") == 0 {
					p.AllowDuplicate = "agreed"
				}
				b.Payouts = append(b.Payouts, p)
			}
			out = append(out, b)
		}
	}
	return out
}

// TestShuffledFiles: the order of batches and rows changes no finding.
func TestShuffledFiles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		batches := drawBatches(t, rt, merchant())
		first := judge(payout.NewLedger(), batches...)
		random := rand.New(rand.NewSource(int64(rapid.IntRange(0, 1<<30).Draw(rt, "seed"))))
		random.Shuffle(len(batches), func(i, k int) { batches[i], batches[k] = batches[k], batches[i] })
		for i := range batches {
			p := batches[i].Payouts
			random.Shuffle(len(p), func(i, k int) { p[i], p[k] = p[k], p[i] })
		}
		if d := cmp.Diff(first, judge(payout.NewLedger(), batches...)); d != "" {
			rt.Fatalf("another order gives other findings (-first +shuffled):\n%s", d)
		}
	})
}

// TestEveryPairIsMet compares with the plain quadratic rule: among payouts that
// do not allow it, no two equal ones may both stay without a finding.
func TestEveryPairIsMet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := merchant()
		batches := drawBatches(t, rt, m)
		plan := planOf(payout.NewLedger(), batches...)
		blocked := make(map[payout.Address]bool)
		for _, f := range policy.Check(policy.Input{Plan: plan}) {
			if f.Kind == policy.KindDuplicate && f.Blocks {
				blocked[f.Addresses[0]] = true
			}
		}
		sending := plan.Sending()
		for i, c := range sending {
			want := false
			for _, e := range sending[:i] {
				want = want || equalPayments(e, c)
			}
			if want = want && c.Declared.AllowDuplicate == ""; blocked[c.Address] != want {
				rt.Fatalf("%s is blocked: %v, want %v", c.Address, blocked[c.Address], want)
			}
		}
	})
}

// equalPayments says whether e, which does not allow it, makes c a duplicate.
func equalPayments(e, c *planner.Change) bool {
	return e.Declared.AllowDuplicate == "" && e.Declared.Amount == c.Declared.Amount &&
		e.Declared.Token.Reveal() == c.Declared.Token.Reveal() &&
		(e.Address.Batch != c.Address.Batch || e.Address.Period == c.Address.Period)
}

// TestFindingsHoldNoSecret: neither a whole token nor a label.
func TestFindingsHoldNoSecret(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		batches := drawBatches(t, rt, merchant())
		said := fmt.Sprintf("%+v", judge(payout.NewLedger(), batches...))
		for _, canary := range []string{"Serikova", "-84e6-", "f85e"} {
			if strings.Contains(said, canary) {
				rt.Fatalf("findings hold %q", canary)
			}
		}
	})
}

func BenchmarkCheck100k(b *testing.B) {
	m := merchant()
	batch := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: m, Limits: &planner.Limits{
		MaxPayout: &planner.MoneyLimit{Value: tenge(1)}, MaxPerRecipient: &planner.MoneyLimit{Value: tenge(1)}, MaxNewRecipients: &planner.CountLimit{},
	}}
	for i := range 100_000 {
		batch.Payouts = append(batch.Payouts, declare(b, at("salaries", "2026-11", "staff").WithKey(fmt.Sprint(i)), i/2, 1000))
	}
	plan := planOf(payout.NewLedger(), batch)
	for b.Loop() {
		policy.Check(policy.Input{Plan: plan})
	}
}
