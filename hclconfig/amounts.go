package hclconfig

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"payrun/planner/payout"
)

// cellMoney is the amount in cells: a plain one by the separators of the rows
// block.
func (p *payoutReader) cellMoney(f *field, in *instance) (payout.Money, error) {
	text := joinCells(f.parts, in.row)
	o := in.table.options
	if _, plain := f.plainColumn(); !plain {
		return payout.ParseMoney(text, p.batch.Merchant.Currency)
	}
	return separatedMoney(text, o.point, o.group, p.batch.Merchant.Currency)
}

// separatedMoney is an amount that is written with separators.
func separatedMoney(text, point, group string, c payout.Currency) (payout.Money, error) {
	if point == "." && group == "" {
		return payout.ParseMoney(text, c)
	}
	if point != "." && strings.Contains(text, ".") && group != "." {
		return payout.Money{}, &payout.AmountError{Text: text, Reason: "the decimal separator of this file is a comma, and this has a point"}
	}
	joined := strings.Replace(text, point, ".", 1)
	if group != "" {
		var ok bool
		if joined, ok = joinGroups(text, group, point); !ok {
			return payout.Money{}, &payout.AmountError{Text: text, Reason: "groups have three digits each"}
		}
	}
	money, err := payout.ParseMoney(joined, c)
	if wrong, ok := err.(*payout.AmountError); ok {
		err = &payout.AmountError{Text: text, Reason: wrong.Reason}
	}
	return money, err
}

// amountProblem reports a wrong amount, with what would mend it.
func (p *payoutReader) amountProblem(f *field, in *instance, err error) {
	if column, plain := f.plainColumn(); plain && in.row != nil && in.row[column] == "" {
		p.blankCell(f, in)
		return
	}
	cure := ""
	if column, plain := f.plainColumn(); plain && in.row != nil {
		cure = p.amountCure(in.row[column], in.table.options, in.table.reference(column))
	}
	// Another reason or cure is another problem, though the attribute is the same.
	reasoned := *f
	var wrong *payout.AmountError
	if errors.As(err, &wrong) {
		reason, _, _ := strings.Cut(wrong.Reason, ", and this has")
		reasoned.name += ": " + reason + cure
	}
	p.problem(msgPayoutAmount, &reasoned, in, err, cure)
}

// blankCell reports a cell that must not be blank, and how its row is skipped.
func (p *payoutReader) blankCell(f *field, in *instance) {
	ref := in.table.reference(f.columns[0])
	if p.paying {
		p.problem(msgBlankSkip, f, in, f.name, ref)
		return
	}
	p.problem(msgBlankCell, f, in, f.name)
}

// amountCure says what would make an amount of a cell: separators that fit it,
// or an expression.
func (p *payoutReader) amountCure(cell string, o rowsOptions, ref string) string {
	c := p.batch.Merchant.Currency
	if money, err := payout.ParseMoney(cell, c); err == nil && money.Minor == 0 {
		return " If nothing is due, skip such rows: when = tonumber(" + ref + ") > 0."
	}
	_, err := payout.NewCardToken(cell)
	switch {
	case strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "\u2212"):
		return " A payout takes no money back: remove the row, or settle it with another payment."
	case err == nil && len(cell) >= 20 && strings.ContainsAny(cell, "-abcdef"):
		return " It looks like a card token: the columns of amount and card_token may have changed places."
	}
	if cure := separators(cell, o, c); cure != "" {
		return cure
	}
	if tooFine(cell, c) {
		return fmt.Sprintf(" Round it in the sheet; or write amount = money_round(%s, %d).", ref, c.Digits)
	}
	return ""
}

// tooFine says whether a cell is a number with too many fraction digits.
func tooFine(cell string, c payout.Currency) bool {
	whole, fraction, dotted := strings.Cut(cell, ".")
	if !dotted || len(fraction) <= c.Digits || len(fraction) > 30 {
		return false
	}
	_, err := payout.ParseMoney(whole, c)
	return err == nil && strings.Trim(fraction, "0123456789") == ""
}

// separators names the attributes of the rows block with which a cell is an
// amount. It names none where the cell could be meant in two ways: a single
// point or comma in front of three digits may group them, or begin a fraction
// that was not rounded.
func separators(cell string, o rowsOptions, c payout.Currency) string {
	for _, point := range []string{".", ","} {
		for _, group := range []string{"", " ", "\u00a0", "\u202f", "'", ",", "."} {
			if group == point || point == o.point && group == o.group || !groupsSurely(cell, point, group) {
				continue
			}
			if _, err := separatedMoney(cell, point, group, c); err == nil {
				return separatorCure(point, group, o)
			}
		}
	}
	return ""
}

// groupsSurely says whether a separator cannot but group: it stands twice, or
// the other one follows it.
func groupsSurely(cell, point, group string) bool {
	if group != "," && group != "." {
		return true
	}
	return strings.Count(cell, group) > 1 || strings.Contains(cell, group) && strings.Contains(cell, point)
}

func separatorCure(point, group string, o rowsOptions) string {
	var set []string
	if point != o.point {
		set = append(set, "decimal_separator = "+escaped(point))
	}
	if group != o.group && group != "" {
		set = append(set, "group_separator = "+escaped(group))
	}
	if len(set) == 0 {
		return "" // the other rows have groups
	}
	return " If all rows are written like this, set " + strings.Join(set, " and ") + " in the rows block."
}

// escaped is a separator as it can be seen in a file.
func escaped(separator string) string { return strconv.QuoteToASCII(separator) }
