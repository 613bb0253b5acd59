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
//   - One payment id belongs to one attempt; a second claim is an alarm.
//   - Never more payout calls in an interval than the merchant's rate.
//   - A later attempt is sent only after every earlier one was asked about once
//     more; one whose payment is known and not found now is no failed one.
//   - What a gateway says never asks the journal for a forbidden transition.
//   - A gateway that answers nobody ends a run after five look-ups in a row.
//
// TestSim holds these against the sandbox's own ledger, over random faults,
// stops, kills, takeovers, lost states, edits, renames and people who err. Its
// long form:
//
//	go test ./executor -run 'TestSim$' -sim.seeds=1000000 -timeout=0
package executor
