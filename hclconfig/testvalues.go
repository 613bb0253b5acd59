package hclconfig

import (
	"maps"

	"github.com/zclconf/go-cty/cty"

	"payrun/planner"
	"payrun/planner/payout"
)

// countedStatuses are the statuses that batch.NAME counts in a test.
var countedStatuses = []payout.Status{payout.Sending, payout.NotSent, payout.Accepted, payout.Rejected, payout.InDoubt,
	payout.NotFound, payout.Paid, payout.Failed, payout.Returned}

// batchesValue is batch.NAME: what checks have, and the payouts by status.
func (f *RunFacts) batchesValue() cty.Value {
	if f.Config == nil {
		return cty.DynamicVal
	}
	counts := map[string]map[string]int{}
	paid := map[string]payout.Money{}
	for i := range f.Payouts {
		p := &f.Payouts[i]
		if !p.Declared {
			continue
		}
		if counts[p.Address.Batch] == nil {
			counts[p.Address.Batch] = map[string]int{}
		}
		counts[p.Address.Batch][p.status()]++
		if p.Status == payout.Paid {
			sum := paid[p.Address.Batch]
			paid[p.Address.Batch] = payout.Money{Minor: sum.Minor + p.Amount.Minor, Currency: p.Amount.Currency}
		}
	}
	batches := map[string]cty.Value{}
	for i := range f.Config.Batches {
		b := &f.Config.Batches[i]
		totals, known := f.Totals[b.Name]
		batches[b.Name] = batchValue(factValue(b, totals, known), counts[b.Name], paid[b.Name], b)
	}
	return cty.ObjectVal(batches)
}

func batchValue(facts cty.Value, counts map[string]int, paid payout.Money, b *planner.Batch) cty.Value {
	all := maps.Clone(facts.AsValueMap())
	all[declaredWord] = number(counts[declaredWord])
	for _, status := range countedStatuses {
		all[string(status)] = number(counts[string(status)])
	}
	paid.Currency = b.Merchant.Currency
	all["paid_total"] = moneyValue(paid)
	return cty.ObjectVal(all)
}

// statusValue is status["ADDRESS"].
func (f *RunFacts) statusValue() cty.Value {
	all := map[string]cty.Value{}
	for i := range f.Payouts {
		all[f.Payouts[i].Address.String()] = cty.StringVal(f.Payouts[i].status())
	}
	return mapOf(all, cty.String)
}

// payoutsValue is payout.ADDRESS: batches, of periods, of payouts, of keys.
func (f *RunFacts) payoutsValue() cty.Value {
	tree := map[string]map[string]map[string]map[string]cty.Value{}
	single := map[payout.Address]bool{}
	for i := range f.Payouts {
		p := &f.Payouts[i]
		a := p.Address
		single[payout.NewAddress(a.Batch, a.Period, a.Name)] = !a.HasKey
		put(put(put(tree, a.Batch), a.Period), a.Name)[a.Key] = p.value()
	}
	return objectOf(tree, func(batch string, periods map[string]map[string]map[string]cty.Value) cty.Value {
		return objectOf(periods, func(period string, names map[string]map[string]cty.Value) cty.Value {
			return objectOf(names, func(name string, keys map[string]cty.Value) cty.Value {
				if single[payout.NewAddress(batch, period, name)] {
					return keys[""]
				}
				return cty.MapVal(keys)
			})
		})
	})
}

func (f *PayoutFacts) value() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"status": cty.StringVal(f.status()), "code": cty.StringVal(f.Code), "words": cty.StringVal(normal(f.Words)),
		"attempts": number(f.Attempts), "amount": moneyValue(f.Amount),
	})
}

// put is the inner map of a key, made where there is none.
func put[V any](outer map[string]map[string]V, key string) map[string]V {
	inner := outer[key]
	if inner == nil {
		inner = map[string]V{}
		outer[key] = inner
	}
	return inner
}

func objectOf[V any](all map[string]V, value func(string, V) cty.Value) cty.Value {
	out := map[string]cty.Value{}
	for key, v := range all {
		out[key] = value(key, v)
	}
	return cty.ObjectVal(out)
}
