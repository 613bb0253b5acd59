package executor

import (
	"sync"

	"payrun/planner/payout"
)

// holder is the attempt that holds a payment id.
type holder struct {
	address payout.Address
	attempt int
}

// holders knows which attempt holds which payment id, so that one payment is
// never taken for two. It is read from the ledger once, at the first claim.
type holders struct {
	mu sync.Mutex
	of map[paymentKey]holder
}

type paymentKey struct{ merchant, paymentID string }

// claim gives a payment id to an attempt, unless another one holds it.
func (i *inquirer) claim(merchant, paymentID string, h holder) bool {
	i.holders.mu.Lock()
	defer i.holders.mu.Unlock()
	if i.holders.of == nil {
		i.holders.of = make(map[paymentKey]holder)
		i.journal.View(i.holders.read)
	}
	key := paymentKey{merchant, paymentID}
	if have, held := i.holders.of[key]; held && have != h {
		return false
	}
	i.holders.of[key] = h
	return true
}

func (h *holders) read(l *payout.Ledger) {
	for _, record := range l.All() {
		for n := range record.Attempts {
			if a := &record.Attempts[n]; a.PaymentID != "" {
				h.of[paymentKey{record.TermsOf(a).Merchant, a.PaymentID}] = holder{record.Address, a.N}
			}
		}
	}
}
