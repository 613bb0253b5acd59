package main

const (
	duplicateFile = "planner/policy/duplicate.go"
	limitFile     = "planner/policy/limit.go"
	expectFile    = "planner/policy/expect.go"
	guardFile     = "planner/policy/guard.go"
)

// policySet breaks limits, duplicates and guards.
func policySet() []mutation {
	tests := by("planner/policy")
	return []mutation{
		{
			name: "duplicate-of-doubt", why: "an equal payment that may be paid is no duplicate",
			edits: in(duplicateFile, `a.Status().MayBePaid() {`, `a.Status() == payout.Paid {`), tests: tests,
		},
		{
			name: "duplicate-in-another-batch", why: "an equal payment of another batch and period is no duplicate",
			edits: in(duplicateFile, `return a.Batch == b.Batch && a.Period != b.Period`, `return a.Period != b.Period`), tests: tests,
		},
		{
			name: "duplicate-passes", why: "a duplicate is shown and paid",
			edits: in(duplicateFile, `f.Blocks = true`, `f.Blocks = false`), tests: tests,
		},
		{
			name: "duplicate-window-zero", why: "yesterday's equal payment is no duplicate",
			edits: in(duplicateFile, `return planner.DefaultDuplicateWindow`, `return 0`), tests: tests,
		},
		{
			name: "duplicate-sent-long-ago", why: "an old payout that was sent today counts as old, and its twin is paid",
			edits: in(duplicateFile, `at = a.Events[i].At`, `_ = i`), tests: tests,
		},
		{
			name: "limit-of-the-last", why: "the limit of a total looks at the last payout alone",
			edits: in(limitFile, `total = sum(total, p.Amount)`, `total = p.Amount`), tests: tests,
		},
		{
			name: "limit-hard-lifted", why: "an override lifts a limit that must not be lifted",
			edits: in(limitFile, `case f.Hard:`, `case f.Hard && reason == "":`), tests: tests,
		},
		{
			name: "limit-count-plus-one", why: "one payout more than allowed",
			edits: in(limitFile, `len(g.payouts) > l.Value`, `len(g.payouts) > l.Value+1`), tests: tests,
		},
		{
			name: "limit-of-one-payout", why: "a payout with two zeros too many passes",
			edits: in(limitFile, `return a.Minor > b.Minor }`, `return a.Minor/100 > b.Minor }`), tests: tests,
		},
		{
			name: "limit-new-recipients", why: "any number of cards nobody has paid before passes",
			edits: in(limitFile, `if !met[fingerprint] && !j.known(fingerprint) {`, `if met[fingerprint] && !j.known(fingerprint) {`), tests: tests,
		},
		{
			name: "expect-less-is-fine", why: "a control total that is exceeded passes",
			edits: in(expectFile, `if want == have {`, `if want.Currency == have.Currency && want.Minor <= have.Minor {`), tests: tests,
		},
		{
			name: "guard-environment", why: "what the sandbox paid counts as paid in production",
			edits: in(guardFile, `case known.Environment != string(m.Environment) || known.ID != m.ID:`, `case known.ID != m.ID:`), tests: tests,
		},
		{
			name: "guard-prefix", why: "a new prefix gives every payout a new order id, and none is found",
			edits: in(guardFile, `known.Prefix != m.Prefix && !slices.Contains`, `known.Prefix != m.Prefix && slices.Contains`), tests: tests,
		},
		{
			name: "guard-conflict-passes", why: "a plan with conflicts is applied",
			edits: in(guardFile, `Kind: KindConflict, Blocks: true, Refuses: true`, `Kind: KindConflict, Blocks: false, Refuses: false`), tests: tests,
		},
	}
}
