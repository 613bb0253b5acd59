package view

import (
	"bytes"
	"io"
	"sync"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

// The intervals of what is drawn without an event.
const (
	barInterval  = 200 * time.Millisecond
	lineInterval = 10 * time.Second
)

// Apply shows a run while it goes on: as one progress bar with a line per
// problem above it, as lines where there is no terminal, or as JSON, one object
// a line. It is fed by Show, which never waits: a goroutine of its own writes.
type Apply struct {
	terminal Terminal
	paint    paint
	json     bool
	drawn    bool // there is a bar
	now      func() time.Time

	mu    sync.Mutex
	tally *tally
	lines []string // shown and not yet written
	wake  chan struct{}

	writing sync.Mutex // held while writing; never together with mu
	bar     *bar       // nil = no bar
	err     error      // the first error of Out

	end     sync.Once
	stop    chan struct{}
	stopped chan struct{}
}

// NewApply starts to show a run that sends planned payouts of the given totals.
// With jsonOut the first line of Out is the version line at once. now is the
// caller's clock. Close must be called.
func NewApply(t Terminal, planned int, totals []payout.Money, jsonOut bool, now func() time.Time) *Apply {
	a := newApply(t, newTally(planned, totals, now), jsonOut)
	interval := lineInterval
	if a.drawn {
		interval = barInterval
	}
	ticker := time.NewTicker(interval)
	go func() {
		defer ticker.Stop()
		a.loop(ticker.C)
	}()
	return a
}

func newApply(t Terminal, counted *tally, jsonOut bool) *Apply {
	a := &Apply{
		terminal: t, paint: paint(t.Color), json: jsonOut, now: counted.now, tally: counted,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	if jsonOut {
		a.push(a.versionLine())
		a.flush()
	} else if t.Interactive && counted.planned > 0 {
		a.bar, a.drawn = newBar(2*counted.planned, t.Width), true
	}
	return a
}

// Show takes one event. It is called by one goroutine at a time and never waits
// for the output.
func (a *Apply) Show(e executor.Event) {
	a.mu.Lock()
	a.tally.observe(e)
	var lines []string
	if a.json {
		lines = a.eventJSON(e)
	} else {
		lines = a.eventText(e)
	}
	a.lines = append(a.lines, lines...)
	a.mu.Unlock()
	a.nudge()
}

// Close ends the display: stopped says that the run ended before its plan was
// done, so that a bar is left as it stands. Everything shown is written when it
// returns. The error is the first one of writing; later calls return the same.
func (a *Apply) Close(stopped bool) error {
	a.end.Do(func() {
		close(a.stop)
		<-a.stopped
		a.flush()
		a.endBar(stopped)
	})
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.err
}

// loop writes until Close.
func (a *Apply) loop(ticks <-chan time.Time) {
	defer close(a.stopped)
	for {
		select {
		case <-a.stop:
			return
		case <-a.wake:
			a.flush()
		case <-ticks:
			a.tick()
		}
	}
}

// tick draws what time alone changes.
func (a *Apply) tick() {
	if a.drawn {
		a.flush()
		a.redraw()
		return
	}
	a.mu.Lock()
	line := a.countLine()
	a.lines = append(a.lines, line)
	a.mu.Unlock()
	a.flush()
}

func (a *Apply) nudge() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *Apply) push(line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines = append(a.lines, line)
}

// flush writes all lines in order, above the bar where there is one.
func (a *Apply) flush() {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.Lock()
	lines := a.lines
	a.lines = nil
	a.mu.Unlock()
	if len(lines) == 0 {
		return
	}
	var b bytes.Buffer
	if a.bar != nil {
		b.Write(a.bar.clear())
	}
	for _, line := range lines {
		b.WriteString(line)
	}
	if a.bar != nil {
		b.Write(a.bar.last)
	}
	a.write(b.Bytes())
}

func (a *Apply) redraw() {
	a.writing.Lock()
	defer a.writing.Unlock()
	steps, words := a.progress(a.bar.room)
	last := a.bar.last
	if frame := a.bar.draw(steps, words); !bytes.Equal(frame, last) {
		a.write(frame)
	}
}

func (a *Apply) progress(room int) (int, string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tally.steps, a.tally.short(room)
}

func (a *Apply) endBar(stopped bool) {
	if !a.drawn {
		return
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	steps, words := a.progress(a.bar.room)
	a.write(a.bar.end(steps, words, stopped))
	a.bar = nil
}

// write keeps the first error and goes on: a run does not end because nobody
// looks at it any more.
func (a *Apply) write(b []byte) {
	var w io.Writer = a.terminal.Err
	if a.json {
		w = a.terminal.Out
	}
	if _, err := w.Write(b); err != nil && a.err == nil {
		a.err = err
	}
}
