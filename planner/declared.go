package planner

import (
	"fmt"
	"time"

	"payrun/planner/payout"
)

// Position is a place in a file of the configuration.
type Position struct {
	File   string // relative to the configuration's directory, with '/'
	Line   int    // from 1
	Column int    // from 1, in characters
}

// String is FILE:LINE:COLUMN.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Environment says which gateway a merchant talks to.
type Environment string

// The environments of a merchant.
const (
	Sandbox    Environment = "sandbox"    // built into the program, on loopback
	Test       Environment = "test"       // the vendor's test host
	Production Environment = "production" // real money
)

// Merchant is one merchant account as far as a plan depends on it.
type Merchant struct {
	Name           string // label of the merchant block
	ID             int64  // pg_merchant_id
	Environment    Environment
	API            string // "gateway" or "merchant"
	Prefix         string // order_prefix; may be empty in the sandbox
	FormerPrefixes []string
	Currency       payout.Currency
	Zone           *time.Location // of the gateway's times and of printed times
	Limits         *Limits        // over everything this plan sends; nil = none
	Position       Position
}

// Batch is one batch block: payouts declared together.
type Batch struct {
	Name        string
	Period      string
	Merchant    *Merchant
	Description string
	NotBefore   time.Time // zero = at once
	Deadline    time.Time // zero = none
	Hold        string    // reason; empty = not held
	Expect      *Expect   // nil = none
	Limits      *Limits   // nil = none
	Payouts     []Payout  // in the order of the files
	Skipped     int       // rows whose `when` was false
	// Keys say by the payout's name what tells the payouts of its block apart. A
	// payout that stands alone has none.
	Keys     map[string]Key
	Position Position
}

// Key is how the payouts of one block are told apart, for messages that say what
// to write into it.
type Key struct {
	Expr     string   // the expression, such as "row.employee_id" or "each.key"
	Position Position // of the payout block
}

// Payout is one declared payout with everything evaluated.
type Payout struct {
	Address        payout.Address
	Amount         payout.Money
	UserID         string
	Token          payout.CardToken
	Description    string // as sent
	Label          string // for people; never sent, never recorded
	OrderID        string // declared order_id; empty = derived
	TimeLimit      time.Duration
	Hold           string // reason; empty = not held
	AllowDuplicate string // reason; empty = not allowed
	Retry          int    // highest attempt, 1 to payout.MaxAttempts
	Position       Position
}

// Expect holds control totals, typed by a person from their own sheet.
type Expect struct {
	Count    int
	HasCount bool
	Total    payout.Money
	HasTotal bool
	Position Position
}

// Limits bound what a batch declares, or what a plan sends for a merchant.
type Limits struct {
	MaxPayout        *MoneyLimit
	MinPayout        *MoneyLimit
	MaxTotal         *MoneyLimit
	MaxPerRecipient  *MoneyLimit
	MaxCount         *CountLimit
	MaxNewRecipients *CountLimit
	DuplicateWindow  time.Duration // 0 = DefaultDuplicateWindow
	Position         Position
}

// MoneyLimit is a limit on an amount.
type MoneyLimit struct {
	Value    payout.Money
	Hard     bool // cannot be lifted
	Position Position
}

// CountLimit is a limit on a number.
type CountLimit struct {
	Value    int
	Hard     bool
	Position Position
}

// DefaultDuplicateWindow is how far back from the plan's time an equal payment
// counts as a duplicate.
const DefaultDuplicateWindow = 35 * 24 * time.Hour

// DefaultTimeLimit is the time limit of an order, from the moment of sending.
const DefaultTimeLimit = 24 * time.Hour

// OrderID is the order id of an attempt of the payout, for its merchant.
func (p *Payout) OrderIDFor(m *Merchant, attempt int) string {
	return orderID(m, m.Prefix, p.Address, p.OrderID, attempt)
}

func orderID(m *Merchant, prefix string, a payout.Address, declared string, attempt int) string {
	if declared != "" {
		return payout.ExplicitOrderID(declared, attempt)
	}
	return payout.DeriveOrderID(payout.OrderIDInput{MerchantID: m.ID, Prefix: prefix, Address: a, Attempt: attempt})
}

// Details are what the ledger records of the payout.
func (p *Payout) Details(m *Merchant) payout.Details {
	return payout.Details{
		Address:     p.Address,
		Amount:      p.Amount,
		Merchant:    m.Name,
		Destination: p.Token.String(),
		Fingerprint: p.Token.Fingerprint(m.ID),
		UserID:      p.UserID,
		Description: p.Description,
	}
}
