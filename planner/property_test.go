package planner_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/planner"
	"payrun/planner/payout"
)

// world is a drawn configuration and ledger.
type world struct {
	batches []planner.Batch
	records []*payout.Record
	opts    planner.Options
}

// drawWorld draws few names, keys, destinations and users, so that renames,
// edits, moves and equal order ids happen often.
func drawWorld(t testing.TB, rt *rapid.T) world {
	m := merchant()
	w := world{opts: planner.Options{At: noon, RetryFailed: rapid.Bool().Draw(rt, "retry"), RunFault: func(string) bool { return true }}}
	all := append([]payout.Status(nil), payout.Statuses()...)
	for _, label := range []string{"rent", "salaries"} {
		for _, period := range []string{"2026-10", "2026-11"} {
			b := planner.Batch{Name: label, Period: period, Merchant: m}
			if rapid.IntRange(0, 4).Draw(rt, "held") == 0 {
				b.Hold = "audit"
			}
			for key := range 5 {
				a := at(label, period, "staff").WithKey(fmt.Sprint(key))
				p := drawPayout(t, rt, a)
				if n := rapid.IntRange(0, 3).Draw(rt, "attempts"); n > 0 {
					var attempts [][]payout.Status
					for range n {
						attempts = append(attempts, []payout.Status{rapid.SampledFrom(all).Draw(rt, "status")})
					}
					w.records = append(w.records, recorded(m, p, attempts...))
				}
				if rapid.Bool().Draw(rt, "edited") {
					p = drawPayout(t, rt, a)
				}
				if rapid.Bool().Draw(rt, "declared") {
					b.Payouts = append(b.Payouts, p)
				}
			}
			if rapid.IntRange(0, 3).Draw(rt, "batch") > 0 {
				w.batches = append(w.batches, b)
			}
		}
	}
	for range rapid.IntRange(0, 4).Draw(rt, "moves") {
		w.opts.Moved = append(w.opts.Moved, drawMove(rt))
	}
	return w
}

// drawMove renames one key, or all of a payout.
func drawMove(rt *rapid.T) planner.Move {
	if rapid.IntRange(0, 2).Draw(rt, "whole") > 0 {
		return planner.Move{From: drawAddress(rt), To: drawAddress(rt)}
	}
	wholes := []payout.Address{at("salaries", "2026-11", "staff"), at("salaries", "2026-10", "staff"), at("rent", "2026-11", "staff")}
	return planner.Move{From: rapid.SampledFrom(wholes).Draw(rt, "from"), To: rapid.SampledFrom(wholes).Draw(rt, "to")}
}

func drawAddress(rt *rapid.T) payout.Address {
	return at("salaries", "2026-11", "staff").WithKey(fmt.Sprint(rapid.IntRange(0, 4).Draw(rt, "key")))
}

func drawPayout(t testing.TB, rt *rapid.T, a payout.Address) planner.Payout {
	p := declare(t, a, rapid.IntRange(1, 4).Draw(rt, "destination"))
	p.UserID = fmt.Sprint(rapid.IntRange(1, 4).Draw(rt, "user"))
	p.Retry = rapid.IntRange(1, 4).Draw(rt, "highest")
	return p
}

// TestNothingVanishes: every declared payout and every record of a declared
// batch and period is exactly one change.
func TestNothingVanishes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(t, rt)
		plan := planner.Diff(w.batches, ledgerOf(t, w.records...), w.opts)
		seen := make(map[payout.Address]int)
		held := make(map[*payout.Record]int)
		for i := range plan.Changes {
			seen[plan.Changes[i].Address]++
			if r := plan.Changes[i].Record; r != nil {
				held[r]++
			}
		}
		scopes := make(map[[2]string]bool)
		for _, b := range w.batches {
			scopes[[2]string{b.Name, b.Period}] = true
			for _, p := range b.Payouts {
				if seen[p.Address] != 1 {
					rt.Fatalf("declared %s is %d changes", p.Address, seen[p.Address])
				}
			}
		}
		for _, r := range w.records {
			if held[r] > 1 || held[r] == 0 && (scopes[[2]string{r.Address.Batch, r.Address.Period}] || r.Status().Open()) {
				rt.Fatalf("record %s (%s) is %d changes", r.Address, r.Status(), held[r])
			}
		}
		if len(held)+plan.History != len(w.records) {
			rt.Fatalf("%d records: %d in changes, %d history", len(w.records), len(held), plan.History)
		}
		checkSums(rt, plan)
	})
}

// checkSums: the declared tallies hold every declared payout, and the totals
// are the sums to pay.
func checkSums(rt *rapid.T, plan *planner.Plan) {
	declared, toPay := 0, payout.Money{Currency: kzt}
	for _, s := range plan.Batches {
		declared += s.Declared.Count
		toPay.Minor += s.ToPay.Sum.Minor
		if s.Declared.Count != len(s.Batch.Payouts) {
			rt.Fatalf("batch %s declares %d, counted %d", s.Batch.Name, len(s.Batch.Payouts), s.Declared.Count)
		}
	}
	sent := payout.Money{Currency: kzt}
	for _, m := range plan.Totals() {
		sent = m
	}
	if sent != toPay {
		rt.Fatalf("totals %s, batches %s", sent, toPay)
	}
}

// TestNeverTwice: nothing that is paid or may be is planned to be sent, and
// the ledger accepts the intent of everything that is.
func TestNeverTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(t, rt)
		l := ledgerOf(t, w.records...)
		for _, c := range planner.Diff(w.batches, l, w.opts).Sending() {
			if c.Status().MayBePaid() || c.Status() == payout.Returned {
				rt.Fatalf("%s is %s and planned to be sent", c.Address, c.Status())
			}
			if c.Record != nil {
				for _, a := range c.Record.Attempts {
					if s := a.Status(); s.MayBePaid() && s != payout.NotFound {
						rt.Fatalf("%s: attempt %d is %s, and %d is planned", c.Address, a.N, s, c.Attempt)
					}
				}
				if c.Record.Address != c.Address {
					continue // the executor records the rename first
				}
			}
			in := payout.Intent{Details: c.Declared.Details(c.Batch.Merchant), At: noon, Attempt: c.Attempt, OrderID: c.OrderID}
			if err := l.CheckBegin(&in); err != nil {
				rt.Fatalf("the ledger refuses what is planned: %v", err)
			}
		}
	})
}

// TestShuffledInput: the order of files, rows, records and moved blocks
// changes nothing.
func TestShuffledInput(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(t, rt)
		first := text(planner.Diff(w.batches, ledgerOf(t, w.records...), w.opts))
		random := rand.New(rand.NewSource(int64(rapid.IntRange(0, 1<<30).Draw(rt, "seed"))))
		random.Shuffle(len(w.batches), func(i, k int) { w.batches[i], w.batches[k] = w.batches[k], w.batches[i] })
		for i := range w.batches {
			p := w.batches[i].Payouts
			random.Shuffle(len(p), func(i, k int) { p[i], p[k] = p[k], p[i] })
		}
		random.Shuffle(len(w.records), func(i, k int) { w.records[i], w.records[k] = w.records[k], w.records[i] })
		moves := w.opts.Moved
		random.Shuffle(len(moves), func(i, k int) { moves[i], moves[k] = moves[k], moves[i] })
		if d := cmp.Diff(first, text(planner.Diff(w.batches, ledgerOf(t, w.records...), w.opts))); d != "" {
			rt.Fatalf("another order gives another plan (-first +shuffled):\n%s", d)
		}
	})
}

// text is all that a plan says.
func text(p *planner.Plan) []string {
	out := []string{fmt.Sprint(p.History, p.Totals(), p.Quiet())}
	for _, c := range p.Changes {
		line := fmt.Sprint(c.Action, " ", c.Address, " ", c.Attempt, c.OrderID, c.Reason, c.Excluded, c.Amount(), c.Status())
		if c.Record != nil {
			line += " " + c.Record.Address.String()
		}
		out = append(out, line)
	}
	for _, s := range p.Batches {
		line := fmt.Sprint(s.Batch.Name, s.Batch.Period, s.Declared, s.ToPay, s.Retries, s.PaidBefore, s.Open, s.Waiting, s.Attention, s.Failed, s.Conflicts, s.Left)
		if s.Largest != nil {
			line += s.Largest.Address.String()
		}
		out = append(out, line)
	}
	return out
}
