package freedompay

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"
)

// defaultTimeout bounds one call where Client.Timeout is zero. The vendor documents no time-out.
const defaultTimeout = 30 * time.Second

// How long after its last answer a connection may carry another call. A payout must not meet a connection that the
// gateway is about to close; a status call that does is simply asked again by the caller.
const (
	keepForPayout = time.Second
	keepForLookup = 30 * time.Second
)

// Client calls the gateway for one merchant. It is safe for concurrent use; its fields must not change, and it must not
// be copied, after the first call. MerchantID and Secret are required, all else has a useful zero value.
type Client struct {
	// BaseURL is scheme and host, without a trailing slash; "" is https://api.freedompay.kz. Plain http is refused but
	// for loopback, on every call.
	BaseURL string
	// API is the flavour; "" is GatewayAPI.
	API API
	// MerchantID is the shop's number, above 0.
	MerchantID int64
	// Secret gives the payout key. It is asked whenever a call is signed; the same key verifies the answer.
	Secret func() (Secret, error)
	// Timeout bounds the whole exchange of one call, from dial to the last byte of the answer; 0 is 30 s.
	Timeout time.Duration
	// Dial replaces net.Dialer, for in-memory listeners; nil is a plain dialler.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// RootCAs replaces the system's roots. Verification itself cannot be switched off, and TLS starts at 1.2.
	RootCAs *x509.CertPool
	// Proxy is "http://[user:password@]host:port" for https calls; loopback is always reached directly. "" is no proxy:
	// environment variables are not read.
	Proxy string

	payouts pool
	lookups pool
	target  atomic.Pointer[target] // of the last call
}

// Format writes the merchant only, under any verb: Proxy may carry a password.
func (c *Client) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "client of merchant %d", c.MerchantID)
}

// Payout asks the gateway, once, to pay a saved card (reg2reg; Token Payout page api-9881026, Merchant API api-11621024).
//
// The Answer is whatever one whole document said, signed or not, "ok" or "error": an "ok" means accepted and not paid.
// The error is always a *CallError, and then the Answer is nil. After any error with Sent > 0 the payout may have
// happened: only Status can tell.
func (c *Client) Payout(ctx context.Context, r *PayoutRequest) (*Answer, error) {
	p, err := c.API.paths()
	if err != nil {
		return nil, prepareError("reg2reg", err)
	}
	m := &message{path: p.payout, fields: r.fields(c.MerchantID), before: r.BeforeFirstByte, pool: &c.payouts, keep: keepForPayout}
	return c.call(ctx, m, r.check())
}

// Status asks what became of an order (payout_status2, Sync API api-9881016; payment_status2, api-13677854). The page of
// the gateway flavour marks the payment id as required; whether the order id alone is answered must be seen before it is
// trusted. pg_status speaks about the question, PaymentStatus about the payment. Errors are as for Payout; asking again
// is safe.
func (c *Client) Status(ctx context.Context, r *StatusRequest) (*Answer, error) {
	p, err := c.API.paths()
	if err != nil {
		return nil, prepareError("status", err)
	}
	m := &message{path: p.status, fields: r.fields(c.MerchantID), pool: &c.lookups, keep: keepForLookup}
	return c.call(ctx, m, r.check())
}

// Balance asks for the payout balance in currency, an ISO 4217 code such as "KZT" (balance_status, api-9884858; the
// merchant flavour is known from the vendor's PHP package only). Errors are as for Payout; asking again is safe.
func (c *Client) Balance(ctx context.Context, currency string) (*Answer, error) {
	p, err := c.API.paths()
	if err != nil {
		return nil, prepareError("balance_status", err)
	}
	var missing error
	if currency == "" {
		missing = errors.New("check request: currency is empty")
	}
	fields := []Field{{Name: "pg_merchant_id", Value: strconv.FormatInt(c.MerchantID, 10)}, {Name: "pg_currency", Value: currency}}
	return c.call(ctx, &message{path: p.balance, fields: fields, pool: &c.lookups, keep: keepForLookup}, missing)
}

// Close closes the connections that are idle. Calls under way go on, and the Client can be used again.
func (c *Client) Close() {
	c.payouts.close()
	c.lookups.close()
}

// call prepares m, sends it once and reads its answer; bad is what the request's own check found.
func (c *Client) call(ctx context.Context, m *message, bad error) (*Answer, error) {
	script := ScriptName(m.path)
	if bad != nil {
		return nil, prepareError(script, bad)
	}
	secret, err := c.prepare(m)
	if err != nil {
		return nil, prepareError(script, err)
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reply, sent, failure := c.exchange(ctx, m)
	if failure != nil {
		failure.Script, failure.Sent = script, sent
		return nil, failure
	}
	answer, err := readAnswer(script, reply, secret)
	if err != nil {
		return nil, &CallError{Script: script, Sent: sent, HTTPStatus: reply.status, Stage: StageDecode, Err: err}
	}
	return answer, nil
}

// prepare checks the client, signs m and builds its bytes. It returns the key for the answer's signature.
func (c *Client) prepare(m *message) (string, error) {
	if c.MerchantID <= 0 {
		return "", errors.New("check client: merchant id is not above 0")
	}
	to, err := c.aim()
	if err != nil {
		return "", err
	}
	if err := checkFields(m.fields); err != nil {
		return "", err
	}
	key, err := c.key()
	if err != nil {
		return "", err
	}
	m.endpoint = to.endpoint
	m.build(to.prefix, key)
	return key, nil
}

// aim returns where calls go. It parses the settings once, not once a call, and again should they have changed.
func (c *Client) aim() (*target, error) {
	if known := c.target.Load(); known != nil && known.baseURL == c.BaseURL && known.setting == c.Proxy {
		return known, nil
	}
	e, prefix, err := parseBaseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := e.useProxy(c.Proxy); err != nil {
		return nil, err
	}
	to := &target{baseURL: c.BaseURL, setting: c.Proxy, endpoint: e, prefix: prefix}
	c.target.Store(to)
	return to, nil
}

// key reads the secret key, which must not be empty: an empty key would sign for anybody.
func (c *Client) key() (string, error) {
	if c.Secret == nil {
		return "", errors.New("read secret key: none configured")
	}
	secret, err := c.Secret()
	if err != nil {
		return "", err
	}
	if secret.Reveal() == "" {
		return "", errors.New("read secret key: it is empty")
	}
	return secret.Reveal(), nil
}

// prepareError is a CallError of a call that never left the building.
func prepareError(script string, err error) *CallError {
	return &CallError{Script: script, Stage: StagePrepare, Err: err}
}
