package hclconfig

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner"
	"payrun/planner/payout"
)

// importFields are the attributes that become a part of an import, in the order
// in which problems with them are looked for. The key is the last index of to.
var importFields = []string{"key", "amount", "payment_id", "order_id", "reason", "unverified"}

// imports finds what is imported twice.
type imports struct {
	addresses map[payout.Address]planner.Position
	payments  map[[3]string]planner.Position // merchant, kind of id, id
}

// loadImports reads every import block.
func (l *loader) loadImports() {
	seen := &imports{addresses: map[payout.Address]planner.Position{}, payments: map[[3]string]planner.Position{}}
	for _, b := range l.blocks["import"] {
		l.loadImport(b, seen)
	}
}

// loadImport reads a block as a payout block is read: it makes one import, or
// one of every row or element.
func (l *loader) loadImport(b *hcl.Block, seen *imports) {
	r := l.read(b, importSchema)
	if !r.has("payment_id") && !r.has("order_id") {
		r.fail(msgImportID, b.DefRange)
	}
	address, key, ok := r.importTarget()
	if !ok {
		return
	}
	merchant := r.importMerchant(address)
	if merchant == nil {
		return
	}
	p := &payoutReader{
		batchReader: &batchReader{reader: r, batch: &planner.Batch{Name: address.Batch, Period: address.Period, Merchant: merchant}},
		scope:       l.scope,
		attrs:       r.attrs,
		block:       b,
		address:     address,
		fields:      map[string]*field{},
		used:        map[int]bool{},
		groups:      map[groupKey]*group{},
		names:       importFields,
	}
	p.emit = func(in *instance, to payout.Address, at planner.Position) { p.buildImport(in, to, at, seen) }
	p.manyImports(r.only("rows"), key)
	p.flush()
}

// manyImports makes the imports of a block.
func (p *payoutReader) manyImports(rows *hcl.Block, key hcl.Expression) {
	each, hasEach := p.attrs["for_each"]
	switch {
	case rows != nil && hasEach:
		p.fail(msgRowsAndEach, each.NameRange)
	case rows != nil && key == nil:
		p.fail(msgImportKey, p.at("to"), "rows", "row.employee_id")
	case hasEach && (key == nil || !isEachKey(key)):
		p.fail(msgImportKey, p.at("to"), "for_each", "each.key")
	case rows != nil:
		p.attrs["key"] = &hcl.Attribute{Name: "key", Expr: key, Range: key.Range(), NameRange: p.attrs["to"].NameRange}
		p.loadRows(rows)
	case hasEach:
		p.loadElements()
	case key != nil:
		if p.checkReferences(p.scope, key) {
			p.fail(msgAddressShape, p.at("to"), "to", "")
		}
	default:
		p.compileAll()
		p.emit(&instance{scope: p.scope}, p.address, position(p.block.DefRange))
	}
}

func isEachKey(expr hcl.Expression) bool {
	t, diags := hcl.AbsTraversalForExpr(expr)
	if diags.HasErrors() || len(t) != 2 || t.RootName() != "each" {
		return false
	}
	name, ok := secondStep(t)
	return ok && name == "key"
}

// importTarget takes the address of an import apart. Its last index may be an
// expression, which is the key of each row or element; else key is nil.
func (r *reader) importTarget() (a payout.Address, key hcl.Expression, ok bool) {
	attr, found := r.attrs["to"]
	if !found {
		return a, nil, false
	}
	index, isIndex := r.addressExpr(attr.Expr).(*hclsyntax.IndexExpr)
	if !isIndex {
		a, ok = r.address("to")
		return a, nil, ok
	}
	t, diags := hcl.AbsTraversalForExpr(index.Collection)
	if !diags.HasErrors() {
		a, ok = traversalAddress(t)
	}
	if !ok || len(t) != 3 {
		r.fail(msgAddressShape, attr.Expr.Range(), "to", "")
		return a, nil, false
	}
	if err := checkAddress(a); err != nil {
		r.fail(msgAddressShape, attr.Expr.Range(), "to", " "+err.Error()+".")
		return a, nil, false
	}
	return a, index.Key, true
}

// addressExpr is the expression of an address; in JSON it stands in a string.
func (c *collector) addressExpr(expr hcl.Expression) hcl.Expression {
	if _, native := expr.(hclsyntax.Expression); native {
		return expr
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return expr
	}
	at := expr.Range()
	parsed, diags := hclsyntax.ParseExpression([]byte(v.AsString()), at.Filename, at.Start)
	if diags.HasErrors() {
		return expr
	}
	return parsed
}

// importMerchant is the merchant that paid, which gives the currency: that of
// the batch, or the only one that is declared.
func (r *reader) importMerchant(to payout.Address) *planner.Merchant {
	for i := range r.cfg.Batches {
		if r.cfg.Batches[i].Name == to.Batch {
			return r.cfg.Batches[i].Merchant
		}
	}
	if len(r.cfg.Merchants) == 1 {
		return &r.cfg.Merchants[0].Merchant
	}
	r.fail(msgImportMerchant, r.at("to"), to.Batch)
	return nil
}

// buildImport evaluates every field of one import and keeps it, unless it has
// a problem.
func (p *payoutReader) buildImport(in *instance, to payout.Address, at planner.Position, seen *imports) {
	p.failed = false
	out := Import{To: to, Merchant: p.batch.Merchant, Position: at}
	p.apart(func() { out.Amount = p.amount(in) })
	p.apart(func() { p.importID(in, &out) })
	p.apart(func() {
		out.Reason = p.why("reason", in)
		f := p.fields["reason"]
		switch {
		case out.Reason != "":
		case f != nil && len(f.columns) > 0:
			p.problem(msgBlankCell, f, in, "reason")
		default:
			p.absent(f, in)
		}
	})
	p.apart(func() { out.Unverified = p.why("unverified", in) })
	if !p.failed && !p.broken {
		seen.keep(p, in, out)
	}
}

// apart runs a step whose problems are told whatever went wrong before it.
func (p *payoutReader) apart(step func()) {
	before := p.failed
	p.failed = false
	step()
	p.failed = p.failed || before
}

// importID reads how the gateway finds the payment.
func (p *payoutReader) importID(in *instance, out *Import) {
	out.PaymentID, out.OrderID = p.paymentID(in), p.importOrderID(in)
	written := p.fields["payment_id"] != nil || p.fields["order_id"] != nil
	if out.PaymentID == "" && out.OrderID == "" && written && !p.failed {
		p.problem(msgImportID, p.anchorOf("payment_id", "order_id"), in)
	}
}

// keep adds an import to the configuration, unless another one has its address
// or its payment.
func (s *imports) keep(p *payoutReader, in *instance, out Import) {
	if first, taken := s.addresses[out.To]; taken {
		p.problem(msgImportTwice, p.anchorOf("key", "amount"), in, out.To, first)
		return
	}
	s.addresses[out.To] = out.Position
	for _, id := range []struct{ field, text string }{{"payment_id", out.PaymentID}, {"order_id", strings.ToLower(out.OrderID)}} {
		key := [3]string{out.Merchant.Name, id.field, id.text}
		if first, taken := s.payments[key]; taken && id.text != "" {
			p.problem(msgPaymentTwice, p.fields[id.field], in, id.field, id.text, first)
			return
		}
		s.payments[key] = out.Position
	}
	p.cfg.Imports = append(p.cfg.Imports, out)
}

// anchorOf is the first of some fields that the block has.
func (p *payoutReader) anchorOf(names ...string) *field {
	for _, name := range names {
		if f := p.fields[name]; f != nil {
			return f
		}
	}
	return &field{name: "import", expr: p.attrs["to"].Expr, fixed: true}
}

var paymentIDShape = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)

func (p *payoutReader) paymentID(in *instance) string {
	f := p.fields["payment_id"]
	id, ok := p.text(f, in)
	if ok && !paymentIDShape.MatchString(id) && (id != "" || in.row == nil) {
		p.problem(msgPaymentID, f, in, id)
	}
	return id
}

func (p *payoutReader) importOrderID(in *instance) string {
	f := p.fields["order_id"]
	id, ok := p.text(f, in)
	switch {
	case !ok:
	case id == "" && in.row == nil:
		p.problem(msgEmpty, f, in, "order_id")
	case len(id) > payout.MaxOrderIDBytes || textProblem(id, payout.MaxOrderIDBytes) != "":
		p.problem(msgText, f, in, "order_id", "at most 50 characters are allowed, and none that is not seen in print")
	}
	return id
}
