package main

const (
	statusFile = "planner/payout/status.go"
	ledgerFile = "planner/payout/ledger.go"
	entryFile  = "planner/payout/entry.go"
)

// statusSet breaks the table of transitions and what is said of a status.
func statusSet() []mutation {
	tests := by("planner/payout")
	return []mutation{
		{
			name: "table-paid-is-sent", why: "a payout that is paid may be paid again",
			edits: in(statusFile, `add([]Status{Failed}, Sending, CauseIntent`, `add([]Status{Failed, Paid}, Sending, CauseIntent`), tests: tests,
		},
		{
			name: "table-doubt-is-sent", why: "a payout whose answer was lost is sent once more",
			edits: in(statusFile, `add([]Status{NotFound, Returned}, Sending`, `add([]Status{NotFound, Returned, InDoubt}, Sending`), tests: tests,
		},
		{
			name: "table-accepted-not-found", why: "a payment that the gateway has is given up and paid anew",
			edits: in(statusFile, `add([]Status{InDoubt}, NotFound, CauseNotFound`, `add([]Status{InDoubt, Accepted}, NotFound, CauseNotFound`), tests: tests,
		},
		{
			name: "table-doubt-fails-unfound", why: "not-found answers call a payout failed that may be paid, and it is retried",
			edits: in(statusFile, `add([]Status{Rejected}, Failed, CauseNotFound`, `add([]Status{Rejected, InDoubt}, Failed, CauseNotFound`), tests: tests,
		},
		{
			name: "table-crash-is-not-sent", why: "a crash between sending and recording counts as not sent, and the order id goes out again",
			edits: in(statusFile, `add([]Status{Sending}, InDoubt, CauseRestart`, `add([]Status{Sending}, NotSent, CauseRestart`), tests: tests,
		},
		{
			name: "table-not-asked", why: "a step that the table forbids is taken",
			edits: in(statusFile, `if _, ok := transitions[key]; !ok {`, `if _, ok := transitions[key]; !ok && from != Paid {`), tests: tests,
		},
		{
			name: "table-old-error-wins", why: "a late error turns paid into failed, which is retried",
			edits: in(statusFile, "{Paid, Failed, CauseError}:    true,\n", ""), tests: tests,
		},
		{
			name: "doubt-is-not-paid", why: "a payout in doubt counts as unpaid: it may be edited and is no duplicate",
			edits: in(statusFile, `case Sending, Accepted, Rejected, InDoubt, NotFound, Paid:`, `case Sending, Accepted, Rejected, NotFound, Paid:`), tests: tests,
		},
		{
			name: "not-found-is-forgotten", why: "a payment that shows after it was given up is never noticed",
			edits: in(statusFile, "case Sending, Accepted, Rejected, InDoubt, NotFound:\n", "case Sending, Accepted, Rejected, InDoubt:\n"), tests: tests,
		},
		{
			name: "not-found-needs-nobody", why: "a payout that was not found is paid again without a person",
			edits: in(statusFile, `return s == NotFound || s == Returned }`, `return s == Returned }`), tests: tests,
		},
	}
}

// ledgerSet breaks what the ledger admits.
func ledgerSet() []mutation {
	tests := by("planner/payout")
	return []mutation{
		{
			name: "order-ids-mind-case", why: "two spellings of one order id are two payments to us and one to the gateway",
			edits: in(ledgerFile, `return orderKey{merchant, strings.ToLower(orderID)}`, `return orderKey{merchant, orderID}`), tests: tests,
		},
		{
			name: "restore-takes-order-id-twice", why: "two payouts share an order id, and one of them is never paid",
			edits: in(ledgerFile, `if other := l.ByOrderID(merchant, r.Attempts[i].OrderID); other != nil {`, `if other := l.ByOrderID(merchant, r.Attempts[i].OrderID); other != nil && false {`), tests: tests,
		},
		{
			name: "restore-forgets-order-ids", why: "after a restart a used order id looks free",
			edits: in(ledgerFile, `l.orders[newOrderKey(r.TermsOf(&r.Attempts[i]).Merchant, r.Attempts[i].OrderID)] = r`, `_ = i`), tests: tests,
		},
		{
			name: "restore-takes-any-attempts", why: "attempts out of order hide the one that was paid",
			edits: in(ledgerFile, `case a.N <= last || a.N > MaxAttempts:`, `case a.N > MaxAttempts:`), tests: tests,
		},
		{
			name: "totals-of-the-edit", why: "the totals of the state count an edited amount and not the one that was paid",
			edits: in(ledgerFile, `sum, err := t.Sum.Add(r.Stake())`, `sum, err := t.Sum.Add(Money{r.Amount.Minor, k.currency})`), tests: tests,
		},
		{
			name: "order-id-used-again", why: "a retry goes out under the order id of the attempt before",
			edits: in(entryFile, `if holder != nil && (resumed == nil || holder != record) {`, `if holder != nil && holder != record {`), tests: tests,
		},
		{
			name: "unsent-takes-a-new-order-id", why: "an attempt that was not sent forgets the order id it may be found by",
			edits: in(entryFile, `if resumed != nil && resumed.OrderID != in.OrderID {`, `if false {`), tests: tests,
		},
		{
			name: "begin-forgets-order-id", why: "a payout later in the same run may take the order id",
			edits: in(entryFile, `l.orders[newOrderKey(in.Merchant, in.OrderID)] = record`, ``), tests: tests,
		},
		{
			name: "attempts-skip", why: "an attempt is begun that does not follow the one before",
			edits: in(entryFile, `if in.Attempt != want {`, `if in.Attempt < want {`), tests: tests,
		},
		{
			name: "attempts-without-end", why: "a payout is tried a fifth time",
			edits: in(entryFile, `if want > MaxAttempts {`, `if want > MaxAttempts+1 {`), tests: tests,
		},
		{
			name: "forgotten-is-paid", why: "a payout that a person had forgotten is paid again",
			edits: in(entryFile, `if t := l.buried(in.Address, in.Merchant, in.OrderID); t != nil {`, `if t := l.buried(in.Address, in.Merchant, in.OrderID); t != nil && false {`), tests: tests,
		},
		{
			name: "wish-is-not-spent", why: "one wish of a person pays a payout again and again",
			edits: in(entryFile, `record.Flags = mergeFlags(record.Flags, nil, []Flag{FlagResend})`, ``), tests: tests,
		},
		{
			name: "wish-outlives-its-status", why: "a wish to pay anew stays when the first payment shows after all",
			edits: in(entryFile, `clear = append(slices.Clone(clear), FlagResend)`, `_ = slices.Clone(clear)`), tests: tests,
		},
		{
			name: "result-of-another-order", why: "the result of one order is recorded for another",
			edits: in(entryFile, `if attempt.OrderID != o.OrderID {`, `if false {`), tests: tests,
		},
		{
			name: "adopt-takes-order-id-twice", why: "a found payment is recorded for two payouts, and one of them is never paid",
			edits: in(entryFile, `if holder := l.ByOrderID(o.Adopt.Merchant, o.OrderID); holder != nil {`, `if holder := l.ByOrderID(o.Adopt.Merchant, o.OrderID); holder != nil && false {`), tests: tests,
		},
	}
}
