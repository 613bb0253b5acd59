package statefile

import (
	"errors"
	"fmt"
	"time"

	"payrun/planner/payout"
)

// kind says what a journal line holds.
type kind string

const (
	kindHeader kind = "header" // first line of a segment: what it continues
	kindBegin  kind = "begin"  // payout.Intent
	kindEnd    kind = "end"    // payout.Outcome
	kindNote   kind = "note"   // payout.Note
)

// entry is the JSON of one journal line.
type entry struct {
	link
	body
}

// link is the place of a line in the journal.
type link struct {
	Seq   int64  `json:"seq"`          // of a header: the newest entry before it
	Group int64  `json:"group"`        // from 0, the header, in each segment
	Prev  string `json:"prev"`         // SHA-256 of the line before, hex
	End   bool   `json:"end,omitzero"` // last line of its group
}

// body is the content of a line. The order of the fields is the order in the
// file: order_id stands last of what a begin line says, so that a fragment
// which shows its order id shows the payout as well.
type body struct {
	Kind kind `json:"kind"`

	At         time.Time `json:"at,omitzero"`
	Format     string    `json:"format,omitzero"`
	Lineage    string    `json:"lineage,omitzero"`
	BaseSerial int64     `json:"base_serial,omitzero"`
	BaseDigest string    `json:"base_digest,omitzero"`
	Unproven   []string  `json:"unproven,omitzero"`

	Attempt int `json:"attempt,omitzero"`
	wireDetails
	Former    []string  `json:"former,omitzero"`
	TimeLimit time.Time `json:"time_limit,omitzero"`
	OrderID   string    `json:"order_id,omitzero"`

	Cause       string       `json:"cause,omitzero"`
	Event       wireEvent    `json:"event,omitzero"`
	PaymentID   string       `json:"payment_id,omitzero"`
	PaymentDate string       `json:"payment_date,omitzero"`
	NotFound    wireSeen     `json:"not_found,omitzero"`
	Failures    wireSeen     `json:"failures,omitzero"`
	Raise       []string     `json:"raise,omitzero"`
	Clear       []string     `json:"clear,omitzero"`
	Proof       *wireProof   `json:"proof,omitzero"`
	Adopt       *wireDetails `json:"adopt,omitzero"`
	Balance     string       `json:"balance,omitzero"`

	MerchantRecord *wireMerchant `json:"merchant_record,omitzero"`
	Run            *wireRun      `json:"run,omitzero"`

	Move   *wireMove      `json:"move,omitzero"`
	Forget *wireTombstone `json:"forget,omitzero"`
}

func wireOf(d *payout.Details) wireDetails {
	return wireDetails{
		Address: d.Address.String(), Amount: d.Amount.Decimal(), Currency: d.Amount.Currency.Code,
		Merchant: d.Merchant, Destination: d.Destination, Fingerprint: d.Fingerprint,
		UserID: d.UserID, Description: d.Description,
	}
}

func beginEntry(in *payout.Intent) *body {
	return &body{
		Kind: kindBegin, At: in.At.UTC(), Attempt: in.Attempt, wireDetails: wireOf(&in.Details),
		Former: addressTexts(in.Former), TimeLimit: in.TimeLimit.UTC(), OrderID: in.OrderID,
	}
}

func endEntry(o *payout.Outcome) *body {
	e := &body{
		Kind: kindEnd, At: o.At.UTC(), Attempt: o.Attempt, OrderID: o.OrderID, Cause: string(o.Cause),
		Event: wireEventOf(o.Event), PaymentID: o.PaymentID, PaymentDate: o.PaymentDate,
		NotFound: wireSeenOf(o.NotFound), Failures: wireSeenOf(o.Failures),
		Raise: words(o.Raise), Clear: words(o.Clear), Balance: o.Balance,
	}
	e.Address = o.Address.String()
	if o.Proof != nil {
		proof := wireProof(*o.Proof)
		proof.At = proof.At.UTC()
		e.Proof = &proof
	}
	if o.Adopt != nil {
		adopt := wireOf(o.Adopt)
		e.Adopt = &adopt
	}
	return e
}

func noteEntry(n *payout.Note) *body {
	e := &body{Kind: kindNote, At: n.At.UTC()}
	if n.Merchant != nil {
		e.MerchantRecord = wireMerchantOf(n.Merchant)
	}
	if n.Run != nil {
		e.Run = wireRunOf(n.Run)
	}
	if n.Move != nil {
		e.Move = &wireMove{From: n.Move.From.String(), To: n.Move.To.String()}
	}
	if n.Forget != nil {
		e.Forget = wireTombstoneOf(n.Forget)
	}
	return e
}

func words(flags []payout.Flag) []string {
	var out []string
	for _, f := range flags {
		out = append(out, string(f))
	}
	return out
}

func wireEventOf(e payout.Event) wireEvent {
	return wireEvent{
		Status: string(e.Status), At: e.At.UTC(), Source: string(e.Source), Code: e.Code,
		Words: e.Words, By: e.By, Reason: e.Reason, Evidence: e.Evidence,
	}
}

func wireSeenOf(s payout.Seen) wireSeen {
	return wireSeen{Count: int64(s.Count), First: s.First.UTC(), Last: s.Last.UTC()}
}

func wireMerchantOf(m *payout.Merchant) *wireMerchant {
	w := &wireMerchant{Name: m.Name, ID: m.ID, Environment: m.Environment, Prefix: m.Prefix, LastCall: m.LastCall.UTC(), Balance: m.Balance}
	for _, p := range m.Proven {
		p.At = p.At.UTC()
		w.Proven = append(w.Proven, wireProof(p))
	}
	return w
}

func wireRunOf(r *payout.Run) *wireRun {
	w := &wireRun{
		ID: r.ID, Plan: r.Plan, State: runState(r), OpenedAt: r.OpenedAt.UTC(), ClosedAt: r.ClosedAt.UTC(),
		Who: r.Who, Commit: r.Commit, Approvals: r.Approvals, BalanceAfter: r.BalanceAfter,
	}
	for _, o := range r.Overrides {
		w.Overrides = append(w.Overrides, wireOverride(o))
	}
	return w
}

// apply replays the entry on a ledger. What a file asks for may be forbidden:
// that is an error and never a panic.
func (e *body) apply(l *payout.Ledger) error {
	switch e.Kind {
	case kindBegin:
		in, err := e.intent()
		if err != nil {
			return err
		}
		return l.Begin(in)
	case kindEnd:
		o, err := e.outcome()
		if err != nil {
			return err
		}
		return l.Settle(o)
	case kindNote:
		n, err := e.note()
		if err != nil {
			return err
		}
		if err := l.CheckNote(n); err != nil {
			return err
		}
		l.Note(n)
		return nil
	}
	return fmt.Errorf("no entry has kind %q", e.Kind)
}

// sent is the payment that a begin line, or one that adopts a payment, speaks
// of; nil of any other line.
func (e *body) sent() *payout.Intent {
	switch {
	case e.Kind == kindBegin:
		if in, err := e.intent(); err == nil {
			return in
		}
	case e.Kind == kindEnd && e.Adopt != nil:
		if o, err := e.outcome(); err == nil {
			return adopted(o)
		}
	}
	return nil
}

func (e *body) intent() (*payout.Intent, error) {
	details, err := e.details()
	if err != nil {
		return nil, err
	}
	former, err := parseAddresses(e.Former)
	if err != nil {
		return nil, err
	}
	if e.OrderID == "" || e.Attempt < 1 {
		return nil, errors.New("a begin line names an attempt and an order id")
	}
	return &payout.Intent{Details: details, At: e.At, Attempt: e.Attempt, OrderID: e.OrderID, TimeLimit: e.TimeLimit, Former: former}, nil
}

func (e *body) outcome() (*payout.Outcome, error) {
	address, err := payout.ParseAddress(e.Address)
	if err != nil {
		return nil, err
	}
	o := &payout.Outcome{
		At: e.At, Address: address, Attempt: e.Attempt, OrderID: e.OrderID, Cause: payout.Cause(e.Cause),
		PaymentID: e.PaymentID, PaymentDate: e.PaymentDate, Balance: e.Balance,
	}
	for _, f := range e.Raise {
		o.Raise = append(o.Raise, payout.Flag(f))
	}
	for _, f := range e.Clear {
		o.Clear = append(o.Clear, payout.Flag(f))
	}
	return o, e.evidence(o)
}

// evidence fills in the parts of an outcome that may be wrong in a file.
func (e *body) evidence(o *payout.Outcome) (err error) {
	if o.Event, err = e.Event.event(); err != nil {
		return err
	}
	if o.NotFound, err = e.NotFound.seen(); err != nil {
		return err
	}
	if o.Failures, err = e.Failures.seen(); err != nil {
		return err
	}
	if e.Proof != nil {
		proof := payout.Proof(*e.Proof)
		o.Proof = &proof
	}
	if e.Adopt != nil {
		details, err := e.Adopt.details()
		if err != nil {
			return err
		}
		if details.Address != o.Address {
			return errors.New("the adopted payout has another address")
		}
		o.Adopt = &details
	}
	return nil
}

func (e *body) note() (*payout.Note, error) {
	n := &payout.Note{At: e.At}
	if e.MerchantRecord != nil {
		m, err := e.MerchantRecord.merchant()
		if err != nil {
			return nil, err
		}
		n.Merchant = &m
	}
	if e.Run != nil {
		r, err := e.Run.run()
		if err != nil {
			return nil, err
		}
		n.Run = &r
	}
	if e.Move != nil {
		move, err := e.Move.move()
		if err != nil {
			return nil, err
		}
		n.Move = move
	}
	if e.Forget != nil {
		grave, err := e.Forget.tombstone()
		if err != nil {
			return nil, err
		}
		n.Forget = &grave
	}
	return n, nil
}
