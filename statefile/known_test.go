package statefile

import (
	"testing"

	"payrun/planner/payout"
)

// What a journal sent is no news to a state that renamed or forgot it since.
func TestIntentsOfMovedAndForgottenPayoutsAreKnown(t *testing.T) {
	at := newClock().at
	l := payout.NewLedger()
	for _, key := range []string{"moved", "gone"} {
		must(t, l.Begin(testIntent(key, at)))
		o := testOutcome(key, payout.Paid, at)
		o.Cause = payout.CausePerson
		must(t, l.Settle(o))
	}
	l.Note(&payout.Note{Move: &payout.Move{From: staffAddress("moved"), To: staffAddress("elsewhere")}})
	l.Note(&payout.Note{Forget: &payout.Tombstone{Address: staffAddress("gone"), At: at}})
	for _, key := range []string{"moved", "gone"} {
		if in := testIntent(key, at); l.CheckBegin(in) == nil || !known(l, in) {
			t.Errorf("the intent of %s counts as unknown", key)
		}
	}
	held := tail{data: []byte(`"order_id":"acme-salaries-moved" "order_id":"acme-salaries-gone" "order_id":"acme-salaries-new"`)}
	if got := unknownOrders(l, &held); len(got) != 1 || got[0] != "acme-salaries-new" {
		t.Errorf("unknown order ids: %q", got)
	}
	if other := testIntent("new", at); known(l, other) {
		t.Error("a new intent counts as known")
	}
	other := testIntent("thief", at)
	other.OrderID = "acme-salaries-moved"
	if known(l, other) {
		t.Error("the order id of another payout counts as known")
	}
}
