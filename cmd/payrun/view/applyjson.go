package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"payrun/executor"
	"payrun/planner"
	"payrun/planner/payout"
)

// UIVersion is the version of the JSON lines of a run. A minor version adds
// types and members; a reader shows @message of a type it does not know.
const UIVersion = "1.0"

// resourceType and provider are what payouts are called in the JSON shapes of
// Terraform.
const (
	resourceType = "freedompay_payout"
	provider     = "payrun/freedompay"
)

// jsonLine is one object of the stream, with its line end.
func (a *Apply) jsonLine(level, message, kind string, more object) string {
	line := append(object{
		{"@level", level},
		{"@message", SafeText(message)},
		{"@module", "payrun.ui"},
		{"@timestamp", a.now().UTC().Format("2006-01-02T15:04:05.000000Z")},
		{"type", kind},
	}, more...)
	b, err := json.Marshal(line, json.Deterministic(true))
	if err != nil {
		// No value of this package is refused; if one were, the run goes on.
		return a.jsonLine("error", fmt.Sprintf("write %s: %v", kind, err), "log", nil)
	}
	return string(b) + "\n"
}

func (a *Apply) versionLine() string {
	return a.jsonLine("info", "payrun "+a.terminal.Version, "version", object{{"payrun", SafeText(a.terminal.Version)}, {"ui", UIVersion}})
}

// resource names a payout as Terraform's stream names a resource.
func resource(address payout.Address) object {
	o := object{
		{"addr", SafeText(address.String())},
		{"module", ""},
		{"resource", SafeText(address.Term())},
		{"implied_provider", provider},
		{"resource_type", resourceType},
		{"resource_name", SafeText(address.Name)},
	}
	if address.HasKey {
		return append(o, member{"resource_key", SafeText(address.Key)})
	}
	return append(o, member{"resource_key", nil})
}

// Planned writes the lines planned_change and change_summary of a plan. It
// shows nothing unless the output is JSON.
func (a *Apply) Planned(p *Plan) {
	if !a.json {
		return
	}
	for i := range p.Plan.Changes {
		if c := &p.Plan.Changes[i]; c.Action != planner.ActionNone {
			a.push(a.plannedLine(p, c))
		}
		if i%1000 == 0 {
			a.nudge()
		}
	}
	a.push(a.changeSummary(p))
	a.nudge()
}

func (a *Apply) plannedLine(p *Plan, c *planner.Change) string {
	action := streamAction(c)
	change := object{{"resource", resource(c.Address)}, {"action", action}, {"payrun_action", string(c.Action)}}
	if c.Excluded {
		change = append(change, member{"excluded", true})
	}
	if why := p.why(c); why != "" {
		change = append(change, member{"reason", why})
	}
	change = append(change, member{"amount", c.Amount().Decimal()}, member{"currency", c.Amount().Currency.Code})
	return a.jsonLine("info", c.Address.String()+": "+string(c.Action), "planned_change", object{{"change", change}})
}

// streamAction is the word of Terraform's stream: create, read or noop.
func streamAction(c *planner.Change) string {
	switch {
	case c.Sends():
		return "create"
	case c.Action == planner.ActionCheck && !c.Excluded:
		return "read"
	}
	return "noop"
}

func (a *Apply) changeSummary(p *Plan) string {
	n := p.count()
	changes := object{
		{"add", n.pay + n.retry}, {"change", 0}, {"import", n.imported}, {"remove", 0}, {"operation", "apply"},
		{"waiting", n.wait}, {"check", n.check}, {"failed", n.failed}, {"attention", n.attention},
		{"conflict", n.conflict}, {"left", n.left}, {"excluded", n.excluded}, {"paid", n.paid},
	}
	return a.jsonLine("info", p.planLine(), "change_summary", object{{"changes", changes}, {"totals", moneyObjects(p.Plan.Totals())}})
}

// moneyObjects is [{"currency": "KZT", "amount": "1.00"}].
func moneyObjects(sums []payout.Money) []object {
	out := make([]object, 0, len(sums))
	for _, m := range sums {
		out = append(out, object{{"currency", m.Currency.Code}, {"amount", m.Decimal()}})
	}
	return out
}

// eventJSON is what programs see of an event: one line, or two where an alarm
// is raised.
func (a *Apply) eventJSON(e executor.Event) []string {
	switch e := e.(type) {
	case executor.PhaseStarted:
		return []string{a.jsonLine("info", phaseWords(e), "log", object{{"phase", string(e.Phase)}, {"count", e.Count}})}
	case executor.Begun:
		return []string{a.begunJSON(e)}
	case executor.Settled:
		return a.settledJSON(e)
	case executor.Skipped:
		return []string{a.problemLine("warn", "payout not sent", SafeText(e.Reason), &e.Address)}
	case executor.Noticed:
		return []string{a.noticedJSON(e)}
	case executor.Stopping:
		return []string{a.jsonLine("error", "stopping: "+e.Stop.Text, "run_stopped",
			object{{"kind", string(e.Stop.Kind)}, {"reason", SafeText(e.Stop.Text)}})}
	case executor.Paused:
		return []string{a.jsonLine("info", "waiting "+sayDuration(e.For)+": "+e.Reason, "log",
			object{{"wait_seconds", int64(e.For / time.Second)}, {"reason", SafeText(e.Reason)}})}
	}
	return nil
}

func (a *Apply) begunJSON(e executor.Begun) string {
	hook := object{
		{"resource", resource(e.Address)}, {"action", "create"}, {"order_id", SafeText(e.OrderID)},
		{"attempt", e.Attempt}, {"amount", e.Amount.Decimal()}, {"currency", e.Amount.Currency.Code},
	}
	return a.jsonLine("info", e.Address.String()+": sending "+e.Amount.String(), "apply_start", object{{"hook", hook}})
}

func (a *Apply) settledJSON(e executor.Settled) []string {
	kind, level := settledKind(e.To)
	line := a.jsonLine(level, e.Address.String()+": "+settledWords(e), kind, object{{"hook", a.settledHook(e)}})
	if !e.Alarm {
		return []string{line}
	}
	return []string{line, a.problemLine("error", "alarm", alarmWords, &e.Address)}
}

// settledKind is the type of a line: what is neither done nor wrong yet is
// progress.
func settledKind(to payout.Status) (kind, level string) {
	switch to {
	case payout.Paid:
		return "apply_complete", "info"
	case payout.Failed, payout.Returned:
		return "apply_errored", "error"
	case payout.InDoubt, payout.NotFound:
		return "payout_in_doubt", "warn"
	}
	return "apply_progress", "info"
}

func (a *Apply) settledHook(e executor.Settled) object {
	action := "read"
	elapsed, ours := a.tally.elapsed(e.Address)
	if ours {
		action = "create"
	}
	hook := object{
		{"resource", resource(e.Address)}, {"action", action}, {"id_key", "payment_id"}, {"id_value", SafeText(e.PaymentID)},
		{"order_id", SafeText(e.OrderID)}, {"attempt", e.Attempt}, {"amount", e.Amount.Decimal()}, {"currency", e.Amount.Currency.Code},
		{"was", string(e.From)}, {"status", string(e.To)}, {"source", string(e.Source)},
		{"code", SafeText(e.Code)}, {"words", SafeText(e.Words)},
	}
	if ours {
		hook = append(hook, member{"elapsed_seconds", int64(elapsed / time.Second)})
	}
	return hook
}

func (a *Apply) noticedJSON(e executor.Noticed) string {
	text := SafeText(e.Text)
	if e.Merchant != "" {
		text = "merchant " + SafeText(e.Merchant) + ": " + text
	}
	if e.Warning {
		return a.problemLine("warn", text, "", nil)
	}
	return a.jsonLine("info", text, "log", nil)
}

// problemLine is a diagnostic without a place in the files.
func (a *Apply) problemLine(level, summary, detail string, address *payout.Address) string {
	severity := "warning"
	if level == "error" {
		severity = "error"
	}
	d := object{{"severity", severity}, {"summary", summary}, {"detail", detail}}
	message := strings.TrimSuffix(summary+": "+detail, ": ")
	if address != nil {
		d = append(d, member{"address", SafeText(address.String())})
		message = address.String() + ": " + message
	}
	return a.jsonLine(level, message, "diagnostic", object{{"diagnostic", d}})
}
