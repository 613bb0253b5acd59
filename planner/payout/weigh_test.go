package payout_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// describe is an outcome in a few words: the new status, flags, counters that
// moved, and a payment id.
func describe(a *payout.Attempt, o payout.Outcome, recorded bool) string {
	if !recorded {
		return "-"
	}
	var words []string
	if o.Event.Status != payout.Declared {
		words = append(words, string(o.Event.Status), "by "+string(o.Cause))
	}
	for _, f := range o.Raise {
		words = append(words, "+"+string(f))
	}
	if o.NotFound != a.NotFound {
		words = append(words, fmt.Sprintf("nf%d", o.NotFound.Count))
	}
	if o.Failures != a.Failures {
		words = append(words, fmt.Sprintf("f%d", o.Failures.Count))
	}
	if o.PaymentID != "" {
		words = append(words, "id "+o.PaymentID)
	}
	return strings.Join(words, " ")
}

func observation(v payout.Verdict, paymentID string, after time.Duration) payout.Observation {
	return payout.Observation{
		At: start.Add(after), Verdict: v, Source: payout.SourceStatus, PaymentID: paymentID, PaymentDate: "2026-11-22 14:00:00", Code: "7", Words: "said",
	}
}

// TestWeighEveryAnswer is the whole table of one answer about one attempt,
// without waits and before the fence. The columns are the answers success,
// error and process with payment id 77, and not found.
func TestWeighEveryAnswer(t *testing.T) {
	const (
		paid     = "paid by success id 77"
		failed   = "failed by error f1 id 77"
		accepted = "accepted by process id 77"
	)
	table := []struct {
		status                            payout.Status
		manual                            bool
		known                             string // recorded payment id
		success, error, process, notFound string
	}{
		{payout.Sending, false, "", "-", "id 77", "id 77", "-"},
		{payout.NotSent, false, "", "paid by look-up +destination_unproven id 77", "failed by look-up f1 id 77", "accepted by look-up +destination_unproven id 77", "-"},
		{payout.Accepted, false, "", paid, failed, "id 77", "-"},
		{payout.Accepted, false, "77", paid, failed, "-", "-"},
		{payout.Rejected, false, "", paid, failed, accepted, "nf1"},
		{payout.InDoubt, false, "", paid, failed, accepted, "nf1"},
		{payout.InDoubt, false, "77", paid, failed, accepted, "-"},
		{payout.NotFound, false, "", paid, failed, accepted, "-"},
		{payout.Paid, false, "", "id 77", "+disputed id 77", "id 77", "-"},
		{payout.Paid, false, "77", "-", "+disputed id 77", "-", "-"},
		{payout.Paid, true, "", paid, "failed by error +disputed f1 id 77", "id 77", "-"},
		{payout.Paid, true, "77", paid, "failed by error +disputed f1 id 77", "-", "-"},
		{payout.Failed, false, "", "paid by success +alarm id 77", "f1 id 77", "+alarm id 77", "f1"},
		{payout.Failed, false, "77", "paid by success +alarm id 77", "f1 id 77", "-", "-"},
		{payout.Failed, true, "", paid, failed, "id 77", "-"},
		{payout.Failed, true, "77", paid, failed, "-", "-"},
		{payout.Returned, false, "", "-", "id 77", "id 77", "-"},
		{payout.Returned, false, "77", "-", "-", "-", "-"},
	}
	for _, row := range table {
		for verdict, want := range map[payout.Verdict]string{
			payout.SaysSuccess: row.success, payout.SaysError: row.error, payout.SaysProcess: row.process, payout.SaysNotFound: row.notFound, "pending": "-",
		} {
			r := record(row.status)
			if row.manual {
				manual(r)
			}
			r.Attempts[0].PaymentID = row.known
			o := observation(verdict, "77", time.Hour)
			if verdict == payout.SaysNotFound {
				o.PaymentID, o.PaymentDate = "", ""
			}
			before := r.Clone()
			out, recorded := r.Weigh(1, o, payout.Waits{})
			if got := describe(&r.Attempts[0], out, recorded); got != want {
				t.Errorf("%s (manual %v, id %q) and %q: %s, want %s", row.status, row.manual, row.known, verdict, got, want)
			}
			if diff := cmp.Diff(before, r); diff != "" {
				t.Errorf("%s and %q: Weigh changed the record:\n%s", row.status, verdict, diff)
			}
			if recorded {
				mustSettle(t, ledgerOf(t, r), &out)
			}
		}
	}
}

func TestWeighKeepsTheEvidence(t *testing.T) {
	r := record(payout.InDoubt)
	o := observation(payout.SaysSuccess, "77", time.Hour)
	out, recorded := r.Weigh(1, o, payout.StandardWaits())
	want := payout.Outcome{
		At: o.At, Address: staff, Attempt: 1, OrderID: "o1", Cause: payout.CauseSuccess, PaymentID: "77", PaymentDate: o.PaymentDate,
		Event: payout.Event{Status: payout.Paid, At: o.At, Source: payout.SourceStatus, Code: "7", Words: "said"},
	}
	if diff := cmp.Diff(want, out); !recorded || diff != "" {
		t.Errorf("Weigh (-want +got):\n%s", diff)
	}
}

func TestWeighAnotherPaymentID(t *testing.T) {
	for _, s := range []payout.Status{payout.Accepted, payout.InDoubt, payout.Rejected, payout.NotFound, payout.NotSent, payout.Paid, payout.Failed} {
		for _, v := range []payout.Verdict{payout.SaysSuccess, payout.SaysError, payout.SaysProcess, payout.SaysNotFound} {
			r := record(s)
			r.Attempts[0].PaymentID, r.Attempts[0].PaymentDate = "76", "recorded"
			out, recorded := r.Weigh(1, observation(v, "77", time.Hour), payout.Waits{})
			if got := describe(&r.Attempts[0], out, recorded); got != "+alarm" {
				t.Errorf("%s and %q of another payment: %s, want the alarm alone", s, v, got)
			}
			l := ledgerOf(t, r)
			mustSettle(t, l, &out)
			a := l.Record(staff).Newest()
			if a.PaymentID != "76" || a.PaymentDate != "recorded" || a.Status() != s {
				t.Errorf("%s and %q of another payment changed the attempt: %+v", s, v, a)
			}
			if out, recorded := r.Weigh(1, observation(v, "77", 2*time.Hour), payout.Waits{}); recorded {
				t.Errorf("the alarm is raised again: %+v", out)
			}
		}
	}
}

// TestWeighTwoAlive: an earlier attempt turns out to live while a later one
// does, and the other way round.
func TestWeighTwoAlive(t *testing.T) {
	tests := []struct {
		attempts []payout.Status
		n        int
		verdict  payout.Verdict
		want     string
	}{
		{[]payout.Status{payout.Failed, payout.Sending}, 1, payout.SaysSuccess, "paid by success +alarm +alarm id 77"},
		{[]payout.Status{payout.NotFound, payout.Accepted}, 1, payout.SaysSuccess, "paid by success +alarm id 77"},
		{[]payout.Status{payout.NotFound, payout.Paid}, 1, payout.SaysProcess, "accepted by process +alarm id 77"},
		{[]payout.Status{payout.NotSent, payout.Paid}, 1, payout.SaysProcess, "accepted by look-up +destination_unproven +alarm id 77"},
		{[]payout.Status{payout.Paid, payout.Accepted}, 2, payout.SaysSuccess, "paid by success +alarm id 77"},
		{[]payout.Status{payout.NotFound, payout.Failed}, 1, payout.SaysSuccess, "paid by success id 77"},
		// A resend after not found is no double payment while the first stays so.
		{[]payout.Status{payout.NotFound, payout.Accepted}, 2, payout.SaysSuccess, "paid by success id 77"},
		{[]payout.Status{payout.Returned, payout.InDoubt}, 2, payout.SaysSuccess, "paid by success id 77"},
	}
	for _, tt := range tests {
		r := record(tt.attempts...)
		out, recorded := r.Weigh(tt.n, observation(tt.verdict, "77", time.Hour), payout.Waits{})
		if got := describe(r.Attempt(tt.n), out, recorded); got != tt.want {
			t.Errorf("attempts %v, %s about %d: %s, want %s", tt.attempts, tt.verdict, tt.n, got, tt.want)
		}
		l := ledgerOf(t, r)
		mustSettle(t, l, &out)
		if want := strings.Contains(tt.want, "alarm"); l.Record(staff).HasFlag(payout.FlagAlarm) != want {
			t.Errorf("attempts %v, %s about %d: flags %v", tt.attempts, tt.verdict, tt.n, l.Record(staff).Flags)
		}
	}
}

func TestWeighDisputedOnce(t *testing.T) {
	l := ledgerOf(t, record(payout.Paid))
	out, recorded := l.Record(staff).Weigh(1, observation(payout.SaysError, "77", time.Hour), payout.Waits{})
	mustSettle(t, l, &out)
	r := l.Record(staff)
	if !recorded || r.Status() != payout.Paid || !r.HasFlag(payout.FlagDisputed) {
		t.Errorf("paid with a later error: %s, flags %v", r.Status(), r.Flags)
	}
	if out, recorded := r.Weigh(1, observation(payout.SaysError, "77", 2*time.Hour), payout.Waits{}); recorded {
		t.Errorf("the dispute is recorded again: %+v", out)
	}
}
