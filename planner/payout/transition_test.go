package payout_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// row is a transition written by hand: FROM TO CAUSE, "$" where it puts a
// payout on the wire, "m" where it needs a person's evidence before.
type row struct {
	from, to payout.Status
	cause    payout.Cause
	wire     bool
	manual   bool
}

// handTable is the table of the safety rules, set down a second time and
// apart from the code. not_found → failed stands in it because error outranks
// not found, whatever the order of arrival.
const handTable = `
	declared  sending   intent $
	not_sent  sending   intent $
	not_found sending   intent $
	returned  sending   intent $
	failed    sending   intent $

	sending accepted call
	sending rejected call
	sending in_doubt call
	sending not_sent call
	sending in_doubt restart

	accepted  paid success
	in_doubt  paid success
	rejected  paid success
	not_found paid success
	failed    paid success

	accepted  failed error
	in_doubt  failed error
	rejected  failed error
	not_found failed error
	rejected  failed notfound

	in_doubt  accepted process
	rejected  accepted process
	not_found accepted process

	in_doubt not_found notfound

	declared paid     look-up
	declared accepted look-up
	declared failed   look-up
	declared in_doubt look-up
	not_sent paid     look-up
	not_sent accepted look-up
	not_sent failed   look-up
	not_sent in_doubt look-up

	declared paid import

	paid returned person
	not_found not_found resend
	returned  returned  resend
	paid      paid      acknowledge
	failed    failed    acknowledge

	sending   paid   person
	sending   failed person
	not_sent  paid   person
	not_sent  failed person
	accepted  paid   person
	accepted  failed person
	rejected  paid   person
	rejected  failed person
	in_doubt  paid   person
	in_doubt  failed person
	not_found paid   person
	not_found failed person

	paid   paid   person  m
	paid   failed person  m
	failed paid   person  m
	failed failed person  m
	paid   paid   success m
	paid   failed error   m
	failed failed error   m
`

var causes = []payout.Cause{
	payout.CauseIntent, payout.CauseCall, payout.CauseRestart, payout.CauseSuccess, payout.CauseError,
	payout.CauseProcess, payout.CauseNotFound, payout.CauseLookup, payout.CauseImport, payout.CausePerson,
	payout.CauseResend, payout.CauseAcknowledge,
}

func handRows(t *testing.T) []row {
	t.Helper()
	var rows []row
	for line := range strings.Lines(handTable) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		from := payout.Status(strings.Replace(words[0], "declared", "", 1))
		rows = append(rows, row{
			from: from, to: payout.Status(words[1]), cause: payout.Cause(words[2]),
			wire: strings.HasSuffix(line, "$\n"), manual: strings.HasSuffix(line, "m\n"),
		})
	}
	return rows
}

func TestTransitionsAreTheTable(t *testing.T) {
	want := make(map[row]int)
	for _, r := range handRows(t) {
		r.manual = false
		want[r]++
	}
	got := make(map[row]int)
	for _, tr := range payout.Transitions() {
		got[row{from: tr.From, to: tr.To, cause: tr.Cause, wire: tr.Wire}]++
		if tr.Needs == "" {
			t.Errorf("%q to %q by %s does not say what it needs", tr.From, tr.To, tr.Cause)
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("Transitions (-want +got):\n%s", diff)
	}
}

// TestEveryMove asks the ledger for every status, status, cause and kind of
// evidence: what the table does not hold is refused.
func TestEveryMove(t *testing.T) {
	table := make(map[row]bool)
	for _, r := range handRows(t) {
		table[row{from: r.from, to: r.to, cause: r.cause, manual: r.manual}] = true
	}
	everything := append([]payout.Status{payout.Declared}, payout.Statuses()...)
	for _, from := range everything {
		for _, to := range payout.Statuses() {
			for _, cause := range causes {
				for _, byPerson := range []bool{false, true} {
					want := table[row{from: from, to: to, cause: cause}] || byPerson && table[row{from: from, to: to, cause: cause, manual: true}]
					err := move(t, from, to, cause, byPerson)
					checkMove(t, row{from: from, to: to, cause: cause, manual: byPerson}, want, err)
				}
			}
		}
	}
}

// move asks a ledger that holds staff in status from for a move.
func move(t *testing.T, from, to payout.Status, cause payout.Cause, byPerson bool) error {
	t.Helper()
	l := payout.NewLedger()
	next := 1
	if from != payout.Declared {
		r := record(from)
		if byPerson {
			manual(r)
		}
		if from == payout.NotFound || from == payout.Returned {
			r.Flags = []payout.Flag{payout.FlagResend}
		}
		l = ledgerOf(t, r)
		if from != payout.NotSent {
			next = 2
		}
	}
	if to == payout.Sending && cause == payout.CauseIntent {
		return l.CheckBegin(intent(staff, next, orderID(next)))
	}
	o := outcome(1, to, cause)
	if from == payout.Declared {
		adopted := details(staff)
		o.Adopt = &adopted
	}
	return l.CheckSettle(o)
}

func checkMove(t *testing.T, r row, want bool, err error) {
	t.Helper()
	// A settled outcome never sends: only Begin does.
	var forbidden *payout.TransitionError
	switch {
	case want && err != nil:
		t.Errorf("%+v is refused: %v", r, err)
	case !want && !errors.As(err, &forbidden):
		t.Errorf("%+v: %v, want a *TransitionError", r, err)
	case !want && (forbidden.From != r.from || forbidden.To != r.to || forbidden.Cause != r.cause || forbidden.Address != staff):
		t.Errorf("%+v: the error names %+v", r, forbidden)
	}
}
