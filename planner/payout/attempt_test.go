package payout_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

func TestEmptyRecordAndAttempt(t *testing.T) {
	var none *payout.Record
	if none.Status() != payout.Declared || none.Newest() != nil || none.Attempt(1) != nil {
		t.Error("a nil record is not a declared payout")
	}
	r := &payout.Record{}
	if r.Status() != payout.Declared || r.Newest() != nil || r.HasFlag(payout.FlagAlarm) {
		t.Error("a record without attempts is not a declared payout")
	}
	a := &payout.Attempt{}
	if a.Status() != payout.Declared || a.Last() != (payout.Event{}) || !a.BegunAt().IsZero() || a.RetrySeen() {
		t.Error("an attempt without events has a status")
	}
}

func TestRecordLookups(t *testing.T) {
	r := record(payout.Failed, payout.Accepted)
	r.Flags = []payout.Flag{payout.FlagAlarm}
	if r.Newest() != r.Attempt(2) || r.Attempt(1).OrderID != "o1" || r.Attempt(3) != nil {
		t.Error("attempts are not found by number")
	}
	if !r.HasFlag(payout.FlagAlarm) || r.HasFlag(payout.FlagDisputed) {
		t.Errorf("HasFlag with the flags %v", r.Flags)
	}
	a := r.Newest()
	if a.Last().Status != payout.Accepted || a.Status() != payout.Accepted || !a.BegunAt().Equal(start) {
		t.Errorf("the newest attempt is %+v", a)
	}
}

// TestRecordStatus holds the law that a payout is not tried again while money
// of any of its attempts left or may have.
func TestRecordStatus(t *testing.T) {
	tests := []struct {
		attempts []payout.Status
		want     payout.Status
	}{
		{[]payout.Status{payout.Sending}, payout.Sending},
		{[]payout.Status{payout.Failed, payout.Sending}, payout.Sending},
		{[]payout.Status{payout.Failed, payout.Failed}, payout.Failed},
		{[]payout.Status{payout.Returned, payout.Failed}, payout.Failed},
		{[]payout.Status{payout.NotFound, payout.NotSent}, payout.NotSent},
		{[]payout.Status{payout.NotFound, payout.Failed}, payout.Failed},
		{[]payout.Status{payout.Failed, payout.NotFound}, payout.NotFound},
		{[]payout.Status{payout.Paid, payout.Failed}, payout.Paid},
		{[]payout.Status{payout.Paid, payout.NotSent}, payout.Paid},
		{[]payout.Status{payout.Paid, payout.NotFound}, payout.Paid},
		{[]payout.Status{payout.Paid, payout.Returned}, payout.Paid},
		{[]payout.Status{payout.Accepted, payout.Failed, payout.Failed}, payout.Accepted},
		{[]payout.Status{payout.Paid, payout.Accepted, payout.Failed}, payout.Accepted},
		{[]payout.Status{payout.Paid, payout.Accepted}, payout.Accepted},
		{[]payout.Status{payout.Accepted, payout.Paid}, payout.Paid},
	}
	for _, tt := range tests {
		if got := record(tt.attempts...).Status(); got != tt.want {
			t.Errorf("the status of attempts %v is %s, want %s", tt.attempts, got, tt.want)
		}
	}
}

func TestFence(t *testing.T) {
	a := &payout.Attempt{TimeLimit: start}
	at, ok := a.Fence()
	if want := start.Add(6 * time.Hour); !ok || !at.Equal(want) {
		t.Errorf("Fence() = %v, %v, want %v", at, ok, want)
	}
	if a.PastFence(at) || !a.PastFence(at.Add(time.Nanosecond)) || a.PastFence(start) {
		t.Error("the fence itself is not past the fence, the next nanosecond is")
	}
	found := &payout.Attempt{}
	if at, ok := found.Fence(); ok || !at.IsZero() || found.PastFence(start.AddDate(100, 0, 0)) {
		t.Error("an attempt without a time limit of ours has a fence")
	}
}

func TestRecordCloneIsDeep(t *testing.T) {
	build := func() *payout.Record {
		r := record(payout.Failed, payout.Accepted)
		r.Former = []payout.Address{payout.NewAddress("old", "2026-11", "staff")}
		r.Flags = []payout.Flag{payout.FlagAlarm}
		return r
	}
	r := build()
	c := r.Clone()
	if diff := cmp.Diff(r, c); diff != "" {
		t.Fatalf("a clone differs (-want +got):\n%s", diff)
	}
	c.Amount = tenge(1)
	c.Former[0].Batch = "changed"
	c.Flags[0] = payout.FlagDisputed
	c.Attempts[0].OrderID = "changed"
	c.Attempts[1].Events[0].Words = "changed"
	c.Attempts[1].Events = append(c.Attempts[1].Events, payout.Event{})
	if diff := cmp.Diff(build(), r); diff != "" {
		t.Errorf("a changed clone changed the record (-want +got):\n%s", diff)
	}
}
