package sandbox

import (
	"fmt"
	"net/http"
	"payrun/freedompay"
	"strconv"
	"time"
)

// reply is a decided answer: what it says, how it is spoilt, what it waits for.
type reply struct {
	fault    word
	http     int
	fields   fieldList // without pg_salt and pg_sig; empty: an HTML page
	unsigned bool
	held     *heldAnswer
	landing  *landing
	err      error // the call could not be recorded
}

// execute decides and records a sound call.
func (g *Gateway) execute(c *call, fit []rule) *reply {
	out := &reply{http: http.StatusOK}
	received := c.line(g.terms.Currency)
	out.err = g.commit(func(seq int64) Line {
		r := g.ruleFor(c, fit)
		out.fault = r.do
		line := received
		line.Did = r.do.text
		switch c.call {
		case CallPayout:
			g.pay(c, r, &line, out)
		case CallStatus:
			g.tell(c, &line, out)
		default:
			g.tellBalance(c, out)
		}
		if out.fault.name == "hold" {
			out.held = g.hold(seq, line.OrderID)
		}
		if out.fault.effect() == effectLate {
			out.landing = g.landing(seq)
		}
		return line
	})
	switch {
	case out.err != nil && out.held != nil:
		g.unhold(out.held)
	case out.fault.name == "401":
		out.http, out.unsigned = badSignature.http, true
		out.fields = g.errorFields(badSignature.code, badSignature.text)
	}
	return out
}

// pay makes a payment or not, by the gateway's own rules first: what it would
// refuse no fault makes it pay.
func (g *Gateway) pay(c *call, r rule, line *Line, out *reply) {
	if code, text := g.ownRefusal(c); code != 0 && r.do.effect() != effectNone {
		line.Did, out.fault = fmt.Sprintf("reject:%d", code), plainAnswer
		out.fields = g.errorFields(code, text)
		return
	}
	line.Then = r.then.String()
	switch r.do.effect() {
	case effectNone:
		line.Then = ""
	case effectUnder:
		line.Then = fmt.Sprintf("error:%d", codeUnpaid)
		g.makePayment(line, effectUnder)
	case effectPaid:
		g.makePayment(line, effectPaid)
	}
	switch r.do.name {
	case "reject", "reject-paid":
		out.fields = g.errorFields(r.do.n, meaning(r.do.n))
	default:
		out.fields = g.payoutFields(c, line)
	}
}

// ownRefusal returns the code by which the gateway refuses a sound payout, or 0.
func (g *Gateway) ownRefusal(c *call) (code int, text string) {
	limit, err := c.timeLimit(g.terms.Zone)
	if err != nil || !limit.After(g.terms.Now()) {
		return codeExpired, "The time limit of the order has passed."
	}
	if g.balance(c.merchant) < c.minor {
		return codeLowBalance, "The payout balance is too low."
	}
	return 0, ""
}

// makePayment gives the line a payment; the caller holds mu.
func (g *Gateway) makePayment(line *Line, how effect) {
	f, _ := parseFate(line.Then) // written by String, or accepted by apply
	line.PaymentID = strconv.FormatInt(g.book.lastID+1, 10)
	line.Status = f.status(0)
	line.Paid = how == effectPaid && f.code == 0
}

// balance returns what is left in minor units; the caller holds mu.
func (g *Gateway) balance(merchant int64) int64 {
	return g.terms.openingOf(merchant) - g.book.spent[strconv.FormatInt(merchant, 10)]
}

// balanceAfter is the balance once the book holds the line, in minor units; the
// caller holds mu.
func (g *Gateway) balanceAfter(line *Line) int64 {
	merchant, _ := strconv.ParseInt(line.MerchantID, 10, 64) // sound calls alone come here
	left := g.balance(merchant)
	if line.Paid {
		minor, _ := parseMinor(line.Amount)
		left -= minor
	}
	return left
}

// tell answers a status call.
func (g *Gateway) tell(c *call, line *Line, out *reply) {
	p := g.book.find(c.key, c.get("pg_payment_id"))
	if p != nil {
		line.PaymentID, line.Status, line.Paid, line.Then = p.PaymentID, p.status(), p.Paid, p.fate.String()
	}
	zero := c.api == APIMerchant || out.fault.arg == "zero"
	switch w := out.fault; {
	case w.name == "error":
		out.fields = g.errorFields(w.n, "The question was refused.")
	case traits[w.name].effect == effectNone && traits[w.name].calls == "":
		// Dropped or answered in place of the gateway: nothing was told.
	case p == nil || g.hidden(c, p, w):
		line.Told = "not-found"
		out.fields, out.unsigned = g.unknownFields(c, zero), !zero
	default:
		line.Told = p.status()
		if w.name == "status" {
			line.Told = w.arg
		}
		out.fields = g.statusFields(c, p, line.Told)
		line.Status = p.fate.status(p.told + toldProcess(line.Told))
	}
}

func toldProcess(word string) int {
	if word == StatusProcess {
		return 1
	}
	return 0
}

// hidden reports whether a fault makes the gateway deny a payment it has.
func (g *Gateway) hidden(c *call, p *payment, w word) bool {
	switch w.name {
	case "not-found":
		return true
	case "lag":
		return g.terms.Now().Sub(p.At) < w.delay
	case "blind":
		id := c.get("pg_payment_id")
		return id == "" || id == "0"
	}
	return false
}

// tellBalance answers a balance call.
func (g *Gateway) tellBalance(c *call, out *reply) {
	minor := g.balance(c.merchant)
	if out.fault.name == "amount" {
		minor, _ = parseMinor(out.fault.arg) // parsed once before
	}
	out.fields = balanceFields(formatMinor(minor), orElse(c.get("pg_currency"), g.terms.Currency))
}

// dateOf is pg_payment_date: the documented RFC 3339 form on /g2g, local time
// without offset on /api.
func (g *Gateway) dateOf(c *call, at time.Time) string {
	if c.api == APIMerchant {
		return at.In(g.terms.Zone).Format(timeLimitLayout)
	}
	return at.In(g.terms.Zone).Format(time.RFC3339)
}

// meaning is what the gateway says about a code, as far as the code is known.
func meaning(number int) string {
	if known, ok := freedompay.LookupCode(number); ok {
		return known.Meaning
	}
	return "The payout was refused."
}
