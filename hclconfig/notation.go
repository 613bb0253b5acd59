package hclconfig

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"payrun/planner/payout"
)

// separation is a way to write amounts: decimal_separator, group_separator.
type separation struct{ point, group string }

// separations are the ways that files have, the likelier ones first.
var separations = func() []separation {
	var out []separation
	for _, point := range []string{".", ","} {
		for _, group := range []string{"", " ", "\u00a0", "\u202f", "'", ",", "."} {
			if group != point {
				out = append(out, separation{point, group})
			}
		}
	}
	return out
}()

// notation is what a file shows of how it writes amounts.
type notation struct {
	fits   []separation // that fit every amount which could not be read
	asked  bool         // there was such an amount
	right  []string     // an amount with a fraction that was read, or one with groups
	places []string     // theirs
}

// maxRight bounds the amounts that are kept to compare with: the two marks that
// an amount can have.
const maxRight = 2

// wanting says that fewer amounts than two were kept. Without it each row would
// pay for a problem that few files have.
func (n *notation) wanting() bool { return len(n.right) < maxRight }

// noteAmount keeps an amount that was read, where it shows how the file writes
// them. Numbers of a sheet have no separators of their own.
func (p *payoutReader) noteAmount(f *field, in *instance) {
	column, plain := f.plainColumn()
	if !plain || in.table.options.format == "xlsx" {
		return
	}
	cell, o := in.row[column], in.table.options
	for _, mark := range []string{o.point, o.group} {
		known := func(text string) bool { return strings.Contains(text, mark) }
		if mark != "" && known(cell) && !slices.ContainsFunc(p.notation.right, known) {
			p.notation.right = append(p.notation.right, strings.Clone(cell))
			p.notation.places = append(p.notation.places, in.name())
			return
		}
	}
}

// readings are the ways in which a cell is surely an amount: none where it could
// be meant in two, as a single point or comma in front of three digits may
// group them, or begin a fraction that was not rounded.
func readings(cell string, c payout.Currency) []separation {
	var out []separation
	for _, s := range separations {
		if !groupsSurely(cell, s.point, s.group) {
			continue
		}
		if _, err := separatedMoney(cell, s.point, s.group, c); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// groupsSurely says whether a separator cannot but group: it stands twice, or
// the other one follows it.
func groupsSurely(cell, point, group string) bool {
	if group != "," && group != "." {
		return true
	}
	return strings.Count(cell, group) != 1 || strings.Contains(cell, point)
}

// narrow takes one more cell that could not be read into account.
func (n *notation) narrow(ways []separation) {
	if !n.asked {
		n.asked, n.fits = true, ways
		return
	}
	n.fits = slices.DeleteFunc(slices.Clone(n.fits), func(s separation) bool { return !slices.Contains(ways, s) })
}

// notationProblem reports an amount that is written in another way, and what
// would read all of them. It says whether it is one.
func (p *payoutReader) notationProblem(f *field, in *instance, text string) bool {
	c := p.batch.Merchant.Currency
	ways := readings(text, c)
	now := separation{point: "."}
	if in.row != nil {
		now = separation{in.table.options.point, in.table.options.group}
	}
	if len(ways) == 0 || slices.Contains(ways, now) {
		return false // or it can be read, and is too large
	}
	// It was read in this way before, so there is no error.
	money, _ := separatedMoney(text, ways[0].point, ways[0].group, c)
	if money.Minor == 0 {
		return false
	}
	named := *f
	named.name += ": notation"
	if _, plain := f.plainColumn(); !plain || in.row == nil {
		p.problem(msgAmountNotation, &named, in, text, money.Decimal())
		return true
	}
	p.notation.narrow(ways)
	o := in.table.options
	p.problem(p.notationMessage(), &named, in, text, amountWith(money, o.point), cure(func() string { return p.notationCure(o) }))
	return true
}

// notationMessage depends on whether the file says how it writes amounts.
func (p *payoutReader) notationMessage() message {
	if o := p.table.options; o.point != "." || o.group != "" {
		return msgAmountOther
	}
	return msgAmountNotation
}

// amountWith is an amount without groups, as the file's own settings read it.
func amountWith(m payout.Money, point string) string {
	return strings.Replace(m.Decimal(), ".", point, 1)
}

// notationCure names the settings that read every amount of the file, or says
// that there are none.
func (p *payoutReader) notationCure(o rowsOptions) string {
	c := p.batch.Merchant.Currency
	for _, s := range p.notation.fits {
		if !slices.ContainsFunc(p.notation.right, func(cell string) bool {
			_, err := separatedMoney(cell, s.point, s.group, c)
			return err != nil
		}) {
			return " Or tell payrun how this file writes them." + p.inRows(separatorSettings(s, o)...)
		}
	}
	if len(p.notation.fits) > 0 {
		return fmt.Sprintf(" Other amounts of this file are written in another way, such as %s in %s: no setting reads them all.", p.notation.right[0], p.notation.places[0])
	}
	return " These amounts are not all written in one way: no setting reads them all."
}

// separatorSettings are the attributes of the rows block that differ.
func separatorSettings(s separation, o rowsOptions) []setting {
	var out []setting
	if s.point != o.point {
		out = append(out, setting{"decimal_separator", escaped(s.point)})
	}
	switch {
	case s.group != "" && s.group != o.group:
		out = append(out, setting{"group_separator", escaped(s.group)})
	case o.group == s.point:
		out = append(out, setting{"group_separator", "null"})
	}
	return out
}

// escaped is a separator as it can be seen in a file.
func escaped(separator string) string { return strconv.QuoteToASCII(separator) }
