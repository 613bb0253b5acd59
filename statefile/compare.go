package statefile

import (
	"fmt"
	"slices"

	"payrun/planner/payout"
)

// Comparison is what happened between two states of one file.
type Comparison struct {
	Changes []Change // by address
	// Problems are differences that no legal step explains, in words.
	Problems []string
}

// Change is what happened to one payout.
type Change struct {
	Address   payout.Address // as it is now
	Was       payout.Address // its address before a rename; the zero Address where it kept it
	Record    *payout.Record // as it is now, or as it was where it was forgotten
	From, To  payout.Status
	News      []News // events since, by attempt
	Raised    []payout.Flag
	Forgotten *payout.Tombstone // nil = it was not
}

// News is an event that the older state does not have.
type News struct {
	Attempt int
	payout.Event
}

// Compare says what happened from one state to a later one. Neither is changed.
func Compare(older, newer *Snapshot) *Comparison {
	c := &comparer{old: older, new: newer, out: &Comparison{}, legal: followers(), from: make(map[payout.Address]*payout.Record)}
	c.identity()
	c.pair()
	for _, r := range newer.Ledger.All() {
		c.record(c.from[r.Address], r)
	}
	c.vanished()
	c.merchants()
	c.runs()
	slices.SortFunc(c.out.Changes, func(a, b Change) int { return a.Address.Compare(b.Address) })
	return c.out
}

type comparer struct {
	old, new *Snapshot
	out      *Comparison
	legal    map[step]bool
	from     map[payout.Address]*payout.Record // by the address of now
	kept     map[*payout.Record]bool           // older records that the newer state has
}

func (c *comparer) problem(format string, args ...any) {
	c.out.Problems = append(c.out.Problems, fmt.Sprintf(format, args...))
}

// identity compares what the two files say about themselves.
func (c *comparer) identity() {
	o, n := c.old, c.new
	switch {
	case !o.Exists || !n.Exists:
	case o.Lineage != n.Lineage:
		c.problem("it is another state, which began apart (lineage was %s, now %s)", o.Lineage, n.Lineage)
	case n.Serial < o.Serial:
		c.problem("an earlier version was put back (serial %d, now %d)", o.Serial, n.Serial)
	case n.Serial == o.Serial && n.Digest != o.Digest:
		c.problem("the content changed, and the number of its version did not (serial %d)", n.Serial)
	case n.Serial == o.Serial+1 && n.PreviousDigest != o.Digest:
		c.problem("version %d does not continue version %d (serial): it names another content before it (previous digest)", n.Serial, o.Serial)
	}
}

// pair finds the older record of each newer one, through renames.
func (c *comparer) pair() {
	c.kept = make(map[*payout.Record]bool)
	for _, r := range c.new.Ledger.All() {
		was := c.old.Ledger.Record(r.Address)
		for _, former := range slices.Backward(r.Former) {
			if was == nil {
				was = c.old.Ledger.Record(former)
			}
		}
		if was != nil && !c.kept[was] {
			c.kept[was] = true
			c.from[r.Address] = was
		}
	}
}

// record compares one payout; was is nil where the older state has none.
func (c *comparer) record(was, now *payout.Record) {
	change := Change{Address: now.Address, Record: now, From: was.Status(), To: now.Status()}
	if was != nil && was.Address != now.Address {
		change.Was = was.Address
	}
	for i := range now.Attempts {
		a := &now.Attempts[i]
		change.News = append(change.News, c.attempt(now.Address, was.Attempt(a.N), a)...)
	}
	if was != nil {
		for i := range was.Attempts {
			if now.Attempt(was.Attempts[i].N) == nil {
				c.problem("%s: attempt %d, order id %s, vanished", now.Address, was.Attempts[i].N, was.Attempts[i].OrderID)
			}
		}
		c.frozen(was, now, change.News)
	}
	for _, f := range now.Flags {
		if !was.HasFlag(f) {
			change.Raised = append(change.Raised, f)
		}
	}
	if len(change.News) > 0 || change.Was != (payout.Address{}) || len(change.Raised) > 0 {
		c.out.Changes = append(c.out.Changes, change)
	}
}

// attempt returns the events that are new, once those that were there stand
// where they stood.
func (c *comparer) attempt(address payout.Address, was, now *payout.Attempt) []News {
	known := 0
	if was != nil {
		known = len(was.Events)
		switch {
		case was.OrderID != now.OrderID:
			c.problem("%s: attempt %d had order id %s, now %s", address, now.N, was.OrderID, now.OrderID)
		case was.PaymentID != "" && was.PaymentID != now.PaymentID:
			c.problem("%s: attempt %d had payment id %s, now %q", address, now.N, was.PaymentID, now.PaymentID)
		case len(now.Events) < known || !slices.EqualFunc(was.Events, now.Events[:known], sameEvent):
			c.problem("%s: recorded evidence of attempt %d was changed or taken away", address, now.N)
			return nil
		}
	}
	var news []News
	from := payout.Declared
	for i, e := range now.Events {
		if i >= known {
			if !c.legal[step{from, e.Status}] {
				c.problem("%s: attempt %d: %q cannot follow %q", address, now.N, e.Status, from)
			}
			news = append(news, News{Attempt: now.N, Event: e})
		}
		from = e.Status
	}
	return news
}

func sameEvent(a, b payout.Event) bool {
	same := a.At.Equal(b.At)
	a.At = b.At
	return same && a == b
}

// frozen attributes change only with a new intent.
func (c *comparer) frozen(was, now *payout.Record, news []News) {
	before, after := was.Details, now.Details
	before.Address = after.Address
	if before == after {
		return
	}
	for _, n := range news {
		if n.Status == payout.Sending || n.Source == payout.SourceLookup {
			return
		}
	}
	c.problem("%s: amount, destination, user id, merchant or description changed without a new attempt", now.Address)
}

// vanished records have a grave, or were lost.
func (c *comparer) vanished() {
	for _, r := range c.old.Ledger.All() {
		if c.kept[r] {
			continue
		}
		if grave := c.new.Ledger.Tombstone(r.Address); grave != nil {
			c.out.Changes = append(c.out.Changes, Change{Address: r.Address, Record: r, From: r.Status(), To: r.Status(), Forgotten: grave})
			continue
		}
		c.problem("%s: the record, %s %s, vanished", r.Address, r.Status(), r.Stake())
	}
	for i := range c.old.Ledger.Tombstones {
		if t := &c.old.Ledger.Tombstones[i]; c.new.Ledger.Tombstone(t.Address) == nil {
			c.problem("%s: its tombstone vanished", t.Address)
		}
	}
}

func (c *comparer) merchants() {
	for i := range c.old.Ledger.Merchants {
		was := &c.old.Ledger.Merchants[i]
		now := c.new.Ledger.Merchant(was.Name)
		switch {
		case now == nil:
			c.problem("merchant %s vanished", was.Name)
		case now.ID != was.ID || now.Environment != was.Environment:
			c.problem("merchant %s was account %d (%s), now %d (%s)", was.Name, was.ID, was.Environment, now.ID, now.Environment)
		}
	}
}

// runs are only added and closed.
func (c *comparer) runs() {
	now := make(map[string]*payout.Run)
	for i := range c.new.Ledger.Runs {
		now[c.new.Ledger.Runs[i].ID] = &c.new.Ledger.Runs[i]
	}
	for i := range c.old.Ledger.Runs {
		was := &c.old.Ledger.Runs[i]
		switch r := now[was.ID]; {
		case r == nil:
			c.problem("the run %s vanished", was.ID)
		case r.Plan != was.Plan || r.Who != was.Who || r.Commit != was.Commit || !slices.Equal(r.Approvals, was.Approvals) || !slices.Equal(r.Overrides, was.Overrides):
			c.problem("the run %s was rewritten: plan, person, commit, approvals or overrides", was.ID)
		}
	}
}
