// Package policy judges a plan: control totals, limits, duplicates, checks, the
// guards of environment and order prefix, and the approvals of people.
//
// It owns the rules and the words of a finding. It is pure: it reads no clock,
// no file and no state, changes neither plan nor ledger, prints nothing, and
// decides no exit code; the command does, by Blocking and Refusing.
//
//	findings := policy.Check(policy.Input{Plan: plan, Ledger: ledger, Overrides: overrides})
//	if policy.Blocking(findings) {
//		// apply sends nothing
//	}
//
// Invariants:
//
//   - What cannot be judged counts as broken.
//   - An override with a reason lifts a named limit and nothing else: no hard
//     limit, expectation, duplicate, conflict, environment or prefix.
//   - The same plan and ledger give the same findings in the same order,
//     whatever the order of the files.
//   - A finding names addresses and masked destinations; it holds no label, no
//     whole card token and no secret.
package policy
