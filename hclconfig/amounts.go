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
	column, plain := f.plainColumn()
	plain = plain && in.row != nil
	var wrong *payout.AmountError
	switch {
	case plain && in.row[column] == "":
		p.blankCell(f, in)
		return
	case !errors.As(err, &wrong):
		p.problem(msgPayoutAmount, f, in, err, "")
		return
	case plain && p.zeroAmount(f, in, column, err):
		return
	case (plain || in.row == nil) && !f.secret && p.notationProblem(f, in, wrong.Text):
		return
	}
	lead := ""
	if plain {
		lead = p.amountCure(in.row[column], in.table.reference(column))
	}
	// Another reason or cure is another problem, though the attribute is the same.
	reasoned := *f
	reason, _, _ := strings.Cut(wrong.Reason, ", and this has")
	reasoned.name += ": " + reason + lead
	p.problem(msgPayoutAmount, &reasoned, in, err, lead)
}

// zeroAmount reports a cell of nothing, and how its row is skipped.
func (p *payoutReader) zeroAmount(f *field, in *instance, column int, err error) bool {
	o := in.table.options
	money, wrong := separatedMoney(in.row[column], o.point, o.group, p.batch.Merchant.Currency)
	if wrong != nil || money.Minor != 0 || !p.paying {
		return false
	}
	named := *f
	named.name += ": zero"
	p.problem(msgAmountZero, &named, in, err, p.skipping(in.table.reference(column)+" != "+strconv.Quote(in.row[column])))
	return true
}

// blankCell reports a cell that must not be blank, and how its row is skipped.
func (p *payoutReader) blankCell(f *field, in *instance) {
	if p.paying {
		p.problem(msgBlankSkip, f, in, f.name, p.skipping(in.table.reference(f.columns[0])+` != ""`))
		return
	}
	p.problem(msgBlankCell, f, in, f.name)
}

// amountCure says what would make an amount of a cell.
func (p *payoutReader) amountCure(cell, ref string) string {
	c := p.batch.Merchant.Currency
	_, err := payout.NewCardToken(cell)
	switch {
	case strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "\u2212"):
		return " A payout takes no money back: remove the row, or settle it with another payment."
	case err == nil && len(cell) >= 20 && strings.ContainsAny(cell, "-abcdef"):
		return " It looks like a card token: the columns of amount and card_token may have changed places."
	case tooFine(cell, c):
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
