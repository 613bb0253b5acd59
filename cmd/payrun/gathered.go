package main

import (
	"bytes"
	"sync"
)

// gathered keeps what a program prints on both of its streams, in order.
type gathered struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to what was printed.
func (g *gathered) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.Write(b)
}

// String is everything printed so far.
func (g *gathered) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.String()
}
