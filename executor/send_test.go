package executor_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/planner/payout"
)

// TestPayoutFaults: each way in which a gateway or a line may spoil a payout
// call, what the call comes to, and what asking makes of it: at the end of the
// run without a wait, and after one more pass.
func TestPayoutFaults(t *testing.T) {
	const timeLimit = 10018
	tests := map[string]struct {
		do, then string
		call     payout.Status // what the call came to
		after    payout.Status // what a reconcile with a healthy gateway makes of it
		stop     executor.StopKind
		alarm    bool
	}{
		"accept":               {do: "accept", call: payout.Accepted, after: payout.Paid},
		"accept, then error":   {do: "accept", then: "error:10005", call: payout.Accepted, after: payout.Failed},
		"accept, then process": {do: "accept", then: "process:9", call: payout.Accepted, after: payout.Accepted},
		"refused":              {do: "reject:10005", call: payout.Rejected, after: payout.Rejected},
		"refused and paid":     {do: "reject-paid:10005", call: payout.Rejected, after: payout.Paid},
		"ambiguous refusal":    {do: "reject:9999", call: payout.InDoubt, after: payout.InDoubt},
		"ambiguous and paid":   {do: "reject-paid:10000", call: payout.InDoubt, after: payout.Paid},
		"unknown code":         {do: "reject:77777", call: payout.InDoubt, after: payout.InDoubt},
		"expired":              {do: fmt.Sprintf("reject:%d", timeLimit), call: payout.InDoubt, after: payout.InDoubt},
		"not unique":           {do: "reject-paid:9991", call: payout.InDoubt, after: payout.Paid},
		"ok and never paid":    {do: "ok-unpaid", call: payout.Accepted, after: payout.Failed},
		"low balance":          {do: "reject:8888", call: payout.Rejected, after: payout.Rejected, stop: executor.StopGateway},
		"too fast":             {do: "reject:10006", call: payout.Rejected, after: payout.Rejected, stop: executor.StopGateway},
		"test mode":            {do: "reject:9995", call: payout.InDoubt, after: payout.InDoubt, stop: executor.StopGateway},
		"wrong key":            {do: "401", call: payout.Rejected, after: payout.Rejected, stop: executor.StopGateway},
		"lands late":           {do: "late:90s", call: payout.InDoubt, after: payout.Paid},
		"dropped before":       {do: "drop-before", call: payout.InDoubt, after: payout.InDoubt},
		"dropped after":        {do: "drop-after", call: payout.InDoubt, after: payout.Paid},
		"slow":                 {do: "delay:29s", call: payout.Accepted, after: payout.Paid},
		"slower than patience": {do: "delay:31s", call: payout.InDoubt, after: payout.Paid},
		"held":                 {do: "hold", call: payout.InDoubt, after: payout.Paid},
		"cut at once":          {do: "truncate:0", call: payout.InDoubt, after: payout.Paid},
		"cut late":             {do: "truncate:600", call: payout.InDoubt, after: payout.Paid},
		"bad signature":        {do: "bad-signature", call: payout.InDoubt, after: payout.Paid},
		"no signature":         {do: "no-signature", call: payout.InDoubt, after: payout.Paid},
		"double field":         {do: "double-field", call: payout.InDoubt, after: payout.Paid},
		"garbage":              {do: "garbage", call: payout.InDoubt, after: payout.Paid},
		"page of a proxy":      {do: "http:502", call: payout.InDoubt, after: payout.InDoubt},
		"page of a paid one":   {do: "http-paid:500", call: payout.InDoubt, after: payout.Paid},
		"too many requests":    {do: "http:429", call: payout.InDoubt, after: payout.InDoubt},
		"moved, keep method":   {do: "redirect:307", call: payout.InDoubt, after: payout.InDoubt},
		"moved":                {do: "redirect:302", call: payout.InDoubt, after: payout.InDoubt},
		"other order":          {do: "wrong-echo:pg_order_id", call: payout.InDoubt, after: payout.Paid, alarm: true},
		"other merchant":       {do: "wrong-echo:pg_merchant_id", call: payout.InDoubt, after: payout.Paid, alarm: true},
		"other amount":         {do: "wrong-echo:pg_payment_amount", call: payout.InDoubt, after: payout.Paid, alarm: true},
		"other status word":    {do: "wrong-echo:pg_status", call: payout.InDoubt, after: payout.Paid},
		"ok with a code":       {do: "wrong-echo:pg_error_code", call: payout.InDoubt, after: payout.Paid},
		"other card":           {do: "wrong-echo:pg_card_token", call: payout.Accepted, after: payout.Paid},
		"other payment":        {do: "wrong-echo:pg_payment_id", call: payout.Accepted, after: payout.Accepted},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, 2, func(w *world) {
				w.account.Waits = payout.StandardWaits()
				unanswered := w.asking(1, "error:9999")
				unanswered.Nth = 2 // the question at the end of the run
				w.faults(w.on(1, tt.do, tt.then), unanswered)
				r := w.apply()
				w.wantStop(r, tt.stop)
				w.want(tt.call)
				if alarm := w.record(1).HasFlag(payout.FlagAlarm); alarm != tt.alarm {
					t.Errorf("alarm is %t, want %t", alarm, tt.alarm)
				}
				sent := 2
				if tt.stop != "" {
					sent = 1
				}
				w.wantReceived(sent)
				time.Sleep(10 * time.Minute)
				w.faults()
				w.reconcile()
				w.want(tt.after)
				if again := w.apply(); len(again.Sent) != 2-sent {
					t.Errorf("the next run sent %v", again.Sent)
				}
				w.wantReceived(2)
			})
		})
	}
}

// TestOtherPayment: the gateway names a payment that is not ours. Nothing is
// believed of it, and the one that lives under our order id raises an alarm.
func TestOtherPayment(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.faults(w.on(1, "wrong-echo:pg_payment_id", ""))
		w.apply()
		w.want(payout.Accepted)
		w.reconcile()
		w.want(payout.Accepted)
		if !w.record(1).HasFlag(payout.FlagAlarm) {
			t.Error("no alarm")
		}
	})
}

// TestNotSent: what fails before the first byte is tried again with the same
// order id, three times a run, and by the next run.
func TestNotSent(t *testing.T) {
	refused := errors.New("connection refused")
	bubble(t, 1, func(w *world) {
		payouts := 0
		w.account.Gateway = gate{w.account.Gateway, func() error { payouts++; return refused }}
		r := w.apply()
		w.wantStop(r, "")
		w.want(payout.NotSent)
		if payouts != 3 || len(r.Sent) != 1 || w.journal.begins != 3 {
			t.Errorf("%d calls, %d begins, report %+v", payouts, w.journal.begins, r)
		}
		w.wantReceived(0)
		payouts = 0
		w.account.Gateway = gate{w.account.Gateway.(gate).Gateway, func() error {
			if payouts++; payouts < 3 {
				return refused
			}
			return nil
		}}
		w.apply()
		w.want(payout.Accepted)
		w.wantReceived(1)
		if n := len(w.record(1).Attempts); n != 1 {
			t.Errorf("%d attempts, want 1", n)
		}
	})
}

// TestRowOfNotSent: a network that is down is not tried on everybody.
func TestRowOfNotSent(t *testing.T) {
	bubble(t, 9, func(w *world) {
		w.account.Gateway = gate{w.account.Gateway, func() error { return errors.New("network is down") }}
		r := w.apply()
		w.wantStop(r, executor.StopRow, "5 payout calls", "not sent", "network is down")
		w.wantReceived(0)
		if len(r.Sent) != 2 || r.Unsent != 7 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestRowOfInDoubt: five in doubt in a row stop the run, a good one between
// them starts the row anew.
func TestRowOfInDoubt(t *testing.T) {
	bubble(t, 12, func(w *world) {
		w.faults(w.on(5, "accept", ""), w.on(0, "bad-signature", ""))
		r := w.apply()
		w.wantStop(r, executor.StopRow, "5 payout calls", "in doubt", "signature is wrong")
		w.wantReceived(10)
		if len(r.Sent) != 10 || r.Unsent != 2 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestRequestCut: from the first byte offered on, a cut request proves nothing.
func TestRequestCut(t *testing.T) {
	for _, after := range []int{0, 1, 40, 300, 700} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 1, freedompay.GatewayAPI)
				w.prove()
				if _, err := w.account.Gateway.Status(w.admit, status(w)); err != nil { // dials the connection of look-ups
					t.Fatal(err)
				}
				w.network.wrap = func(n int, c net.Conn) net.Conn {
					return &cutter{Conn: c, left: after}
				}
				w.apply()
				w.network.wrap = nil
				w.want(payout.InDoubt)
				w.apply()
				// A cut call may be received, and is no payout then.
				if made := w.gateway.Payments(); len(made) != 0 || w.journal.begins != 1 {
					t.Errorf("%d payments, %d intents", len(made), w.journal.begins)
				}
			})
		})
	}
}

// TestWordsAreClean: what a gateway says is kept in one short line, and shows
// neither card nor token.
func TestWordsAreClean(t *testing.T) {
	bubble(t, 1, func(w *world) {
		w.spoil = spoilWords("no\nmoney for ef741cfc-f85e-41a0-84e6-000000000001 4400 4301 1234 5678 " + strings.Repeat("x", 999))
		w.apply()
		words := w.record(1).Newest().Last().Words
		if strings.ContainsAny(words, "\n") || strings.Contains(words, "4400") || strings.Contains(words, "000000000001") || len([]rune(words)) > payout.MaxWords {
			t.Errorf("kept %q", words)
		}
		w.want(payout.Rejected)
	})
}
