package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"payrun/planner/payout"
	"payrun/planner/policy"
	"payrun/statefile"
)

// rewriteVerb writes a state as somebody would who knows the format and makes
// every digest fit:
//
//	rewrite STATE approval WHO [NAME|FILE]  the newest run was approved by NAME, or as FILE says last, or not by WHO
//	rewrite STATE approvals [LINE]          the newest run keeps this evidence, or none
//	rewrite STATE plan DIGEST               the newest run carried out another plan
//	rewrite STATE commit [NAME]             the newest run was made from another commit
//	rewrite STATE opened D                  the newest run was opened later
//	rewrite STATE amount ADDRESS AMOUNT     a payout was of another amount
func rewriteVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: rewrite STATE approval|approvals|plan|commit|opened|amount …")
	}
	snap, err := statefile.Parse(args[0], []byte(ts.ReadFile(args[0])))
	ts.Check(err)
	run, rest := &snap.Ledger.Runs[len(snap.Ledger.Runs)-1], args[2:]
	switch args[1] {
	case "approval":
		rewriteApproval(ts, run, rest)
	case "approvals":
		run.Approvals = rest
	case "plan":
		run.Plan = rest[0]
	case "commit":
		run.Commit = strings.Join(rest, "")
	case "opened":
		later, err := time.ParseDuration(rest[0])
		ts.Check(err)
		run.OpenedAt, run.ClosedAt = run.OpenedAt.Add(later), run.ClosedAt.Add(later)
	case "amount":
		address, err := payout.ParseAddress(rest[0])
		ts.Check(err)
		record := snap.Ledger.Record(address)
		record.Amount, err = payout.ParseMoney(rest[1], record.Amount.Currency)
		ts.Check(err)
	default:
		ts.Fatalf("rewrite: unknown word %q", args[1])
	}
	data, err := statefile.Encode(snap, version)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

func rewriteApproval(ts *testscript.TestScript, run *payout.Run, args []string) {
	at := slices.IndexFunc(run.Approvals, func(line string) bool { return strings.HasPrefix(line, args[0]+" ") })
	if at < 0 {
		ts.Fatalf("rewrite: %s approved nothing", args[0])
	}
	switch {
	case len(args) == 1:
		run.Approvals = slices.Delete(run.Approvals, at, at+1)
	case strings.HasSuffix(args[1], ".approvals"):
		f, err := policy.ParseApprovals([]byte(ts.ReadFile(args[1])))
		ts.Check(err)
		run.Approvals[at] = f.Approvals[len(f.Approvals)-1].Evidence()
	default:
		run.Approvals[at] = strings.Replace(run.Approvals[at], args[0], args[1], 1)
	}
}

// endsVerb runs a command that must end with an exit code, whatever it prints:
// ends N COMMAND [ARGUMENT…]
func endsVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ends N COMMAND [ARGUMENT…]")
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if want := number(ts, args[0]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
