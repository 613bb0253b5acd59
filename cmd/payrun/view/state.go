package view

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"payrun/planner/payout"
)

// Zones gives the zone in which the times of a merchant are printed; nil = UTC.
type Zones func(merchant string) *time.Location

// stamp is a time with its offset: "2026-11-21 18:03:00 +05:00". Lists over
// several merchants have no header that could name one.
func (z Zones) stamp(merchant string, t time.Time) string {
	zone := time.UTC
	if z != nil {
		if found := z(merchant); found != nil {
			zone = found
		}
	}
	return t.In(zone).Format("2006-01-02 15:04:05 -07:00")
}

// StateMeta is what a state file says about itself.
type StateMeta struct {
	Path     string
	Exists   bool
	Lineage  string
	Serial   int64
	Digest   string
	Version  string   // of the program that wrote it
	Unproven []string // why it is not proven
	LockedBy string   // who holds the lock; empty = nobody
}

// StateList draws one line a record.
func StateList(w io.Writer, records []*payout.Record, zones Zones) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	if len(records) == 0 {
		fmt.Fprintln(b, "No payouts.")
		return
	}
	g := grid{right: []bool{false, false, true}}
	g.add("address", "status", "amount", "destination", "since", "flags")
	for _, r := range records {
		g.add(SafeText(r.Address.String()), statusWords(r.Status()), r.Amount.String(), SafeText(r.Destination),
			zones.stamp(r.Merchant, telling(r).Last().At), flagWords(r))
	}
	g.write(b)
}

// telling is the attempt that the status of a record is about: the newest, or
// an earlier one that turned out to be alive.
func telling(r *payout.Record) *payout.Attempt {
	status := r.Status()
	for i := len(r.Attempts) - 1; i >= 0; i-- {
		if r.Attempts[i].Status() == status {
			return &r.Attempts[i]
		}
	}
	return &payout.Attempt{}
}

func flagWords(r *payout.Record) string {
	var words []string
	for _, f := range r.Flags {
		words = append(words, strings.ReplaceAll(string(f), "_", " "))
	}
	return SafeText(strings.Join(words, ", "))
}

// StateShow draws everything that is known of one payout, oldest first.
func StateShow(w io.Writer, r *payout.Record, zones Zones) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	fmt.Fprintf(b, "%s\n", SafeText(r.Address.String()))
	g := grid{indent: "  "}
	for _, f := range recordFields(r) {
		if f[1] != "" {
			g.add(f[0], SafeText(f[1]))
		}
	}
	g.write(b)
	for i := range r.Attempts {
		showAttempt(b, r, &r.Attempts[i], zones)
	}
}

func recordFields(r *payout.Record) [][2]string {
	var former []string
	for _, a := range r.Former {
		former = append(former, a.String())
	}
	return [][2]string{
		{"status", statusWords(r.Status())},
		{"amount", r.Amount.String()},
		{"destination", r.Destination},
		{"fingerprint", r.Fingerprint},
		{"merchant", r.Merchant},
		{"user id", r.UserID},
		{"description", r.Description},
		{"flags", flagWords(r)},
		{"former", strings.Join(former, ", ")},
	}
}

func showAttempt(b *bufio.Writer, r *payout.Record, a *payout.Attempt, zones Zones) {
	fmt.Fprintf(b, "\n  attempt %d: order id %s\n", a.N, SafeText(a.OrderID))
	g := grid{indent: "    "}
	field := func(name, value string) {
		if value != "" {
			g.add(name, SafeText(value))
		}
	}
	field("payment id", a.PaymentID)
	field("payment date", a.PaymentDate)
	if !a.TimeLimit.IsZero() {
		field("time limit", zones.stamp(r.Merchant, a.TimeLimit))
	}
	field("not found", seenWords(a.NotFound, r.Merchant, zones))
	field("failures", seenWords(a.Failures, r.Merchant, zones))
	for i := range a.Events {
		e := &a.Events[i]
		g.add(zones.stamp(r.Merchant, e.At), SafeText(eventWords(e)))
	}
	g.write(b)
}

func seenWords(s payout.Seen, merchant string, zones Zones) string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d times, %s to %s", s.Count, zones.stamp(merchant, s.First), zones.stamp(merchant, s.Last))
}

// eventWords is "paid (status) by aigul: on the statement".
func eventWords(e *payout.Event) string {
	words := statusWords(e.Status) + " (" + string(e.Source) + ")"
	if e.By != "" {
		words += " by " + e.By
	}
	if said := strings.TrimSpace(e.Code + " " + e.Words); said != "" {
		words += ": " + said
	}
	if e.Reason != "" {
		words += "; reason: " + e.Reason
	}
	if e.Evidence != "" {
		words += "; evidence " + e.Evidence
	}
	return words
}

// StateOverview draws what a state holds: where it is, its merchants, sums by
// currency and status, and the newest runs. The error is a sum that overflows.
func StateOverview(w io.Writer, ledger *payout.Ledger, meta StateMeta) error {
	totals, err := ledger.Totals()
	if err != nil {
		return fmt.Errorf("sum the payouts: %w", err)
	}
	b := bufio.NewWriter(w)
	defer b.Flush()
	meta.write(b)
	for i := range ledger.Merchants {
		m := &ledger.Merchants[i]
		fmt.Fprintf(b, "  merchant %s (%d) · %s%s\n", SafeText(m.Name), m.ID, SafeText(m.Environment), balanceWords(m))
	}
	if len(totals) == 0 {
		fmt.Fprintln(b, "No payouts.")
		return nil
	}
	g := grid{indent: "  ", right: []bool{false, true, true}}
	g.add("status", "payouts", "amount")
	for _, t := range totals {
		g.add(statusWords(t.Status), fmt.Sprint(t.Count), t.Sum.String())
	}
	fmt.Fprintln(b)
	g.write(b)
	writeRuns(b, ledger.Runs)
	return nil
}

func (m *StateMeta) write(b *bufio.Writer) {
	if !m.Exists {
		fmt.Fprintf(b, "state %s (new)\n", SafeText(m.Path))
	} else {
		fmt.Fprintf(b, "state %s serial %d · lineage %s\n", SafeText(m.Path), m.Serial, SafeText(m.Lineage))
	}
	if m.LockedBy != "" {
		fmt.Fprintf(b, "  ! the lock is held by %s; shown is the state as last saved\n", SafeText(m.LockedBy))
	}
	for _, why := range m.Unproven {
		fmt.Fprintf(b, "  ! the state is not proven: %s\n", SafeText(why))
	}
}

func balanceWords(m *payout.Merchant) string {
	if m.Balance == "" {
		return ""
	}
	return " · last known balance " + (&Balance{Amount: m.Balance}).text()
}

// maxRuns is how many runs the overview shows.
const maxRuns = 5

func writeRuns(b *bufio.Writer, runs []payout.Run) {
	if len(runs) == 0 {
		return
	}
	fmt.Fprintln(b)
	g := grid{indent: "  "}
	for _, r := range runs[max(0, len(runs)-maxRuns):] {
		ended := "open"
		if !r.Open {
			ended = "closed " + r.ClosedAt.UTC().Format(time.RFC3339)
		}
		g.add("run "+SafeText(r.ID), r.OpenedAt.UTC().Format(time.RFC3339), ended, SafeText(r.Who))
	}
	g.write(b)
}
