package executor

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pacer keeps the payout calls of one merchant an interval apart, first byte
// to first byte. A caller holds the door from the moment its turn has come
// until its first byte leaves, so that a slow disk never lets two calls bunch
// up.
type pacer struct {
	made sync.Once
	door chan struct{} // holds one value while somebody is inside
}

// turn is the right to make one payout call now.
type turn struct {
	pacer   *pacer
	limiter *rate.Limiter
	once    sync.Once
}

// enter waits for a turn. A turn must be spent or given back.
func (p *pacer) enter(ctx context.Context, l *rate.Limiter) (*turn, error) {
	t := &turn{pacer: p, limiter: l}
	if l == nil {
		return t, ctx.Err()
	}
	p.made.Do(func() { p.door = make(chan struct{}, 1) })
	select {
	case p.door <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for delay := untilFree(l); delay > 0; delay = untilFree(l) {
		if sleep(ctx, delay) != nil {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		t.giveBack()
		return nil, err
	}
	return t, nil
}

// untilFree is how long the limiter's next token takes, without taking it.
func untilFree(l *rate.Limiter) time.Duration {
	now := time.Now()
	r := l.ReserveN(now, 1)
	defer r.CancelAt(now)
	return r.DelayFrom(now)
}

// spend uses the turn up: the first byte leaves now. The token is taken
// whatever the limiter thinks, for the call happens.
func (t *turn) spend() {
	t.once.Do(func() {
		if t.limiter != nil {
			t.limiter.ReserveN(time.Now(), 1)
			<-t.pacer.door
		}
	})
}

// giveBack lets the next caller in without having called. It does nothing
// after spend.
func (t *turn) giveBack() {
	t.once.Do(func() {
		if t.limiter != nil {
			<-t.pacer.door
		}
	})
}

// sleep waits, or returns why it could not.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// askTurn waits for a turn to ask about a payout.
func (m *Merchant) askTurn(ctx context.Context) error {
	if m.Ask == nil {
		return ctx.Err()
	}
	// Not Limiter.Wait, which gives up at once where the turn would come after
	// the context's end: that would look like a gateway that does not answer.
	turn := m.Ask.Reserve()
	if err := sleep(ctx, turn.Delay()); err != nil {
		turn.Cancel()
		return err
	}
	return nil
}
