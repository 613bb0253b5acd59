package view

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"payrun/executor"
	"payrun/planner/payout"
)

// Summary is what a run, or a pass of reconcile, came to.
type Summary struct {
	Lines          []SummaryLine
	Left           Left
	Stop           *executor.Stop // why no further payout was started; nil = all were
	Balances       []Balance
	Next           []string // what a person does next: exact commands or sentences
	SafeToRunAgain bool
	Why            string // the reason of SafeToRunAgain
}

// SummaryLine is the number and sum of the payouts of one batch in one status.
type SummaryLine struct {
	Batch  string
	Period string
	Status payout.Status // Declared = not sent at all
	Count  int
	Sum    payout.Money

	Waits bool // of Declared and not sent: held, or outside of its time
}

// Left counts what is not done, by what it waits for.
type Left struct {
	InDoubt  int // asked again later
	NotFound int // a person decides
	Accepted int // the gateway works on it
	Rejected int // a refusal to be confirmed
	NotSent  int // tried, and not one byte left
	Unsent   int // planned, and not reached
	Skipped  int // planned, and not sent for a reason of its own
	Failed   int
	Alarms   int // payouts with a flag that a person must look at
}

// Balance is the last known balance of a merchant.
type Balance struct {
	Merchant string
	Amount   string // a decimal, as the gateway wrote it
	Currency string
}

// leftWord is one kind of what is left.
type leftWord struct {
	name  string // in JSON
	words string
	count int
}

func (l *Left) words() []leftWord {
	return []leftWord{
		{"alarms", "with an alarm", l.Alarms},
		{"in_doubt", "in doubt", l.InDoubt},
		{"not_found", "not found", l.NotFound},
		{"failed", "failed", l.Failed},
		{"rejected", "rejected, to be confirmed", l.Rejected},
		{"accepted", "accepted, not final yet", l.Accepted},
		{"not_sent", "not sent", l.NotSent},
		{"unsent", "not reached", l.Unsent},
		{"skipped", "skipped", l.Skipped},
	}
}

func (l *Left) text() string {
	var parts []string
	for _, w := range l.words() {
		if w.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", w.count, w.words))
		}
	}
	return strings.Join(parts, ", ")
}

// SummaryText draws the table by batch and status, what is left, what a person
// does next, and as its last line whether running again is safe.
func SummaryText(w io.Writer, s *Summary, color bool) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	p := paint(color)
	s.table(b, p)
	if s.Stop != nil {
		fmt.Fprintf(b, "%s stopped (%s): %s\n", p.symbol("!"), s.Stop.Kind, SafeText(s.Stop.Text))
	}
	if left := s.Left.text(); left != "" {
		fmt.Fprintf(b, "Left: %s.\n", left)
	}
	for _, balance := range s.Balances {
		fmt.Fprintf(b, "Balance of %s: %s\n", SafeText(balance.Merchant), balance.text())
	}
	if len(s.Next) > 0 {
		fmt.Fprintf(b, "\nNext:\n")
		for _, next := range s.Next {
			fmt.Fprintf(b, "  %s\n", SafeText(next))
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b, s.verdict(p))
}

func (s *Summary) table(b *bufio.Writer, p paint) {
	if len(s.Lines) == 0 {
		return
	}
	g := grid{indent: "  ", right: []bool{false, false, true, true}}
	g.add("batch", "status", "payouts", "amount")
	for _, l := range s.Lines {
		g.add(SafeText(l.Batch+" "+l.Period), l.status(p), fmt.Sprint(l.Count), l.Sum.String())
	}
	fmt.Fprintln(b)
	g.write(b)
	fmt.Fprintln(b)
}

// status is the line's status; what is held did not miss its start.
func (l *SummaryLine) status(p paint) string {
	if l.Waits {
		return p.grey("held or waiting")
	}
	return p.status(l.Status)
}

// status colours a status by whether somebody has to act.
func (p paint) status(s payout.Status) string {
	words := statusWords(s)
	switch s {
	case payout.Paid:
		return p.green(words)
	case payout.Failed, payout.Returned:
		return p.red(words)
	case payout.InDoubt, payout.NotFound, payout.Rejected, payout.NotSent:
		return p.yellow(words)
	case payout.Sending, payout.Accepted:
		return p.cyan(words)
	}
	return p.grey("not started")
}

func (b *Balance) text() string {
	whole, fraction, dotted := strings.Cut(b.Amount, ".")
	text := groupDigits(whole)
	if dotted {
		text += "." + fraction
	}
	return SafeText(strings.TrimSpace(text + " " + b.Currency))
}

// groupDigits puts a space between thousands where the text is nothing but
// digits.
func groupDigits(s string) string {
	if strings.Trim(s, "0123456789") != "" {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (s *Summary) verdict(p paint) string {
	answer := p.red("no")
	if s.SafeToRunAgain {
		answer = p.green("yes")
	}
	return "Safe to run again: " + answer + " — " + SafeText(s.Why)
}

// Summary shows the summary after the run: on Out, as text or as the line
// run_summary. It comes after Close.
func (a *Apply) Summary(s *Summary) {
	if a.json {
		a.push(a.jsonLine("info", s.verdict(false), "run_summary", s.object()))
		a.flush()
		return
	}
	SummaryText(a.terminal.Out, s, a.terminal.Color)
}

// object has the members of run_summary.
func (s *Summary) object() object {
	lines := make([]object, 0, len(s.Lines))
	for _, l := range s.Lines {
		line := object{
			{"batch", SafeText(l.Batch)}, {"period", SafeText(l.Period)}, {"status", string(l.Status)},
			{"count", l.Count}, {"amount", l.Sum.Decimal()}, {"currency", l.Sum.Currency.Code},
		}
		if l.Waits {
			line = append(line, member{"waits", true})
		}
		lines = append(lines, line)
	}
	left := object{}
	for _, w := range s.Left.words() {
		left = append(left, member{w.name, w.count})
	}
	balances := make([]object, 0, len(s.Balances))
	for _, b := range s.Balances {
		balances = append(balances, object{{"merchant", SafeText(b.Merchant)}, {"amount", SafeText(b.Amount)}, {"currency", SafeText(b.Currency)}})
	}
	next := make([]string, 0, len(s.Next))
	for _, n := range s.Next {
		next = append(next, SafeText(n))
	}
	o := object{{"safe_to_run_again", s.SafeToRunAgain}, {"why", SafeText(s.Why)}, {"batches", lines}, {"left", left}, {"balances", balances}, {"next", next}}
	if s.Stop != nil {
		o = append(o, member{"stop", object{{"kind", string(s.Stop.Kind)}, {"reason", SafeText(s.Stop.Text)}}})
	}
	return o
}
