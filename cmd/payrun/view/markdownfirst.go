package view

import (
	"payrun/planner"
	"payrun/planner/payout"
)

// first is what a person has to look at before anything else: warnings, broken
// rules, and payouts that files and records contradict each other about.
func (m *markdown) first() {
	var warnings []string
	for _, n := range m.notes() {
		if n.symbol == "!" {
			warnings = append(warnings, "! "+markdownCell(n.text))
		}
	}
	lines, told := m.brokenRules()
	for _, action := range []planner.Action{planner.ActionConflict, planner.ActionAttention} {
		lines = append(lines, m.flaggedLines(action, told)...)
	}
	if len(warnings)+len(lines) == 0 {
		return
	}
	m.line("**To look at first**\n")
	m.share(shareNotes)
	m.list(warnings)
	m.share(shareFirst)
	m.list(lines)
	m.line("")
}

// brokenRules are what does not hold, and the payouts that a rule names alone.
func (m *markdown) brokenRules() ([]string, map[payout.Address]bool) {
	var lines []string
	told := make(map[payout.Address]bool)
	for i := range m.Findings {
		f := &m.Findings[i]
		if f.OK {
			continue
		}
		if len(f.Addresses) == 1 {
			told[f.Addresses[0]] = true
		}
		line := verdict(f) + " " + markdownCell(f.Text)
		if f.Lifted != "" {
			line += "<br>lifted: " + markdownCell(f.Lifted)
		} else if f.Cure != "" {
			line += "<br>" + markdownCell(f.Cure)
		}
		lines = append(lines, line)
	}
	return lines, told
}

// flaggedLines are the payouts of an action, but those that a rule named alone.
// What list only counts is not drawn.
func (m *markdown) flaggedLines(action planner.Action, told map[payout.Address]bool) []string {
	var lines []string
	for i := range m.Plan.Plan.Changes {
		c := &m.Plan.Plan.Changes[i]
		if c.Action != action || c.Excluded || told[c.Address] && action == planner.ActionConflict {
			continue
		}
		line := ""
		if len(lines) < maxMarkdownLines {
			line = action.Symbol() + " " + markdownCell(m.name(c)) + " " + c.Amount().String() + " " + markdownCell(m.why(c))
		}
		lines = append(lines, line)
	}
	return lines
}
