package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"payrun/planner"
)

// Bounds of a markdown plan: what GitHub and GitLab take as one comment, counted
// in bytes to be safe, and what every text and every list may take of it.
const (
	maxMarkdown      = 65000
	markdownTail     = 2000 // kept for what closes an open table
	maxMarkdownCell  = 300  // characters
	maxMarkdownLines = 50   // batches, findings, notes
)

// Shares of a comment: what is told first leaves room for what comes after.
const (
	shareBatches = 10000
	shareNotes   = 5000
	shareFirst   = 16000
	shareSince   = 16000
	shareFacts   = 5000
	shareRest    = 8000 // of what is not paid, at least
)

// PlanMarkdown writes a plan as one comment of a pull request: totals and digest
// on top, then what a person has to look at and what changed since the last
// run, the payouts folded away, under 65 000 bytes whatever the size. No text of
// a file can break out of its cell, notify anybody or become a link. The error
// is that of the writer.
func PlanMarkdown(w io.Writer, p *Plan) error {
	m := &markdown{Plan: p}
	m.line("**%s**\n", m.planLine())
	if m.Digest != "" {
		m.line("Digest: `%s`\n", digestOnly(m.Digest))
	}
	m.share(shareBatches)
	m.batchTable()
	m.first()
	m.changedSince()
	m.share(shareFacts)
	m.facts()
	m.bound = maxMarkdown - markdownTail - shareRest
	m.folded("Payouts to make", func(c *planner.Change) bool { return c.Sends() })
	m.bound = 0
	m.folded("Not paid by this plan", func(c *planner.Change) bool { return !c.Sends() && c.Action != planner.ActionNone })
	_, err := io.WriteString(w, m.b.String())
	return err
}

// markdown builds one comment within its bound.
type markdown struct {
	*Plan
	b     strings.Builder
	bound int // bytes up to which add writes; 0 = all of the comment
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// share lets the lines that follow take so many bytes.
func (m *markdown) share(bytes int) { m.bound = m.b.Len() + bytes }

// add writes a line where it still fits.
func (m *markdown) add(format string, args ...any) bool {
	line := fmt.Sprintf(format, args...)
	if bound := maxMarkdown - markdownTail; m.b.Len()+len(line) >= min(cmp.Or(m.bound, bound), bound) {
		return false
	}
	m.line("%s", line)
	return true
}

// facts are where the plan comes from, and notes that warn of nothing.
func (m *markdown) facts() {
	var lines []string
	for _, merchant := range m.Plan.Plan.Merchants {
		lines = append(lines, fmt.Sprintf("merchant %s (%d) · %s · times %s", markdownCell(merchant.Name), merchant.ID, merchant.Environment, m.offset(merchant)))
	}
	if m.StatePath != "" {
		state := "new"
		if m.StateExists {
			state = fmt.Sprintf("serial %d", m.Serial)
		}
		lines = append(lines, fmt.Sprintf("state %s · %s", markdownCell(m.StatePath), state))
	}
	for _, n := range m.notes() {
		if n.symbol != "!" {
			lines = append(lines, strings.Replace(n.symbol, "*", "&#42;", 1)+" "+markdownCell(n.text))
		}
	}
	for _, words := range m.RateWords() {
		lines = append(lines, markdownCell(words))
	}
	if n := m.holding(); n > 0 {
		lines = append(lines, "✓ "+plural(n, "rule")+" held")
	}
	m.bullets(lines)
}

func (m *markdown) holding() int {
	n := 0
	for i := range m.Findings {
		if m.Findings[i].OK {
			n++
		}
	}
	return n
}

// bullets writes a list and ends it.
func (m *markdown) bullets(lines []string) {
	m.list(lines)
	m.line("")
}

// list writes lines, as many of them as are short, and counts the rest.
func (m *markdown) list(lines []string) {
	written := 0
	for _, line := range lines[:min(maxMarkdownLines, len(lines))] {
		if !m.add("- %s", line) {
			break
		}
		written++
	}
	if more := len(lines) - written; more > 0 {
		m.line("- … and %d more", more)
	}
}

// digestOnly keeps of a digest what a digest can hold.
func digestOnly(d string) string {
	return "sha256:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'f' {
			return r
		}
		return -1
	}, strings.TrimPrefix(d, "sha256:"))
}

func (m *markdown) batchTable() {
	batches := m.Plan.Plan.Batches
	if len(batches) == 0 {
		return
	}
	m.line("| batch | to pay | amount | paid before | open | largest |")
	m.line("|---|--:|--:|--:|--:|--:|")
	written := 0
	for i := range batches[:min(maxMarkdownLines, len(batches))] {
		if !m.add("%s", m.batchRow(&batches[i])) {
			break
		}
		written++
	}
	m.line("")
	if more := len(batches) - written; more > 0 {
		m.line("… and %s\n", plural(more, "more batch line"))
	}
}

func (m *markdown) batchRow(s *planner.Summary) string {
	largest := ""
	if s.Largest != nil {
		largest = s.Largest.Amount.Grouped() + " " + markdownCell(payoutWord(s.Largest.Address)+m.label(s.Largest))
	}
	return fmt.Sprintf("| %s | %d | %s | %d | %d | %s |", markdownCell(s.Batch.Name+" "+s.Batch.Period), s.ToPay.Count, s.ToPay.Sum, s.PaidBefore, s.Open, largest)
}

// folded is a table of the wanted changes that opens on a click, as long as it
// fits.
func (m *markdown) folded(title string, wanted func(*planner.Change) bool) {
	var changes []*planner.Change
	for i := range m.Plan.Plan.Changes {
		if c := &m.Plan.Plan.Changes[i]; wanted(c) {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return
	}
	m.line("<details><summary>%s (%d)</summary>\n", title, len(changes))
	m.line("| | address | amount | destination | |")
	m.line("|---|---|--:|---|---|")
	written := 0
	for _, c := range changes {
		if !m.add("%s", m.row(c)) {
			break
		}
		written++
	}
	if written < len(changes) {
		m.line("\n%d of %d shown; the whole list: `payrun plan -format=csv`, or `-json`", written, len(changes))
	}
	m.line("\n</details>\n")
}

func (m *markdown) row(c *planner.Change) string {
	reason := m.why(c)
	if c.Sends() && slices.Contains(m.NewRecipients, c) {
		reason = strings.TrimSuffix("new recipient; "+reason, "; ")
	}
	if c.Excluded {
		reason = strings.TrimSuffix("excluded; "+reason, "; ")
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |", c.Action.Symbol(), markdownCell(m.name(c)), c.Amount(), markdownCell(destination(c)), markdownCell(reason))
}

// markdownCell makes a text one inert piece of inline code in markdown: every
// character that markdown or HTML could read is written as a character
// reference, and inside <code> no reference to a person or an issue is looked
// for.
func markdownCell(s string) string {
	s = cut(SafeText(s), maxMarkdownCell)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("<code>")
	previous := rune(0)
	for _, r := range s {
		if inert(r) || r == '.' && previous != 'w' && previous != 'W' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
		previous = r
	}
	b.WriteString("</code>")
	return b.String()
}

// inert are the characters that mean nothing to markdown in the middle of a
// line. A point after a w could begin a link, see markdownCell.
func inert(r rune) bool {
	return r > 0x7e || r == ' ' || r == '-' || r == ',' || r == '(' || r == ')' || r == '"' ||
		r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
