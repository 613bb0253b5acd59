package planner

import (
	"testing"

	"payrun/planner/payout"
)

// TestConflictsAlike: more than a few with one reason are one line, others and
// those that are left out are not counted in.
func TestConflictsAlike(t *testing.T) {
	plan := &Plan{}
	add := func(action Action, reason, key string, excluded bool) {
		plan.Changes = append(plan.Changes, Change{Action: action, Reason: reason, Excluded: excluded, Address: payout.NewAddress("pay", "2026-11", "staff").WithKey(key)})
	}
	for _, key := range []string{"a", "b", "c", "d"} {
		add(ActionConflict, "prefix", key, false)
		add(ActionWait, "prefix", key, false)
	}
	add(ActionConflict, "prefix", "e", true)
	for _, key := range []string{"f", "g", "h"} {
		add(ActionConflict, "amount", key, false)
	}
	var got []string
	for _, a := range plan.ConflictsAlike() {
		got = append(got, a.First.Address.Key+a.Others()+" "+a.First.Reason)
	}
	want := []string{"a and 3 more prefix", "f amount", "g amount", "h amount"}
	if len(got) != len(want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}
