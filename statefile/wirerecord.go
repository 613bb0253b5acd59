package statefile

import (
	"fmt"

	"payrun/planner/payout"
)

// record checks and converts one payout of a state file. The record stands in
// the room.
func (w *wireRecord) record(room *room) (*payout.Record, error) {
	details, err := w.details()
	if err != nil {
		return nil, err
	}
	if w.Period != details.Address.Period {
		return nil, fmt.Errorf("period %q is not that of the address", w.Period)
	}
	r := &rooms(&room.records, 1)[0]
	r.Details = details
	if r.Former, err = parseAddresses(w.Former); err != nil {
		return nil, err
	}
	if r.Flags, err = parseFlags(w.Flags); err != nil {
		return nil, err
	}
	if r.Attempts, err = w.attempts(room); err != nil {
		return nil, err
	}
	if got := r.Status(); string(got) != w.Status {
		return nil, fmt.Errorf("status %q is not that of the newest event, %q", w.Status, got)
	}
	return r, nil
}

func parseAddresses(texts []string) ([]payout.Address, error) {
	var out []payout.Address
	for _, t := range texts {
		a, err := payout.ParseAddress(t)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// parseFlags takes any words: a flag of a later minor version is kept.
func parseFlags(texts []string) ([]payout.Flag, error) {
	var out []payout.Flag
	for i, t := range texts {
		if t == "" || i > 0 && t <= texts[i-1] {
			return nil, fmt.Errorf("the flags are not sorted words without repeats")
		}
		out = append(out, payout.Flag(t))
	}
	return out, nil
}

func (w *wireRecord) attempts(room *room) ([]payout.Attempt, error) {
	if len(w.Attempts) == 0 {
		return nil, fmt.Errorf("no attempt is recorded")
	}
	out := rooms(&room.attempts, len(w.Attempts))
	last := int64(0)
	for i := range w.Attempts {
		a := &w.Attempts[i]
		if a.N <= last || a.N > payout.MaxAttempts {
			return nil, fmt.Errorf("attempt %d is out of order or past %d", a.N, payout.MaxAttempts)
		}
		last = a.N
		if err := a.fill(&out[i], room); err != nil {
			return nil, fmt.Errorf("attempt %d: %w", a.N, err)
		}
	}
	return out, nil
}

func (w *wireAttempt) fill(a *payout.Attempt, room *room) (err error) {
	if w.OrderID == "" || len(w.OrderID) > payout.MaxOrderIDBytes {
		return fmt.Errorf("an order id has 1 to %d characters, %q has %d", payout.MaxOrderIDBytes, w.OrderID, len(w.OrderID))
	}
	if len(w.Events) == 0 {
		return fmt.Errorf("no event is recorded")
	}
	a.N, a.OrderID, a.TimeLimit = int(w.N), w.OrderID, w.TimeLimit
	a.PaymentID, a.PaymentDate = w.PaymentID, w.PaymentDate
	if a.Was, err = w.was(); err != nil {
		return err
	}
	if a.NotFound, err = w.NotFound.seen(); err != nil {
		return err
	}
	if a.Failures, err = w.Failures.seen(); err != nil {
		return err
	}
	a.Events = rooms(&room.events, len(w.Events))
	for i := range w.Events {
		if a.Events[i], err = w.Events[i].event(); err != nil {
			return err
		}
		if a.Events[i].Status == payout.Declared {
			return fmt.Errorf("event %d has no status", i+1)
		}
	}
	return nil
}

// was reads what an attempt was to pay before its payout was edited.
func (w *wireAttempt) was() (payout.Terms, error) {
	if w.Amount == "" && w.Currency == "" && w.Merchant == "" {
		return payout.Terms{}, nil
	}
	currency, ok := payout.LookupCurrency(w.Currency)
	if !ok {
		return payout.Terms{}, fmt.Errorf("currency %q is unknown", w.Currency)
	}
	if w.Merchant == "" {
		return payout.Terms{}, fmt.Errorf("its amount has no merchant")
	}
	amount, err := payout.ParseMoney(w.Amount, currency)
	return payout.Terms{Amount: amount, Merchant: w.Merchant}, err
}
