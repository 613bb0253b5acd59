package view

import (
	"fmt"
	"io"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// huge is a plan of n payouts.
func huge(b *testing.B, n int) *Plan {
	batch := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: main}
	for i := range n {
		batch.Payouts = append(batch.Payouts, declare(b, payout.NewAddress("salaries", "2026-11", "staff").WithKey(fmt.Sprint(i)), 1000, i))
	}
	return screen([]planner.Batch{batch}, payout.NewLedger(), policy.Input{})
}

func BenchmarkPlan(b *testing.B) {
	p := huge(b, 100000)
	b.Run("text", func(b *testing.B) {
		for b.Loop() {
			PlanText(io.Discard, p, false)
		}
	})
	b.Run("markdown", func(b *testing.B) {
		for b.Loop() {
			mustWrite(b, PlanMarkdown(io.Discard, p))
		}
	})
	b.Run("csv", func(b *testing.B) {
		for b.Loop() {
			mustWrite(b, PlanCSV(io.Discard, p))
		}
	})
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			mustWrite(b, WriteJSON(io.Discard, PlanJSON(p, nil)))
		}
	})
}

func BenchmarkShow(b *testing.B) {
	for _, jsonOut := range []bool{false, true} {
		b.Run(fmt.Sprintf("json=%t", jsonOut), func(b *testing.B) {
			a := NewApply(Terminal{Out: io.Discard, Err: io.Discard}, 1, nil, jsonOut, time.Now)
			address := payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001")
			for b.Loop() {
				a.Show(executor.Settled{Address: address, Amount: tenge(1), From: payout.Sending, To: payout.Failed, Words: "card expired"})
			}
			mustWrite(b, a.Close(false))
		})
	}
}
