package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"payrun/freedompay/sandbox"
)

// start runs a gateway with one fault in force.
func start(t *testing.T, f sandbox.Fault) *sandbox.Server {
	t.Helper()
	s := sandbox.NewServer(t, sandbox.Config{})
	if err := s.Inject(f); err != nil {
		t.Fatal(err)
	}
	return s
}

// state is what the gateway knows of the payments made: "" for none.
func state(g *sandbox.Gateway) string {
	var all []string
	for _, p := range g.Payments() {
		word := p.Status
		if !p.Paid {
			word += " unpaid"
		}
		all = append(all, word)
	}
	return strings.Join(all, ",")
}

func TestPayoutFaults(t *testing.T) {
	for _, c := range []struct {
		do, then string
		status   int  // 0: no whole answer
		want     form // of the answer
		signed   bool
		state    string
	}{
		{"", "", 200, form{"pg_status": "ok"}, true, "success"},
		{"accept", "success", 200, form{"pg_status": "ok"}, true, "success"},
		{"accept", "error:10017", 200, form{"pg_status": "ok"}, true, "error unpaid"},
		{"accept", "process:2", 200, form{"pg_status": "ok"}, true, "process"},
		{"accept", "process:2,error:10001", 200, form{"pg_status": "ok"}, true, "process unpaid"},
		{"reject:10017", "", 200, form{"pg_status": "error", "pg_error_code": "10017"}, true, ""},
		{"reject-paid:9999", "", 200, form{"pg_status": "error", "pg_error_code": "9999"}, true, "success"},
		{"ok-unpaid", "", 200, form{"pg_status": "ok", "pg_balance": sandbox.OpeningBalance}, true, "error unpaid"},
		{"drop-before", "", 0, nil, false, ""},
		{"drop-after", "", 0, nil, false, "success"},
		{"delay:20ms", "", 200, form{"pg_status": "ok"}, true, "success"},
		{"late:20ms", "", 200, form{"pg_payment_id": "1000000001", "pg_balance": "99999900.00"}, true, "success"},
		{"late:20ms", "process:1", 200, form{"pg_status": "ok"}, true, "process"},
		{"truncate:60", "", 0, nil, false, "success"},
		{"truncate:0", "", 0, nil, false, "success"},
		{"bad-signature", "", 200, form{"pg_status": "ok"}, false, "success"},
		{"no-signature", "", 200, form{"pg_status": "ok"}, false, "success"},
		{"wrong-echo:pg_order_id", "", 200, form{"pg_order_id": "faula"}, true, "success"},
		{"wrong-echo:pg_payment_amount", "", 200, form{"pg_payment_amount": "100.01"}, true, "success"},
		{"wrong-echo:pg_merchant_id", "", 200, form{"pg_merchant_id": "9971"}, true, "success"},
		{"wrong-echo:pg_card_token", "", 200, form{"pg_card_token": token[:35] + "3"}, true, "success"},
		{"double-field", "", 200, nil, false, "success"},
		{"garbage", "", 200, nil, false, "success"},
		{"http:502", "", 502, nil, false, ""},
		{"http-paid:504", "", 504, nil, false, "success"},
		{"http:204", "", 204, nil, false, ""},
		{"redirect:307", "", 307, nil, false, ""},
		{"401", "", 401, form{"pg_error_code": "1100"}, false, ""},
	} {
		t.Run(c.do+" "+c.then, func(t *testing.T) {
			s := start(t, sandbox.Fault{Match: "faul?", Call: "payout", Do: c.do, Then: c.then})
			a := post(t, s.URL, payURL, payout("fault"))
			if c.status == 0 && a.err == nil {
				t.Errorf("whole answer %d:\n%s", a.status, a.body)
			}
			if c.status != 0 {
				a.want(t, c.want)
			}
			if c.status != 0 && a.status != c.status || a.signed != c.signed {
				t.Errorf("status %d, signed %v; want %d, %v:\n%s", a.status, a.signed, c.status, c.signed, a.body)
			}
			if got := state(s.Gateway); got != c.state {
				t.Errorf("payments %q, want %q", got, c.state)
			}
			lines, err := s.Lines()
			if want := orAccept(c.do); err != nil || lines[0].Did != want {
				t.Errorf("did %q, want %q (%v)", lines[0].Did, want, err)
			}
			post(t, s.URL, payURL, payout("other")).want(t, form{"pg_status": "ok"})
			wantVerify(t, s.Gateway)
		})
	}
}

func orAccept(do string) string {
	if do == "" {
		return "accept"
	}
	return do
}

func TestDoubleFieldIsRightlySigned(t *testing.T) {
	s := start(t, sandbox.Fault{Call: "payout", Do: "double-field"})
	a := post(t, s.URL, payURL, payout("a"))
	if strings.Count(a.body, "<pg_payment_id>1000000001</pg_payment_id>") != 2 {
		t.Fatal(a.body)
	}
	a.fields["pg_payment_id"] = "1000000001;1000000001"
	if a.fields["pg_sig"] != sign(payURL, a.fields, sandbox.Key) {
		t.Error("a repeated field takes part in the signature each time")
	}
}

func TestTruncatedAnswerIsCut(t *testing.T) {
	s := start(t, sandbox.Fault{Call: "payout", Do: "truncate:60"})
	a := post(t, s.URL, payURL, payout("a"))
	if a.err == nil || len(a.body) != 60 {
		t.Errorf("error %v, %d bytes", a.err, len(a.body))
	}
}

func TestRedirectFollowedIsSeen(t *testing.T) {
	s := start(t, sandbox.Fault{Call: "payout", Do: "redirect:307", Nth: 1})
	a := post(t, s.URL, payURL, payout("a"))
	post(t, s.URL, a.header.Get("Location"), payout("a"))
	lines, err := s.Lines()
	if err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if err := s.Verify(); err == nil {
		t.Error("a followed redirect is a second call")
	}
}

func TestStatusFaults(t *testing.T) {
	for _, c := range []struct {
		do     string
		status int
		want   form
		signed bool
		told   string
	}{
		{"accept", 200, form{"pg_payment_status": "success"}, true, "success"},
		{"not-found", 200, form{"pg_error_code": "11068"}, false, "not-found"},
		{"not-found:zero", 200, form{"pg_payment_id": "0", "pg_status": "error"}, true, "not-found"},
		{"error:340", 200, form{"pg_status": "error", "pg_error_code": "340"}, true, ""},
		{"status:new", 200, form{"pg_status": "ok", "pg_payment_status": "new"}, true, "new"},
		{"lag", 200, form{"pg_error_code": "11068"}, false, "not-found"},
		{"lag:1h", 200, form{"pg_error_code": "11068"}, false, "not-found"},
		{"lag:1ns", 200, form{"pg_payment_status": "success"}, true, "success"},
		{"blind", 200, form{"pg_error_code": "11068"}, false, "not-found"},
		{"drop-before", 0, nil, false, ""},
		{"drop-after", 0, nil, false, "success"},
		{"delay:20ms", 200, form{"pg_payment_status": "success"}, true, "success"},
		{"truncate:10", 0, nil, false, "success"},
		{"bad-signature", 200, form{"pg_payment_status": "success"}, false, "success"},
		{"no-signature", 200, form{"pg_payment_status": "success"}, false, "success"},
		{"wrong-echo:pg_amount", 200, form{"pg_amount": "100.01"}, true, "success"},
		{"wrong-echo:pg_payment_id", 200, form{"pg_payment_id": "1000000002"}, true, "success"},
		{"http:500", 500, nil, false, ""},
		{"redirect:302", 302, nil, false, ""},
		{"garbage", 200, nil, false, "success"},
		{"401", 401, form{"pg_error_code": "1100"}, false, ""},
	} {
		t.Run(c.do, func(t *testing.T) {
			s := start(t, sandbox.Fault{Match: "f*t", Call: "status", Do: c.do})
			post(t, s.URL, payURL, payout("fault"))
			a := post(t, s.URL, askURL, ask("fault"))
			if c.status == 0 && a.err == nil {
				t.Errorf("whole answer %d:\n%s", a.status, a.body)
			}
			if c.status != 0 {
				a.want(t, c.want)
			}
			if c.status != 0 && a.status != c.status || a.signed != c.signed {
				t.Errorf("status %d, signed %v; want %d, %v:\n%s", a.status, a.signed, c.status, c.signed, a.body)
			}
			lines, err := s.Lines()
			if err != nil || lines[1].Did != c.do || lines[1].Told != c.told {
				t.Errorf("line %+v (%v), want told %q", lines[1], err, c.told)
			}
		})
	}
}

func TestBlindKnowsPaymentIDs(t *testing.T) {
	s := start(t, sandbox.Fault{Call: "status", Do: "blind"})
	id := post(t, s.URL, payURL, payout("a")).fields["pg_payment_id"]
	post(t, s.URL, askURL, ask("a").with("pg_payment_id", id)).want(t, form{"pg_payment_status": "success"})
}

func TestBalanceFaults(t *testing.T) {
	question := form{"pg_merchant_id": "9970", "pg_currency": "KZT"}
	s := start(t, sandbox.Fault{Call: "balance", Do: "amount:12.5", Nth: 2})
	if err := s.Inject(sandbox.Fault{Match: "order-1", Call: "balance", Do: "http:500"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{sandbox.OpeningBalance, "12.50", sandbox.OpeningBalance} {
		post(t, s.URL, leftURL, question).want(t, form{"pg_balance": want})
	}
	if err := s.SetFaults([]sandbox.Fault{{Call: "balance", Do: "wrong-echo:pg_currency"}}); err != nil {
		t.Fatal(err)
	}
	post(t, s.URL, leftURL, question).want(t, form{"pg_currency": "KZa"})
}

func TestSettlement(t *testing.T) {
	s := start(t, sandbox.Fault{Call: "payout", Then: "process:2,error:10001"})
	post(t, s.URL, payURL, payout("a"))
	for _, want := range []string{"process", "process", "error", "error"} {
		post(t, s.URL, askURL, ask("a")).want(t, form{"pg_status": "ok", "pg_payment_status": want})
	}
	post(t, s.URL, askURL2, ask("a")).want(t, form{"pg_error_code": "10001"})
	if p := s.Payments()[0]; p.Status != "error" || p.Code != 10001 || p.Paid || p.Asked != 5 {
		t.Errorf("payment %+v", p)
	}
}

func TestNthAndOrder(t *testing.T) {
	s := start(t, sandbox.Fault{Match: "*", Call: "status", Do: "not-found", Nth: 2})
	if err := s.Inject(sandbox.Fault{Call: "status", Do: "status:new", Nth: 2},
		sandbox.Fault{Call: "status", Do: "status:pending", Nth: 3}); err != nil {
		t.Fatal(err)
	}
	post(t, s.URL, payURL, payout("a"))
	post(t, s.URL, payURL, payout("b"))
	post(t, s.URL, askURL, ask("b")).want(t, form{"pg_payment_status": "success"})
	post(t, s.URL, askURL, ask("a")).want(t, form{"pg_payment_status": "success"})
	post(t, s.URL, askURL, ask("a")).want(t, form{"pg_error_code": "11068"})
	post(t, s.URL, askURL, ask("a")).want(t, form{"pg_payment_status": "pending"})
	post(t, s.URL, askURL, ask("a")).want(t, form{"pg_payment_status": "success"})
}

func TestAddressGlob(t *testing.T) {
	fault := sandbox.Fault{Match: `salaries["2026-11"].*`, Call: "payout", Do: "reject:10001"}
	blind := start(t, fault)
	post(t, blind.URL, payURL, payout("b-1")).want(t, form{"pg_status": "ok"})
	s := sandbox.NewServer(t, sandbox.Config{OrderIDs: func(pattern string) []string {
		if pattern != fault.Match {
			t.Errorf("asked for %q", pattern)
		}
		return []string{"b-0", "b-1"}
	}})
	if err := s.Inject(fault); err != nil {
		t.Fatal(err)
	}
	post(t, s.URL, payURL, payout("b-1")).want(t, form{"pg_error_code": "10001"})
	post(t, s.URL, payURL, payout("b-2")).want(t, form{"pg_status": "ok"})
}

func TestHold(t *testing.T) {
	s := start(t, sandbox.Fault{Match: "h*", Call: "payout", Do: "hold"})
	answers := make(chan got, 2)
	for _, order := range []string{"h-1", "h-2"} {
		go func() { answers <- post(t, s.URL, payURL, payout(order)) }()
	}
	settled(t, s.Gateway, func() bool { return len(s.Held()) == 2 && len(s.Payments()) == 2 })
	if n := s.Release("h-2"); n != 1 {
		t.Fatalf("released %d", n)
	}
	(<-answers).want(t, form{"pg_order_id": "h-2"})
	if held := s.Held(); len(held) != 1 || held[0] != "h-1" {
		t.Fatalf("held %q", held)
	}
	if n := s.Release(); n != 1 {
		t.Fatalf("released %d", n)
	}
	(<-answers).want(t, form{"pg_order_id": "h-1"})
}

func TestShutdownReleases(t *testing.T) {
	s := start(t, sandbox.Fault{Match: "h", Call: "payout", Do: "hold"})
	if err := s.Inject(sandbox.Fault{Match: "d", Call: "payout", Do: "delay:10h"},
		sandbox.Fault{Match: "l", Call: "payout", Do: "late:10h"}); err != nil {
		t.Fatal(err)
	}
	answers := map[string]chan got{"h": nil, "d": nil, "l": nil}
	for order := range answers {
		answer := make(chan got, 1)
		answers[order] = answer
		go func() { answer <- post(t, s.URL, payURL, payout(order)) }()
	}
	settled(t, s.Gateway, func() bool { lines, err := s.Lines(); return err == nil && len(lines) == 3 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	(<-answers["h"]).want(t, form{"pg_status": "ok"})
	(<-answers["d"]).want(t, form{"pg_status": "ok"})
	if a := <-answers["l"]; a.err == nil {
		t.Errorf("a late payment that never landed was answered:\n%s", a.body)
	}
}

func TestCloseReleases(t *testing.T) {
	g := open(t, sandbox.Config{})
	if err := g.Inject(sandbox.Fault{Call: "payout", Do: "hold"}); err != nil {
		t.Fatal(err)
	}
	answered := make(chan int, 1)
	go func() { answered <- record(t, g, payURL, payout("a"), t.Context()).Code }()
	settled(t, g, func() bool { return len(g.Held()) == 1 && len(g.Payments()) == 1 })
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if code := <-answered; code != 200 {
		t.Errorf("answered %d", code)
	}
}

func TestClientGone(t *testing.T) {
	for _, do := range []string{"hold", "delay:10h", "late:10h"} {
		t.Run(do, func(t *testing.T) {
			g, err := sandbox.New(sandbox.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			if err := g.Inject(sandbox.Fault{Call: "payout", Do: do}); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			left := make(chan any)
			go func() {
				defer func() { left <- recover() }()
				record(t, g, payURL, payout("a"), ctx)
			}()
			settled(t, g, func() bool { lines, err := g.Lines(); return err == nil && len(lines) == 1 })
			cancel()
			if abort := <-left; abort != http.ErrAbortHandler || len(g.Held()) != 0 {
				t.Errorf("ended by %v, held %q", abort, g.Held())
			}
		})
	}
}
