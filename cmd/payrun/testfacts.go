package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"payrun/cmd/payrun/view"
	"payrun/freedompay/sandbox"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/statefile"
)

// facts are what a run came to: what it printed, what the state says and what
// the sandbox saw.
func (t *trial) facts(code int, printed string) (*hclconfig.RunFacts, error) {
	f := &hclconfig.RunFacts{Config: t.cfg, ExitCode: code, Output: printed, Safe: safeToRunAgain(printed)}
	if t.made != nil {
		f.ToPay = hclconfig.Sum{Count: len(t.made.plan.Sending()), Totals: t.made.plan.Totals()}
		for _, one := range t.made.findings {
			if !one.OK && one.Lifted == "" && one.Name != "" && !slices.Contains(f.Broken, one.Name) {
				f.Broken = append(f.Broken, one.Name)
			}
		}
	}
	if t.cfg == nil {
		gateway, err := t.gateway(nil)
		f.Gateway = gateway
		return f, err
	}
	state := filepath.Join(t.dir, t.cfg.StatePath)
	snap, err := (&statefile.Local{Path: state, Memory: memoryPath(state), Version: version}).Load(context.Background())
	if err != nil {
		return nil, err
	}
	plan := planner.Diff(t.cfg.Batches, snap.Ledger, planner.Options{At: time.Now(), RunFault: runFault})
	f.Payouts, f.Totals = payoutFacts(plan, snap.Ledger), batchFacts(plan, snap.Ledger)
	f.Gateway, err = t.gateway(snap.Ledger)
	return f, err
}

// safeToRunAgain reads the answer of an apply's last line; nil where it gave
// none.
func safeToRunAgain(printed string) *bool {
	at := strings.LastIndex(printed, view.SafeToRunAgain)
	if at < 0 {
		return nil
	}
	safe := strings.HasPrefix(printed[at+len(view.SafeToRunAgain):], "yes")
	return &safe
}

// payoutFacts are all payouts of the files and of the state.
func payoutFacts(plan *planner.Plan, ledger *payout.Ledger) []hclconfig.PayoutFacts {
	var out []hclconfig.PayoutFacts
	seen := make(map[payout.Address]bool)
	for i := range plan.Changes {
		c := &plan.Changes[i]
		seen[c.Address] = true
		one := recordFacts(c.Record)
		one.Address, one.Declared, one.Amount = c.Address, c.Declared != nil, c.Amount()
		out = append(out, one)
	}
	for _, r := range ledger.All() {
		if !seen[r.Address] {
			one := recordFacts(r)
			one.Address, one.Amount = r.Address, r.Amount
			out = append(out, one)
		}
	}
	return out
}

func recordFacts(r *payout.Record) hclconfig.PayoutFacts {
	f := hclconfig.PayoutFacts{Status: r.Status()}
	if r == nil || len(r.Attempts) == 0 {
		return f
	}
	f.Attempts = len(r.Attempts)
	last := r.Speaking().Last()
	f.Code, f.Words = last.Code, last.Words
	return f
}

// gateway reads what the sandbox of the test saw so far. The state names the
// currency of a payment: a token payout does not.
func (t *trial) gateway(ledger *payout.Ledger) (hclconfig.GatewayFacts, error) {
	var f hclconfig.GatewayFacts
	path := filepath.Join(t.dir, ".payrun", "sandbox", "ledger.jsonl")
	lines, err := sandbox.ReadLedger(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	for _, l := range lines {
		switch l.Call {
		case sandbox.CallPayout:
			f.PayoutCalls++
		case sandbox.CallStatus:
			f.StatusCalls++
		case sandbox.CallBalance:
			f.BalanceCalls++
		}
	}
	gateway, err := sandbox.New(sandbox.Config{Ledger: path})
	if err != nil {
		return f, err
	}
	if err := gateway.Verify(); err != nil {
		f.Broken = err.Error()
	}
	f.Paid, err = paidAt(gateway, ledger)
	return f, errors.Join(err, gateway.Close())
}

func paidAt(gateway *sandbox.Gateway, ledger *payout.Ledger) (hclconfig.Sum, error) {
	currencies := make(map[string]string)
	if ledger != nil {
		for _, r := range ledger.All() {
			for i := range r.Attempts {
				currencies[r.Attempts[i].OrderID] = r.Amount.Currency.Code
			}
		}
	}
	sum := hclconfig.Sum{}
	var totals payout.Sums
	for _, p := range gateway.Payments() {
		if !p.Paid {
			continue
		}
		code := currencies[p.OrderID]
		if code == "" {
			code = p.Currency
		}
		amount, err := payout.ParseMoney(p.Amount, payout.MustCurrency(code))
		if err == nil {
			err = totals.Add(amount)
		}
		if err != nil {
			return sum, err
		}
		sum.Count++
	}
	sum.Totals = totals.All()
	return sum, nil
}
