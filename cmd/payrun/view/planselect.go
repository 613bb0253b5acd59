package view

import (
	"fmt"
	"slices"
	"strings"

	"payrun/planner"
	"payrun/planner/payout"
)

// selection is the part of the payouts to send that a short list shows.
type selection struct {
	changes []*planner.Change
	notes   map[*planner.Change]string
	rest    int
}

// selected chooses what to list: everything of a short plan, else the largest,
// the new recipients and what a broken rule names.
func (p *Plan) selected() selection {
	sending := p.Plan.Sending()
	s := selection{notes: make(map[*planner.Change]string)}
	fresh := make(map[payout.Address]bool)
	for _, c := range p.NewRecipients {
		fresh[c.Address] = true
	}
	if len(sending) <= maxListed {
		s.changes = sending
		for _, c := range sending {
			if fresh[c.Address] {
				s.note(c, "new recipient")
			}
		}
		return s
	}
	s.take(largest(sending), maxLargest, "largest")
	s.take(matching(sending, fresh), maxMarked, "new recipient")
	s.take(matching(sending, p.flagged()), maxMarked, "flagged")
	s.rest = len(sending) - len(s.changes)
	return s
}

func (s *selection) take(from []*planner.Change, most int, why string) {
	for _, c := range from[:min(most, len(from))] {
		if s.notes[c] == "" {
			s.changes = append(s.changes, c)
		}
		s.note(c, why)
	}
}

func (s *selection) note(c *planner.Change, why string) {
	if s.notes[c] != "" {
		why = s.notes[c] + ", " + why
	}
	s.notes[c] = why
}

// largest orders by amount, then address. Amounts of two currencies are not
// compared: the currency comes first.
func largest(sending []*planner.Change) []*planner.Change {
	sorted := slices.Clone(sending)
	slices.SortStableFunc(sorted, func(a, b *planner.Change) int {
		x, y := a.Amount(), b.Amount()
		switch {
		case x.Currency != y.Currency:
			return strings.Compare(x.Currency.Code, y.Currency.Code)
		case x.Minor > y.Minor:
			return -1
		case x.Minor < y.Minor:
			return 1
		}
		return 0
	})
	return sorted
}

func matching(sending []*planner.Change, wanted map[payout.Address]bool) []*planner.Change {
	var out []*planner.Change
	for _, c := range sending {
		if wanted[c.Address] {
			out = append(out, c)
		}
	}
	return out
}

// flagged are the payouts that a broken rule names.
func (p *Plan) flagged() map[payout.Address]bool {
	out := make(map[payout.Address]bool)
	for _, f := range p.Findings {
		if f.OK {
			continue
		}
		for _, a := range f.Addresses {
			out[a] = true
		}
	}
	return out
}

// newRecipientLimit is the one limit on new recipients, or 0 where there is
// none or more than one.
func (p *Plan) newRecipientLimit() int {
	found, n := 0, 0
	for _, s := range p.Plan.Batches {
		if l := s.Batch.Limits; l != nil && l.MaxNewRecipients != nil {
			found, n = found+1, l.MaxNewRecipients.Value
		}
	}
	for _, m := range p.Plan.Merchants {
		if m.Limits != nil && m.Limits.MaxNewRecipients != nil {
			found, n = found+1, m.Limits.MaxNewRecipients.Value
		}
	}
	if found != 1 {
		return 0
	}
	return n
}

// newRecipientWords is "3 recipients are paid for the first time (limit 10)".
func (p *Plan) newRecipientWords() string {
	words := "1 recipient is paid for the first time"
	if n := len(p.NewRecipients); n > 1 {
		words = fmt.Sprintf("%d recipients are paid for the first time", n)
	}
	if limit := p.newRecipientLimit(); limit > 0 {
		words += fmt.Sprintf(" (limit %d)", limit)
	}
	return words
}
