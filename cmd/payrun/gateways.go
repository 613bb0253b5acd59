package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
)

// gateways are the merchant accounts that a command talks to.
type gateways struct {
	merchants map[string]*executor.Merchant
	clients   []*freedompay.Client
	stop      func() error // ends the built-in sandbox
}

// close ends connections and the built-in sandbox.
func (g *gateways) close() error {
	for _, c := range g.clients {
		c.Close()
	}
	if g.stop == nil {
		return nil
	}
	return g.stop()
}

// connect prepares a client for every merchant, and starts the built-in
// sandbox where a merchant needs it. It makes no call.
func (p *program) connect(cfg *hclconfig.Config, parallelism int) (*gateways, error) {
	g := &gateways{merchants: make(map[string]*executor.Merchant)}
	builtIn := ""
	for _, m := range cfg.Merchants {
		if m.BaseURL == "" && builtIn == "" {
			url, stop, err := p.startSandbox(cfg)
			if err != nil {
				return nil, err
			}
			builtIn, g.stop = url, stop
		}
		one, client, err := p.account(m, builtIn, parallelism)
		if err != nil {
			return nil, errors.Join(err, g.close())
		}
		g.merchants[m.Name] = one
		g.clients = append(g.clients, client)
	}
	return g, nil
}

// account prepares one merchant.
func (p *program) account(m *hclconfig.Merchant, builtIn string, parallelism int) (*executor.Merchant, *freedompay.Client, error) {
	base, post := m.BaseURL, m.PostLink
	if base == "" {
		base = builtIn
	}
	if err := p.trial.stays(base, builtIn); err != nil {
		return nil, nil, err
	}
	if post == "" {
		post = base + "/payrun/notify"
	}
	secret := p.secret(m)
	if _, err := secret(); err != nil {
		return nil, nil, fail(exitError, fmt.Errorf("read the secret key of merchant %s: %w", m.Name, plain(err)),
			"nothing was sent; "+keySource(m)+" must hold the shop's secret for payouts")
	}
	client := &freedompay.Client{
		BaseURL: base, API: freedompay.API(m.API), MerchantID: m.ID, Secret: secret, Timeout: m.Timeout,
	}
	width := m.MaxInFlight
	if parallelism > 0 {
		width = min(width, parallelism)
	}
	return &executor.Merchant{
		Merchant: &m.Merchant, Gateway: client, PostLink: post, Width: width,
		Pay: limiter(m.Rate), Ask: limiter(m.StatusRate),
		Waits: waits(m.Environment, base), LookupOff: !m.LookupBeforeSend,
	}, client, nil
}

// limiter allows one call an interval. Its first token is spent: the first
// call of a process waits an interval, as another process may just have ended.
func limiter(r hclconfig.Rate) *rate.Limiter {
	if r.Unlimited() {
		return nil
	}
	l := rate.NewLimiter(rate.Every(r.Per/time.Duration(r.Calls)), 1)
	l.AllowN(time.Now(), 1)
	return l
}

// waits are zero where no real money moves: in the sandbox and on loopback.
func waits(e planner.Environment, base string) payout.Waits {
	if e == planner.Sandbox || isLoopback(base) {
		return payout.Waits{}
	}
	return payout.StandardWaits()
}

func isLoopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

// secret reads a merchant's key when a call is signed.
func (p *program) secret(m *hclconfig.Merchant) func() (freedompay.Secret, error) {
	return func() (freedompay.Secret, error) {
		switch {
		case m.SecretKeyEnv != "":
			value, ok := p.getenv(m.SecretKeyEnv)
			if ok && value != "" {
				return freedompay.NewSecret(value), nil
			}
			if m.Environment != planner.Sandbox {
				return freedompay.Secret{}, fmt.Errorf("the environment variable %s is not set", m.SecretKeyEnv)
			}
		case m.SecretKeyFile != "":
			text, err := os.ReadFile(p.path(m.SecretKeyFile))
			if err != nil {
				return freedompay.Secret{}, err
			}
			if key := strings.TrimRight(string(text), "\r\n"); key != "" {
				return freedompay.NewSecret(key), nil
			}
			return freedompay.Secret{}, fmt.Errorf("the file %s is empty", m.SecretKeyFile)
		}
		return freedompay.NewSecret(sandbox.Key), nil
	}
}

// keySource names the place of a merchant's key.
func keySource(m *hclconfig.Merchant) string {
	if m.SecretKeyFile != "" {
		return "the file " + m.SecretKeyFile
	}
	return "the environment variable " + m.SecretKeyEnv
}

// sandboxDir is where the built-in sandbox keeps its ledger and faults.
func (p *program) sandboxDir() string { return filepath.Join(p.dir, ".payrun", "sandbox") }

// startSandbox serves the built-in gateway on a free port of loopback.
func (p *program) startSandbox(cfg *hclconfig.Config) (base string, stop func() error, err error) {
	dir := p.sandboxDir()
	if err := p.checkSandboxDir(); err != nil {
		return "", nil, err
	}
	zone, currency := time.FixedZone("+05", 5*60*60), ""
	for _, m := range cfg.Merchants {
		if m.BaseURL == "" {
			zone, currency = m.Zone, m.Currency.Code
		}
	}
	gateway, err := sandbox.New(sandbox.Config{
		Ledger: filepath.Join(dir, "ledger.jsonl"), Faults: filepath.Join(dir, "faults.json"),
		OrderIDs: orderIDsOf(cfg), Zone: zone, Currency: currency,
		NoSync: p.trial != nil, // a test ends with its folder
	})
	if err != nil {
		return "", nil, sandboxError(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("start the sandbox: %w", err), gateway.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- sandbox.Serve(ctx, listener, gateway) }()
	stop = func() error {
		cancel()
		return errors.Join(<-done, gateway.Close())
	}
	return "http://" + listener.Addr().String(), stop, nil
}

// checkSandboxDir names what stands where the sandbox keeps its files.
func (p *program) checkSandboxDir() error {
	for _, dir := range []string{filepath.Dir(p.sandboxDir()), p.sandboxDir()} {
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			return fail(exitError, fmt.Errorf("start the sandbox: %s is a file, and a folder is needed", dir), sandboxPlace)
		}
	}
	return nil
}

const sandboxPlace = "nothing was sent; the sandbox keeps its ledger and its faults in .payrun/sandbox: move aside what does not belong there"

func sandboxError(err error) error {
	var locked *sandbox.LockedError
	readable := errors.New(strings.ReplaceAll(err.Error(), "jsontext: ", ""))
	if errors.As(err, &locked) {
		return fail(exitLocked, err, "another payrun uses this sandbox; wait for it to end")
	}
	var faults *sandbox.FaultsError
	if errors.As(err, &faults) {
		return fail(exitError, readable, "\"payrun sandbox -help\" shows the form of a faults file")
	}
	return fail(exitError, fmt.Errorf("start the sandbox: %w", readable), sandboxPlace)
}

// orderIDsOf names the order ids behind an address glob of a faults file.
func orderIDsOf(cfg *hclconfig.Config) func(pattern string) []string {
	return func(pattern string) []string {
		var out []string
		for i := range cfg.Batches {
			b := &cfg.Batches[i]
			for j := range b.Payouts {
				one := &b.Payouts[j]
				if !payout.MatchGlob(pattern, one.Address.String()) {
					continue
				}
				for n := 1; n <= payout.MaxAttempts; n++ {
					out = append(out, one.OrderIDFor(b.Merchant, n))
				}
			}
		}
		return out
	}
}
