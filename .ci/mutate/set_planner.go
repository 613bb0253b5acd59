package main

const (
	diffFile     = "planner/diff.go"
	conflictFile = "planner/conflict.go"
	renameFile   = "planner/rename.go"
	retryFile    = "planner/retry.go"
)

// plannerSet breaks what the plan says.
func plannerSet() []mutation {
	tests := by("planner")
	return []mutation{
		{
			name: "plan-pays-doubt", why: "a payout in doubt is planned to be paid",
			edits: in(diffFile, "case payout.Declared, payout.NotSent:\n\t\tc.Action = ActionPay\n\t\td.window(c)\n\tcase payout.Sending, payout.InDoubt, payout.Accepted",
				"case payout.Declared, payout.NotSent, payout.InDoubt:\n\t\tc.Action = ActionPay\n\t\td.window(c)\n\tcase payout.Sending, payout.Accepted"), tests: tests,
		},
		{
			name: "plan-edits-paid", why: "a changed amount of a paid payout is not noticed, and nobody is paid the difference or warned",
			edits: in(diffFile, `len(differs) > 0 && status.MayBePaid() {`, `len(differs) > 0 && status == payout.Accepted {`), tests: tests,
		},
		{
			name: "plan-pays-flagged", why: "a payout with an alarm of a double payment goes on to be retried",
			edits: in(diffFile, `return r != nil && (r.HasFlag(payout.FlagAlarm) || r.HasFlag(payout.FlagDisputed))`, `return r != nil && r.HasFlag(payout.FlagDisputed)`), tests: tests,
		},
		{
			name: "plan-pays-forgotten", why: "a forgotten payout is planned to be paid again",
			edits: in(diffFile, `if t := d.ledger.Tombstone(c.Address); t != nil {`, `if t := d.ledger.Tombstone(c.Address); t != nil && false {`), tests: tests,
		},
		{
			name: "plan-loses-moved", why: "a renamed payout is new to the plan and is paid again",
			edits: in(diffFile, `if from, ok := d.movedTo[a]; ok {`, `if from, ok := d.movedTo[a]; ok && false {`), tests: tests,
		},
		{
			name: "plan-forgets-former-prefix", why: "after a new prefix nobody looks for the payments under the old one",
			edits: in(diffFile, `append([]string{m.Prefix}, m.FormerPrefixes...)`, `[]string{m.Prefix}`), tests: tests,
		},
		{
			name: "plan-ignores-deadline", why: "a payout is paid after its deadline",
			edits: in(diffFile, `case !b.Deadline.IsZero() && now.After(b.Deadline):`, `case !b.Deadline.IsZero() && now.Before(b.Deadline):`), tests: tests,
		},
		{
			name: "plan-pays-held", why: "a payout that a person held is paid",
			edits: in(diffFile, `case p.Hold != "":`, `case false:`), tests: tests,
		},
		{
			name: "conflict-own-earlier-order-id", why: "a retry is planned under the order id of an earlier attempt",
			edits: in(conflictFile, `if holder == nil || holder == c.Record && holder.Attempt(c.Attempt) != nil {`, `if holder == nil || holder == c.Record {`), tests: tests,
		},
		{
			name: "conflict-minds-case", why: "two payouts of a plan share an order id in two spellings",
			edits: in(conflictFile, `strings.ToLower(c.OrderID)`, `strings.Clone(c.OrderID)`), tests: tests,
		},
		{
			name: "conflict-by-name-alone", why: "an account under a second name pays an order id a second time",
			edits: in(conflictFile, `if known.Name != m.Name && known.ID == m.ID`, `if known.Name == m.Name && known.ID == m.ID`), tests: tests,
		},
		{
			name: "conflict-first-goes-on", why: "of two payouts with one order id the first is paid and the other taken for it",
			edits: in(conflictFile, `if other.Action != ActionConflict {`, `if other.Action == ActionConflict {`), tests: tests,
		},
		{
			name: "rename-of-paid", why: "a paid payout under a new name is paid again",
			edits: in(renameFile, `if c.Declared == nil && c.Status() != payout.Failed`, `if c.Declared == nil && c.Status() != payout.Paid && c.Status() != payout.Failed`), tests: tests,
		},
		{
			name: "rename-by-destination", why: "a payout under a new name to the same card is paid again",
			edits: in(renameFile, "if r.Fingerprint == c.Declared.Token.Fingerprint(account) {\n\t\treturn \"card\"", "if r.Fingerprint == c.Declared.Token.Fingerprint(account) {\n\t\treturn \"\""), tests: tests,
		},
		{
			name: "rename-by-user", why: "a payout under a new name to the same person's new card is paid again",
			edits: in(renameFile, `users[key] == 1`, `users[key] == 0`), tests: tests,
		},
		{
			name: "rename-unwritten", why: "after a lost state nobody looks for the former address of a renamed payout",
			edits: in(conflictFile, `end != c.Address {`, `end == c.Address {`), tests: tests,
		},
		{
			name: "retry-seen-once", why: "a payout is retried on one error answer without a person",
			edits: in(retryFile, `case byPerson || allowed && newest.RetrySeen():`, `case byPerson || allowed:`), tests: tests,
		},
		{
			name: "retry-once-too-often", why: "a payout is tried more often than its file says",
			edits: in(retryFile, `c.Declared.Retry > newest.N`, `c.Declared.Retry >= newest.N`), tests: tests,
		},
		{
			name: "retry-faults-for-ever", why: "a fault of the run is retried past the second attempt without a person",
			edits: in(retryFile, `newest.N < 2 && d.runFault`, `newest.N < 4 && d.runFault`), tests: tests,
		},
		{
			name: "retry-called-failed-early", why: "a payout that a person gave up before the fence is retried by itself",
			edits: in(retryFile, `allowed := !calledFailedEarly(newest) && (`, `allowed := (`), tests: tests,
		},
		{
			name: "retry-same-order-id", why: "the next attempt is planned under the first one's order id",
			edits: in(retryFile, `c.Declared.OrderIDFor(c.Batch.Merchant, c.Attempt)`, `c.Declared.OrderIDFor(c.Batch.Merchant, 1)`), tests: tests,
		},
		{
			name: "retry-beside-a-live-one", why: "a payout is retried while an earlier attempt may be paid",
			edits: in(diffFile, `if alive := earlierAlive(c.Record); alive != nil {`, `if alive := earlierAlive(c.Record); alive != nil && false {`), tests: tests,
		},
		{
			name: "resend-without-a-wish", why: "what was not found or came back is paid again though nobody asked",
			edits: in(retryFile, `case !c.Record.HasFlag(payout.FlagResend):`, `case false:`), tests: tests,
		},
	}
}
