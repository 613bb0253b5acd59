package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"payrun/executor"
	"payrun/planner/payout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is the caller's clock of a test.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

// story is a run of four payouts in which much goes wrong; between two events
// of it a second passes.
func story() []executor.Event {
	address := func(key string) payout.Address { return payout.NewAddress("salaries", "2026-11", "staff").WithKey(key) }
	begun := func(key string) executor.Event {
		return executor.Begun{Address: address(key), OrderID: "o-" + key, Attempt: 1, Amount: tenge(100)}
	}
	settled := func(key string, from, to payout.Status, edit func(*executor.Settled)) executor.Event {
		e := executor.Settled{Address: address(key), OrderID: "o-" + key, Attempt: 1, Amount: tenge(100), From: from, To: to, Source: payout.SourceAnswer, PaymentID: "77" + key, Sent: true}
		if edit != nil {
			edit(&e)
		}
		return e
	}
	polled := func(e *executor.Settled) { e.Source, e.Sent = payout.SourceStatus, false }
	return []executor.Event{
		executor.PhaseStarted{Phase: executor.PhaseAsk, Count: 1},
		settled("old", payout.InDoubt, payout.Paid, polled),
		executor.PhaseStarted{Phase: executor.PhaseLookup, Count: 4},
		executor.Paused{For: 2 * time.Minute, Reason: "the state is not proven"},
		executor.PhaseStarted{Phase: executor.PhasePause},
		executor.PhaseStarted{Phase: executor.PhaseSend, Count: 4},
		executor.Noticed{Merchant: "main", Text: "the balance is not known", Warning: true},
		executor.Noticed{Text: "for your information\x1b"},
		begun("1"),
		settled("1", payout.Sending, payout.Accepted, nil),
		begun("2"),
		settled("2", payout.Sending, payout.InDoubt, func(e *executor.Settled) { e.Words, e.PaymentID = "read: connection reset", "" }),
		begun("3"),
		settled("3", payout.Sending, payout.NotSent, func(e *executor.Settled) { e.Words, e.PaymentID = "dial: refused", "" }),
		begun("3"),
		settled("3", payout.Sending, payout.Rejected, func(e *executor.Settled) { e.Code, e.Words = "10017", "card \u202eexpired" }),
		executor.Skipped{Address: address("4"), Amount: tenge(100), Reason: "the deadline has passed"},
		executor.Stopping{Stop: executor.Stop{Kind: executor.StopSignal, Text: "interrupt"}},
		executor.PhaseStarted{Phase: executor.PhaseWait, Count: 2},
		settled("1", payout.Accepted, payout.Paid, polled),
		settled("3", payout.Rejected, payout.Failed, polled),
		settled("2", payout.InDoubt, payout.NotFound, polled),
		settled("old", payout.Paid, payout.Paid, func(e *executor.Settled) { polled(e); e.Alarm = true }),
		settled("older", payout.Paid, payout.Returned, polled),
		executor.PhaseStarted{Phase: "unheard of", Count: 2},
	}
}

// tell shows the story on a display without its goroutine, a tick after each
// third event.
func tell(a *Apply, c *clock) {
	for i, e := range story() {
		c.now = c.now.Add(time.Second)
		a.Show(e)
		a.flush()
		if i%3 == 2 {
			a.tick()
		}
	}
}

// still is a display whose goroutine was never started.
func still(t Terminal, jsonOut bool) (*Apply, *clock) {
	c := &clock{now: at}
	a := newApply(t, newTally(4, []payout.Money{tenge(400)}, c.read), jsonOut)
	close(a.stopped)
	return a, c
}

func TestApplyWithoutTerminal(t *testing.T) {
	var out, errs bytes.Buffer
	a, c := still(Terminal{Out: &out, Err: &errs, Version: "0.1.0"}, false)
	a.Planned(small(t))
	tell(a, c)
	mustWrite(t, a.Close(true))
	if out.Len() > 0 {
		t.Errorf("progress stands among results: %s", out.String())
	}
	golden(t, "apply.txt", errs.Bytes())
}

func TestApplyVerbose(t *testing.T) {
	var errs bytes.Buffer
	a, c := still(Terminal{Err: &errs, Verbose: true, Color: true}, false)
	tell(a, c)
	mustWrite(t, a.Close(true))
	if !strings.Contains(errs.String(), `staff["1"]  100.00 KZT  accepted`) {
		t.Errorf("a payout has no line:\n%s", errs.String())
	}
}

func TestApplyJSON(t *testing.T) {
	var out, errs bytes.Buffer
	a, c := still(Terminal{Out: &out, Err: &errs, Version: "0.1.0"}, true)
	a.Planned(troubled(t))
	excluding := small(t)
	excluding.Plan.Changes[0].Excluded = true
	a.Planned(excluding)
	tell(a, c)
	mustWrite(t, a.Close(false))
	a.Summary(result1())
	golden(t, "apply.jsonl", out.Bytes())
	if errs.Len() > 0 {
		t.Errorf("something beside JSON: %s", errs.String())
	}
	for i, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		var o map[string]any
		mustWrite(t, json.Unmarshal([]byte(line), &o))
		for _, name := range []string{"@level", "@message", "@timestamp", "type"} {
			if o[name] == nil {
				t.Errorf("line %d has no %s: %s", i+1, name, line)
			}
		}
		if i == 0 && o["type"] != "version" {
			t.Errorf("the first line is %s", line)
		}
	}
}

func TestJSONLineThatCannotBeWritten(t *testing.T) {
	a, _ := still(Terminal{Out: io.Discard}, true)
	line := a.jsonLine("info", "m", "odd", object{{"value", make(chan int)}})
	if !strings.Contains(line, `"@level":"error"`) || !strings.Contains(line, "write odd: ") {
		t.Errorf("got %s", line)
	}
}

// The bar is a function of what was shown: no time of its own is in it.
func TestBar(t *testing.T) {
	draw := func() string {
		var errs bytes.Buffer
		a, c := still(Terminal{Err: &errs, Interactive: true, Width: 100}, false)
		tell(a, c)
		mustWrite(t, a.Close(true))
		return errs.String()
	}
	first := draw()
	golden(t, "bar.txt", []byte(readable(first)))
	if second := draw(); second != first {
		t.Errorf("two displays of one run differ:\n%q\n%q", first, second)
	}
}

// readable shows what the bar writes, a line a frame.
func readable(s string) string {
	return strings.NewReplacer("\r", "<CR>", "\x1b[2K", "<CLEAR>", "\x1b[0K", "<END>\n").Replace(s)
}

func TestBarThatFills(t *testing.T) {
	var errs bytes.Buffer
	c := &clock{now: at}
	a := newApply(Terminal{Err: &errs, Interactive: true}, newTally(1, []payout.Money{tenge(100)}, c.read), false)
	close(a.stopped)
	a.tick()
	address := payout.NewAddress("b", "p", "one")
	a.Show(executor.Begun{Address: address, Amount: tenge(100)})
	a.Show(executor.Settled{Address: address, Amount: tenge(100), From: payout.Sending, To: payout.Paid, Sent: true})
	a.tick()
	a.tick()
	a.Show(executor.Noticed{Text: "late"})
	mustWrite(t, a.Close(false))
	golden(t, "bar_full.txt", []byte(readable(errs.String())))
}

func TestBarIsNotBuiltForNothing(t *testing.T) {
	var errs bytes.Buffer
	a := newApply(Terminal{Err: &errs, Interactive: true}, newTally(0, nil, time.Now), false)
	close(a.stopped)
	a.Show(executor.PhaseStarted{Phase: executor.PhaseAsk, Count: 1})
	a.tick()
	mustWrite(t, a.Close(false))
	if got := errs.String(); got != "asking about 1 open payout\nwaiting for answers, 0 outcomes so far\n" {
		t.Errorf("got %q", got)
	}
}

// The goroutine writes everything before Close returns, in order.
func TestApplyWritesEverything(t *testing.T) {
	for _, terminal := range []Terminal{{}, {Interactive: true}} {
		var out, errs bytes.Buffer
		terminal.Out, terminal.Err = &out, &errs
		a := NewApply(terminal, 2, nil, false, func() time.Time { return at })
		for i := range 1000 {
			a.Show(executor.Noticed{Text: fmt.Sprintf("notice %04d.", i)})
		}
		mustWrite(t, a.Close(false))
		mustWrite(t, a.Close(true))
		a.Summary(&Summary{Why: "w"})
		last := -1
		for i := range 1000 {
			found := strings.Index(errs.String(), fmt.Sprintf("notice %04d.", i))
			if found <= last {
				t.Fatalf("notice %d stands at %d, after %d", i, found, last)
			}
			last = found
		}
		if !strings.HasSuffix(out.String(), "Safe to run again: no — w\n") {
			t.Errorf("the end is missing: %q", out.String())
		}
	}
}

// stuck is a terminal that takes nothing until it is let go.
type stuck struct {
	let  chan struct{}
	seen bytes.Buffer
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.let
	return s.seen.Write(b)
}

func TestShowDoesNotWaitForATerminal(t *testing.T) {
	s := &stuck{let: make(chan struct{})}
	a := NewApply(Terminal{Err: s}, 1, nil, false, func() time.Time { return at })
	for i := range 5000 {
		a.Show(executor.Noticed{Text: fmt.Sprint("notice ", i)}) // would never return
	}
	close(s.let)
	mustWrite(t, a.Close(false))
	if got := strings.Count(s.seen.String(), "\n"); got != 5000 {
		t.Errorf("%d lines of 5000", got)
	}
}

func TestApplyKeepsTheFirstWriteError(t *testing.T) {
	a := NewApply(Terminal{Out: broken{}, Err: broken{}}, 1, nil, true, func() time.Time { return at })
	a.Show(executor.Noticed{Text: "unseen"})
	for range 2 {
		if err := a.Close(false); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	}
}

// Time alone makes a line where there is no bar.
func TestApplyTicks(t *testing.T) {
	var errs bytes.Buffer
	a := newApply(Terminal{Err: &errs}, newTally(3, nil, func() time.Time { return at }), false)
	ticks := make(chan time.Time)
	go a.loop(ticks)
	ticks <- at
	ticks <- at
	mustWrite(t, a.Close(false))
	if got := errs.String(); got != strings.Repeat("0 of 3 payouts sent\n", 2) {
		t.Errorf("got %q", got)
	}
}

// Something that no version of the executor tells is shown as nothing.
func TestNoEvent(t *testing.T) {
	a, _ := still(Terminal{}, false)
	if got := append(a.eventText(nil), a.eventJSON(nil)...); got != nil {
		t.Errorf("got %q", got)
	}
}

func TestPaceOfAVeryLongRun(t *testing.T) {
	c := &clock{now: at}
	tally := newTally(1000000, []payout.Money{tenge(1)}, c.read)
	tally.observe(executor.Begun{Address: payout.NewAddress("b", "p", "n"), Amount: tenge(1)})
	tally.observe(executor.Settled{Address: payout.NewAddress("b", "p", "n"), Amount: tenge(1), To: payout.Paid, Sent: true})
	c.now = c.now.Add(240 * time.Hour)
	if got := tally.short(200); strings.Contains(got, "-") || !strings.Contains(got, "left") {
		t.Errorf("got %q", got)
	}
}

// The words beside the bar on terminals of different width: nothing is cut in
// the middle, and what a person has to look at is never left out.
func TestBarWords(t *testing.T) {
	c := &clock{now: at}
	tally := newTally(318, []payout.Money{tenge(40630300)}, c.read)
	address := func(i int) payout.Address { return payout.NewAddress("b", "p", "n").WithKey(fmt.Sprint(i)) }
	for i := range 38 {
		tally.observe(executor.Begun{Address: address(i), Amount: tenge(40000)})
		c.now = c.now.Add(2 * time.Second)
		to := payout.Paid
		switch i {
		case 3, 4:
			to = payout.InDoubt
		case 5:
			to = payout.Rejected
		case 6:
			to = payout.Accepted
		}
		tally.observe(executor.Settled{Address: address(i), Amount: tenge(40000), From: payout.Sending, To: to, Sent: true})
	}
	words := func(columns int) string { return tally.short(newBar(1, columns).room) }
	for columns, want := range map[int]string{
		200: "38/318 · 3 to look at · 1 360 000.00 of 40 630 300.00 KZT paid · 30 a minute, about 9 min 20 s left",
		120: "38/318 · 3 to look at · 1 360 000.00 of 40 630 300.00 KZT paid · 30/min, 9 min 20 s left",
		100: "38/318 · 3 to look at · 1 360 000 KZT paid · 30/min, 9 min 20 s left",
		80:  "38/318 · !3 · 1 360 000 KZT · 30/min, 9 min 20 s left",
		70:  "38/318 · !3 · 1 360 000 KZT · 9 min 20 s left",
		60:  "38/318 · !3 · 9 min 20 s left",
		40:  "38/318 · !3",
		20:  "38/318 · !3",
	} {
		if got := words(columns); got != want {
			t.Errorf("%d columns: got %q, want %q", columns, got, want)
		}
	}
	// What turns out well is not to be looked at; an alarm and what is skipped is.
	tally.observe(executor.Settled{Address: address(3), Amount: tenge(40000), From: payout.InDoubt, To: payout.Paid})
	tally.observe(executor.Settled{Address: address(900), From: payout.Paid, To: payout.Paid, Alarm: true})
	for i := 38; i < 318; i++ {
		tally.observe(executor.Skipped{Address: address(i), Reason: "the deadline has passed"})
	}
	c.now = c.now.Add(time.Hour)
	if got, want := words(200), "318/318 · 283 to look at · 1 400 000.00 of 40 630 300.00 KZT paid · 30 a minute, 2 answers to come"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
