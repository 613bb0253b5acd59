package payout

import (
	"fmt"
	"slices"
	"time"
)

// Intent is the durable record made before a payout call: from here on the
// order id counts as sent until an answer says otherwise.
type Intent struct {
	Details
	At        time.Time
	Attempt   int
	OrderID   string
	TimeLimit time.Time
	Former    []Address // addresses of the record that this payout had before
}

// Outcome is what became known of one attempt: by the payout call, a look-up,
// a status call, an import or a person.
type Outcome struct {
	At          time.Time
	Address     Address
	Attempt     int
	OrderID     string
	Cause       Cause // why the status changes; empty while Event.Status is Declared
	Event       Event // Event.Status Declared: the status stays
	PaymentID   string
	PaymentDate string
	NotFound    Seen     // replaces the attempt's counter
	Failures    Seen     // replaces the attempt's counter
	Raise       []Flag   // flags added
	Clear       []Flag   // flags removed
	Proof       *Proof   // the gateway answered by order id alone
	Adopt       *Details // the facts of an attempt that has no record, or was not sent: look-up and import only
	Balance     string   // the merchant's balance after the call, where the answer says it
}

// Note is a change of the ledger that is no step in the life of an attempt.
type Note struct {
	At       time.Time
	Merchant *Merchant  // replaces the merchant of that name
	Run      *Run       // replaces the run of that ID, or is added
	Move     *Move      // gives a record another address
	Forget   *Tombstone // replaces a record
}

// CheckBegin says whether an intent is legal, without applying it. A forbidden
// transition is a *TransitionError.
func (l *Ledger) CheckBegin(in *Intent) error {
	record := l.records[in.Address]
	if err := checkTransition(in.Address, record.Status(), Sending, CauseIntent, false); err != nil {
		return err
	}
	want := 1
	if newest := record.Newest(); newest != nil {
		want = newest.N + 1
		if newest.Status() == NotSent {
			want = newest.N
		}
	}
	forbid := func(reason string) error {
		return &TransitionError{Address: in.Address, From: record.Status(), To: Sending, Cause: CauseIntent, Reason: reason}
	}
	if record.Status().needsPerson() && !record.HasFlag(FlagResend) {
		return forbid("no person asked for it to be sent again")
	}
	if t := l.buried(in.Address, in.Merchant, in.OrderID); t != nil {
		return forbid("it was forgotten on " + t.At.UTC().Format(time.DateOnly) + " and is never paid again")
	}
	if want > MaxAttempts {
		return forbid(fmt.Sprintf("it had %d attempts; only a new key can be paid", MaxAttempts))
	}
	if in.Attempt != want {
		return forbid(fmt.Sprintf("attempt %d is out of order, %d follows", in.Attempt, want))
	}
	holder := l.ByOrderID(in.Merchant, in.OrderID)
	resumed := record.Attempt(in.Attempt)
	if resumed != nil && resumed.OrderID != in.OrderID {
		return forbid("an attempt that was not sent keeps its order id")
	}
	if holder != nil && (resumed == nil || holder != record) {
		return forbid("order id " + in.OrderID + " was used by " + holder.Address.String())
	}
	return nil
}

// Begin applies an intent.
func (l *Ledger) Begin(in *Intent) error {
	if err := l.CheckBegin(in); err != nil {
		return err
	}
	record := l.records[in.Address]
	if record == nil {
		record = &Record{Former: slices.Clone(in.Former)}
		l.records[in.Address] = record
	}
	record.change(in.Details)
	record.Flags = mergeFlags(record.Flags, nil, []Flag{FlagResend})
	attempt := record.Attempt(in.Attempt)
	if attempt == nil {
		record.Attempts = append(record.Attempts, Attempt{N: in.Attempt, OrderID: in.OrderID})
		attempt = record.Newest()
	}
	// One that was not sent pays what the intent says, whatever it was to pay.
	attempt.TimeLimit, attempt.Was = in.TimeLimit, Terms{}
	attempt.Events = append(attempt.Events, Event{Status: Sending, At: in.At, Source: SourceIntent})
	l.orders[newOrderKey(in.Merchant, in.OrderID)] = record
	if m := l.Merchant(in.Merchant); m != nil && in.At.After(m.LastCall) {
		m.LastCall = in.At
	}
	return nil
}

// CheckSettle says whether an outcome is legal, without applying it.
func (l *Ledger) CheckSettle(o *Outcome) error {
	record := l.records[o.Address]
	attempt := record.Attempt(o.Attempt)
	if attempt == nil {
		return l.checkAdopt(record, o)
	}
	if attempt.OrderID != o.OrderID {
		return &TransitionError{Address: o.Address, From: attempt.Status(), To: o.Event.Status, Cause: o.Cause,
			Reason: fmt.Sprintf("attempt %d has order id %s, not %s", o.Attempt, attempt.OrderID, o.OrderID)}
	}
	if o.Event.Status == Declared {
		return nil
	}
	if o.Adopt != nil && o.Adopt.Address != o.Address {
		return &TransitionError{Address: o.Address, From: attempt.Status(), To: o.Event.Status, Cause: o.Cause,
			Reason: fmt.Sprintf("attempt %d of %s cannot be taken over", o.Attempt, o.Adopt.Address)}
	}
	manual := attempt.Last().Source == SourceManual
	return checkTransition(o.Address, attempt.Status(), o.Event.Status, o.Cause, manual)
}

// checkAdopt is CheckSettle for an attempt that the ledger does not know.
func (l *Ledger) checkAdopt(record *Record, o *Outcome) error {
	forbid := func(reason string) error {
		return &TransitionError{Address: o.Address, From: record.Status(), To: o.Event.Status, Cause: o.Cause, Reason: reason}
	}
	if o.Adopt == nil {
		return forbid(fmt.Sprintf("attempt %d is not recorded", o.Attempt))
	}
	if o.Adopt.Address != o.Address || o.Attempt < 1 || o.Attempt > MaxAttempts {
		return forbid(fmt.Sprintf("attempt %d of %s cannot be taken over", o.Attempt, o.Adopt.Address))
	}
	// Where the next attempt might begin, its look-up may find it begun. A
	// look-up of all attempts may find more than one alive: each is recorded.
	_, mayBegin := transitions[transitionKey{record.Status(), Sending, CauseIntent}]
	newest := record.Newest()
	if newest != nil && (o.Attempt <= newest.N || !mayBegin && newest.Last().Source != SourceLookup) {
		return forbid("the payout is recorded already")
	}
	if l.buried(o.Address, o.Adopt.Merchant, o.OrderID) != nil {
		return forbid("it was forgotten")
	}
	if holder := l.ByOrderID(o.Adopt.Merchant, o.OrderID); holder != nil {
		return forbid("order id " + o.OrderID + " was used by " + holder.Address.String())
	}
	return checkTransition(o.Address, Declared, o.Event.Status, o.Cause, false)
}

// Settle applies an outcome.
func (l *Ledger) Settle(o *Outcome) error {
	if err := l.CheckSettle(o); err != nil {
		return err
	}
	record := l.records[o.Address]
	if record == nil {
		record = &Record{}
		l.records[o.Address] = record
	}
	attempt := record.Attempt(o.Attempt)
	if attempt == nil || o.Adopt != nil && attempt.Status() == NotSent && o.Event.Status != Declared {
		// The payout may have been edited before the attempt that is found now.
		attempt = record.adopt(o)
		l.orders[newOrderKey(record.Merchant, o.OrderID)] = record
	}
	settleAttempt(attempt, o)
	clear := o.Clear
	if o.Event.Status != Declared && o.Cause != CauseResend {
		// The wish for a resend was about a status that is no more.
		clear = append(slices.Clone(clear), FlagResend)
	}
	record.Flags = mergeFlags(record.Flags, o.Raise, clear)
	// An earlier attempt may have been another merchant's.
	l.settleMerchant(record.TermsOf(attempt).Merchant, o)
	return nil
}

// adopt makes room for a payment that was found: its details are those of the
// outcome, also where an older intent of the same attempt, never sent, had
// others.
func (r *Record) adopt(o *Outcome) *Attempt {
	r.change(*o.Adopt)
	attempt := r.Attempt(o.Attempt)
	if attempt == nil {
		r.Attempts = append(r.Attempts, Attempt{N: o.Attempt, OrderID: o.OrderID})
		attempt = r.Newest()
	}
	attempt.Was = Terms{}
	return attempt
}

func settleAttempt(a *Attempt, o *Outcome) {
	if o.PaymentID != "" {
		a.PaymentID = o.PaymentID
	}
	if o.PaymentDate != "" {
		a.PaymentDate = o.PaymentDate
	}
	a.NotFound, a.Failures = o.NotFound, o.Failures
	if o.Event.Status != Declared {
		a.Events = append(a.Events, o.Event)
	}
}

func (l *Ledger) settleMerchant(name string, o *Outcome) {
	m := l.Merchant(name)
	if m == nil {
		return
	}
	if o.Balance != "" {
		m.Balance = o.Balance
	}
	if o.Proof != nil && !m.ProvenFor(o.Proof.Environment, o.Proof.API) {
		m.Proven = append(m.Proven, *o.Proof)
	}
}

func mergeFlags(have, raise, clear []Flag) []Flag {
	out := slices.Clone(have)
	out = append(out, raise...)
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(f Flag) bool { return slices.Contains(clear, f) })
}
