package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// payment is what makes two payouts equal. The fingerprint holds the account's
// id, so a merchant block that was renamed still meets its own payments.
type payment struct {
	fingerprint string
	amount      payout.Money
}

// paymentOf is made anew each time: to keep those of a large plan would take
// more memory than the plan, and hashing a token is quick.
func paymentOf(c *planner.Change) payment {
	return payment{c.Declared.Token.Fingerprint(c.Batch.Merchant.ID), c.Declared.Amount}
}

// earlier is a recorded attempt that is paid or may be.
type earlier struct {
	record  *payout.Record
	attempt *payout.Attempt
	at      time.Time
}

// duplicates looks for equal payments among the records and within the plan.
// What the plan does not send is not judged: it will be when it is sent.
func (j *judge) duplicates() {
	past := make(map[payment][]earlier)
	if j.in.Ledger.Len()+len(j.in.Ledger.Tombstones) > 0 {
		for _, c := range j.sending {
			past[paymentOf(c)] = nil
		}
	}
	j.recall(past)
	twins := newTwins(len(j.sending))
	for _, c := range j.in.Plan.Importing() {
		twins.meet(paymentOf(c), c)
	}
	// Payouts that allow duplicates come second: of two equal ones it is enough
	// that either says so.
	for _, allowing := range []bool{false, true} {
		for _, c := range j.sending {
			if (c.Declared.AllowDuplicate != "") == allowing {
				key := paymentOf(c)
				j.duplicate(c, j.before(c, past[key]), twins.meet(key, c))
			}
		}
	}
}

// recall fills in the recorded payments of the wanted keys, newest first.
func (j *judge) recall(past map[payment][]earlier) {
	if len(past) == 0 {
		return
	}
	records := slices.Collect(j.in.Ledger.Records())
	for i := range j.in.Ledger.Tombstones {
		if r := j.in.Ledger.Tombstones[i].Record(); r != nil {
			records = append(records, r)
		}
	}
	for _, r := range records {
		key := payment{r.Fingerprint, r.Amount}
		if _, wanted := past[key]; !wanted {
			continue
		}
		for i := range r.Attempts {
			if a := &r.Attempts[i]; a.Status().MayBePaid() {
				past[key] = append(past[key], earlier{r, a, sentAt(a)})
			}
		}
	}
	for _, list := range past {
		slices.SortFunc(list, func(a, b earlier) int {
			return cmp.Or(b.at.Compare(a.at), a.record.Address.Compare(b.record.Address), cmp.Compare(a.attempt.N, b.attempt.N))
		})
	}
}

// sentAt is when the attempt was last put on the wire, or when it became known
// where a look-up, an import or a person brought it.
func sentAt(a *payout.Attempt) time.Time {
	at := a.BegunAt()
	for i := range a.Events {
		if a.Events[i].Status == payout.Sending {
			at = a.Events[i].At
		}
	}
	return at
}

// before finds the newest equal payment that counts against the change, or
// returns nil.
func (j *judge) before(c *planner.Change, past []earlier) *earlier {
	oldest := j.in.Plan.At.Add(-window(c.Batch))
	for i := range past {
		e := &past[i]
		if e.at.Before(oldest) {
			return nil
		}
		if e.record != c.Record && !otherPeriod(e.record.Address, c.Address) && j.sameGateway(e.record, c.Batch.Merchant) {
			return e
		}
	}
	return nil
}

// otherPeriod says that two payouts belong to one batch label in two periods:
// next month's salary is no duplicate.
func otherPeriod(a, b payout.Address) bool { return a.Batch == b.Batch && a.Period != b.Period }

// sameGateway tells apart accounts with one id that live on different gateways,
// such as the sandbox and production. What is unknown counts as the same.
func (j *judge) sameGateway(r *payout.Record, m *planner.Merchant) bool {
	known := j.in.Ledger.Merchant(r.Merchant)
	return r.Merchant == m.Name || known == nil || known.Environment == string(m.Environment)
}

// window is the batch's own, else its merchant's, else the default.
func window(b *planner.Batch) time.Duration {
	for _, l := range []*planner.Limits{b.Limits, b.Merchant.Limits} {
		if l != nil && l.DuplicateWindow > 0 {
			return l.DuplicateWindow
		}
	}
	return planner.DefaultDuplicateWindow
}

// duplicate makes the finding about one payout, if there is anything to say:
// a recorded payment first, else another payout of the plan.
func (j *judge) duplicate(c *planner.Change, e *earlier, twin *planner.Change) {
	if e == nil && twin == nil {
		return
	}
	p := c.Declared
	text := fmt.Sprintf("duplicate %s: %s to %s", c.Address, p.Amount, p.Token)
	f := Finding{Kind: KindDuplicate, Hard: true, Lifted: p.AllowDuplicate, Position: p.Position}
	if e != nil {
		f.Addresses = []payout.Address{c.Address, e.record.Address}
		f.Text = fmt.Sprintf("%s, as %s of %s, order id %s, %s", text, e.record.Address,
			e.at.In(c.Batch.Merchant.Zone).Format("2006-01-02"), e.attempt.OrderID, statusWords(e.attempt.Status()))
	} else {
		f.Addresses = []payout.Address{c.Address, twin.Address}
		f.Text = fmt.Sprintf("%s, as %s of this plan, order id %s", text, twin.Address, twin.OrderID)
	}
	if f.Lifted == "" {
		f.Blocks = true
		f.Cure = allowCure(c)
		if e != nil && j.renamed(e.record.Address, c.Address) {
			f.Cure = fmt.Sprintf("if batch %s was renamed to %s, write a moved block from %s to %s; else %s", e.record.Address.Batch, c.Address.Batch, e.record.Address, c.Address, f.Cure)
		}
	}
	j.add(f)
}

// allowCure says how one payout that is meant is let through, and no other of its
// block.
func allowCure(c *planner.Change) string {
	key := c.Batch.Keys[c.Address.Name]
	at := c.Declared.Position
	value := `"reason"`
	if c.Address.HasKey {
		at = key.Position
		value = fmt.Sprintf(`%s == %s ? "reason" : null`, cmp.Or(key.Expr, "each.key"), strconv.Quote(c.Address.Key))
	}
	line := "allow_duplicate = " + value
	if strings.HasSuffix(at.File, ".json") {
		if c.Address.HasKey {
			value = strconv.Quote("${" + value + "}")
		}
		line = `"allow_duplicate": ` + value
	}
	return fmt.Sprintf("take one of the two out; or, if both are meant, write into the payout block%s: %s", placed(at), line)
}

// placed is " at FILE:LINE", or "" where the place is not known.
func placed(at planner.Position) string {
	if at.File == "" {
		return ""
	}
	return fmt.Sprintf(" at %s:%d", at.File, at.Line)
}

// renamed says whether an earlier payout differs by its batch alone, which no
// file declares any more.
func (j *judge) renamed(from, to payout.Address) bool {
	gone := j.periods[from.Batch] == 0
	from.Batch = to.Batch
	return gone && from == to
}

func statusWords(s payout.Status) string { return strings.ReplaceAll(string(s), "_", " ") }
