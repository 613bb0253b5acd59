// Package executor is the only layer that moves money. It carries out a plan
// against the gateway and records every step before and after it happens, and
// it asks the gateway about what is still open.
//
// For each payout: look-up (the gateway does not know the order id yet) →
// Journal.Begin (durable) → exactly one call → classify (in doubt by default)
// → Journal.End (durable) → event. Nothing here resends what may have left the
// machine.
//
//	run := &executor.Run{Plan: plan, Merchants: merchants, Journal: recorder, Emit: view.Show}
//	report := run.Apply(admission, calls)
//
// Two contexts: the admission context decides whether another payout may
// start; the call context cuts the calls in flight. A stop for any reason
// cancels admission only.
//
// The package never renders: it emits events, one way. It does not know the
// state file: it declares Journal.
//
// Invariants:
//
//   - No call leaves before its intent is durable, and no order id is sent twice.
//   - A status is believed only from a whole, signed answer whose echoes match.
//   - Never more payout calls in an interval than the merchant's rate.
package executor
