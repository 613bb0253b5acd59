package hclconfig

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// unknownColumn is a reference to a column that the file has not.
type unknownColumn struct {
	heading string
	at      hcl.Range
}

// maxHeaderSearch is how many rows are searched for headings that are not
// where they should be.
const maxHeaderSearch = 50

// reportUnknown reports the columns that the file has not: as one problem where
// the headings stand elsewhere, or are none at all.
func (p *payoutReader) reportUnknown() {
	if len(p.unknown) == 0 {
		return
	}
	var names []string
	for _, u := range p.unknown {
		if !slices.Contains(names, u.heading) {
			names = append(names, u.heading)
		}
	}
	t, at := p.table, p.unknown[0].at
	if row := p.findHeadings(names); row > 0 {
		p.fail(msgHeaderElsewhere, at, t.name, headings(names), row, t.options.headerRow, p.inRows(headerRow(row)))
		return
	}
	if len(p.used) == 0 && len(names) > 1 && t.options.format != "jsonl" {
		p.fail(msgNoneOfColumns, at, t.name, headings(names), t.options.headerRow, headings(t.header))
		return
	}
	for _, u := range p.unknown {
		p.fail(msgColumnUnknown, u.at, t.name, u.heading, suggest(u.heading, t.header), headings(t.header))
	}
}

// findHeadings is the row that has all the names as cells, or 0. It reads on,
// since nothing else will be read.
func (p *payoutReader) findHeadings(names []string) int {
	for range maxHeaderSearch {
		if p.table.next() != nil {
			return 0
		}
		missing := func(name string) bool { return !slices.Contains(p.table.cells, name) }
		if !slices.ContainsFunc(names, missing) {
			return p.table.line
		}
	}
	return 0
}

// headerRow and ignoreLast are settings of the rows block.
func headerRow(n int) setting { return setting{"header_row", strconv.Itoa(n)} }

func ignoreLast(n int) setting { return setting{"ignore_last", strconv.Itoa(n)} }

// leaveOut is a cure: the last row is left out, with those that are already.
func (p *payoutReader) leaveOut() cure {
	n := p.table.options.ignore + 1
	return func() string { return p.inRows(ignoreLast(n)) }
}

// blankKey reports a key that is blank, and how its row is skipped.
func (p *payoutReader) blankKey(f *field, in *instance) {
	column, plain := f.plainColumn()
	switch {
	case plain && p.paying:
		p.problem(msgBlankKeySkip, f, in, p.skipping(in.table.reference(column)+` != ""`))
	case in.table != nil && in.table.last():
		p.problem(msgBlankKeyLast, f, in, p.leaveOut())
	default:
		p.problem(msgBlankKey, f, in)
	}
}

// blankCure says of an expression that failed which of its cells are blank, and
// how such rows are skipped.
func (p *payoutReader) blankCure(f *field, in *instance, d *hcl.Diagnostic) cure {
	if in.row == nil {
		return nil
	}
	var skip cure
	for _, column := range f.columns {
		if in.row[column] != "" {
			continue
		}
		d.Detail += " The cell of " + strconv.Quote(in.table.header[column]) + " is blank: fill it in"
		if p.paying {
			d.Detail += "; or, if such rows are not paid, skip them"
			skip = p.skipping(in.table.reference(column) + ` != ""`)
		}
		d.Detail += "."
	}
	return skip
}

// zerosCure says how zeros are taken off a user id.
func (p *payoutReader) zerosCure(f *field, in *instance, text string) string {
	column, plain := f.plainColumn()
	if !plain || in.row == nil || !strings.HasPrefix(text, "0") || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return ". If the zeros mean nothing, write user_id = tonumber(" + in.table.reference(column) + "); the key may keep them"
}

// widths are the arguments of a message about a row of another width.
func (t *table) widths(m message) []any {
	args := []any{len(t.cells), len(t.header)}
	if m.code == msgRagged.code {
		args = append(args, string(t.options.delimiter))
	}
	return args
}

// keyDigits are the keys of so many digits: how many there are, and the first.
type keyDigits struct {
	count int
	first hcl.Range
}

// countDigits notes a key of digits alone. Keys that begin with a zero say how
// many digits the others should have.
func (p *payoutReader) countDigits(f *field, key string) {
	column, plain := f.plainColumn()
	if !plain || strings.Trim(key, "0123456789") != "" {
		return
	}
	if p.digits == nil {
		p.digits = map[int]*keyDigits{}
	}
	if key[0] == '0' {
		p.zeroDigits = max(p.zeroDigits, len(key))
	}
	d := p.digits[len(key)]
	if d == nil {
		d = &keyDigits{first: p.table.cell(column)}
		p.digits[len(key)] = d
	}
	d.count++
}

// warnShortKeys warns of keys that have fewer digits than those that begin with
// zeros.
func (p *payoutReader) warnShortKeys() {
	for digits := 1; digits < p.zeroDigits; digits++ {
		if d := p.digits[digits]; d != nil {
			p.warn(msgShortKeys, d.first, p.zeroDigits, digits)
		}
	}
}

var (
	ibanShape   = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
	amountShape = regexp.MustCompile(`^[0-9]+[.][0-9]{1,2}$`)
)

// tokenIsAmount says whether a card token looks like an amount.
func tokenIsAmount(text string) bool { return len(text) < 16 && amountShape.MatchString(text) }

// tokenInCapitals says whether a token is a UUID, as in the documentation's
// examples, with a capital letter: spreadsheets change case, RFC 9562 (section 4)
// writes it small. In a token of another shape case may have a meaning.
func tokenInCapitals(text string) bool {
	if len(text) != 36 {
		return false
	}
	capital := false
	for i := range len(text) {
		switch b := text[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if b != '-' {
				return false
			}
		case b >= 'A' && b <= 'F':
			capital = true
		case !isDigit(b) && (b < 'a' || b > 'f'):
			return false
		}
	}
	return capital
}

// lowerCure is the expression that takes capital letters from a column.
func (p *payoutReader) lowerCure(f *field, in *instance) string {
	if column, plain := f.plainColumn(); plain && in.row != nil {
		return "; where a sheet has changed it, card_token = lower(" + in.table.reference(column) + ") undoes that"
	}
	return ""
}

// isIBAN says whether a text is an account number with a right check (ISO
// 13616: letters are two digits each, and the rest of division by 97 is 1).
func isIBAN(text string) bool {
	if len(text) < 15 || text[0] > 'Z' || text[0] < 'A' || !ibanShape.MatchString(text) {
		return false
	}
	var digits strings.Builder
	for _, r := range text[4:] + text[:4] {
		if r >= 'A' {
			digits.WriteString(strconv.Itoa(int(r-'A') + 10))
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}
