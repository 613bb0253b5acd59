package hclconfig

import (
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// DefaultStatePath is the state file where no state block names another,
// relative to the configuration's directory.
const DefaultStatePath = "payouts.state.json"

// Config is a configuration that was read and evaluated without an error.
type Config struct {
	Dir           string // as given in Options
	StatePath     string // relative to Dir unless absolute
	PublishLabels bool   // labels may stand in plan file, state and markdown
	Merchants     []*Merchant
	Batches       []planner.Batch
	Inputs        []Input         // every file read, by path and kind
	Variables     []VariableValue // by name
	Moved         []Moved         // in the order of the files
	Imports       []Import        // in the order of the files
	Approvals     *Approvals      // nil = none asked for
	Counts        Counts

	checks  []check
	outputs []output
	base    *scope
	meter   *meter
	sources *Sources // knows what must not be printed
}

// Merchant is one merchant account: what a plan depends on, and how its
// gateway is reached.
type Merchant struct {
	planner.Merchant
	Region           string        // "kz", "kg" or "uz"
	BaseURL          string        // without a trailing slash; "" = the sandbox built into the program
	SecretKeyEnv     string        // name of an environment variable; "" = not used
	SecretKeyFile    string        // path of a file; "" = not used
	PostLink         string        // "" only in the sandbox
	MaxInFlight      int           // 1 to 256 calls at once
	Rate             Rate          // payout calls
	StatusRate       Rate          // look-ups and status calls
	Timeout          time.Duration // whole exchange of one call
	LookupBeforeSend bool
}

// Rate is a number of calls per interval. The zero value is no limit.
type Rate struct {
	Calls int
	Per   time.Duration
}

// Unlimited says that the rate bounds nothing.
func (r Rate) Unlimited() bool { return r.Calls == 0 }

// InputKind says what a file was read for.
type InputKind string

// The kinds of inputs.
const (
	InputConfig  InputKind = "configuration"
	InputVars    InputKind = "variables"
	InputRows    InputKind = "rows"
	InputText    InputKind = "file"    // by the function file
	InputSigners InputKind = "signers" // allowed_signers of approvals
)

// Input is a file that the configuration was made of.
type Input struct {
	Path   string // relative to Dir, with '/'
	SHA256 string // of its bytes, 64 hex digits
	Kind   InputKind
	// NotCards are the columns of a row file that may look like card numbers
	// (rows.not_cards); the plan records them.
	NotCards []string
}

// VariableValue is the value that a variable has.
type VariableValue struct {
	Name      string
	Printed   string // as JSON, card tokens masked; empty for a sensitive one
	Sensitive bool
	Source    string // "default", "PAYRUN_VAR_x", the path of a file, or "-var"
}

// Moved renames an address; it pays nothing.
type Moved struct {
	From, To payout.Address
	Position planner.Position
}

// Import declares a payment that was made elsewhere: recorded, never sent.
type Import struct {
	To         payout.Address
	Merchant   *planner.Merchant
	PaymentID  string // digits; "" = by OrderID
	OrderID    string
	Amount     payout.Money
	Reason     string
	Unverified string // reason; "" = the gateway is asked
	Position   planner.Position
}

// Approvals is the policy of an approvals block.
type Approvals struct {
	Required       int // distinct identities
	AllowedSigners string
	Signers        []byte // text of that file
	Expires        time.Duration
	Position       planner.Position
}

// Counts say how much was read from row files.
type Counts struct {
	Rows    int // data rows, the skipped ones included
	Skipped int // rows whose `when` was false
}
