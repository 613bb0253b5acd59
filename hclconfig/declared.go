package hclconfig

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/text/unicode/norm"

	"payrun/planner"
	"payrun/planner/payout"
)

// declaration is a payout block that was read: a payout already, where the
// block is literal and has no problem, or else the block.
type declaration struct {
	name   string
	at     hcl.Range // type and label
	payout *planner.Payout
	block  *hcl.Block
}

var onlyPayouts = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{block("payout", "name")}}

// payouts reads the payout blocks in the order of the file.
func (br *batchReader) payouts() {
	blocks := br.body.Blocks.OfType("payout")
	cut := br.cut[br.block.Body]
	if len(blocks)+cut.count == 0 {
		br.fail(msgNoPayouts, br.block.DefRange, br.batch.Name)
	}
	seen := make(map[string]hcl.Pos, len(blocks)+cut.count)
	for _, b := range blocks {
		br.declare(declaration{name: norm.NFC.String(b.Labels[0]), at: b.DefRange, block: b}, seen)
	}
	if cut.count == 0 {
		return
	}
	br.batch.Payouts = make([]planner.Payout, 0, cut.count)
	file := br.block.DefRange.Filename
	read := func(p piece) []declaration { return br.readPiece(p, file) }
	sideBySide(cut.payouts, read, func(_ int, found []declaration) {
		br.giveUp = br.giveUp || found == nil
		for _, d := range found {
			if !br.giveUp {
				br.declare(d, seen)
			}
		}
	})
}

// declare adds a declaration to the batch.
func (br *batchReader) declare(d declaration, seen map[string]hcl.Pos) {
	if first, ok := seen[d.name]; ok {
		br.fail(msgPayoutTwice, d.at, d.name, br.batch.Name, position(hcl.Range{Filename: d.at.Filename, Start: first}))
		return
	}
	seen[d.name] = d.at.Start
	switch {
	case d.payout != nil:
		br.batch.Payouts = append(br.batch.Payouts, *d.payout)
	case br.label(d.name, d.block.LabelRanges[0]):
		br.loadPayout(d.name, d.block)
	}
}

// readPiece reads payout blocks that were cut out. It is called by several
// goroutines at once, and nil means that the file has to be parsed whole.
func (br *batchReader) readPiece(p piece, file string) []declaration {
	r := &literalReader{scanner: scanner{text: p.text}, source: string(p.text)}
	found := make([]declaration, 0, 1+len(p.text)/128)
	line, counted := p.start.Line, 0
	for r.blank(); r.at < len(r.text); r.blank() {
		for ; counted < r.at; counted++ {
			if r.text[counted] == '\n' {
				line++
			}
		}
		start := hcl.Pos{Line: line, Column: 1, Byte: p.start.Byte + r.at}
		d, ok := br.readOne(r, piece{start: start}, file)
		if !ok {
			return nil
		}
		found = append(found, d)
	}
	if r.bad {
		return nil
	}
	return found
}

// readOne reads the block at hand.
func (br *batchReader) readOne(r *literalReader, p piece, file string) (declaration, bool) {
	from := r.at
	// The cutter saw to it that spaces and tabs alone stand before a block.
	p.start.Column += from - 1 - bytes.LastIndexByte(r.text[:from], '\n')
	if b, ok := r.block(); ok {
		if made := br.literal(&b); made != nil {
			at := hcl.Range{Filename: file, Start: p.start, End: p.start}
			at.End.Column += b.head
			at.End.Byte += b.head
			made.Position = position(at)
			return declaration{name: b.name, at: at, payout: made}, true
		}
	} else {
		_, open := r.head()
		r.rest(open)
	}
	p.text = r.text[from:r.at]
	return p.declaration(file)
}

// declaration parses a piece that is one payout block.
func (p piece) declaration(file string) (declaration, bool) {
	body := p.parse(file, 1)
	if body == nil {
		return declaration{}, false
	}
	content, diags := body.Content(onlyPayouts)
	if len(diags) > 0 || len(content.Blocks) != 1 {
		return declaration{}, false
	}
	b := content.Blocks[0]
	return declaration{name: norm.NFC.String(b.Labels[0]), at: b.DefRange, block: b}, true
}

// literal makes a payout of a literal block. It returns nil where there is
// anything to report, even a warning: that is left to the evaluation of the
// parsed block. What payoutReader.build refuses has to be refused here too; the
// tests of the two ways compare them on every rule that is written down there.
func (br *batchReader) literal(b *literalBlock) *planner.Payout {
	out := &planner.Payout{
		Address:   payout.Address{Batch: br.place.Batch, Period: br.place.Period, Name: b.name},
		TimeLimit: planner.DefaultTimeLimit, Retry: 1,
	}
	amount, user, token := b.values[literalAmount], b.values[literalUser], b.values[literalToken]
	var ok, described bool
	if out.Amount, ok = literalMoney(amount, br.batch.Merchant.Currency); !ok {
		return nil
	}
	if out.UserID, ok = user.plain(); !ok || user.number && !plainInteger(out.UserID) || userIDProblem(out.UserID, br.batch.Merchant.API) != "" {
		return nil
	}
	text, ok := token.plain()
	if !ok || token.number {
		return nil
	}
	var err error
	if out.Token, err = payout.NewCardToken(text); err != nil || isIBAN(text) || tokenIsAmount(text) || tokenInCapitals(text) {
		return nil
	}
	if out.Description, described = b.values[literalDescription].plain(); described {
		ok = !b.values[literalDescription].number && descriptionProblem(out.Description) == "" && !unusualDescription(out.Description)
	} else {
		out.Description, ok = br.batch.Description, br.batch.Description != ""
	}
	if !ok {
		return nil
	}
	label := b.values[literalLabel]
	if out.Label, _ = label.plain(); label.number || textProblem(out.Label, maxLabel) != "" {
		return nil
	}
	if repeatsToken(out) != "" {
		return nil
	}
	return out
}

func literalMoney(v literalValue, c payout.Currency) (payout.Money, bool) {
	text, ok := v.plain()
	if !ok {
		return payout.Money{}, false
	}
	money, err := payout.ParseMoney(text, c)
	return money, err == nil && money.CheckPayable() == nil
}

// plainInteger says that a number is written as it is printed.
func plainInteger(digits string) bool {
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return false
		}
	}
	return len(digits) == 1 || len(digits) < 19 && digits[0] != '0'
}
