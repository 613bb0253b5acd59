package policy

import (
	"fmt"
	"slices"

	"payrun/planner"
	"payrun/planner/payout"
)

// conflicts makes one finding of all conflicts: each is a line of the plan
// already.
func (j *judge) conflicts() {
	var first *planner.Change
	var addresses []payout.Address
	for i := range j.in.Plan.Changes {
		c := &j.in.Plan.Changes[i]
		if c.Action != planner.ActionConflict || c.Excluded {
			continue
		}
		if first == nil {
			first = c
		}
		addresses = append(addresses, c.Address)
	}
	if first == nil {
		return
	}
	f := Finding{Kind: KindConflict, Blocks: true, Refuses: true, Hard: true, Addresses: addresses,
		Text: fmt.Sprintf("conflict %s: %s", first.Address, first.Reason),
		Cure: "mend the files, or leave it out with: -exclude=ADDRESS"}
	if first.Declared != nil {
		f.Position = first.Declared.Position
	}
	if more := len(addresses) - 1; more > 0 {
		f.Text += fmt.Sprintf(" (and %d more)", more)
	}
	j.add(f)
}

// merchants compares each merchant of the files with the account that the
// ledger knows under its name.
func (j *judge) merchants() {
	for _, m := range j.in.Plan.Merchants {
		known := j.in.Ledger.Merchant(m.Name)
		switch {
		case known == nil:
		case known.Environment != string(m.Environment) || known.ID != m.ID:
			j.environment(m, known)
		case known.Prefix != m.Prefix && !slices.Contains(m.FormerPrefixes, known.Prefix):
			j.prefix(m, known)
		}
	}
}

// environment refuses a state that speaks about another gateway or account:
// what it calls paid was not paid there.
func (j *judge) environment(m *planner.Merchant, known *payout.Merchant) {
	f := Finding{Kind: KindEnvironment, Name: "merchant." + m.Name, Blocks: true, Refuses: true, Hard: true, Position: m.Position}
	if known.Environment != string(m.Environment) {
		f.Text = fmt.Sprintf("merchant %s is %s in the files, and %s in the state", m.Name, m.Environment, known.Environment)
	} else {
		f.Text = fmt.Sprintf("merchant %s is account %d in the files, and account %d in the state", m.Name, m.ID, known.ID)
	}
	f.Cure = `give it a state of its own: payrun { state "local" { path = "…" } }`
	if j.allSandbox() {
		f.Cure = "the state holds sandbox payouts only; move it away with: payrun state archive"
	}
	j.add(f)
}

// prefix refuses an order prefix under which the recorded payments would not be
// looked up.
func (j *judge) prefix(m *planner.Merchant, known *payout.Merchant) {
	f := Finding{Kind: KindPrefix, Name: "merchant." + m.Name, Blocks: true, Refuses: true, Hard: true, Position: m.Position,
		Text: fmt.Sprintf("merchant %s has order_prefix %q in the files, and %q in the state", m.Name, m.Prefix, known.Prefix),
		Cure: fmt.Sprintf("put it back, or write: former_prefixes = [%q]", known.Prefix)}
	switch {
	case known.Prefix == "" && j.allSandbox():
		f.Cure = "take it out; or move the state away, which holds sandbox payouts only, with: payrun state archive"
	case known.Prefix == "":
		f.Cure = "take it out: payouts are recorded without a prefix"
	}
	j.add(f)
}

func (j *judge) allSandbox() bool {
	for i := range j.in.Ledger.Merchants {
		if j.in.Ledger.Merchants[i].Environment != string(planner.Sandbox) {
			return false
		}
	}
	return true
}
