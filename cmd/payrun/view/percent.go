package view

import (
	"fmt"
	exact "math/big"

	"payrun/planner/payout"
)

// percent is how much more the second amount is, in tenths of a percent rounded
// half away from zero: "+14.5 %". Nothing where the first is zero or of another
// currency.
func percent(was, now payout.Money) string {
	if was.Currency != now.Currency || was.Minor <= 0 {
		return ""
	}
	sign, more := "+", new(exact.Int).Sub(exact.NewInt(now.Minor), exact.NewInt(was.Minor))
	if more.Sign() < 0 {
		sign = "−"
		more.Neg(more)
	}
	base := exact.NewInt(was.Minor)
	tenths := more.Mul(more, exact.NewInt(2000)).Add(more, base)
	tenths.Quo(tenths, base.Lsh(base, 1))
	whole, tenth := new(exact.Int).QuoRem(tenths, exact.NewInt(10), new(exact.Int))
	return fmt.Sprintf("%s%s.%s %%", sign, whole, tenth)
}
