package freedompay

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// API chooses one of the two flavours of the gateway; they differ in paths and in the vendor's rules, not in the signature.
type API string

const (
	// GatewayAPI is the /g2g/ flavour (Token Payout page, Sync API). The zero value "" means it too.
	GatewayAPI API = "gateway"
	// MerchantAPI is the /api/ flavour (Merchant API pages).
	MerchantAPI API = "merchant"
)

// defaultBaseURL is the production host of the Token Payout page.
const defaultBaseURL = "https://api.freedompay.kz"

// paths are the three calls of one flavour.
type paths struct{ payout, status, balance string }

// paths returns the calls of a. Sources: Token Payout page api-9881026, payout status api-9881016 and balance
// api-9884858 for the gateway; api-11621024, api-13677854 and the vendor's PHP package for the merchant flavour.
func (a API) paths() (paths, error) {
	switch a {
	case "", GatewayAPI:
		return paths{"/g2g/reg2reg", "/g2g/payout_status2", "/g2g/balance_status"}, nil
	case MerchantAPI:
		return paths{"/api/reg2reg", "/api/payment_status2", "/api/balance_status"}, nil
	}
	return paths{}, fmt.Errorf("choose api: %q is neither %q nor %q", string(a), GatewayAPI, MerchantAPI)
}

// endpoint is where connections of a call go; connections are used again for an equal endpoint only.
type endpoint struct {
	tls        bool
	host       string // Host header: as written in the base URL
	serverName string // for certificate verification
	address    string // host:port to dial
	proxy      string // host:port of the proxy, or ""
	proxyAuth  string // Proxy-Authorization, or ""
}

// target is what settings of a Client were parsed into.
type target struct {
	baseURL, setting string // Client.BaseURL and Client.Proxy
	endpoint         endpoint
	prefix           string
}

// parseBaseURL reads base into an endpoint and the path prefix in front of /g2g/ or /api/, mostly "".
//
// The errors do not hold the URL: a mistyped setting may carry a password.
func parseBaseURL(base string) (endpoint, string, error) {
	if base == "" {
		base = defaultBaseURL
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return endpoint{}, "", errors.New("parse base url: want https://host")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(base, "#") || strings.HasSuffix(base, "/"):
		return endpoint{}, "", errors.New("parse base url: user, query, fragment and trailing slash are not allowed")
	case u.Scheme != "https" && u.Scheme != "http":
		return endpoint{}, "", errors.New("parse base url: scheme is neither https nor, on loopback, http")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return endpoint{}, "", errors.New("parse base url: plain http is for loopback only")
	}
	e := endpoint{tls: u.Scheme == "https", host: u.Host, serverName: u.Hostname(), address: u.Host}
	if u.Port() == "" {
		e.address = net.JoinHostPort(u.Hostname(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
	}
	return e, u.EscapedPath(), nil
}

// isLoopback reports whether host is a loopback address or the name localhost.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}
