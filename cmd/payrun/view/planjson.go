package view

import (
	"maps"
	"slices"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// PlanFormatVersion is the version of the document of PlanJSON. A minor version
// adds members; unknown ones are to be ignored.
const PlanFormatVersion = "1.0"

// PlanJSON is the machine form of a plan, in the shape of Terraform's plan
// JSON: resource_changes with the actions create, read and no-op, and the gates
// applyable, complete and errored; beside them the digest, totals, limits,
// checks, state and merchants. Money is always a string. The members of extra,
// inputs for one, are added by name; one that the document has already is left
// out.
func PlanJSON(p *Plan, extra map[string]any) any {
	document := object{
		{"format_version", PlanFormatVersion},
		{"timestamp", instant(p.Plan.At)},
		{"applyable", p.applyable()},
		{"complete", p.count().excluded == 0},
		{"errored", policy.Refusing(p.Findings)},
		{"digest", SafeText(p.Digest)},
		{"summary", p.planLine()},
		{"counts", p.countsObject()},
		{"totals", p.totalsObject()},
		{"batches", p.batchObjects()},
		{"limits", p.findingObjects(true)},
		{"checks", p.findingObjects(false)},
		{"state", object{
			{"path", SafeText(p.StatePath)}, {"exists", p.StateExists}, {"serial", p.Serial},
			{"lineage", SafeText(p.StateLineage)}, {"digest", SafeText(p.StateDigest)},
			{"unproven", safeList(p.Unproven)}, {"locked_by", SafeText(p.LockedBy)},
		}},
		{"merchants", p.merchantObjects()},
		{"new_recipients", p.newRecipientObjects()},
		{"warnings", safeList(p.Warnings)},
		{"resource_changes", p.changeObjects()},
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		if !document.has(name) {
			document = append(document, member{name, extra[name]})
		}
	}
	return document
}

// applyable says that apply would send something and no rule forbids it.
func (p *Plan) applyable() bool {
	n := p.count()
	return n.pay+n.retry > 0 && !policy.Blocking(p.Findings) && !policy.Refusing(p.Findings)
}

func (p *Plan) countsObject() object {
	return p.count().object(p.Plan.History)
}

func (n counts) object(history int) object {
	return object{
		{"pay", n.pay}, {"retry", n.retry}, {"wait", n.wait}, {"check", n.check}, {"failed", n.failed},
		{"attention", n.attention}, {"conflict", n.conflict}, {"left", n.left}, {"import", n.imported}, {"excluded", n.excluded},
		{"paid", n.paid}, {"history", history},
	}
}

// totalsObject is what the plan sends, one entry a currency.
func (p *Plan) totalsObject() []object {
	counts := make(map[payout.Currency]int)
	for _, c := range p.Plan.Sending() {
		counts[c.Amount().Currency]++
	}
	out := []object{}
	for _, m := range p.Plan.Totals() {
		out = append(out, object{{"currency", m.Currency.Code}, {"count", counts[m.Currency]}, {"amount", m.Decimal()}})
	}
	return out
}

func (p *Plan) batchObjects() []object {
	out := []object{}
	for i := range p.Plan.Batches {
		s := &p.Plan.Batches[i]
		o := object{
			{"name", SafeText(s.Batch.Name)}, {"period", SafeText(s.Batch.Period)}, {"merchant", SafeText(s.Batch.Merchant.Name)},
			{"currency", s.Batch.Merchant.Currency.Code}, {"declared", tallyObject(s.Declared)}, {"to_pay", tallyObject(s.ToPay)},
			{"retries", s.Retries}, {"paid_before", s.PaidBefore}, {"open", s.Open}, {"waiting", s.Waiting}, {"attention", s.Attention},
			{"failed", s.Failed}, {"conflicts", s.Conflicts}, {"left", s.Left}, {"imports", s.Imports}, {"excluded", s.Excluded}, {"skipped", s.Batch.Skipped},
		}
		out = append(out, append(o, member{"largest", largestObject(s)}))
	}
	return out
}

func tallyObject(t planner.Tally) object {
	return object{{"count", t.Count}, {"amount", t.Sum.Decimal()}}
}

func largestObject(s *planner.Summary) any {
	if s.Largest == nil {
		return nil
	}
	return object{{"address", SafeText(s.Largest.Address.String())}, {"amount", s.Largest.Amount.Decimal()}}
}

// findingObjects are the limits, or everything else that was judged.
func (p *Plan) findingObjects(limits bool) []object {
	out := []object{}
	for i := range p.Findings {
		f := &p.Findings[i]
		if (f.Kind == policy.KindLimit) != limits {
			continue
		}
		addresses := make([]string, 0, len(f.Addresses))
		for _, a := range f.Addresses {
			addresses = append(addresses, SafeText(a.String()))
		}
		out = append(out, object{
			{"kind", string(f.Kind)}, {"name", SafeText(f.Name)}, {"result", result(f)}, {"blocks", f.Blocks}, {"hard", f.Hard},
			{"text", SafeText(f.Text)}, {"cure", SafeText(f.Cure)}, {"lifted", SafeText(f.Lifted)}, {"addresses", addresses},
			{"file", SafeText(f.Position.File)}, {"line", f.Position.Line},
		})
	}
	return out
}

func result(f *policy.Finding) string {
	switch {
	case f.OK:
		return "pass"
	case f.Lifted != "":
		return "lifted"
	case f.Blocks || f.Refuses:
		return "fail"
	}
	return "warn"
}

func (p *Plan) merchantObjects() []object {
	out := []object{}
	for _, m := range p.Plan.Merchants {
		total := p.Plan.MerchantTotal(m)
		o := object{
			{"name", SafeText(m.Name)}, {"id", m.ID}, {"environment", string(m.Environment)}, {"api", SafeText(m.API)},
			{"order_prefix", SafeText(m.Prefix)}, {"currency", m.Currency.Code}, {"time_zone", SafeText(m.Zone.String())},
			{"to_pay", tallyObject(total)},
		}
		out = append(out, o)
	}
	return out
}

func (p *Plan) newRecipientObjects() []string {
	out := make([]string, 0, len(p.NewRecipients))
	for _, c := range p.NewRecipients {
		out = append(out, SafeText(c.Address.String()))
	}
	return out
}

func (p *Plan) changeObjects() []object {
	out := make([]object, 0, len(p.Plan.Changes))
	for i := range p.Plan.Changes {
		out = append(out, p.changeObject(&p.Plan.Changes[i]))
	}
	return out
}

func (p *Plan) changeObject(c *planner.Change) object {
	o := object{
		{"address", SafeText(c.Address.String())}, {"mode", "managed"}, {"type", resourceType}, {"name", SafeText(c.Address.Name)},
	}
	if c.Address.HasKey {
		o = append(o, member{"index", SafeText(c.Address.Key)})
	}
	if renamed(c) {
		o = append(o, member{"previous_address", SafeText(c.Record.Address.String())})
	}
	if p.Labels && c.Declared != nil && c.Declared.Label != "" {
		o = append(o, member{"label", SafeText(withoutToken(c.Declared, c.Declared.Label))})
	}
	return append(o, object{
		{"provider_name", provider}, {"action_reason", p.why(c)}, {"payrun_action", string(c.Action)}, {"excluded", c.Excluded},
		{"batch", SafeText(c.Address.Batch)}, {"period", SafeText(c.Address.Period)},
		{"change", changeOf(c)},
	}...)
}

// changeOf is what Terraform's plan calls change; an import carries its id.
func changeOf(c *planner.Change) object {
	o := object{{"actions", []string{planAction(c)}}, {"before", recorded(c)}, {"after", declared(c)}}
	if c.Import != nil {
		id := c.Import.PaymentID
		if id == "" {
			id = c.OrderID
		}
		o = append(o, member{"importing", object{{"id", SafeText(id)}}})
	}
	return o
}

// planAction is the word of Terraform's plan: create, read or no-op.
func planAction(c *planner.Change) string {
	if action := streamAction(c); action != "noop" {
		return action
	}
	return "no-op"
}

// recorded is what the state holds of a payout, or null.
func recorded(c *planner.Change) any {
	r := c.Record
	if r == nil {
		return nil
	}
	text := func(s string) string {
		if c.Declared != nil {
			s = withoutToken(c.Declared, s)
		}
		return SafeText(s)
	}
	a := telling(r)
	return object{
		{"status", string(r.Status())}, {"amount", r.Amount.Decimal()}, {"currency", r.Amount.Currency.Code},
		{"destination", SafeText(r.Destination)}, {"user_id", text(r.UserID)}, {"merchant", SafeText(r.Merchant)},
		{"description", text(r.Description)}, {"attempt", a.N}, {"order_id", SafeText(a.OrderID)}, {"payment_id", SafeText(a.PaymentID)},
	}
}

// declared is what the files say of a payout, or null.
func declared(c *planner.Change) any {
	d := c.Declared
	if d == nil {
		return nil
	}
	return object{
		{"amount", d.Amount.Decimal()}, {"currency", d.Amount.Currency.Code}, {"destination", d.Token.String()},
		{"user_id", SafeText(withoutToken(d, d.UserID))}, {"merchant", SafeText(c.Batch.Merchant.Name)},
		{"description", SafeText(withoutToken(d, d.Description))}, {"attempt", c.Attempt}, {"order_id", SafeText(c.OrderID)},
	}
}
