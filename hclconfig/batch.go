package hclconfig

import (
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"

	"payrun/planner"
	"payrun/planner/payout"
)

// loadBatches reads every batch block, in order of their names.
func (l *loader) loadBatches() {
	seen := map[string]hcl.Range{}
	blocks := map[string]*hcl.Block{}
	for _, b := range l.blocks["batch"] {
		name := norm.NFC.String(b.Labels[0])
		if first, ok := seen[name]; ok {
			l.fail(msgBatchTwice, b.DefRange, name, position(first))
			continue
		}
		seen[name] = b.DefRange
		if l.label(name, b.LabelRanges[0]) {
			blocks[name] = b
		}
	}
	ids := orderIDs{}
	for _, name := range sortedKeys(blocks) {
		l.cfg.Batches = append(l.cfg.Batches, *l.loadBatch(name, blocks[name], ids))
	}
}

// batchReader reads one batch and its payouts.
type batchReader struct {
	*reader
	batch *planner.Batch
	ids   orderIDs
	place payout.Address // batch and period, without a payout

	undescribed bool // the batch has no description, or null
}

func (l *loader) loadBatch(name string, b *hcl.Block, ids orderIDs) *planner.Batch {
	r := l.read(b, batchSchema)
	batch := &planner.Batch{Name: name, Position: position(b.DefRange)}
	br := &batchReader{reader: r, batch: batch, ids: ids}
	period, ok := r.text("period")
	if ok {
		if err := payout.CheckPeriod(period); err != nil {
			l.fail(msgPeriod, r.at("period"), err)
		}
	}
	batch.Period = period
	merchant := r.merchant("merchant")
	if merchant == nil {
		merchant = placeholderMerchant()
	}
	batch.Merchant = &merchant.Merchant
	br.times()
	batch.Hold, _ = r.reason("hold")
	before := len(l.all)
	batch.Description, ok = r.text("description")
	br.undescribed = !ok && len(l.all) == before
	if ok {
		br.checkBatchDescription()
	}
	br.controls(merchant)
	br.place = payout.NewAddress(batch.Name, batch.Period, "")
	br.payouts()
	return batch
}

// placeholderMerchant lets the payouts be checked where the batch has no
// merchant, which was reported: such a configuration is never returned.
func placeholderMerchant() *Merchant {
	m := &Merchant{}
	m.API, m.Zone, m.Currency = "gateway", time.UTC, payout.MustCurrency("KZT")
	return m
}

// merchant finds the merchant that an attribute refers to; it may be left out
// while exactly one is declared.
func (r *reader) merchant(name string) *Merchant {
	attr, ok := r.attrs[name]
	if !ok {
		if len(r.cfg.Merchants) != 1 {
			r.fail(msgMerchantChoice, r.block.DefRange, r.block.Type, len(r.cfg.Merchants))
			return nil
		}
		return r.cfg.Merchants[0]
	}
	var names []string
	t, diags := hcl.AbsTraversalForExpr(attr.Expr)
	if diags.HasErrors() || len(t) != 2 || t.RootName() != "merchant" {
		m := msgMerchantReference
		if inJSON(attr.Expr) {
			m = msgMerchantJSON
		}
		r.fail(m, attr.Expr.Range(), r.merchantMeant(attr.Expr))
		return nil
	}
	wanted, _ := secondStep(t)
	for _, m := range r.cfg.Merchants {
		if m.Name == wanted {
			return m
		}
		names = append(names, m.Name)
	}
	r.fail(msgMerchantUnknown, attr.Expr.Range(), wanted, suggest(wanted, names))
	return nil
}

// merchantMeant is the name of the merchant that a text names, or NAME.
func (r *reader) merchantMeant(expr hcl.Expression) string {
	v, diags := expr.Value(nil)
	for _, t := range expr.Variables() {
		if name, ok := secondStep(t); ok && t.RootName() == "merchant" {
			v, diags = cty.StringVal(name), nil
		}
	}
	for _, m := range r.cfg.Merchants {
		if !diags.HasErrors() && v.RawEquals(cty.StringVal(m.Name)) {
			return m.Name
		}
	}
	return "NAME"
}

// reason is a text that says why, and so must not be empty.
func (r *reader) reason(name string) (string, bool) {
	text, ok := r.nonEmpty(name)
	if ok {
		if problem := textProblem(text, maxReason); problem != "" {
			r.fail(msgText, r.at(name), name, problem)
		}
		if masked, found := cardNumber(text); found {
			r.fail(msgCardNumber, r.at(name), masked)
		}
	}
	return text, ok
}

func (br *batchReader) times() {
	br.batch.NotBefore = br.time("not_before")
	br.batch.Deadline = br.time("deadline")
	br.checkYear()
	if !br.batch.Deadline.IsZero() && !br.batch.NotBefore.IsZero() && !br.batch.Deadline.After(br.batch.NotBefore) {
		br.fail(msgDeadline, br.at("deadline"))
	}
}

// checkYear warns of a deadline that is long over when its period begins, where
// the period is a month or a day: nobody is paid a month ahead by mistake of
// the day.
func (br *batchReader) checkYear() {
	begins, ok := periodBegins(br.batch.Period, br.batch.Merchant.Zone)
	if ok && !br.batch.Deadline.IsZero() && br.batch.Deadline.Before(begins.AddDate(0, -1, 0)) {
		br.warn(msgDeadlinePeriod, br.at("deadline"), br.batch.Deadline.Format("2006-01-02 15:04"), br.batch.Period)
	}
}

func (br *batchReader) time(name string) time.Time {
	text, ok := br.text(name)
	if !ok {
		return time.Time{}
	}
	t, err := parseTime(text, br.batch.Merchant.Zone)
	if err != nil {
		br.fail(msgTime, br.at(name), name, text, br.batch.Merchant.Zone, meantTime(text))
	}
	return t
}

func (br *batchReader) checkBatchDescription() {
	if problem := descriptionProblem(br.batch.Description); problem != "" {
		br.fail(msgDescription, br.at("description"), problem)
	} else if unusualDescription(br.batch.Description) {
		br.warn(msgUnusualDescription, br.at("description"), br.batch.Description)
	}
	if masked, found := cardNumber(br.batch.Description); found {
		br.fail(msgCardNumber, br.at("description"), masked)
	}
}

func (br *batchReader) controls(m *Merchant) {
	if b := br.only("limits"); b != nil {
		br.batch.Limits = br.loadLimits(b, m.Currency)
	}
	if b := br.only("expect"); b != nil {
		br.batch.Expect = br.loadExpect(b, m.Currency)
	}
}
