package payout

import "fmt"

// Status says what is known of a payout, or of one attempt to pay it. The
// words are persisted.
type Status string

// The statuses of a payout. Declared is the absence of a record.
const (
	Declared Status = ""          // in the files, nothing recorded
	Sending  Status = "sending"   // intent is on disk; a crash here cannot be told from a sent call
	NotSent  Status = "not_sent"  // proof that not one byte of the request left
	Accepted Status = "accepted"  // the gateway has it; probably paid soon
	Rejected Status = "rejected"  // trusted refusal, to be confirmed
	InDoubt  Status = "in_doubt"  // anything else once a byte has left
	NotFound Status = "not_found" // still unknown to the gateway after the fence; needs a person
	Paid     Status = "paid"      // a trusted status answer says success
	Failed   Status = "failed"    // a trusted status answer says error, or a confirmed refusal
	Returned Status = "returned"  // money came back after paid
)

// Statuses lists every recorded status, in the order of a payout's life.
func Statuses() []Status {
	return []Status{Sending, NotSent, Accepted, Rejected, InDoubt, NotFound, Paid, Failed, Returned}
}

// ParseStatus reads a persisted status.
func ParseStatus(text string) (Status, error) {
	for _, s := range Statuses() {
		if string(s) == text {
			return s, nil
		}
	}
	return Declared, fmt.Errorf("read status %q: no such status", text)
}

// Final says that nothing but a correction, a return or a new attempt can
// follow.
func (s Status) Final() bool { return s == Paid || s == Failed || s == Returned }

// Open says that asking the gateway may still change the status.
func (s Status) Open() bool {
	switch s {
	case Sending, Accepted, Rejected, InDoubt, NotFound:
		return true
	}
	return false
}

// MayBePaid says that money has left or may have: such a payout counts for the
// duplicate guard, and its frozen attributes may not change.
func (s Status) MayBePaid() bool {
	switch s {
	case Sending, Accepted, Rejected, InDoubt, NotFound, Paid:
		return true
	}
	return false
}

// alive says that an attempt moved money or may still do so; that of an
// attempt not found is held for gone.
func (s Status) alive() bool { return s.MayBePaid() && s != NotFound }

// needsPerson says that only a named person can have it sent again.
func (s Status) needsPerson() bool { return s == NotFound || s == Returned }

// Cause says what asks for a transition.
type Cause string

// The causes of transitions.
const (
	CauseIntent   Cause = "intent"   // an approved plan wants it sent
	CauseCall     Cause = "call"     // the classified answer of the payout call
	CauseRestart  Cause = "restart"  // found at start-up without a result
	CauseSuccess  Cause = "success"  // trusted status answer success
	CauseError    Cause = "error"    // trusted status answer error
	CauseProcess  Cause = "process"  // trusted status answer process
	CauseNotFound Cause = "notfound" // the rule of repeated not-found answers is met
	CauseLookup   Cause = "look-up"  // what the look-up before sending found
	CauseImport   Cause = "import"   // a verified import block
	CausePerson   Cause = "person"   // resolve
	// CauseResend: a person wants a payout paid anew that is not found or came
	// back. The status stays until a plan sends the next attempt.
	CauseResend Cause = "resend"
	// CauseAcknowledge: a person has seen a flag of a payout that is paid or failed. The status
	// and what it rests on stay.
	CauseAcknowledge Cause = "acknowledge"
)

// Transition is one row of the table: a status may follow another for a cause.
type Transition struct {
	From  Status
	To    Status
	Cause Cause
	Needs string // what must hold, for people
	Wire  bool   // puts a payout on the wire
}

// Transitions returns the whole table. What is not in it is forbidden.
func Transitions() []Transition {
	var table []Transition
	add := func(from []Status, to Status, cause Cause, needs string) {
		for _, f := range from {
			table = append(table, Transition{From: f, To: to, Cause: cause, Needs: needs, Wire: to == Sending})
		}
	}
	add([]Status{Declared}, Sending, CauseIntent, "the approved plan; guards checked again; lock held; look-up says not found")
	add([]Status{NotSent}, Sending, CauseIntent, "same order id, at most 3 times a run")
	add([]Status{NotFound, Returned}, Sending, CauseIntent, "a named person, then a plan; next attempt, new order id")
	add([]Status{Failed}, Sending, CauseIntent, "the approved plan says retry; next attempt, new order id")
	for _, to := range []Status{Accepted, Rejected, InDoubt, NotSent} {
		add([]Status{Sending}, to, CauseCall, "classified answer")
	}
	add([]Status{Sending}, InDoubt, CauseRestart, "found at start-up without a result")
	add([]Status{Accepted, InDoubt, Rejected, NotFound, Failed}, Paid, CauseSuccess, "trusted status answer success")
	add([]Status{Accepted, InDoubt, Rejected, NotFound}, Failed, CauseError, "trusted status answer error")
	add([]Status{InDoubt, Rejected, NotFound}, Accepted, CauseProcess, "trusted status answer process")
	add([]Status{Rejected}, Failed, CauseNotFound, "two not-found answers after the refusal")
	add([]Status{InDoubt}, NotFound, CauseNotFound, "three not-found answers, the last after the fence, no payment id")
	for _, to := range []Status{Paid, Accepted, Failed, InDoubt} {
		add([]Status{Declared, NotSent}, to, CauseLookup, "what the look-up before sending found")
	}
	add([]Status{Declared}, Paid, CauseImport, "verified import")
	add([]Status{Paid}, Returned, CausePerson, "statement or person")
	add([]Status{NotFound}, NotFound, CauseResend, "a named person; the next plan sends")
	add([]Status{Returned}, Returned, CauseResend, "a named person; the next plan sends")
	add([]Status{Paid}, Paid, CauseAcknowledge, "a named person has seen the flag")
	add([]Status{Failed}, Failed, CauseAcknowledge, "a named person has seen the flag")
	for _, to := range []Status{Paid, Failed} {
		add([]Status{Sending, NotSent, Accepted, Rejected, InDoubt, NotFound}, to, CausePerson, "reason and evidence")
		add([]Status{Paid, Failed}, to, CausePerson, "manual evidence before")
	}
	add([]Status{Paid}, Failed, CauseError, "manual evidence before; trusted status answer error")
	add([]Status{Paid}, Paid, CauseSuccess, "manual evidence before; trusted status answer success")
	add([]Status{Failed}, Failed, CauseError, "manual evidence before; trusted status answer error")
	return table
}

// transitionKey indexes the table.
type transitionKey struct {
	from, to Status
	cause    Cause
}

var transitions = indexTransitions()

func indexTransitions() map[transitionKey]Transition {
	index := make(map[transitionKey]Transition)
	for _, t := range Transitions() {
		index[transitionKey{t.From, t.To, t.Cause}] = t
	}
	return index
}

// TransitionError names a transition that the table does not hold.
type TransitionError struct {
	Address Address
	From    Status
	To      Status
	Cause   Cause
	Reason  string // more than the table says; may be empty
}

func (e *TransitionError) Error() string {
	from := string(e.From)
	if e.From == Declared {
		from = "(declared)"
	}
	text := fmt.Sprintf("move %s from %s to %s because of %s: forbidden", e.Address, from, e.To, e.Cause)
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// manualBefore are the rows that hold only while the newest evidence is a
// person's.
var manualBefore = map[transitionKey]bool{
	{Paid, Paid, CausePerson}:     true,
	{Paid, Failed, CausePerson}:   true,
	{Failed, Paid, CausePerson}:   true,
	{Failed, Failed, CausePerson}: true,
	{Paid, Failed, CauseError}:    true,
	{Paid, Paid, CauseSuccess}:    true,
	{Failed, Failed, CauseError}:  true,
}

// checkTransition returns a *TransitionError for what the table forbids.
func checkTransition(address Address, from, to Status, cause Cause, manual bool) error {
	key := transitionKey{from, to, cause}
	if _, ok := transitions[key]; !ok {
		return &TransitionError{Address: address, From: from, To: to, Cause: cause}
	}
	if manualBefore[key] && !manual {
		return &TransitionError{Address: address, From: from, To: to, Cause: cause, Reason: "the evidence is not a person's"}
	}
	return nil
}
