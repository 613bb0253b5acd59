package payout_test

import (
	"testing"
	"time"

	"payrun/planner/payout"
)

// told is one answer after the start of the test.
type told struct {
	after   time.Duration
	verdict payout.Verdict
	id      string
	want    string // what Weigh says, as describe writes it
}

// tell lets answers come one by one and settles each.
func tell(t *testing.T, l *payout.Ledger, w payout.Waits, answers []told) {
	t.Helper()
	for i, a := range answers {
		r := l.Record(staff)
		out, recorded := r.Weigh(1, observation(a.verdict, a.id, a.after), w)
		if got := describe(r.Attempt(1), out, recorded); got != a.want {
			t.Errorf("answer %d, %s after %v: %s, want %s", i+1, a.verdict, a.after, got, a.want)
		}
		if recorded {
			mustSettle(t, l, &out)
		}
	}
}

const (
	unknown = payout.SaysNotFound
	failure = payout.SaysError
)

func TestStandardWaits(t *testing.T) {
	want := payout.Waits{Refusal: time.Minute, RefusalGap: 2 * time.Minute, NotFound: 30 * time.Minute, Failure: 10 * time.Minute, Unproven: 2 * time.Minute}
	if got := payout.StandardWaits(); got != want {
		t.Errorf("StandardWaits() = %+v, want %+v", got, want)
	}
}

func TestRefusalIsConfirmed(t *testing.T) {
	l := ledgerOf(t, record(payout.Rejected))
	l.Record(staff).Newest().Events[1].Words = "refused"
	tell(t, l, payout.StandardWaits(), []told{
		{59 * time.Second, unknown, "", "-"},
		{60 * time.Second, unknown, "", "nf1"},
		{179 * time.Second, unknown, "", "-"},
		{180 * time.Second, unknown, "", "failed by notfound nf0 f1"},
		// Seen a second time, ten minutes on.
		{779 * time.Second, unknown, "", "-"},
		{780 * time.Second, unknown, "", "f2"},
		{time.Hour, unknown, "", "-"},
	})
	a := l.Record(staff).Newest()
	if a.Last().Words != "refused" || !a.RetrySeen() {
		t.Errorf("a confirmed refusal: %+v", a)
	}
}

// TestRefusalThatLives: two not-found answers confirmed the refusal, and then
// the gateway knows the payment.
func TestRefusalThatLives(t *testing.T) {
	l := ledgerOf(t, record(payout.Rejected))
	tell(t, l, payout.Waits{}, []told{
		{1, unknown, "", "nf1"},
		{2, unknown, "", "failed by notfound nf0 f1"},
		{3, unknown, "", "f2"},
		{4, payout.SaysProcess, "", "+alarm f0"},
		{5, payout.SaysProcess, "", "-"},
		{6, unknown, "", "-"},
		{7, payout.SaysProcess, "77", "id 77"},
		{8, unknown, "", "-"},
		{9, payout.SaysProcess, "77", "-"},
	})
	if l.Record(staff).Newest().RetrySeen() {
		t.Error("a payment in process may be retried without a person")
	}
	tell(t, l, payout.Waits{}, []told{
		{10, failure, "77", "f1 id 77"},
		{11, failure, "77", "f2 id 77"},
	})
	if !l.Record(staff).Newest().RetrySeen() {
		t.Error("two error answers do not allow a retry")
	}
}

func TestDoubtBecomesNotFound(t *testing.T) {
	after := fence.Sub(start)
	tests := map[string][]told{
		"the last after the fence": {
			{time.Hour, unknown, "", "nf1"},
			{2 * time.Hour, unknown, "", "nf2"},
			{3 * time.Hour, unknown, "", "nf3"},
			{after, unknown, "", "nf4"},
			{after + 1, unknown, "", "not_found by notfound nf5"},
			{after + time.Hour, unknown, "", "-"},
			{after + 2*time.Hour, payout.SaysProcess, "77", "accepted by process nf0 id 77"},
		},
		"three over thirty minutes": {
			{after + time.Second, unknown, "", "nf1"},
			{after + 2*time.Second, unknown, "", "nf2"},
			{after + 3*time.Second, unknown, "", "nf3"},
			{after + 30*time.Minute, unknown, "", "nf4"},
			{after + 30*time.Minute + time.Second, unknown, "", "not_found by notfound nf5"},
		},
		"two are not enough": {
			{after + time.Second, unknown, "", "nf1"},
			{after + 2*time.Hour, unknown, "", "nf2"},
			{after + 3*time.Hour, unknown, "", "not_found by notfound nf3"},
		},
		"a payment id ends the count": {
			{time.Hour, unknown, "", "nf1"},
			{2 * time.Hour, unknown, "", "nf2"},
			{3 * time.Hour, payout.SaysProcess, "77", "accepted by process nf0 id 77"},
			{after - time.Hour, unknown, "", "-"},
			{after + time.Second, unknown, "", "+alarm"},
			{after + time.Hour, unknown, "", "-"},
			{after + 2*time.Hour, failure, "77", "failed by error f1 id 77"},
		},
	}
	for name, answers := range tests {
		t.Run(name, func(t *testing.T) {
			tell(t, ledgerOf(t, record(payout.InDoubt)), payout.StandardWaits(), answers)
		})
	}
}

func TestZeroWaitsKeepTheCountsAndTheFence(t *testing.T) {
	l := ledgerOf(t, record(payout.InDoubt))
	tell(t, l, payout.Waits{}, []told{
		{1, unknown, "", "nf1"},
		{1, unknown, "", "nf2"},
		{1, unknown, "", "nf3"},
		{fence.Sub(start) + 1, unknown, "", "not_found by notfound nf4"},
	})
	refused := ledgerOf(t, record(payout.Rejected))
	tell(t, refused, payout.Waits{}, []told{
		{0, unknown, "", "nf1"},
		{0, unknown, "", "failed by notfound nf0 f1"},
		{0, unknown, "", "f2"},
	})
}

// TestNeverNotFoundWithPaymentID holds for what exists, and for an attempt
// whose time limit is not ours.
func TestNeverNotFoundWithPaymentID(t *testing.T) {
	answers := []told{
		{1000 * time.Hour, unknown, "", "+alarm"},
		{2000 * time.Hour, unknown, "", "-"},
		{3000 * time.Hour, unknown, "", "-"},
		{4000 * time.Hour, unknown, "", "-"},
	}
	for _, s := range []payout.Status{payout.InDoubt, payout.Accepted} {
		r := record(s)
		r.Attempts[0].PaymentID = "77"
		l := ledgerOf(t, r)
		tell(t, l, payout.Waits{}, answers)
		if got := l.Record(staff).Status(); got != s {
			t.Errorf("%s with a payment id became %s", s, got)
		}
	}
	found := record(payout.InDoubt)
	found.Attempts[0].TimeLimit = time.Time{}
	tell(t, ledgerOf(t, found), payout.Waits{}, []told{
		{1000 * time.Hour, unknown, "", "nf1"},
		{2000 * time.Hour, unknown, "", "nf2"},
		{3000 * time.Hour, unknown, "", "nf3"},
		{4000 * time.Hour, unknown, "", "nf4"},
	})
}

func TestFailureIsSeenTwice(t *testing.T) {
	l := ledgerOf(t, record(payout.Accepted))
	tell(t, l, payout.StandardWaits(), []told{
		{time.Hour, failure, "77", "failed by error f1 id 77"},
		{time.Hour + 10*time.Minute - 1, failure, "77", "-"},
	})
	if l.Record(staff).Newest().RetrySeen() {
		t.Error("a failure seen once may be retried")
	}
	tell(t, l, payout.StandardWaits(), []told{
		{time.Hour + 10*time.Minute, failure, "77", "f2 id 77"},
		{3 * time.Hour, failure, "77", "-"},
		{4 * time.Hour, payout.SaysSuccess, "77", "paid by success +alarm f0 id 77"},
	})
}
