package statefile

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// editedDocument has a payout whose first attempt was another amount, currency
// and merchant.
func editedDocument(t *testing.T) *document {
	t.Helper()
	l := payout.NewLedger()
	at := newClock().at
	first := testIntent("1001", at)
	first.Amount, first.Merchant = payout.Money{Minor: 5, Currency: payout.MustCurrency("JPY")}, "old"
	must(t, l.Begin(first))
	must(t, l.Settle(testOutcome("1001", payout.Accepted, at)))
	failed := testOutcome("1001", payout.Failed, at)
	failed.Cause = payout.CauseError
	must(t, l.Settle(failed))
	second := testIntent("1001", at.Add(time.Minute))
	second.Attempt, second.OrderID = 2, "acme-salaries-1001-r2"
	must(t, l.Begin(second))
	must(t, l.Begin(testIntent("1002", at)))
	d := &document{format: FormatVersion, version: "0.1.0", lineage: "6f2c1d0e-9a55-4c3b-8f10-0d6a1b2c3d4e", serial: 1, ledger: l}
	must(t, d.complete())
	d.digest = d.computeDigest()
	return d
}

// TestTermsOfAnAttemptSurvive the state file, and stand only where the payout
// was edited.
func TestTermsOfAnAttemptSurvive(t *testing.T) {
	d := editedDocument(t)
	text := encoded(t, d)
	const members = `"amount":"5","currency":"JPY","merchant":"old"`
	if n := strings.Count(string(text), members); n != 1 {
		t.Fatalf("%s stands %d times in\n%s", members, n, text)
	}
	if n := strings.Count(string(text), `"merchant":`); n != 3 {
		t.Errorf("%d merchants are written, want those of two records and one attempt:\n%s", n, text)
	}
	got, err := decode(bytes.NewReader(text))
	must(t, err)
	if diff := cmp.Diff(d.ledger.All(), got.ledger.All()); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
	want := payout.Terms{Amount: payout.Money{Minor: 5, Currency: payout.MustCurrency("JPY")}, Merchant: "old"}
	if r := got.ledger.Record(staffAddress("1001")); r.Attempts[0].Was != want || r.Attempts[1].Was != (payout.Terms{}) {
		t.Errorf("the terms are %+v and %+v", r.Attempts[0].Was, r.Attempts[1].Was)
	}
	if r := got.ledger.Record(staffAddress("1002")); r.Attempts[0].Was != (payout.Terms{}) {
		t.Errorf("a payout inherits the terms of the one before: %+v", r.Attempts[0].Was)
	}
	if raw, err := rawDigest(text); err != nil || raw != d.digest || got.computeDigest() != raw {
		t.Errorf("digests: raw %s, %v, recorded %s, computed %s", raw, err, d.digest, got.computeDigest())
	}
}

// TestTermsSurviveTheJournal: an edit between two attempts is replayed.
func TestTermsSurviveTheJournal(t *testing.T) {
	s := testStore(t)
	r, lock := mustOpen(t, s)
	at := newClock().at
	must(t, r.Begin(testIntent("1001", at)))
	must(t, r.End(testOutcome("1001", payout.Accepted, at)))
	failed := testOutcome("1001", payout.Failed, at)
	failed.Cause = payout.CauseError
	must(t, r.End(failed))
	second := testIntent("1001", at)
	second.Attempt, second.OrderID, second.Amount.Minor = 2, "acme-salaries-1001-r2", 7
	must(t, r.Begin(second))
	before := ""
	r.View(func(l *payout.Ledger) { before = content(t, l) })
	// The journal as it stands, without a checkpoint after it.
	snap := mustLoad(t, s)
	if was := snap.Ledger.Record(staffAddress("1001")).Attempts[0].Was; was.Amount.Minor != 120000050 || was.Merchant != "main" {
		t.Errorf("replayed terms %+v", was)
	}
	if diff := cmp.Diff(before, content(t, snap.Ledger)); diff != "" {
		t.Errorf("replay (-want +got):\n%s", diff)
	}
	must(t, r.Close())
	must(t, lock.Release())
	saved := mustLoad(t, s)
	if diff := cmp.Diff(before, content(t, saved.Ledger)); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

// TestTermsThatAreRefused: half of an amount is no amount.
func TestTermsThatAreRefused(t *testing.T) {
	good := string(encoded(t, editedDocument(t)))
	for _, tt := range []struct{ members, want string }{
		{`"amount":"5"`, "currency \"\" is unknown"},
		{`"currency":"JPY"`, "merchant"},
		{`"merchant":"old"`, "currency \"\" is unknown"},
		{`"amount":"5","currency":"JPY"`, "merchant"},
		{`"amount":"5","merchant":"old"`, "currency \"\" is unknown"},
		{`"currency":"JPY","merchant":"old"`, "empty"},
		{`"amount":"5","currency":"XJP","merchant":"old"`, "currency \"XJP\" is unknown"},
		{`"amount":"5.00","currency":"JPY","merchant":"old"`, "fraction digits"},
		{`"amount":"-5","currency":"JPY","merchant":"old"`, "amount"},
		{`"amount":5,"currency":"JPY","merchant":"old"`, ""},
	} {
		text := strings.Replace(good, `"amount":"5","currency":"JPY","merchant":"old"`, tt.members, 1)
		_, err := decode(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q in it", tt.members, err, tt.want)
		}
	}
}

// TestTotalsThatLieMakeNoRoom: the totals come before the payouts, and what
// they say is checked after them; until then they cost no memory to speak of.
func TestTotalsThatLieMakeNoRoom(t *testing.T) {
	good := string(encoded(t, editedDocument(t)))
	const totals = `{"count":2,`
	if !strings.Contains(good, totals) {
		t.Fatalf("no %s in\n%s", totals, good)
	}
	for _, count := range []string{"0", "1", "3", "-1", "-9007199254740991", "100000"} {
		text := strings.Replace(good, totals, `{"count":`+count+`,`, 1)
		if _, err := decode(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "add up") {
			t.Errorf("count %s: %v", count, err)
		}
	}
}

// TestExpectedIsBounded whatever the totals say.
func TestExpectedIsBounded(t *testing.T) {
	for _, tt := range []struct {
		counts []int64
		want   int
	}{
		{nil, 0},
		{[]int64{-1, -1 << 62}, 0},
		{[]int64{3, -1 << 62, 4}, 7},
		{[]int64{maxExpected}, maxExpected},
		{[]int64{1 << 62}, maxExpected},
		{[]int64{1 << 62, 1 << 62, 1 << 62, 1<<63 - 1}, maxExpected},
	} {
		d := &decoder{totals: map[string]map[string]wireTotal{"KZT": {}}}
		for i, n := range tt.counts {
			d.totals["KZT"][fmt.Sprint(i)] = wireTotal{Count: n}
		}
		if got := d.expected(); got != tt.want {
			t.Errorf("totals of %v make room for %d payouts, want %d", tt.counts, got, tt.want)
		}
	}
}
