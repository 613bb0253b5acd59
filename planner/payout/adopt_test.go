package payout_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// adopt is the outcome of a look-up that found attempt n.
func adopt(n int, to payout.Status) *payout.Outcome {
	o := outcome(n, to, payout.CauseLookup)
	facts := details(staff)
	o.Adopt, o.PaymentID = &facts, "77"
	o.Raise = []payout.Flag{payout.FlagUnproven}
	return o
}

func TestAdoptFirstAttempt(t *testing.T) {
	for _, to := range []payout.Status{payout.Paid, payout.Accepted, payout.Failed, payout.InDoubt} {
		l := payout.NewLedger()
		o := adopt(1, to)
		mustSettle(t, l, o)
		want := &payout.Record{
			Details: details(staff), Flags: []payout.Flag{payout.FlagUnproven},
			Attempts: []payout.Attempt{{N: 1, OrderID: "o1", PaymentID: "77", Events: []payout.Event{o.Event}}},
		}
		if diff := cmp.Diff(want, l.Record(staff)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", to, diff)
		}
		if l.ByOrderID("main", "O1") != l.Record(staff) {
			t.Errorf("%s: the order id is not found", to)
		}
	}
}

func TestAdoptByImport(t *testing.T) {
	l := payout.NewLedger()
	o := adopt(1, payout.Paid)
	o.Cause, o.Event.Source = payout.CauseImport, payout.SourceImport
	mustSettle(t, l, o)
	if got := l.Record(staff).Status(); got != payout.Paid {
		t.Errorf("after an import the status is %s", got)
	}
}

// TestAdoptLaterAttempt: a look-up before the next attempt finds that a run
// whose state was lost made it; the facts are those of the files now.
func TestAdoptLaterAttempt(t *testing.T) {
	for _, before := range []payout.Status{payout.Failed, payout.NotFound, payout.Returned, payout.NotSent} {
		l := ledgerOf(t, record(before))
		o := adopt(2, payout.Paid)
		o.Adopt.Amount, o.Adopt.Merchant = tenge(60000), "second"
		mustSettle(t, l, o)
		r := l.Record(staff)
		if len(r.Attempts) != 2 || r.Status() != payout.Paid || r.Attempts[0].Status() != before {
			t.Errorf("after %s: %+v", before, r)
		}
		if r.Amount != tenge(60000) || l.ByOrderID("second", "o2") != r || l.ByOrderID("main", "o1") != r {
			t.Errorf("after %s the record does not hold what was paid: %+v", before, r.Details)
		}
	}
}

// TestAdoptNotSent: an intent that was never sent says nothing of what was paid
// under its order id by a run whose state was lost.
func TestAdoptNotSent(t *testing.T) {
	for _, before := range [][]payout.Status{{payout.NotSent}, {payout.Failed, payout.NotSent}} {
		l := ledgerOf(t, record(before...))
		n := len(before)
		o := adopt(n, payout.Paid)
		o.Adopt.Amount, o.Adopt.Merchant, o.Adopt.UserID = tenge(60000), "second", "7"
		mustSettle(t, l, o)
		r := l.Record(staff)
		paid := payout.Terms{Amount: tenge(60000), Merchant: "second"}
		if r.Status() != payout.Paid || len(r.Attempts) != n || r.UserID != "7" || r.TermsOf(r.Newest()) != paid || r.Stake() != paid.Amount {
			t.Errorf("after %v: %+v", before, r)
		}
		if n == 2 && r.TermsOf(&r.Attempts[0]) != (payout.Terms{Amount: tenge(50000), Merchant: "main"}) {
			t.Errorf("the failed attempt has new terms: %+v", r.Attempts[0])
		}
		if l.ByOrderID("second", o.OrderID) != r {
			t.Error("the order id is not found under the merchant that paid")
		}
	}
}

// TestAdoptFlagOnly: where the status stays, so do the details.
func TestAdoptFlagOnly(t *testing.T) {
	l := ledgerOf(t, record(payout.NotSent))
	o := adopt(1, payout.Declared)
	o.Cause, o.Adopt.Amount = "", tenge(60000)
	mustSettle(t, l, o)
	if r := l.Record(staff); r.Amount != tenge(50000) || !r.HasFlag(payout.FlagUnproven) {
		t.Errorf("recorded %+v", r)
	}
}

func TestAdoptSeveralAttempts(t *testing.T) {
	l := payout.NewLedger()
	mustSettle(t, l, adopt(1, payout.Failed))
	mustSettle(t, l, adopt(2, payout.Accepted))
	mustSettle(t, l, outcome(2, payout.Failed, payout.CauseError))
	mustBegin(t, l, intent(staff, 3, "o3"))
	if r := l.Record(staff); len(r.Attempts) != 3 || r.Status() != payout.Sending {
		t.Errorf("after two attempts found and one made: %+v", r)
	}
}

func TestAdoptRefusals(t *testing.T) {
	with := func(n int, to payout.Status, change func(*payout.Outcome)) *payout.Outcome {
		o := adopt(n, to)
		change(o)
		return o
	}
	none := func(*payout.Outcome) {}
	tests := map[string]struct {
		records []*payout.Record
		outcome *payout.Outcome
		reason  string
	}{
		"no facts":          {nil, with(1, payout.Paid, func(o *payout.Outcome) { o.Adopt = nil }), "attempt 1 is not recorded"},
		"attempt 0":         {nil, with(0, payout.Paid, none), "cannot be taken over"},
		"attempt 5":         {nil, with(5, payout.Paid, none), "cannot be taken over"},
		"another address":   {nil, with(1, payout.Paid, func(o *payout.Outcome) { o.Adopt.Address.Key = "2" }), "cannot be taken over"},
		"not sent, another": {[]*payout.Record{record(payout.NotSent)}, with(1, payout.Paid, func(o *payout.Outcome) { o.Adopt.Address.Key = "2" }), "cannot be taken over"},
		"no status":         {nil, with(1, payout.Declared, none), "forbidden"},
		"not found":         {nil, with(1, payout.NotFound, none), "forbidden"},
		"by a person":       {nil, with(1, payout.Paid, func(o *payout.Outcome) { o.Cause = payout.CausePerson }), "forbidden"},
		"import as failed":  {nil, with(1, payout.Failed, func(o *payout.Outcome) { o.Cause = payout.CauseImport }), "forbidden"},
		"after paid":        {[]*payout.Record{record(payout.Paid)}, with(2, payout.Paid, none), "recorded already"},
		"after accepted":    {[]*payout.Record{record(payout.Accepted)}, with(2, payout.Paid, none), "recorded already"},
		"after in doubt":    {[]*payout.Record{record(payout.InDoubt)}, with(2, payout.Paid, none), "recorded already"},
		"after sending":     {[]*payout.Record{record(payout.Sending)}, with(2, payout.Paid, none), "recorded already"},
		"after rejected":    {[]*payout.Record{record(payout.Rejected)}, with(2, payout.Paid, none), "recorded already"},
		"first still alive": {[]*payout.Record{record(payout.Paid, payout.Failed)}, with(3, payout.Paid, none), "recorded already"},
		"own order id":      {[]*payout.Record{record(payout.Failed)}, with(2, payout.Paid, func(o *payout.Outcome) { o.OrderID = "O1" }), "was used by " + staff.String()},
	}
	gap := record(payout.Failed)
	gap.Attempts[0].N = 2
	tests["an attempt before"] = struct {
		records []*payout.Record
		outcome *payout.Outcome
		reason  string
	}{[]*payout.Record{gap}, with(1, payout.Failed, func(o *payout.Outcome) { o.OrderID = "o9" }), "recorded already"}
	for name, tt := range tests {
		l := ledgerOf(t, tt.records...)
		err := l.Settle(tt.outcome)
		wantForbidden(t, name, err)
		if err != nil && !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%s: %v, want an error about %q", name, err, tt.reason)
		}
		if l.Len() != len(tt.records) {
			t.Errorf("%s left a trace", name)
		}
	}
}

// TestAdoptTwoAlive: a look-up of all attempts finds two payments. Both are
// recorded, or money that left would be missing from the sums.
func TestAdoptTwoAlive(t *testing.T) {
	l := payout.NewLedger()
	mustSettle(t, l, adopt(1, payout.Paid))
	mustSettle(t, l, adopt(2, payout.Paid))
	mustSettle(t, l, adopt(3, payout.Failed))
	r := l.Record(staff)
	if len(r.Attempts) != 3 || r.Status() != payout.Paid || r.Attempts[1].Status() != payout.Paid {
		t.Errorf("after two payments found: %+v", r)
	}
	wantForbidden(t, "attempt 2 again", l.Settle(adopt(2, payout.Paid)))
}
