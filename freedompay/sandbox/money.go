package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// wholeDigitsMax bounds an amount to what sums of a long ledger cannot
// overflow: 10^12 units, a thousand times the gateway's largest payout.
const wholeDigitsMax = 12

// parseMinor reads "123", "123.4" or "123.45" as minor units (hundredths).
// The sandbox keeps its own reader: an oracle that shared the sender's would
// share its mistakes.
func parseMinor(s string) (int64, error) {
	whole, fraction, pointed := strings.Cut(s, ".")
	if whole == "" || len(whole) > wholeDigitsMax || pointed && fraction == "" || len(fraction) > 2 {
		return 0, fmt.Errorf("read amount: want digits with at most two after the point")
	}
	digits := whole + fraction + "00"[len(fraction):]
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, fmt.Errorf("read amount: want digits with at most two after the point")
		}
	}
	return strconv.ParseInt(digits, 10, 64)
}

// formatMinor writes minor units with both fraction digits: 10000 is "100.00".
func formatMinor(minor int64) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return fmt.Sprintf("%s%d.%02d", sign, minor/100, minor%100)
}
