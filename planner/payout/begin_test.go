package payout_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

func TestBegin(t *testing.T) {
	l := payout.NewLedger()
	l.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970}})
	in := intent(staff, 1, "o1")
	in.Former = []payout.Address{payout.NewAddress("old", "2026-11", "staff")}
	mustBegin(t, l, in)
	want := record(payout.Sending)
	want.Former = in.Former
	if diff := cmp.Diff(want, l.Record(staff)); diff != "" {
		t.Errorf("the record (-want +got):\n%s", diff)
	}
	if l.ByOrderID("main", "O1") != l.Record(staff) {
		t.Error("the order id is not found")
	}
	in.Former[0].Batch = "changed"
	if l.Record(staff).Former[0].Batch != "old" {
		t.Error("the record shares the intent's former addresses")
	}
}

func TestCheckBeginChangesNothing(t *testing.T) {
	l := payout.NewLedger()
	if err := l.CheckBegin(intent(staff, 1, "o1")); err != nil {
		t.Fatal(err)
	}
	if l.Len() != 0 || l.ByOrderID("main", "o1") != nil {
		t.Error("CheckBegin recorded the intent")
	}
}

func TestLastCallOnlyMovesForward(t *testing.T) {
	l := payout.NewLedger()
	l.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", LastCall: start.Add(time.Minute)}})
	mustBegin(t, l, intent(staff, 1, "o1"))
	if got := l.Merchant("main").LastCall; !got.Equal(start.Add(time.Minute)) {
		t.Errorf("an older call moved the last call to %v", got)
	}
	in := intent(staff.WithKey("2"), 1, "p1")
	in.At = start.Add(time.Hour)
	mustBegin(t, l, in)
	if got := l.Merchant("main").LastCall; !got.Equal(in.At) {
		t.Errorf("the last call is %v, want %v", got, in.At)
	}
	unknown := intent(staff.WithKey("3"), 1, "q1")
	unknown.Merchant = "unknown"
	mustBegin(t, l, unknown)
	if l.Merchant("unknown") != nil {
		t.Error("an intent made a merchant")
	}
}

func TestAttemptsFollowInOrder(t *testing.T) {
	l := payout.NewLedger()
	for n := 1; n <= payout.MaxAttempts; n++ {
		for _, wrong := range []int{0, n - 1, n + 1, -1, 99} {
			wantForbidden(t, "a wrong attempt number", l.Begin(intent(staff, wrong, "x")))
		}
		mustBegin(t, l, intent(staff, n, orderID(n)))
		wantForbidden(t, "a second send", l.Begin(intent(staff, n, orderID(n))))
		wantForbidden(t, "a next attempt while sending", l.Begin(intent(staff, n+1, orderID(n+1))))
		mustSettle(t, l, outcome(n, payout.Accepted, payout.CauseCall))
		mustSettle(t, l, outcome(n, payout.Failed, payout.CauseError))
	}
	err := l.Begin(intent(staff, payout.MaxAttempts+1, "o5"))
	wantForbidden(t, "a fifth attempt", err)
	if !strings.Contains(err.Error(), "it had 4 attempts") {
		t.Errorf("a fifth attempt: %v", err)
	}
}

func TestOrderIDsAreUnique(t *testing.T) {
	l := ledgerOf(t, record(payout.Failed))
	other := staff.WithKey("2")
	for _, id := range []string{"o1", "O1"} {
		err := l.Begin(intent(other, 1, id))
		wantForbidden(t, "another payout's order id", err)
		if !strings.Contains(err.Error(), "was used by "+staff.String()) {
			t.Errorf("another payout's order id: %v", err)
		}
		wantForbidden(t, "the order id of an earlier attempt", l.Begin(intent(staff, 2, id)))
	}
	in := intent(other, 1, "o1")
	in.Merchant = "second"
	mustBegin(t, l, in)
}

func TestNotSentKeepsItsOrderID(t *testing.T) {
	l := payout.NewLedger()
	mustBegin(t, l, intent(staff, 1, "o1"))
	mustSettle(t, l, outcome(1, payout.NotSent, payout.CauseCall))
	wantForbidden(t, "a new order id", l.Begin(intent(staff, 1, "o9")))
	wantForbidden(t, "the order id in other letters", l.Begin(intent(staff, 1, "O1")))
	wantForbidden(t, "a next attempt", l.Begin(intent(staff, 2, "o2")))
	again := intent(staff, 1, "o1")
	again.Amount, again.TimeLimit = tenge(60000), start.Add(48*time.Hour)
	mustBegin(t, l, again)
	r := l.Record(staff)
	if len(r.Attempts) != 1 || len(r.Attempts[0].Events) != 3 || r.Status() != payout.Sending {
		t.Errorf("after the second intent: %+v", r)
	}
	if r.Amount != tenge(60000) || !r.Attempts[0].TimeLimit.Equal(again.TimeLimit) {
		t.Errorf("a payout that was not sent cannot be edited: %+v", r)
	}
}

// TestNotSentCannotTakeAnOrderID: moved to another merchant, its order id may
// be taken there.
func TestNotSentCannotTakeAnOrderID(t *testing.T) {
	taken := record(payout.Paid)
	taken.Address, taken.Merchant = staff.WithKey("2"), "second"
	l := ledgerOf(t, record(payout.NotSent), taken)
	in := intent(staff, 1, "o1")
	in.Merchant = "second"
	wantForbidden(t, "an order id that the other merchant knows", l.Begin(in))
}

// TestNoAttemptWhileAnotherIsAlive: the first attempt was paid after all, while
// the newest failed.
func TestNoAttemptWhileAnotherIsAlive(t *testing.T) {
	for _, alive := range []payout.Status{payout.Sending, payout.Accepted, payout.Rejected, payout.InDoubt, payout.Paid} {
		for _, newest := range []payout.Status{payout.Failed, payout.NotSent, payout.NotFound, payout.Returned} {
			l := ledgerOf(t, record(alive, newest))
			n := 3
			if newest == payout.NotSent {
				n = 2
			}
			wantForbidden(t, string(alive)+" then "+string(newest), l.Begin(intent(staff, n, orderID(n))))
		}
	}
}
