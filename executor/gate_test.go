package executor_test

import (
	"context"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"strings"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
)

// gate is a gateway whose payout calls fail before their first byte as long as
// fail says so.
type gate struct {
	executor.Gateway
	fail func() error
}

func (g gate) Payout(ctx context.Context, r *freedompay.PayoutRequest) (*freedompay.Answer, error) {
	if err := g.fail(); err != nil {
		return nil, &freedompay.CallError{Script: "reg2reg", Stage: freedompay.StageConnect, Err: err}
	}
	return g.Gateway.Payout(ctx, r)
}

// cutter is a connection that breaks after some written bytes.
type cutter struct {
	net.Conn
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p[:min(c.left, len(p))])
	c.left -= n
	if err == nil && n < len(p) {
		_ = c.Close()
		err = io.ErrClosedPipe
	}
	return n, err
}

func status(w *world) *freedompay.StatusRequest {
	return &freedompay.StatusRequest{OrderID: w.order(1, 1)}
}

// spoilWords refuses every payout call with words of its own, rightly signed.
func spoilWords(words string) func(string, http.ResponseWriter) bool {
	return func(call string, w http.ResponseWriter) bool {
		if call != "payout" {
			return false
		}
		answer(w, "reg2reg", "pg_status", "error", "pg_error_code", "10005", "pg_error_description", words)
		return true
	}
}

// answer writes a signed document of alternating names and values.
func answer(w http.ResponseWriter, script string, pairs ...string) {
	var fields []freedompay.Field
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, freedompay.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	fields = append(fields, freedompay.Field{Name: "pg_salt", Value: freedompay.NewSalt()})
	fields = append(fields, freedompay.Field{Name: "pg_sig", Value: freedompay.Sign(script, fields, sandbox.Key)})
	var b strings.Builder
	b.WriteString("<response>")
	for _, f := range fields {
		b.WriteString("<" + f.Name + ">")
		_ = xml.EscapeText(&b, []byte(f.Value))
		b.WriteString("</" + f.Name + ">")
	}
	b.WriteString("</response>")
	_, _ = io.WriteString(w, b.String())
}
