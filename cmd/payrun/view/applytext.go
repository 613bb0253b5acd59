package view

import (
	"fmt"
	"strings"

	"payrun/executor"
	"payrun/planner/payout"
)

// eventText is what people see of an event: nothing where all goes well and
// nothing new begins.
func (a *Apply) eventText(e executor.Event) []string {
	switch e := e.(type) {
	case executor.PhaseStarted:
		if !a.drawn || a.terminal.Verbose {
			return []string{phaseWords(e) + "\n"}
		}
	case executor.Settled:
		return a.settledText(e)
	case executor.Skipped:
		return []string{a.sign("-") + fmt.Sprintf("%s  %s  not sent: %s\n", SafeText(e.Address.String()), e.Amount, SafeText(e.Reason))}
	case executor.Noticed:
		return []string{a.noticedText(e)}
	case executor.Stopping:
		return []string{a.sign("!") + "stopping: " + SafeText(e.Stop.Text) + "; nothing new is sent\n"}
	case executor.Paused:
		return []string{a.sign("·") + fmt.Sprintf("waiting %s: %s\n", sayDuration(e.For), SafeText(e.Reason))}
	}
	return nil
}

func (a *Apply) sign(s string) string { return a.paint.symbol(s) + " " }

// phaseWords says what a phase does.
func phaseWords(e executor.PhaseStarted) string {
	switch e.Phase {
	case executor.PhaseAsk:
		return "asking about " + plural(e.Count, "open payout")
	case executor.PhaseImport:
		return "asking about " + plural(e.Count, "payout") + " paid elsewhere"
	case executor.PhaseLookup:
		return "looking up " + plural(e.Count, "payout") + " before the first send"
	case executor.PhaseLeft:
		return "looking up " + plural(e.Count, "payout") + " that this plan does not send"
	case executor.PhasePause:
		return "waiting before the first send"
	case executor.PhaseSend:
		return "sending " + plural(e.Count, "payout")
	case executor.PhaseWait:
		return "waiting for the final status of " + plural(e.Count, "payout")
	}
	return SafeText(string(e.Phase)) + ": " + plural(e.Count, "payout")
}

// settledText is a line for every problem, and for every older payout of which
// something new is known.
func (a *Apply) settledText(e executor.Settled) []string {
	var out []string
	if _, ours := a.tally.begun[e.Address]; !ours && e.From != e.To || a.terminal.Verbose || problem(e) {
		line := a.sign(settledSymbol(e.To)) + SafeText(e.Address.String()) + "  " + e.Amount.String() + "  " + settledWords(e)
		if e.From != payout.Declared && e.From != payout.Sending && e.From != e.To {
			line += " (was " + statusWords(e.From) + ")"
		}
		out = append(out, line+"\n")
	}
	if e.Alarm {
		out = append(out, a.paint.red("! ALARM")+" "+SafeText(e.Address.String())+"  "+alarmWords+"\n")
	}
	return out
}

const alarmWords = "a person must look: a payment may have been made twice, or contradicts what is recorded"

// problem says whether an outcome needs a line of its own.
func problem(e executor.Settled) bool {
	switch e.To {
	case payout.Paid, payout.Accepted, payout.Declared, payout.Sending:
		return false
	}
	return e.From != e.To
}

func settledSymbol(s payout.Status) string {
	switch s {
	case payout.Paid, payout.Accepted:
		return "✓"
	case payout.Failed, payout.Rejected:
		return "✗"
	case payout.InDoubt:
		return "?"
	}
	return "!"
}

// settledWords is the status with the gateway's words and what to do.
func settledWords(e executor.Settled) string {
	words := statusWords(e.To)
	if plain := transportWords(e.To, e.Source); plain != "" {
		return words + ": " + plain + " [" + SafeText(strings.TrimSpace(e.Code+" "+e.Words)) + "]"
	}
	if said := strings.TrimSpace(e.Code + " " + e.Words); said != "" {
		words += ": " + SafeText(said)
	}
	switch e.To {
	case payout.InDoubt:
		words += "; payrun reconcile asks again"
	case payout.Rejected:
		words += "; to be confirmed"
	case payout.NotFound:
		words += "; a person decides: payrun resolve"
	}
	return words
}

func (a *Apply) noticedText(e executor.Noticed) string {
	sign := "·"
	if e.Warning {
		sign = "!"
	}
	text := SafeText(e.Text)
	if e.Merchant != "" {
		text = "merchant " + SafeText(e.Merchant) + ": " + text
	}
	return a.sign(sign) + text + "\n"
}

// countLine is what stands every ten seconds where there is no bar.
func (a *Apply) countLine() string {
	words := a.tally.words()
	if n := len(a.tally.flagged); n > 0 {
		words += fmt.Sprintf("; %d to look at", n)
	}
	if pace := a.tally.pace(); pace != "" {
		words += "; " + pace
	}
	if a.json {
		return a.jsonLine("info", words, "log", nil)
	}
	return words + "\n"
}
