package hclconfig

import (
	"errors"
	"io"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"payrun/planner"
	"payrun/planner/payout"
)

// loadRows makes one payout of every row.
func (p *payoutReader) loadRows(b *hcl.Block) {
	t, ok := p.openTable(b)
	if !ok {
		return
	}
	p.table = t
	p.scope = p.scope.child(map[string]cty.Value{"row": cty.DynamicVal})
	p.compileAll()
	p.reportUnknown()
	p.evaluated = p.evaluates()
	p.checkExempt()
	t.secret = p.tokenColumns(t)
	if p.paying {
		p.batch.Payouts = slices.Grow(p.batch.Payouts, t.total)
	}
	keys := make(map[string]int, t.total)
	before := len(p.all)
	for p.nextRow() {
		p.row(keys)
	}
	p.warnShortKeys()
	if len(p.all) > before || len(p.order) > 0 {
		p.publish(t)
	}
}

// nextRow reads a row, and reports what keeps the rest from being read.
func (p *payoutReader) nextRow() bool {
	for {
		err := p.table.next()
		if err == nil {
			return true
		}
		var one *brokenRow
		switch {
		case err == io.EOF:
			return false
		case errors.As(err, &one):
			p.counted()
			p.brokenRow(one)
			continue
		}
		p.fail(msgRowSyntax, p.table.here(), p.table.name, rowSyntax(err))
		return false
	}
}

// row turns the row at hand into a payout.
func (p *payoutReader) row(keys map[string]int) {
	t := p.table
	in := &p.current // of one row after the other
	*in = instance{row: t.cells, table: t, reported: in.reported[:0]}
	p.counted()
	p.failed = false
	if !p.checkRow(in) {
		return
	}
	in.scope = p.rowScope(t.cells)
	wanted, ok := true, p.checkField("when", in)
	if ok {
		wanted, ok = p.when(in)
	}
	switch {
	case ok && !wanted:
		p.batch.Skipped++
		p.cfg.Counts.Skipped++
		return
	case t.last() && p.looksLikeTotal(in):
		p.problem(msgTotalRow, p.anchor("key"), in, p.leaveOut())
		return
	case !ok || !p.checkCells(in):
		return
	}
	key, ok := p.key(in, keys)
	if !ok {
		return
	}
	p.emit(in, p.address.WithKey(key), planner.Position{File: t.name, Line: t.line, Column: 1})
}

// counted counts a row of payouts; rows of imports pay nothing.
func (p *payoutReader) counted() {
	if p.paying {
		p.cfg.Counts.Rows++
	}
}

// rowScope offers the cells as row, where some expression must be evaluated
// row by row.
func (p *payoutReader) rowScope(cells []string) *scope {
	if !p.evaluated {
		return p.scope
	}
	values := make(map[string]cty.Value, len(p.used))
	for column, heading := range p.table.header {
		if heading != "" && (p.wholeRow || p.used[column]) {
			values[heading] = cty.StringVal(cells[column])
		}
	}
	// The variables of the scope are its own map, so they can be replaced.
	p.scope.ctx.Variables["row"] = cty.ObjectVal(values)
	return p.scope
}

// evaluates says whether some field is more than cells put together.
func (p *payoutReader) evaluates() bool {
	for _, f := range p.fields {
		if !f.fixed && !f.broken && f.parts == nil {
			return true
		}
	}
	return false
}

// when says whether a row is wanted.
func (p *payoutReader) when(in *instance) (wanted, ok bool) {
	f := p.fields["when"]
	if f == nil {
		return true, true
	}
	if f.broken {
		return false, false
	}
	v, ok := p.whenValue(f, in)
	if !ok {
		return false, false
	}
	v, _ = v.UnmarkDeep()
	b, err := convert.Convert(v, cty.Bool)
	if err != nil {
		p.problem(msgWrongType, f, in, "when", "bool", v.Type().FriendlyName())
		return false, false
	}
	return b.True(), true
}

func (p *payoutReader) whenValue(f *field, in *instance) (cty.Value, bool) {
	if f.parts != nil {
		return cty.StringVal(joinCells(f.parts, in.row)), true
	}
	v, ok := p.fieldValue(f, in)
	if !ok && !p.failed {
		p.problem(msgNull, f, in, "when")
	}
	return v, ok
}

// key reads the identity of a row and refuses one that an earlier row has.
func (p *payoutReader) key(in *instance, keys map[string]int) (string, bool) {
	f := p.fields["key"]
	if f == nil || f.broken {
		return "", false
	}
	key, ok := p.text(f, in)
	if !ok {
		p.absent(f, in)
		return "", false
	}
	if key == "" {
		p.blankKey(f, in)
		return "", false
	}
	if err := payout.CheckKey(key); err != nil {
		p.problem(msgKey, f, in, err)
		return "", false
	}
	if masked, found := cardNumber(key); found {
		p.problem(msgCardNumber, f, in, masked)
		return "", false
	}
	if nbsp(key) {
		p.problem(msgNBSP, f, in, "key")
		return "", false
	}
	if first, taken := keys[key]; taken {
		p.problem(msgKeyTwice, f, in, key, p.table.rowWord(), first, p.table.name)
		return "", false
	}
	keys[key] = p.table.line
	p.countDigits(f, key)
	return key, true
}

// tokenColumns are the columns of card tokens: those that are paid to, and those
// that have the name of one.
func (p *payoutReader) tokenColumns(t *table) []int {
	columns := slices.Clone(p.columnsOf("card_token"))
	for column, heading := range t.header {
		if p.sources.words[heading] && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	return columns
}

// columnsOf are the columns that a field reads.
func (p *payoutReader) columnsOf(name string) []int {
	if f := p.fields[name]; f != nil {
		return f.columns
	}
	return nil
}

// anchor is the field that a problem of a whole row is shown at.
func (p *payoutReader) anchor(name string) *field {
	if f := p.fields[name]; f != nil && len(f.columns) > 0 {
		return f
	}
	return &field{name: "row"}
}
