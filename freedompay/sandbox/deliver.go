package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// wait returns when the answer may leave: at once, after its delay, when
// released, or when the gateway stops. It aborts the exchange when the client
// is gone, lest a server that ends its contexts early answers with nothing.
func (g *Gateway) wait(r *http.Request, out *reply, stop <-chan struct{}) {
	ends := watch{stop: stop, client: r.Context().Done()}
	end := ready
	switch {
	case out.held != nil:
		defer g.unhold(out.held)
		end = until(g, out.held.let, ends)
	case out.landing != nil:
		// Where the gateway stops first nothing was paid: an answer would lie.
		if end = until(g, out.landing.done, ends); end == ready {
			setField(out.fields, "pg_payment_id", out.landing.paymentID)
			setField(out.fields, "pg_balance", out.landing.balance)
		}
	case out.fault.name == "delay":
		timer := time.NewTimer(out.fault.delay)
		defer timer.Stop()
		end = until(g, timer.C, ends)
	}
	if end == gone || end == stopped && out.landing != nil {
		panic(http.ErrAbortHandler)
	}
}

type ending int

const (
	ready ending = iota
	stopped
	gone
)

// until waits for done, which a release, a landing or a timer closes or feeds;
// the gateway's end; or the client's.
func until[T any](g *Gateway, done <-chan T, w watch) ending {
	select {
	case <-done:
		return ready
	case <-w.stop:
		return stopped
	case <-g.closed:
		return stopped
	case <-w.client:
		return gone
	}
}

// watch is what ends a wait early: the server that stops, the client that leaves.
type watch struct{ stop, client <-chan struct{} }

// garbage is no XML from its first byte on.
const garbage = "\x00\xff\xfe 500 gateway says <<<pg_status=ok&>>> \x1b[0m"

// deliver writes the answer, or what the fault makes of it.
func (g *Gateway) deliver(w http.ResponseWriter, r *http.Request, rt route, out *reply) {
	switch out.fault.name {
	case "drop-before", "drop-after":
		panic(http.ErrAbortHandler)
	case "http", "http-paid":
		writePage(w, out.fault.n)
		return
	case "redirect":
		// To the same path: a client that follows calls twice, which the ledger shows.
		w.Header().Set("Location", r.URL.Path+"?redirected=1")
		writePage(w, out.fault.n)
		return
	case "garbage":
		write(w, out.http, []byte(garbage))
		return
	}
	if len(out.fields) == 0 {
		writePage(w, out.http)
		return
	}
	body := out.encode(rt.script, g.terms.Key)
	if out.fault.name == "truncate" {
		cut(w, out, body)
	}
	write(w, out.http, body)
}

// cut announces the whole answer, sends its beginning, and closes.
func cut(w http.ResponseWriter, out *reply, body []byte) {
	header(w, len(body))
	w.WriteHeader(out.http)
	_, _ = w.Write(body[:min(out.fault.n, len(body))]) // a client gone is what is simulated
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func header(w http.ResponseWriter, length int) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(length))
}

// write sends an XML answer. A client that is gone learns nothing, and the
// ledger already holds what was done.
func write(w http.ResponseWriter, status int, body []byte) {
	header(w, len(body))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// writePage sends what a proxy in front of a gateway would.
func writePage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if status == http.StatusNoContent || status == http.StatusNotModified {
		return
	}
	_, _ = fmt.Fprintf(w, "<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status))
}
