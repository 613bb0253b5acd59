package view

import (
	"fmt"
	"strings"
	"time"

	"payrun/planner/payout"
)

// short is what stands beside the bar: payouts, what a person has to look at,
// money, rate and the time that is left, each in fewer words or left out where
// there is less room.
func (t *tally) short(room int) string {
	if t.lookingUp() {
		return fmt.Sprintf("looking up %d/%d", t.looked, t.lookups)
	}
	count := fmt.Sprintf("%d/%d", t.handled(), t.planned)
	look, mark := "", ""
	if n := len(t.flagged); n > 0 {
		look, mark = fmt.Sprintf("%d to look at", n), fmt.Sprintf("!%d", n)
	}
	brief, soon := t.rate("/min"), t.left("", " left", " to come")
	words := ""
	for _, parts := range [][]string{
		{count, look, after(t.money(), " paid"), t.pace()},
		{count, look, after(t.money(), " paid"), joined(brief, soon)},
		{count, look, after(t.paidWords(), " paid"), joined(brief, soon)},
		{count, mark, t.paidWords(), joined(brief, soon)},
		{count, mark, t.paidWords(), soon},
		{count, mark, soon},
		{count, mark},
	} {
		if words = strings.Join(given(parts), " · "); width(words) <= room {
			return words
		}
	}
	return words
}

// after puts a word behind words, where there are any.
func after(words, word string) string {
	if words == "" {
		return ""
	}
	return words + word
}

func given(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func joined(parts ...string) string { return strings.Join(given(parts), ", ") }

// money is what is paid of each total.
func (t *tally) money() string {
	var parts []string
	for i, sum := range t.paidSums() {
		parts = append(parts, sum.Grouped()+" of "+t.totals[i].String())
	}
	return strings.Join(parts, ", ")
}

// paidWords are the major units of what is paid.
func (t *tally) paidWords() string {
	var parts []string
	for _, sum := range t.paidSums() {
		whole, _, _ := strings.Cut(sum.Grouped(), ".")
		parts = append(parts, whole+" "+sum.Currency.Code)
	}
	return strings.Join(parts, ", ")
}

// paidSums is what is paid, in the currencies of the totals.
func (t *tally) paidSums() []payout.Money {
	paid := make(map[payout.Currency]payout.Money)
	for _, m := range t.paid.All() {
		paid[m.Currency] = m
	}
	var out []payout.Money
	for _, total := range t.totals {
		out = append(out, payout.Money{Minor: paid[total.Currency].Minor, Currency: total.Currency})
	}
	return out
}

// sending is how long payout calls have been made; 0 before the first second,
// when a rate would say nothing. Waiting for answers is no part of it.
func (t *tally) sending() time.Duration {
	if t.since.IsZero() || t.calls == 0 {
		return 0
	}
	until := t.now()
	if t.handled() >= t.planned {
		until = t.last
	}
	if elapsed := until.Sub(t.since); elapsed >= time.Second {
		return elapsed
	}
	return 0
}

// pace is the rate of payout calls and the time that the rest will take.
func (t *tally) pace() string {
	return joined(t.rate(" a minute"), t.left("about ", " left", " to come"))
}

// rate is the rate of payout calls.
func (t *tally) rate(unit string) string {
	elapsed := t.sending()
	if elapsed == 0 {
		return ""
	}
	return fmt.Sprintf("%d%s", int64(t.calls)*int64(time.Minute)/int64(elapsed), unit)
}

// left is the time that the rest of the calls will take, or how many answers
// are waited for once all calls are made.
func (t *tally) left(about, left, toCome string) string {
	if rest := t.planned - t.handled(); rest > 0 {
		elapsed := t.sending()
		if elapsed == 0 {
			return ""
		}
		return about + sayDuration(elapsed/time.Duration(t.calls)*time.Duration(rest)) + left
	}
	if open := t.counts[payout.Accepted] + t.counts[payout.Rejected]; open > 0 {
		return plural(open, "answer") + toCome
	}
	return ""
}
