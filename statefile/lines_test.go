package statefile

import (
	"bytes"
	"strings"
	"testing"

	"payrun/planner/payout"
)

// TestOneLineAPayout: what a run did to one payout of many thousands is one line
// of the state that people read in git, beside those that tell of the whole.
func TestOneLineAPayout(t *testing.T) {
	const payouts = 10_000
	doc := benchDocument(payouts)
	before := linesOf(t, doc)
	address := staffAddress("004711")
	o := payout.Outcome{
		At: newClock().at, Address: address, Attempt: 1, OrderID: "acme-salaries-004711", Cause: payout.CausePerson,
		Event: payout.Event{Status: payout.Returned, At: newClock().at, Source: payout.SourceManual, By: "aigul", Reason: "the bank sent it back"},
	}
	must(t, doc.ledger.Settle(&o))
	must(t, doc.complete())
	doc.serial++
	doc.digest = doc.computeDigest()
	after := linesOf(t, doc)
	if len(before) != len(after) {
		t.Fatalf("%d lines became %d", len(before), len(after))
	}
	var changed []string
	for i := range after {
		if after[i] != before[i] {
			changed = append(changed, after[i])
		}
	}
	if len(changed) > 4 { // serial, digest, totals
		t.Errorf("%d lines changed", len(changed))
	}
	if last := changed[len(changed)-1]; !strings.Contains(last, address.Key) || !strings.Contains(last, "the bank sent it back") {
		t.Errorf("the payout's line is %.200s", last)
	}
	if len(after) < payouts || len(after) > payouts+40 {
		t.Errorf("%d lines for %d payouts", len(after), payouts)
	}
}

func linesOf(t *testing.T, d *document) []string {
	t.Helper()
	var b bytes.Buffer
	must(t, d.encode(&b, fileForm))
	return strings.Split(b.String(), "\n")
}
