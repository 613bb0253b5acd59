package planner

import (
	"cmp"
	"fmt"
	"slices"

	"payrun/planner/payout"
)

// renames turns payments that look like renamed ones into conflicts: a payout
// new to the state, and one of the same batch and period that left the files
// without failing, to the same destination or the same user.
func (d *differ) renames() {
	gone := d.gone()
	if len(gone) == 0 {
		return
	}
	users := d.userCounts()
	for i := range d.plan.Changes {
		c := &d.plan.Changes[i]
		// One that failed and is planned again may have been replaced meanwhile.
		if c.Declared == nil || c.Record != nil && !c.Action.Sends() {
			continue
		}
		for _, r := range gone[scope{c.Address.Batch, c.Address.Period}] {
			if !slices.Contains(d.accountNames(c.Batch.Merchant), r.Merchant) {
				continue
			}
			same := looksRenamed(c, r, users)
			if same == "" {
				continue
			}
			c.Action = ActionConflict
			c.Reason = fmt.Sprintf("looks like a rename of %s (%s), it has the same %s: ", r.Address, statusWords(r.Status()), same)
			if r.UserID != c.Declared.UserID {
				c.Reason += fmt.Sprintf("put that back; a payment keeps its user id, which was %s and is %s now", r.UserID, c.Declared.UserID)
				break
			}
			former := r.Address
			c.LooksLike = &former
			c.Reason += "put that back, or write a moved block"
			break
		}
	}
}

// gone are the records that left the files and did not fail.
func (d *differ) gone() map[scope][]*payout.Record {
	out := make(map[scope][]*payout.Record)
	for i := range d.plan.Changes {
		c := &d.plan.Changes[i]
		if c.Declared == nil && c.Status() != payout.Failed && c.Status() != payout.NotSent {
			key := scope{c.Address.Batch, c.Address.Period}
			out[key] = append(out[key], c.Record)
		}
	}
	return out
}

// userKey is a user id within a batch and period.
type userKey struct {
	scope
	user string
}

func (d *differ) userCounts() map[userKey]int {
	out := make(map[userKey]int)
	for i := range d.plan.Changes {
		if c := &d.plan.Changes[i]; c.Declared != nil {
			out[userKey{scope{c.Address.Batch, c.Address.Period}, c.Declared.UserID}]++
		}
	}
	return out
}

// looksRenamed names what a new payout has in common with one that left the
// files, or is "".
func looksRenamed(c *Change, r *payout.Record, users map[userKey]int) string {
	if r.Fingerprint == c.Declared.Token.Fingerprint(c.Batch.Merchant.ID) {
		return "card"
	}
	key := userKey{scope{c.Address.Batch, c.Address.Period}, c.Declared.UserID}
	if r.UserID == c.Declared.UserID && users[key] == 1 {
		return "user id " + r.UserID
	}
	return ""
}

// move lets declared payouts take the records of their former addresses,
// through chains of moves. A record is taken once, and only by a payout that is
// declared and has no record: otherwise it would vanish from the plan.
func (d *differ) move() {
	moves := slices.Clone(d.opts.Moved)
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	next := make(map[payout.Address]payout.Address, len(moves))
	for _, m := range slices.Backward(moves) {
		next[m.From] = m.To
		d.cameFrom[m.To] = append(d.cameFrom[m.To], m.From)
	}
	for _, m := range moves {
		if d.ledger.Record(m.From) == nil || d.declared[m.From] || d.taken[m.From] {
			continue
		}
		to := m.To
		for range moves {
			if further, ok := next[to]; ok && !d.declared[to] {
				to = further
			}
		}
		_, claimed := d.movedTo[to]
		if d.declared[to] && !claimed && d.ledger.Record(to) == nil {
			d.movedTo[to] = m.From
			d.taken[m.From] = true
		}
	}
}

// former lists the addresses that the moved blocks lead from to a declared
// one, nearest first, whether anything is recorded of them or not: after a lost
// state they are all that is left to find its payment by.
func (d *differ) former(a payout.Address) []payout.Address {
	var out []payout.Address
	for i := -1; i < len(out); i++ {
		to := a
		if i >= 0 {
			to = out[i]
		}
		for _, from := range d.cameFrom[to] {
			if from != a && !d.declared[from] && !slices.Contains(out, from) {
				out = append(out, from)
			}
		}
	}
	return out
}
