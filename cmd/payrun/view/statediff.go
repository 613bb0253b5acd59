package view

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"payrun/planner/payout"
	"payrun/statefile"
)

// StateDiff is what an auditor sees of two states.
type StateDiff struct {
	Old, New   StateMeta
	Comparison *statefile.Comparison
	Runs       []payout.Run // of the newer state that the older one does not have, or has open
	Open       []StatusSum  // of the newer state: what is not settled
	NewTo      int          // recipients paid for the first time
	Zones      Zones
	Merchants  []payout.Merchant // of the newer state
}

// StatusSum is a number of payouts and their sum.
type StatusSum struct {
	Batch, Period string // empty = of all
	Status        payout.Status
	Count         int
	Sum           payout.Money
}

// happened is a change in one word: its new status, or what else it was.
func happened(c *statefile.Change) string {
	switch {
	case c.Forgotten != nil:
		return "forgotten"
	case c.From != c.To:
		return statusWords(c.To)
	case c.Was != (payout.Address{}):
		return "renamed"
	}
	return "still " + statusWords(c.To)
}

// diffLine sums the changes of one batch that came to the same.
type diffLine struct {
	batch, period, what string
	count               int
	sum                 payout.Money
}

// lines sum the changes by batch, period, what happened, and currency.
func (d *StateDiff) lines() []*diffLine {
	type key struct {
		batch, period, what string
		currency            payout.Currency
	}
	index := make(map[key]*diffLine)
	var out []*diffLine
	for i := range d.Comparison.Changes {
		c := &d.Comparison.Changes[i]
		stake := c.Record.Stake()
		k := key{c.Address.Batch, c.Address.Period, happened(c), stake.Currency}
		line := index[k]
		if line == nil {
			line = &diffLine{batch: k.batch, period: k.period, what: k.what, sum: payout.Money{Currency: stake.Currency}}
			index[k] = line
			out = append(out, line)
		}
		line.count++
		line.sum.Minor += stake.Minor
	}
	slices.SortStableFunc(out, func(a, b *diffLine) int {
		return cmp.Or(cmp.Compare(a.batch, b.batch), cmp.Compare(a.period, b.period), cmp.Compare(a.what, b.what))
	})
	return out
}

// why is what the newest event of a change says.
func why(c *statefile.Change) string {
	if c.Forgotten != nil {
		return "by " + c.Forgotten.By + "; reason: " + c.Forgotten.Reason
	}
	var words []string
	if len(c.News) > 0 {
		words = append(words, eventWords(&c.News[len(c.News)-1].Event))
	}
	if c.Was != (payout.Address{}) {
		words = append(words, "was "+c.Was.String())
	}
	for _, f := range c.Raised {
		words = append(words, "flag "+strings.ReplaceAll(string(f), "_", " "))
	}
	return strings.Join(words, "; ")
}

// title names both states.
func (d *StateDiff) title() string {
	serial := func(m StateMeta) string {
		if !m.Exists {
			return "no state"
		}
		return fmt.Sprintf("serial %d", m.Serial)
	}
	return fmt.Sprintf("%s (%s) → %s (%s)", SafeText(d.Old.Path), serial(d.Old), SafeText(d.New.Path), serial(d.New))
}

// runWords is one run in parts: who and when, its plan, its approvals, what was
// lifted.
func runWords(r *payout.Run) []string {
	ended := "still open"
	if !r.Open {
		ended = "closed " + r.ClosedAt.UTC().Format(time.RFC3339)
	}
	words := []string{fmt.Sprintf("run %s by %s, %s", SafeText(r.ID), SafeText(r.Who), ended), "plan " + SafeText(r.Plan)}
	if r.Commit != "" {
		words = append(words, "commit "+SafeText(r.Commit))
	}
	if len(r.Approvals) > 0 {
		words = append(words, "approved by "+approvers(r.Approvals))
	}
	for _, o := range r.Overrides {
		words = append(words, "lifted "+SafeText(o.Name)+": "+SafeText(o.Reason))
	}
	return words
}

// closing says what is open, and what to do next.
func (d *StateDiff) closing() []string {
	var out []string
	if d.NewTo > 0 {
		out = append(out, plural(d.NewTo, "recipient")+" paid for the first time")
	}
	if len(d.Open) == 0 {
		return append(out, "nothing is open")
	}
	for _, o := range d.Open {
		out = append(out, fmt.Sprintf("%s %s, %s: %s", plural(o.Count, "payout"), statusWords(o.Status), o.Sum, nextFor(o.Status)))
	}
	return out
}

// nextFor is the command that settles a status.
func nextFor(s payout.Status) string {
	switch s {
	case payout.NotFound, payout.Returned:
		return "payrun resolve ADDRESS"
	case payout.Failed:
		return "payrun explain failed; mend the payout, or payrun apply -retry-failed"
	case payout.NotSent:
		return "payrun apply"
	}
	return "payrun reconcile"
}

// StateDiffText draws a comparison for people.
func StateDiffText(w io.Writer, d *StateDiff, color bool) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	p := paint(color)
	fmt.Fprintf(b, "%s\n%s\n\n", d.title(), d.accounts())
	for i := range d.Runs {
		words := runWords(&d.Runs[i])
		fmt.Fprintf(b, "  %s\n", words[0])
		for _, more := range words[1:] {
			fmt.Fprintf(b, "      %s\n", more)
		}
	}
	if len(d.Runs) > 0 {
		fmt.Fprintln(b)
	}
	d.table(b)
	d.list(b)
	for _, line := range d.closing() {
		fmt.Fprintf(b, "  %s %s\n", p.symbol("·"), line)
	}
	d.problems(b, p)
}

func (d *StateDiff) table(b *bufio.Writer) {
	lines := d.lines()
	if len(lines) == 0 {
		fmt.Fprint(b, "  Nothing happened to any payout.\n\n")
		return
	}
	g := grid{indent: "  ", right: []bool{false, false, true, true}}
	g.add("batch", "what happened", "payouts", "amount")
	for _, l := range lines {
		g.add(SafeText(l.batch)+" "+SafeText(l.period), l.what, fmt.Sprint(l.count), l.sum.String())
	}
	for _, l := range d.sums() {
		g.add("in all", l.what, fmt.Sprint(l.count), l.sum.String())
	}
	g.write(b)
	fmt.Fprintln(b)
}

// sums are the lines of all batches together, where there are several.
func (d *StateDiff) sums() []*diffLine {
	type key struct {
		what     string
		currency payout.Currency
	}
	index := make(map[key]*diffLine)
	batches := make(map[[2]string]bool)
	var out []*diffLine
	for _, l := range d.lines() {
		batches[[2]string{l.batch, l.period}] = true
		k := key{l.what, l.sum.Currency}
		if index[k] == nil {
			index[k] = &diffLine{what: l.what, sum: payout.Money{Currency: l.sum.Currency}}
			out = append(out, index[k])
		}
		index[k].count += l.count
		index[k].sum.Minor += l.sum.Minor
	}
	if len(batches) < 2 {
		return nil
	}
	slices.SortStableFunc(out, func(a, b *diffLine) int { return cmp.Compare(a.what, b.what) })
	return out
}

// accounts name the merchants: a rehearsal must not look like the real thing.
func (d *StateDiff) accounts() string {
	var out []string
	for i := range d.Merchants {
		m := &d.Merchants[i]
		out = append(out, fmt.Sprintf("%s · merchant %s (%d)", SafeText(m.Environment), SafeText(m.Name), m.ID))
	}
	return strings.Join(out, ", ")
}

// list names each payout that something happened to but the plainly paid ones
// past a number.
func (d *StateDiff) list(b *bufio.Writer) {
	g := grid{indent: "  "}
	paid := 0
	for i := range d.Comparison.Changes {
		c := &d.Comparison.Changes[i]
		if plainlyPaid(c) {
			if paid++; paid > maxListed {
				continue
			}
		}
		g.add(diffSymbol(c.To)+" "+SafeText(c.Address.String()), c.Record.Stake().String(), SafeText(c.Record.Destination), SafeText(happened(c)), SafeText(why(c)))
	}
	g.write(b)
	if paid > maxListed {
		fmt.Fprintf(b, "  … and %d more paid; the whole list: -format=csv\n", paid-maxListed)
	}
	if len(g.rows) > 0 {
		fmt.Fprintln(b)
	}
}

// diffSymbol is that of a status in an audit: what is not final is a question.
func diffSymbol(s payout.Status) string {
	if s == payout.Accepted {
		return "?"
	}
	return settledSymbol(s)
}

func plainlyPaid(c *statefile.Change) bool {
	return c.To == payout.Paid && c.From != payout.Paid && len(c.Raised) == 0 && c.Was == (payout.Address{}) && c.Forgotten == nil
}

func (d *StateDiff) problems(b *bufio.Writer, p paint) {
	if len(d.Comparison.Problems) == 0 {
		fmt.Fprintln(b, "\nEvery change is a legal step.")
		return
	}
	fmt.Fprintf(b, "\n%s that no legal step explains:\n", plural(len(d.Comparison.Problems), "difference"))
	for _, text := range d.Comparison.Problems {
		fmt.Fprintf(b, "  %s %s\n", p.symbol("✗"), SafeText(text))
	}
}

// StateDiffCSV writes one row a change, and one a problem; safe against formula
// injection. The error is that of the writer.
func StateDiffCSV(w io.Writer, d *StateDiff) error {
	out := csv.NewWriter(w)
	writeCells(out, "address", "batch", "period", "what_happened", "from", "to", "amount", "currency", "destination", "order_id", "payment_id", "why")
	for i := range d.Comparison.Changes {
		c := &d.Comparison.Changes[i]
		stake, a := c.Record.Stake(), telling(c.Record)
		writeCells(out, SafeText(c.Address.String()), c.Address.Batch, c.Address.Period, happened(c), string(c.From), string(c.To),
			stake.Decimal(), stake.Currency.Code, SafeText(c.Record.Destination), a.OrderID, a.PaymentID, SafeText(why(c)))
	}
	for _, text := range d.Comparison.Problems {
		writeCells(out, "", "", "", "no legal step", "", "", "", "", "", "", "", SafeText(text))
	}
	out.Flush()
	return out.Error()
}
