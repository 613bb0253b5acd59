package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// firstPaymentID is below what the real gateway gives out and above 32 bits
// nothing: ids are told apart from counts at a glance.
const firstPaymentID = 1_000_000_001

// Payment is one payment that the gateway made, whatever it told the caller.
type Payment struct {
	Seq            int64     // ledger line that made it: the payout call, or the late landing
	At             time.Time // of that line, UTC
	API            string
	MerchantID     string
	OrderID        string
	PaymentID      string // decimal, > 0
	Amount         string // "100.00"
	Currency       string // ISO 4217
	UserID         string
	Description    string
	Destination    string // masked
	Fingerprint    string // see Fingerprint
	OrderTimeLimit string
	Status         string // what the next status call would be told: success, error, process
	Code           int    // of the error it ends in, else 0
	Calls          int    // payout calls received for the order id; more than 1 is a broken promise
	Asked          int    // status calls received for the order id

	// Paid says that the money reaches the payee: at once, or once the status
	// answers that say process are used up.
	Paid bool
}

// payment is a Payment in the making: told counts the answers that said process.
type payment struct {
	Payment
	minor int64
	fate  fate
	told  int
}

func (p *payment) status() string { return p.fate.status(p.told) }

// orderKey is an order id of a merchant, both as in the ledger.
type orderKey struct{ merchant, order string }

// order is what was received for an order id.
type order struct {
	payouts  []int64 // seq of every payout call
	statuses int
	balances int
	payments []*payment
}

// book is the state of the gateway: what a replay of the ledger gives. Its
// owner guards it.
type book struct {
	seq      int64
	lastID   int64
	orders   map[orderKey]*order
	byID     map[string]*payment
	payments []*payment
	spent    map[string]int64 // minor units by merchant
	pending  map[int64]Line   // late payouts that have not landed, by seq
	odd      []string
}

func newBook() *book {
	return &book{
		lastID: firstPaymentID - 1,
		orders: map[orderKey]*order{}, byID: map[string]*payment{},
		spent: map[string]int64{}, pending: map[int64]Line{},
	}
}

// calls returns how many calls of a kind were received for an order id.
func (b *book) calls(call string, key orderKey) int {
	o := b.orders[key]
	switch {
	case o == nil:
		return 0
	case call == CallPayout:
		return len(o.payouts)
	case call == CallStatus:
		return o.statuses
	}
	return o.balances
}

// find returns the payment a status call means: the one with the payment id
// where given, else the last of the order id; nil if there is none.
func (b *book) find(key orderKey, paymentID string) *payment {
	o := b.orders[key]
	if o == nil || len(o.payments) == 0 {
		return nil
	}
	if paymentID == "" {
		return o.payments[len(o.payments)-1]
	}
	if p := b.byID[paymentID]; p != nil && slices.Contains(o.payments, p) {
		return p
	}
	return nil
}

// apply takes one line over, in replay and in life alike, so that a restart
// changes nothing. An error means that no gateway wrote the line.
func (b *book) apply(line Line) error {
	b.seq = line.Seq
	key := orderKey{line.MerchantID, line.OrderID}
	o := b.orders[key]
	if o == nil {
		o = &order{}
		b.orders[key] = o
	}
	switch line.Call {
	case CallPayout:
		o.payouts = append(o.payouts, line.Seq)
	case CallStatus:
		o.statuses++
		if p := b.byID[line.PaymentID]; p != nil && line.Told == StatusProcess {
			p.told++
		}
	case CallBalance:
		o.balances++
	case CallLanding:
		if _, ok := b.pending[line.Of]; !ok {
			return fmt.Errorf("apply landing of line %d: nothing is to land there", line.Of)
		}
		delete(b.pending, line.Of)
	default:
		return fmt.Errorf("apply call %q: unknown kind", line.Call)
	}
	b.noteOdd(line)
	return b.applyPayment(line, o)
}

// noteOdd remembers for Verify what no sound client sends.
func (b *book) noteOdd(line Line) {
	invalid := strings.HasPrefix(line.Did, didInvalid)
	if line.Call == CallLanding || line.Signature && !invalid && line.Did != didUnserved {
		return
	}
	sort := "a badly signed"
	if line.Signature {
		sort = "a bad"
	}
	b.odd = append(b.odd, fmt.Sprintf("line %d: %s %s call for order id %q: %s",
		line.Seq, sort, line.Call, line.OrderID, line.Did))
}

func (b *book) applyPayment(line Line, o *order) error {
	late := strings.HasPrefix(line.Did, "late:") && line.Call == CallPayout
	if line.Call == CallStatus || line.Call == CallBalance || line.PaymentID == "" && !late {
		return nil
	}
	f, err := parseFate(line.Then)
	if err != nil {
		return err
	}
	minor, err := parseMinor(line.Amount)
	if err != nil {
		return err
	}
	if late {
		_, err := parseWord(CallPayout, line.Did)
		b.pending[line.Seq] = line
		return err
	}
	id, err := strconv.ParseInt(line.PaymentID, 10, 64)
	if err != nil || id <= b.lastID {
		return fmt.Errorf("apply payment id %q: want more than %d", line.PaymentID, b.lastID)
	}
	b.lastID = id
	p := &payment{Payment: paymentOf(line), minor: minor, fate: f}
	b.payments = append(b.payments, p)
	b.byID[line.PaymentID] = p
	o.payments = append(o.payments, p)
	if p.Paid {
		b.spent[line.MerchantID] += minor
	}
	return nil
}

func paymentOf(line Line) Payment {
	return Payment{
		Seq: line.Seq, At: line.At, API: line.API,
		MerchantID: line.MerchantID, OrderID: line.OrderID, PaymentID: line.PaymentID,
		Amount: line.Amount, Currency: line.Currency, UserID: line.UserID,
		Description: line.Description, Destination: line.Destination, Fingerprint: line.Fingerprint,
		OrderTimeLimit: line.OrderTimeLimit, Paid: line.Paid,
	}
}

// list copies the payments, sorted by seq.
func (b *book) list() []Payment {
	all := make([]Payment, 0, len(b.payments))
	for _, p := range b.payments {
		o := b.orders[orderKey{p.MerchantID, p.OrderID}]
		copied := p.Payment
		copied.Status, copied.Code = p.status(), p.fate.code
		copied.Calls, copied.Asked = len(o.payouts), o.statuses
		all = append(all, copied)
	}
	return all
}

// problems lists every broken promise of the sender, in a fixed order.
func (b *book) problems() []string {
	found := slices.Clone(b.odd)
	folded := map[orderKey]string{}
	keys := slices.SortedFunc(maps.Keys(b.orders), func(x, y orderKey) int {
		return strings.Compare(x.merchant+"\x00"+x.order, y.merchant+"\x00"+y.order)
	})
	for _, key := range keys {
		o := b.orders[key]
		if key.order == "" || len(o.payouts) == 0 {
			continue
		}
		if len(o.payouts) > 1 {
			found = append(found, fmt.Sprintf("order id %q of merchant %s received %d payout calls: lines %s",
				key.order, key.merchant, len(o.payouts), joinSeqs(o.payouts)))
		}
		lower := orderKey{key.merchant, strings.ToLower(key.order)}
		if other, taken := folded[lower]; taken {
			found = append(found, fmt.Sprintf("order ids %q and %q of merchant %s differ in case alone",
				other, key.order, key.merchant))
		}
		folded[lower] = key.order
	}
	return found
}

func joinSeqs(seqs []int64) string {
	texts := make([]string, len(seqs))
	for i, seq := range seqs {
		texts[i] = strconv.FormatInt(seq, 10)
	}
	return strings.Join(texts, ", ")
}
