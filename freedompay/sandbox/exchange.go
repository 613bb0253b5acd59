package sandbox

import (
	"fmt"
	"net/http"
	"payrun/planner/payout"
	"strings"
	"time"
)

// What a line's did says when no fault decided.
const (
	didInvalid   = "invalid:" // and a code: the page's field rules were broken
	didUnserved  = "refuse:9998"
	didBadSig    = "refuse:1100"
	didMalformed = "malformed"
	didNoFaults  = "faults-broken"
	didMethod    = "method:" // and what was used in place of POST
)

// ServeHTTP answers one call as the gateway would, or as a fault says. Where
// the connection is to be dropped, or the client left while its answer waited,
// it panics with http.ErrAbortHandler, which net/http servers expect.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.exchange(w, r, nil) }

// exchange serves one call; held answers are let go when stop is closed.
func (g *Gateway) exchange(w http.ResponseWriter, r *http.Request, stop <-chan struct{}) {
	// A recorder in a test has no deadlines, and needs none. The write deadline
	// of an earlier call on this connection must not end this one.
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{})
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
	rt, known := routes[r.URL.Path]
	if !known {
		writePage(w, http.StatusNotFound)
		return
	}
	out := g.take(w, r, rt)
	_ = control.SetReadDeadline(time.Time{}) // or a long hold would look like a client gone
	if out.err != nil {
		writePage(w, http.StatusInternalServerError)
		return
	}
	g.wait(r, out, stop)
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout))
	g.deliver(w, r, rt, out)
}

// take reads a call, executes it, and returns once its line is durable.
func (g *Gateway) take(w http.ResponseWriter, r *http.Request, rt route) *reply {
	if r.Method != http.MethodPost {
		return g.refuse(newCall(rt, nil, g.terms.Key), refusal{did: didMethod + clean(r.Method), http: http.StatusMethodNotAllowed})
	}
	fields, err := readFields(w, r)
	c := newCall(rt, fields, g.terms.Key)
	if err != nil {
		return g.refuse(c, refusal{did: didMalformed, http: http.StatusBadRequest, code: codeBadField, text: err.Error()})
	}
	rules, err := g.faults.current()
	switch bad := c.check(g.terms.Zone); {
	case err != nil:
		return g.refuse(c, refusal{did: didNoFaults, http: http.StatusInternalServerError})
	case c.merchant == 0 || !g.terms.serves(c.merchant):
		return g.refuse(c, refusal{did: didUnserved, http: http.StatusOK, code: codeNoMerchant, text: "The merchant is not identified."})
	case !c.signed:
		return g.refuse(c, badSignature)
	case bad != nil:
		return g.refuse(c, refusal{did: fmt.Sprint(didInvalid, bad.code), http: http.StatusOK, code: bad.code, text: bad.text, signed: true})
	}
	return g.execute(c, g.fitting(c, rules))
}

// refusal is an answer that no payment or question stands behind.
type refusal struct {
	did    string
	http   int
	code   int // 0: an HTML page
	text   string
	signed bool
}

var badSignature = refusal{
	did: didBadSig, http: http.StatusUnauthorized, code: codeBadSignature, text: "The signature of the request is wrong.",
}

// refuse records a call that is not executed.
func (g *Gateway) refuse(c *call, why refusal) *reply {
	out := &reply{fault: plainAnswer, http: why.http}
	if why.code != 0 {
		out.fields, out.unsigned = g.errorFields(why.code, why.text), !why.signed
	}
	out.err = g.commit(func(int64) Line {
		line := c.line(g.terms.Currency)
		line.Did = why.did
		// What failed before the signature could be judged is not well signed.
		line.Signature = c.signed && !strings.HasPrefix(why.did, didMethod) && why.did != didMalformed
		return line
	})
	return out
}

// fitting picks the rules for a call, whichever call it will be in number. It
// asks Config.OrderIDs, which is why it runs outside the gateway's mutex.
func (g *Gateway) fitting(c *call, rules []rule) []rule {
	var fit []rule
	for _, r := range rules {
		if r.call == c.call && g.fits(r, c) {
			fit = append(fit, r)
		}
	}
	return fit
}

func (g *Gateway) fits(r rule, c *call) bool {
	order := c.get("pg_order_id")
	switch {
	case r.everything():
		return true
	case c.call == CallBalance:
		return false
	case !r.address:
		return payout.MatchGlob(r.match, order)
	case g.terms.OrderIDs == nil:
		return false
	}
	for _, known := range g.terms.OrderIDs(r.match) {
		if known == order {
			return true
		}
	}
	return false
}

// ruleFor returns the rule for this call among those that fit; the caller
// holds mu.
func (g *Gateway) ruleFor(c *call, fit []rule) rule {
	nth := g.book.calls(c.call, c.key) + 1
	for _, r := range fit {
		if r.nth == 0 || r.nth == nth {
			return r
		}
	}
	return rule{do: plainAnswer}
}
