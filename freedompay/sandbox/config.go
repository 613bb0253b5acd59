package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// Key is the secret every sandbox merchant signs with. It is public on
// purpose: nothing behind it is worth money.
const Key = "payrun-sandbox-key"

// OpeningBalance is what a merchant starts with when Config says nothing.
const OpeningBalance = "100000000.00"

// Config says how a gateway behaves. The zero value is a gateway in memory,
// without faults, that serves any merchant.
type Config struct {
	// Ledger is the path of ledger.jsonl, created with its folder if missing.
	// "" keeps the ledger in memory.
	Ledger string

	// Faults is the path of faults.json; "" means none. The file may be
	// missing and may be written while the gateway runs: it is read for each
	// call. Replace it by a rename, or a call may meet half of it.
	Faults string

	// Key is the secret of all merchants; "" means the constant Key.
	Key string

	// Balance is the opening balance of every merchant, a decimal such as
	// "500.00"; "" means OpeningBalance. Balances overrides it by merchant id.
	// What the ledger says was paid is taken off it.
	Balance  string
	Balances map[int64]string

	// Currency is what a payout is booked in (a token payout names none) and
	// what a balance call without pg_currency is answered in; "" means KZT.
	Currency string

	// Merchants are the merchant ids served; empty means any. Another one gets
	// the unsigned 9998.
	Merchants []int64

	// OrderIDs names the order ids behind an address glob of a fault, such as
	// salaries["2026-11"].*: addresses do not cross the wire, so only the
	// program that embeds the gateway knows. It is asked at each call and must be safe for
	// concurrent use. nil: such a glob fits nothing.
	OrderIDs func(pattern string) []string

	// Zone is the zone of pg_order_time_limit and of pg_payment_date on /api;
	// nil means Asia/Almaty, a fixed +05:00.
	Zone *time.Location

	// Now is the clock of records and time limits, safe for concurrent use;
	// nil means time.Now. Delays always take their time from package time.
	Now func() time.Time

	// NoSync leaves out the fsync before each answer. For benchmarks: a crash
	// of the machine may then lose calls that were answered.
	NoSync bool
}

// terms is a Config with every default filled in and every text parsed.
type terms struct {
	Config
	opening  int64
	openings map[int64]int64
}

func (c Config) terms() (terms, error) {
	t := terms{Config: c, openings: map[int64]int64{}}
	t.Key = orElse(c.Key, Key)
	t.Currency = orElse(c.Currency, "KZT")
	if t.Zone == nil {
		t.Zone = time.FixedZone("Asia/Almaty", 5*60*60)
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	var err error
	if t.opening, err = parseMinor(orElse(c.Balance, OpeningBalance)); err != nil {
		return terms{}, fmt.Errorf("read opening balance: %w", err)
	}
	for id, text := range c.Balances {
		if t.openings[id], err = parseMinor(text); err != nil {
			return terms{}, fmt.Errorf("read opening balance of merchant %d: %w", id, err)
		}
	}
	return t, nil
}

// openingOf returns a merchant's opening balance in minor units.
func (t *terms) openingOf(merchant int64) int64 {
	if minor, ok := t.openings[merchant]; ok {
		return minor
	}
	return t.opening
}

func (t *terms) serves(merchant int64) bool {
	return len(t.Merchants) == 0 || slices.Contains(t.Merchants, merchant)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
