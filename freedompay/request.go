package freedompay

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PayoutRequest is one payout to a saved card. All values travel exactly as given; empty ones are not sent.
// OrderID, Amount and CardToken are required here, the gateway's pages require the rest.
//
// No value may hold ";" (the signature joins by it and does not bind names), a control character, or invalid UTF-8.
type PayoutRequest struct {
	OrderID     string // pg_order_id: ours, unique for ever, at most 50 characters
	Amount      string // pg_amount: a decimal above 0 in major units of the shop's currency, for example "100.00"
	Description string // pg_description: at most 255 characters
	TimeLimit   string // pg_order_time_limit: "2006-01-02 15:04:05"; the zone is not documented
	UserID      string // pg_user_id: an integer (gateway flavour) or [A-Za-z0-9_-]{1,50} (merchant flavour)
	PostLink    string // pg_post_link: our callback URL, at most 255 characters

	// CardToken is pg_card_token_to, the whole token of the saved card.
	CardToken string `json:"-"`

	// BeforeFirstByte, if not nil, is called once, immediately before the first byte of the request is offered and
	// after the connection stands. If it errs nothing is offered and the call ends with StageRefused.
	BeforeFirstByte func() error `json:"-"`
}

// Format writes the order id only, under any verb: the token must not reach a log.
func (r PayoutRequest) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "payout "+r.OrderID) }

// fields returns the form in the order of the Token Payout page.
func (r *PayoutRequest) fields(merchant int64) []Field {
	fields := make([]Field, 0, 10) // room for pg_salt and pg_sig
	return append(fields,
		Field{Name: "pg_merchant_id", Value: strconv.FormatInt(merchant, 10)},
		Field{Name: "pg_order_id", Value: r.OrderID},
		Field{Name: "pg_amount", Value: r.Amount},
		Field{Name: "pg_description", Value: r.Description},
		Field{Name: "pg_order_time_limit", Value: r.TimeLimit},
		Field{Name: "pg_user_id", Value: r.UserID},
		Field{Name: "pg_post_link", Value: r.PostLink},
		Field{Name: "pg_card_token_to", Value: r.CardToken},
	)
}

// check refuses a payout that could not be looked up, has no amount, or no destination.
func (r *PayoutRequest) check() error {
	amount, valid := parseDecimal(r.Amount)
	switch {
	case r.OrderID == "":
		return errors.New("check request: order id is empty")
	case !valid || amount.isZero() || amount.negative:
		return errors.New("check request: amount is not a decimal above 0")
	case r.CardToken == "":
		return errors.New("check request: card token is empty")
	}
	return nil
}

// StatusRequest asks for one order.
type StatusRequest struct {
	OrderID   string // pg_order_id, required
	PaymentID string // pg_payment_id, the gateway's number; may be empty where it is not known
}

// fields returns the form in the order of the payout status page.
func (r *StatusRequest) fields(merchant int64) []Field {
	return []Field{
		{Name: "pg_merchant_id", Value: strconv.FormatInt(merchant, 10)},
		{Name: "pg_payment_id", Value: r.PaymentID},
		{Name: "pg_order_id", Value: r.OrderID},
	}
}

// check refuses a question without an order id.
func (r *StatusRequest) check() error {
	if r.OrderID == "" {
		return errors.New("check request: order id is empty")
	}
	return nil
}

// checkFields refuses values that the signature or the form could not carry unambiguously. It names the field and never
// shows the value, which may be a card token.
func checkFields(fields []Field) error {
	for i := range fields {
		value := fields[i].Value
		switch {
		case isPlainValue(value):
		case !utf8.ValidString(value):
			return fmt.Errorf("check %s: not valid utf-8", fields[i].Name)
		case strings.ContainsRune(value, ';'):
			return fmt.Errorf("check %s: holds a semicolon, which the signature cannot tell from a separator", fields[i].Name)
		case strings.ContainsFunc(value, unicode.IsControl):
			return fmt.Errorf("check %s: holds a control character", fields[i].Name)
		}
	}
	return nil
}

// isPlainValue reports whether s is printable ASCII without a semicolon, as nearly all values are: nothing to refuse.
func isPlainValue(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ';' {
			return false
		}
	}
	return true
}
