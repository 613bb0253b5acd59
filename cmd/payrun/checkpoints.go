package main

import (
	"sync"
	"time"
)

// checkpointEvery is how often the state is written while a run goes on, so
// that the journal never grows long.
const checkpointEvery = 30 * time.Second

// checkpointing writes the state now and then until stop is called, which
// returns the first error.
func (s *session) checkpointing() (stop func() error) {
	quit := make(chan struct{})
	var done sync.WaitGroup
	var failed error
	done.Go(func() {
		ticker := time.NewTicker(checkpointEvery)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ticker.C:
				if err := s.recorder.Checkpoint(); err != nil && failed == nil {
					failed = err
				}
			}
		}
	})
	return func() error {
		close(quit)
		done.Wait()
		return failed
	}
}
