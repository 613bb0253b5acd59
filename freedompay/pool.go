package freedompay

import (
	"errors"
	"os"
	"slices"
	"sync"
	"time"
)

// pool keeps connections whose last answer ended cleanly, for a short while.
//
// An idle connection is watched by one read: whatever ends that read but us (a close by the gateway, a byte nobody asked
// for, the end of its time) makes the connection useless, so a call seldom meets a connection that is already dead.
type pool struct {
	mu   sync.Mutex
	idle []*conn // guarded by mu; the newest is last
}

// put parks c for at most keep.
func (p *pool) put(c *conn, keep time.Duration) {
	c.parked, c.quiet = time.Now(), make(chan bool, 1)
	_ = c.SetReadDeadline(c.parked.Add(keep))
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	go p.watch(c)
}

// watch waits until c is taken, says something, is closed by the gateway, or has been idle for too long.
func (p *pool) watch(c *conn) {
	var unasked [1]byte
	n, err := c.Read(unasked[:])
	p.mu.Lock()
	if i := slices.Index(p.idle, c); i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
		c.close()
	}
	p.mu.Unlock()
	c.quiet <- n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
}

// take returns a live connection to e whose last answer is at most keep old, or nil.
func (p *pool) take(e endpoint, keep time.Duration) *conn {
	for c := p.pop(); c != nil; c = p.pop() {
		if c.wake() && c.endpoint == e && time.Since(c.parked) <= keep {
			return c
		}
		c.close()
	}
	return nil
}

// pop removes the newest idle connection.
func (p *pool) pop() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	c := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return c
}

// wake ends the watcher of c and reports whether the connection stayed silent and open.
func (c *conn) wake() bool {
	_ = c.SetReadDeadline(longAgo)
	quiet := <-c.quiet
	return c.SetReadDeadline(time.Time{}) == nil && quiet && silent(c.raw)
}

// close closes what is idle and waits for the watchers.
func (p *pool) close() {
	for c := p.pop(); c != nil; c = p.pop() {
		c.close()
		<-c.quiet
	}
}
