package payout

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Move gives a record another address. It pays nothing, and the record keeps
// its order ids.
type Move struct {
	From Address
	To   Address
}

// Tombstone stands for a forgotten record: its address and order ids are never
// paid again.
type Tombstone struct {
	Address  Address
	Merchant string
	OrderIDs []string
	At       time.Time
	By       string
	Reason   string
	// What the record was when it was forgotten; empty in older states.
	Status      Status
	Amount      Money
	Fingerprint string // of the destination
	UserID      string
}

// Record is the payment that was forgotten, as far as the tombstone knows it;
// nil where no money of it may have left, or nothing is known.
func (t *Tombstone) Record() *Record {
	if !t.Status.MayBePaid() || t.Fingerprint == "" {
		return nil
	}
	r := &Record{Details: Details{Address: t.Address, Amount: t.Amount, Merchant: t.Merchant, Fingerprint: t.Fingerprint, UserID: t.UserID}}
	for i, id := range t.OrderIDs {
		r.Attempts = append(r.Attempts, Attempt{N: i + 1, OrderID: id, Events: []Event{{Status: t.Status, At: t.At, Source: SourceManual}}})
	}
	return r
}

// CheckNote says whether a note is legal, without applying it.
func (l *Ledger) CheckNote(n *Note) error {
	if m := n.Move; m != nil {
		switch {
		case l.records[m.From] == nil:
			return fmt.Errorf("move %s: it is not recorded", m.From)
		case l.records[m.To] != nil:
			return fmt.Errorf("move %s: %s is recorded already", m.From, m.To)
		case l.buried(m.To, "", "") != nil:
			return fmt.Errorf("move %s: %s was forgotten", m.From, m.To)
		}
	}
	if f := n.Forget; f != nil {
		record := l.records[f.Address]
		switch {
		case record == nil:
			return fmt.Errorf("forget %s: it is not recorded", f.Address)
		case record.HasFlag(FlagAlarm) || record.HasFlag(FlagDisputed):
			return fmt.Errorf("forget %s: a person has not looked at it yet; settle it first (payrun resolve)", f.Address)
		case record.Status().Open():
			return fmt.Errorf("forget %s: it is %s and may have been paid; settle it first", f.Address, record.Status())
		}
	}
	return nil
}

// Note applies a note that CheckNote finds legal.
func (l *Ledger) Note(n *Note) {
	if n.Merchant != nil {
		l.putMerchant(n.Merchant.clone())
	}
	if n.Run != nil {
		l.putRun(n.Run.clone())
	}
	if n.Move != nil {
		l.move(n.Move)
	}
	if n.Forget != nil {
		l.forget(*n.Forget)
	}
}

func (l *Ledger) putMerchant(m Merchant) {
	if have := l.Merchant(m.Name); have != nil {
		*have = m
		return
	}
	l.Merchants = append(l.Merchants, m)
	slices.SortFunc(l.Merchants, func(a, b Merchant) int { return cmp.Compare(a.Name, b.Name) })
}

func (l *Ledger) putRun(r Run) {
	for i := range l.Runs {
		if l.Runs[i].ID == r.ID {
			l.Runs[i] = r
			return
		}
	}
	l.Runs = append(l.Runs, r)
}

func (l *Ledger) move(m *Move) {
	record := l.records[m.From]
	delete(l.records, m.From)
	record.Address = m.To
	record.Former = append(record.Former, m.From)
	l.records[m.To] = record
}

// forget takes the order ids from the record, so that none of them is lost.
func (l *Ledger) forget(t Tombstone) {
	record := l.records[t.Address]
	t.Merchant, t.OrderIDs = record.Merchant, nil
	t.Status, t.Amount, t.Fingerprint, t.UserID = record.Status(), record.Stake(), record.Fingerprint, record.UserID
	for i := range record.Attempts {
		t.OrderIDs = append(t.OrderIDs, record.Attempts[i].OrderID)
	}
	delete(l.records, t.Address)
	for key, holder := range l.orders {
		if holder == record {
			delete(l.orders, key)
		}
	}
	l.Bury(t)
}

// Bury puts a tombstone in place, as forgetting does and as it is read from a
// state file.
func (l *Ledger) Bury(t Tombstone) {
	l.Tombstones = append(l.Tombstones, t)
	slices.SortFunc(l.Tombstones, func(a, b Tombstone) int { return a.Address.Compare(b.Address) })
}

// Tombstone finds the tombstone of an address, or returns nil.
func (l *Ledger) Tombstone(a Address) *Tombstone { return l.buried(a, "", "") }

// Grave is the forgotten payout that used an order id of a merchant, or nil.
func (l *Ledger) Grave(merchant, orderID string) *Tombstone {
	return l.buried(Address{}, merchant, orderID)
}

// buried finds the tombstone that holds an address, or an order id of a
// merchant.
func (l *Ledger) buried(a Address, merchant, orderID string) *Tombstone {
	for i := range l.Tombstones {
		t := &l.Tombstones[i]
		if t.Address == a {
			return t
		}
		for _, id := range t.OrderIDs {
			if orderID != "" && newOrderKey(t.Merchant, id) == newOrderKey(merchant, orderID) {
				return t
			}
		}
	}
	return nil
}
