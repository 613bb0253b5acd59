package freedompay

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SignatureState says what an answer's pg_sig is worth.
type SignatureState int

// The states; the zero value is the most careful one. Verified with the key and script name of the call.
const (
	SignatureMissing SignatureState = iota // no pg_sig at all
	SignatureWrong                         // a pg_sig that is not the right one
	SignatureRight                         // the right one, over all fields of the document
)

// String returns "missing", "wrong" or "right".
func (s SignatureState) String() string {
	switch s {
	case SignatureRight:
		return "right"
	case SignatureWrong:
		return "wrong"
	}
	return "missing"
}

// Answer is what one whole, well-formed document said. It is no verdict: look at Signed and the echoes first.
//
// An absent field is ""; Has tells an absent field from an empty one. Numbers stay the decimal strings that came; an id
// or amount may be present and empty, anything else that is no number made the document malformed. The answers' fields
// are those of the Token Payout page, the payout status page api-9881016 and the balance page api-9884858; pg_card_hash
// is dropped.
type Answer struct {
	Signed         bool           // SignatureState is SignatureRight
	SignatureState SignatureState // a gateway that cannot tell who asks answers unsigned
	HTTPStatus     int            // not judged here: an error document may come with 401
	Date           time.Time      // Date header, UTC; zero if absent or unreadable

	Status           string    // pg_status: "ok", "error"; at a status call about the question, not the payment
	HasErrorCode     bool      // whether ErrorCode was there: a success carries 0
	ErrorCode        int       // pg_error_code, see LookupCode
	ErrorDescription string    // pg_error_description, the gateway's own words
	PaymentID        string    // pg_payment_id: digits, no leading zeros; "0" at a status call means no such payment
	MerchantID       string    // pg_merchant_id: digits
	OrderID          string    // pg_order_id
	Amount           string    // pg_payment_amount, or pg_amount at a status call: a decimal
	PaymentStatus    string    // pg_payment_status: "process", "success", "error"
	PaymentDate      string    // pg_payment_date; without an offset it is Almaty time
	Balance          string    // pg_balance: a decimal
	Currency         string    // pg_currency
	CardToken        CardToken // pg_card_token, printed masked
	Datetime         string    // pg_datetime: ISO 8601 with offset

	present []string // names of all top-level fields
}

// Has reports whether the document had a top-level field name, for example "pg_error_code", be it empty.
func (a *Answer) Has(name string) bool { return slices.Contains(a.present, name) }

// readAnswer decodes r, checks its signature and reads the known fields.
func readAnswer(script string, r *reply, key string) (*Answer, error) {
	fields, plain := scanDocument(r.body)
	if !plain {
		var err error
		if fields, err = decodeDocument(r.body); err != nil {
			return nil, err
		}
	}
	a := &Answer{HTTPStatus: r.status, Date: r.date, present: make([]string, 0, len(fields))}
	for _, field := range fields {
		a.present = append(a.present, field.Name)
	}
	switch {
	case Verify(script, fields, key):
		a.Signed, a.SignatureState = true, SignatureRight
	case a.Has(signatureField):
		a.SignatureState = SignatureWrong
	}
	if err := a.read(fields); err != nil {
		return nil, err
	}
	return a, nil
}

// read fills the known fields and refuses those of the wrong shape. The errors name the field, never its value.
func (a *Answer) read(fields []Field) error {
	s := scratch{Answer: a}
	for _, field := range fields {
		to, valid := s.slot(field.Name)
		switch {
		case to == nil:
			continue // the vendor may add fields, which are signed but say nothing to us
		case len(field.Children) > 0 || !valid(field.Value):
			return fmt.Errorf("read answer: %s has the wrong shape", field.Name)
		}
		*to = field.Value
	}
	s.detach()
	if s.code != "" {
		a.HasErrorCode = true
		a.ErrorCode, _ = strconv.Atoi(s.code) // isCode admits nothing that Atoi refuses
	}
	if s.token != "" {
		a.CardToken = NewCardToken(s.token)
	}
	return s.settleAmount()
}

// scratch is an Answer being read, with the values that are not kept as they came.
type scratch struct {
	*Answer
	code, token, paymentAmount, amount, dropped string
}

// detach copies what is kept: all values of a document may share its memory, and a caller may keep a payment id for long.
func (s *scratch) detach() {
	for _, kept := range [...]*string{
		&s.Status, &s.ErrorDescription, &s.PaymentID, &s.MerchantID, &s.OrderID, &s.paymentAmount, &s.amount,
		&s.PaymentStatus, &s.PaymentDate, &s.Balance, &s.Currency, &s.token, &s.Datetime,
	} {
		*kept = strings.Clone(*kept)
	}
}

// slot returns where the value of a known field goes and what it must look like, or nil.
func (s *scratch) slot(name string) (to *string, valid func(string) bool) {
	switch name {
	case "pg_status":
		return &s.Status, anyText
	case "pg_error_code":
		return &s.code, isCode
	case "pg_error_description":
		return &s.ErrorDescription, anyText
	case "pg_payment_id":
		return &s.PaymentID, isPaymentID
	case "pg_merchant_id":
		return &s.MerchantID, isNumberOrEmpty
	case "pg_order_id":
		return &s.OrderID, anyText
	case "pg_payment_amount":
		return &s.paymentAmount, isAmount
	case "pg_amount":
		return &s.amount, isAmount
	case "pg_payment_status":
		return &s.PaymentStatus, anyText
	case "pg_payment_date":
		return &s.PaymentDate, anyText
	case "pg_balance":
		return &s.Balance, isAmount
	case "pg_currency":
		return &s.Currency, anyText
	case "pg_card_token":
		return &s.token, anyText
	case "pg_datetime":
		return &s.Datetime, anyText
	case "pg_card_hash", "pg_salt", signatureField:
		return &s.dropped, anyText
	}
	return nil, nil
}

// settleAmount takes the one amount a document gives; two that differ would let the reader choose.
func (s *scratch) settleAmount() error {
	s.Amount = s.paymentAmount
	if s.Amount == "" {
		s.Amount = s.amount
	}
	if equal, valid := EqualDecimal(s.paymentAmount, s.amount); valid && !equal {
		return errors.New("read answer: pg_payment_amount and pg_amount differ")
	}
	return nil
}

// anyText admits every value.
func anyText(string) bool { return true }

// isNumberOrEmpty admits digits, and nothing.
func isNumberOrEmpty(s string) bool { return s == "" || isDigits(s) }

// isPaymentID admits what identifies one payment in one spelling: "0", or digits that start with another one.
func isPaymentID(s string) bool { return isNumberOrEmpty(s) && (len(s) < 2 || s[0] != '0') }

// isAmount admits a decimal, and nothing.
func isAmount(s string) bool {
	_, valid := parseDecimal(s)
	return valid || s == ""
}

// isCode admits an error code. An empty one is refused: whether it means 0 or a lost code nobody can tell.
func isCode(s string) bool { return s != "" && len(s) <= 9 && isPaymentID(s) }
