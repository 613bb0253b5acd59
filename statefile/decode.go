package statefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"payrun/planner/payout"
)

// decodeError says what is wrong and where, as an offset: the line is counted
// only when a person will read it.
type decodeError struct {
	offset  int64
	address string
	err     error
}

func (e *decodeError) Error() string { return e.err.Error() }

func (e *decodeError) Unwrap() error { return e.err }

// decoder reads one state file from a stream.
type decoder struct {
	tokens   *jsontext.Decoder
	doc      document
	totals   map[string]map[string]wireTotal
	payouts  bool // the member was there
	previous payout.Address
	free     []*stretch // to be used again
	digest   streamDigest
}

// decode reads a state and checks everything but its digest. Every error is a
// *decodeError or a *VersionError, or comes from r.
func decode(r io.Reader) (*document, error) {
	d := &decoder{tokens: jsontext.NewDecoder(r)}
	d.doc.ledger = payout.NewLedger()
	if err := d.object(); err != nil {
		return nil, d.fail(err)
	}
	if err := d.finish(); err != nil {
		return nil, d.fail(err)
	}
	d.doc.found = d.digest.end(&d.doc)
	return &d.doc, nil
}

// fail adds the place to an error that has none.
func (d *decoder) fail(err error) error {
	var placed *decodeError
	var version *VersionError
	if errors.As(err, &placed) || errors.As(err, &version) {
		return err
	}
	offset := d.tokens.InputOffset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		offset = syntax.ByteOffset
	}
	return &decodeError{offset: offset, err: plain(err)}
}

// plain keeps the reason of a JSON error and drops the names of Go types.
func plain(err error) error {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		if semantic.Err != nil {
			return fmt.Errorf("%s: %w", semantic.JSONPointer, semantic.Err)
		}
		return fmt.Errorf("%s: a %s cannot stand here", semantic.JSONPointer, semantic.JSONKind)
	}
	return err
}

func (d *decoder) object() error {
	opening, err := d.tokens.ReadToken()
	if err != nil {
		return err
	}
	if opening.Kind() != '{' {
		return errors.New("a state is a JSON object")
	}
	for d.tokens.PeekKind() != '}' {
		name, err := d.tokens.ReadToken()
		if err != nil {
			return err
		}
		if err := d.member(name.String()); err != nil {
			return err
		}
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return err
	}
	var unread *fs.PathError
	if _, err := d.tokens.ReadToken(); errors.As(err, &unread) {
		return err
	} else if err != io.EOF {
		return errors.New("something follows the end of the state")
	}
	return nil
}

func (d *decoder) member(name string) error {
	switch name {
	case "format_version":
		return d.format()
	case "payrun_version":
		return d.value(&d.doc.version)
	case "lineage":
		return d.value(&d.doc.lineage)
	case "serial":
		return d.value(&d.doc.serial)
	case "digest":
		return d.value(&d.doc.digest)
	case "previous_digest":
		return d.value(&d.doc.previous)
	case "sequence":
		return d.value(&d.doc.sequence)
	case "unproven":
		return d.value(&d.doc.unproven)
	case "archived_lineages":
		return d.value(&d.doc.archived)
	case "merchants":
		return d.array(d.merchant)
	case "totals":
		return d.value(&d.totals)
	case "runs":
		return d.array(d.run)
	case "tombstones":
		return d.array(d.tombstone)
	case payoutsMember:
		d.payouts = true
		d.doc.ledger.Grow(d.expected())
		d.doc.records = make([]*payout.Record, 0, d.expected())
		return d.payoutArray()
	}
	return d.tokens.SkipValue()
}

// maxExpected bounds the room that is made on the word of a file.
const maxExpected = 4 << 20

// expected is how many payouts the totals, which come first, speak of.
func (d *decoder) expected() int {
	n := int64(0)
	for _, statuses := range d.totals {
		for _, total := range statuses {
			n += max(0, min(total.Count, maxExpected))
		}
	}
	return int(min(n, maxExpected))
}

func (d *decoder) value(v any) error { return json.UnmarshalDecode(d.tokens, v) }

// format refuses another major version before anything else is read.
func (d *decoder) format() error {
	if err := d.value(&d.doc.format); err != nil {
		return err
	}
	return checkFormat(d.doc.format)
}

// checkFormat accepts every minor version of our major one.
func checkFormat(version string) error {
	ours, _, _ := strings.Cut(FormatVersion, ".")
	major, minor, ok := strings.Cut(version, ".")
	if !ok || major != ours || minor == "" || strings.Trim(minor, "0123456789") != "" {
		return &VersionError{Version: version}
	}
	return nil
}

// opening reads the beginning of an array.
func (d *decoder) opening() error {
	token, err := d.tokens.ReadToken()
	if err == nil && token.Kind() != '[' {
		err = errors.New("an array has to stand here")
	}
	return err
}

// array reads the elements of an array one by one.
func (d *decoder) array(element func() error) error {
	if err := d.opening(); err != nil {
		return err
	}
	for d.tokens.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := d.tokens.ReadToken()
	return err
}

func (d *decoder) merchant() error {
	var w wireMerchant
	if err := d.value(&w); err != nil {
		return err
	}
	m, err := w.merchant()
	if err != nil {
		return err
	}
	have := d.doc.ledger.Merchants
	if len(have) > 0 && have[len(have)-1].Name >= m.Name {
		return fmt.Errorf("merchant %s stands twice or out of order", m.Name)
	}
	d.doc.ledger.Merchants = append(have, m)
	return nil
}

func (d *decoder) run() error {
	var w wireRun
	if err := d.value(&w); err != nil {
		return err
	}
	r, err := w.run()
	if err != nil {
		return err
	}
	for i := range d.doc.ledger.Runs {
		if d.doc.ledger.Runs[i].ID == r.ID {
			return fmt.Errorf("run %s stands twice", r.ID)
		}
	}
	d.doc.ledger.Runs = append(d.doc.ledger.Runs, r)
	return nil
}

// restore takes a record of the payouts, in their order.
func (d *decoder) restore(r *payout.Record) error {
	if d.doc.ledger.Len() > 0 && d.previous.Compare(r.Address) >= 0 {
		return errors.New("it stands twice or out of order")
	}
	d.previous = r.Address
	d.doc.records = append(d.doc.records, r)
	return d.doc.ledger.Restore(r)
}

// finish checks what only the whole file shows.
func (d *decoder) finish() error {
	switch {
	case d.doc.format == "":
		return errors.New("format_version is missing")
	case !isLineage(d.doc.lineage):
		return errors.New("lineage is no UUID")
	case !isDigest(d.doc.digest):
		return errors.New("digest is missing or no SHA-256")
	case d.doc.previous != "" && !isDigest(d.doc.previous):
		return errors.New("previous_digest is no SHA-256")
	case !d.payouts:
		return errors.New("payouts are missing")
	}
	if err := checkInteger("serial", d.doc.serial); err != nil {
		return err
	}
	if err := checkInteger("sequence", d.doc.sequence); err != nil {
		return err
	}
	if err := d.doc.complete(); err != nil {
		return err
	}
	return d.checkTotals()
}

// checkTotals compares the recorded totals with those of the payouts.
func (d *decoder) checkTotals() error {
	recorded := 0
	for _, statuses := range d.totals {
		recorded += len(statuses)
	}
	if recorded != len(d.doc.totals) {
		return fmt.Errorf("the totals have %d entries, the payouts add up to %d", recorded, len(d.doc.totals))
	}
	for _, t := range d.doc.totals {
		w := d.totals[t.Currency.Code][string(t.Status)]
		if w.Count != int64(t.Count) || w.Sum != t.Sum.Decimal() {
			return fmt.Errorf("the totals say %d %s, %s %s, the payouts add up to %d, %s",
				w.Count, t.Status, w.Sum, t.Currency.Code, t.Count, t.Sum.Decimal())
		}
	}
	return nil
}
