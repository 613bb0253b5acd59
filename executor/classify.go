package executor

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// result is what one payout call came to.
type result struct {
	status      payout.Status
	source      payout.Source
	code        string
	words       string
	paymentID   string
	paymentDate string
	balance     string
	stop        *Stop // ends the run, not just the payout
	alarm       bool  // the answer contradicts what was sent
}

// sent is what one payout call sent.
type sent struct {
	merchantID int64
	orderID    string
	amount     string
	token      payout.CardToken
}

// classify decides what a payout call came to. The default is in doubt: only
// proof leads to anything else.
func classify(a *freedompay.Answer, err error, s sent) result {
	if err != nil {
		return classifyFailure(err)
	}
	r := result{status: payout.InDoubt, source: payout.SourceAnswer, words: cleanWords(hideToken(a.ErrorDescription, s.token))}
	if a.HasErrorCode && a.ErrorCode != 0 {
		r.code = strconv.Itoa(a.ErrorCode)
	}
	switch {
	case saysWrongKey(a):
		return r.wrongKey()
	case !a.Signed:
		return r.because("the answer's signature is " + a.SignatureState.String())
	case echoesDiffer(a, s):
		r.alarm = true
		return r.because("the answer speaks of another order, merchant or amount")
	case a.Status == "ok":
		return r.accepted(a, s)
	case a.Status == "error":
		return r.refused(a)
	}
	return r.because("pg_status is " + strconv.Quote(cleanWords(a.Status)))
}

// because keeps a result in doubt and says why, beside the gateway's words.
func (r result) because(why string) result {
	if r.words != "" {
		why += ": " + r.words
	}
	r.words = why
	return r
}

// classifyFailure: no answer worth reading. No byte offered is proof that
// nothing was sent; one byte is proof of nothing.
func classifyFailure(err error) result {
	var call *freedompay.CallError
	if errors.As(err, &call) && call.Sent == 0 {
		return result{status: payout.NotSent, source: payout.SourceTransport, words: cleanWords(call.Error())}
	}
	return result{status: payout.InDoubt, source: payout.SourceTransport, words: cleanWords(err.Error())}
}

// saysWrongKey: a gateway that cannot tell who asks has no key to sign with.
func saysWrongKey(a *freedompay.Answer) bool {
	return a.HTTPStatus == http.StatusUnauthorized && a.SignatureState == freedompay.SignatureMissing &&
		a.Status == "error" && a.ErrorCode == codeWrongSignature
}

// wrongKey: the gateway says that it took no request at all.
func (r result) wrongKey() result {
	r.status = payout.Rejected
	r.stop = &Stop{Kind: StopGateway, Text: "the gateway says that the signature is wrong (1100): the secret key is wrong for all payouts"}
	return r
}

// echoesDiffer says whether anything echoed contradicts what was sent. What is
// absent does not contradict.
func echoesDiffer(a *freedompay.Answer, s sent) bool {
	if a.Has("pg_merchant_id") && !sameMerchant(a, s.merchantID) {
		return true
	}
	if a.Has("pg_order_id") && a.OrderID != s.orderID {
		return true
	}
	if a.Amount == "" {
		return false
	}
	equal, valid := freedompay.EqualDecimal(a.Amount, s.amount)
	return !valid || !equal
}

// accepted: ok means accepted, and only with everything echoed.
func (r result) accepted(a *freedompay.Answer, s sent) result {
	switch {
	case a.HasErrorCode && a.ErrorCode != 0:
		return r.because("pg_status is ok, with an error code")
	case a.PaymentID == "" || a.PaymentID == "0":
		return r.because("pg_status is ok, without a payment id")
	case a.OrderID != s.orderID || !sameMerchant(a, s.merchantID) || a.Amount == "":
		return r.because("pg_status is ok, without all of order, merchant and amount")
	}
	r.status, r.code = payout.Accepted, ""
	r.words = ""
	r.paymentID, r.paymentDate, r.balance = a.PaymentID, cleanWords(a.PaymentDate), readableBalance(a.Balance)
	if echoed := a.CardToken.Reveal(); echoed != "" && echoed != s.token.Reveal() {
		r.words = "the answer names another card token: " + maskedToken(echoed)
	}
	return r
}

// readableBalance is a balance, or nothing where the text cannot be one: a
// field that holds a card number by mistake must not be recorded.
func readableBalance(text string) string {
	if !balances.MatchString(text) {
		return ""
	}
	return text
}

// balances stay below a million millions.
var balances = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,6})?$`)

func maskedToken(text string) string {
	t, err := payout.NewCardToken(text)
	if err != nil {
		return "(unreadable)"
	}
	return t.String()
}

// refused: a trusted refusal with a code that proves that nothing was done.
func (r result) refused(a *freedompay.Answer) result {
	if !a.HasErrorCode {
		return r.because("the refusal carries no code")
	}
	code, known := freedompay.LookupCode(a.ErrorCode)
	if known && code.StopsRun {
		r.stop = &Stop{Kind: StopGateway, Text: fmt.Sprintf("the gateway refuses the run: %d %s", code.Number, code.Meaning)}
	}
	switch {
	case a.PaymentID != "" && a.PaymentID != "0":
		// What has a payment id exists, whatever the code means.
		r.paymentID = a.PaymentID
		return r.because("the refusal names a payment")
	case known && code.Class == freedompay.NotExecuted:
		r.status = payout.Rejected
	}
	return r
}
