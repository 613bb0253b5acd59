package freedompay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// Limits of one answer. The documented answers have less than 2 KiB.
const (
	maxBodyBytes = 1 << 20
	maxHeadBytes = 64 << 10
	// maxWireBytes bounds a body together with its chunk framing.
	maxWireBytes = 8 << 20
)

// reply is one whole HTTP answer.
type reply struct {
	status   int
	date     time.Time // zero where the header is absent or unreadable
	body     []byte
	reusable bool // the connection ended in a known state
}

// exchange sends m once and reads one answer, and says how many request bytes were offered.
//
// net/http's own transport is not used, for two reasons that money cannot live with: its write loop may offer bytes
// after the call has returned, so that a count of zero would be no proof; and bytes that follow an answer, which may
// hold a card token, are printed to the standard logger. Here one goroutine writes once and then reads, so nothing can
// be sent again or late.
func (c *Client) exchange(ctx context.Context, m *message) (*reply, int64, *CallError) {
	cn := m.pool.take(m.endpoint, m.keep)
	if cn == nil {
		var err error
		if cn, err = c.dial(ctx, m.endpoint); err != nil {
			return nil, 0, &CallError{Stage: StageConnect, Err: cause(ctx, err)}
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = cn.SetDeadline(longAgo) })
	sent, failure := cn.offer(ctx, m)
	var r *reply
	if failure == nil {
		r, failure = cn.receive(ctx)
	}
	if stop() && failure == nil && r.reusable {
		m.pool.put(cn, m.keep)
	} else {
		cn.close()
	}
	return r, sent, failure
}

// offer writes the request in one piece, after the last checks.
func (c *conn) offer(ctx context.Context, m *message) (int64, *CallError) {
	if err := ctx.Err(); err != nil {
		return 0, &CallError{Stage: StageConnect, Err: err}
	}
	if m.before != nil {
		if err := m.before(); err != nil {
			return 0, &CallError{Stage: StageRefused, Err: err}
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, &CallError{Stage: StageConnect, Err: err}
	}
	// From here on all of it counts as offered, whatever Write says it managed.
	sent := int64(len(m.bytes))
	if _, err := c.Write(m.bytes); err != nil {
		return sent, &CallError{Stage: StageWrite, Err: cause(ctx, err)}
	}
	return sent, nil
}

// receive reads the answer to its end. A redirect is an answer that is not followed.
func (c *conn) receive(ctx context.Context) (*reply, *CallError) {
	resp, err := c.head()
	if err != nil {
		return nil, &CallError{Stage: StageRead, Err: readable(ctx, err)}
	}
	fail := func(stage Stage, err error) (*reply, *CallError) {
		return nil, &CallError{Stage: stage, HTTPStatus: resp.StatusCode, Err: err}
	}
	switch {
	case resp.StatusCode/100 == 3:
		return fail(StageDecode, errRedirect)
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return fail(StageDecode, errSwitch)
	}
	c.meter.left = maxWireBytes
	// resp.Body is never closed: that would read an endless body to its end. The connection is closed instead.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBodyBytes+1))
	switch {
	case len(body) > maxBodyBytes:
		return fail(StageDecode, errBodyTooLarge)
	case err != nil:
		return fail(StageRead, readable(ctx, err))
	}
	date, _ := http.ParseTime(resp.Header.Get("Date"))
	reusable := !resp.Close && c.reader.Buffered() == 0
	return &reply{status: resp.StatusCode, date: date, body: body, reusable: reusable}, nil
}

// head reads status line and headers, past any informational answers; all of them share one budget.
func (c *conn) head() (*http.Response, error) {
	c.meter.left = maxHeadBytes
	for {
		resp, err := http.ReadResponse(c.reader, &http.Request{Method: http.MethodPost})
		switch {
		case err != nil:
			return nil, err
		case resp.ProtoMajor != 1:
			return nil, errBadHTTP
		case resp.StatusCode/100 != 1 || resp.StatusCode == http.StatusSwitchingProtocols:
			return resp, nil
		}
	}
}

// cause prefers the context's end over the deadline or closed connection that it led to.
func cause(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	return err
}

// readable is cause for errors of reading: those of net/http quote the answer, which may hold a card token, and are
// replaced.
func readable(ctx context.Context, err error) error {
	err = cause(ctx, err)
	var network net.Error
	switch {
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, io.ErrClosedPipe), errors.Is(err, errHeadTooLarge), errors.Is(err, context.Canceled):
		return err
	}
	return errBadHTTP
}
