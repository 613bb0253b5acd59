package main

const (
	memoryFile  = "statefile/memory.go"
	recallFile  = "cmd/payrun/recall.go"
	historyFile = "cmd/payrun/githistory.go"
)

// memorySet weakens what beside the state knows of payments: the folder's
// memory, git's history, and the guards that live on them.
func memorySet() []mutation {
	remembers := story("recall_memory")
	history := story("recall_history")
	return []mutation{
		{
			name: "memory-forgets-failures", why: "a state that is put back sends a refused order id again, by itself",
			edits: in(memoryFile, `end != payout.NotSent {`, `end != payout.NotSent && end != payout.Failed {`), tests: by("statefile", "TestMemoryDropsWhatWasNotSent", "TestRememberedEnd"),
		},
		{
			name: "memory-of-a-changed-line", why: "a memory that was edited counts as whole",
			edits: in(memoryFile, `if changed > 0 {`, `if changed < 0 {`), tests: by("statefile", "TestMemorySurvivesDamage"),
		},
		{
			name: "memory-marked-unread", why: "an older state silences the memory of what it lacks",
			edits: in(memoryFile, `if snap.Exists && endsWith(data, snap) {`, `if snap.Exists {`), tests: by("statefile", "TestMarkNeedsAComparison"),
		},
		{
			name: "recall-of-failures-as-sent", why: "what failed is in doubt for a day and a half",
			edits: in(recallFile, `status = payout.Failed`, `status = payout.InDoubt`), tests: remembers,
		},
		{
			name: "recall-leaves-the-paid", why: "a look-up takes a payment for another person's",
			edits: in(recallFile, `sent = statefile.Missing(ledger, append(sent, p.historyOf(cfg, snap)...))`,
				`sent = slices.DeleteFunc(statefile.Missing(ledger, append(sent, p.historyOf(cfg, snap)...)), func(r statefile.Remembered) bool { return r.End == payout.Paid })`), tests: remembers,
		},
		{
			name: "recall-goes-on-sending", why: "a state that lacks payments pays the others, renamed ones among them",
			edits: in("cmd/payrun/apply.go", `Behind: a.behind,`, `Behind: false,`), tests: story("apply_lost_state"),
		},
		{
			name: "rename-by-account", why: "a batch of another account pays its people again under new names",
			edits: in(renameFile, `account = known.ID // a fingerprint is of a card in an account`, `_ = known`), tests: by("planner", "TestLooksRenamed"),
		},
		{
			name: "rename-of-the-forgotten", why: "a payment that was forgotten is paid again under another name",
			edits: in(renameFile, `if r := d.ledger.Tombstones[i].Record(); r != nil {`, `if r := d.ledger.Tombstones[i].Record(); r == nil && i < 0 {`), tests: remembers,
		},
		{
			name: "duplicate-of-graves-alone", why: "a payment that was forgotten is paid again where nothing else is recorded",
			edits: in("planner/policy/duplicate.go", `j.in.Ledger.Len()+len(j.in.Ledger.Tombstones) > 0`, `j.in.Ledger.Len() > 0`), tests: remembers,
		},
		{
			name: "history-without-merges", why: "what one side of a merge paid is paid again",
			edits: in(historyFile, `w.merged[name] = true`, `w.merged[name] = false`), tests: history,
		},
		{
			name: "history-without-journals", why: "what a killed run sent stands in a committed journal alone, and is paid again",
			edits: in(historyFile, `lineage == w.later.Lineage {`, `lineage == "" {`), tests: history,
		},
		{
			name: "manual-paid-undisputed", why: "what a person saw paid is retried by itself",
			edits: in("planner/payout/weigh.go", "		out.Raise = append(out.Raise, FlagDisputed)\n", ""), tests: by("planner/payout", "TestWeighEveryAnswer"),
		},
		{
			name: "retest-unheard", why: "a payment that the gateway calls failed now stays paid without a word",
			edits: in("executor/prove.go", `	if !news {`, `	if !news || r.inquirer.proven(m) {`), tests: by("executor", "TestRetestIsAnAnswer"),
		},
		{
			name: "publish-beside-a-run", why: "two clones that publish pay at once",
			edits: in("cmd/payrun/apply.go", `if err := a.guardRuns(); err != nil {`, `if err := a.guardRuns(); err != nil && false {`), tests: story("publish_open"),
		},
	}
}
