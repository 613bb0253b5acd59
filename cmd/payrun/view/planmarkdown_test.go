package view

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

// paidBefore is the record of a payout that was paid some days before the plan.
func paidBefore(p planner.Payout, days int) *payout.Record {
	return recordOf(&p, payout.Paid, at.Add(-time.Duration(days)*24*time.Hour), "", "")
}

// changed is a plan of November, of which October is known, with one payout of
// every kind of change; a batch that was paid in part, and a new one.
func changed(t testing.TB) *Plan {
	staff := func(period, key string) payout.Address {
		return payout.NewAddress("salaries", period, "staff").WithKey(key)
	}
	var records []*payout.Record
	batch := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: main}
	add := func(key string, was, now int64, card, to int) {
		if was > 0 {
			records = append(records, paidBefore(declare(t, staff("2026-10", key), was, card), 30))
		}
		if now > 0 {
			batch.Payouts = append(batch.Payouts, declare(t, staff("2026-11", key), now, to))
		}
	}
	add("1001", 310000, 355000, 1, 1)
	add("1002", 200000, 200000, 2, 2)
	add("1003", 150000, 160000, 3, 93)
	add("1004", 0, 99000, 4, 4)
	add("1005", 120000, 0, 5, 5)
	add("1006", 90000, 30000, 6, 6)
	add("1007", 80000, 80000, 7, 2)
	batch.Payouts[3].Label = "A. Serikova"
	bonus := planner.Batch{Name: "bonus", Period: "2026-Q4", Merchant: main, Payouts: []planner.Payout{declare(t, payout.NewAddress("bonus", "2026-Q4", "one"), 5000, 2)}}
	office := planner.Batch{Name: "office", Period: "2026-11", Merchant: main}
	for i, key := range []string{"rent", "water"} {
		office.Payouts = append(office.Payouts, declare(t, payout.NewAddress("office", "2026-11", key), 7000, 50+i))
	}
	records = append(records, paidBefore(office.Payouts[0], 1))
	ledger := ledgerOf(t, records...)
	p := screen([]planner.Batch{bonus, office, batch}, ledger, policy.Input{})
	p.Since = p.Plan.Since(ledger)
	return p
}

// big numbers of payouts with the longest and worst names there are.
func manyNamed(t testing.TB, n int, name func(i int) string) *Plan {
	ledger := payout.NewLedger()
	batch := planner.Batch{Name: name(0), Period: "2026-11", Merchant: main}
	for i := range n {
		d := declare(t, payout.NewAddress(name(0), "2026-11", name(1)).WithKey(fmt.Sprint(i)+name(i)), int64(1000+i%7), i)
		d.Label, d.Description = name(i), name(i)
		batch.Payouts = append(batch.Payouts, d)
		if i%5 == 4 {
			continue // nothing is known of it
		}
		was := d
		was.Address.Period = "2026-10"
		if i%5 == 1 {
			was.Token = token(t, numbered(i+1))
		}
		if i%5 == 2 {
			was.Amount = tenge(999)
		}
		if i%5 == 3 {
			was.Address.Key += " gone"
		}
		if err := ledger.Restore(paidBefore(was, 30)); err != nil {
			t.Fatal(err)
		}
	}
	plan := planner.Diff([]planner.Batch{batch}, ledger, planner.Options{At: at})
	p := &Plan{Plan: plan, NewRecipients: plan.NewRecipients(ledger), Since: plan.Since(ledger), Labels: true,
		StatePath: name(2), StateExists: true, Digest: "sha256:" + strings.Repeat("4be0", 16), Warnings: []string{name(3), name(4)}}
	for i := range min(n, 3000) {
		plan.Changes[i].Reason = name(i)
		if i%10 == 0 {
			plan.Changes[i].Action = planner.ActionConflict
		}
		p.Findings = append(p.Findings, policy.Finding{Kind: policy.KindLimit, Blocks: true, Text: name(i), Cure: name(i)})
	}
	return p
}

// One comment at any size, whatever the names are; what comes first is there.
func TestMarkdownAtAnySize(t *testing.T) {
	names := map[string]func(i int) string{
		"short":   func(int) string { return "a" },
		"long":    func(int) string { return strings.Repeat("n", 200) },
		"wide":    func(int) string { return strings.Repeat("漢", 80) },
		"hostile": func(int) string { return strings.Repeat("|`<@#\n", 40) + "</details>" },
	}
	for name, make := range names {
		for _, n := range []int{1, 100, 1000} {
			t.Run(fmt.Sprintf("%s %d", name, n), func(t *testing.T) { checkComment(t, manyNamed(t, n, make), n) })
		}
	}
	t.Run("hostile 10000", func(t *testing.T) { checkComment(t, manyNamed(t, 10_000, names["hostile"]), 10_000) })
	t.Run("short 200000", func(t *testing.T) { checkComment(t, manyNamed(t, 200_000, names["short"]), 200_000) })
}

func checkComment(t *testing.T, p *Plan, n int) {
	t.Helper()
	md := drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) })
	if len(md) > maxMarkdown {
		t.Errorf("%d bytes", len(md))
	}
	if strings.Count(md, "<details>") != strings.Count(md, "</details>") || strings.Count(md, "</details>") != 1+min(1, n/10) {
		t.Error("a list is open, or one more is closed than was opened")
	}
	head, _, _ := strings.Cut(md, "\n| ")
	if !strings.HasPrefix(md, "**Plan: ") || !strings.Contains(head, p.Digest) {
		t.Errorf("it begins with %q", head)
	}
	if n < 200 {
		return
	}
	last := 0
	for _, part := range []string{"**To look at first**", "✗ ", "**Changed** in ", "- state ", "<details><summary>Payouts to make (", " shown; the whole list", "<details><summary>Not paid by this plan ("} {
		found := strings.Index(md[last:], part)
		if found < 0 {
			t.Fatalf("%q is missing, or out of order, after byte %d of %d", part, last, len(md))
		}
		last += found
	}
}

// A line that was opened as a table row or a list is closed before the next
// part begins: nothing is drawn into the table above it.
func TestMarkdownPartsAreApart(t *testing.T) {
	for _, p := range []*Plan{small(t), big(t), troubled(t), changed(t), manyNamed(t, 100, func(int) string { return "|" })} {
		lines := strings.Split(drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) }), "\n")
		kind := func(s string) string { return s[:min(1, len(s))] }
		for i := 1; i < len(lines); i++ {
			above, here := kind(lines[i-1]), kind(lines[i])
			if above != "" && here != "" && above != here {
				t.Errorf("line %d follows another part without a break:\n%s\n%s", i+1, lines[i-1], lines[i])
			}
		}
	}
}

// Everything from a file or the state stands inside <code>, as references.
var inCode = regexp.MustCompile(`<code>[^<>]*</code>`)

func TestMarkdownHoldsNoTextOfFiles(t *testing.T) {
	evil := "x @admin #1 [a](//b) ![i](//b) https://evil.example <img src=x> | `y` **z** &lt; $m$ :+1: \u202e\r\n</code></details>"
	for _, p := range []*Plan{manyNamed(t, 50, func(int) string { return evil }), changed(t)} {
		for i := range p.Plan.Changes {
			p.Plan.Changes[i].Record = recordOf(p.Plan.Changes[i].Declared, payout.Failed, at, evil, evil)
			p.Plan.Changes[i].Record.Destination = evil
		}
		for i := range p.Since {
			p.Since[i].Period = evil
			for k := range p.Since[i].Moved {
				p.Since[i].Moved[k].Was.Destination = evil
			}
		}
		md := drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) })
		for _, word := range []string{"admin", "evil", "img", "//b", "#1 "} {
			if strings.Contains(inCode.ReplaceAllString(md, ""), word) {
				t.Errorf("%q stands outside of code", word)
			}
		}
		for _, cell := range inCode.FindAllString(md, -1) {
			inner := strings.TrimSuffix(strings.TrimPrefix(cell, "<code>"), "</code>")
			if strings.ContainsAny(inner, "|`*_[]@\\!~$:/\n\r") || strings.Contains(regexp.MustCompile(`&#\d+;`).ReplaceAllString(inner, ""), "#") {
				t.Errorf("a cell holds what markdown reads: %s", inner)
			}
		}
	}
}

func TestPercent(t *testing.T) {
	som := payout.MustCurrency("KGS")
	for _, c := range []struct {
		was, now payout.Money
		want     string
	}{
		{tenge(310000), tenge(355000), "+14.5 %"},
		{tenge(200), tenge(100), "−50.0 %"},
		{tenge(100), tenge(100), "+0.0 %"},
		{tenge(1000000), tenge(1000499), "+0.0 %"},
		{tenge(1000000), tenge(1000500), "+0.1 %"},
		{tenge(1000000), tenge(999500), "−0.1 %"},
		{tenge(3), tenge(1), "−66.7 %"},
		{tenge(1), tenge(99999999), "+9999999800.0 %"},
		{payout.Money{Minor: 1, Currency: kzt}, payout.Money{Minor: 1<<63 - 1, Currency: kzt}, "+922337203685477580600.0 %"},
		{tenge(0), tenge(5), ""},
		{tenge(5), payout.Money{Minor: 500, Currency: som}, ""},
	} {
		if got := percent(c.was, c.now); got != c.want {
			t.Errorf("%s to %s: got %q, want %q", c.was, c.now, got, c.want)
		}
	}
}

func TestByRise(t *testing.T) {
	edit := func(was, now payout.Money) planner.Edit {
		return planner.Edit{Change: &planner.Change{Declared: &planner.Payout{Amount: now}}, Was: &payout.Record{Details: payout.Details{Amount: was}}}
	}
	som := payout.Money{Minor: 5, Currency: payout.MustCurrency("KGS")}
	var got []string
	for _, e := range byRise([]planner.Edit{edit(tenge(5), tenge(4)), edit(tenge(1), tenge(2)), edit(tenge(7), tenge(8)), edit(tenge(1), som), edit(tenge(1), tenge(9))}) {
		got = append(got, e.Change.Amount().Grouped())
	}
	if words := strings.Join(got, " "); words != "0.05 9.00 2.00 8.00 4.00" {
		t.Errorf("the order is %s", words)
	}
}

// Whatever a spreadsheet could take for a formula begins with an apostrophe.
func TestCSVCells(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"plain":           "plain",
		"=1+1":            "'=1+1",
		"+7 701":          "'+7 701",
		"-5":              "'-5",
		"@SUM(A1)":        "'@SUM(A1)",
		"\t=1":            `'\t=1`,
		"\r=1":            `'\r=1`,
		"\n=1":            `'\n=1`,
		" =1":             "' =1",
		"\u00a0=1":        "'\u00a0=1",
		"\u3000=1":        "'\u3000=1",
		"\u2003=1":        "'\u2003=1",
		"\u200b=1":        `\u200b=1`,
		"\ufeff=1":        `\ufeff=1`,
		"＝1":              "'＝1",
		"＋1":              "'＋1",
		"－1":              "'－1",
		"＠a":              "'＠a",
		"﹦1":              "'﹦1",
		"﹢1":              "'﹢1",
		"﹣1":              "'﹣1",
		"﹫a":              "'﹫a",
		"−1":              "'−1",
		"'=1":             "'=1",
		"12.50":           "12.50",
		"a=1":             "a=1",
		`=cmd|' /C x'!A0`: `'=cmd|' /C x'!A0`,
		"\"=1":            "\"=1",
		`salaries["1"].x`: `salaries["1"].x`,
	} {
		if got := csvCell(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
