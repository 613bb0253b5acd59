package hclconfig

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"payrun/planner"
	"payrun/planner/payout"
)

// Bounds of time_limit; the default is planner.DefaultTimeLimit.
const (
	MinTimeLimit = time.Hour
	MaxTimeLimit = 72 * time.Hour
)

// payoutReader reads one payout block, which may declare many payouts.
type payoutReader struct {
	*batchReader
	scope   *scope // with row or each where the block has them
	attrs   hcl.Attributes
	block   *hcl.Block
	address payout.Address // without key
	fields  map[string]*field
	table   *table // nil unless rows

	names  []string // of the fields, in the order in which problems are looked for
	paying bool     // it makes payouts, and not imports
	// emit makes something of one row or element.
	emit func(in *instance, address payout.Address, at planner.Position)

	current  instance // the row at hand
	unknown  []unknownColumn
	used     map[int]bool // columns that expressions refer to
	wholeRow bool         // some expression needs every column
	failed   bool         // the payout at hand has a problem

	broken    bool // some field is
	evaluated bool // some field is evaluated row by row

	secretEach bool // for_each holds something sensitive

	groups  map[groupKey]*group
	order   []*group
	dropped int // problems of further kinds

	rowsBlock *hcl.Block
	rowsAttrs hcl.Attributes
	skips     []string // conditions of cures: rows that are no payouts
	notation  notation // of the amounts

	digits     map[int]*keyDigits // keys of digits, by their length
	zeroDigits int                // length of the longest one that begins with a zero
}

// payoutFields are the attributes that become a part of a payout, in the order
// in which problems with them are looked for.
var payoutFields = []string{"when", "key", "amount", "user_id", "card_token", "description", "label", "order_id",
	"time_limit", "hold", "allow_duplicate", "retry"}

func (br *batchReader) loadPayout(name string, b *hcl.Block) {
	r := br.read(b, payoutSchema)
	p := &payoutReader{
		batchReader: br,
		scope:       br.loader.scope,
		attrs:       r.attrs,
		block:       b,
		address:     payout.NewAddress(br.batch.Name, br.batch.Period, name),
		fields:      map[string]*field{},
		used:        map[int]bool{},
		groups:      map[groupKey]*group{},
		names:       payoutFields,
		paying:      true,
	}
	p.emit = p.build
	br.noteKey(name, b, r.attrs)
	if !r.has("description") && br.undescribed {
		br.fail(msgMissing, b.DefRange, "description", "payout", "the gateway requires it; the batch may declare one for all")
	}
	rows := r.only("rows")
	p.checkShape(rows)
	switch {
	case rows != nil:
		p.loadRows(rows)
	case r.has("for_each"):
		p.loadElements()
	default:
		p.compileAll()
		p.build(&instance{scope: p.scope}, p.address, position(b.DefRange))
	}
	p.flush()
}

// checkShape reports attributes that do not go together.
func (p *payoutReader) checkShape(rows *hcl.Block) {
	if each, ok := p.attrs["for_each"]; ok && rows != nil {
		p.fail(msgRowsAndEach, each.NameRange)
	}
	for _, name := range []string{"key", "when"} {
		if attr, ok := p.attrs[name]; ok && rows == nil {
			p.fail(msgOnlyWithRows, attr.NameRange, name)
			delete(p.attrs, name)
		}
	}
	if _, ok := p.attrs["key"]; !ok && rows != nil {
		p.fail(msgMissing, p.block.DefRange, "key", "payout", "with rows it is each payment's identity, such as key = row.employee_id")
	}
}

func (p *payoutReader) compileAll() {
	for _, name := range p.names {
		if f := p.compile(name); f != nil {
			p.fields[name] = f
		}
	}
	p.hideTokens()
	for _, f := range p.fields {
		f.secret = p.touchesSecret(f)
		p.broken = p.broken || f.broken
	}
}

// build evaluates every field of one payout and appends it, unless it has a
// problem.
func (p *payoutReader) build(in *instance, address payout.Address, at planner.Position) {
	p.failed = false
	out := planner.Payout{Address: address, Position: at}
	out.Amount = p.amount(in)
	out.UserID = p.userID(in)
	out.Token = p.token(in)
	out.Description = p.description(in)
	out.Label = p.freeText("label", maxLabel, in)
	out.OrderID = p.orderID(in, at)
	out.TimeLimit = p.timeLimit(in)
	out.Hold = p.why("hold", in)
	out.AllowDuplicate = p.why("allow_duplicate", in)
	out.Retry = p.retry(in)
	p.tokenElsewhere(in, &out)
	if !p.failed && !p.broken {
		p.batch.Payouts = append(p.batch.Payouts, out)
	}
}

// amount reads the amount: literal digits as they are written, texts by the
// rules of payout.ParseMoney, computed numbers if they are exact.
func (p *payoutReader) amount(in *instance) payout.Money {
	f, c := p.fields["amount"], p.batch.Merchant.Currency
	if f == nil || f.broken {
		return payout.Money{}
	}
	var money payout.Money
	var err error
	if f.parts != nil {
		money, err = p.cellMoney(f, in)
	} else if v, ok := p.fieldValue(f, in); !ok {
		p.absent(f, in)
		return payout.Money{}
	} else if digits, ok := p.literalDigits(f.expr); ok && f.fixed {
		money, err = payout.ParseMoney(digits, c)
	} else {
		v, _ = v.UnmarkDeep()
		money, err = valueMoney(v, c)
	}
	if err == nil {
		err = money.CheckPayable()
	}
	if err != nil {
		p.amountProblem(f, in, err)
	} else if len(f.parts) == 1 && p.notation.wanting() {
		p.noteAmount(f, in)
	}
	return money
}

// absent reports a required field that is null. What has another problem was
// reported already.
func (p *payoutReader) absent(f *field, in *instance) {
	if !p.failed && f != nil && !f.broken {
		p.problem(msgNull, f, in, f.name)
	}
}

func (p *payoutReader) userID(in *instance) string {
	text, ok := p.required("user_id", in)
	if !ok {
		return ""
	}
	f := p.fields["user_id"]
	_, plain := f.plainColumn()
	switch problem := userIDProblem(text, p.batch.Merchant.API); {
	case text == "" && plain && in.row != nil:
		p.blankCell(f, in)
	case problem != "":
		p.problem(msgUserID, f, in, text, problem+p.zerosCure(f, in, text))
	}
	return text
}

func (p *payoutReader) token(in *instance) payout.CardToken {
	text, ok := p.required("card_token", in)
	if !ok {
		return payout.CardToken{}
	}
	f := p.fields["card_token"]
	column, plain := f.plainColumn()
	token, err := payout.NewCardToken(text)
	switch {
	case text == "" && plain && in.row != nil:
		p.blankCell(f, in)
	case isIBAN(text):
		p.problem(msgTokenIBAN, f, in)
	case tokenIsAmount(text):
		p.problem(msgTokenAmount, f, in)
	case tokenInCapitals(text):
		p.problem(msgTokenCapitals, f, in, p.lowerCure(f, in))
	case err != nil && plain && in.row != nil && strings.TrimSpace(text) != text:
		p.problem(msgToken, f, in, fmt.Sprintf("%s. Remove the space in the file; or write card_token = trimspace(%s)", err, in.table.reference(column)))
	case err != nil:
		p.problem(msgToken, f, in, err)
	}
	return token
}

// tokenElsewhere refuses a payout that repeats its card token where it would be
// recorded or shown whole: in its key, or a text of it.
func (p *payoutReader) tokenElsewhere(in *instance, out *planner.Payout) {
	if name := repeatsToken(out); name != "" {
		at := p.fields[name]
		if at == nil {
			at = p.fields["card_token"] // the text is the batch's
		}
		unnamed := *in
		if name == "key" {
			unnamed.key = sensitiveText // messages name payouts by their keys
		}
		p.problem(msgTokenElsewhere, at, &unnamed, name)
	}
}

// repeatsToken names the attribute that holds the payout's own card token, or
// is "".
func repeatsToken(out *planner.Payout) string {
	if out.Token.IsZero() {
		return ""
	}
	token := strings.ToLower(out.Token.Reveal())
	for _, one := range []struct{ name, text string }{
		{"key", out.Address.Key}, {"user_id", out.UserID}, {"description", out.Description}, {"label", out.Label},
		{"order_id", out.OrderID}, {"hold", out.Hold}, {"allow_duplicate", out.AllowDuplicate},
	} {
		if len(one.text) >= len(token) && strings.Contains(strings.ToLower(one.text), token) {
			return one.name
		}
	}
	return ""
}

// required is a text that every payout must have.
func (p *payoutReader) required(name string, in *instance) (string, bool) {
	f := p.fields[name]
	before := p.failed
	p.failed = false
	text, ok := p.text(f, in)
	if !ok {
		p.absent(f, in)
	} else if masked, found := cardNumber(text); found {
		p.problem(msgCardNumber, f, in, masked)
		ok = false
	}
	p.failed = p.failed || before
	return text, ok
}

func (p *payoutReader) description(in *instance) string {
	f := p.fields["description"]
	if f == nil {
		return p.batch.Description
	}
	text, ok := p.text(f, in)
	if !ok {
		// null: the batch's own is meant.
		if !f.broken && p.batch.Description == "" && !p.failed {
			p.problem(msgNull, f, in, "description")
		}
		return p.batch.Description
	}
	if problem := descriptionProblem(text); problem != "" {
		p.problem(msgDescription, f, in, problem)
	} else if unusualDescription(text) {
		p.caution(msgUnusualDescription, f, in, text)
	}
	p.noCard(f, in, text)
	return text
}

func (p *payoutReader) noCard(f *field, in *instance, text string) {
	if masked, found := cardNumber(text); found {
		p.problem(msgCardNumber, f, in, masked)
	}
}

// freeText is an optional text for people.
func (p *payoutReader) freeText(name string, longest int, in *instance) string {
	f := p.fields[name]
	text, ok := p.text(f, in)
	if !ok {
		return ""
	}
	if problem := textProblem(text, longest); problem != "" {
		p.problem(msgText, f, in, name, problem)
	}
	if f.columns == nil {
		// The cells of rows are searched when they are read.
		p.noCard(f, in, text)
	}
	return text
}

// why is a reason: an empty one says nothing and is refused. An empty cell is
// no reason, and so none is set.
func (p *payoutReader) why(name string, in *instance) string {
	text := p.freeText(name, maxReason, in)
	f := p.fields[name]
	if f != nil && f.fixed && !f.broken && text == "" && !f.value.IsNull() {
		p.problem(msgEmpty, f, in, name)
	}
	if name == "allow_duplicate" && text != "" && !isReason(text) {
		p.problem(msgNoReason, f, in)
	}
	return text
}

func (p *payoutReader) orderID(in *instance, at planner.Position) string {
	f := p.fields["order_id"]
	id, ok := p.text(f, in)
	if !ok {
		return ""
	}
	if err := payout.CheckDeclaredOrderID(id); err != nil {
		p.problem(msgOrderID, f, in, err)
		return ""
	}
	p.noCard(f, in, id)
	if first, taken := p.ids.take(p.batch.Merchant.Name, id, at); taken {
		p.problem(msgOrderIDTwice, f, in, id, first)
	}
	return id
}

// orderIDs finds an order id that is declared twice for a merchant; the
// gateway may ignore case.
type orderIDs map[[2]string]planner.Position

func (ids orderIDs) take(merchant, id string, at planner.Position) (first planner.Position, taken bool) {
	key := [2]string{merchant, strings.ToLower(id)}
	if first, taken = ids[key]; !taken {
		ids[key] = at
	}
	return first, taken
}

func (p *payoutReader) timeLimit(in *instance) time.Duration {
	f := p.fields["time_limit"]
	text, ok := p.text(f, in)
	if !ok {
		return planner.DefaultTimeLimit
	}
	d, err := parseDuration(text)
	if err != nil || d < MinTimeLimit || d > MaxTimeLimit {
		p.problem(msgDuration, f, in, "time_limit", text, shortDuration(MinTimeLimit), shortDuration(MaxTimeLimit))
	}
	return d
}

func (p *payoutReader) retry(in *instance) int {
	f := p.fields["retry"]
	text, ok := p.text(f, in)
	if !ok {
		return 1
	}
	if len(text) != 1 || text[0] < '1' || text[0] > '0'+payout.MaxAttempts {
		p.problem(msgInteger, f, in, "retry", 1, payout.MaxAttempts)
		return 1
	}
	return int(text[0] - '0')
}
