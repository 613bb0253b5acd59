package payout

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// Merchant is what the ledger knows of a merchant account.
type Merchant struct {
	Name        string // of the merchant block
	ID          int64
	Environment string // "sandbox", "test" or "production"
	Prefix      string // order_prefix at first use
	Proven      []Proof
	LastCall    time.Time // of the newest payout call, for the pace over runs
	Balance     string    // last known balance, a decimal; empty while unknown
}

// Proof says that the gateway was seen to answer by order id alone.
type Proof struct {
	Environment string
	API         string
	OrderID     string
	At          time.Time
}

// ProvenFor says whether look-ups by order id alone are proven for an
// environment and API.
func (m *Merchant) ProvenFor(environment, api string) bool {
	for _, p := range m.Proven {
		if p.Environment == environment && p.API == api {
			return true
		}
	}
	return false
}

// Run is one apply that recorded its plan.
type Run struct {
	ID           string // sortable by time
	Plan         string // digest, "sha256:…"
	Open         bool
	OpenedAt     time.Time
	ClosedAt     time.Time
	Who          string
	Commit       string // git commit of the files, empty where there is none
	Approvals    []string
	Overrides    []Override
	BalanceAfter map[string]string // by merchant name, decimals
}

// Override is a guard that a person lifted for one run.
type Override struct {
	Name   string
	Reason string
}

// orderKey makes order ids unique within a merchant, ignoring case.
type orderKey struct {
	merchant string
	orderID  string
}

func newOrderKey(merchant, orderID string) orderKey {
	return orderKey{merchant, strings.ToLower(orderID)}
}

// Ledger is what is known of every payout: the state file and journal in
// memory. It is changed by Begin, Settle and Note alone, each of which is one
// durable journal line first. A Ledger is not safe for concurrent use.
type Ledger struct {
	Merchants []Merchant // by name
	Runs      []Run      // oldest first
	// Tombstones are forgotten payouts, by address.
	Tombstones []Tombstone
	records    map[Address]*Record
	orders     map[orderKey]*Record
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{records: make(map[Address]*Record), orders: make(map[orderKey]*Record)}
}

// Grow makes room for n more records, so that a large state is not copied from
// map to map while it is read.
func (l *Ledger) Grow(n int) {
	records := make(map[Address]*Record, len(l.records)+n)
	orders := make(map[orderKey]*Record, len(l.orders)+n)
	maps.Copy(records, l.records)
	maps.Copy(orders, l.orders)
	l.records, l.orders = records, orders
}

// Len is the number of records.
func (l *Ledger) Len() int { return len(l.records) }

// Record finds a payout's record, or returns nil. The caller does not change
// it.
func (l *Ledger) Record(a Address) *Record { return l.records[a] }

// ByOrderID finds the record that holds an order id, or returns nil.
func (l *Ledger) ByOrderID(merchant, orderID string) *Record {
	return l.orders[newOrderKey(merchant, orderID)]
}

// Records yields every record, in no order. The ledger must not change
// meanwhile.
func (l *Ledger) Records() iter.Seq[*Record] { return maps.Values(l.records) }

// All returns every record by address.
func (l *Ledger) All() []*Record {
	out := make([]*Record, 0, len(l.records))
	for _, r := range l.records {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *Record) int { return a.Address.Compare(b.Address) })
	return out
}

// Merchant finds a merchant by name, or returns nil.
func (l *Ledger) Merchant(name string) *Merchant {
	for i := range l.Merchants {
		if l.Merchants[i].Name == name {
			return &l.Merchants[i]
		}
	}
	return nil
}

// Restore puts a record read from a state file in place. A repeated address or
// order id, and attempts that no ledger could have recorded, are an error.
func (l *Ledger) Restore(r *Record) error {
	if l.records[r.Address] != nil {
		return fmt.Errorf("restore %s: the address stands twice", r.Address)
	}
	if err := checkAttempts(r); err != nil {
		return fmt.Errorf("restore %s: %w", r.Address, err)
	}
	for i := range r.Attempts {
		merchant := r.TermsOf(&r.Attempts[i]).Merchant
		if l.buried(r.Address, merchant, r.Attempts[i].OrderID) != nil {
			return fmt.Errorf("restore %s: it has a tombstone", r.Address)
		}
		if other := l.ByOrderID(merchant, r.Attempts[i].OrderID); other != nil {
			return fmt.Errorf("restore %s: order id %s belongs to %s already", r.Address, r.Attempts[i].OrderID, other.Address)
		}
	}
	l.records[r.Address] = r
	for i := range r.Attempts {
		l.orders[newOrderKey(r.TermsOf(&r.Attempts[i]).Merchant, r.Attempts[i].OrderID)] = r
	}
	return nil
}

// checkAttempts refuses a record that Begin and Settle could not have made, and
// that totals or the order of attempts would not survive.
func checkAttempts(r *Record) error {
	if len(r.Attempts) == 0 {
		return fmt.Errorf("a record without attempts says nothing")
	}
	last := 0
	for i := range r.Attempts {
		a := &r.Attempts[i]
		switch {
		case a.N <= last || a.N > MaxAttempts:
			return fmt.Errorf("attempt %d is out of order after attempt %d, or past %d", a.N, last, MaxAttempts)
		case a.OrderID == "" || r.tried(a.OrderID, i):
			return fmt.Errorf("attempt %d has no order id of its own: %q", a.N, a.OrderID)
		case len(a.Events) == 0:
			return fmt.Errorf("attempt %d has no events", a.N)
		}
		for _, e := range a.Events {
			if _, err := ParseStatus(string(e.Status)); err != nil {
				return fmt.Errorf("attempt %d: %w", a.N, err)
			}
		}
		last = a.N
	}
	return nil
}

// tried says whether one of the first n attempts has an order id, ignoring
// case. There are at most MaxAttempts of them.
func (r *Record) tried(orderID string, n int) bool {
	id := strings.ToLower(orderID)
	for i := range r.Attempts[:n] {
		if strings.ToLower(r.Attempts[i].OrderID) == id {
			return true
		}
	}
	return false
}

// Clone is a deep copy.
func (l *Ledger) Clone() *Ledger {
	c := NewLedger()
	for _, m := range l.Merchants {
		c.Merchants = append(c.Merchants, m.clone())
	}
	c.Tombstones = slices.Clone(l.Tombstones)
	for _, r := range l.Runs {
		c.Runs = append(c.Runs, r.clone())
	}
	for address, r := range l.records {
		c.records[address] = r.Clone()
	}
	// Not from the attempts: an edited payout may have changed its merchant.
	for key, r := range l.orders {
		c.orders[key] = c.records[r.Address]
	}
	return c
}

func (m Merchant) clone() Merchant {
	m.Proven = slices.Clone(m.Proven)
	return m
}

func (r Run) clone() Run {
	r.Approvals = slices.Clone(r.Approvals)
	r.Overrides = slices.Clone(r.Overrides)
	r.BalanceAfter = maps.Clone(r.BalanceAfter)
	return r
}

// Total is the number and sum of the records of one currency and status.
type Total struct {
	Currency Currency
	Status   Status
	Count    int
	Sum      Money
}

// Totals sums the records per currency and status, by currency code and then
// in the order of Statuses. An overflow is an error.
func (l *Ledger) Totals() ([]Total, error) {
	type key struct {
		currency Currency
		status   Status
	}
	sums := make(map[key]*Total)
	currencies := make(map[Currency]int64)
	for _, r := range l.records {
		k := key{r.Stake().Currency, r.Status()}
		t := sums[k]
		if t == nil {
			t = &Total{Currency: k.currency, Status: k.status, Sum: Money{Currency: k.currency}}
			sums[k] = t
		}
		sum, err := t.Sum.Add(r.Stake())
		if err != nil {
			return nil, err
		}
		t.Count, t.Sum = t.Count+1, sum
		currencies[k.currency] = 0
	}
	var out []Total
	for _, c := range sortedCurrencies(currencies) {
		for _, s := range Statuses() {
			if t := sums[key{c, s}]; t != nil {
				out = append(out, *t)
			}
		}
	}
	return out, nil
}
