package planner

import (
	"fmt"
	"slices"
	"time"

	"payrun/planner/payout"
)

// Action says what a plan means to do with one payout.
type Action string

// The actions. The words stand in plan files and JSON.
const (
	ActionPay       Action = "pay"       // send it
	ActionRetry     Action = "retry"     // send the next attempt of a failed one
	ActionWait      Action = "wait"      // held, too early or too late
	ActionCheck     Action = "check"     // ask the gateway: reconcile
	ActionAttention Action = "attention" // a person has to look
	ActionConflict  Action = "conflict"  // files and records contradict each other; apply refuses
	ActionLeft      Action = "left"      // left the files: never sent, still reconciled
	ActionImport    Action = "import"    // paid elsewhere: record it, never send it
	ActionNone      Action = "none"      // paid as declared
)

// Symbol is the one-character sign of an action in the plan's text.
func (a Action) Symbol() string {
	switch a {
	case ActionPay:
		return "+"
	case ActionRetry:
		return "r"
	case ActionWait:
		return "~"
	case ActionCheck:
		return "?"
	case ActionAttention:
		return "!"
	case ActionConflict:
		return "x"
	case ActionLeft:
		return "-"
	case ActionImport:
		return "="
	}
	return " "
}

// Sends says whether the action puts a payout on the wire.
func (a Action) Sends() bool { return a == ActionPay || a == ActionRetry }

// Change is what a plan says about one payout.
type Change struct {
	Action    Action
	Address   payout.Address
	Batch     *Batch           // nil where the payout left the files
	Declared  *Payout          // nil where the payout left the files
	Record    *payout.Record   // nil where nothing is recorded; not to be changed
	Import    *Import          // of ActionImport
	Attempt   int              // the attempt to send, or the newest
	OrderID   string           // of that attempt
	Former    []payout.Address // addresses that moved blocks lead from to this one; a lost state may have paid under them
	Reason    string           // why, for people; may be empty
	LooksLike *payout.Address  // of a conflict: the recorded address that this looks like a new name of; nil = none
	WasNamed  *payout.Address  // of a conflict: the recorded former address whose moved block has left the files; nil = none
	Excluded  bool             // by -target or -exclude: not sent by this plan
}

// Amount is the declared amount, or the recorded one of a payout that left the
// files.
func (c *Change) Amount() payout.Money {
	if c.Declared != nil {
		return c.Declared.Amount
	}
	return c.Record.Amount
}

// Status is the recorded status.
func (c *Change) Status() payout.Status { return c.Record.Status() }

// Sends says whether this plan puts the payout on the wire.
func (c *Change) Sends() bool { return c.Action.Sends() && !c.Excluded }

// Plan is what has to be done, as plain data.
type Plan struct {
	At        time.Time   // the plan's time
	Merchants []*Merchant // by name
	Batches   []Summary   // by batch and period
	Changes   []Change    // by address
	History   int         // settled payouts of batches and periods that the files do not declare
}

// Summary is the line of a plan about one batch.
type Summary struct {
	Batch      *Batch
	Declared   Tally // all payouts of the batch
	ToPay      Tally // pay and retry
	Retries    int   // of ToPay
	PaidBefore int
	Open       int // sent without a final status
	Waiting    int
	Attention  int // everything a person has to look at
	Failed     int // of Attention: failed and not retried
	Conflicts  int
	Left       int
	Imports    int // paid elsewhere, to be recorded
	Excluded   int
	Largest    *Payout // of ToPay, or nil
}

// Tally is a number of payouts and their sum.
type Tally struct {
	Count int
	Sum   payout.Money
}

// add counts one payout in. The loader bounds amounts and rows far below an
// overflow of 64 bits, so a sum that overflows is a mistake of our own.
func (t *Tally) add(m payout.Money) {
	if t.Count == 0 {
		t.Sum = payout.Money{Currency: m.Currency}
	}
	sum, err := t.Sum.Add(m)
	if err != nil {
		panic("planner: " + err.Error())
	}
	t.Count, t.Sum = t.Count+1, sum
}

// Sending returns the changes that this plan puts on the wire, by address.
func (p *Plan) Sending() []*Change {
	n := 0
	for i := range p.Changes {
		if p.Changes[i].Sends() {
			n++
		}
	}
	out := slices.Grow([]*Change(nil), n) // several ask, of a large plan
	for i := range p.Changes {
		if p.Changes[i].Sends() {
			out = append(out, &p.Changes[i])
		}
	}
	return out
}

// Count is the number of changes with an action, excluded ones not counted.
func (p *Plan) Count(a Action) int {
	n := 0
	for i := range p.Changes {
		if p.Changes[i].Action == a && !p.Changes[i].Excluded {
			n++
		}
	}
	return n
}

// Totals is what the plan sends, one sum a currency.
func (p *Plan) Totals() []payout.Money {
	var sums payout.Sums
	for i := range p.Changes {
		if !p.Changes[i].Sends() {
			continue
		}
		if err := sums.Add(p.Changes[i].Amount()); err != nil {
			panic("planner: " + err.Error())
		}
	}
	return sums.All()
}

// MerchantTotal is what the plan sends for one merchant.
func (p *Plan) MerchantTotal(m *Merchant) Tally {
	t := Tally{Sum: payout.Money{Currency: m.Currency}}
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Sends() && c.Batch.Merchant.Name == m.Name {
			t.add(c.Amount())
		}
	}
	return t
}

// Quiet says that nothing at all is to be paid, open, failed, waiting or in
// conflict.
func (p *Plan) Quiet() bool {
	for i := range p.Changes {
		if p.Changes[i].Action != ActionNone {
			return false
		}
	}
	return true
}

// NewRecipients returns, by address, the first change to each destination that
// the plan pays and that no recorded payout was paid to.
func (p *Plan) NewRecipients(l *payout.Ledger) []*Change {
	sending := p.Sending()
	if len(sending) == 0 {
		return nil
	}
	known := PaidDestinations(l)
	var out []*Change
	for _, c := range sending {
		print := c.Declared.Token.Fingerprint(c.Batch.Merchant.ID)
		if !known[print] {
			known[print] = true
			out = append(out, c)
		}
	}
	return out
}

// PaidDestinations holds the fingerprint of every destination that a record
// was paid to.
func PaidDestinations(l *payout.Ledger) map[string]bool {
	known := make(map[string]bool, l.Len())
	for r := range l.Records() {
		if r.Status() == payout.Paid {
			known[r.Fingerprint] = true
		}
	}
	return known
}

// Alike is one reason that several changes share.
type Alike struct {
	First *Change
	Count int
}

// fewAlike is how many changes with one reason are still told one by one.
const fewAlike = 3

// ConflictsAlike groups the conflicts of a plan by their reasons, in the order of
// the plan: one changed prefix contradicts every payment of a merchant, and is one
// thing to mend. Groups of a few are left apart.
func (p *Plan) ConflictsAlike() []Alike {
	counts := map[string]int{}
	conflict := func(c *Change) bool { return c.Action == ActionConflict && !c.Excluded }
	for i := range p.Changes {
		if conflict(&p.Changes[i]) {
			counts[p.Changes[i].Reason]++
		}
	}
	var out []Alike
	told := map[string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		n := counts[c.Reason]
		switch {
		case !conflict(c) || told[c.Reason]:
			continue
		case n <= fewAlike:
			n = 1
		default:
			told[c.Reason] = true
		}
		out = append(out, Alike{First: c, Count: n})
	}
	return out
}

// Others is " and 40 more", or "" for one alone.
func (a Alike) Others() string {
	if a.Count == 1 {
		return ""
	}
	return fmt.Sprintf(" and %d more", a.Count-1)
}
