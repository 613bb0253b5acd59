package view

import (
	"bufio"
	"fmt"
	"io"

	"payrun/planner"
	"payrun/planner/payout"
)

// MerchantBalance is what a merchant has beside what it is to pay.
type MerchantBalance struct {
	Merchant    string
	ID          int64
	Environment string
	Balance     payout.Money   // as the gateway told it now
	Why         string         // why Balance is not known; empty = it is
	ToPay       planner.Tally  // by the plan of this moment
	Open        int            // payouts that were sent and are not final
	OpenSums    []payout.Money // of those, one sum a currency
}

// short is what the balance lacks, 0 where it is enough or not known.
func (b *MerchantBalance) short() payout.Money {
	missing := payout.Money{Currency: b.ToPay.Sum.Currency}
	if b.Why == "" && b.ToPay.Sum.Minor > b.Balance.Minor {
		missing.Minor = b.ToPay.Sum.Minor - b.Balance.Minor
	}
	return missing
}

// Balances draws one line a merchant, and below what a person has to know.
func Balances(w io.Writer, lines []MerchantBalance) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	g := grid{right: []bool{false, false, true, true, true, true, true}}
	g.add("merchant", "environment", "balance", "to pay", "", "open", "")
	for i := range lines {
		l := &lines[i]
		balance := l.Balance.String()
		if l.Why != "" {
			balance = "not known"
		}
		g.add(SafeText(fmt.Sprintf("%s (%d)", l.Merchant, l.ID)), SafeText(l.Environment), balance,
			fmt.Sprint(l.ToPay.Count), moneyOrNothing(l.ToPay.Count, sayMoney([]payout.Money{l.ToPay.Sum})),
			fmt.Sprint(l.Open), moneyOrNothing(l.Open, sayMoney(l.OpenSums)))
	}
	g.write(b)
	for i := range lines {
		lines[i].notes(b)
	}
}

func moneyOrNothing(count int, money string) string {
	if count == 0 {
		return ""
	}
	return money
}

func (b *MerchantBalance) notes(w *bufio.Writer) {
	name := SafeText(b.Merchant)
	if b.Why != "" {
		fmt.Fprintf(w, "! the balance of %s is not known: %s\n", name, SafeText(b.Why))
	}
	if missing := b.short(); missing.Minor > 0 {
		fmt.Fprintf(w, "! %s lacks %s, and the gateway's fees; apply would refuse: top the balance up, or pay less with -target\n", name, missing)
	}
	if b.Open > 0 {
		fmt.Fprintf(w, "? what is open at %s may be taken off its balance already: payrun reconcile\n", name)
	}
}

// BalancesJSON is {format_version, merchants: [{merchant, merchant_id,
// environment, currency, balance, reason, to_pay, open, enough}]}. Money is a
// string; balance and enough are null where the balance is not known.
func BalancesJSON(lines []MerchantBalance) any {
	merchants := make([]object, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		var balance, enough any
		if l.Why == "" {
			balance, enough = l.Balance.Decimal(), l.short().Minor == 0
		}
		open := make([]object, 0, len(l.OpenSums))
		for _, m := range l.OpenSums {
			open = append(open, object{{"currency", m.Currency.Code}, {"amount", m.Decimal()}})
		}
		merchants = append(merchants, object{
			{"merchant", SafeText(l.Merchant)}, {"merchant_id", l.ID}, {"environment", SafeText(l.Environment)}, {"currency", l.ToPay.Sum.Currency.Code},
			{"balance", balance}, {"reason", SafeText(l.Why)},
			{"to_pay", object{{"count", l.ToPay.Count}, {"amount", l.ToPay.Sum.Decimal()}}},
			{"open", object{{"count", l.Open}, {"amounts", open}}}, {"enough", enough},
		})
	}
	return object{{"format_version", BalanceFormatVersion}, {"merchants", merchants}}
}

// BalanceFormatVersion is the version of the document of BalancesJSON.
const BalanceFormatVersion = "1.0"
