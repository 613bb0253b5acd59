package view

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// ReportFormatVersion is the version of the document of ReportJSON. A minor
// version adds members; unknown ones are to be ignored.
const ReportFormatVersion = "1.0"

// Report is what a run came to, payout by payout, for accounting. It holds
// labels: it is a file for the people who declared them.
type Report struct {
	Version  string        // of the program
	Run      string        // id of the run; empty where nothing was to be sent
	Digest   string        // of the plan that was carried out
	Finished time.Time     // when the report was made
	After    *planner.Plan // made after the run: every payout of the files and what left them
	Summary  *Summary
}

// reportHeader are the columns of the CSV form.
func reportHeader() []string {
	return []string{"address", "label", "amount", "currency", "destination", "status", "payment_id", "order_id", "payment_date", "gateway_words"}
}

// ReportCSV writes a row a payout, by address, and a total row for each batch
// and status, whose address begins with "total". Cells that a spreadsheet
// would take for a formula begin with an apostrophe. The error is that of the
// writer, or a total that overflows.
func ReportCSV(w io.Writer, r *Report) error {
	rows := reportRows(r.After)
	totals, err := reportTotals(rows)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	// A csv.Writer keeps its first error.
	_ = out.Write(reportHeader())
	for _, p := range rows {
		writeCells(out, p.address.String(), p.label, p.amount.Decimal(), p.amount.Currency.Code, p.destination, p.status,
			p.paymentID, p.orderID, p.paymentDate, p.words)
	}
	for _, t := range totals {
		writeCells(out, "total "+t.batch+" "+t.period, plural(t.count, "payout"), t.sum.Decimal(), t.sum.Currency.Code, "", t.status,
			"", "", "", "")
	}
	out.Flush()
	return out.Error()
}

func writeCells(out *csv.Writer, cells ...string) {
	for i := range cells {
		cells[i] = csvCell(cells[i])
	}
	_ = out.Write(cells)
}

// ReportJSON is the machine form of a report: {format_version, payrun_version,
// run, plan, finished_at, payouts, totals, stop, safe_to_run_again, why}.
// Money is a string. The error is a total that overflows.
func ReportJSON(r *Report) (any, error) {
	payouts, totals := []object{}, []object{}
	rows := reportRows(r.After)
	sums, err := reportTotals(rows)
	if err != nil {
		return nil, err
	}
	for _, p := range rows {
		payouts = append(payouts, object{
			{"address", SafeText(p.address.String())}, {"label", SafeText(p.label)}, {"amount", p.amount.Decimal()}, {"currency", p.amount.Currency.Code},
			{"destination", SafeText(p.destination)}, {"status", p.status}, {"payment_id", SafeText(p.paymentID)},
			{"order_id", SafeText(p.orderID)}, {"payment_date", SafeText(p.paymentDate)}, {"gateway_words", SafeText(p.words)},
		})
	}
	for _, t := range sums {
		totals = append(totals, object{
			{"batch", SafeText(t.batch)}, {"period", SafeText(t.period)}, {"status", t.status},
			{"count", t.count}, {"amount", t.sum.Decimal()}, {"currency", t.sum.Currency.Code},
		})
	}
	var stop any
	if r.Summary.Stop != nil {
		stop = object{{"kind", r.Summary.Stop.Kind}, {"text", SafeText(r.Summary.Stop.Text)}}
	}
	return object{
		{"format_version", ReportFormatVersion}, {"payrun_version", r.Version}, {"run", r.Run}, {"plan", r.Digest},
		{"finished_at", instant(r.Finished)}, {"payouts", payouts}, {"totals", totals}, {"stop", stop},
		{"safe_to_run_again", r.Summary.SafeToRunAgain}, {"why", SafeText(r.Summary.Why)},
	}, nil
}

// reportRow is one payout of a report.
type reportRow struct {
	address                         payout.Address
	amount                          payout.Money
	label, destination, status      string
	paymentID, orderID, paymentDate string
	words                           string
}

func reportRows(after *planner.Plan) []reportRow {
	rows := make([]reportRow, len(after.Changes))
	for i := range after.Changes {
		rows[i] = reported(&after.Changes[i])
	}
	return rows
}

// reported says what is known of one payout. What was sent counts, not what
// the files say since; an order id stands in a report only once it was used.
func reported(c *planner.Change) reportRow {
	row := reportRow{address: c.Address, amount: c.Amount(), destination: destination(c), status: statusWord(c.Status())}
	if c.Declared != nil {
		row.label = withoutToken(c.Declared, c.Declared.Label)
	}
	if c.Record == nil {
		return row
	}
	a := telling(c.Record)
	row.amount, row.destination = c.Record.Amount, c.Record.Destination
	row.paymentID, row.orderID, row.paymentDate = a.PaymentID, a.OrderID, a.PaymentDate
	row.words = gatewayWords(a)
	return row
}

// reportTotal is the number and sum of the payouts of a batch in one status.
type reportTotal struct {
	batch, period, status string
	count                 int
	sum                   payout.Money
}

// reportTotals sums the rows, in the order in which they appear.
func reportTotals(rows []reportRow) ([]reportTotal, error) {
	type key struct {
		batch, period, status string
		currency              payout.Currency
	}
	index := make(map[key]int)
	var totals []reportTotal
	for _, r := range rows {
		k := key{r.address.Batch, r.address.Period, r.status, r.amount.Currency}
		at, ok := index[k]
		if !ok {
			at, index[k] = len(totals), len(totals)
			totals = append(totals, reportTotal{k.batch, k.period, k.status, 0, payout.Money{Currency: k.currency}})
		}
		sum, err := totals[at].sum.Add(r.amount)
		if err != nil {
			return nil, fmt.Errorf("sum %s: %w", r.address.Batch, err)
		}
		totals[at].sum = sum
		totals[at].count++
	}
	return totals, nil
}

// gatewayWords are the newest words about an attempt, with their code.
func gatewayWords(a *payout.Attempt) string {
	for i := len(a.Events) - 1; i >= 0; i-- {
		e := &a.Events[i]
		if said := strings.TrimSpace(e.Code + " " + e.Words); said != "" {
			return said
		}
		if e.Status == payout.Paid {
			break // what was said before is no longer true
		}
	}
	return ""
}

// statusWord is a status as files and options write it.
func statusWord(s payout.Status) string {
	if s == payout.Declared {
		return "declared"
	}
	return string(s)
}
