package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
)

func balanceCommand() command {
	return command{
		name: "balance", summary: "asks for each merchant's balance and shows it beside what is still to be paid",
		about: "Asks the gateway for the payout balance of every merchant of the files, and compares it\n" +
			"with what the plan of this moment would pay. What is open was sent already, and the\n" +
			"gateway may or may not have taken it off the balance yet. The gateway's fees are not\n" +
			"known beforehand. Nothing is paid and nothing is recorded; the exit code is 1 when a\n" +
			"balance could not be learnt.",
		flags: configFlags(),
		run:   (*program).askBalances,
	}
}

func (p *program) askBalances(c *cli.Command) (err error) {
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	plan, snap, err := p.present(cfg)
	if err != nil {
		return err
	}
	gates, err := p.connect(cfg, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gates.close()) }()
	asking := &application{program: p, cfg: cfg, gates: gates}
	var lines []view.MerchantBalance
	unknown := 0
	for _, m := range cfg.Merchants {
		line, err := asking.merchantBalance(m, plan, snap.Ledger)
		if err != nil {
			return fail(exitError, err)
		}
		if line.Why != "" {
			unknown++
		}
		lines = append(lines, line)
	}
	return p.showBalances(lines, unknown)
}

func (a *application) merchantBalance(m *hclconfig.Merchant, plan *planner.Plan, ledger *payout.Ledger) (view.MerchantBalance, error) {
	line := view.MerchantBalance{Merchant: m.Name, ID: m.ID, Environment: string(m.Environment), ToPay: plan.MerchantTotal(&m.Merchant)}
	var open payout.Sums
	for _, r := range ledger.All() {
		if r.Merchant != m.Name || !r.Status().Open() {
			continue
		}
		if err := open.Add(r.Amount); err != nil {
			return line, fmt.Errorf("sum what is open: %w", err)
		}
		line.Open++
	}
	line.OpenSums = open.All()
	line.ToPay.Sum.Currency = m.Currency
	line.Balance, line.Why = a.balance(a.gates.merchants[m.Name])
	return line, nil
}

func (p *program) showBalances(lines []view.MerchantBalance, unknown int) error {
	if p.json {
		if err := view.WriteJSON(p.stdout, view.BalancesJSON(lines)); err != nil {
			return err
		}
	} else {
		view.Balances(p.stdout, lines)
	}
	if unknown > 0 {
		return exit(exitError)
	}
	return nil
}
