package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
)

// Fault is one entry of a faults file: what is done to some calls. The package
// documentation has the table of words.
type Fault struct {
	// Match is a glob over the order id ("*" any run, "?" one character), or
	// over an address when it holds a '.', '[' or '"', which no order id does;
	// see Config.OrderIDs. "" and "*" fit every call. Balance calls carry no
	// order id and are met by these two only.
	Match string `json:"match,omitzero"`

	// Call is CallPayout, CallStatus or CallBalance.
	Call string `json:"call"`

	// Nth is which call of that kind for the order id (balance: the merchant)
	// is meant, 1 being the first; 0 means each.
	Nth int `json:"nth,omitzero"`

	Do   string `json:"do,omitzero"`   // "" means accept
	Then string `json:"then,omitzero"` // the fate of a payment that is made; "" means success
}

// rule is a fault whose words were parsed.
type rule struct {
	match   string
	address bool // match is an address glob
	call    string
	nth     int
	do      word
	then    fate
}

func (f Fault) rule() (rule, error) {
	if _, known := echoes[f.Call]; !known {
		return rule{}, fmt.Errorf("read call %q: want payout, status or balance", f.Call)
	}
	if f.Nth < 0 {
		return rule{}, fmt.Errorf("read nth %d: want 1 or more, or 0 for each call", f.Nth)
	}
	r := rule{match: f.Match, call: f.Call, nth: f.Nth, address: strings.ContainsAny(f.Match, `.["`)}
	if err := checkGlob(f.Match); err != nil {
		return rule{}, err
	}
	var err error
	if r.do, err = parseWord(f.Call, f.Do); err != nil {
		return rule{}, err
	}
	if r.then, err = parseFate(f.Then); err != nil {
		return rule{}, err
	}
	return r, r.checkThen(f.Then)
}

// checkThen refuses a fate for a payment that is never made: the author meant
// something else.
func (r rule) checkThen(then string) error {
	makes := r.do.effect() == effectPaid || r.do.effect() == effectLate
	if then == "" || r.call == CallPayout && makes {
		return nil
	}
	return fmt.Errorf("read then %q: %s on a %s call makes no payment that could have a fate", then, r.do.text, r.call)
}

// checkGlob refuses patterns that can fit nothing.
func checkGlob(pattern string) error {
	if strings.IndexFunc(pattern, unicode.IsControl) >= 0 {
		return fmt.Errorf("read match %q: has a control character", pattern)
	}
	if strings.Count(pattern, "[") != strings.Count(pattern, "]") || strings.Count(pattern, `"`)%2 != 0 {
		return fmt.Errorf("read match %q: brackets and quotes must pair", pattern)
	}
	return nil
}

// everything reports whether the rule fits any call, one without an order id included.
func (r rule) everything() bool { return r.match == "" || r.match == "*" }

// decodeFaults reads the text of a faults file. The error names the entry,
// counted from 1.
func decodeFaults(text []byte) ([]Fault, error) {
	var faults []Fault
	if err := json.Unmarshal(text, &faults, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return faults, nil
}

func compile(faults []Fault) ([]rule, error) {
	rules := make([]rule, 0, len(faults))
	for i, f := range faults {
		r, err := f.rule()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		rules = append(rules, r)
	}
	return slices.Clip(rules), nil
}
