package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// codeMax is the largest gateway error code a fault may name.
const codeMax = 99_999_999

// delayMax bounds every duration of a fault.
const delayMax = 24 * time.Hour

// lagDefault is the vendor's "within a minute" of a not-found answer.
const lagDefault = time.Minute

// What the argument of a fault's word is.
type argument int

const (
	argNone argument = iota
	argCode
	argDelay
	argCount
	argField
	argHTTP
	argMove // an HTTP redirect
	argName
	argAmount
)

// What a word does to the payment it meets.
type effect int

const (
	effectNone  effect = iota // the call is not executed
	effectPaid                // the payment is made at once
	effectLate                // the payment is made after the delay
	effectUnder               // the payment is made and never paid
)

// trait is a row of the table of words.
type trait struct {
	arg      argument
	optional bool   // the argument may be left out
	calls    string // the calls it is for, "" = all
	effect   effect // on a payout call
}

// traits is the table in the package documentation, as data.
var traits = map[string]trait{
	"accept":        {effect: effectPaid},
	"reject":        {arg: argCode, calls: CallPayout},
	"reject-paid":   {arg: argCode, calls: CallPayout, effect: effectPaid},
	"ok-unpaid":     {calls: CallPayout, effect: effectUnder},
	"late":          {arg: argDelay, calls: CallPayout, effect: effectLate},
	"http-paid":     {arg: argHTTP, calls: CallPayout, effect: effectPaid},
	"drop-before":   {},
	"drop-after":    {effect: effectPaid},
	"delay":         {arg: argDelay, effect: effectPaid},
	"hold":          {effect: effectPaid},
	"truncate":      {arg: argCount, effect: effectPaid},
	"bad-signature": {effect: effectPaid},
	"no-signature":  {effect: effectPaid},
	"wrong-echo":    {arg: argField, effect: effectPaid},
	"double-field":  {effect: effectPaid},
	"garbage":       {effect: effectPaid},
	"http":          {arg: argHTTP},
	"redirect":      {arg: argMove},
	"401":           {},
	"not-found":     {arg: argName, optional: true, calls: CallStatus},
	"error":         {arg: argCode, calls: CallStatus},
	"status":        {arg: argName, calls: CallStatus},
	"lag":           {arg: argDelay, optional: true, calls: CallStatus},
	"blind":         {calls: CallStatus},
	"amount":        {arg: argAmount, calls: CallBalance},
}

// Words lists, in order, what "do" of a fault may say on a kind of call; an
// argument, where a word takes one, is not part of it.
func Words(call string) []string {
	var out []string
	for name, t := range traits {
		if t.calls == "" || t.calls == call {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// echoes are the fields of an answer that wrong-echo can make lie.
var echoes = map[string][]string{
	CallPayout: {"pg_payment_id", "pg_merchant_id", "pg_status", "pg_order_id", "pg_balance", "pg_card_hash",
		"pg_card_token", "pg_payment_amount", "pg_payment_date", "pg_error_code", "pg_error_description"},
	CallStatus: {"pg_merchant_id", "pg_payment_id", "pg_status", "pg_payment_status", "pg_order_id", "pg_amount",
		"pg_net_amount", "pg_datetime"},
	CallBalance: {"pg_balance", "pg_status", "pg_currency"},
}

// word is a parsed "do": its name, and the one argument it takes.
type word struct {
	text  string // as written, for the ledger
	name  string
	n     int           // code, count or HTTP status
	delay time.Duration // delay, late, lag
	arg   string        // field, status word, amount
}

// plainAnswer is what happens to a call that no fault fits.
var plainAnswer = word{text: "accept", name: "accept"}

func (w word) effect() effect { return traits[w.name].effect }

func parseWord(call, s string) (word, error) {
	if s == "" {
		return plainAnswer, nil
	}
	name, arg, given := strings.Cut(s, ":")
	t, known := traits[name]
	if !known {
		return word{}, fmt.Errorf("read do %q: unknown word %q", s, name)
	}
	if t.calls != "" && t.calls != call {
		return word{}, fmt.Errorf("read do %q: is for %s calls, not for %s", s, t.calls, call)
	}
	w := word{text: s, name: name}
	if t.arg == argNone && given {
		return word{}, fmt.Errorf("read do %q: %s takes no argument", s, name)
	}
	if !given && (t.arg == argNone || t.optional) {
		w.delay = lagDefault // read by lag alone
		return w, nil
	}
	if err := w.read(t.arg, call, arg); err != nil {
		return word{}, fmt.Errorf("read do %q: %w", s, err)
	}
	return w, nil
}

// read takes the argument in the form that kind asks for.
func (w *word) read(kind argument, call, s string) (err error) {
	switch kind {
	case argCode:
		w.n, err = parseCount(s, 1, codeMax)
	case argCount:
		w.n, err = parseCount(s, 0, bodyMax)
	case argHTTP:
		w.n, err = parseCount(s, 200, 599)
	case argMove:
		w.n, err = parseCount(s, 300, 399)
	case argDelay:
		w.delay, err = parseDelay(s)
	case argAmount:
		_, err = parseMinor(s)
		w.arg = s
	case argField:
		if !slices.Contains(echoes[call], s) {
			err = fmt.Errorf("want one of %s", strings.Join(echoes[call], ", "))
		}
		w.arg = s
	case argName:
		w.arg, err = parseName(w.name, s)
	}
	return err
}

func parseDelay(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > delayMax {
		return 0, fmt.Errorf("want a duration such as 300ms or 5s, up to %s, not %q", delayMax, s)
	}
	return d, nil
}

func parseName(word, s string) (string, error) {
	if word == "not-found" && s != "zero" {
		return "", fmt.Errorf("want not-found or not-found:zero")
	}
	if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_-") != "" {
		return "", fmt.Errorf("want lower-case letters, not %q", s)
	}
	return s, nil
}
