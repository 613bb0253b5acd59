package view

import (
	"fmt"
	"strings"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

// name is a payout's address and, where it may be shown, its label.
func (p *Plan) name(c *planner.Change) string {
	return SafeText(c.Address.String()) + p.label(c.Declared)
}

// label is " (A. Serikova)", or nothing.
func (p *Plan) label(d *planner.Payout) string {
	if !p.Labels || d == nil || d.Label == "" {
		return ""
	}
	return " (" + SafeText(withoutToken(d, d.Label)) + ")"
}

// destination is where the money goes, masked.
func destination(c *planner.Change) string {
	if c.Declared != nil {
		return c.Declared.Token.String()
	}
	return SafeText(c.Record.Destination)
}

// zone is that of the payout's merchant, or nil where the files do not declare
// it any more.
func (p *Plan) zone(c *planner.Change) *time.Location {
	name := ""
	switch {
	case c.Batch != nil:
		return c.Batch.Merchant.Zone
	case c.Record != nil:
		name = c.Record.Merchant
	}
	for _, m := range p.Plan.Merchants {
		if m.Name == name {
			return m.Zone
		}
	}
	return nil
}

// why is the reason of a change with the time in the merchant's zone and the
// command that goes on from here.
func (p *Plan) why(c *planner.Change) string {
	text := c.Reason
	if c.Declared != nil {
		text = withoutToken(c.Declared, text)
	}
	if c.Record == nil {
		return SafeText(text)
	}
	status, last := c.Status(), telling(c.Record).Last()
	flagged := c.Record.HasFlag(payout.FlagAlarm) || c.Record.HasFlag(payout.FlagDisputed)
	since := fmt.Sprintf("%s since %s", statusWords(last.Status), sayTime(last.At, p.zone(c), p.Plan.At.Year()))
	if said := strings.TrimSpace(last.Code + " " + last.Words); last.Source == payout.SourceTransport && last.Status == payout.InDoubt {
		since += ", the answer was lost and it may be paid"
	} else if said != "" {
		since += " (" + said + ")"
	}
	switch {
	case c.Action == planner.ActionCheck && status.Open():
		text = since + ": payrun reconcile"
	case c.Action == planner.ActionCheck:
		text += ": payrun reconcile"
	case c.Action == planner.ActionAttention && flagged:
		text += ": payrun resolve"
	case c.Action == planner.ActionAttention && status != payout.Failed:
		text = since + ": payrun resolve"
	}
	return SafeText(text)
}
