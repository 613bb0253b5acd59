package main

import (
	"fmt"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// checkBalances refuses a plan that a merchant's balance does not cover. No
// answer is a warning: the gateway itself refuses what is not covered.
func (a *application) checkBalances() error {
	for _, m := range a.made.plan.Merchants {
		need := a.made.plan.MerchantTotal(m)
		if need.Count == 0 {
			continue
		}
		have, why := a.balance(a.gates.merchants[m.Name])
		if why != "" {
			a.warn(fmt.Sprintf("the balance of merchant %s is not known: %s", m.Name, why))
			continue
		}
		if have.Minor >= need.Sum.Minor {
			continue
		}
		name := "merchant." + m.Name + ".balance"
		text := fmt.Sprintf("the balance of merchant %s is %s, the plan needs %s and the gateway's fees, which are not known beforehand", m.Name, have, need.Sum)
		if lifted(a.made.overrides, name) {
			a.warn(text + " (lifted)")
			continue
		}
		return fail(exitRefused, fmt.Errorf("apply the plan: %s", text),
			"nothing was sent; top the balance up, pay less with -target, or lift it with: -override="+name+" -reason=\"…\"")
	}
	return nil
}

func lifted(overrides []policy.Override, name string) bool {
	for _, o := range overrides {
		if o.Name == name {
			return true
		}
	}
	return false
}

// balance asks for a merchant's balance; why says what kept it from being
// known.
func (a *application) balance(m *executor.Merchant) (have payout.Money, why string) {
	answer, err := m.Gateway.Balance(a.admit, m.Currency.Code)
	switch {
	case err != nil:
		return have, err.Error()
	case !answer.Signed:
		return have, "the answer's signature is " + answer.SignatureState.String()
	case answer.Status != "ok" && answer.Status != "success":
		return have, fmt.Sprintf("the gateway answered %d %s", answer.ErrorCode, answer.ErrorDescription)
	case answer.Currency != "" && answer.Currency != m.Currency.Code:
		return have, "the answer is in " + answer.Currency
	}
	return readBalance(answer, m.Currency)
}

// readBalance reads a balance; fraction digits past the minor unit are the
// gateway's and are cut off, never rounded up.
func readBalance(answer *freedompay.Answer, c payout.Currency) (payout.Money, string) {
	have, err := payout.ParseMoney(cutDecimal(answer.Balance, c.Digits), c)
	if err != nil {
		return have, "the answer's balance is no amount"
	}
	return have, ""
}

func cutDecimal(s string, digits int) string {
	for i := range s {
		if s[i] == '.' {
			return s[:min(len(s), i+1+digits)]
		}
	}
	return s
}

func (a *application) warn(text string) {
	if !a.json {
		fmt.Fprintf(a.stderr, "Warning: %s\n", text)
	}
}
