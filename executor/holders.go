package executor

import (
	"fmt"
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
	mu       sync.Mutex
	of       map[paymentKey]holder
	accounts map[string]string // by the names that the ledger knows
}

// paymentKey is a payment of an account: two merchant blocks may share one.
type paymentKey struct{ account, paymentID string }

// account is that of a merchant block; one that is not recorded stands for
// itself.
func (h *holders) account(merchant string) string {
	if known, ok := h.accounts[merchant]; ok {
		return known
	}
	return merchant
}

// claim gives a payment id to an attempt, unless another one holds it.
func (i *inquirer) claim(merchant, paymentID string, h holder) bool {
	i.holders.mu.Lock()
	defer i.holders.mu.Unlock()
	if i.holders.of == nil {
		i.holders.of = make(map[paymentKey]holder)
		i.journal.View(i.holders.read)
	}
	key := paymentKey{i.holders.account(merchant), paymentID}
	if have, held := i.holders.of[key]; held && have != h {
		return false
	}
	i.holders.of[key] = h
	return true
}

func (h *holders) read(l *payout.Ledger) {
	h.accounts = make(map[string]string)
	for _, m := range l.Merchants {
		h.accounts[m.Name] = fmt.Sprintf("%d %s", m.ID, m.Environment)
	}
	for _, record := range l.All() {
		for n := range record.Attempts {
			if a := &record.Attempts[n]; a.PaymentID != "" {
				h.of[paymentKey{h.account(record.TermsOf(a).Merchant), a.PaymentID}] = holder{record.Address, a.N}
			}
		}
	}
}
