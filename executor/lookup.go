package executor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"payrun/freedompay"
	"payrun/planner"
	"payrun/planner/payout"
)

// clearance is what the look-up of one planned payout allows.
type clearance struct {
	send   bool
	found  bool      // the gateway knows a payment, alive or failed
	behind bool      // it knows a live one that the state did not
	since  time.Time // when the order id to be sent was asked for
	at     time.Time // when that was answered
	clock  time.Time // the gateway's Date of that answer
	why    string    // why it may not be sent, for people
}

// age is how old a look-up is by the clock that says more: the monotonic one
// sees time that a stepped wall clock hides, the wall clock sees the sleep of a
// suspended machine.
func (c clearance) age(now time.Time) time.Duration {
	return older(now.Sub(c.since), now.Round(0).Sub(c.since.Round(0)))
}

// older combines the two ages. A wall clock that was set back proves nothing,
// so that it counts as too old.
func older(monotonic, wall time.Duration) time.Duration {
	if wall < -time.Second {
		return max(monotonic, lookupFresh+time.Second)
	}
	return max(monotonic, wall)
}

// candidate is one order id that a planned payout may have been sent under.
type candidate struct {
	attempt int
	orderID string
	answer  asked
}

// lookup asks for every order id that the change may already have been paid
// under, and records what it finds. With all set, every attempt that
// the state does not hold is asked for. An error means that the record is not durable.
func (r *Run) lookup(ctx context.Context, m *Merchant, c *planner.Change, all bool) (clearance, error) {
	if m.LookupOff {
		now := time.Now()
		return clearance{send: true, since: now, at: now}, nil
	}
	var out clearance
	var found []candidate
	for _, one := range candidates(c, all) {
		one.answer = m.ask(ctx, question{
			merchantID: m.ID, api: freedompay.API(m.API), orderID: one.orderID, amount: c.Declared.Amount.Decimal(), alone: true,
		})
		if one.answer.wrongKey {
			r.stop.halt(StopGateway, one.answer.why)
		}
		if one.answer.verdict == "" {
			r.unanswered(ctx, m, one.answer.why)
			return clearance{why: "the look-up brought no trusted answer: " + one.answer.why}, nil
		}
		r.silence.add(m, true)
		// The order id to be sent is the last: its answer is the fresh one.
		out.since, out.at, out.clock = one.answer.since, one.answer.at, one.answer.clock
		if one.answer.found() {
			found = append(found, one)
		}
	}
	if all {
		r.mu.Lock()
		r.asked[c.Address] = true
		r.mu.Unlock()
	}
	if len(found) == 0 {
		out.send = true
		return out, nil
	}
	return r.adopt(m, c, found)
}

// unanswered counts a look-up without an answer. A gateway that answers nobody
// is not asked about everybody.
func (r *Run) unanswered(ctx context.Context, m *Merchant, why string) {
	if ctx.Err() != nil {
		return
	}
	if r.silence.add(m, false) {
		r.stop.halt(StopSilent, fmt.Sprintf("%d look-ups in a row brought no trusted answer, so that nothing can be sent; the last: %s", maxRowOfBad, why))
	}
}

// candidates lists the order ids to ask for, by attempt; the one to be sent
// comes last.
func candidates(c *planner.Change, all bool) []candidate {
	first, last := c.Attempt, c.Attempt
	if all {
		first, last = 1, payout.MaxAttempts
	}
	own := candidate{attempt: c.Attempt, orderID: c.OrderID}
	var out []candidate
	for n := first; n <= last; n++ {
		if known := c.Record.Attempt(n); known != nil && known.Status() != payout.NotSent {
			continue // recorded, and asked about as such
		}
		for _, id := range c.KnownOrderIDs(n) {
			if !strings.EqualFold(id, own.orderID) {
				out = append(out, candidate{attempt: n, orderID: id})
			}
		}
	}
	if known := c.Record.Attempt(c.Attempt); known != nil && known.Status() != payout.NotSent {
		return out // looked up beside the plan
	}
	return append(out, own)
}

// checkClocks refuses to send while our clock and the gateway's differ, or
// while ours is behind the newest record: time limits and fences hang on it.
func (r *Run) checkClocks(c clearance) *Stop {
	now := time.Now()
	if !c.clock.IsZero() {
		if skew := c.at.Sub(c.clock).Abs(); skew > maxClockSkew {
			return &Stop{Kind: StopClock, Text: fmt.Sprintf("our clock and the gateway's differ by %s", skew.Round(time.Second))}
		}
	}
	if now.Before(r.NewestRecord) {
		return &Stop{Kind: StopClock, Text: "our clock is behind the newest record of the state, " + r.NewestRecord.UTC().Format(time.RFC3339)}
	}
	return nil
}
