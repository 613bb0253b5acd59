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

// add counts the result of one payout call and returns a stop once the row is
// too long. Calls count, not payouts: a payout that is not sent three times
// says as much as three that are not sent once.
func (r *row) add(s payout.Status, words string) *Stop {
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
	what := "are in doubt"
	if s == payout.NotSent {
		what = "were not sent"
	}
	return &Stop{Kind: StopRow, Text: fmt.Sprintf("%d payout calls in a row %s; the last: %s", r.length, what, words)}
}

// silence counts the questions in a row, per merchant, that brought no answer.
type silence struct {
	mu   sync.Mutex
	rows map[*Merchant]int
}

// add counts one question and says whether the row is too long now.
func (s *silence) add(m *Merchant, answered bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = make(map[*Merchant]int)
	}
	if answered {
		s.rows[m] = 0
		return false
	}
	s.rows[m]++
	return s.rows[m] >= maxRowOfBad
}

// tooLong says whether a merchant's row is too long.
func (s *silence) tooLong(m *Merchant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[m] >= maxRowOfBad
}
