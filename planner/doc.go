// Package planner compares declared payouts with the ledger and says what has
// to be done: the plan.
//
// It is pure: it reads no clock, no file and no state, and sends nothing. The
// caller brings the batches (from package hclconfig), the ledger (from package
// statefile) and the plan's time; it gets back plain data that can be shown,
// saved, digested and carried out.
//
//	plan := planner.Diff(batches, ledger, planner.Options{At: now})
//	for _, c := range plan.Changes {
//		fmt.Println(c.Action.Symbol(), c.Address, c.Reason)
//	}
//
// Invariants:
//
//   - A payout whose status says that money has left, or may have, is never
//     planned to be sent.
//   - Every declared payout and every record of a declared batch and period is
//     exactly one change: nothing vanishes.
//   - The same inputs give the same plan, byte for byte.
package planner
