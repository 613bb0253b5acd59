package policy

import (
	"fmt"
	"strings"

	"payrun/planner"
	"payrun/planner/payout"
)

// group is what one limits block bounds.
type group struct {
	name    string // "salaries" or "merchant.main": the override's name without the limit
	period  string // set where the name alone is not clear
	account *planner.Merchant
	limits  *planner.Limits
	payouts []*planner.Payout // by address
}

// limits judges the limits of each batch by everything it declares, and those
// of each merchant by everything this plan sends for it.
func (j *judge) limits() {
	for i := range j.in.Plan.Batches {
		b := j.in.Plan.Batches[i].Batch
		if b.Limits == nil {
			continue
		}
		g := &group{name: b.Name, account: b.Merchant, limits: b.Limits, payouts: declared(b)}
		if j.periods[b.Name] > 1 {
			g.period = " in " + b.Period
		}
		j.bound(g)
	}
	for _, m := range j.in.Plan.Merchants {
		if m.Limits != nil {
			j.bound(&group{name: "merchant." + m.Name, account: m, limits: m.Limits, payouts: j.sentFor(m)})
		}
	}
}

func (j *judge) sentFor(m *planner.Merchant) []*planner.Payout {
	var out []*planner.Payout
	for _, c := range j.sending {
		if c.Batch.Merchant.Name == m.Name {
			out = append(out, c.Declared)
		}
	}
	return out
}

func (j *judge) bound(g *group) {
	l := g.limits
	if l.MaxPayout != nil {
		j.maxPayout(g, l.MaxPayout)
	}
	if l.MinPayout != nil {
		j.minPayout(g, l.MinPayout)
	}
	if l.MaxTotal != nil {
		j.maxTotal(g, l.MaxTotal)
	}
	if l.MaxPerRecipient != nil {
		j.maxPerRecipient(g, l.MaxPerRecipient)
	}
	if l.MaxCount != nil {
		j.maxCount(g, l.MaxCount)
	}
	if l.MaxNewRecipients != nil {
		j.maxNewRecipients(g, l.MaxNewRecipients)
	}
}

func (j *judge) maxPayout(g *group, l *planner.MoneyLimit) {
	over, extreme := g.beyond(func(a, b payout.Money) bool { return a.Minor > b.Minor }, l.Value)
	j.money(g, "max_payout", l, verdict{broken: len(over) > 0, seen: amountsSeen(over, extreme, "largest"), addresses: addressesOf(over)})
}

func (j *judge) minPayout(g *group, l *planner.MoneyLimit) {
	under, extreme := g.beyond(func(a, b payout.Money) bool { return a.Minor < b.Minor }, l.Value)
	j.money(g, "min_payout", l, verdict{broken: len(under) > 0, seen: amountsSeen(under, extreme, "smallest"), addresses: addressesOf(under)})
}

func (j *judge) maxTotal(g *group, l *planner.MoneyLimit) {
	total := payout.Money{Currency: g.account.Currency}
	for _, p := range g.payouts {
		total = sum(total, p.Amount)
	}
	j.money(g, "max_total", l, verdict{broken: total.Minor > l.Value.Minor, seen: total.Grouped()})
}

func (j *judge) maxPerRecipient(g *group, l *planner.MoneyLimit) {
	top := j.topRecipient(g)
	v := verdict{broken: top.total.Minor > l.Value.Minor, seen: "none"}
	if len(top.payouts) > 0 {
		v.seen = fmt.Sprintf("%s gets %s in %s", top.payouts[0].Token, top.total.Grouped(), plural(len(top.payouts), "payout"))
	}
	if v.broken {
		v.addresses = addressesOf(top.payouts)
	}
	j.money(g, "max_per_recipient", l, v)
}

func (j *judge) maxCount(g *group, l *planner.CountLimit) {
	j.count(g, "max_count", l, verdict{broken: len(g.payouts) > l.Value, seen: plural(len(g.payouts), "payout")})
}

func (j *judge) maxNewRecipients(g *group, l *planner.CountLimit) {
	var fresh []*planner.Payout
	met := make(map[string]bool)
	for _, p := range g.payouts {
		fingerprint := j.fingerprint(p, g.account)
		if !met[fingerprint] && !j.known(fingerprint) {
			fresh = append(fresh, p)
		}
		met[fingerprint] = true
	}
	v := verdict{broken: len(fresh) > l.Value, seen: fmt.Sprintf("%d new", len(fresh))}
	if v.broken {
		v.addresses = addressesOf(fresh)
	}
	j.count(g, "max_new_recipients", l, v)
}

// verdict is what was seen of one limit.
type verdict struct {
	broken    bool
	seen      string
	addresses []payout.Address
}

func (j *judge) money(g *group, limit string, l *planner.MoneyLimit, v verdict) {
	f := Finding{Name: g.name + "." + limit, Hard: l.Hard, Position: l.Position}
	j.limit(f, fmt.Sprintf("limit %s %s%s: %s", f.Name, l.Value.Grouped(), g.period, v.seen), v)
}

func (j *judge) count(g *group, limit string, l *planner.CountLimit, v verdict) {
	f := Finding{Name: g.name + "." + limit, Hard: l.Hard, Position: l.Position}
	j.limit(f, fmt.Sprintf("limit %s %d%s: %s", f.Name, l.Value, g.period, v.seen), v)
}

// limit completes the finding of one limit and lifts it where an override says
// so and the limit is not hard.
func (j *judge) limit(f Finding, text string, v verdict) {
	f.Kind, f.Text, f.OK, f.Addresses = KindLimit, text, !v.broken, v.addresses
	known := j.rules[f.Name]
	j.rules[f.Name] = rule{broken: known.broken || v.broken, hard: known.hard || f.Hard && v.broken}
	reason := j.reasons[f.Name]
	switch {
	case f.OK:
	case f.Hard:
		f.Blocks, f.Cure = true, j.amendment(&f)+"; the limit is hard: no -override lifts it"
	case reason != "":
		f.Lifted = reason
	default:
		f.Blocks, f.Cure = true, j.limitCure(&f)
	}
	j.add(f)
}

// limitCure names what mends a broken limit: the amount, or the limit itself,
// where other people see the change; and what lifts it once.
func (j *judge) limitCure(f *Finding) string {
	return fmt.Sprintf(`%s; or, for this run alone, lift it with: -override=%s -reason="…"`, j.amendment(f), f.Name)
}

// amendment is what people change in the files.
func (j *judge) amendment(f *Finding) string {
	_, limit, _ := strings.Cut(strings.TrimPrefix(f.Name, "merchant."), ".")
	raise := "raise " + limit + placed(f.Position)
	switch limit {
	case "max_payout", "max_per_recipient":
		return "check the amount" + j.firstPlace(f) + "; if it is right, " + raise + ", and let somebody review it"
	case "min_payout":
		return "check the amount" + j.firstPlace(f) + "; if it is right, lower " + limit + placed(f.Position) + ", and let somebody review it"
	case "max_new_recipients":
		return "check who is new" + j.firstPlace(f) + "; if they are right, " + raise + ", and let somebody review it"
	}
	return "compare the files with your own sheet; if they are right, " + raise + ", and let somebody review it, or pay in several runs with -target"
}

// firstPlace is where the first payout that breaks the limit is written.
func (j *judge) firstPlace(f *Finding) string {
	if len(f.Addresses) == 0 {
		return ""
	}
	for i := range j.in.Plan.Batches {
		payouts := j.in.Plan.Batches[i].Batch.Payouts
		for k := range payouts {
			if payouts[k].Address == f.Addresses[0] {
				return placed(payouts[k].Position)
			}
		}
	}
	return ""
}
