package view

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/planner/payout"
)

func result1() *Summary {
	return &Summary{
		Lines: []SummaryLine{
			{"salaries", "2026-11", payout.Paid, 310, tenge(38000000), false},
			{"salaries", "2026-11", payout.Failed, 3, tenge(300000), false},
			{"suppliers", "2026-11-22", payout.InDoubt, 1, tenge(900000), false},
			{"suppliers", "2026-11-22", payout.Declared, 2, tenge(5), false},
		},
		Left:     Left{InDoubt: 1, Failed: 3, Unsent: 2},
		Stop:     &executor.Stop{Kind: executor.StopSignal, Text: "interrupt\x1b"},
		Balances: []Balance{{"main", "1200000.50", "KZT"}, {"odd", "n/a", ""}},
		Next:     []string{"payrun reconcile", "payrun plan -retry-failed"},
		Why:      "1 payout is in doubt; it blocks itself only",

		SafeToRunAgain: true,
	}
}

func TestSummaryText(t *testing.T) {
	text := drawn(func(b *bytes.Buffer) { SummaryText(b, result1(), false) })
	golden(t, "summary.txt", []byte(text))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if got := lines[len(lines)-1]; got != "Safe to run again: yes — 1 payout is in doubt; it blocks itself only" {
		t.Errorf("the last line is %q", got)
	}
	if got := drawn(func(b *bytes.Buffer) { SummaryText(b, &Summary{Why: "the disk is full"}, false) }); got != "Safe to run again: no — the disk is full\n" {
		t.Errorf("got %q", got)
	}
	end := &RunEnd{Version: "0.1.0", Run: "20261122T090000.000Z-1", Digest: "sha256:" + strings.Repeat("4be0", 16), State: "payouts.state.json", ExitCode: 9, Finished: at, Summary: result1()}
	line := drawn(func(b *bytes.Buffer) { mustWrite(t, WriteLine(b, RunEndJSON(end))) })
	if strings.Count(line, "\n") != 1 {
		t.Errorf("not one line: %q", line)
	}
	golden(t, "run_summary.json", []byte(line))
}

// recordsOf are two records with everything that a record may hold.
func recordsOf(t *testing.T) []*payout.Record {
	p := declare(t, payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001"), 1200, 1)
	paid := recordOf(&p, payout.Paid, at, "", "")
	paid.Former = []payout.Address{payout.NewAddress("salaries", "2026-11", "old")}
	paid.Flags = []payout.Flag{payout.FlagDisputed, payout.FlagUnproven}
	paid.Attempts[0].PaymentDate = "2026-11-22 14:00:03"
	paid.Attempts[0].Events[1] = payout.Event{Status: payout.Paid, At: at, Source: payout.SourceManual, By: "aigul\x1b", Reason: "on the statement", Evidence: "sha256:00", Code: "0", Words: "ok"}
	q := declare(t, payout.NewAddress("suppliers", "2026-11-22", "office").WithKey("Қуат"), 5, 2)
	doubt := recordOf(&q, payout.InDoubt, at.Add(time.Minute), "", "connection reset")
	doubt.Merchant = "elsewhere"
	doubt.Attempts[0].PaymentID, doubt.Attempts[0].TimeLimit = "", time.Time{}
	doubt.Attempts[0].NotFound = payout.Seen{Count: 2, First: at, Last: at.Add(time.Hour)}
	return []*payout.Record{paid, doubt}
}

func zones(merchant string) *time.Location {
	if merchant == "main" {
		return almaty
	}
	return nil
}

func TestState(t *testing.T) {
	records := recordsOf(t)
	ledger := ledgerOf(t, records...)
	ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "main", ID: 9970, Environment: "sandbox", Balance: "5000000"}})
	ledger.Note(&payout.Note{Merchant: &payout.Merchant{Name: "new", ID: 1, Environment: "test"}})
	for i := range 7 {
		ledger.Note(&payout.Note{Run: &payout.Run{ID: string(rune('a' + i)), OpenedAt: at, ClosedAt: at.Add(time.Hour), Open: i == 6, Who: "aigul"}})
	}
	meta := StateMeta{Path: "payouts.state.json", Exists: true, Lineage: "1d0c", Serial: 8, Digest: "sha256:00", Version: "0.1.0",
		Unproven: []string{"the lock was forced"}, LockedBy: "aigul@host"}
	golden(t, "state.txt", []byte(drawn(func(b *bytes.Buffer) {
		mustWrite(t, StateOverview(b, ledger, meta))
		b.WriteString("----\n")
		StateList(b, records, zones)
		for _, r := range records {
			b.WriteString("----\n")
			StateShow(b, r, zones)
		}
		b.WriteString("----\n")
		StateList(b, nil, nil)
		mustWrite(t, StateOverview(b, payout.NewLedger(), StateMeta{Path: "p"}))
		StateList(b, records[:1], nil)
		mustWrite(t, StateOverview(b, ledgerOf(t, recordsOf(t)...), StateMeta{Path: "p", Exists: true}))
	})))
	overview, err := StateOverviewJSON(ledger, meta)
	mustWrite(t, err)
	for name, document := range map[string]any{"state.json": overview, "state_list.json": StateListJSON(records), "state_show.json": StateShowJSON(records[0])} {
		golden(t, name, []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, document)) })))
	}
}

// Where an earlier attempt turned out to be alive, its status is told with its
// own time.
func TestStateTellsTheLivingAttempt(t *testing.T) {
	r := recordsOf(t)[1]
	r.Attempts = append(r.Attempts, payout.Attempt{N: 2, OrderID: "second", Events: []payout.Event{{Status: payout.Failed, At: at.Add(48 * time.Hour)}}})
	if got := telling(r); got.N != 1 {
		t.Errorf("told of attempt %d", got.N)
	}
	if got := telling(&payout.Record{}); got.N != 0 {
		t.Errorf("told of attempt %d of none", got.N)
	}
}

func TestStateOverviewOverflow(t *testing.T) {
	records := recordsOf(t)
	records[1].Amount.Minor = math.MaxInt64
	records[0].Amount.Minor = math.MaxInt64
	records[1].Attempts[0].Events[1].Status = payout.Paid
	ledger := ledgerOf(t, records...)
	var amount *payout.AmountError
	if err := StateOverview(&bytes.Buffer{}, ledger, StateMeta{}); !errors.As(err, &amount) {
		t.Errorf("text: %v", err)
	}
	if _, err := StateOverviewJSON(ledger, StateMeta{}); !errors.As(err, &amount) {
		t.Errorf("json: %v", err)
	}
}
