package hclconfig

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"payrun/planner"
)

// maxPostLink is the longest post_link (Token Payout page).
const maxPostLink = 255

// endpoint decides where the merchant's gateway is.
func (r *reader) endpoint(m *Merchant) {
	given, ok := r.nonEmpty("base_url")
	if ok {
		m.BaseURL = strings.TrimSuffix(given, "/")
		if reason := baseURLProblem(m.BaseURL); reason != "" {
			r.fail(msgBaseURL, r.at("base_url"), given, reason)
		} else if m.Environment == planner.Sandbox && !isLoopbackURL(m.BaseURL) {
			r.fail(msgSandboxURL, r.at("base_url"), given)
		}
		return
	}
	switch m.Environment {
	case planner.Production:
		m.BaseURL = regions[m.Region].production
	case planner.Test:
		m.BaseURL = regions[m.Region].test
		if m.BaseURL == "" {
			r.fail(msgNoTestHost, r.block.DefRange, m.Region)
		}
	}
}

func baseURLProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return "it is not a URL such as https://api.freedompay.kz"
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "it must have no user, query or fragment"
	case u.Scheme == "https" || u.Scheme == "http" && isLoopbackURL(text):
		return ""
	}
	return "only https is allowed; plain http only for this machine (127.0.0.1, [::1], localhost)"
}

// isLoopbackURL says whether a URL leads to this machine.
func isLoopbackURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
}

// postLink reads the URL that the gateway reports to. Its last segment is part
// of the signature, so a URL without one, or with a query, does not work.
func (r *reader) postLink(m *Merchant) {
	if m.Environment != planner.Sandbox {
		r.need("post_link", "the gateway requires it; any https URL of yours that answers 200 will do")
	}
	link, ok := r.nonEmpty("post_link")
	if !ok {
		return
	}
	if reason := postLinkProblem(link); reason != "" {
		r.fail(msgPostLink, r.at("post_link"), link, reason)
	}
	m.PostLink = link
}

func postLinkProblem(link string) string {
	u, err := url.Parse(link)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return "it must be an https URL"
	case len(link) > maxPostLink:
		return fmt.Sprintf("it has %d characters, at most %d are allowed", len(link), maxPostLink)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return "it must have no query, fragment or user"
	case strings.Trim(u.Path, "/") == "" || strings.HasSuffix(u.Path, "/"):
		return "it must have a path that does not end in a slash, such as /payrun/notify"
	}
	return ""
}

var rateShape = regexp.MustCompile(`^([1-9][0-9]{0,5})/([sm])$`)

// rate reads "30/m", "2/s" or "unlimited".
func (r *reader) rate(name string, fallback Rate) Rate {
	text, ok := r.text(name)
	if !ok {
		return fallback
	}
	if text == "unlimited" {
		return Rate{}
	}
	parts := rateShape.FindStringSubmatch(text)
	if parts == nil {
		r.fail(msgRate, r.at(name), name, text)
		return fallback
	}
	calls, err := strconv.Atoi(parts[1])
	if err != nil {
		return fallback // the shape has checked it
	}
	per := time.Second
	if parts[2] == "m" {
		per = time.Minute
	}
	return Rate{Calls: calls, Per: per}
}
