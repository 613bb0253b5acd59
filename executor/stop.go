package executor

import (
	"context"
	"errors"
	"sync"
)

// StopKind says why a run starts no further payout.
type StopKind string

// The kinds of stops.
const (
	StopSignal  StopKind = "signal"  // a person or the system asked
	StopJournal StopKind = "journal" // a record could not be made durable
	StopLock    StopKind = "lock"    // the lock or the state is not ours any more
	StopGateway StopKind = "gateway" // the gateway refuses the run: key, balance, frequency, settings
	StopRow     StopKind = "row"     // too many payouts in a row in doubt or not sent
	StopBehind  StopKind = "behind"  // the gateway knows payments that the state did not
	StopLookup  StopKind = "look-up" // look-ups cannot be trusted
	StopImport  StopKind = "import"  // an import is not what the gateway knows
	StopClock   StopKind = "clock"   // our clock and the gateway's differ
	// StopSilent: the gateway does not answer questions.
	StopSilent StopKind = "silent"
	// StopDeadline: a batch's deadline passed while the run was on its way.
	StopDeadline StopKind = "deadline"
)

// Stop is the reason of a stop.
type Stop struct {
	Kind StopKind
	Text string
}

// stopper cancels admission once, keeping the first reason.
type stopper struct {
	cancel context.CancelFunc
	emit   func(Event)

	mu   sync.Mutex
	stop *Stop
}

func newStopper(admit context.Context, emit func(Event)) (*stopper, context.Context) {
	ctx, cancel := context.WithCancel(admit)
	return &stopper{cancel: cancel, emit: emit}, ctx
}

// halt stops admission. The first reason stays.
func (s *stopper) halt(kind StopKind, text string) {
	s.mu.Lock()
	first := s.stop == nil
	if first {
		s.stop = &Stop{Kind: kind, Text: text}
	}
	s.mu.Unlock()
	s.cancel()
	if first {
		s.emit(Stopping{Stop: Stop{Kind: kind, Text: text}})
	}
}

// reason is the first stop, or nil.
func (s *stopper) reason() *Stop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop
}

// listen records a stop that comes through the admission context as soon as it
// comes: whoever asked for it sees that it was heard while calls are under way.
// The returned function ends it, and nothing is emitted afterwards.
func (s *stopper) listen(admit context.Context) (end func()) {
	heard := make(chan struct{})
	forget := context.AfterFunc(admit, func() {
		defer close(heard)
		s.outside(admit)
	})
	return func() {
		if !forget() {
			<-heard
		}
	}
}

// outside records a stop that came through the admission context itself.
func (s *stopper) outside(admit context.Context) {
	if admit.Err() == nil {
		return
	}
	text := "stopped from outside"
	if cause := context.Cause(admit); cause != nil && !errors.Is(cause, context.Canceled) {
		text = cause.Error()
	}
	s.halt(StopSignal, text)
}
