package statefile

import (
	"fmt"
	"io"
	"time"

	"payrun/planner/payout"
)

// wireTombstone is a forgotten payout, in the state and in a journal line.
type wireTombstone struct {
	Address  string    `json:"address"`
	Merchant string    `json:"merchant,omitzero"`
	OrderIDs []string  `json:"order_ids,omitzero"`
	At       time.Time `json:"at,omitzero"`
	By       string    `json:"by,omitzero"`
	Reason   string    `json:"reason,omitzero"`

	Status      string `json:"status,omitzero"`
	Amount      string `json:"amount,omitzero"`
	Currency    string `json:"currency,omitzero"`
	Fingerprint string `json:"fingerprint,omitzero"`
	UserID      string `json:"user_id,omitzero"`
}

// wireMove is a rename in a journal line.
type wireMove struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func tombstoneMembers() []member[payout.Tombstone] {
	type t = payout.Tombstone
	return []member[t]{
		text("address", func(v *t) string { return v.Address.String() }),
		text("merchant", func(v *t) string { return v.Merchant }),
		{name: "order_ids", write: func(_ *form, b []byte, v *t) []byte { return appendStrings(b, v.OrderIDs) }},
		moment("at", func(v *t) time.Time { return v.At }),
		text("by", func(v *t) string { return v.By }),
		text("reason", func(v *t) string { return v.Reason }),
		text("status", func(v *t) string { return string(v.Status) }),
		text("amount", func(v *t) string { return decimalOf(v.Amount) }),
		text("currency", func(v *t) string { return v.Amount.Currency.Code }),
		text("fingerprint", func(v *t) string { return v.Fingerprint }),
		text("user_id", func(v *t) string { return v.UserID }),
	}
}

func wireTombstoneOf(t *payout.Tombstone) *wireTombstone {
	return &wireTombstone{
		Address: t.Address.String(), Merchant: t.Merchant, OrderIDs: t.OrderIDs, At: t.At.UTC(), By: t.By, Reason: t.Reason,
		Status: string(t.Status), Amount: decimalOf(t.Amount), Currency: t.Amount.Currency.Code, Fingerprint: t.Fingerprint, UserID: t.UserID,
	}
}

// decimalOf is empty for an amount that is not known.
func decimalOf(m payout.Money) string {
	if m.Currency.Code == "" {
		return ""
	}
	return m.Decimal()
}

func (w *wireTombstone) tombstone() (payout.Tombstone, error) {
	address, err := payout.ParseAddress(w.Address)
	if err != nil {
		return payout.Tombstone{}, err
	}
	t := payout.Tombstone{
		Address: address, Merchant: w.Merchant, OrderIDs: w.OrderIDs, At: w.At, By: w.By, Reason: w.Reason,
		Status: payout.Status(w.Status), Fingerprint: w.Fingerprint, UserID: w.UserID,
	}
	if w.Status != "" {
		if _, err := payout.ParseStatus(w.Status); err != nil {
			return payout.Tombstone{}, err
		}
	}
	if w.Amount == "" {
		return t, nil
	}
	currency, ok := payout.LookupCurrency(w.Currency)
	if !ok {
		return payout.Tombstone{}, fmt.Errorf("the tombstone of %s has the unknown currency %q", address, w.Currency)
	}
	t.Amount, err = payout.ParseMoney(w.Amount, currency)
	return t, err
}

func (w *wireMove) move() (*payout.Move, error) {
	from, err := payout.ParseAddress(w.From)
	if err != nil {
		return nil, err
	}
	to, err := payout.ParseAddress(w.To)
	if err != nil {
		return nil, err
	}
	return &payout.Move{From: from, To: to}, nil
}

// tombstone reads one forgotten payout of a state file.
func (d *decoder) tombstone() error {
	var w wireTombstone
	if err := d.value(&w); err != nil {
		return err
	}
	t, err := w.tombstone()
	if err != nil {
		return err
	}
	if d.doc.ledger.Tombstone(t.Address) != nil {
		return fmt.Errorf("the tombstone of %s stands twice", t.Address)
	}
	d.doc.ledger.Bury(t)
	return nil
}

// WriteTo writes the snapshot as a state file: what stood in the journal is
// folded in, and counts as a new serial where there was anything.
func (snap *Snapshot) WriteTo(w io.Writer) (int64, error) {
	doc := &document{
		format: FormatVersion, version: snap.PayrunVersion, lineage: snap.Lineage, serial: snap.Serial,
		previous: snap.PreviousDigest, sequence: snap.Sequence, unproven: snap.saved, archived: snap.ArchivedLineages,
		ledger: snap.Ledger,
	}
	if snap.disk.replayed > 0 {
		doc.serial, doc.previous = snap.Serial+1, snap.Digest
		doc.sequence, doc.unproven = snap.disk.last, snap.Unproven
	}
	if err := doc.complete(); err != nil {
		return 0, err
	}
	doc.digest = doc.computeDigest()
	counted := &countingWriter{to: w}
	err := doc.encode(counted, fileForm)
	return counted.n, err
}

// countingWriter counts what went through, as io.WriterTo wants it.
type countingWriter struct {
	to io.Writer
	n  int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += int64(n)
	return n, err
}
