package executor

import (
	"time"

	"payrun/planner/payout"
)

// Event is something that happened in a run, told one way to whoever shows it.
// Events are emitted after the fact is durable and hold nothing secret.
type Event interface{ event() }

// PhaseStarted says what the run does from now on.
type PhaseStarted struct {
	Phase Phase
	Count int // payouts concerned
}

// Phase is a part of a run.
type Phase string

// The phases, in order.
const (
	PhaseAsk    Phase = "ask"     // asking about open payouts
	PhaseImport Phase = "import"  // recording what was paid elsewhere
	PhaseLookup Phase = "look-up" // looking up the whole plan: the state is not proven
	PhaseLeft   Phase = "left"    // looking up what the plan does not send
	PhasePause  Phase = "pause"   // waiting before the first send
	PhaseSend   Phase = "send"
	PhaseWait   Phase = "wait" // waiting for the final status
)

// Begun says that an intent is durable and its call may leave now.
type Begun struct {
	Address payout.Address
	OrderID string
	Attempt int
	Amount  payout.Money
}

// Settled says that something became known of a payout and is durable.
type Settled struct {
	Address   payout.Address
	OrderID   string
	Attempt   int
	Amount    payout.Money
	From      payout.Status
	To        payout.Status
	Source    payout.Source
	Code      string
	Words     string
	PaymentID string
	Alarm     bool // a flag was raised
	Sent      bool // the result of this run's own call
}

// LookedUp says how far the look-up of a whole plan has come.
type LookedUp struct {
	Done int // payouts looked up so far
	Of   int
}

// Skipped says that a payout of the plan was not sent, and why.
type Skipped struct {
	Address payout.Address
	Amount  payout.Money
	Reason  string
}

// Noticed is a line for people about the run or a merchant.
type Noticed struct {
	Merchant string
	Text     string
	Warning  bool
}

// Stopping says why no further payout is started.
type Stopping struct {
	Stop Stop
}

// Paused says that the run waits on purpose.
type Paused struct {
	For    time.Duration
	Reason string
}

func (PhaseStarted) event() {}
func (Begun) event()        {}
func (Settled) event()      {}
func (LookedUp) event()     {}
func (Skipped) event()      {}
func (Noticed) event()      {}
func (Stopping) event()     {}
func (Paused) event()       {}
