package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// VerifyError lists everything that Verify found wrong.
type VerifyError struct {
	Problems []string // one sentence each, naming the ledger lines
}

// Error gives all problems, one a line.
func (e *VerifyError) Error() string {
	return fmt.Sprintf("verify sandbox ledger: %d problems:\n%s", len(e.Problems), strings.Join(e.Problems, "\n"))
}

// Verify checks what the senders of all calls so far promised: no order id of
// a merchant, ignoring case, in more than one payout call; every call well
// formed, by POST, well signed, for a merchant that is served. It also says
// when the ledger itself broke. A violation is a *VerifyError.
func (g *Gateway) Verify() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	problems := g.book.problems()
	if g.broken != nil {
		problems = append(problems, "the ledger is broken: "+g.broken.Error())
	}
	if len(problems) == 0 {
		return nil
	}
	return &VerifyError{Problems: problems}
}

// Payments returns a copy of every payment made, sorted by Seq.
func (g *Gateway) Payments() []Payment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.book.list()
}

// Lines returns the ledger so far. Of a ledger on disk it is what ReadLedger
// gives, lines not yet durable included.
func (g *Gateway) Lines() ([]Line, error) {
	if g.terms.Ledger != "" {
		return ReadLedger(g.terms.Ledger)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.ledger.lines), nil
}

// Balance returns what a merchant has left, a decimal with two fraction
// digits: the opening balance less everything Paid.
func (g *Gateway) Balance(merchantID int64) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return formatMinor(g.balance(merchantID))
}

// Inject adds faults that go before those of the file, after those injected
// earlier. A bad one is an error naming its place, and none is added.
func (g *Gateway) Inject(faults ...Fault) error { return g.faults.inject(faults, false) }

// SetFaults replaces all injected faults. Those of the file stay.
func (g *Gateway) SetFaults(faults []Fault) error { return g.faults.inject(faults, true) }

// FaultsErr says why calls are answered HTTP 500 on account of the faults
// file: a *FaultsError, or nil when the file is sound now.
func (g *Gateway) FaultsErr() error {
	_, err := g.faults.current()
	return err
}

// WaitFor returns nil once met says true; met is asked now and after every
// ledger line, and may call any method of g. The error is that of ctx, or
// ErrClosed.
func (g *Gateway) WaitFor(ctx context.Context, met func() bool) error {
	for {
		bell := g.nextLine()
		if met() {
			return nil
		}
		select {
		case <-bell:
		case <-g.closed:
			return ErrClosed
		case <-ctx.Done():
			return fmt.Errorf("wait for sandbox: %w", context.Cause(ctx))
		}
	}
}

// nextLine returns a channel that is closed at the next ledger line.
func (g *Gateway) nextLine() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bell == nil {
		g.bell = make(chan struct{})
	}
	return g.bell
}
