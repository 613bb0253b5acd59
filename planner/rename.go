package planner

import (
	"fmt"

	"payrun/planner/payout"
)

// renames turns payments that look like renamed ones into conflicts: a payout
// new to the state, and one of the same batch and period that left the files
// without failing, to the same destination or the same user, whichever account
// the batch is paid from now.
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
			same := d.looksRenamed(c, r, users)
			if same == "" || r.Address == c.Address { // its own grave speaks for itself
				continue
			}
			c.Action = ActionConflict
			c.Reason = fmt.Sprintf("looks like a rename of %s (%s), it has the same %s: ", r.Address, statusWords(r.Status()), same)
			if r.UserID != c.Declared.UserID {
				c.Reason += fmt.Sprintf("put that back; a payment keeps its user id, which was %s and is %s now", r.UserID, c.Declared.UserID)
				break
			}
			if d.ledger.Tombstone(r.Address) != nil {
				c.Reason = fmt.Sprintf("looks like %s, which was forgotten when it was %s; it has the same %s: that is never paid again, take this out of the files",
					r.Address, statusWords(r.Status()), same)
				break
			}
			former := r.Address
			c.LooksLike = &former
			c.Reason += "put that back, or write a moved block"
			break
		}
	}
}

// gone are the records that left the files and did not fail, and those that were
// forgotten though they may be paid.
func (d *differ) gone() map[scope][]*payout.Record {
	out := make(map[scope][]*payout.Record)
	for i := range d.plan.Changes {
		c := &d.plan.Changes[i]
		if c.Declared == nil && c.Status() != payout.Failed && c.Status() != payout.NotSent {
			key := scope{c.Address.Batch, c.Address.Period}
			out[key] = append(out[key], c.Record)
		}
	}
	for i := range d.ledger.Tombstones {
		if r := d.ledger.Tombstones[i].Record(); r != nil {
			key := scope{r.Address.Batch, r.Address.Period}
			out[key] = append(out[key], r)
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
func (d *differ) looksRenamed(c *Change, r *payout.Record, users map[userKey]int) string {
	account := c.Batch.Merchant.ID
	if known := d.ledger.Merchant(r.Merchant); known != nil {
		account = known.ID // a fingerprint is of a card in an account
	}
	if r.Fingerprint == c.Declared.Token.Fingerprint(account) {
		return "card"
	}
	key := userKey{scope{c.Address.Batch, c.Address.Period}, c.Declared.UserID}
	if r.UserID == c.Declared.UserID && users[key] == 1 {
		return "user id " + r.UserID
	}
	return ""
}
