package view

import (
	"fmt"
	"slices"

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
	if len(sending) <= maxListed {
		fresh := make(map[payout.Address]bool)
		for _, c := range p.NewRecipients {
			fresh[c.Address] = true
		}
		s.changes = sending
		for _, c := range sending {
			if fresh[c.Address] {
				s.note(c, "new recipient")
			}
		}
		return s
	}
	s.take(largest(sending, maxLargest), maxLargest, "largest")
	s.take(p.NewRecipients, maxMarked, "new recipient") // of what is sent, by address
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

// largest are the n largest, then by address. Amounts of two currencies are
// not compared: the currency comes first.
func largest(sending []*planner.Change, n int) []*planner.Change {
	var top []*planner.Change
	for _, c := range sending {
		at := len(top)
		for at > 0 && larger(c.Amount(), top[at-1].Amount()) {
			at--
		}
		if at < n {
			top = slices.Insert(top, at, c)
			top = top[:min(n, len(top))]
		}
	}
	return top
}

func larger(a, b payout.Money) bool {
	if a.Currency != b.Currency {
		return a.Currency.Code < b.Currency.Code
	}
	return a.Minor > b.Minor
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
