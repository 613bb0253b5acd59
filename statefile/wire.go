package statefile

import (
	"fmt"
	"time"

	"payrun/planner/payout"
)

// The wire structs are what stands in files, before it is believed. The
// journal is written through them as well, so the order of their fields is the
// order of its members.

type wireMerchant struct {
	Name        string      `json:"name"`
	ID          int64       `json:"id"`
	Environment string      `json:"environment,omitzero"`
	Prefix      string      `json:"prefix,omitzero"`
	Proven      []wireProof `json:"lookup_proven,omitzero"`
	LastCall    time.Time   `json:"last_call,omitzero"`
	Balance     string      `json:"balance,omitzero"`
}

type wireProof struct {
	Environment string    `json:"environment,omitzero"`
	API         string    `json:"api,omitzero"`
	OrderID     string    `json:"order_id,omitzero"`
	At          time.Time `json:"at,omitzero"`
}

type wireRun struct {
	ID           string            `json:"id"`
	Plan         string            `json:"plan,omitzero"`
	State        string            `json:"state"`
	OpenedAt     time.Time         `json:"opened_at,omitzero"`
	ClosedAt     time.Time         `json:"closed_at,omitzero"`
	Who          string            `json:"who,omitzero"`
	Commit       string            `json:"commit,omitzero"`
	Approvals    []string          `json:"approvals,omitzero"`
	Overrides    []wireOverride    `json:"overrides,omitzero"`
	BalanceAfter map[string]string `json:"balance_after,omitzero"`
}

type wireOverride struct {
	Name   string `json:"name"`
	Reason string `json:"reason,omitzero"`
}

// wireDetails are the frozen attributes of a payout, as the journal writes
// them.
type wireDetails struct {
	Address     string `json:"address,omitzero"`
	Amount      string `json:"amount,omitzero"`
	Currency    string `json:"currency,omitzero"`
	Merchant    string `json:"merchant,omitzero"`
	Destination string `json:"destination,omitzero"`
	Fingerprint string `json:"fingerprint,omitzero"`
	UserID      string `json:"user_id,omitzero"`
	Description string `json:"description,omitzero"`
}

type wireRecord struct {
	wireDetails
	Status   string        `json:"status"`
	Period   string        `json:"period"`
	Former   []string      `json:"former,omitzero"`
	Flags    []string      `json:"flags,omitzero"`
	Attempts []wireAttempt `json:"attempts"`
}

type wireAttempt struct {
	N           int64       `json:"n"`
	OrderID     string      `json:"order_id"`
	TimeLimit   time.Time   `json:"time_limit,omitzero"`
	PaymentID   string      `json:"payment_id,omitzero"`
	PaymentDate string      `json:"payment_date,omitzero"`
	Amount      string      `json:"amount,omitzero"` // with currency and merchant: of an edited payout
	Currency    string      `json:"currency,omitzero"`
	Merchant    string      `json:"merchant,omitzero"`
	NotFound    wireSeen    `json:"not_found,omitzero"`
	Failures    wireSeen    `json:"failures,omitzero"`
	Events      []wireEvent `json:"events"`
}

type wireSeen struct {
	Count int64     `json:"count"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

type wireEvent struct {
	Status   string    `json:"status,omitzero"`
	At       time.Time `json:"at,omitzero"`
	Source   string    `json:"source,omitzero"`
	Code     string    `json:"code,omitzero"`
	Words    string    `json:"words,omitzero"`
	By       string    `json:"by,omitzero"`
	Reason   string    `json:"reason,omitzero"`
	Evidence string    `json:"evidence,omitzero"`
}

type wireTotal struct {
	Count int64  `json:"count"`
	Sum   string `json:"sum"`
}

// maxInteger bounds numbers in JSON: past it RFC 8785 loses digits.
const maxInteger = 1<<53 - 1

func checkInteger(name string, n int64) error {
	if n < 0 || n > maxInteger {
		return fmt.Errorf("%s is %d, it has to be from 0 to %d", name, n, int64(maxInteger))
	}
	return nil
}

func (w *wireMerchant) merchant() (payout.Merchant, error) {
	m := payout.Merchant{Name: w.Name, ID: w.ID, Environment: w.Environment, Prefix: w.Prefix, LastCall: w.LastCall, Balance: w.Balance}
	if w.Name == "" {
		return m, fmt.Errorf("a merchant has no name")
	}
	for _, p := range w.Proven {
		m.Proven = append(m.Proven, payout.Proof(p))
	}
	return m, checkInteger("merchant id", w.ID)
}

func (w *wireRun) run() (payout.Run, error) {
	r := payout.Run{
		ID: w.ID, Plan: w.Plan, Open: w.State == runOpen, OpenedAt: w.OpenedAt, ClosedAt: w.ClosedAt,
		Who: w.Who, Commit: w.Commit, Approvals: w.Approvals, BalanceAfter: w.BalanceAfter,
	}
	if w.ID == "" {
		return r, fmt.Errorf("a run has no id")
	}
	if w.State != runOpen && w.State != runClosed {
		return r, fmt.Errorf("run %s has state %q, it has to be %q or %q", w.ID, w.State, runOpen, runClosed)
	}
	for _, o := range w.Overrides {
		r.Overrides = append(r.Overrides, payout.Override(o))
	}
	return r, nil
}

func (w *wireDetails) details() (payout.Details, error) {
	address, err := payout.ParseAddress(w.Address)
	if err != nil {
		return payout.Details{}, err
	}
	currency, ok := payout.LookupCurrency(w.Currency)
	if !ok {
		return payout.Details{}, fmt.Errorf("currency %q is unknown", w.Currency)
	}
	amount, err := payout.ParseMoney(w.Amount, currency)
	if err != nil {
		return payout.Details{}, err
	}
	if w.Merchant == "" {
		return payout.Details{}, fmt.Errorf("the merchant is missing")
	}
	return payout.Details{
		Address: address, Amount: amount, Merchant: w.Merchant, Destination: w.Destination,
		Fingerprint: w.Fingerprint, UserID: w.UserID, Description: w.Description,
	}, nil
}

func (w *wireSeen) seen() (payout.Seen, error) {
	s := payout.Seen{Count: int(w.Count), First: w.First, Last: w.Last}
	return s, checkInteger("count", w.Count)
}

func (w *wireEvent) event() (payout.Event, error) {
	status := payout.Declared
	if w.Status != "" {
		var err error
		if status, err = payout.ParseStatus(w.Status); err != nil {
			return payout.Event{}, err
		}
	}
	return payout.Event{
		Status: status, At: w.At, Source: payout.Source(w.Source), Code: w.Code,
		Words: w.Words, By: w.By, Reason: w.Reason, Evidence: w.Evidence,
	}, nil
}
