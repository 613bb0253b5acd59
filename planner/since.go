package planner

import (
	"cmp"
	"slices"
	"time"

	"payrun/planner/payout"
)

// Since says how what a plan sends of one batch differs from what was paid
// before: from the last run of the same period where there was one, else from
// the period of the batch that was paid last.
type Since struct {
	Batch  *Batch
	Period string         // compared with; empty = nothing of the batch is recorded
	Count  int            // payouts recorded in that period
	Sums   []payout.Money // of those, one sum a currency

	Moved   []Edit           // another destination, the amount may differ as well; by address
	Added   []*Change        // payouts that there were not; by address
	Amounts []Edit           // another amount to the same destination; by address
	Gone    []*payout.Record // recorded then, and not declared now; by address
	Same    int              // sent as before
}

// Edit is a payout that the plan sends, and what was recorded of it before.
type Edit struct {
	Change *Change
	Was    *payout.Record
}

// Own says that the batch is compared with earlier runs of its own period.
func (s *Since) Own() bool { return s.Period == s.Batch.Period }

// Empty says that nothing changed.
func (s *Since) Empty() bool { return len(s.Moved)+len(s.Added)+len(s.Amounts)+len(s.Gone) == 0 }

// Since compares every batch of which the plan sends something with the
// records, in the order of the plan's batches.
func (p *Plan) Since(l *payout.Ledger) []Since {
	found := make(map[scope]*earlier)
	for i := range p.Batches {
		if s := &p.Batches[i]; s.ToPay.Count > 0 {
			found[scope{s.Batch.Name, s.Batch.Period}] = &earlier{ledger: l, since: Since{Batch: s.Batch}}
		}
	}
	before := newest(l)
	byBatch := make(map[scope][]*earlier) // what compares with a recorded scope
	for own, e := range found {
		e.choose(own, before)
		for _, s := range slices.Compact([]scope{{own.batch, e.since.Period}, {own.batch, e.former}}) {
			byBatch[s] = append(byBatch[s], e)
		}
	}
	for r := range l.Records() {
		for _, e := range byBatch[scope{r.Address.Batch, r.Address.Period}] {
			e.recorded(r)
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if e := found[scope{c.Address.Batch, c.Address.Period}]; e != nil {
			e.change(c)
		}
	}
	var out []Since
	for i := range p.Batches {
		b := p.Batches[i].Batch
		if e := found[scope{b.Name, b.Period}]; e != nil {
			out = append(out, e.finish())
		}
	}
	return out
}

// newest is when each recorded batch and period was last paid.
func newest(l *payout.Ledger) map[scope]time.Time {
	out := make(map[scope]time.Time)
	for r := range l.Records() {
		s := scope{r.Address.Batch, r.Address.Period}
		if at := r.Newest().BegunAt(); !at.Before(out[s]) {
			out[s] = at
		}
	}
	return out
}

// earlier compares one batch.
type earlier struct {
	ledger *payout.Ledger
	since  Since
	former string                            // the period that was paid last before; may be empty
	known  map[payout.Address]*payout.Record // its records, by the address that they would have now
	sums   payout.Sums
}

func (e *earlier) choose(own scope, paid map[scope]time.Time) {
	for s, at := range paid {
		if s.batch != own.batch || s.period == own.period {
			continue
		}
		have := paid[scope{own.batch, e.former}]
		if e.former == "" || cmp.Or(at.Compare(have), cmp.Compare(s.period, e.former)) > 0 {
			e.former = s.period
		}
	}
	e.known = make(map[payout.Address]*payout.Record)
	e.since.Period = e.former
	if _, begun := paid[own]; begun {
		e.since.Period = own.period
	}
}

func (e *earlier) recorded(r *payout.Record) {
	if r.Address.Period == e.since.Period {
		e.since.Count++
		// The ledger's totals did not overflow, and this is a part of them.
		_ = e.sums.Add(r.Stake())
	}
	if r.Address.Period == e.former {
		now := r.Address
		now.Period = e.since.Batch.Period
		e.known[now] = r
	}
}

// change counts one change in. What is not sent is no news, unless it left the
// files.
func (e *earlier) change(c *Change) {
	was := cmp.Or(c.Record, e.known[c.Address])
	delete(e.known, c.Address)
	switch {
	case c.Declared == nil && e.since.Own():
		e.since.Gone = append(e.since.Gone, c.Record)
	case !c.Sends():
	case was == nil:
		e.since.Added = append(e.since.Added, c)
	case e.fingerprint(c, was) != was.Fingerprint:
		e.since.Moved = append(e.since.Moved, Edit{c, was})
	case was.Amount != c.Amount():
		e.since.Amounts = append(e.since.Amounts, Edit{c, was})
	default:
		e.since.Same++
	}
}

// fingerprint is that of the destination under the account that was used then:
// the same card has another one for each account.
func (e *earlier) fingerprint(c *Change, was *payout.Record) string {
	id := c.Batch.Merchant.ID
	if m := e.ledger.Merchant(was.Merchant); m != nil {
		id = m.ID
	}
	return c.Declared.Token.Fingerprint(id)
}

func (e *earlier) finish() Since {
	e.since.Sums = e.sums.All()
	if !e.since.Own() {
		for _, r := range e.known {
			e.since.Gone = append(e.since.Gone, r)
		}
		slices.SortFunc(e.since.Gone, func(a, b *payout.Record) int { return a.Address.Compare(b.Address) })
	}
	return e.since
}
