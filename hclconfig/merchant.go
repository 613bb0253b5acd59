package hclconfig

import (
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"payrun/planner"
	"payrun/planner/payout"
)

// region is what a country edition of the gateway brings along (the vendor's
// documentation, one site a country).
type region struct {
	currency   string
	zone       string
	production string
	test       string // "" = none is known
}

var regions = map[string]region{
	"kz": {"KZT", "Asia/Almaty", "https://api.freedompay.kz", "https://test-api.freedompay.kz"},
	"kg": {"KGS", "Asia/Bishkek", "https://api.freedompay.kg", "https://test-api.freedompay.kg"},
	"uz": {"UZS", "Asia/Tashkent", "https://api.freedompay.uz", ""},
}

// Defaults and bounds of a merchant.
const (
	DefaultMaxInFlight = 4
	MaxInFlight        = 256
	DefaultTimeout     = 30 * time.Second
	minTimeout         = time.Second
	maxTimeout         = 10 * time.Minute
)

// DefaultRate and DefaultStatusRate hold outside the sandbox. The vendor asks
// for 1.5 to 2 s between payout calls (Gateway API overview).
func DefaultRate() Rate { return Rate{Calls: 30, Per: time.Minute} }

// DefaultStatusRate is the rate of look-ups and status calls.
func DefaultStatusRate() Rate { return Rate{Calls: 2, Per: time.Second} }

var prefixShape = regexp.MustCompile(`^[a-z0-9]{1,12}$`)

// loadMerchants reads every merchant block, in order of their names.
func (l *loader) loadMerchants() {
	declared := map[string]*Merchant{}
	for _, b := range l.blocks["merchant"] {
		l.label(b.Labels[0], b.LabelRanges[0])
		m := l.loadMerchant(b)
		if first, ok := declared[m.Name]; ok {
			l.fail(msgDeclaredTwice, b.DefRange, "merchant", m.Name, first.Position)
			continue
		}
		declared[m.Name] = m
	}
	for _, name := range sortedKeys(declared) {
		l.cfg.Merchants = append(l.cfg.Merchants, declared[name])
	}
}

func (l *loader) loadMerchant(b *hcl.Block) *Merchant {
	r := l.read(b, merchantSchema)
	m := &Merchant{}
	m.Name, m.Position = b.Labels[0], position(b.DefRange)
	m.Environment = planner.Environment(r.oneOf("environment"))
	m.Region = r.oneOf("region")
	m.API = r.oneOf("api")
	m.ID, _ = r.integer("merchant_id", 1, math.MaxInt64)
	r.money(m)
	r.zone(m)
	r.endpoint(m)
	r.secret(m)
	r.postLink(m)
	r.prefixes(m)
	r.pace(m)
	m.LookupBeforeSend = r.lookup(m)
	if limits := r.only("limits"); limits != nil {
		m.Limits = l.loadLimits(limits, m.Currency)
	}
	return m
}

func (r *reader) money(m *Merchant) {
	m.Currency = payout.MustCurrency(regions[m.Region].currency)
	code, ok := r.nonEmpty("currency")
	if !ok {
		return
	}
	currency, known := payout.LookupCurrency(code)
	if !known {
		r.fail(msgCurrency, r.at("currency"), code)
		return
	}
	m.Currency = currency
}

func (r *reader) zone(m *Merchant) {
	name, ok := r.nonEmpty("time_zone")
	if !ok {
		name = regions[m.Region].zone
	}
	zone, err := time.LoadLocation(name)
	// "Local" would make a plan depend on the machine.
	if err != nil || name == "Local" {
		r.fail(msgZone, r.at("time_zone"), name)
		zone = time.UTC
	}
	if err == nil {
		r.zoneData(name, zone)
	}
	m.Zone = zone
}

// zoneData refuses zone data of the machine that is out of date: with it every
// deadline of Kazakhstan, which moved to +05:00 on 2024-03-01, is an hour off.
func (r *reader) zoneData(name string, zone *time.Location) {
	const east = 60 * 60
	offsets := map[string]int{"Asia/Almaty": 5 * east, "Asia/Bishkek": 6 * east, "Asia/Tashkent": 5 * east}
	moment := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	want, known := offsets[name]
	if _, got := moment.In(zone).Zone(); known && got != want {
		right := time.FixedZone("", want)
		r.fail(msgZoneData, r.at("time_zone"), moment.In(zone).Format("-07:00"), name, moment.In(right).Format("-07:00"))
	}
}

func (r *reader) secret(m *Merchant) {
	before := len(r.all)
	env, hasEnv := r.nonEmpty("secret_key_env")
	file, hasFile := r.nonEmpty("secret_key_file")
	switch {
	case hasEnv && hasFile:
		r.fail(msgSecretBoth, r.attrs["secret_key_file"].NameRange)
	case slices.Contains(r.meant, "secret_key_file"), slices.Contains(r.meant, "secret_key_env"):
	case !hasEnv && !hasFile && m.Environment != planner.Sandbox && len(r.all) == before:
		r.fail(msgSecretMissing, r.block.DefRange, m.Environment)
	}
	if hasEnv && !environmentName.MatchString(env) {
		r.fail(msgSecretName, r.at("secret_key_env"))
	}
	m.SecretKeyEnv, m.SecretKeyFile = env, file
}

func (r *reader) prefixes(m *Merchant) {
	if m.Environment != planner.Sandbox {
		r.need("order_prefix", "it keeps apart the order ids of repositories that share a merchant")
	}
	prefix, ok := r.text("order_prefix")
	m.Prefix = prefix
	if ok && !prefixShape.MatchString(m.Prefix) {
		r.fail(msgPrefix, r.at("order_prefix"), m.Prefix)
	}
	seen := map[string]bool{m.Prefix: true}
	for _, former := range r.texts("former_prefixes") {
		switch {
		case !prefixShape.MatchString(former):
			r.fail(msgPrefix, r.at("former_prefixes"), former)
		case seen[former]:
			r.fail(msgPrefixTwice, r.at("former_prefixes"), former)
		default:
			m.FormerPrefixes = append(m.FormerPrefixes, former)
		}
		seen[former] = true
	}
}

func (r *reader) pace(m *Merchant) {
	rate, statusRate := DefaultRate(), DefaultStatusRate()
	if m.Environment == planner.Sandbox {
		rate, statusRate = Rate{}, Rate{}
	}
	m.Rate, m.StatusRate = r.rate("rate", rate), r.rate("status_rate", statusRate)
	m.Timeout = r.duration("timeout", minTimeout, maxTimeout, DefaultTimeout)
	m.MaxInFlight = DefaultMaxInFlight
	if n, ok := r.integer("max_in_flight", 1, MaxInFlight); ok {
		m.MaxInFlight = int(n)
	}
}

// lookup reads lookup_before_send: off only where no money is.
func (r *reader) lookup(m *Merchant) bool {
	if r.oneOf("lookup_before_send") == "always" {
		return true
	}
	if m.Environment != planner.Sandbox && !isLoopbackURL(m.BaseURL) {
		r.fail(msgLookupOff, r.at("lookup_before_send"))
	}
	return false
}
