package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"payrun/planner/planfile"
)

// savedOf is the file of a plan.
func savedOf(p *Plan) *planfile.File {
	f := planfile.Facts{
		Version: "0.1.0", CreatedAt: p.Plan.At, ExpiresAt: p.Plan.At.Add(24 * time.Hour), New: p.NewRecipients,
		State:     planfile.State{Exists: true, Serial: 7},
		Variables: []planfile.Variable{{Name: "period", Value: `"2026-11"`}, {Name: "rate", Sensitive: true}},
		Overrides: []planfile.Override{{Name: "salaries.max_payout", Reason: "agreed by the board"}},
	}
	for i := range p.Findings {
		one := &p.Findings[i]
		f.Findings = append(f.Findings, planfile.Finding{
			Kind: string(one.Kind), Name: one.Name, Holds: one.OK, Lifted: one.Lifted, Text: one.Text,
			Blocks: !one.OK && one.Blocks, Refuses: !one.OK && one.Refuses,
		})
	}
	return planfile.Build(p.Plan, f)
}

func TestSavedPlanScreens(t *testing.T) {
	for name, p := range map[string]*Plan{"small": small(t), "big": big(t), "quiet": quiet(t), "troubled": troubled(t)} {
		f := savedOf(p)
		golden(t, "saved-"+name+".txt", []byte(drawn(func(b *bytes.Buffer) { SavedPlanText(b, f, at, false) })))
		golden(t, "saved-"+name+".md", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, SavedPlanMarkdown(b, f, at)) })))
	}
	f := savedOf(troubled(t))
	golden(t, "saved-troubled.csv", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, SavedPlanCSV(b, f)) })))
	golden(t, "saved-troubled.json", []byte(drawn(func(b *bytes.Buffer) { mustWrite(t, WriteJSON(b, SavedPlanJSON(f))) })))
}

// The file says what the plan said: the line that people look for, and the gates
// that pipelines read.
func TestSavedPlanAgreesWithPlan(t *testing.T) {
	for name, p := range map[string]*Plan{"small": small(t), "big": big(t), "quiet": quiet(t), "troubled": troubled(t)} {
		f := savedOf(p)
		if got, want := (savedPlan{File: f}).planLine(), p.planLine(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		var of [2]map[string]any
		for i, document := range []any{PlanJSON(p, nil), SavedPlanJSON(f)} {
			text, err := json.Marshal(document)
			mustWrite(t, err)
			mustWrite(t, json.Unmarshal(text, &of[i]))
		}
		for _, apart := range differ("", of[0], of[1]) {
			t.Errorf("%s: %s", name, apart)
		}
		for _, member := range []string{"applyable", "complete", "errored", "summary", "counts", "totals"} {
			if a, b := fmt.Sprint(of[0][member]), fmt.Sprint(of[1][member]); a != b {
				t.Errorf("%s: %s is %s in the plan and %s in the file", name, member, a, b)
			}
		}
	}
}

func TestSavedPlanIsSafe(t *testing.T) {
	f := savedOf(small(t))
	f.Changes[0].Reason, f.Merchants[0].Name, f.Batches[0].Name = "\x1b[2J</details>@all", "\x1b[31m", "=cmd|\u202e"
	f.Changes[0].UserID = "=1+1"
	md := drawn(func(b *bytes.Buffer) { mustWrite(t, SavedPlanMarkdown(b, f, at)) })
	text := drawn(func(b *bytes.Buffer) { SavedPlanText(b, f, at, false) })
	if strings.Contains(text+md, "\x1b") || strings.Contains(text+md, "\u202e") || strings.Contains(md, "</details>@") {
		t.Errorf("a text breaks out:\n%s\n%s", text, md)
	}
	if csv := drawn(func(b *bytes.Buffer) { mustWrite(t, SavedPlanCSV(b, f)) }); !strings.Contains(csv, "'=1+1") {
		t.Errorf("a formula stands in the table:\n%s", csv)
	}
}

func TestSavedPlanStaysShort(t *testing.T) {
	f := savedOf(big(t))
	for i := range 3000 {
		c := f.Changes[0]
		c.Address = fmt.Sprintf(`suppliers["2026-11"].many["%d"]`, i)
		c.Reason = strings.Repeat("|", 400)
		f.Changes = append(f.Changes, c)
		f.Findings = append(f.Findings, planfile.Finding{Text: strings.Repeat("|", 400)})
		f.Batches = append(f.Batches, f.Batches[0])
	}
	text := drawn(func(b *bytes.Buffer) { SavedPlanText(b, f, at, false) })
	if n := strings.Count(text, "\n"); n > 200 || !strings.Contains(text, "the whole list") {
		t.Errorf("%d lines, or the rest is not counted", n)
	}
	md := drawn(func(b *bytes.Buffer) { mustWrite(t, SavedPlanMarkdown(b, f, at)) })
	if len(md) > maxMarkdown || strings.Count(md, "<details>") != strings.Count(md, "</details>") {
		t.Errorf("%d bytes of markdown, or a list is open", len(md))
	}
}

func TestApprovers(t *testing.T) {
	got := approvers([]string{"aigul@x 2026-11-23T12:00:00Z U1NIU0lH", "berik@x"})
	if got != "aigul@x, berik@x" {
		t.Errorf("got %q", got)
	}
}

// differ lists what two documents say differently in members that both have. A
// change is found by its address: a file holds no payout with nothing to do.
// Reasons are put in the words of the moment, and a file has its own state,
// digest and warnings.
func differ(path string, a, b any) []string {
	switch a := a.(type) {
	case map[string]any:
		other, _ := b.(map[string]any)
		var out []string
		for name := range other {
			if one, ok := a[name]; ok && !slices.Contains([]string{"action_reason", "state", "digest", "warnings"}, name) {
				out = append(out, differ(path+"/"+name, one, other[name])...)
			}
		}
		return out
	case []any:
		other, _ := b.([]any)
		if path == "/resource_changes" {
			a = slices.DeleteFunc(a, func(one any) bool { return one.(map[string]any)["payrun_action"] == "none" })
		}
		if len(a) != len(other) {
			return []string{fmt.Sprintf("%s has %d elements and %d", path, len(a), len(other))}
		}
		var out []string
		for i := range a {
			out = append(out, differ(path, a[i], other[i])...)
		}
		return out
	}
	if a != b {
		return []string{fmt.Sprintf("%s is %v and %v", path, a, b)}
	}
	return nil
}
