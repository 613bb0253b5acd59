package view

import (
	"fmt"
	"strings"
	"time"

	"payrun/planner/payout"
)

// plural is "1 payout" or "2 payouts".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// statusWords is a status as people write it.
func statusWords(s payout.Status) string {
	if s == payout.Declared {
		return "declared"
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

// transportWords say in plain words what a call that brought no answer leaves
// behind; empty where the gateway did answer.
func transportWords(s payout.Status, source payout.Source) string {
	switch {
	case source != payout.SourceTransport:
	case s == payout.InDoubt:
		return "the answer was lost after the request had left: the gateway may have paid it; it is never sent again by itself, and payrun reconcile asks"
	case s == payout.NotSent:
		return "the gateway was not reached, and nothing left this machine; payrun apply tries again"
	}
	return ""
}

// sayDuration is "10 min 36 s": the two largest units, whole seconds.
func sayDuration(d time.Duration) string {
	seconds := int64(d.Round(time.Second) / time.Second)
	units := []struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	var parts []string
	for _, u := range units {
		n := seconds / u.size
		seconds %= u.size
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		} else if len(parts) > 0 {
			break
		}
		if len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

// sayTime is "21 Nov 18:03" in a zone that a header names; without one, UTC
// stands beside it. The year is told where it is not the reader's.
func sayTime(t time.Time, zone *time.Location, year int) string {
	suffix := ""
	if zone == nil {
		zone, suffix = time.UTC, " UTC"
	}
	t = t.In(zone)
	if t.Year() != year {
		return t.Format("2 Jan 2006 15:04") + suffix
	}
	return t.Format("2 Jan 15:04") + suffix
}

// sayMoney lists one amount a currency.
func sayMoney(sums []payout.Money) string {
	var parts []string
	for _, m := range sums {
		parts = append(parts, m.String())
	}
	return strings.Join(parts, ", ")
}

// payoutWord is an address without its batch and period: director, or
// staff["1001"].
func payoutWord(a payout.Address) string {
	return strings.TrimPrefix(a.String(), payout.NewAddress(a.Batch, a.Period, "").String())
}

// approvers are the identities of a run's approvals: the first word of each, the
// expiry and the signature follow.
func approvers(approvals []string) string {
	names := make([]string, len(approvals))
	for i, text := range approvals {
		names[i], _, _ = strings.Cut(text, " ")
	}
	return SafeText(strings.Join(names, ", "))
}
