package executor

import (
	"context"
	"slices"
	"testing"
	"time"

	"payrun/freedompay"
	"payrun/planner"
	"payrun/planner/payout"
)

// memory is a journal that keeps nothing.
type memory struct{ ledger *payout.Ledger }

func (m memory) Begin(in *payout.Intent) error    { return m.ledger.Begin(in) }
func (m memory) End(o *payout.Outcome) error      { return m.ledger.Settle(o) }
func (m memory) View(read func(l *payout.Ledger)) { read(m.ledger) }

// twoFaced knows two payments under one order id: the newest by the order id
// alone, each by its own id.
type twoFaced struct {
	Gateway
	byID  map[string]string // payment id → pg_payment_status
	alone string            // the payment id that the order id alone leads to
	asked int
}

func (g *twoFaced) Status(_ context.Context, r *freedompay.StatusRequest) (*freedompay.Answer, error) {
	g.asked++
	id := r.PaymentID
	if id == "" {
		id = g.alone
	}
	answer := &freedompay.Answer{Signed: true, MerchantID: "9970", OrderID: r.OrderID, Status: "ok", PaymentID: id, Amount: "10.00", PaymentStatus: g.byID[id]}
	if answer.PaymentStatus == "" {
		answer.Status, answer.HasErrorCode, answer.ErrorCode, answer.PaymentID = "error", true, codeNotFound, ""
	}
	return answer, nil
}

// judging is an inquirer about one attempt of ten tenge, sent by us.
func judging(t *testing.T, gateway Gateway, paymentID string, last payout.Event, flags ...payout.Flag) (*inquirer, *payout.Record, subject) {
	t.Helper()
	now := time.Now()
	record := &payout.Record{Details: payout.Details{
		Address: payout.NewAddress("salaries", "2026-11", "staff"), Merchant: "main",
		Amount: payout.Money{Minor: 1000, Currency: payout.MustCurrency("KZT")},
	}, Flags: flags, Attempts: []payout.Attempt{{
		N: 1, OrderID: "o1", PaymentID: paymentID, TimeLimit: now.Add(time.Hour),
		Events: []payout.Event{{Status: payout.Sending, At: now, Source: payout.SourceIntent}, last},
	}}}
	ledger := payout.NewLedger()
	if err := ledger.Restore(record); err != nil {
		t.Fatal(err)
	}
	ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "test", Proven: []payout.Proof{{Environment: "test"}}}})
	m := &Merchant{Merchant: &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Test}, Gateway: gateway}
	return newInquirer(memory{ledger}, nil), record, subject{merchant: m, address: record.Address, attempt: 1}
}

var (
	acceptedEvent     = payout.Event{Status: payout.Accepted, Source: payout.SourceAnswer}
	acknowledgedEvent = payout.Event{Status: payout.Paid, Source: payout.SourceAcknowledged}
)

// TestJudgeAnotherAmount: a payment of another amount raises the alarm where
// money of it may have left, and only as long as nobody has seen it.
func TestJudgeAnotherAmount(t *testing.T) {
	for name, tt := range map[string]struct {
		verdict payout.Verdict
		last    payout.Event
		flags   []payout.Flag
		alarm   bool
	}{
		"success":      {payout.SaysSuccess, acceptedEvent, nil, true},
		"process":      {payout.SaysProcess, acceptedEvent, nil, true},
		"error":        {payout.SaysError, acceptedEvent, nil, false},
		"raised":       {payout.SaysSuccess, acceptedEvent, []payout.Flag{payout.FlagAlarm}, false},
		"acknowledged": {payout.SaysSuccess, acknowledgedEvent, nil, false},
		"no verdict":   {"", acceptedEvent, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			i, record, s := judging(t, nil, "", tt.last, tt.flags...)
			o, ok := i.judge(record, s, asked{reading: reading{verdict: tt.verdict, amountOff: true, paymentID: "7"}, at: time.Now()})
			if ok != tt.alarm || o.Event.Status != payout.Declared || o.PaymentID != "" {
				t.Errorf("recorded %t: %+v", ok, o)
			}
			if tt.alarm && !slices.Equal(o.Raise, []payout.Flag{payout.FlagAlarm}) {
				t.Errorf("raised %v", o.Raise)
			}
		})
	}
}

// TestInquireTwoPayments: the second payment is told of once; our own is
// followed by its id all the same.
func TestInquireTwoPayments(t *testing.T) {
	for name, tt := range map[string]struct {
		last   payout.Event
		flags  []payout.Flag
		status payout.Status
		alarm  bool
	}{
		"new":          {acceptedEvent, nil, payout.Paid, true},
		"raised":       {acceptedEvent, []payout.Flag{payout.FlagAlarm}, payout.Paid, true},
		"acknowledged": {acknowledgedEvent, nil, payout.Paid, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := &twoFaced{alone: "8", byID: map[string]string{"7": "success", "8": "success"}}
			i, record, s := judging(t, g, "7", tt.last, tt.flags...)
			answer, err := i.inquire(context.Background(), s)
			if err != nil || !answer.other || answer.paymentID != "7" || g.asked != 2 {
				t.Errorf("%d questions, answer %+v, %v", g.asked, answer, err)
			}
			if a := record.Newest(); a.Status() != tt.status || a.PaymentID != "7" || record.HasFlag(payout.FlagAlarm) != tt.alarm {
				t.Errorf("recorded %+v", record)
			}
			if events := len(record.Newest().Events); tt.last == acknowledgedEvent && events != 2 {
				t.Errorf("%d events, want the two of before", events)
			}
		})
	}
}

// TestAskAbout: which of two answers counts.
func TestAskAbout(t *testing.T) {
	for name, tt := range map[string]struct {
		byID      map[string]string
		own       string // the recorded payment id
		alone     string
		questions int
		paymentID string
		verdict   payout.Verdict
		first     bool // the order id alone led to it
		other     bool
	}{
		"unknown id, found":     {map[string]string{"7": "success"}, "", "7", 1, "7", payout.SaysSuccess, true, false},
		"unknown id, not found": {nil, "", "", 1, "", payout.SaysNotFound, true, false},
		"found as recorded":     {map[string]string{"7": "process"}, "7", "7", 1, "7", payout.SaysProcess, true, false},
		"by its id only":        {map[string]string{"7": "success"}, "7", "", 2, "7", payout.SaysSuccess, false, false},
		"two payments":          {map[string]string{"7": "error", "8": "success"}, "7", "8", 2, "7", payout.SaysError, false, true},
		"another one instead":   {map[string]string{"8": "success"}, "7", "8", 2, "8", payout.SaysSuccess, true, false},
		"no longer found":       {nil, "7", "", 2, "", payout.SaysNotFound, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := &twoFaced{alone: tt.alone, byID: tt.byID}
			_, record, s := judging(t, g, tt.own, acceptedEvent)
			answer, first := s.merchant.askAbout(context.Background(), s.merchant.questionFor(record, record.Newest()))
			if g.asked != tt.questions || answer.paymentID != tt.paymentID || answer.verdict != tt.verdict || first != tt.first || answer.other != tt.other {
				t.Errorf("%d questions, first %t, other %t, %+v", g.asked, first, answer.other, answer.reading)
			}
		})
	}
}
