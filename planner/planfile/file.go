package planfile

import "time"

// FormatVersion is the version of the form that Encode writes. A newer minor
// version only adds members; another major version is refused.
const FormatVersion = "1.0"

// File is a saved plan. Amounts are decimals with all minor digits, times are
// whole seconds in UTC. The members of every line stand in byte order of their
// JSON names, so that a line of the file is its own RFC 8785 form.
type File struct {
	Version   string    // of the program
	CreatedAt time.Time // the plan's time
	ExpiresAt time.Time // apply refuses afterwards
	State     State     // what the plan was made from
	Merchants []Merchant
	Inputs    []Input    // by path
	Variables []Variable // by name
	Options   Options    // of the command line, that shaped the plan
	Overrides []Override // by name
	Findings  []Finding  // in the order of the judgments
	Batches   []Batch    // by batch and period
	Totals    []Total    // what the plan sends, by currency
	Counts    Counts
	Changes   []Change // by address: all but those with nothing to do

	newer   string // digest of a file of a newer minor version, members unknown here included
	outline string // digest of an Outline, whose changes were not made
}

// State names the state that the plan was made from.
type State struct {
	Digest  string `json:"digest"`  // "sha256:…"; empty while there is no state
	Exists  bool   `json:"exists"`  // false = there is no state yet
	Lineage string `json:"lineage"` // empty while there is no state
	Serial  int64  `json:"serial"`
}

// Merchant is an account of the plan and what is sent for it.
type Merchant struct {
	API            string   `json:"api"`
	BaseURL        string   `json:"base_url"`
	Currency       string   `json:"currency"`
	Environment    string   `json:"environment"`
	FormerPrefixes []string `json:"former_prefixes,omitzero"`
	ID             string   `json:"id"` // pg_merchant_id; text, since JSON numbers end at 2^53
	LookupOff      bool     `json:"lookup_off,omitzero"`
	Name           string   `json:"name"`
	PostLink       string   `json:"post_link,omitzero"`
	Prefix         string   `json:"prefix"`
	Region         string   `json:"region"`
	Sends          Tally    `json:"sends"`
	Zone           string   `json:"zone"`
}

// Input is a file that the plan was made from.
type Input struct {
	NotCards []string `json:"not_cards,omitzero"` // columns exempt from the search for card numbers
	Path     string   `json:"path"`               // relative to the configuration's directory, with '/'
	SHA256   string   `json:"sha256"`             // in hex
}

// Variable is a variable's value; of a sensitive one the name alone.
type Variable struct {
	Name      string `json:"name"`
	Sensitive bool   `json:"sensitive,omitzero"`
	Value     string `json:"value,omitzero"` // as the caller writes it; always empty where sensitive
}

// Options are what the command line asked of the plan, so that the same plan can
// be made again. Lists are sorted.
type Options struct {
	Excludes     []string `json:"excludes,omitzero"`      // -exclude
	ExpectCount  *int     `json:"expect_count,omitzero"`  // -expect-count
	ExpectTotals []string `json:"expect_totals,omitzero"` // -expect-total: CUR:AMOUNT
	RetryFailed  bool     `json:"retry_failed,omitzero"`  // -retry-failed
	Targets      []string `json:"targets,omitzero"`       // -target
}

// Override is a limit that a person lifted, and why.
type Override struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Finding is the result of a limit, expectation, check or other judgment.
type Finding struct {
	Blocks  bool   `json:"blocks,omitzero"` // broken, and apply refuses
	Holds   bool   `json:"holds"`
	Kind    string `json:"kind"`
	Lifted  string `json:"lifted,omitzero"` // the reason that lifted it
	Name    string `json:"name"`
	Refuses bool   `json:"refuses,omitzero"` // broken, and plan itself ends as refused
	Text    string `json:"text"`
}

// Tally is a number of payouts and their sum.
type Tally struct {
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

// Batch is a batch of the files. Its payouts are bound by Changes; what is said
// here is what they share.
type Batch struct {
	Currency   string `json:"currency"`
	Deadline   string `json:"deadline,omitzero"` // RFC 3339, UTC
	Declared   Tally  `json:"declared"`          // all its payouts, paid and waiting ones included
	Hold       string `json:"hold,omitzero"`
	Merchant   string `json:"merchant"`
	Name       string `json:"name"`
	NotBefore  string `json:"not_before,omitzero"` // RFC 3339, UTC
	Open       int    `json:"open"`                // sent without a final status
	PaidBefore int    `json:"paid_before"`
	Period     string `json:"period"`
	Skipped    int    `json:"skipped"` // rows whose condition was false
	ToPay      Tally  `json:"to_pay"`
}

// Total is what the plan sends in one currency.
type Total struct {
	Count    int    `json:"count"`
	Currency string `json:"currency"`
	Sum      string `json:"sum"`
}

// Counts are the numbers of payouts by action, excluded ones apart. None and
// History are not listed in Changes.
type Counts struct {
	Attention int `json:"attention"`
	Check     int `json:"check"`
	Conflict  int `json:"conflict"`
	Excluded  int `json:"excluded"`
	History   int `json:"history"`         // settled ones of batches and periods that the files do not declare
	Import    int `json:"import,omitzero"` // paid elsewhere, to be recorded
	Left      int `json:"left"`
	None      int `json:"none"` // paid as declared
	Pay       int `json:"pay"`
	Retry     int `json:"retry"`
	Wait      int `json:"wait"`
}

// Change is what the plan says about one payout. The attributes are the
// declared ones, or the recorded ones where the payout left the files.
type Change struct {
	Action      string `json:"action"`
	Address     string `json:"address"`
	Amount      string `json:"amount"`
	Attempt     int    `json:"attempt"`
	Currency    string `json:"currency"`
	Description string `json:"description"` // as sent
	Destination string `json:"destination"` // masked
	Excluded    bool   `json:"excluded,omitzero"`
	Fingerprint string `json:"fingerprint"` // of the destination
	Merchant    string `json:"merchant"`
	New         bool   `json:"new_recipient,omitzero"` // nothing recorded was paid to the destination
	OrderID     string `json:"order_id"`
	Reason      string `json:"reason,omitzero"`
	Status      string `json:"status,omitzero"`     // recorded; empty where nothing is
	TimeLimit   string `json:"time_limit,omitzero"` // of the order, from the moment of sending
	UserID      string `json:"user_id"`
}
