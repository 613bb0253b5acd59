package view

import (
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// shared is a change that pays an amount to a card.
func shared(t *testing.T, b *planner.Batch, name, card string, amount payout.Money) planner.Change {
	t.Helper()
	token, err := payout.NewCardToken(card)
	if err != nil {
		t.Fatal(err)
	}
	address := payout.NewAddress(b.Name, b.Period, name)
	return planner.Change{Action: planner.ActionPay, Address: address, Batch: b, Declared: &planner.Payout{Address: address, Amount: amount, Token: token}}
}

func TestSharedCards(t *testing.T) {
	const one, two = "ef741cfc-f85e-41a0-84e6-2ba964912182", "0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52"
	m := &planner.Merchant{Name: "main"}
	pay, other := &planner.Batch{Name: "pay", Period: "1", Merchant: m}, &planner.Batch{Name: "other", Period: "1", Merchant: m}
	for name, tt := range map[string]struct {
		changes []planner.Change
		want    []string
	}{
		"none":          {nil, nil},
		"two cards":     {[]planner.Change{shared(t, pay, "a", one, tenge(1)), shared(t, pay, "b", two, tenge(2))}, nil},
		"one card":      {[]planner.Change{shared(t, pay, "a", one, tenge(1)), shared(t, pay, "b", one, tenge(2))}, []string{`pay["1"].a and b go to one card, card ef74…2182: 1.00 KZT and 2.00 KZT`}},
		"equal amounts": {[]planner.Change{shared(t, pay, "a", one, tenge(1)), shared(t, pay, "b", one, tenge(1))}, nil},
		"two batches":   {[]planner.Change{shared(t, pay, "a", one, tenge(1)), shared(t, other, "b", one, tenge(2))}, nil},
		"many": {[]planner.Change{
			shared(t, pay, "a", one, tenge(1)), shared(t, pay, "b", one, tenge(2)), shared(t, pay, "c", one, tenge(3)),
			shared(t, pay, "d", one, tenge(4)), shared(t, pay, "e", one, tenge(5)),
		}, []string{"a and b", "a and c", "a and d", "1 more payout to cards that are paid twice in their batch"}},
	} {
		got := (&Plan{Plan: &planner.Plan{Changes: tt.changes}}).sharedCards()
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %q", name, got, tt.want)
			continue
		}
		for i := range got {
			if !strings.Contains(got[i].text, tt.want[i]) {
				t.Errorf("%s: %q, want %q", name, got[i].text, tt.want[i])
			}
		}
	}
}

// TestTransportWords: what people read of a lost answer says what it means for
// the money, and the technical part stays behind it.
func TestTransportWords(t *testing.T) {
	for _, tt := range []struct {
		to     payout.Status
		source payout.Source
		want   string
	}{
		{payout.InDoubt, payout.SourceTransport, "the gateway may have paid it"},
		{payout.NotSent, payout.SourceTransport, "nothing left this machine"},
		{payout.InDoubt, payout.SourceAnswer, ""},
		{payout.Rejected, payout.SourceTransport, ""},
	} {
		got := transportWords(tt.to, tt.source)
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s by %s: %q", tt.to, tt.source, got)
		}
		line := settledWords(executor.Settled{To: tt.to, Source: tt.source, Words: "call reg2reg: unexpected EOF"})
		if !strings.Contains(line, tt.want) || !strings.Contains(line, "call reg2reg: unexpected EOF") {
			t.Errorf("%s by %s: the line is %q", tt.to, tt.source, line)
		}
	}
}

// TestLookupProgress: while nothing was sent, the words are about look-ups.
func TestLookupProgress(t *testing.T) {
	now := time.Unix(0, 0)
	c := newTally(3, []payout.Money{tenge(6)}, func() time.Time { return now })
	c.observe(executor.LookedUp{Done: 2, Of: 3})
	c.observe(executor.LookedUp{Done: 1, Of: 3})
	if c.short(80) != "looking up 2/3" || c.words() != "2 of 3 payouts looked up before the first send" {
		t.Errorf("%q, %q", c.short(80), c.words())
	}
	c.observe(executor.LookedUp{Done: 3, Of: 3})
	if strings.Contains(c.short(80), "looking up") {
		t.Errorf("all are looked up: %q", c.short(80))
	}
}

// TestRateWordsUnproven: look-ups of a state that is not proven take their time
// before the first send, and are told apart.
func TestRateWordsUnproven(t *testing.T) {
	m := &planner.Merchant{Name: "main", Currency: payout.MustCurrency("KZT")}
	b := &planner.Batch{Name: "pay", Period: "1", Merchant: m}
	plan := &planner.Plan{Merchants: []*planner.Merchant{m}}
	for _, name := range []string{"a", "b", "c"} {
		plan.Changes = append(plan.Changes, shared(t, b, name, "ef741cfc-f85e-41a0-84e6-2ba964912182", tenge(1)))
	}
	half, perMinute := Rate{Calls: 2, Per: time.Second}, Rate{Calls: 30, Per: time.Minute}
	for _, tt := range []struct {
		pay, ask Rate
		unproven []string
		want     string
	}{
		{perMinute, half, nil, "needs about 6 s at 30 calls a minute"},
		{perMinute, half, []string{"new"}, "needs about 12 s at 30 calls a minute, of it 6 s to look up what the state may have forgotten"},
		{Rate{}, half, []string{"new"}, "needs about 6 s at any number of calls, of it 6 s to look up what the state may have forgotten"},
		{Rate{}, Rate{}, []string{"new"}, ""},
	} {
		p := &Plan{Plan: plan, Rates: map[string]Rate{"main": tt.pay}, AskRates: map[string]Rate{"main": tt.ask}, Unproven: tt.unproven}
		if got := strings.Join(p.RateWords(), "\n"); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestPhaseWords: each phase says what it does; what is looked up in vain for
// this plan is not said to come before a send.
func TestPhaseWords(t *testing.T) {
	for phase, want := range map[executor.Phase]string{
		executor.PhaseAsk:    "asking about 2 open payouts",
		executor.PhaseImport: "asking about 2 payouts paid elsewhere",
		executor.PhaseLookup: "looking up 2 payouts before the first send",
		executor.PhaseLeft:   "looking up 2 payouts that this plan does not send",
		executor.PhasePause:  "waiting before the first send",
		executor.PhaseSend:   "sending 2 payouts",
		executor.PhaseWait:   "waiting for the final status of 2 payouts",
		"of a later version": "of a later version: 2 payouts",
	} {
		if got := phaseWords(executor.PhaseStarted{Phase: phase, Count: 2}); got != want {
			t.Errorf("%s: %q, want %q", phase, got, want)
		}
	}
}
