package sandbox

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrClosed is what a call meets after Close.
var ErrClosed = errors.New("use sandbox: closed")

// Gateway is the simulated gateway, an http.Handler. Make one with New; all
// methods may be called at the same time.
type Gateway struct {
	terms  terms
	faults faultSource
	ledger *ledger
	closed chan struct{}

	mu       sync.Mutex
	book     *book
	held     map[int64]*heldAnswer
	landings map[int64]*landing
	bell     chan struct{} // closed at the next line; nil while nobody waits
	broken   error         // of the ledger: nothing is executed after it
}

// landing is a late payment that is still to be made.
type landing struct {
	timer *time.Timer
	done  chan struct{} // closed once it was made and is durable

	// What the answer says of it; read after done.
	paymentID, balance string
}

// New opens a gateway and replays its ledger. Late payments that had not
// landed when the last gateway ended land in what is left of their delay.
//
// Errors: *LockedError when another gateway has the ledger, *DamageError when
// it holds more than a torn last line, *FaultsError for a bad faults file.
func New(c Config) (*Gateway, error) {
	t, err := c.terms()
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		terms: t, book: newBook(), closed: make(chan struct{}),
		held: map[int64]*heldAnswer{}, landings: map[int64]*landing{},
	}
	g.faults.path = c.Faults
	if _, err := g.faults.current(); err != nil {
		return nil, err
	}
	if g.ledger, err = openLedger(c.Ledger, c.NoSync, g.book.apply); err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, line := range g.book.pending {
		g.schedule(line)
	}
	return g, nil
}

// Close lets every held answer go, forgets landings until the next New, and
// gives the ledger's lock back. A second Close does nothing.
func (g *Gateway) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isClosed() {
		return nil
	}
	close(g.closed)
	for _, l := range g.landings {
		if l.timer != nil { // a call that could not be recorded has none
			l.timer.Stop()
		}
	}
	g.ring()
	if err := g.ledger.close(); err != nil {
		return fmt.Errorf("close ledger: %w", err)
	}
	return nil
}

func (g *Gateway) isClosed() bool {
	select {
	case <-g.closed:
		return true
	default:
		return false
	}
}

// commit asks fill for a line while nothing else changes, and returns once the
// line is durable. fill gets the seq and may read the book.
func (g *Gateway) commit(fill func(seq int64) Line) error {
	g.mu.Lock()
	size, err := g.record(fill)
	g.mu.Unlock()
	if err == nil {
		err = g.ledger.sync(size)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && !errors.Is(err, ErrClosed) && g.broken == nil {
		// A half-written line or a lost fsync leaves the oracle unsure for good.
		g.broken = err
	}
	g.ring()
	return err
}

// record writes and applies one line; the caller holds mu.
func (g *Gateway) record(fill func(seq int64) Line) (int64, error) {
	if g.isClosed() {
		return 0, ErrClosed
	}
	if g.broken != nil {
		return 0, g.broken
	}
	seq := g.book.seq + 1
	line := fill(seq)
	line.Seq, line.At = seq, g.terms.Now().UTC()
	size, err := g.ledger.append(line)
	if err != nil {
		return 0, err
	}
	if err := g.book.apply(line); err != nil {
		return 0, err
	}
	if _, late := g.book.pending[seq]; late {
		g.schedule(line)
	}
	return size, nil
}

// schedule lets a late payment land in what is left of its delay; the caller
// holds mu.
func (g *Gateway) schedule(line Line) {
	w, _ := parseWord(CallPayout, line.Did) // apply accepted the line; a zero delay lands at once
	wait := w.delay - g.terms.Now().Sub(line.At)
	l := g.landing(line.Seq)
	l.timer = time.AfterFunc(min(max(wait, 0), w.delay), func() { g.land(line, l) })
}

// landing returns what a late payout call waits for, made at first use; the
// caller holds mu.
func (g *Gateway) landing(seq int64) *landing {
	if g.landings[seq] == nil {
		g.landings[seq] = &landing{done: make(chan struct{})}
	}
	return g.landings[seq]
}

// land makes a late payment. An error needs no handling here: the ledger is
// closed or broken, both are kept, and the payment stays pending.
func (g *Gateway) land(late Line, l *landing) {
	err := g.commit(func(int64) Line {
		delete(g.landings, late.Seq)
		line := late
		line.Call, line.Did, line.Of = CallLanding, plainAnswer.text, late.Seq
		g.makePayment(&line, effectPaid)
		l.paymentID, l.balance = line.PaymentID, formatMinor(g.balanceAfter(&line))
		return line
	})
	if err == nil {
		close(l.done)
	}
}

// ring wakes everybody in WaitFor; the caller holds mu.
func (g *Gateway) ring() {
	if g.bell != nil {
		close(g.bell)
		g.bell = nil
	}
}
