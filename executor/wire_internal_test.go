package executor

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// TestWire puts every damaged, forged, odd and hostile answer through the real
// client and the real judgement. Of a payout call nothing but a whole, trusted
// answer may give anything else than in doubt, and of a status call nothing else
// may give a verdict at all. -v prints how many of each kind there were.
func TestWire(t *testing.T) {
	w := &wireBench{T: t}
	for _, kind := range []struct {
		name string
		run  func(*wireBench)
	}{
		{"cut answers", (*wireBench).cutAnswers},
		{"changed bytes", (*wireBench).changedBytes},
		{"changed fields", (*wireBench).changedFields},
		{"forged signatures", (*wireBench).forgedSignatures},
		{"amounts", (*wireBench).amounts},
		{"refusals of the key", (*wireBench).wrongKeys},
		{"redirects", (*wireBench).redirects},
		{"overloads", (*wireBench).overloads},
		{"hostile documents", (*wireBench).hostileDocuments},
		{"huge answers", (*wireBench).hugeAnswers},
		{"cut requests", (*wireBench).cutRequests},
	} {
		before := w.cases
		kind.run(w)
		if w.cases == before {
			t.Errorf("no %s", kind.name)
		}
		w.line = append(w.line, fmt.Sprintf("%s %d", kind.name, w.cases-before))
	}
	t.Logf("wire: %d answers and connections judged: %s", w.cases, strings.Join(w.line, ", "))
}

// wireBench counts cases and knows what was asked.
type wireBench struct {
	*testing.T
	cases int
	line  []string
}

// want is what an answer must come to: the status of a payout call, and the
// verdict of a status call with the same fate.
type want struct {
	status  payout.Status
	verdict payout.Verdict
}

// doubt is what all damage must come to.
var doubt = want{payout.InDoubt, ""}

// peer is the gateway's end of one connection.
type peer func(far net.Conn)

// saying answers one whole request with response and closes.
func saying(response string) peer {
	return func(far net.Conn) {
		if readRequest(far) {
			_, _ = io.WriteString(far, response)
		}
	}
}

// framed is body as an answer of a status with more header lines.
func framed(status int, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
}

// payout makes a payout call and checks its status.
func (w *wireBench) payout(name string, p peer, wanted payout.Status) {
	w.Helper()
	w.cases++
	client, dials := wireClient(p)
	defer client.Close()
	a, err := client.Payout(w.Context(), &freedompay.PayoutRequest{OrderID: "o1", Amount: "100.00", CardToken: testToken})
	r := classify(a, err, sent{merchantID: 9970, orderID: "o1", amount: "100.00", token: token(w.T)})
	if r.status != wanted || *dials != 1 {
		w.Errorf("%s: %s after %d connections, want %s after 1: %+v", name, r.status, *dials, wanted, r)
	}
	if strings.Contains(r.words, testToken) || strings.Contains(r.words, testKey) {
		w.Errorf("%s: the words tell a secret: %q", name, r.words)
	}
}

// lookup makes a status call and checks its verdict.
func (w *wireBench) lookup(name string, p peer, wanted payout.Verdict) {
	w.Helper()
	w.cases++
	client, dials := wireClient(p)
	defer client.Close()
	var r reading
	a, err := client.Status(w.Context(), &freedompay.StatusRequest{OrderID: "o1"})
	if err == nil {
		r = readStatus(a, question{merchantID: 9970, orderID: "o1", amount: "100.00", api: freedompay.GatewayAPI})
	}
	if r.verdict != wanted || *dials != 1 {
		w.Errorf("%s: %q because %q, %v after %d connections, want %q after 1", name, r.verdict, r.why, err, *dials, wanted)
	}
}

// both lets either kind of call meet the same fate: change makes the answer
// from the documented one.
func (w *wireBench) both(name string, change func(script string, pairs []string) string, wanted want) {
	w.Helper()
	w.payout(name, saying(change("reg2reg", accepted)), wanted.status)
	w.lookup(name, saying(change("payout_status2", told)), wanted.verdict)
}

// wireClient is a client that reaches p and counts its connections.
func wireClient(p peer) (*freedompay.Client, *int) {
	dials := new(int)
	return &freedompay.Client{
		BaseURL: "http://127.0.0.1", MerchantID: 9970,
		Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(testKey), nil },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			*dials++
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				p(far)
			}()
			return near, nil
		},
	}, dials
}

// fieldsOf pairs names and values.
func fieldsOf(pairs []string) []freedompay.Field {
	var fields []freedompay.Field
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, freedompay.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return fields
}

// xmlOf writes fields as they are into a document.
func xmlOf(fields []freedompay.Field) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("<" + f.Name + ">" + f.Value + "</" + f.Name + ">")
	}
	return "<response>" + b.String() + "</response>"
}

// signedBy is a document signed for a script with a key.
func signedBy(script, key string, pairs []string) string {
	fields := append(fieldsOf(pairs), freedompay.Field{Name: "pg_salt", Value: "salt"})
	return xmlOf(append(fields, freedompay.Field{Name: "pg_sig", Value: freedompay.Sign(script, fields, key)}))
}
