package hclconfig

import (
	"fmt"
	"strings"
	"time"

	"payrun/planner"
)

// describe writes a configuration as text, for golden comparison.
func describe(c *Config) string {
	var b strings.Builder
	fmt.Fprintf(&b, "state %s publish_labels=%v rows=%d skipped=%d\n", c.StatePath, c.PublishLabels, c.Counts.Rows, c.Counts.Skipped)
	for _, v := range c.Variables {
		fmt.Fprintf(&b, "variable %s = %s (%s) sensitive=%v\n", v.Name, v.Printed, v.Source, v.Sensitive)
	}
	for _, in := range c.Inputs {
		fmt.Fprintf(&b, "input %s %s %d %v\n", in.Kind, in.Path, len(in.SHA256), in.NotCards)
	}
	for _, m := range c.Merchants {
		describeMerchant(&b, m)
	}
	for i := range c.Batches {
		describeBatch(&b, &c.Batches[i])
	}
	for _, m := range c.Moved {
		fmt.Fprintf(&b, "moved %s -> %s at %s\n", m.From, m.To, m.Position)
	}
	for _, in := range c.Imports {
		fmt.Fprintf(&b, "import %s %s payment=%q order=%q reason=%q unverified=%q\n", in.To, in.Amount, in.PaymentID, in.OrderID, in.Reason, in.Unverified)
	}
	if a := c.Approvals; a != nil {
		fmt.Fprintf(&b, "approvals %d of %s (%d bytes) for %s\n", a.Required, a.AllowedSigners, len(a.Signers), a.Expires)
	}
	results, diags := c.Evaluate(nil)
	for _, r := range results.Checks {
		fmt.Fprintf(&b, "check %s %s %s %s\n", r.Name, r.Severity, r.Verdict, r.Message)
	}
	for _, o := range results.Outputs {
		fmt.Fprintf(&b, "output %s known=%v sensitive=%v %s\n", o.Name, o.Known, o.Sensitive, o.Text)
	}
	return b.String() + show(diags)
}

func describeMerchant(b *strings.Builder, m *Merchant) {
	fmt.Fprintf(b, "merchant %s %d %s %s %s %s %s prefix=%q %v url=%q link=%q\n", m.Name, m.ID, m.Environment, m.Region, m.API,
		m.Currency.Code, m.Zone, m.Prefix, m.FormerPrefixes, m.BaseURL, m.PostLink)
	fmt.Fprintf(b, "  key env=%q file=%q in flight %d rate %v status %v timeout %s lookup %v\n", m.SecretKeyEnv, m.SecretKeyFile,
		m.MaxInFlight, m.Rate, m.StatusRate, m.Timeout, m.LookupBeforeSend)
	describeLimits(b, m.Limits)
}

func describeBatch(b *strings.Builder, batch *planner.Batch) {
	fmt.Fprintf(b, "batch %s %s merchant=%s description=%q not_before=%s deadline=%s hold=%q skipped=%d at %s\n", batch.Name, batch.Period,
		batch.Merchant.Name, batch.Description, stamp(batch.NotBefore), stamp(batch.Deadline), batch.Hold, batch.Skipped, batch.Position)
	if e := batch.Expect; e != nil {
		fmt.Fprintf(b, "  expect %v %d %v %s\n", e.HasCount, e.Count, e.HasTotal, e.Total)
	}
	describeLimits(b, batch.Limits)
	for _, p := range batch.Payouts {
		fmt.Fprintf(b, "  %s %s user %s %s %q label=%q order=%q %s retry=%d hold=%q duplicate=%q at %s\n", p.Address, p.Amount, p.UserID,
			p.Token, p.Description, p.Label, p.OrderID, p.TimeLimit, p.Retry, p.Hold, p.AllowDuplicate, p.Position)
	}
}

func describeLimits(b *strings.Builder, l *planner.Limits) {
	if l == nil {
		return
	}
	money := func(name string, m *planner.MoneyLimit) {
		if m != nil {
			fmt.Fprintf(b, "  limit %s %s hard=%v\n", name, m.Value, m.Hard)
		}
	}
	count := func(name string, c *planner.CountLimit) {
		if c != nil {
			fmt.Fprintf(b, "  limit %s %d hard=%v\n", name, c.Value, c.Hard)
		}
	}
	money("max_payout", l.MaxPayout)
	money("min_payout", l.MinPayout)
	money("max_total", l.MaxTotal)
	money("max_per_recipient", l.MaxPerRecipient)
	count("max_count", l.MaxCount)
	count("max_new_recipients", l.MaxNewRecipients)
	fmt.Fprintf(b, "  window %s\n", l.DuplicateWindow)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}
