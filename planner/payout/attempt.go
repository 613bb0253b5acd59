package payout

import "time"

// Source says where a piece of evidence comes from. The words are persisted.
type Source string

// The sources of evidence.
const (
	SourceIntent    Source = "intent"    // our own record, made before the call
	SourceAnswer    Source = "answer"    // the answer of the payout call
	SourceTransport Source = "transport" // how the payout call failed without an answer
	SourceRestart   Source = "restart"   // a run that ended without recording a result
	SourceStatus    Source = "status"    // the answer of a status call
	SourceLookup    Source = "look-up"   // the status call before sending
	SourceCallback  Source = "callback"
	SourceManual    Source = "manual"
	SourceImport    Source = "import"
	// SourceAcknowledged marks that a person has seen a flag; it is no evidence
	// about the payment.
	SourceAcknowledged Source = "acknowledged"
)

// Event is one step in the life of an attempt: a status and its evidence.
type Event struct {
	Status   Status
	At       time.Time
	Source   Source
	Code     string // the gateway's code, in decimal; empty where none came
	Words    string // the gateway's words or the failure, masked, at most MaxWords characters
	By       string // who, for manual evidence
	Reason   string // why, for manual evidence
	Evidence string // "sha256:…" of a file that was shown, for manual evidence
}

// MaxWords bounds the gateway's words that are kept, in characters.
const MaxWords = 300

// Seen counts equal answers that a rule waits for.
type Seen struct {
	Count int
	First time.Time
	Last  time.Time
}

// Attempt is one try to pay a payout, with its own order id, which goes on the
// wire at most once.
type Attempt struct {
	N           int // 1 to MaxAttempts
	OrderID     string
	TimeLimit   time.Time // pg_order_time_limit as sent; zero where a look-up found the attempt
	PaymentID   string    // the gateway's; empty while unknown
	PaymentDate string    // as the gateway wrote it; without offset = the merchant's zone
	NotFound    Seen      // not-found answers while a rule counts them
	Failures    Seen      // error answers of a failed attempt: a retry without a person needs two
	Events      []Event   // oldest first; never empty once recorded
	// Was is what the attempt was to pay, and from which account, where the
	// payout was edited before a later attempt; zero = as the record says.
	Was Terms
}

// Terms are an amount and the merchant that it is paid from.
type Terms struct {
	Amount   Money
	Merchant string
}

// TermsOf is what an attempt was to pay, and from which account.
func (r *Record) TermsOf(a *Attempt) Terms {
	if a.Was != (Terms{}) {
		return a.Was
	}
	return Terms{Amount: r.Amount, Merchant: r.Merchant}
}

// Stake is the amount of the attempt that gives the record its status: what is
// paid, or may be, however the payout was edited afterwards.
func (r *Record) Stake() Money {
	if a := r.Speaking(); a != nil {
		return r.TermsOf(a).Amount
	}
	return r.Amount
}

// change gives the record new details; what earlier attempts were to pay stays
// with them.
func (r *Record) change(d Details) {
	old := Terms{Amount: r.Amount, Merchant: r.Merchant}
	if len(r.Attempts) > 0 && old != (Terms{Amount: d.Amount, Merchant: d.Merchant}) {
		for i := range r.Attempts {
			if r.Attempts[i].Was == (Terms{}) {
				r.Attempts[i].Was = old
			}
		}
	}
	r.Details = d
}

// Status is the status of the newest event.
func (a *Attempt) Status() Status {
	if len(a.Events) == 0 {
		return Declared
	}
	return a.Events[len(a.Events)-1].Status
}

// Last is the newest event, or the zero Event.
func (a *Attempt) Last() Event {
	if len(a.Events) == 0 {
		return Event{}
	}
	return a.Events[len(a.Events)-1]
}

// FenceMargin is added to an order's time limit: the zone of the gateway's
// limit is not documented.
const FenceMargin = 6 * time.Hour

// Fence is the moment before which a not-found answer proves nothing. An
// attempt without a time limit of ours has none, and never passes it.
func (a *Attempt) Fence() (at time.Time, ok bool) {
	if a.TimeLimit.IsZero() {
		return time.Time{}, false
	}
	return a.TimeLimit.Add(FenceMargin), true
}

// PastFence says whether now is after the fence.
func (a *Attempt) PastFence(now time.Time) bool {
	at, ok := a.Fence()
	return ok && now.After(at)
}

// BegunAt is when the intent was recorded, or the first event.
func (a *Attempt) BegunAt() time.Time {
	if len(a.Events) == 0 {
		return time.Time{}
	}
	return a.Events[0].At
}

// Flag marks a record that a person must look at. The words are persisted.
type Flag string

// The flags of a record.
const (
	FlagDisputed Flag = "disputed" // paid, and a later status answer says error
	FlagAlarm    Flag = "alarm"    // a sign of a double payment, or of a payment without an end
	FlagUnproven Flag = "destination_unproven"
	FlagResend   Flag = "resend" // a person wants the next attempt of a payout not found or returned
)

// Details are the attributes of a payout that are recorded with it and frozen
// from the intent on. They hold no secret: the destination is masked.
type Details struct {
	Address     Address
	Amount      Money
	Merchant    string // name of the merchant block
	Destination string // masked, "card ef74…2182"
	Fingerprint string // of the destination
	UserID      string
	Description string
}

// Record is what the ledger knows of one payout.
type Record struct {
	Details
	Former   []Address // addresses it had before a rename, oldest first
	Flags    []Flag    // sorted, no repeats
	Attempts []Attempt // by number
}

// Newest is the newest attempt, or nil.
func (r *Record) Newest() *Attempt {
	if r == nil || len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

// Attempt finds an attempt by its number, or returns nil.
func (r *Record) Attempt(n int) *Attempt {
	if r == nil {
		return nil
	}
	for i := range r.Attempts {
		if r.Attempts[i].N == n {
			return &r.Attempts[i]
		}
	}
	return nil
}

// Status is the status of the newest attempt; but where money of an earlier
// attempt left or may have, against the evidence of its time, and the newest
// moved none, it is that of the earlier one: such a payout is not tried again.
func (r *Record) Status() Status {
	if a := r.Speaking(); a != nil {
		return a.Status()
	}
	return Declared
}

// Speaking is the attempt that gives the record its status, or nil.
func (r *Record) Speaking() *Attempt {
	newest := r.Newest()
	if newest == nil || newest.Status().alive() {
		return newest
	}
	for i := len(r.Attempts) - 2; i >= 0; i-- {
		if r.Attempts[i].Status().alive() {
			return &r.Attempts[i]
		}
	}
	return newest
}

// HasFlag says whether the record carries the flag; nil carries none.
func (r *Record) HasFlag(f Flag) bool {
	if r == nil {
		return false
	}
	for _, have := range r.Flags {
		if have == f {
			return true
		}
	}
	return false
}

// Clone is a deep copy.
func (r *Record) Clone() *Record {
	c := *r
	c.Former = append([]Address(nil), r.Former...)
	c.Flags = append([]Flag(nil), r.Flags...)
	c.Attempts = append([]Attempt(nil), r.Attempts...)
	for i := range c.Attempts {
		c.Attempts[i].Events = append([]Event(nil), r.Attempts[i].Events...)
	}
	return &c
}
