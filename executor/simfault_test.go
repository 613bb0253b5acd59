package executor_test

import (
	"fmt"
	"math/rand/v2"

	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

// Words that a payout call may meet.
var payWords = []string{
	"reject:10005", "reject:9999", "reject:8888", "reject:424242", "reject-paid:9999", "reject-paid:9991", "ok-unpaid",
	"http-paid:502", "drop-before", "drop-after", "delay:29s", "delay:45s", "hold", "truncate:0", "truncate:300",
	"bad-signature", "no-signature", "double-field", "garbage", "http:500", "http:429", "redirect:307", "401",
	"wrong-echo:pg_order_id", "wrong-echo:pg_payment_amount", "wrong-echo:pg_payment_id", "wrong-echo:pg_status",
	"wrong-echo:pg_error_code", "wrong-echo:pg_card_token", "wrong-echo:pg_merchant_id",
}

// Words that a status call may meet, whatever became of the payout.
var askWords = []string{
	"drop-before", "drop-after", "delay:9s", "delay:45s", "hold", "truncate:9", "bad-signature", "no-signature", "double-field",
	"garbage", "http:503", "redirect:302", "401", "error:9999", "status:queued", "status:process", "wrong-echo:pg_order_id",
	"wrong-echo:pg_payment_status", "wrong-echo:pg_status", "wrong-echo:pg_merchant_id",
}

// Words that deny a payment. They are not spoken to those whose state is lost:
// a payment that neither side remembers is found by nobody.
var denyWords = []string{"not-found", "not-found:zero", "lag", "lag:3h", "blind"}

// Lies that are rightly signed, each told once about an order. A second one
// about the same payment could not be told from the truth.
var lies = []string{"status:error", "wrong-echo:pg_payment_id", "wrong-echo:pg_amount"}

var fates = []string{"error:10001", "process:3", "process:2,error:10017", "process:8", "process:8,error:10017"}

// leastFaults is how many payouts of a simulation meet a fault at least.
const leastFaults = 3

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// someFaults are what goes wrong in this simulation.
func (s *sim) someFaults() []sandbox.Fault {
	var out []sandbox.Fault
	bad := s.rnd.IntN(80) // percent
	struck := 0
	for i, d := range s.dues {
		for n := 1; n <= payout.MaxAttempts; n++ {
			must := n == 1 && leastFaults-struck >= len(s.dues)-i
			if must || s.rnd.IntN(100) < bad/n {
				out = append(out, s.faultsOf(d.OrderIDFor(s.merchant, n))...)
				struck++
			}
		}
	}
	return out
}

func (s *sim) faultsOf(order string) []sandbox.Fault {
	if !s.loses && s.rnd.IntN(6) == 0 {
		// Made, not known by its answer, and denied for as long as the gateway is
		// ill.
		made := sandbox.Fault{Match: order, Call: sandbox.CallPayout, Do: pick(s.rnd, []string{"reject-paid:9999", "drop-after", "garbage"})}
		if s.rnd.IntN(2) == 0 {
			made.Then = pick(s.rnd, fates)
		}
		return []sandbox.Fault{made, {Match: order, Call: sandbox.CallStatus, Do: pick(s.rnd, denyWords[:2])}}
	}
	out := []sandbox.Fault{s.payFault(order)}
	asks := askWords
	if !s.loses {
		asks = append(append([]string{}, askWords...), denyWords...)
	}
	if out[0].Do == "reject-paid:10005" {
		asks = askWords // a refusal that lies must not be confirmed by lies
	}
	for range s.rnd.IntN(5) {
		ask := sandbox.Fault{Match: order, Call: sandbox.CallStatus, Nth: 1 + s.rnd.IntN(6), Do: pick(s.rnd, asks)}
		if s.rnd.IntN(5) == 0 {
			ask.Nth = 0 // until the gateway is well again
		}
		out = append(out, ask)
	}
	if s.rnd.IntN(8) == 0 {
		lie := sandbox.Fault{Match: order, Call: sandbox.CallStatus, Nth: 1 + s.rnd.IntN(9), Do: pick(s.rnd, lies)}
		if s.merchant.API == "gateway" || lie.Do != "wrong-echo:pg_amount" {
			out = append(out[:1:1], append([]sandbox.Fault{lie}, out[1:]...)...)
		}
	}
	return out
}

// payFault is what a payout call meets.
func (s *sim) payFault(order string) sandbox.Fault {
	pay := sandbox.Fault{Match: order, Call: sandbox.CallPayout, Do: pick(s.rnd, payWords)}
	switch n := s.rnd.IntN(24); {
	case n < 4:
		pay.Do = "reject-paid:10005"
	case n < 7 && s.loses:
		pay.Do = fmt.Sprintf("late:%ds", 1+s.rnd.IntN(90)) // lands before a lost state is used
	case n < 7:
		pay.Do = fmt.Sprintf("late:%dm", 1+s.rnd.IntN(1200))
	case n < 14:
		pay.Do, pay.Then = "accept", pick(s.rnd, fates)
	}
	return pay
}
