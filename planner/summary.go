package planner

import (
	"cmp"
	"slices"

	"payrun/planner/payout"
)

// summarize counts the changes per batch.
func (d *differ) summarize(batches []Batch) {
	lines := make(map[scope]*Summary)
	d.plan.Batches = make([]Summary, len(batches))
	for i := range batches {
		b := &batches[i]
		zero := Tally{Sum: payout.Money{Currency: b.Merchant.Currency}}
		d.plan.Batches[i] = Summary{Batch: b, Declared: zero, ToPay: zero}
	}
	slices.SortFunc(d.plan.Batches, func(a, b Summary) int {
		return cmp.Or(cmp.Compare(a.Batch.Name, b.Batch.Name), cmp.Compare(a.Batch.Period, b.Batch.Period))
	})
	for i := range d.plan.Batches {
		b := d.plan.Batches[i].Batch
		lines[scope{b.Name, b.Period}] = &d.plan.Batches[i]
	}
	for i := range d.plan.Changes {
		c := &d.plan.Changes[i]
		if line := lines[scope{c.Address.Batch, c.Address.Period}]; line != nil {
			line.count(c)
		}
	}
}

func (s *Summary) count(c *Change) {
	if c.Declared != nil {
		s.Declared.add(c.Declared.Amount)
	}
	if c.Status() == payout.Paid {
		s.PaidBefore++
	}
	if c.Status().Open() {
		s.Open++
	}
	if c.Excluded && c.Action != ActionNone {
		s.Excluded++
		return
	}
	switch c.Action {
	case ActionPay, ActionRetry:
		s.pays(c)
	case ActionWait:
		s.Waiting++
	case ActionAttention:
		s.Attention++
		if c.Status() == payout.Failed {
			s.Failed++
		}
	case ActionConflict:
		s.Conflicts++
	case ActionLeft:
		s.Left++
	case ActionImport:
		s.Imports++
	}
}

func (s *Summary) pays(c *Change) {
	s.ToPay.add(c.Declared.Amount)
	if c.Action == ActionRetry {
		s.Retries++
	}
	if s.Largest == nil || c.Declared.Amount.Minor > s.Largest.Amount.Minor {
		s.Largest = c.Declared
	}
}
