package view

import (
	"fmt"
	"time"

	"payrun/planner/payout"
)

// StateFormatVersion is the version of the JSON forms of the state.
const StateFormatVersion = "1.0"

// StateListJSON is {format_version, payouts: [...]}, each payout as in
// StateShowJSON. Money is a string.
func StateListJSON(records []*payout.Record) any {
	payouts := make([]object, 0, len(records))
	for _, r := range records {
		payouts = append(payouts, recordObject(r))
	}
	return object{{"format_version", StateFormatVersion}, {"payouts", payouts}}
}

// StateShowJSON is one payout with all attempts and their events.
func StateShowJSON(r *payout.Record) any {
	return append(object{{"format_version", StateFormatVersion}}, recordObject(r)...)
}

func recordObject(r *payout.Record) object {
	former, flags, attempts := []string{}, []string{}, []object{}
	for _, a := range r.Former {
		former = append(former, SafeText(a.String()))
	}
	for _, f := range r.Flags {
		flags = append(flags, string(f))
	}
	for i := range r.Attempts {
		attempts = append(attempts, attemptObject(&r.Attempts[i]))
	}
	return object{
		{"address", SafeText(r.Address.String())}, {"batch", SafeText(r.Address.Batch)}, {"period", SafeText(r.Address.Period)},
		{"status", string(r.Status())}, {"amount", r.Amount.Decimal()}, {"currency", r.Amount.Currency.Code},
		{"merchant", SafeText(r.Merchant)}, {"destination", SafeText(r.Destination)}, {"fingerprint", SafeText(r.Fingerprint)},
		{"user_id", SafeText(r.UserID)}, {"description", SafeText(r.Description)},
		{"former", former}, {"flags", flags}, {"attempts", attempts},
	}
}

func attemptObject(a *payout.Attempt) object {
	events := []object{}
	for i := range a.Events {
		e := &a.Events[i]
		events = append(events, object{
			{"status", string(e.Status)}, {"at", instant(e.At)}, {"source", string(e.Source)},
			{"code", SafeText(e.Code)}, {"words", SafeText(e.Words)}, {"by", SafeText(e.By)},
			{"reason", SafeText(e.Reason)}, {"evidence", SafeText(e.Evidence)},
		})
	}
	return object{
		{"n", a.N}, {"order_id", SafeText(a.OrderID)}, {"status", string(a.Status())}, {"time_limit", instant(a.TimeLimit)},
		{"payment_id", SafeText(a.PaymentID)}, {"payment_date", SafeText(a.PaymentDate)},
		{"not_found", seenObject(a.NotFound)}, {"failures", seenObject(a.Failures)}, {"events", events},
	}
}

func seenObject(s payout.Seen) any {
	if s.Count == 0 {
		return nil
	}
	return object{{"count", s.Count}, {"first", instant(s.First)}, {"last", instant(s.Last)}}
}

// instant is RFC 3339 in UTC, or null.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// StateOverviewJSON is what StateOverview draws. The error is a sum that
// overflows.
func StateOverviewJSON(ledger *payout.Ledger, meta StateMeta) (any, error) {
	totals, err := ledger.Totals()
	if err != nil {
		return nil, fmt.Errorf("sum the payouts: %w", err)
	}
	sums := []object{}
	for _, t := range totals {
		sums = append(sums, object{{"currency", t.Currency.Code}, {"status", string(t.Status)}, {"count", t.Count}, {"amount", t.Sum.Decimal()}})
	}
	merchants := []object{}
	for i := range ledger.Merchants {
		m := &ledger.Merchants[i]
		merchants = append(merchants, object{{"name", SafeText(m.Name)}, {"id", m.ID}, {"environment", SafeText(m.Environment)},
			{"order_prefix", SafeText(m.Prefix)}, {"balance", SafeText(m.Balance)}, {"lookup_proven", len(m.Proven) > 0}})
	}
	runs := []object{}
	for i := range ledger.Runs {
		r := &ledger.Runs[i]
		runs = append(runs, object{{"id", SafeText(r.ID)}, {"plan", SafeText(r.Plan)}, {"open", r.Open}, {"opened_at", instant(r.OpenedAt)},
			{"closed_at", instant(r.ClosedAt)}, {"who", SafeText(r.Who)}, {"commit", SafeText(r.Commit)}})
	}
	return object{
		{"format_version", StateFormatVersion}, {"path", SafeText(meta.Path)}, {"exists", meta.Exists}, {"lineage", SafeText(meta.Lineage)},
		{"serial", meta.Serial}, {"digest", SafeText(meta.Digest)}, {"payrun_version", SafeText(meta.Version)},
		{"unproven", safeList(meta.Unproven)}, {"locked_by", SafeText(meta.LockedBy)},
		{"payouts", ledger.Len()}, {"totals", sums}, {"merchants", merchants}, {"runs", runs},
	}, nil
}

func safeList(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, s := range texts {
		out = append(out, SafeText(s))
	}
	return out
}
