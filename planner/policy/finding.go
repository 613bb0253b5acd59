package policy

import (
	"payrun/planner"
	"payrun/planner/payout"
)

// Kind says which rule made a finding. The words stand in plan files and JSON.
type Kind string

// The kinds of findings, in the order in which Check returns them.
const (
	KindConflict    Kind = "conflict"    // files and records contradict each other
	KindEnvironment Kind = "environment" // another gateway or account than recorded
	KindPrefix      Kind = "prefix"      // another order prefix than recorded
	KindExpectation Kind = "expectation" // control totals typed by a person
	KindLimit       Kind = "limit"
	KindDuplicate   Kind = "duplicate" // an equal payment stands beside it
	KindCheck       Kind = "check"     // a check block of the configuration
	KindOverride    Kind = "override"  // an -override that lifts nothing
)

// Finding is one judgment about a plan.
type Finding struct {
	Kind Kind
	// Name is what -override calls it: BATCH.LIMIT or merchant.NAME.LIMIT, for
	// both periods where a batch label is declared twice. Other kinds carry the
	// name of the batch, merchant, check or option; duplicates and conflicts
	// have none.
	Name      string
	OK        bool   // it holds; broken otherwise
	Blocks    bool   // broken and not lifted: apply refuses
	Refuses   bool   // broken: plan itself ends with the exit code of a refusal
	Hard      bool   // no override lifts it
	Lifted    string // the reason of the override or allow_duplicate that lifted it; empty = not lifted
	Text      string // one line for people
	Cure      string // what to do about it; empty where it holds
	Addresses []payout.Address
	Position  planner.Position // of the rule in the files; zero where it has none
}

// Override is a person's wish to lift a named limit, with the reason that is
// recorded.
type Override struct {
	Name   string
	Reason string // at least MinReason characters
}

// MinReason is the shortest reason of an override, in characters.
const MinReason = 10

// CheckResult is an evaluated check block.
type CheckResult struct {
	Name     string // label of the check block
	Message  string // error_message of the assertion that does not hold
	OK       bool
	Known    bool // false = a value of the condition is unknown; counts as broken
	Warn     bool // severity = "warn"
	Position planner.Position
}

// Input is all that the judgments depend on.
type Input struct {
	Plan         *planner.Plan
	Ledger       *payout.Ledger // nil = nothing is recorded
	Overrides    []Override
	ExpectTotals []payout.Money // -expect-total: what the plan sends, one a currency
	ExpectCount  *int           // -expect-count: how many payouts it sends; nil = not given
	Checks       []CheckResult
}

// Check judges the plan by every rule. Rules that hold are findings as well, so
// that a plan can show what was looked at.
func Check(in Input) []Finding {
	if in.Ledger == nil {
		in.Ledger = payout.NewLedger()
	}
	j := newJudge(in)
	j.conflicts()
	j.merchants()
	j.expectations()
	j.limits()
	j.duplicates()
	j.checks()
	j.overrides()
	return j.findings
}

// Blocking says whether apply has to refuse.
func Blocking(findings []Finding) bool {
	for i := range findings {
		if !findings[i].OK && findings[i].Blocks {
			return true
		}
	}
	return false
}

// Refusing says whether plan itself has to end as refused.
func Refusing(findings []Finding) bool {
	for i := range findings {
		if !findings[i].OK && findings[i].Refuses {
			return true
		}
	}
	return false
}
