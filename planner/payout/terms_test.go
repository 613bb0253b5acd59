package payout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// wantTerms checks what each attempt of staff was to pay, and from where.
func wantTerms(t *testing.T, l *payout.Ledger, want ...payout.Terms) {
	t.Helper()
	r := l.Record(staff)
	var got []payout.Terms
	for i := range r.Attempts {
		got = append(got, r.TermsOf(&r.Attempts[i]))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the attempts were to pay (-want +got):\n%s", diff)
	}
}

// fail settles attempt n as failed.
func fail(t *testing.T, l *payout.Ledger, n int) {
	t.Helper()
	mustSettle(t, l, outcome(n, payout.Accepted, payout.CauseCall))
	mustSettle(t, l, outcome(n, payout.Failed, payout.CauseError))
}

// edited is an intent of another amount and merchant.
func edited(n int, amount int64, merchant string) *payout.Intent {
	in := intent(staff, n, orderID(n))
	in.Amount, in.Merchant = tenge(amount), merchant
	return in
}

// TestTermsStayWithTheirAttempt: an edit speaks of the attempts to come.
func TestTermsStayWithTheirAttempt(t *testing.T) {
	terms := func(amount int64, merchant string) payout.Terms {
		return payout.Terms{Amount: tenge(amount), Merchant: merchant}
	}
	for name, tt := range map[string]struct{ first, second, third payout.Terms }{
		"not edited":        {terms(5, "main"), terms(5, "main"), terms(5, "main")},
		"amount":            {terms(5, "main"), terms(7, "main"), terms(7, "main")},
		"merchant":          {terms(5, "main"), terms(5, "second"), terms(5, "second")},
		"twice":             {terms(5, "main"), terms(7, "second"), terms(9, "main")},
		"and back":          {terms(5, "main"), terms(7, "main"), terms(5, "main")},
		"at the end":        {terms(5, "main"), terms(5, "main"), terms(7, "second")},
		"merchant and back": {terms(5, "main"), terms(5, "second"), terms(5, "main")},
	} {
		t.Run(name, func(t *testing.T) {
			l := payout.NewLedger()
			all := []payout.Terms{tt.first, tt.second, tt.third}
			for n, one := range all {
				mustBegin(t, l, edited(n+1, one.Amount.Minor, one.Merchant))
				wantTerms(t, l, all[:n+1]...)
				fail(t, l, n+1)
			}
			if newest := l.Record(staff).Newest(); newest.Was != (payout.Terms{}) {
				t.Errorf("the newest attempt has terms of its own: %+v", newest.Was)
			}
			clone := l.Clone()
			wantTerms(t, clone, all...)
			restored := ledgerOf(t, clone.Record(staff))
			for n, one := range all {
				if restored.ByOrderID(one.Merchant, orderID(n+1)) != restored.Record(staff) {
					t.Errorf("order %s of merchant %s is not found once restored", orderID(n+1), one.Merchant)
				}
			}
		})
	}
}

// TestTermsOfAResumedAttempt: an attempt that was not sent pays what its newest
// intent says; the ones before it keep what they were to pay.
func TestTermsOfAResumedAttempt(t *testing.T) {
	first := payout.Terms{Amount: tenge(5), Merchant: "main"}
	resumed := payout.Terms{Amount: tenge(9), Merchant: "second"}
	l := payout.NewLedger()
	mustBegin(t, l, edited(1, 5, "main"))
	fail(t, l, 1)
	mustBegin(t, l, edited(2, 5, "main"))
	mustSettle(t, l, outcome(2, payout.NotSent, payout.CauseCall))
	mustBegin(t, l, edited(2, 9, "second"))
	wantTerms(t, l, first, resumed)
	mustSettle(t, l, outcome(2, payout.NotSent, payout.CauseCall))
	mustBegin(t, l, edited(2, 9, "second"))
	wantTerms(t, l, first, resumed)
	if len(l.Record(staff).Attempts) != 2 {
		t.Error("a resumed attempt became another one")
	}
}

// TestTermsOfAnAdoptedAttempt: what a look-up finds of an edited payout is of
// the edited amount.
func TestTermsOfAnAdoptedAttempt(t *testing.T) {
	l := ledgerOf(t, record(payout.Failed))
	adopt := details(staff)
	adopt.Amount = tenge(7)
	o := outcome(2, payout.Paid, payout.CauseLookup)
	o.Adopt = &adopt
	mustSettle(t, l, o)
	wantTerms(t, l, payout.Terms{Amount: tenge(50000), Merchant: "main"}, payout.Terms{Amount: tenge(7), Merchant: "main"})
}

// TestProofOfAnEarlierAttempt counts for the merchant that was asked, not for
// the one that the payout was edited to.
func TestProofOfAnEarlierAttempt(t *testing.T) {
	l := payout.NewLedger()
	for _, name := range []string{"main", "second"} {
		l.Note(&payout.Note{Merchant: &payout.Merchant{Name: name, Environment: "test"}})
	}
	mustBegin(t, l, edited(1, 5, "main"))
	fail(t, l, 1)
	mustBegin(t, l, edited(2, 5, "second"))
	o := outcome(1, payout.Declared, "")
	o.Event = payout.Event{}
	o.Proof, o.Balance = &payout.Proof{Environment: "test", API: "gateway", OrderID: "o1", At: start}, "7.00"
	mustSettle(t, l, o)
	if m := l.Merchant("main"); !m.ProvenFor("test", "gateway") || m.Balance != "7.00" {
		t.Errorf("the merchant that was asked is %+v", m)
	}
	if m := l.Merchant("second"); m.ProvenFor("test", "gateway") || m.Balance != "" {
		t.Errorf("the merchant that was never asked is %+v", m)
	}
}

// TestRestoreKnowsOrderIDsByTheirMerchant: the same order id may stand at two
// merchants, and never twice at one.
func TestRestoreKnowsOrderIDsByTheirMerchant(t *testing.T) {
	was := func() *payout.Record {
		r := record(payout.Failed, payout.Paid)
		r.Attempts[0].Was = payout.Terms{Amount: tenge(5), Merchant: "old"}
		return r
	}
	other := func(merchant string) *payout.Record {
		r := record(payout.Paid)
		r.Address, r.Merchant = staff.WithKey("2"), merchant
		return r
	}
	l := ledgerOf(t, was(), other("main"))
	if l.ByOrderID("old", "o1") != l.Record(staff) || l.ByOrderID("main", "o1") != l.Record(staff.WithKey("2")) {
		t.Error("an order id leads to another merchant's record")
	}
	for _, order := range [][]*payout.Record{{was(), other("old")}, {other("old"), was()}} {
		twice := ledgerOf(t, order[0])
		if err := twice.Restore(order[1]); err == nil {
			t.Errorf("an order id of the former merchant stands twice: %v", order[1].Address)
		}
		if twice.Len() != 1 {
			t.Error("a refused record was kept")
		}
	}
}

// TestRestoreRefusesWhatWasForgotten also under the former merchant.
func TestRestoreRefusesWhatWasForgotten(t *testing.T) {
	r := record(payout.Failed, payout.Paid)
	r.Attempts[0].Was = payout.Terms{Amount: tenge(5), Merchant: "old"}
	for merchant, refused := range map[string]bool{"old": true, "main": false} {
		l := payout.NewLedger()
		l.Tombstones = []payout.Tombstone{{Address: staff.WithKey("gone"), Merchant: merchant, OrderIDs: []string{"O1"}, At: start}}
		if err := l.Restore(r.Clone()); (err != nil) != refused {
			t.Errorf("order o1 forgotten at %s: %v", merchant, err)
		}
	}
}

// TestStake: a payout that was edited after an attempt which turns out paid
// counts with what that attempt paid.
func TestStake(t *testing.T) {
	r := record(payout.Paid, payout.Failed)
	r.Attempts[0].Was = payout.Terms{Amount: tenge(1000), Merchant: r.Merchant}
	if got := r.Stake(); got != tenge(1000) {
		t.Errorf("stake %s", got)
	}
	totals, err := ledgerOf(t, r).Totals()
	if err != nil || len(totals) != 1 || totals[0].Status != payout.Paid || totals[0].Sum != tenge(1000) {
		t.Errorf("totals %+v, %v", totals, err)
	}
	if got := (&payout.Record{Details: details(staff)}).Stake(); got != details(staff).Amount {
		t.Errorf("stake without an attempt: %s", got)
	}
}
