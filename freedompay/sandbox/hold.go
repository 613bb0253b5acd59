package sandbox

import (
	"maps"
	"payrun/planner/payout"
	"slices"
)

// heldAnswer waits until let go.
type heldAnswer struct {
	order string
	let   chan struct{}
	free  bool // let is closed
}

// hold registers an answer before its line is written, so that whoever sees
// the line can already release it; the caller holds mu.
func (g *Gateway) hold(seq int64, order string) *heldAnswer {
	h := &heldAnswer{order: order, let: make(chan struct{})}
	g.held[seq] = h
	return h
}

// unhold forgets an answer that left, or whose client did.
func (g *Gateway) unhold(h *heldAnswer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.DeleteFunc(g.held, func(_ int64, other *heldAnswer) bool { return other == h })
}

// Held returns the order ids whose answers are held now, in the order of their
// calls.
func (g *Gateway) Held() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var orders []string
	for _, seq := range slices.Sorted(maps.Keys(g.held)) {
		if h := g.held[seq]; !h.free {
			orders = append(orders, h.order)
		}
	}
	return orders
}

// Release lets the held answers of the order ids that fit any of the globs go,
// or all of them when none is given, and returns how many. Answers held later
// are not affected.
func (g *Gateway) Release(globs ...string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	count := 0
	for _, h := range g.held {
		fits := func(pattern string) bool { return payout.MatchGlob(pattern, h.order) }
		if h.free || len(globs) > 0 && !slices.ContainsFunc(globs, fits) {
			continue
		}
		h.free = true
		close(h.let)
		count++
	}
	return count
}
