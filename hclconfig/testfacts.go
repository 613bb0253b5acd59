package hclconfig

import (
	"github.com/zclconf/go-cty/cty"

	"payrun/planner/payout"
)

// RunFacts are what a run of a test came to.
type RunFacts struct {
	Config   *Config // as the run loaded it; nil = it did not load
	ExitCode int
	Output   string // everything that was printed
	Safe     *bool  // of "Safe to run again"; nil = it was not said
	ToPay    Sum    // what the plan wanted to send
	Broken   []string
	Payouts  []PayoutFacts // declared ones and recorded ones
	Totals   Facts
	Calls    int // payout calls that the gateway received in this run
	Gateway  GatewayFacts
}

// Sum is a number of payouts and their totals by currency.
type Sum struct {
	Count  int
	Totals []payout.Money
}

// GatewayFacts are what the gateway of a test file saw, in all runs so far.
type GatewayFacts struct {
	PayoutCalls, StatusCalls, BalanceCalls int
	Paid                                   Sum
	Broken                                 string // what must never happen; "" = nothing did
}

// PayoutFacts are one payout after a run.
type PayoutFacts struct {
	Address  payout.Address
	Declared bool // in a batch of the files
	Status   payout.Status
	Code     string // the gateway's newest; may be empty
	Words    string // the gateway's newest; may be empty
	Attempts int
	Amount   payout.Money
}

// declaredWord is the status of what was never sent, as explain calls it.
const declaredWord = "declared"

func (f *PayoutFacts) status() string {
	if f.Status == payout.Declared {
		return declaredWord
	}
	return string(f.Status)
}

// testRoots are the names that an assertion has beside var, local and
// functions.
var testRoots = []string{"run", "batch", "payout", "status", "ledger"}

// runAttributes and ledgerAttributes are the names that every run has.
var (
	runAttributes    = map[string]bool{"exit_code": true, "output": true, "safe_to_run_again": true, "payout_calls": true, "to_pay": true, "broken": true}
	ledgerAttributes = map[string]bool{"payout_calls": true, "status_calls": true, "balance_calls": true, "paid_count": true, "paid_total": true, "paid_totals": true}
)

// testScope is the scope of an assertion before anything was run: the names
// are known and no value is.
func testScope(base *scope) *scope {
	values := map[string]cty.Value{"var": cty.DynamicVal, "local": cty.DynamicVal}
	for _, root := range testRoots {
		values[root] = cty.DynamicVal
	}
	s := base.child(values)
	s.names["run"], s.names["ledger"] = sortedKeys(runAttributes), sortedKeys(ledgerAttributes)
	return s
}

// within is the scope of an assertion after the run.
func (f *RunFacts) within(t *Tests) *scope {
	s := t.scope
	if f.Config != nil {
		s = f.Config.base.withFunctions(t.scope.ctx.Parent().Functions)
	}
	s = s.child(map[string]cty.Value{
		"run": f.runValue(), "batch": f.batchesValue(), "payout": f.payoutsValue(), "status": f.statusValue(), "ledger": f.ledgerValue(),
	})
	s.names["run"], s.names["ledger"] = sortedKeys(runAttributes), sortedKeys(ledgerAttributes)
	return s
}

func (f *RunFacts) runValue() cty.Value {
	safe := cty.NullVal(cty.Bool)
	if f.Safe != nil {
		safe = cty.BoolVal(*f.Safe)
	}
	broken := cty.ListValEmpty(cty.String)
	if len(f.Broken) > 0 {
		broken = cty.ListVal(stringValues(f.Broken))
	}
	return cty.ObjectVal(map[string]cty.Value{
		"exit_code": number(f.ExitCode), "output": cty.StringVal(normal(f.Output)), "safe_to_run_again": safe,
		"payout_calls": number(f.Calls), "broken": broken,
		"to_pay": cty.ObjectVal(map[string]cty.Value{"count": number(f.ToPay.Count), "total": f.ToPay.total(), "totals": f.ToPay.totals()}),
	})
}

func (f *RunFacts) ledgerValue() cty.Value {
	g := &f.Gateway
	return cty.ObjectVal(map[string]cty.Value{
		"payout_calls": number(g.PayoutCalls), "status_calls": number(g.StatusCalls), "balance_calls": number(g.BalanceCalls),
		"paid_count": number(g.Paid.Count), "paid_total": g.Paid.total(), "paid_totals": g.Paid.totals(),
	})
}

// total is the sum where there is one currency; sums of several are not added.
func (s Sum) total() cty.Value {
	switch len(s.Totals) {
	case 0:
		return cty.NumberIntVal(0)
	case 1:
		return moneyValue(s.Totals[0])
	}
	return cty.UnknownVal(cty.Number)
}

func (s Sum) totals() cty.Value {
	all := map[string]cty.Value{}
	for _, m := range s.Totals {
		all[m.Currency.Code] = moneyValue(m)
	}
	return mapOf(all, cty.Number)
}

func number(n int) cty.Value { return cty.NumberIntVal(int64(n)) }

func stringValues(texts []string) []cty.Value {
	out := make([]cty.Value, len(texts))
	for i, text := range texts {
		out[i] = cty.StringVal(text)
	}
	return out
}

func mapOf(all map[string]cty.Value, element cty.Type) cty.Value {
	if len(all) == 0 {
		return cty.MapValEmpty(element)
	}
	return cty.MapVal(all)
}
