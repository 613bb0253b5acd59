package planner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"payrun/planner/payout"
)

// Options are what a plan depends on beside files and ledger.
type Options struct {
	At          time.Time              // the plan's time
	Now         time.Time              // the real clock, for not_before and deadline; zero = At
	RetryFailed bool                   // -retry-failed: a person asks for the next attempt
	RunFault    func(code string) bool // the refusal concerned the run and not the payee; nil = none does; called by several goroutines at once
	Included    func(a payout.Address) bool
	Moved       []Move
	Imports     map[payout.Address]Import // payments that were made elsewhere
}

// Move renames a recorded payout. Between two addresses without a key it
// renames all keys of them as well, except those that another Move names.
type Move struct {
	From payout.Address
	To   payout.Address
}

// Diff compares the batches with the ledger. It changes neither.
func Diff(batches []Batch, ledger *payout.Ledger, opts Options) *Plan {
	d := &differ{plan: &Plan{At: opts.At}, ledger: ledger, opts: opts}
	if d.opts.Now.IsZero() {
		d.opts.Now = opts.At
	}
	d.index(batches)
	for i := range batches {
		d.batch(&batches[i])
	}
	d.match()
	d.undeclared()
	d.sort()
	d.renames()
	d.orderIDs()
	d.renamesUnwritten()
	d.exclude()
	d.summarize(batches)
	return d.plan
}

// scope is a batch in one period.
type scope struct{ batch, period string }

type differ struct {
	plan     *Plan
	ledger   *payout.Ledger
	opts     Options
	declared map[payout.Address]bool // nil where nothing moved
	matched  map[*payout.Record]bool // records of declared payouts
	scopes   map[scope]*Batch
	moves    *moves
	movedTo  map[payout.Address]payout.Address // new address → recorded address
	taken    map[payout.Address]bool           // recorded addresses that a move claimed

	strangers []string // merchants of records whose account is not known
}

func (d *differ) index(batches []Batch) {
	n := 0
	for i := range batches {
		n += len(batches[i].Payouts)
	}
	if len(d.opts.Moved) > 0 {
		d.declared = make(map[payout.Address]bool, n)
	}
	d.plan.Changes = make([]Change, 0, n)
	d.scopes = make(map[scope]*Batch)
	d.movedTo = make(map[payout.Address]payout.Address)
	d.taken = make(map[payout.Address]bool)
	merchants := make(map[string]*Merchant)
	for i := range batches {
		b := &batches[i]
		d.scopes[scope{b.Name, b.Period}] = b
		merchants[b.Merchant.Name] = b.Merchant
		for j := range b.Payouts {
			if d.declared != nil {
				d.declared[b.Payouts[j].Address] = true
			}
		}
	}
	for _, m := range merchants {
		d.plan.Merchants = append(d.plan.Merchants, m)
	}
	slices.SortFunc(d.plan.Merchants, func(a, b *Merchant) int { return strings.Compare(a.Name, b.Name) })
	d.strangers = d.unknownMerchants()
	d.move()
}

// sort puts the changes in the order of their addresses. Exchanging whole
// changes would cost more than comparing them.
func (d *differ) sort() {
	changes := d.plan.Changes
	byAddress := func(a, b int) int { return changes[a].Address.Compare(changes[b].Address) }
	order := make([]int, len(changes))
	for i := range order {
		order[i] = i
	}
	if slices.IsSortedFunc(order, byAddress) {
		return
	}
	slices.SortFunc(order, byAddress)
	reorder(changes, order)
}

// reorder puts list[order[i]] at i, in place: order is a permutation, and is
// used up. A second list would be the largest thing in memory.
func reorder[T any](list []T, order []int) {
	for start := range order {
		if order[start] == start {
			continue
		}
		first, to := list[start], start
		for from := order[to]; from != start; from = order[to] {
			list[to], order[to] = list[from], to
			to = from
		}
		list[to], order[to] = first, to
	}
}

// record finds what is recorded of a declared address, through renames.
func (d *differ) record(a payout.Address) *payout.Record {
	if from, ok := d.movedTo[a]; ok {
		return d.ledger.Record(from)
	}
	return d.ledger.Record(a)
}

// batch decides about every payout of a batch.
func (d *differ) batch(b *Batch) {
	from := len(d.plan.Changes)
	d.plan.Changes = append(d.plan.Changes, make([]Change, len(b.Payouts))...)
	changes := d.plan.Changes[from:]
	sideBySide(len(changes), func(i int) { changes[i] = d.change(b, &b.Payouts[i]) })
}

func (d *differ) change(b *Batch, p *Payout) Change {
	c := Change{Address: p.Address, Batch: b, Declared: p, Record: d.record(p.Address), Attempt: 1, Former: d.former(p.Address)}
	if newest := c.Record.Newest(); newest != nil {
		c.Attempt, c.OrderID = newest.N, newest.OrderID
	} else {
		c.OrderID = p.OrderIDFor(b.Merchant, 1)
	}
	d.decide(&c)
	return c
}

// match notes which records have a declared payout.
func (d *differ) match() {
	d.matched = make(map[*payout.Record]bool, min(len(d.plan.Changes), d.ledger.Len()))
	for i := range d.plan.Changes {
		if r := d.plan.Changes[i].Record; r != nil {
			d.matched[r] = true
		}
	}
}

// decide is the table "what plan says".
func (d *differ) decide(c *Change) {
	status := c.Status()
	if t := d.ledger.Tombstone(c.Address); t != nil {
		c.conflict(forgottenReason(t))
		return
	}
	if flagged(c.Record) {
		c.Action, c.Reason = ActionAttention, flagReason(c.Record)
		return
	}
	if d.imported(c) {
		return
	}
	if differs := d.differences(c); len(differs) > 0 && status.MayBePaid() {
		c.Action = ActionConflict
		c.Reason = fmt.Sprintf("%s already: %s", statusWords(status), strings.Join(differs, "; "))
		return
	}
	if alive := earlierAlive(c.Record); alive != nil {
		c.Action = ActionAttention
		c.Reason = fmt.Sprintf("attempt %d, order id %s, is %s: not sent again", alive.N, alive.OrderID, statusWords(alive.Status()))
		return
	}
	switch status {
	case payout.Declared, payout.NotSent:
		c.Action = ActionPay
		d.window(c)
	case payout.Sending, payout.InDoubt, payout.Accepted, payout.Rejected:
		c.Action, c.Reason = ActionCheck, openReason(c.Record)
		if foundInDoubt(c.Record.Speaking()) {
			c.Action = ActionAttention
		}
	case payout.NotFound, payout.Returned:
		d.needsPerson(c)
	case payout.Failed:
		d.failed(c)
	case payout.Paid:
		c.Action = ActionNone
	}
}

// foundInDoubt says that a look-up found a payment without an intent of ours and
// could not tell what it paid: no further answer will, a person has to.
func foundInDoubt(a *payout.Attempt) bool {
	return a.Status() == payout.InDoubt && a.PaymentID != "" && a.Last().Source == payout.SourceLookup
}

// window turns a payment into a wait where it may not start now.
func (d *differ) window(c *Change) {
	reason := WindowReason(c.Batch, c.Declared, d.opts.Now)
	if reason != "" {
		c.Action, c.Reason = ActionWait, reason
	}
}

// WindowReason says why a payout may not start at a moment, or returns "".
func WindowReason(b *Batch, p *Payout, now time.Time) string {
	at := func(t time.Time) string { return t.In(b.Merchant.Zone).Format("2006-01-02 15:04 -07:00") }
	switch {
	case p.Hold != "":
		return "held: " + p.Hold
	case b.Hold != "":
		return "batch held: " + b.Hold
	case !b.NotBefore.IsZero() && now.Before(b.NotBefore):
		return "not before " + at(b.NotBefore)
	case !b.Deadline.IsZero() && now.After(b.Deadline):
		return "the deadline " + at(b.Deadline) + " has passed"
	}
	return ""
}

// differences compares what is frozen from the intent on.
func (d *differ) differences(c *Change) []string {
	if c.Record == nil {
		return nil
	}
	var out []string
	note := func(what, was, now string) {
		if was != now {
			out = append(out, fmt.Sprintf("%s was %s, now %s", what, was, now))
		}
	}
	m, r, p := c.Batch.Merchant, c.Record, c.Declared
	if stake := r.Stake(); stake != p.Amount {
		note("amount", stake.String(), p.Amount.String())
	}
	if r.Fingerprint != p.Token.Fingerprint(m.ID) && (r.Merchant == m.Name || r.Destination != p.Token.String()) {
		out = append(out, fmt.Sprintf("destination was %s, now %s", r.Destination, p.Token))
	}
	note("user id", r.UserID, p.UserID)
	note("merchant", r.Merchant, m.Name)
	// An imported payment was made elsewhere, under an order id of its own.
	if newest := r.Newest(); newest.Events[0].Source != payout.SourceImport && !slices.Contains(c.KnownOrderIDs(newest.N), newest.OrderID) {
		now := p.OrderIDFor(m, newest.N)
		known := d.ledger.Merchant(r.Merchant)
		switch {
		case p.OrderID == "" && known != nil && known.Prefix != m.Prefix && r.Merchant == m.Name:
			// In the same words for every payout of the merchant: it is one change.
			out = append(out, fmt.Sprintf("order_prefix was %q, now %q, which changes its order id: %s", known.Prefix, m.Prefix, prefixCure(known.Prefix)))
		case p.OrderID == "":
			note("order id", newest.OrderID, now+" (another order_prefix? put the old one back, or name it in former_prefixes)")
		default:
			note("order id", newest.OrderID, now)
		}
	}
	return out
}

// prefixCure says how payouts that were sent under another prefix are found.
func prefixCure(was string) string {
	if was == "" {
		return "take order_prefix out"
	}
	return fmt.Sprintf("put it back, or write former_prefixes = [%q]", was)
}

// KnownOrderIDs are the order ids that an attempt of the payout may have been
// sent under, by any run and any state: by its address, its former addresses
// and those that moved blocks name, under the prefix and former prefixes. The
// one of its address and prefix comes first.
func (c *Change) KnownOrderIDs(attempt int) []string {
	return knownOrderIDs(c.Batch.Merchant, c.Declared, append(recordedAddresses(c.Declared, c.Record), c.Former...), attempt)
}

func recordedAddresses(p *Payout, r *payout.Record) []payout.Address {
	addresses := []payout.Address{p.Address}
	if r != nil {
		addresses = append(addresses, r.Former...)
		if r.Address != p.Address {
			addresses = append(addresses, r.Address)
		}
	}
	return addresses
}

func knownOrderIDs(m *Merchant, p *Payout, addresses []payout.Address, attempt int) []string {
	var out []string
	for _, prefix := range append([]string{m.Prefix}, m.FormerPrefixes...) {
		for _, a := range addresses {
			if id := orderID(m, prefix, a, p.OrderID, attempt); !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// undeclared adds the records that the files do not declare.
func (d *differ) undeclared() {
	for r := range d.ledger.Records() {
		if d.matched[r] {
			continue
		}
		newest := r.Newest()
		c := Change{Action: ActionLeft, Address: r.Address, Record: r, Attempt: newest.N, OrderID: newest.OrderID, Reason: "left the files"}
		here := d.scopes[scope{r.Address.Batch, r.Address.Period}] != nil
		switch status := r.Status(); {
		case flagged(r):
			c.Action, c.Reason = ActionAttention, flagReason(r)
		case status == payout.NotFound || status == payout.Returned && here:
			c.Action, c.Reason = ActionAttention, openReason(r)
		case here:
			c.Reason += ", " + statusWords(status)
		case status.Open():
			c.Action, c.Reason = ActionCheck, openReason(r)
		default:
			d.plan.History++
			continue
		}
		d.plan.Changes = append(d.plan.Changes, c)
	}
}

// exclude marks what -target and -exclude leave out.
func (d *differ) exclude() {
	if d.opts.Included == nil {
		return
	}
	for i := range d.plan.Changes {
		d.plan.Changes[i].Excluded = !d.opts.Included(d.plan.Changes[i].Address)
	}
}

func statusWords(s payout.Status) string {
	return strings.ReplaceAll(string(s), "_", " ")
}

func openReason(r *payout.Record) string {
	last := r.Newest().Last()
	text := statusWords(last.Status) + " since " + last.At.UTC().Format("2 Jan 15:04 MST")
	if last.Code != "" || last.Words != "" {
		text += ": " + strings.TrimSpace(last.Code+" "+last.Words)
	}
	return text
}

// flagged says that a person has to look at the record, whatever its status.
func flagged(r *payout.Record) bool {
	return r != nil && (r.HasFlag(payout.FlagAlarm) || r.HasFlag(payout.FlagDisputed))
}

func flagReason(r *payout.Record) string {
	if r.HasFlag(payout.FlagDisputed) {
		return "disputed: paid, and the gateway now says error"
	}
	return "alarm: a payment may have been made twice, or has no end"
}
