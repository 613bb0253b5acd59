package planfile

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// Facts are what a saved plan holds beside the plan itself, as plain values.
type Facts struct {
	Version   string    // of the program
	CreatedAt time.Time // the plan's time; cut to whole seconds
	ExpiresAt time.Time
	State     State
	Inputs    []Input
	Variables []Variable // the value of a sensitive one is dropped
	Gateways  map[string]Gateway
	Options   Options
	Overrides []Override
	Findings  []Finding
	New       []*planner.Change // the first change to each new recipient
}

// Gateway is what the planner does not know of a merchant, and people approve
// with it.
type Gateway struct {
	Region    string
	BaseURL   string
	PostLink  string
	LookupOff bool // lookup_before_send = "off"
}

// Build makes the saved form of a plan. It keeps nothing of its arguments that
// the caller may change later.
func Build(plan *planner.Plan, facts Facts) *File {
	f := frame(plan, facts)
	changes, fresh := listed(plan), byAddress(facts.New)
	f.Changes = make([]Change, len(changes))
	for i, c := range changes {
		f.Changes[i] = buildChange(c, fresh)
	}
	return f
}

// Outline is Build without Changes, for a plan that is only shown: they would
// take as much memory as the plan. Its digest is that of the whole file, which
// it cannot be encoded to.
func Outline(plan *planner.Plan, facts Facts) *File {
	f := frame(plan, facts)
	changes, fresh := listed(plan), byAddress(facts.New)
	f.outline = digestOf(f.membersWith(len(changes), func(i int) Change { return buildChange(changes[i], fresh) }))
	return f
}

// frame is everything but the changes, and their counts.
func frame(plan *planner.Plan, facts Facts) *File {
	f := &File{
		Version:   facts.Version,
		CreatedAt: facts.CreatedAt.UTC().Truncate(time.Second),
		ExpiresAt: facts.ExpiresAt.UTC().Truncate(time.Second),
		State:     facts.State,
		Inputs:    sorted(facts.Inputs, func(in Input) string { return in.Path }),
		Variables: sorted(facts.Variables, func(v Variable) string { return v.Name }),
		Options:   facts.Options.clone(),
		Overrides: sorted(facts.Overrides, func(o Override) string { return o.Name }),
		Findings:  slices.Clone(facts.Findings),
	}
	for i := range f.Variables {
		if f.Variables[i].Sensitive {
			f.Variables[i].Value = ""
		}
	}
	for i := range f.Inputs {
		f.Inputs[i].NotCards = slices.Clone(f.Inputs[i].NotCards)
	}
	for _, m := range plan.Merchants {
		f.Merchants = append(f.Merchants, buildMerchant(plan, m, facts.Gateways[m.Name]))
	}
	for i := range plan.Batches {
		f.Batches = append(f.Batches, buildBatch(&plan.Batches[i]))
	}
	f.Counts.History = plan.History
	for i := range plan.Changes {
		f.Counts.add(string(plan.Changes[i].Action), plan.Changes[i].Excluded)
	}
	f.buildTotals(plan)
	return f
}

func sorted[T any](list []T, key func(T) string) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}

func buildMerchant(plan *planner.Plan, m *planner.Merchant, g Gateway) Merchant {
	out := Merchant{
		API: m.API, BaseURL: g.BaseURL, Currency: m.Currency.Code, Environment: string(m.Environment),
		FormerPrefixes: slices.Clone(m.FormerPrefixes), ID: strconv.FormatInt(m.ID, 10), LookupOff: g.LookupOff,
		Name: m.Name, PostLink: g.PostLink, Prefix: m.Prefix, Region: g.Region, Sends: tally(plan.MerchantTotal(m)),
	}
	if m.Zone != nil {
		out.Zone = m.Zone.String()
	}
	return out
}

func tally(t planner.Tally) Tally { return Tally{Count: t.Count, Sum: t.Sum.Decimal()} }

func buildBatch(s *planner.Summary) Batch {
	b := s.Batch
	return Batch{
		Currency: b.Merchant.Currency.Code, Deadline: moment(b.Deadline), Declared: tally(s.Declared), Hold: b.Hold,
		Merchant: b.Merchant.Name, Name: b.Name, NotBefore: moment(b.NotBefore), Open: s.Open, PaidBefore: s.PaidBefore,
		Period: b.Period, Skipped: b.Skipped, ToPay: tally(s.ToPay),
	}
}

// moment writes a time, or nothing for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// clone is a sorted copy: the order of options on the command line means
// nothing.
func (o Options) clone() Options {
	self := func(s string) string { return s }
	o.Excludes, o.ExpectTotals, o.Targets = sorted(o.Excludes, self), sorted(o.ExpectTotals, self), sorted(o.Targets, self)
	if o.ExpectCount != nil {
		n := *o.ExpectCount
		o.ExpectCount = &n
	}
	return o
}

// listed are the changes that stand in the file: all but those with nothing to
// do.
func listed(plan *planner.Plan) []*planner.Change {
	n := 0
	for i := range plan.Changes {
		if plan.Changes[i].Action != planner.ActionNone {
			n++
		}
	}
	out := make([]*planner.Change, 0, n)
	for i := range plan.Changes {
		if plan.Changes[i].Action != planner.ActionNone {
			out = append(out, &plan.Changes[i])
		}
	}
	return out
}

// addressed are changes in the order of their addresses: a set that takes
// little memory.
type addressed []*planner.Change

func byAddress(list []*planner.Change) addressed {
	out := addressed(slices.Clone(list))
	slices.SortFunc(out, func(a, b *planner.Change) int { return a.Address.Compare(b.Address) })
	return out
}

func (l addressed) has(a payout.Address) bool {
	_, found := slices.BinarySearchFunc(l, a, func(c *planner.Change, a payout.Address) int { return c.Address.Compare(a) })
	return found
}

// buildChange masks by construction: planner.Payout.Details and the record hold
// no whole token, and the label is not looked at.
func buildChange(c *planner.Change, fresh addressed) Change {
	var d payout.Details
	limit := ""
	if c.Declared != nil {
		d, limit = c.Declared.Details(c.Batch.Merchant), c.Declared.TimeLimit.String()
	} else {
		d = c.Record.Details
	}
	return Change{
		Action: string(c.Action), Address: c.Address.String(), Amount: d.Amount.Decimal(), Attempt: c.Attempt,
		Currency: d.Amount.Currency.Code, Description: d.Description, Destination: d.Destination, Excluded: c.Excluded,
		Fingerprint: d.Fingerprint, Merchant: d.Merchant, New: fresh.has(c.Address), OrderID: c.OrderID, Reason: c.Reason,
		Status: string(c.Status()), TimeLimit: limit, UserID: d.UserID,
	}
}

// add counts a payout by its action. An excluded one with nothing to do is
// counted as that.
func (n *Counts) add(action string, excluded bool) {
	if at := n.of(action); at != nil {
		if excluded && action != string(planner.ActionNone) {
			at = &n.Excluded
		}
		*at++
	}
}

// of finds the counter of an action, or nil where there is no such action.
func (n *Counts) of(action string) *int {
	switch planner.Action(action) {
	case planner.ActionPay:
		return &n.Pay
	case planner.ActionRetry:
		return &n.Retry
	case planner.ActionWait:
		return &n.Wait
	case planner.ActionCheck:
		return &n.Check
	case planner.ActionAttention:
		return &n.Attention
	case planner.ActionConflict:
		return &n.Conflict
	case planner.ActionLeft:
		return &n.Left
	case planner.ActionImport:
		return &n.Import
	case planner.ActionNone:
		return &n.None
	}
	return nil
}

func (f *File) buildTotals(plan *planner.Plan) {
	counts := make(map[payout.Currency]int)
	for _, c := range plan.Sending() {
		counts[c.Amount().Currency]++
	}
	for _, m := range plan.Totals() {
		f.Totals = append(f.Totals, Total{Count: counts[m.Currency], Currency: m.Currency.Code, Sum: m.Decimal()})
	}
}

// Sends says whether the plan puts the payout on the wire.
func (c *Change) Sends() bool { return planner.Action(c.Action).Sends() && !c.Excluded }

// Expired says whether the plan may no longer be applied.
func (f *File) Expired(now time.Time) bool { return now.After(f.ExpiresAt) }
