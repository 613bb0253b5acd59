package view

import (
	"fmt"
	"slices"
	"strings"

	"payrun/planner"
	"payrun/planner/payout"
)

// changedSince tells an approver what is not as it was the last time: other
// cards first, then payouts that there were not, other amounts, the largest
// rise first, and what is paid no more.
func (m *markdown) changedSince() {
	if len(m.Since) == 0 {
		return
	}
	m.share(shareSince)
	end := m.bound
	fresh := make(map[payout.Address]bool)
	for _, c := range m.NewRecipients {
		fresh[c.Address] = true
	}
	for i := range m.Since {
		// Each batch leaves as much to those after it as it takes.
		m.bound = m.b.Len() + (end-m.b.Len())/(len(m.Since)-i)
		if !m.sinceBatch(&m.Since[i], fresh) {
			m.line("… and %s\n", plural(len(m.Since)-i, "more batch")+"es")
			return
		}
	}
}

func (m *markdown) sinceBatch(s *planner.Since, fresh map[payout.Address]bool) bool {
	if !m.add("%s\n", sinceWords(s)) {
		return false
	}
	if s.Period == "" || s.Empty() {
		return true
	}
	rows, total := m.sinceRows(s, fresh), len(s.Moved)+len(s.Added)+len(s.Amounts)+len(s.Gone)
	if !m.add("| | payout | before | now |\n|---|---|--:|--:|") {
		return true
	}
	written := 0
	for written < len(rows) && m.add("%s", rows[written]) {
		written++
	}
	m.line("")
	if written < total {
		m.line("%d of %s shown\n", written, plural(total, "change"))
	}
	return true
}

// sinceWords is "**Since salaries 2026-10** (314 payouts, 38 000 000.00 KZT): 2
// to another card, 1 new, 3 with another amount, 4 gone, 305 as before".
func sinceWords(s *planner.Since) string {
	title := markdownCell(s.Batch.Name + " " + s.Batch.Period)
	if s.Period == "" {
		return "**Changed:** of " + title + " nothing was paid before, all of it is new"
	}
	than := markdownCell(s.Period)
	if s.Own() {
		than = "its last run"
	}
	var parts []string
	for _, part := range []struct {
		n     int
		words string
	}{
		{len(s.Moved), "to another card"}, {len(s.Added), "new"}, {len(s.Amounts), "with another amount"},
		{len(s.Gone), "paid no more"}, {s.Same, "as before"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.words))
		}
	}
	return fmt.Sprintf("**Changed** in %s since %s (%s, %s): %s", title, than, plural(s.Count, "payout"), sayMoney(s.Sums), strings.Join(parts, ", "))
}

// maxSinceRows bounds the rows of one batch.
const maxSinceRows = 200

// sinceRows are the first rows of the table.
func (m *markdown) sinceRows(s *planner.Since, fresh map[payout.Address]bool) []string {
	var rows []string
	row := func(symbol, name, before, now string) bool {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", symbol, markdownCell(name), before, now))
		return len(rows) < maxSinceRows
	}
	for _, e := range s.Moved {
		was := e.Was.Amount.String() + " " + markdownCell(e.Was.Destination)
		now := m.nowWords(e.Change, fresh) + rise(e.Was.Amount, e.Change.Amount())
		if e.Was.Destination == destination(e.Change) {
			now += " (another card, though the mask is the same)"
		}
		if !row("→", m.payoutName(e.Change), was, now) {
			return rows
		}
	}
	for _, c := range s.Added {
		if !row("+", m.payoutName(c), "", m.nowWords(c, fresh)) {
			return rows
		}
	}
	for _, e := range byRise(s.Amounts) {
		now := e.Change.Amount()
		if !row("±", m.payoutName(e.Change), e.Was.Amount.String(), now.String()+rise(e.Was.Amount, now)) {
			return rows
		}
	}
	for _, r := range s.Gone {
		if !row("-", payoutWord(r.Address), r.Amount.String()+" "+statusWords(r.Status()), "") {
			return rows
		}
	}
	return rows
}

func (m *markdown) payoutName(c *planner.Change) string {
	return payoutWord(c.Address) + m.label(c.Declared)
}

// nowWords is the amount and the card, and whether nobody was paid to it yet.
func (m *markdown) nowWords(c *planner.Change, fresh map[payout.Address]bool) string {
	words := c.Amount().String() + " " + markdownCell(destination(c))
	if fresh[c.Address] {
		words += " new recipient"
	}
	return words
}

// rise is " (+14.5 %)", or nothing where the amount is the same or a percentage
// says nothing.
func rise(was, now payout.Money) string {
	words := percent(was, now)
	if was == now || words == "" {
		return ""
	}
	return " (" + words + ")"
}

// byRise orders edits by how much more is paid, the largest rise first. Amounts
// of another currency than before come before all.
func byRise(edits []planner.Edit) []planner.Edit {
	sorted := slices.Clone(edits)
	more := func(e planner.Edit) (other int, minor int64) {
		was, now := e.Was.Amount, e.Change.Amount()
		if was.Currency != now.Currency {
			return 1, now.Minor
		}
		return 0, now.Minor - was.Minor
	}
	slices.SortStableFunc(sorted, func(a, b planner.Edit) int {
		x, dx := more(a)
		y, dy := more(b)
		switch {
		case x != y:
			return y - x
		case dx != dy && dx > dy:
			return -1
		case dx != dy:
			return 1
		}
		return 0
	})
	return sorted
}
