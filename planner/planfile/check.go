package planfile

import (
	"fmt"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// check looks for content that contradicts itself: anybody can write a digest
// below a plan of their own.
func (f *File) check() error {
	if f.outline != "" {
		return &FormatError{Reason: "its changes were not made"}
	}
	for name, t := range map[string]time.Time{"created_at": f.CreatedAt, "expires_at": f.ExpiresAt} {
		if _, err := parseMoment(name, moment(t)); err != nil {
			return err
		}
	}
	var last *payout.Address
	var tally checkTally
	for i := range f.Changes {
		c := &f.Changes[i]
		address, amount, err := c.check()
		if err != nil {
			return err
		}
		if last != nil && last.Compare(address) >= 0 {
			return &FormatError{Reason: fmt.Sprintf("change %s is out of order or repeated", c.Address)}
		}
		last = &address
		if err := tally.add(c, amount); err != nil {
			return err
		}
	}
	return tally.compare(f)
}

// check reads what must be readable in a change.
func (c *Change) check() (payout.Address, payout.Money, error) {
	address, err := payout.ParseAddress(c.Address)
	if err != nil || address.String() != c.Address {
		return address, payout.Money{}, &FormatError{Reason: fmt.Sprintf("change %q has no address", c.Address), Err: err}
	}
	if err := c.checkWords(); err != nil {
		return address, payout.Money{}, err
	}
	amount, err := c.Money()
	return address, amount, err
}

func (c *Change) checkWords() error {
	if c.Action == string(planner.ActionNone) || new(Counts).of(c.Action) == nil {
		return &FormatError{Reason: fmt.Sprintf("change %s has the unknown action %q", c.Address, c.Action)}
	}
	if c.Status != "" {
		if _, err := payout.ParseStatus(c.Status); err != nil {
			return &FormatError{Reason: "change " + c.Address, Err: err}
		}
	}
	// An imported payment may be known by its payment id alone.
	if c.Attempt < 1 || c.Attempt > payout.MaxAttempts || c.Sends() && c.OrderID == "" {
		return &FormatError{Reason: fmt.Sprintf("change %s has attempt %d, order id %q", c.Address, c.Attempt, c.OrderID)}
	}
	return nil
}

// Money is the amount of the change. A text that is no amount is a
// *FormatError.
func (c *Change) Money() (payout.Money, error) {
	currency, ok := payout.LookupCurrency(c.Currency)
	if !ok {
		return payout.Money{}, &FormatError{Reason: fmt.Sprintf("change %s has the unknown currency %q", c.Address, c.Currency)}
	}
	m, err := payout.ParseMoney(c.Amount, currency)
	if err == nil && m.Decimal() != c.Amount {
		err = &payout.AmountError{Text: c.Amount, Reason: "digits are missing"}
	}
	if err != nil {
		return payout.Money{}, &FormatError{Reason: "change " + c.Address, Err: err}
	}
	return m, nil
}

// checkTally counts the changes anew.
type checkTally struct {
	counts Counts
	sent   map[string]int
	sums   payout.Sums
}

func (t *checkTally) add(c *Change, amount payout.Money) error {
	t.counts.add(c.Action, c.Excluded)
	if !c.Sends() {
		return nil
	}
	if t.sent == nil {
		t.sent = make(map[string]int)
	}
	t.sent[c.Currency]++
	if err := t.sums.Add(amount); err != nil {
		return &FormatError{Reason: "add the amounts", Err: err}
	}
	return nil
}

func (t *checkTally) compare(f *File) error {
	t.counts.None, t.counts.History = f.Counts.None, f.Counts.History
	if t.counts != f.Counts {
		return &FormatError{Reason: "the counts do not fit the changes"}
	}
	sums := t.sums.All()
	if len(sums) != len(f.Totals) {
		return &FormatError{Reason: "the totals do not fit the changes"}
	}
	for i, m := range sums {
		code := m.Currency.Code
		if f.Totals[i] != (Total{Count: t.sent[code], Currency: code, Sum: m.Decimal()}) {
			return &FormatError{Reason: "the total in " + code + " does not fit the changes"}
		}
	}
	return nil
}
