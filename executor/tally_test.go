package executor_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"maps"

	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// edge is one row of the table of transitions.
type edge struct {
	from, to payout.Status
	cause    payout.Cause
}

func (e edge) String() string {
	return fmt.Sprintf("%s → %s (%s)", orDeclared(e.from), e.to, e.cause)
}

func orDeclared(s payout.Status) payout.Status {
	if s == payout.Declared {
		return "(declared)"
	}
	return s
}

// unsimulated are the edges that no simulation can reach, with the reason.
// TestUnsimulated drives each.
var unsimulated = map[edge]string{
	{payout.Declared, payout.Paid, payout.CauseImport}:  "nothing carries import blocks out yet",
	{payout.Sending, payout.Paid, payout.CausePerson}:   "a start makes it in doubt before a person can speak",
	{payout.Sending, payout.Failed, payout.CausePerson}: "a start makes it in doubt before a person can speak",
}

// TestUnsimulated drives the ledger over the edges that no simulation reaches.
func TestUnsimulated(t *testing.T) {
	for e := range unsimulated {
		l := payout.NewLedger()
		d := payout.Details{Address: payout.NewAddress("salaries", "2026-11", "x"), Amount: payout.Money{Minor: 1, Currency: kzt}, Merchant: "main"}
		o := payout.Outcome{Address: d.Address, Attempt: 1, OrderID: "o1", Cause: e.cause, Event: payout.Event{Status: e.to}, Adopt: &d}
		if e.from == payout.Sending {
			o.Adopt = nil
			if err := l.Begin(&payout.Intent{Details: d, Attempt: 1, OrderID: "o1"}); err != nil {
				t.Fatal(err)
			}
		}
		if from := l.Record(d.Address).Status(); from != e.from {
			t.Errorf("%s starts from %q", e, from)
		}
		if err := l.Settle(&o); err != nil || l.Record(d.Address).Status() != e.to {
			t.Errorf("%s leads to %q: %v", e, l.Record(d.Address).Status(), err)
		}
	}
}

// tally counts what simulations met.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
	edges  map[edge]int
}

func newTally() *tally { return &tally{counts: make(map[string]int), edges: make(map[edge]int)} }

func (t *tally) add(what string) { t.count(what, 1) }

func (t *tally) count(what string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[what] += n
}

func (t *tally) reach(e edge) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.edges[e]++
}

// calls counts the calls that the gateway received and the faults they met.
func (t *tally) calls(lines []sandbox.Line) {
	for _, l := range lines {
		word, _, _ := strings.Cut(l.Did, ":")
		t.add(l.Call + " calls")
		if word != "accept" {
			t.add("faults")
			t.add("fault " + l.Call + " " + word)
		}
		if l.Call == sandbox.CallPayout && l.Then != "" && l.Then != sandbox.StatusSuccess {
			t.add("faults")
			t.add("fault then " + strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' || r == ':' {
					return -1
				}
				return r
			}, l.Then))
		}
	}
}

func (t *tally) merge(o *tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, n := range o.counts {
		t.counts[k] += n
	}
	for k, n := range o.edges {
		t.edges[k] += n
	}
}

func (t *tally) String() string {
	parts := []string{fmt.Sprintf("%d of %d edges", len(t.edges), len(payout.Transitions()))}
	if rare := t.rarest(); rare != "" {
		parts = append(parts, "rarest "+rare)
	}
	for _, k := range slices.Sorted(maps.Keys(t.counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, t.counts[k]))
	}
	return strings.Join(parts, ", ")
}

// rarest is the edge that was reached least.
func (t *tally) rarest() string {
	out, least := "", 0
	for e, n := range t.edges {
		if out == "" || n < least || n == least && e.String() < out {
			out, least = e.String(), n
		}
	}
	if out == "" {
		return ""
	}
	return fmt.Sprintf("%s %d times", out, least)
}

// checkEdges holds the edges reached against the table: none that it lacks,
// and where all are wanted, all.
func (t *tally) checkEdges(test *testing.T, all bool) {
	legal := make(map[edge]bool)
	for _, row := range payout.Transitions() {
		legal[edge{row.From, row.To, row.Cause}] = true
	}
	for e := range t.edges {
		if !legal[e] {
			test.Errorf("the table does not hold %s", e)
		}
	}
	var missing []string
	for e := range legal {
		if t.edges[e] == 0 && unsimulated[e] == "" {
			missing = append(missing, e.String())
		}
	}
	slices.Sort(missing)
	switch {
	case len(missing) > 0 && all:
		test.Errorf("no simulation reached:\n%s", strings.Join(missing, "\n"))
	case len(missing) > 0:
		test.Logf("too few seeds to reach: %s", strings.Join(missing, ", "))
	}
}

// begins is told of an intent before it is recorded.
func (s *sim) begins(l *payout.Ledger, in *payout.Intent) {
	r := l.Record(in.Address)
	s.tally.reach(edge{r.Status(), payout.Sending, payout.CauseIntent})
	if r == nil {
		return
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		if a.N >= in.Attempt {
			continue
		}
		switch a.Status() {
		case payout.Failed:
		case payout.NotFound, payout.Returned:
			if r.Newest() == a && !r.HasFlag(payout.FlagResend) {
				s.t.Errorf("I7: attempt %d of %s follows one that is %s, and no person asked for it", in.Attempt, in.Address, a.Status())
			}
		default:
			s.t.Errorf("I7: attempt %d of %s follows one that is %s", in.Attempt, in.Address, a.Status())
		}
	}
}

// ends is told of an outcome before it is recorded.
func (s *sim) ends(l *payout.Ledger, o *payout.Outcome) {
	if d := s.owner[o.OrderID]; d != nil && slices.Contains(o.Raise, payout.FlagAlarm) {
		d.alarmed = true
	}
	if o.Event.Status == payout.Declared {
		return
	}
	from := payout.Declared
	if a := l.Record(o.Address).Attempt(o.Attempt); a != nil {
		from = a.Status()
	}
	s.tally.reach(edge{from, o.Event.Status, o.Cause})
}

func (s *sim) forbidden(err error) { s.t.Errorf("a forbidden transition was asked for: %v", err) }
