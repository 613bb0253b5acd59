package executor

import (
	"fmt"
	"sync"

	"payrun/planner/payout"
)

// row counts bad results in a row: a gateway or a network that fails for all
// must not be tried on everyone's wages.
type row struct {
	mu     sync.Mutex
	status payout.Status
	length int
}

// add counts one result and returns a stop once the row is too long.
func (r *row) add(s payout.Status) *Stop {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s != payout.InDoubt && s != payout.NotSent {
		r.status, r.length = payout.Declared, 0
		return nil
	}
	if s != r.status {
		r.status, r.length = s, 0
	}
	r.length++
	if r.length < maxRowOfBad {
		return nil
	}
	words := "in doubt"
	if s == payout.NotSent {
		words = "not sent"
	}
	return &Stop{Kind: StopRow, Text: fmt.Sprintf("%d payouts in a row are %s", r.length, words)}
}
