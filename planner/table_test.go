package planner_test

import (
	"testing"

	"payrun/planner"
	"payrun/planner/payout"
)

// TestWhatPlanSays takes each status with a declaration that is the same, and
// with one whose amount differs.
func TestWhatPlanSays(t *testing.T) {
	const differs = "amount was 1 000.00 KZT, now 5 000.00 KZT"
	since := func(word string) string { return word + " since 22 Nov 06:00 UTC" }
	for _, tt := range []struct {
		status         payout.Status
		same, edited   planner.Action
		reason, change string
	}{
		{payout.NotSent, planner.ActionPay, planner.ActionPay, "", ""},
		{payout.Sending, planner.ActionCheck, planner.ActionConflict, since("sending"), "sending already: " + differs},
		{payout.InDoubt, planner.ActionCheck, planner.ActionConflict, since("in doubt"), "in doubt already: " + differs},
		{payout.Accepted, planner.ActionCheck, planner.ActionConflict, since("accepted"), "accepted already: " + differs},
		{payout.Rejected, planner.ActionCheck, planner.ActionConflict, since("rejected"), "rejected already: " + differs},
		{payout.NotFound, planner.ActionAttention, planner.ActionConflict, since("not found"), "not found already: " + differs},
		{payout.Returned, planner.ActionAttention, planner.ActionAttention, since("returned"), since("returned")},
		{payout.Failed, planner.ActionAttention, planner.ActionRetry,
			"failed 22 Nov 11:00: 10017 card expired; mend the payout, or -retry-failed",
			"attempt 2; failed 22 Nov 11:00: 10017 card expired; " + differs},
		{payout.Paid, planner.ActionNone, planner.ActionConflict, "", "paid already: " + differs},
	} {
		t.Run(string(tt.status), func(t *testing.T) {
			m, a := merchant(), at("salaries", "2026-11", "director")
			p := declare(t, a, 1)
			l := ledgerOf(t, recorded(m, p, statuses(tt.status)))
			c := wantChange(t, diff(l, batchOf(m, p)), a, tt.same, tt.reason)
			if c.OrderID != p.OrderIDFor(m, 1) || c.Attempt != 1 {
				t.Errorf("attempt %d with order id %s, want the recorded one", c.Attempt, c.OrderID)
			}
			p.Amount = tenge(5000)
			wantChange(t, diff(l, batchOf(m, p)), a, tt.edited, tt.change)
		})
	}
}

func TestNothingRecordedIsPaid(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	c := wantChange(t, diff(payout.NewLedger(), batchOf(m, p)), a, planner.ActionPay, "")
	if c.Attempt != 1 || c.OrderID != p.OrderIDFor(m, 1) || !c.Sends() || c.Status() != payout.Declared {
		t.Errorf("first payment is %+v", c)
	}
}

// TestFrozenAttributes edits one attribute of a paid payout at a time.
func TestFrozenAttributes(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	paid := declare(t, a, 1)
	l := ledgerOf(t, recorded(m, paid, statuses(payout.Paid)))
	other := merchant()
	other.Name = "second"
	for _, tt := range []struct {
		name   string
		edit   func(b *planner.Batch, p *planner.Payout)
		action planner.Action
		reason string
	}{
		{"currency", func(_ *planner.Batch, p *planner.Payout) { p.Amount.Currency = payout.MustCurrency("KGS") },
			planner.ActionConflict, "paid already: amount was 1 000.00 KZT, now 1 000.00 KGS"},
		{"destination", func(_ *planner.Batch, p *planner.Payout) { p.Token = token(t, 2) },
			planner.ActionConflict, "paid already: destination was card ef74…0001, now card ef74…0002"},
		{"user id", func(_ *planner.Batch, p *planner.Payout) { p.UserID = "7" },
			planner.ActionConflict, "paid already: user id was 1, now 7"},
		{"merchant", func(b *planner.Batch, _ *planner.Payout) { b.Merchant = other },
			planner.ActionConflict, "paid already: merchant was main, now second"},
		{"order id", func(_ *planner.Batch, p *planner.Payout) { p.OrderID = "INV-7" },
			planner.ActionConflict, "paid already: order id was " + paid.OrderIDFor(m, 1) + ", now INV-7"},
		{"two", func(_ *planner.Batch, p *planner.Payout) { p.UserID, p.Amount = "7", tenge(2) },
			planner.ActionConflict, "paid already: amount was 1 000.00 KZT, now 2.00 KZT; user id was 1, now 7"},
		{"description", func(_ *planner.Batch, p *planner.Payout) { p.Description = "Bonus" }, planner.ActionNone, ""},
		{"label", func(_ *planner.Batch, p *planner.Payout) { p.Label = "A. Serikova" }, planner.ActionNone, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := batchOf(m, paid)
			b.Payouts = []planner.Payout{paid}
			tt.edit(&b, &b.Payouts[0])
			if tt.name == "currency" {
				kgs := merchant()
				kgs.Currency = payout.MustCurrency("KGS")
				b.Merchant = kgs
			}
			wantChange(t, diff(l, b), a, tt.action, tt.reason)
		})
	}
}

func TestFlagsWaitForAPerson(t *testing.T) {
	for flag, reason := range map[payout.Flag]string{
		payout.FlagDisputed: "disputed: paid, and the gateway now says error",
		payout.FlagAlarm:    "alarm: a payment may have been made twice, or has no end",
	} {
		m, a := merchant(), at("salaries", "2026-11", "director")
		p := declare(t, a, 1)
		r := recorded(m, p, statuses(payout.Paid))
		r.Flags = []payout.Flag{flag}
		wantChange(t, diff(ledgerOf(t, r), batchOf(m, p)), a, planner.ActionAttention, reason)
		other := declare(t, at("salaries", "2026-11", "other"), 2)
		wantChange(t, diff(ledgerOf(t, r), batchOf(m, other)), a, planner.ActionAttention, reason)
	}
}

func TestUnprovenDestinationIsNoFlagOfThePlan(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	r := recorded(m, p, statuses(payout.Paid))
	r.Flags = []payout.Flag{payout.FlagUnproven}
	wantChange(t, diff(ledgerOf(t, r), batchOf(m, p)), a, planner.ActionNone, "")
}

// TestLeftTheFiles takes each status of a payout that its batch and period
// declare no longer.
func TestLeftTheFiles(t *testing.T) {
	for status, want := range map[payout.Status]struct {
		action planner.Action
		reason string
	}{
		payout.NotSent:  {planner.ActionLeft, "left the files, not sent"},
		payout.Sending:  {planner.ActionLeft, "left the files, sending"},
		payout.InDoubt:  {planner.ActionLeft, "left the files, in doubt"},
		payout.Accepted: {planner.ActionLeft, "left the files, accepted"},
		payout.Rejected: {planner.ActionLeft, "left the files, rejected"},
		payout.NotFound: {planner.ActionAttention, "not found since 22 Nov 06:00 UTC"},
		payout.Returned: {planner.ActionAttention, "returned since 22 Nov 06:00 UTC"},
		payout.Failed:   {planner.ActionLeft, "left the files, failed"},
		payout.Paid:     {planner.ActionLeft, "left the files, paid"},
	} {
		m := merchant()
		gone := declare(t, at("salaries", "2026-11", "gone"), 1)
		plan := diff(ledgerOf(t, recorded(m, gone, statuses(status))), batchOf(m, declare(t, at("salaries", "2026-11", "here"), 2)))
		c := wantChange(t, plan, gone.Address, want.action, want.reason)
		if c.Amount() != gone.Amount || c.Sends() {
			t.Errorf("%s: amount %s, sends %v", status, c.Amount(), c.Sends())
		}
	}
}

// TestOtherPeriods takes each status of a payout whose period is not declared:
// settled ones are history.
func TestOtherPeriods(t *testing.T) {
	for status, want := range map[payout.Status]planner.Action{
		payout.NotSent: "", payout.Failed: "", payout.Paid: "", payout.Returned: "",
		payout.Sending: planner.ActionCheck, payout.InDoubt: planner.ActionCheck, payout.Accepted: planner.ActionCheck,
		payout.Rejected: planner.ActionCheck, payout.NotFound: planner.ActionAttention,
	} {
		m := merchant()
		old := declare(t, at("salaries", "2026-10", "director"), 1)
		plan := diff(ledgerOf(t, recorded(m, old, statuses(status))), batchOf(m, declare(t, at("salaries", "2026-11", "director"), 1)))
		if want == "" {
			if plan.History != 1 || len(plan.Changes) != 1 {
				t.Errorf("%s: history %d, %d changes, want 1 and 1", status, plan.History, len(plan.Changes))
			}
			continue
		}
		if c := find(t, plan, old.Address); c.Action != want || plan.History != 0 {
			t.Errorf("%s: %s and history %d, want %s and 0", status, c.Action, plan.History, want)
		}
	}
}

func TestImportedPaymentKeepsAForeignOrderID(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	r := recorded(m, p, statuses(payout.Paid))
	r.Attempts[0].OrderID, r.Attempts[0].Events[0].Source = "BANK-1", payout.SourceImport
	wantChange(t, diff(ledgerOf(t, r), batchOf(m, p)), a, planner.ActionNone, "")
}

func TestGatewayWordsStandInTheReason(t *testing.T) {
	m, a := merchant(), at("salaries", "2026-11", "director")
	p := declare(t, a, 1)
	r := recorded(m, p, statuses(payout.InDoubt))
	r.Attempts[0].Events[0].Words = "connection reset"
	wantChange(t, diff(ledgerOf(t, r), batchOf(m, p)), a, planner.ActionCheck, "in doubt since 22 Nov 06:00 UTC: connection reset")
}
