package executor

import (
	"strconv"
	"strings"
	"time"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// question is what a status call asked, and what its answer must echo.
type question struct {
	merchantID int64
	orderID    string
	amount     string // decimal; what we sent or would send
	paymentID  string // as recorded; empty while unknown
	alone      bool   // asked by order id alone, whatever is recorded
	api        freedompay.API
	ours       bool // our own call may have made the payment
}

// reading is what a status answer proves. Without a verdict it proves nothing.
type reading struct {
	verdict   payout.Verdict // empty: no answer
	amountOff bool           // a payment of another amount lives under the order id
	noAmount  bool           // a payment lives, and nothing says of which amount
	amount    string         // of a payment of another amount, as the gateway wrote it
	paymentID string
	date      string
	code      string
	words     string
	why       string // why it proves nothing, for people
	wrongKey  bool   // the gateway takes nothing signed by us
}

// Codes of a status answer that mean "no such payment" (payout status page;
// 340 is the first generation's).
const (
	codeNotFound    = 11068
	codeNotFoundOld = 340
	// codeWrongSignature comes unsigned with HTTP 401 (seen on the test host).
	codeWrongSignature = 1100
)

// readStatus says what a status answer proves (safety: "what a status call
// means"). Only pg_status = ok with matching echoes speaks about the payment;
// pg_status = error speaks about the question.
func readStatus(a *freedompay.Answer, q question) reading {
	r := reading{words: cleanWords(a.ErrorDescription)}
	if a.HasErrorCode && a.ErrorCode != 0 {
		r.code = strconv.Itoa(a.ErrorCode)
	}
	switch {
	case a.MerchantID != "" && !sameMerchant(a, q.merchantID) || a.OrderID != "" && a.OrderID != q.orderID:
		// Nothing in an answer is bound to its question but the echoes: it may
		// be a signed answer to another one.
		return r.nothing("the answer speaks of another merchant or order")
	case !a.Signed:
		return r.unsigned(a)
	case a.Status == "error":
		return r.refusedQuestion(a)
	case a.Status != "ok":
		return r.nothing("pg_status is " + strconv.Quote(cleanWords(a.Status)))
	case !sameMerchant(a, q.merchantID):
		return r.nothing("the answer does not name the merchant")
	case a.PaymentID == "0":
		r.verdict = payout.SaysNotFound
		return r
	case a.OrderID != q.orderID:
		return r.nothing("the answer does not name the order")
	}
	return r.payment(a, q)
}

func (r reading) nothing(why string) reading {
	r.verdict, r.why = "", why
	return r
}

// unsigned: over verified TLS or loopback, which the client enforces, an
// unsigned "payment not found" is how the gateway is documented to say so.
func (r reading) unsigned(a *freedompay.Answer) reading {
	if a.SignatureState == freedompay.SignatureMissing && a.Status == "error" && a.HasErrorCode && a.ErrorCode == codeNotFound {
		r.verdict = payout.SaysNotFound
		return r
	}
	if saysWrongKey(a) {
		r.wrongKey = true
		return r.nothing("the gateway says that the signature is wrong (1100): check the merchant's id and secret key")
	}
	return r.nothing("the answer's signature is " + a.SignatureState.String())
}

func (r reading) refusedQuestion(a *freedompay.Answer) reading {
	if a.HasErrorCode && (a.ErrorCode == codeNotFound || a.ErrorCode == codeNotFoundOld) || a.PaymentID == "0" {
		r.verdict = payout.SaysNotFound
		return r
	}
	return r.nothing(strings.TrimSpace("the gateway did not answer the question: " + r.code + " " + r.words))
}

func (r reading) payment(a *freedompay.Answer, q question) reading {
	word := payout.Verdict(a.PaymentStatus)
	switch word {
	case payout.SaysSuccess, payout.SaysError, payout.SaysProcess:
	default:
		return r.nothing("pg_payment_status is " + strconv.Quote(cleanWords(a.PaymentStatus)))
	}
	if a.PaymentID == "" {
		return r.nothing("the answer names no payment")
	}
	r.paymentID, r.date = a.PaymentID, cleanWords(a.PaymentDate)
	equal, valid := freedompay.EqualDecimal(a.Amount, q.amount)
	switch {
	case a.Amount == "" && q.api != freedompay.MerchantAPI:
		return r.nothing("the answer does not name the amount")
	case a.Amount == "":
		// The merchant API's status has no amount. Our own send of the recorded
		// payment speaks for itself; anything else does not.
		if !q.ours || q.paymentID != a.PaymentID {
			r.noAmount = true
		}
	case !valid || !equal:
		r.amountOff, r.amount = true, a.Amount
	}
	r.verdict = word
	return r
}

func sameMerchant(a *freedompay.Answer, id int64) bool {
	n, err := strconv.ParseInt(a.MerchantID, 10, 64)
	return err == nil && n == id
}

// observation makes a reading fit for Record.Weigh.
func (r reading) observation(at time.Time, source payout.Source) payout.Observation {
	return payout.Observation{At: at, Verdict: r.verdict, Source: source, PaymentID: r.paymentID, PaymentDate: r.date, Code: r.code, Words: r.words}
}
