package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner"
	"payrun/planner/payout"
)

// Everything that a screen can show is explained, once a kind, and nothing is
// explained that does not exist.
func TestEverythingIsExplained(t *testing.T) {
	wanted := make(map[string][]string)
	wanted[kindStatus] = []string{"declared"}
	for _, s := range payout.Statuses() {
		wanted[kindStatus] = append(wanted[kindStatus], string(s))
	}
	for _, f := range []payout.Flag{payout.FlagDisputed, payout.FlagAlarm, payout.FlagUnproven} {
		wanted[kindFlag] = append(wanted[kindFlag], string(f))
	}
	wanted[kindSign] = []string{"*", "✓", "✗"}
	for _, a := range []planner.Action{planner.ActionPay, planner.ActionRetry, planner.ActionWait, planner.ActionCheck,
		planner.ActionAttention, planner.ActionConflict, planner.ActionLeft} {
		wanted[kindSign] = append(wanted[kindSign], a.Symbol())
	}
	for _, n := range []int{exitDone, exitError, exitChanges, exitFormat, exitWaiting, exitPerson, exitRefused, exitLocked,
		exitDeclined, exitFailed, exitSIGINT, exitSIGTERM} {
		wanted[kindExitCode] = append(wanted[kindExitCode], strconv.Itoa(n))
	}
	for _, c := range freedompay.Codes() {
		wanted[kindCode] = append(wanted[kindCode], strconv.Itoa(c.Number))
	}
	wanted[kindWord] = []string{"attention", "batch", "conflict", "duplicate", "fence", "forgotten", "held", "moved", "not_started", "open", "skipped", "unproven", "waiting"}
	for _, kind := range stopKinds {
		wanted[kindStop] = append(wanted[kindStop], string(kind))
	}
	got := make(map[string][]string)
	for _, e := range explanations() {
		got[e.Kind] = append(got[e.Kind], e.Name)
		if e.Means == "" || len(e.Do) == 0 && e.Kind != kindSign {
			t.Errorf("%s %s does not say what it means and what to do", e.Kind, e.Name)
		}
	}
	for kind, names := range wanted {
		slices.Sort(names)
		slices.Sort(got[kind])
		if !slices.Equal(names, got[kind]) {
			t.Errorf("%s: explained are %v, want %v", kind, got[kind], names)
		}
	}
	if len(got) != len(wanted) {
		t.Errorf("%d kinds are explained, want %d", len(got), len(wanted))
	}
}

// What is said about money is what the table of statuses says.
func TestExplanationsAboutMoney(t *testing.T) {
	begins := map[string]string{
		"declared": "no", "sending": "unknown", "not_sent": "no", "accepted": "probably", "rejected": "no, by the gateway's word",
		"in_doubt": "nobody here can know", "not_found": "no, by all evidence", "paid": "yes", "failed": "no", "returned": "it did",
	}
	for _, e := range statusExplanations() {
		want, known := begins[e.Name]
		if got := e.Facts[0]; !known || got.Name != moneyLeft || !strings.HasPrefix(got.Text, want) {
			t.Errorf("%s: %q, want %q", e.Name, got.Text, want)
		}
	}
}
