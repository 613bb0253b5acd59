package statefile

import (
	"time"

	"payrun/planner/payout"
)

func merchantMembers() []member[payout.Merchant] {
	type m = payout.Merchant
	return []member[m]{
		text("name", func(v *m) string { return v.Name }),
		integer("id", func(v *m) int64 { return v.ID }),
		text("environment", func(v *m) string { return v.Environment }),
		text("prefix", func(v *m) string { return v.Prefix }),
		{name: "lookup_proven", write: func(f *form, b []byte, v *m) []byte { return appendObjects(f, b, f.proof, v.Proven) }},
		moment("last_call", func(v *m) time.Time { return v.LastCall }),
		text("balance", func(v *m) string { return v.Balance }),
	}
}

func proofMembers() []member[payout.Proof] {
	type p = payout.Proof
	return []member[p]{
		text("environment", func(v *p) string { return v.Environment }),
		text("api", func(v *p) string { return v.API }),
		text("order_id", func(v *p) string { return v.OrderID }),
		moment("at", func(v *p) time.Time { return v.At }),
	}
}

func runMembers() []member[payout.Run] {
	type r = payout.Run
	return []member[r]{
		text("id", func(v *r) string { return v.ID }),
		text("plan", func(v *r) string { return v.Plan }),
		text("state", runState),
		moment("opened_at", func(v *r) time.Time { return v.OpenedAt }),
		moment("closed_at", func(v *r) time.Time { return v.ClosedAt }),
		text("who", func(v *r) string { return v.Who }),
		text("commit", func(v *r) string { return v.Commit }),
		{name: "approvals", write: func(_ *form, b []byte, v *r) []byte { return appendStrings(b, v.Approvals) }},
		{name: "overrides", write: func(f *form, b []byte, v *r) []byte { return appendObjects(f, b, f.override, v.Overrides) }},
		{name: "balance_after", write: func(_ *form, b []byte, v *r) []byte { return appendBalances(b, v.BalanceAfter) }},
	}
}

// The words of a run's state.
const (
	runOpen   = "open"
	runClosed = "closed"
)

func runState(r *payout.Run) string {
	if r.Open {
		return runOpen
	}
	return runClosed
}

func appendBalances(b []byte, balances map[string]string) []byte {
	if len(balances) == 0 {
		return b
	}
	for i, name := range sortedNames(balances) {
		b = append(b, "{,"[min(i, 1)])
		b = append(appendString(b, name), ':')
		b = appendString(b, balances[name])
	}
	return append(b, '}')
}

func overrideMembers() []member[payout.Override] {
	type o = payout.Override
	return []member[o]{
		text("name", func(v *o) string { return v.Name }),
		text("reason", func(v *o) string { return v.Reason }),
	}
}

func recordMembers() []member[payout.Record] {
	type r = payout.Record
	return []member[r]{
		{name: "address", write: func(_ *form, b []byte, v *r) []byte { return appendAddress(b, &v.Address) }},
		text("status", func(v *r) string { return string(v.Status()) }),
		{name: "amount", write: func(_ *form, b []byte, v *r) []byte { return appendAmount(b, v.Amount) }},
		text("currency", func(v *r) string { return v.Amount.Currency.Code }),
		text("merchant", func(v *r) string { return v.Merchant }),
		text("period", func(v *r) string { return v.Address.Period }),
		text("destination", func(v *r) string { return v.Destination }),
		text("fingerprint", func(v *r) string { return v.Fingerprint }),
		text("user_id", func(v *r) string { return v.UserID }),
		text("description", func(v *r) string { return v.Description }),
		{name: "former", write: func(_ *form, b []byte, v *r) []byte { return appendStrings(b, addressTexts(v.Former)) }},
		{name: "flags", write: func(_ *form, b []byte, v *r) []byte { return appendStrings(b, v.Flags) }},
		{name: "attempts", write: func(f *form, b []byte, v *r) []byte { return appendObjects(f, b, f.attempt, v.Attempts) }},
	}
}

func addressTexts(addresses []payout.Address) []string {
	if len(addresses) == 0 {
		return nil
	}
	out := make([]string, len(addresses))
	for i, a := range addresses {
		out[i] = a.String()
	}
	return out
}

func attemptMembers() []member[payout.Attempt] {
	type a = payout.Attempt
	return []member[a]{
		integer("n", func(v *a) int64 { return int64(v.N) }),
		text("order_id", func(v *a) string { return v.OrderID }),
		moment("time_limit", func(v *a) time.Time { return v.TimeLimit }),
		text("payment_id", func(v *a) string { return v.PaymentID }),
		text("payment_date", func(v *a) string { return v.PaymentDate }),
		text("amount", func(v *a) string {
			if v.Was == (payout.Terms{}) {
				return ""
			}
			return v.Was.Amount.Decimal()
		}),
		text("currency", func(v *a) string { return v.Was.Amount.Currency.Code }),
		text("merchant", func(v *a) string { return v.Was.Merchant }),
		{name: "not_found", write: func(f *form, b []byte, v *a) []byte { return appendSeen(f, b, &v.NotFound) }},
		{name: "failures", write: func(f *form, b []byte, v *a) []byte { return appendSeen(f, b, &v.Failures) }},
		{name: "events", write: func(f *form, b []byte, v *a) []byte { return appendObjects(f, b, f.event, v.Events) }},
	}
}

func appendSeen(f *form, b []byte, s *payout.Seen) []byte {
	if s.Count == 0 && s.First.IsZero() && s.Last.IsZero() {
		return b
	}
	return appendObject(f, b, f.seen, s)
}

func seenMembers() []member[payout.Seen] {
	type s = payout.Seen
	return []member[s]{
		integer("count", func(v *s) int64 { return int64(v.Count) }),
		moment("first", func(v *s) time.Time { return v.First }),
		moment("last", func(v *s) time.Time { return v.Last }),
	}
}

func eventMembers() []member[payout.Event] {
	type e = payout.Event
	return []member[e]{
		text("status", func(v *e) string { return string(v.Status) }),
		moment("at", func(v *e) time.Time { return v.At }),
		text("source", func(v *e) string { return string(v.Source) }),
		text("code", func(v *e) string { return v.Code }),
		text("words", func(v *e) string { return v.Words }),
		text("by", func(v *e) string { return v.By }),
		text("reason", func(v *e) string { return v.Reason }),
		text("evidence", func(v *e) string { return v.Evidence }),
	}
}

func totalMembers() []member[payout.Total] {
	type t = payout.Total
	return []member[t]{
		integer("count", func(v *t) int64 { return int64(v.Count) }),
		{name: "sum", write: func(_ *form, b []byte, v *t) []byte { return appendAmount(b, v.Sum) }},
	}
}
