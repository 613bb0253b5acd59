package main

import (
	"fmt"

	"payrun/planner"
	"payrun/planner/payout"
)

// movedBlock is the block that says a rename, as the files have it.
func movedBlock(from, to string) []string {
	return []string{"  moved {", "    from = " + from, "    to   = " + to, "  }"}
}

// rename is one between two payouts of rows or elements: every conflict of it is
// mended by one moved block.
type rename struct {
	from, to payout.Address // without keys
	recorded bool           // its block has left the files; else it only looks like one
}

// renames count the conflicts of each rename, and forget those that were told.
type renames map[rename]int

// wholeRenames finds renames of more than one key where nothing of the old name
// is declared any more.
func wholeRenames(after *planner.Plan) renames {
	found := make(renames)
	for i := range after.Changes {
		if r, ok := renameOf(&after.Changes[i]); ok {
			found[r]++
		}
	}
	if len(found) == 0 {
		return found
	}
	declared := make(map[payout.Address]bool)
	for i := range after.Changes {
		if c := &after.Changes[i]; c.Declared != nil {
			declared[whole(c.Address)] = true
		}
	}
	for r, n := range found {
		if n == 1 || declared[r.from] {
			delete(found, r)
		}
	}
	return found
}

// renameOf is the whole rename that a conflict speaks of, if the key stayed.
func renameOf(c *planner.Change) (rename, bool) {
	if c.Action != planner.ActionConflict || c.Excluded && !c.Status().Open() {
		return rename{}, false
	}
	r, from := rename{to: whole(c.Address)}, c.LooksLike
	if c.WasNamed != nil {
		r.recorded, from = true, c.WasNamed
	}
	if from == nil {
		return rename{}, false
	}
	r.from = whole(*from)
	return r, from.HasKey && c.Address.HasKey && from.Key == c.Address.Key
}

func whole(a payout.Address) payout.Address {
	return payout.NewAddress(a.Batch, a.Period, a.Name)
}

// step is what a person has to do about a whole rename: told at its first
// conflict, and nothing at the others. It returns false for any other change.
func (all renames) step(c *planner.Change, others bool) ([]string, bool) {
	r, ok := renameOf(c)
	n, found := all[r]
	if !ok || !found {
		return nil, false
	}
	if n == 0 {
		return nil, true
	}
	all[r] = 0
	what, why := "look like a rename of", "if they are the same payments under a new name, write into the files:"
	if r.recorded {
		what, why = "are a recorded rename of", "without a moved block nobody would find these payments if the state were lost; write into the files:"
	}
	steps := []string{fmt.Sprintf("%s: %s %s %s", r.to, counted(n, "payout"), what, r.from), why}
	steps = append(steps, movedBlock(r.from.String(), r.to.String())...)
	if !others {
		return steps, true
	}
	every := r.to.WithKey("*")
	return append(steps, "or pay the others without any of it: payrun apply -exclude="+quoted(every)), true
}
