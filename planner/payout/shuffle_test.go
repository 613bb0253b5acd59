package payout_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"payrun/planner/payout"
)

// ranking is the order of evidence, weakest first.
var ranking = []payout.Verdict{payout.SaysNotFound, payout.SaysProcess, payout.SaysError, payout.SaysSuccess}

// ends is the status in which the best answer must end.
var ends = map[payout.Verdict]payout.Status{
	payout.SaysSuccess: payout.Paid, payout.SaysError: payout.Failed, payout.SaysProcess: payout.Accepted,
}

// life is a payout and the answers that it gets.
type life struct {
	record  *payout.Record
	waits   payout.Waits
	id      string // payment id of answers that know the payment
	answers []payout.Verdict
}

func drawLife(t *rapid.T, from ...payout.Status) life {
	l := life{
		record:  record(rapid.SampledFrom(from).Draw(t, "from")),
		waits:   rapid.SampledFrom([]payout.Waits{{}, payout.StandardWaits()}).Draw(t, "waits"),
		id:      rapid.SampledFrom([]string{"", "77"}).Draw(t, "payment id"),
		answers: rapid.SliceOfN(rapid.SampledFrom(ranking), 1, 12).Draw(t, "answers"),
	}
	if l.id != "" && l.record.Status() != payout.NotFound && rapid.Bool().Draw(t, "known") {
		l.record.Attempts[0].PaymentID = l.id
	}
	return l
}

// best is the highest-ranking verdict of the answers.
func (l life) best() payout.Verdict {
	return slices.MaxFunc(l.answers, func(a, b payout.Verdict) int {
		return slices.Index(ranking, a) - slices.Index(ranking, b)
	})
}

// live lets the answers come in a drawn order at drawn, growing times.
func (l life) live(t *rapid.T) *payout.Record {
	ledger := ledgerOf(t, l.record.Clone())
	at := time.Duration(0)
	for _, verdict := range rapid.Permutation(l.answers).Draw(t, "order") {
		at += rapid.SampledFrom([]time.Duration{0, time.Second, 3 * time.Minute, time.Hour, 20 * time.Hour}).Draw(t, "gap")
		o := observation(verdict, l.id, at)
		if verdict == payout.SaysNotFound {
			o.PaymentID, o.PaymentDate = "", ""
		}
		out, recorded := ledger.Record(staff).Weigh(1, o, l.waits)
		if !recorded {
			continue
		}
		if err := ledger.Settle(&out); err != nil {
			t.Fatalf("%s %v after the start: %v", verdict, at, err)
		}
	}
	return ledger.Record(staff)
}

// TestShuffledAnswersEndAlike is invariant I16: repeated, late and shuffled
// answers end in the status of the highest-ranking one.
func TestShuffledAnswersEndAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLife(t, payout.InDoubt, payout.Accepted, payout.NotFound)
		from, got := l.record.Status(), l.live(t)
		want, decided := ends[l.best()]
		switch {
		case decided && got.Status() != want:
			t.Fatalf("%s with the answers %v ended as %s, want %s", from, l.answers, got.Status(), want)
		case !decided && from != payout.InDoubt && got.Status() != from:
			t.Fatalf("%s became %s by not-found answers", from, got.Status())
		case !decided && got.Status() != payout.InDoubt && got.Status() != payout.NotFound && from == payout.InDoubt:
			t.Fatalf("in doubt became %s by not-found answers", got.Status())
		case got.Status() == payout.NotFound && got.Newest().PaymentID != "":
			t.Fatal("a payment with an id is not found")
		}
		if again := l.live(t); decided && again.Status() != got.Status() {
			t.Fatalf("the answers %v end as %s and as %s", l.answers, got.Status(), again.Status())
		}
	})
}

// TestShuffledAnswersAboutRefusal: not-found answers may confirm a refusal for
// good. If the payment shows itself after that, an alarm is raised, and nobody
// is paid again on the strength of those not-found answers.
func TestShuffledAnswersAboutRefusal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLife(t, payout.Rejected)
		got := l.live(t)
		want, decided := ends[l.best()]
		switch {
		case !decided && (got.Status() == payout.Rejected || got.Status() == payout.Failed):
		case decided && got.Status() == want:
		case want == payout.Accepted && got.Status() == payout.Failed:
			if l.record.Attempts[0].PaymentID == "" && (!got.HasFlag(payout.FlagAlarm) || got.Newest().RetrySeen()) {
				t.Fatalf("in process and failed: flags %v, failures %+v", got.Flags, got.Newest().Failures)
			}
		default:
			t.Fatalf("a refusal with the answers %v ended as %s, want %s", l.answers, got.Status(), want)
		}
	})
}

// TestLedgerLife begins, settles and weighs at random. Whatever happens, each
// attempt moved along rows of the table, and two attempts are alive at once
// only with an alarm: invariants I2 and I7.
func TestLedgerLife(t *testing.T) {
	rows := make(map[[2]payout.Status]bool)
	for _, r := range handRows(t) {
		rows[[2]payout.Status{r.from, r.to}] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		l := payout.NewLedger()
		at := start
		t.Repeat(map[string]func(*rapid.T){
			"begin": func(t *rapid.T) {
				n := rapid.IntRange(1, payout.MaxAttempts).Draw(t, "attempt")
				alive := aliveAttempts(l.Record(staff))
				if l.Begin(intent(staff, n, orderID(n))) == nil && alive > 0 {
					t.Fatal("begun while another attempt is alive")
				}
			},
			"call": func(t *rapid.T) {
				to := rapid.SampledFrom([]payout.Status{payout.Accepted, payout.Rejected, payout.InDoubt, payout.NotSent}).Draw(t, "to")
				if newest := l.Record(staff).Newest(); newest != nil && newest.Status() == payout.Sending {
					mustSettle(t, l, outcome(newest.N, to, payout.CauseCall))
				}
			},
			"answer": func(t *rapid.T) {
				n := rapid.IntRange(1, payout.MaxAttempts).Draw(t, "attempt")
				verdict := rapid.SampledFrom(ranking).Draw(t, "verdict")
				at = at.Add(rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 20 * time.Hour}).Draw(t, "gap"))
				if l.Record(staff).Attempt(n) == nil {
					return
				}
				o := observation(verdict, "", at.Sub(start))
				if out, recorded := l.Record(staff).Weigh(n, o, payout.Waits{}); recorded {
					mustSettle(t, l, &out)
				}
			},
			"": func(t *rapid.T) { checkLife(t, l, rows) },
		})
	})
}

func aliveAttempts(r *payout.Record) int {
	if r == nil {
		return 0
	}
	alive := 0
	for i := range r.Attempts {
		switch r.Attempts[i].Status() {
		case payout.Sending, payout.Accepted, payout.Rejected, payout.InDoubt, payout.Paid:
			alive++
		}
	}
	return alive
}

func checkLife(t *rapid.T, l *payout.Ledger, rows map[[2]payout.Status]bool) {
	r := l.Record(staff)
	if r == nil {
		return
	}
	for i := range r.Attempts {
		from := payout.Declared
		for _, e := range r.Attempts[i].Events {
			if !rows[[2]payout.Status{from, e.Status}] {
				t.Fatalf("attempt %d moved from %q to %q", i+1, from, e.Status)
			}
			from = e.Status
		}
		if l.ByOrderID(r.Merchant, r.Attempts[i].OrderID) != r {
			t.Fatalf("order id %s is lost", r.Attempts[i].OrderID)
		}
	}
	if n := aliveAttempts(r); n > 1 && !r.HasFlag(payout.FlagAlarm) {
		t.Fatalf("%d attempts are alive without an alarm", n)
	}
	if diff := cmp.Diff(r, l.Clone().Record(staff)); diff != "" {
		t.Fatalf("a clone differs:\n%s", diff)
	}
	if restored := payout.NewLedger(); restored.Restore(r.Clone()) != nil {
		t.Fatalf("the ledger's own record cannot be restored: %+v", r)
	}
}
