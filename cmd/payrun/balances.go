package main

import (
	"errors"
	"fmt"
	"strings"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// codeWrongSignature is the gateway's code for a signature it cannot verify.
const codeWrongSignature = 1100

// checkBalances refuses a plan that a merchant's balance does not cover. No
// answer is a warning: the gateway itself refuses what is not covered.
func (a *application) checkBalances() error {
	for _, m := range a.made.plan.Merchants {
		need := a.made.plan.MerchantTotal(m)
		if need.Count == 0 {
			continue
		}
		have, why := a.balance(a.gates.merchants[m.Name])
		name := "merchant." + m.Name + ".balance"
		if why == wrongKey && !lifted(a.made.overrides, name) {
			return a.refuseKey(m.Name, name)
		}
		if why != "" {
			a.warn(fmt.Sprintf("the balance of merchant %s is not known: %s", m.Name, why))
			continue
		}
		a.warnOfMissing(m, have)
		if have.Minor >= need.Sum.Minor {
			continue
		}
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

// wrongKey is why a balance is not known where no call could succeed. The
// answer comes unsigned, as the gateway cannot tell who asks: it is believed
// because it only ever stops.
const wrongKey = "the gateway says that the signature is wrong (1100): the secret key is not the one of this merchant"

// refuseKey stops before the first send: with a wrong key every payout would
// be refused, one by one.
func (a *application) refuseKey(merchant, override string) error {
	for _, m := range a.cfg.Merchants {
		if m.Name == merchant {
			return fail(exitRefused, fmt.Errorf("call the gateway of merchant %s: %s", merchant, wrongKey),
				fmt.Sprintf("nothing was sent; %s must hold the shop's secret for payouts of merchant %d, and base_url must lead to its environment", keySource(m), m.ID),
				"if payouts are served all the same: -override="+override+" -reason=\"…\"")
		}
	}
	return fail(exitRefused, errors.New(wrongKey))
}

// unanswered says why a call brought nothing, and where to look.
func unanswered(err error) string {
	var call *freedompay.CallError
	if !errors.As(err, &call) {
		return hclconfig.Scrub(err.Error())
	}
	return hclconfig.Scrub(connectionWords(call))
}

func connectionWords(call *freedompay.CallError) string {
	switch {
	case call.Stage == freedompay.StageConnect:
		return fmt.Sprintf("%v; check base_url, the network and proxies between", call.Err)
	case call.HTTPStatus != 0:
		return fmt.Sprintf("%v (http status %d); check that base_url leads to the gateway, or try again later", call.Err, call.HTTPStatus)
	}
	return fmt.Sprintf("%v; check that base_url leads to the gateway, or try again later", call.Err)
}

// warnOfMissing compares the balance with the one that the state recorded: less
// may be fees or somebody else's payments, or payments that this state forgot.
func (a *application) warnOfMissing(m *planner.Merchant, have payout.Money) {
	known := a.ledger().Merchant(m.Name)
	if known == nil || known.Balance == "" {
		return
	}
	recorded, err := payout.ParseMoney(cutDecimal(known.Balance, m.Currency.Digits), m.Currency)
	if err != nil || have.Minor >= recorded.Minor {
		return
	}
	less := payout.Money{Minor: recorded.Minor - have.Minor, Currency: m.Currency}
	a.warn(fmt.Sprintf("the balance of merchant %s is %s less than this state last saw (%s, now %s): where that is neither a fee nor paid by somebody else, the state may be an old one", m.Name, less, recorded, have))
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
		return have, unanswered(err)
	case !answer.Signed && answer.ErrorCode == codeWrongSignature:
		return have, wrongKey
	case !answer.Signed:
		return have, "the answer's signature is " + answer.SignatureState.String()
	case answer.Status != "ok" && answer.Status != "success":
		return have, executor.CleanWords(fmt.Sprintf("the gateway answered %d %s", answer.ErrorCode, answer.ErrorDescription))
	case answer.Currency != "" && answer.Currency != m.Currency.Code:
		return have, executor.CleanWords("the answer is in " + answer.Currency)
	}
	return readBalance(answer, m.Currency)
}

// mostBalanceDigits are the digits before the point that a balance can have:
// with more it may be a card number, which must not be shown.
const mostBalanceDigits = 12

// readBalance reads a balance; fraction digits past the minor unit are the
// gateway's and are cut off, never rounded up.
func readBalance(answer *freedompay.Answer, c payout.Currency) (payout.Money, string) {
	have, err := payout.ParseMoney(cutDecimal(answer.Balance, c.Digits), c)
	if whole, _, _ := strings.Cut(answer.Balance, "."); err != nil || len(whole) > mostBalanceDigits {
		return payout.Money{}, "the answer's balance is no amount"
	}
	return have, ""
}

func cutDecimal(s string, digits int) string {
	for i := range s {
		if s[i] == '.' && digits == 0 {
			return s[:i]
		}
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
