package view

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// planColumns is the header row of a plan.
var planColumns = []string{"action", "address", "batch", "period", "payout", "key", "label", "amount", "currency", "destination",
	"user_id", "merchant", "order_id", "attempt", "status", "excluded", "reason"}

// PlanCSV writes every change of a plan, one row each, with a header row. Cells
// that a spreadsheet would take for a formula begin with an apostrophe. The
// error is that of the writer.
func PlanCSV(w io.Writer, p *Plan) error {
	out := csv.NewWriter(w)
	header := planColumns
	if !p.Labels {
		header = without(header, "label")
	}
	// A csv.Writer keeps its first error.
	_ = out.Write(header)
	for i := range p.Plan.Changes {
		_ = out.Write(p.csvRow(i))
	}
	out.Flush()
	return out.Error()
}

func without(names []string, name string) []string {
	var out []string
	for _, n := range names {
		if n != name {
			out = append(out, n)
		}
	}
	return out
}

func (p *Plan) csvRow(i int) []string {
	c := &p.Plan.Changes[i]
	merchant, user := "", ""
	if c.Declared != nil {
		merchant, user = c.Batch.Merchant.Name, withoutToken(c.Declared, c.Declared.UserID)
	} else {
		merchant, user = c.Record.Merchant, c.Record.UserID
	}
	row := []string{string(c.Action), c.Address.String(), c.Address.Batch, c.Address.Period, c.Address.Name, c.Address.Key}
	if p.Labels {
		label := ""
		if c.Declared != nil {
			label = withoutToken(c.Declared, c.Declared.Label)
		}
		row = append(row, label)
	}
	row = append(row, c.Amount().Decimal(), c.Amount().Currency.Code, destination(c), user, merchant,
		c.OrderID, fmt.Sprint(c.Attempt), string(c.Status()), fmt.Sprint(c.Excluded), p.why(c))
	for i := range row {
		row[i] = csvCell(row[i])
	}
	return row
}

// csvCell makes a text safe for a spreadsheet: the first character that shows
// decides whether it is taken for a formula. Full-width and small signs count
// as well, and so does the minus sign that word processors write.
func csvCell(s string) string {
	safe := SafeText(s)
	shown := strings.TrimLeftFunc(s, unicode.IsSpace)
	first, _ := utf8.DecodeRuneInString(shown)
	if shown != "" && strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫−", first) || s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + safe
	}
	return safe
}
