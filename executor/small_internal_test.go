package executor

import (
	"strings"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

func TestCleanWords(t *testing.T) {
	tests := map[string]string{
		"":                                        "",
		"No error":                                "No error",
		"  two\n\tlines \r\n ":                    "two lines",
		"bell\a and \x1b[31mred\x1b[0m":           "bell and [31mred [0m",
		"hidden\u200b\u202etext":                  "hiddentext",
		"line\u2028break":                         "line break",
		"bad \xff utf":                            "bad ? utf",
		"code 10005, payment 1000000001":          "code 10005, payment 1000000001",
		"card 4400430112345678":                   "card (digits)",
		"card 4400 4301 1234 5678":                "card (digits)",
		"card 4400  4301\t1234\n5678":             "card (digits)",
		"card 4400-4301-1234-5678.":               "card (digits).",
		"card 4400.4301.1234.5678":                "card (digits)",
		"card 4400\u00a04301\u00a01234\u00a05678": "card (digits)",
		"card 4400\u200b4301\u200b12345678":       "card (digits)",
		"card ４４００４３０１１２３４５６７８":                 "card (digits)",
		"to KZ86125KZT5004100100":               "to (account)",
		"to KZ86 125K ZT50 0410 0100":           "to (account)",
		"to kz86125kzt5004100100":               "to (account)",
		"ab12 has the shape of an account":      "ab12 has the shape of an account",
		"in 12 ordinary words and nothing more": "in 12 ordinary words and nothing more",
		// A run of ordinary words that starts like an account does not hide one.
		"ab12 ordinary words then to KZ86 125K ZT50 0410 0100": "(account)",
		"IBAN_KZ86125KZT5004100100":                            "IBAN_(account)",
		"IBANKZ86125KZT5004100100":                             "IBAN(account)",
		// What is masked first may uncover more.
		"0A0000 0000000 0000 0000AX0000A0000000000":   "0A(digits)(account)",
		"token EF741CFC-f85e-41a0-84e6-2ba964912182!": "token (token)!",
	}
	for in, want := range tests {
		if got := cleanWords(in); got != want {
			t.Errorf("cleanWords(%q) = %q, want %q", in, got, want)
		}
	}
	if got := cleanWords(strings.Repeat("ж", 1000)); len([]rune(got)) != payout.MaxWords {
		t.Errorf("kept %d characters", len([]rune(got)))
	}
}

func TestHideToken(t *testing.T) {
	odd, err := payout.NewCardToken("tok_0123456789abcdef:XYZ")
	if err != nil {
		t.Fatal(err)
	}
	if got := hideToken("card "+odd.Reveal()+" is closed", odd); strings.Contains(got, odd.Reveal()) || !strings.HasSuffix(got, "is closed") {
		t.Errorf("hidden as %q", got)
	}
	if got := hideToken("plain", payout.CardToken{}); got != "plain" {
		t.Errorf("without a token: %q", got)
	}
}

func TestRow(t *testing.T) {
	var r row
	for i, s := range []payout.Status{
		payout.InDoubt, payout.InDoubt, payout.InDoubt, payout.InDoubt, payout.Accepted,
		payout.NotSent, payout.NotSent, payout.NotSent, payout.NotSent, payout.InDoubt,
		payout.InDoubt, payout.InDoubt, payout.InDoubt, payout.Rejected, payout.NotSent, payout.NotSent, payout.NotSent, payout.NotSent,
	} {
		if stop := r.add(s, "why"); stop != nil {
			t.Fatalf("result %d stops: %+v", i, stop)
		}
	}
	stop := r.add(payout.NotSent, "no route")
	if stop == nil || stop.Kind != StopRow || !strings.Contains(stop.Text, "not sent") || !strings.Contains(stop.Text, "no route") {
		t.Errorf("the fifth gives %+v", stop)
	}
}

func TestSilence(t *testing.T) {
	var s silence
	a, b := new(Merchant), new(Merchant)
	for range 4 {
		s.add(a, false)
		s.add(b, true) // one merchant's answers say nothing of another's
	}
	if s.tooLong(a) || !s.add(a, false) || !s.tooLong(a) || s.tooLong(b) {
		t.Error("five in a row of one merchant are not told")
	}
	if s.add(a, true) || s.tooLong(a) {
		t.Error("an answer does not end the row")
	}
}

// TestOlder: a look-up is as old as the clock says that says more, and a wall
// clock set back proves nothing.
func TestOlder(t *testing.T) {
	for _, tt := range []struct{ monotonic, wall, want time.Duration }{
		{3 * time.Second, 3 * time.Second, 3 * time.Second},
		{3 * time.Second, time.Hour, time.Hour},               // the machine slept
		{12 * time.Second, 2 * time.Second, 12 * time.Second}, // the wall clock was set back a little
		{3 * time.Second, -500 * time.Millisecond, 3 * time.Second},
		{3 * time.Second, -time.Hour, 11 * time.Second},
		{time.Hour, -time.Hour, time.Hour},
	} {
		if got := older(tt.monotonic, tt.wall); got != tt.want {
			t.Errorf("older(%s, %s) = %s, want %s", tt.monotonic, tt.wall, got, tt.want)
		}
	}
}

// TestCandidates: which order ids are asked for before a send, the one to be
// sent last.
func TestCandidates(t *testing.T) {
	m := &planner.Merchant{Name: "main", ID: 9970, Prefix: "new", FormerPrefixes: []string{"old"}}
	p := &planner.Payout{Address: payout.NewAddress("b", "p", "a"), OrderID: "INV-7"}
	events := func(s payout.Status) []payout.Event { return []payout.Event{{Status: s}} }
	record := func(statuses ...payout.Status) *payout.Record {
		r := &payout.Record{Details: payout.Details{Address: p.Address}}
		for i, s := range statuses {
			r.Attempts = append(r.Attempts, payout.Attempt{N: i + 1, OrderID: payout.ExplicitOrderID("INV-7", i+1), Events: events(s)})
		}
		return r
	}
	edited := record(payout.NotSent)
	edited.Attempts[0].OrderID = "INV-6"
	tests := map[string]struct {
		change planner.Change
		all    bool
		want   string
	}{
		"new":               {planner.Change{Action: planner.ActionPay, Attempt: 1, OrderID: "INV-7"}, false, "1:INV-7"},
		"new, not proven":   {planner.Change{Action: planner.ActionPay, Attempt: 1, OrderID: "INV-7"}, true, "2:INV-7-r2 3:INV-7-r3 4:INV-7-r4 1:INV-7"},
		"not sent":          {planner.Change{Action: planner.ActionPay, Record: record(payout.NotSent), Attempt: 1, OrderID: "INV-7"}, false, "1:INV-7"},
		"not sent, edited":  {planner.Change{Action: planner.ActionPay, Record: edited, Attempt: 1, OrderID: "INV-6"}, false, "1:INV-7 1:INV-6"},
		"retry":             {planner.Change{Action: planner.ActionRetry, Record: record(payout.Failed), Attempt: 2, OrderID: "INV-7-r2"}, false, "2:INV-7-r2"},
		"retry, not proven": {planner.Change{Action: planner.ActionRetry, Record: record(payout.Failed), Attempt: 2, OrderID: "INV-7-r2"}, true, "3:INV-7-r3 4:INV-7-r4 2:INV-7-r2"},
		"waits, not sent":   {planner.Change{Action: planner.ActionWait, Record: record(payout.NotSent), Attempt: 1, OrderID: "INV-7"}, true, "2:INV-7-r2 3:INV-7-r3 4:INV-7-r4 1:INV-7"},
		"failed for good":   {planner.Change{Action: planner.ActionAttention, Record: record(payout.Failed), Attempt: 1, OrderID: "INV-7"}, true, "2:INV-7-r2 3:INV-7-r3 4:INV-7-r4"},
	}
	for name, tt := range tests {
		c := tt.change
		c.Batch, c.Declared, c.Address = &planner.Batch{Merchant: m}, p, p.Address
		var got []string
		for _, one := range candidates(&c, tt.all) {
			got = append(got, string(rune('0'+one.attempt))+":"+one.orderID)
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %s, want %s", name, text, tt.want)
		}
	}
	p.OrderID = ""
	c := &planner.Change{Action: planner.ActionPay, Attempt: 1, OrderID: p.OrderIDFor(m, 1), Batch: &planner.Batch{Merchant: m}, Declared: p}
	ids := make(map[string]bool)
	all := candidates(c, true)
	for _, one := range all {
		ids[one.orderID] = true
	}
	if len(all) != 8 || len(ids) != 8 || all[7].orderID != c.OrderID {
		t.Errorf("under two prefixes: %+v", all)
	}
}

// TestRefuted: what an answer contradicts of an import, also what only a gateway
// that errs would say.
func TestRefuted(t *testing.T) {
	c := &planner.Change{OrderID: "INV-7", Import: &planner.Import{PaymentID: "5", Amount: payout.Money{Minor: 100, Currency: payout.MustCurrency("KZT")}}}
	for why, r := range map[string]reading{
		"":                                     {verdict: payout.SaysSuccess, paymentID: "5"},
		"payment 6 under this order id, not 5": {verdict: payout.SaysSuccess, paymentID: "6"},
		"another amount":                       {verdict: payout.SaysSuccess, paymentID: "5", amountOff: true},
		"which amount was paid":                {verdict: payout.SaysSuccess, paymentID: "5", noAmount: true},
		"no such payment":                      {verdict: payout.SaysNotFound},
		"says process":                         {verdict: payout.SaysProcess, paymentID: "5"},
	} {
		if got := refuted(c, asked{reading: r}); !strings.Contains(got, why) || why == "" && got != "" {
			t.Errorf("%q: %q", why, got)
		}
	}
}

func TestSentByUs(t *testing.T) {
	tests := map[string]struct {
		statuses []payout.Status
		want     bool
	}{
		"found":                {[]payout.Status{payout.Accepted}, false},
		"sent":                 {[]payout.Status{payout.Sending, payout.InDoubt}, true},
		"not sent":             {[]payout.Status{payout.Sending, payout.NotSent}, false},
		"not sent, then found": {[]payout.Status{payout.Sending, payout.NotSent, payout.InDoubt}, false},
		"not sent, then sent":  {[]payout.Status{payout.Sending, payout.NotSent, payout.Sending, payout.Accepted}, true},
	}
	for name, tt := range tests {
		a := &payout.Attempt{}
		for _, s := range tt.statuses {
			a.Events = append(a.Events, payout.Event{Status: s})
		}
		if got := sentByUs(a); got != tt.want {
			t.Errorf("%s: %t, want %t", name, got, tt.want)
		}
	}
}

// TestBackOff: the pause about one payout grows to its bound, with jitter.
func TestBackOff(t *testing.T) {
	now := time.Now()
	var b backOff
	for range 20 {
		before := b.pause
		b = b.later(now)
		if wait := b.next.Sub(now); wait < b.pause || wait > b.pause*3/2 || b.pause < before {
			t.Fatalf("pause %s after %s, next in %s", b.pause, before, wait)
		}
	}
	if b.pause != pollLast {
		t.Errorf("the last pause is %s, want %s", b.pause, pollLast)
	}
}
