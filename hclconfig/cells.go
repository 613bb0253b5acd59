package hclconfig

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Fields of a row fall into these kinds: an identity or number must be exact,
// a text is for people.
var textFields = map[string]bool{"description": true, "label": true, "hold": true, "allow_duplicate": true, "when": true}

// neverExempt are the fields whose cells may not look like card numbers, not
// even in a column of not_cards.
var neverExempt = []string{"card_token", "user_id", "key", "description"}

// checkExempt reports columns of not_cards that such a field uses.
func (p *payoutReader) checkExempt() {
	for _, name := range neverExempt {
		f := p.fields[name]
		for _, column := range p.columnsOf(name) {
			if p.table.exempt[column] {
				p.fail(msgNotCards, f.expr.Range(), p.table.header[column], name)
			}
		}
	}
}

// checkRow checks what holds for every row: its width, and no card number.
func (p *payoutReader) checkRow(in *instance) bool {
	t := in.table
	if len(t.cells) != len(t.header) {
		if t.last() && slices.ContainsFunc(t.cells, totals.MatchString) {
			p.problem(msgTotalRow, &field{name: "row", columns: []int{0}}, in, p.leaveOut())
			return false
		}
		m := msgRagged
		if t.options.format == "xlsx" {
			m = msgSheetWide
		}
		p.problem(m, &field{name: "row", columns: []int{len(t.header)}}, in, t.widths(m)...)
		return false
	}
	for column, cell := range t.cells {
		if len(cell) > MaxCellBytes {
			p.problem(msgCellLong, p.heading(column), in, MaxCellBytes)
			return false
		}
		if len(cell) < shortestCard || t.exempt[column] {
			continue
		}
		if masked, found := cardNumber(cell); found {
			p.cardInCell(column, in, masked)
			return false
		}
	}
	return true
}

// cardInCell reports a card number. The way out for columns of other numbers is
// told where the column may take it.
func (p *payoutReader) cardInCell(column int, in *instance, masked string) {
	at := p.heading(column)
	for _, name := range neverExempt {
		if slices.Contains(p.columnsOf(name), column) {
			p.problem(msgRowCardUsed, at, in, masked, name)
			return
		}
	}
	if in.table.header[column] == "" {
		p.problem(msgRowCardUnnamed, at, in, masked)
		return
	}
	p.problem(msgRowCard, at, in, masked, cure(func() string { return p.inRows(p.notCards(column)) }))
}

// notCards exempts one more column.
func (p *payoutReader) notCards(column int) setting {
	var names []string
	for _, name := range append(slices.Clone(p.table.options.notCards), p.table.header[column]) {
		names = append(names, strconv.Quote(name))
	}
	return setting{"not_cards", "[" + strings.Join(names, ", ") + "]"}
}

// heading stands for a column that no field need use.
func (p *payoutReader) heading(column int) *field {
	return &field{name: "column " + p.table.header[column], columns: []int{column}}
}

// checkCells finds the marks that spreadsheets leave in cells which a field
// uses.
func (p *payoutReader) checkCells(in *instance) bool {
	before := p.failed
	p.failed = false
	in.reported = in.reported[:0]
	for _, name := range p.names {
		if name != "when" {
			p.checkField(name, in)
		}
	}
	ok := !p.failed
	p.failed = p.failed || before
	return ok
}

// checkField checks the cells of one field. One cell may be key and user_id at
// once, and is reported once.
func (p *payoutReader) checkField(name string, in *instance) bool {
	f := p.fields[name]
	if f == nil || f.broken || f.fixed {
		return true
	}
	before := p.failed
	p.failed = false
	p.checkFaults(f, in)
	for _, column := range f.columns {
		m, bad := cellProblem(in.row[column], name)
		if bad && !slices.Contains(in.reported, column) {
			p.cellFault(f, in, column, m, name, in.row[column])
		}
	}
	ok := !p.failed
	p.failed = p.failed || before
	return ok
}

// checkFaults reports what the reader of the file found in cells that a field
// uses.
func (p *payoutReader) checkFaults(f *field, in *instance) {
	for _, fault := range in.table.faults {
		switch {
		case slices.Contains(in.reported, fault.column):
		case fault.column < 0 && f.name != "when":
			p.cellFault(&field{name: "row", columns: []int{0}}, in, fault.column, fault.message)
		case fault.column >= 0 && (f.whole || slices.Contains(f.columns, fault.column)):
			p.cellFault(f, in, fault.column, fault.message, f.name, in.row[fault.column])
		}
	}
}

func (p *payoutReader) cellFault(f *field, in *instance, column int, m message, args ...any) {
	in.reported = append(in.reported, column)
	one := *f
	one.columns = []int{max(column, 0)}
	p.problem(m, &one, in, args...)
}

var rounded = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE][+][0-9]+$`)

// cellErrors are what a spreadsheet shows where a formula failed, in English and
// in Russian.
var cellErrors = map[string]bool{
	"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NULL!": true, "#NUM!": true,
	"#Н/Д": true, "#ССЫЛКА!": true, "#ЗНАЧ!": true, "#ДЕЛ/0!": true, "#ИМЯ?": true, "#ПУСТО!": true, "#ЧИСЛО!": true,
	"####": true, "#####": true, "########": true,
}

// cellProblem recognises formulas, and numbers that a spreadsheet has rounded.
func cellProblem(cell, field string) (message, bool) {
	if cell == "" {
		return message{}, false
	}
	switch first := cell[0]; {
	case first == '=' || first == '@':
		return msgFormula, true
	case cellErrors[cell]:
		return msgCellError, true
	case textFields[field]:
		return message{}, false
	case (first == '+' || first == '-') && (field != "amount" || len(cell) < 2 || !isDigit(cell[1])):
		return msgFormula, true
	case isDigit(first) && strings.Contains(cell, "+") && rounded.MatchString(cell):
		return msgRounded, true
	}
	return message{}, false
}

// totals are the words of a row that sums up the others.
var totals = regexp.MustCompile(`(?i)^\s*(grand total|total|sum|итого|всего|сумма|барлығы|жиыны|жалпы|jami)\s*[:.]?\s*$`)

// looksLikeTotal says whether a row sums up the others: it names itself so, or
// has an amount and no key.
func (p *payoutReader) looksLikeTotal(in *instance) bool {
	if slices.ContainsFunc(in.row, totals.MatchString) {
		return true
	}
	keys, amounts := p.columnsOf("key"), p.columnsOf("amount")
	return len(keys) > 0 && len(amounts) > 0 && in.row[keys[0]] == "" && in.row[amounts[0]] != ""
}

// nbsp says whether a text has a space that is not a plain one.
func nbsp(text string) bool { return strings.ContainsAny(text, "\u00a0\u202f\u2007") }
