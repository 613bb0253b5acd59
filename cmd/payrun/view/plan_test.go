package view

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/policy"
)

func TestPlanText(t *testing.T) {
	for name, p := range map[string]*Plan{
		"plan_small.txt": small(t), "plan_big.txt": big(t), "plan_quiet.txt": quiet(t), "plan_troubled.txt": troubled(t),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, []byte(drawn(func(b *bytes.Buffer) { PlanText(b, p, false) })))
		})
	}
}

// Colour changes nothing but colour.
func TestPlanTextInColourSaysTheSame(t *testing.T) {
	for _, p := range []*Plan{small(t), big(t), troubled(t)} {
		plain := drawn(func(b *bytes.Buffer) { PlanText(b, p, false) })
		coloured := drawn(func(b *bytes.Buffer) { PlanText(b, p, true) })
		if !strings.Contains(coloured, "\x1b[32m") {
			t.Error("no colour")
		}
		if diff := cmp.Diff(plain, colours.ReplaceAllString(coloured, "")); diff != "" {
			t.Errorf("-plain +coloured:\n%s", diff)
		}
	}
}

func TestPlanMachineForms(t *testing.T) {
	p := troubled(t)
	golden(t, "plan_troubled.md", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) })))
	golden(t, "plan_troubled.csv", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, PlanCSV(b, p)) })))
	golden(t, "plan_troubled.json", []byte(drawn(func(b *bytes.Buffer) {
		inputs := []map[string]string{{"path": "main.hcl", "sha256": strings.Repeat("0", 64)}}
		mustWrite(t, WriteJSON(b, PlanJSON(p, map[string]any{"inputs": inputs, "digest": "not this one"})))
	})))
	golden(t, "plan_small.md", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, small(t))) })))
	golden(t, "plan_since.md", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, changed(t))) })))
	golden(t, "plan_quiet.md", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, quiet(t))) })))
}

func mustWrite(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The gates that pipelines read.
func TestPlanJSONGates(t *testing.T) {
	type gates struct {
		Applyable, Complete, Errored bool
		Digest                       string
	}
	excluding := small(t)
	excluding.Plan.Changes[0].Excluded = true
	for name, want := range map[string]struct {
		p    *Plan
		want gates
	}{
		"small":     {small(t), gates{Applyable: true, Complete: true}},
		"broken":    {big(t), gates{Complete: true}},
		"quiet":     {quiet(t), gates{Complete: true}},
		"excluding": {excluding, gates{Applyable: true}},
		"troubled":  {troubled(t), gates{Complete: true, Errored: true}},
	} {
		b, err := json.Marshal(PlanJSON(want.p, nil))
		mustWrite(t, err)
		var got gates
		mustWrite(t, json.Unmarshal(b, &got))
		want.want.Digest = want.p.Digest
		if diff := cmp.Diff(want.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// A million of anything stays a short screen and one comment.
func TestPlanStaysShort(t *testing.T) {
	p := big(t)
	for i := range 3000 {
		d := declare(t, payout.NewAddress("suppliers", "2026-11-22", "many").WithKey(fmt.Sprint(i)), 1, 1000+i)
		r := recordOf(&d, payout.InDoubt, at, "", strings.Repeat("|", payout.MaxWords))
		p.Plan.Changes = append(p.Plan.Changes, planner.Change{Action: planner.ActionCheck, Address: d.Address, Batch: p.Plan.Batches[1].Batch, Declared: &d, Record: r})
		p.Findings = append(p.Findings, policy.Finding{Kind: policy.KindDuplicate, Blocks: true, Text: strings.Repeat("|", 400), Cure: strings.Repeat("|", 400)})
		p.Warnings = append(p.Warnings, strings.Repeat("|", 400))
		p.Plan.Batches = append(p.Plan.Batches, p.Plan.Batches[0])
	}
	p.Warnings = p.Warnings[:2]
	text := drawn(func(b *bytes.Buffer) { PlanText(b, p, false) })
	if !strings.Contains(text, "… and 2981 more; the whole list") || !strings.Contains(text, "more; -json shows all") {
		t.Errorf("the rest is not counted:\n%s", text)
	}
	md := drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) })
	if len(md) > maxMarkdown {
		t.Errorf("%d bytes of markdown", len(md))
	}
	if strings.Count(md, "<details>") != strings.Count(md, "</details>") || !strings.Contains(md, " of 3002 shown") {
		t.Error("a list is open, or its rest is not counted")
	}
	p.Warnings = nil
	for range 200 {
		p.Warnings = append(p.Warnings, strings.Repeat("|", 400))
	}
	md = drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) })
	if len(md) > maxMarkdown || !strings.Contains(md, p.Digest) {
		t.Errorf("%d bytes of markdown, or no digest", len(md))
	}
}

// Nothing is lost between the changes and the Plan line.
func TestPlanLineCountsEveryChange(t *testing.T) {
	for _, p := range []*Plan{small(t), big(t), quiet(t), troubled(t)} {
		n := p.count()
		sum := n.pay + n.retry + n.wait + n.check + n.failed + n.attention + n.conflict + n.left + n.excluded + n.paid
		if sum != len(p.Plan.Changes) {
			t.Errorf("%d changes, %d counted", len(p.Plan.Changes), sum)
		}
	}
	excluding := small(t)
	excluding.Plan.Changes[0].Excluded = true
	want := "Plan: 2 to pay (550 000.00 KZT), 1 excluded."
	if got := excluding.planLine(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlanOfSeveralMerchantsAndCurrencies(t *testing.T) {
	som := &planner.Merchant{Name: "kg", ID: 12, Environment: planner.Test, Currency: payout.MustCurrency("KGS"), Zone: time.FixedZone("Asia/Bishkek", 6*3600),
		Limits: &planner.Limits{MaxNewRecipients: &planner.CountLimit{Value: 3}}}
	p := small(t)
	d := declare(t, payout.NewAddress("bonus", "2026-11", "one"), 5, 77)
	d.Amount = payout.Money{Minor: 500, Currency: som.Currency}
	batches := []planner.Batch{{Name: "bonus", Period: "2026-11", Merchant: som, Payouts: []planner.Payout{d}}, *p.Plan.Batches[0].Batch}
	two := screen(batches, payout.NewLedger(), policy.Input{})
	two.Rates = map[string]Rate{"main": {Calls: 2, Per: time.Second}, "kg": {Calls: 1, Per: 90 * time.Second}}
	golden(t, "plan_two.txt", []byte(drawn(func(b *bytes.Buffer) { PlanText(b, two, false) })))
}

// Whoever wrote a label wrote nothing else.
func TestHostileTexts(t *testing.T) {
	p := small(t)
	evil := "\x1b[2J\u202eevil\r\n| </code></details> `x` @admin <script> =1+1 https://evil.example www.evil.example"
	for i := range p.Plan.Changes {
		p.Plan.Changes[i].Declared.Label = evil
		p.Plan.Changes[i].Reason = evil
	}
	p.Plan.Changes[0].Declared.Label = "=HYPERLINK(1)"
	p.Warnings, p.StatePath, p.LockedBy, p.Unproven = []string{evil}, evil, evil, []string{evil}
	p.Findings = append(p.Findings, policy.Finding{Text: evil, Cure: evil, Blocks: true}, policy.Finding{Text: evil, Lifted: evil})
	forms := map[string]string{
		"text":     drawn(func(b *bytes.Buffer) { PlanText(b, p, false) }),
		"markdown": drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) }),
		"csv":      drawn(func(b *bytes.Buffer) { mustWrite(t, PlanCSV(b, p)) }),
		"json":     drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, PlanJSON(p, nil))) }),
	}
	for name, form := range forms {
		if strings.ContainsAny(form, "\x1b\u202e\r") {
			t.Errorf("%s holds a character that a terminal obeys", name)
		}
		if name != "json" && !strings.Contains(form, `x1b`) {
			t.Errorf("%s does not show the escape", name)
		}
	}
	for _, hostile := range []string{"</code></details>", "@admin", "<script", "https://evil", "www.evil", "`x`"} {
		if strings.Contains(forms["markdown"], hostile) {
			t.Errorf("markdown holds %s", hostile)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(forms["csv"])).ReadAll()
	mustWrite(t, err)
	if got := rows[1][6]; got != "'=HYPERLINK(1)" {
		t.Errorf("a formula in csv: %q", got)
	}
}

// A token is masked even where a label or description repeats it.
func TestNoWholeToken(t *testing.T) {
	p := small(t)
	for i := range p.Plan.Changes {
		d := p.Plan.Changes[i].Declared
		d.Token = token(t, exampleToken)
		d.Label, d.Description, d.UserID = "card "+exampleToken, exampleToken, exampleToken
		p.Plan.Changes[i].Reason = "user id was 1, now " + exampleToken
		p.Plan.Changes[i].Record = recordOf(d, payout.Failed, at, "", "")
	}
	for _, form := range []string{
		drawn(func(b *bytes.Buffer) { PlanText(b, p, true) }),
		drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) }),
		drawn(func(b *bytes.Buffer) { mustWrite(t, PlanCSV(b, p)) }),
		drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, PlanJSON(p, nil))) }),
		drawn(func(b *bytes.Buffer) {
			a := newApply(Terminal{Out: b, Err: b}, newTally(3, nil, func() time.Time { return at }), true)
			a.Planned(p)
			a.flush()
		}),
	} {
		if strings.Contains(form, exampleToken) || !strings.Contains(form, "ef74…2182") && !strings.Contains(form, "planned_change") {
			t.Errorf("a token is not masked:\n%s", form)
		}
	}
}

func TestLabelsAreShownOnlyWhereAllowed(t *testing.T) {
	p := big(t)
	p.Labels = false
	for _, form := range []string{
		drawn(func(b *bytes.Buffer) { PlanText(b, p, false) }),
		drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, p)) }),
		drawn(func(b *bytes.Buffer) { mustWrite(t, PlanCSV(b, p)) }),
		drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, PlanJSON(p, nil))) }),
	} {
		if strings.Contains(form, "Serikova") || strings.Contains(form, "label") {
			t.Error("a label is shown")
		}
	}
	p.Labels = true
	if !strings.Contains(drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, PlanJSON(p, nil))) }), "Serikova") {
		t.Error("no label where allowed")
	}
}

func TestPlanParts(t *testing.T) {
	if one, two := retries(1), retries(2); one != "1 retry" || two != "2 retries" {
		t.Errorf("got %q and %q", one, two)
	}
	if got := digestOnly("sha256:0a|`b"); got != "sha256:0ab" {
		t.Errorf("got %q", got)
	}
	empty := &Plan{Plan: &planner.Plan{At: at}}
	if got := drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, empty)) }); !strings.HasPrefix(got, "**No payouts to make. 0 paid.**\n") {
		t.Errorf("an empty plan is drawn as %q", got)
	}
	excluding := small(t)
	excluding.Plan.Changes[0].Excluded = true
	if got := drawn(func(b *bytes.Buffer) { mustWrite(t, PlanMarkdown(b, excluding)) }); !strings.Contains(got, "| <code>excluded</code> |") {
		t.Errorf("an excluded payout is not marked:\n%s", got)
	}
}

// A payout whose merchant left the files is told in UTC.
func TestPlanOfAForgottenMerchant(t *testing.T) {
	d := declare(t, payout.NewAddress("old", "2026-10", "one"), 5, 1)
	record := recordOf(&d, payout.InDoubt, at, "", "")
	record.Merchant = "gone"
	p := screen(nil, ledgerOf(t, record), policy.Input{})
	if got := drawn(func(b *bytes.Buffer) { PlanText(b, p, false) }); !strings.Contains(got, "in doubt since 22 Nov 09:00 UTC: payrun reconcile") {
		t.Errorf("got:\n%s", got)
	}
}

func TestLargest(t *testing.T) {
	var changes []*planner.Change
	for i, m := range []payout.Money{tenge(1), {Minor: 900, Currency: payout.MustCurrency("KGS")}, tenge(3), tenge(3), tenge(2)} {
		changes = append(changes, &planner.Change{Attempt: i, Declared: &planner.Payout{Amount: m}})
	}
	var order []int
	for _, c := range largest(changes, len(changes)) {
		order = append(order, c.Attempt)
	}
	if diff := cmp.Diff([]int{1, 2, 3, 4, 0}, order); diff != "" {
		t.Error(diff)
	}
	if two := largest(changes, 2); len(two) != 2 || two[0].Attempt != 1 || two[1].Attempt != 2 {
		t.Errorf("the two largest are %v", two)
	}
}

func TestRateWords(t *testing.T) {
	p := small(t)
	for want, rate := range map[string]Rate{
		"":                                     {},
		"needs about 6 s at 30 calls a minute": {30, time.Minute},
		"needs about 2 s at 2 calls a second":  {2, time.Second},
		"needs about 3 h at 1 call an hour":    {1, time.Hour},
		"needs about 4 min 30 s at 1 call in 1 min 30 s": {1, 90 * time.Second},
	} {
		p.Rates = map[string]Rate{"main": rate}
		if got := strings.Join(p.RateWords(), "|"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// broken refuses every write.
type broken struct{}

var errBroken = errors.New("the pipe is gone")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	p := small(t)
	for name, err := range map[string]error{
		"csv":      PlanCSV(broken{}, p),
		"markdown": PlanMarkdown(broken{}, p),
		"json":     WriteJSON(broken{}, PlanJSON(p, nil)),
		"line":     WriteLine(broken{}, PlanJSON(p, nil)),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := WriteJSON(&bytes.Buffer{}, PlanJSON(p, map[string]any{"x": make(chan int)})); err == nil {
		t.Error("a channel became JSON")
	}
	if err := WriteLine(&bytes.Buffer{}, object{{"x", make(chan int)}}); err == nil {
		t.Error("a channel became a line")
	}
	if err := WriteJSON(&bytes.Buffer{}, object{{"\xff", 1}}); err == nil {
		t.Error("a name that is not UTF-8 became JSON")
	}
}
