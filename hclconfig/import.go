package hclconfig

import (
	"regexp"
	"time"

	"github.com/hashicorp/hcl/v2"

	"payrun/planner"
	"payrun/planner/payout"
)

var paymentIDShape = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)

// loadImports reads every import block.
func (l *loader) loadImports() {
	seen := map[payout.Address]planner.Position{}
	for _, b := range l.blocks["import"] {
		r := l.read(b, importSchema)
		in := r.importBlock()
		if in.To == (payout.Address{}) {
			continue
		}
		if first, ok := seen[in.To]; ok {
			l.fail(msgImportTwice, b.DefRange, in.To, first)
			continue
		}
		seen[in.To] = in.Position
		l.cfg.Imports = append(l.cfg.Imports, in)
	}
}

func (r *reader) importBlock() Import {
	in := Import{Position: position(r.block.DefRange)}
	for _, b := range r.body.Blocks.OfType("rows") {
		r.fail(msgImportLater, b.DefRange, "rows")
	}
	if attr, ok := r.attrs["for_each"]; ok {
		r.fail(msgImportLater, attr.NameRange, "for_each")
	}
	r.need("to", "it is the address of the payout that was paid elsewhere")
	r.need("amount", "it is what was paid")
	r.need("reason", "it stands in the plan and in the state")
	before := len(r.all)
	in.To, _ = r.address("to")
	in.PaymentID, _ = r.nonEmpty("payment_id")
	if in.PaymentID != "" && !paymentIDShape.MatchString(in.PaymentID) {
		r.fail(msgPaymentID, r.at("payment_id"), in.PaymentID)
	}
	in.OrderID, _ = r.nonEmpty("order_id")
	if len(in.OrderID) > payout.MaxOrderIDBytes || textProblem(in.OrderID, payout.MaxOrderIDBytes) != "" {
		r.fail(msgText, r.at("order_id"), "order_id", "at most 50 characters are allowed")
	}
	if in.PaymentID == "" && in.OrderID == "" && len(r.all) == before {
		r.fail(msgImportID, r.block.DefRange)
	}
	in.Reason, _ = r.reason("reason")
	in.Unverified, _ = r.reason("unverified")
	r.importMoney(&in)
	return in
}

// importMoney finds the merchant, which gives the currency: that of the batch,
// or the only one that is declared.
func (r *reader) importMoney(in *Import) {
	for i := range r.cfg.Batches {
		if r.cfg.Batches[i].Name == in.To.Batch {
			in.Merchant = r.cfg.Batches[i].Merchant
		}
	}
	if in.Merchant == nil && len(r.cfg.Merchants) == 1 {
		in.Merchant = &r.cfg.Merchants[0].Merchant
	}
	if in.Merchant == nil {
		r.fail(msgImportMerchant, r.at("to"), in.To.Batch)
		return
	}
	v, ok := r.value("amount")
	if !ok {
		return
	}
	v, _ = v.UnmarkDeep()
	money, err := valueMoney(v, in.Merchant.Currency)
	if digits, literal := r.literalDigits(r.attrs["amount"].Expr); literal {
		money, err = payout.ParseMoney(digits, in.Merchant.Currency)
	}
	if err == nil {
		err = money.CheckPayable()
	}
	if err != nil {
		r.fail(msgAmount, r.at("amount"), "amount", err)
	}
	in.Amount = money
}

// loadApprovals reads the approvals block.
func (l *loader) loadApprovals() {
	blocks := l.blocks["approvals"]
	for i, b := range blocks {
		if i > 0 {
			l.fail(msgOnlyOne, b.DefRange, "approvals", "configuration", position(blocks[0].DefRange))
			continue
		}
		l.cfg.Approvals = l.approvals(b)
	}
}

func (l *loader) approvals(b *hcl.Block) *Approvals {
	r := l.read(b, approvalsSchema)
	// Constants alone: a policy that a variable could change would be none, and
	// that of an earlier commit has to be readable by itself.
	r.scope = newScope(nil, nil)
	r.need("required", "it says how many people must approve")
	r.need("allowed_signers", "it names the file with their public keys")
	a := &Approvals{Position: position(b.DefRange)}
	if n, ok := r.integer("required", 1, maxApprovers); ok {
		a.Required = int(n)
	}
	a.Expires = r.duration("expires", minExpires, maxExpires, DefaultExpires)
	var ok bool
	if a.AllowedSigners, ok = r.nonEmpty("allowed_signers"); ok {
		read := l.signers
		if read == nil {
			read = func(name string) ([]byte, error) { return l.readInside(name, InputSigners, maxSignersBytes) }
		}
		text, err := read(a.AllowedSigners)
		if err != nil {
			l.fail(msgFileUnreadable, r.at("allowed_signers"), err)
		}
		a.Signers = text
	}
	return a
}

// Bounds of approvals.
const (
	DefaultExpires  = 72 * time.Hour
	minExpires      = time.Minute
	maxExpires      = 90 * 24 * time.Hour
	maxApprovers    = 20
	maxSignersBytes = 1 << 20
)
