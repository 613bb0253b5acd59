package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/planner/payout"
	"payrun/planner/policy"
)

func resolveCommand() command {
	return command{
		name: "resolve", args: "ADDRESS", min: 1, max: 1,
		summary: "a person settles what the gateway cannot; never sends",
		about: "-as=paid      the money arrived: by a statement, or to acknowledge an alarm\n" +
			"-as=failed    it did not and will not; before the order's time limit has passed this needs\n" +
			"              -evidence=FILE and the order id typed back\n" +
			"-as=returned  it came back after it was paid\n" +
			"-as=resend    the gateway does not know it, or it came back: the next plan pays it anew",
		flags: configFlags(lockFlags(
			text("as", "paid|failed|returned|resend", "what is known now: `paid|failed|returned|resend`"),
			text("reason", "TEXT", "why, recorded in the state: `TEXT`"),
			text("evidence", "FILE", "a statement or letter; its SHA-256 is recorded: `FILE`"),
		)...),
		run: (*program).resolve,
	}
}

// resolution is what a person says of one payout.
type resolution struct {
	address  payout.Address
	as       string
	reason   string
	evidence string // "sha256:…", or empty
}

func (p *program) readResolution(c *cli.Command) (r resolution, err error) {
	if r.address, err = payout.ParseAddress(c.Args().First()); err != nil {
		return r, fail(exitError, err)
	}
	switch r.as = c.String("as"); r.as {
	case "paid", "failed", "returned", "resend":
	case "":
		return r, usage("resolve needs -as=paid, -as=failed, -as=returned or -as=resend")
	default:
		return r, usage("-as=%s is unknown; known are paid, failed, returned, resend", r.as)
	}
	r.reason = givenReason(c)
	if len([]rune(r.reason)) < policy.MinReason {
		return r, usage("resolve needs -reason=\"…\" of at least %d characters: it is recorded in the state", policy.MinReason)
	}
	if path := c.String("evidence"); path != "" {
		if r.evidence, err = digestFile(p.path(path)); err != nil {
			return r, fail(exitError, fmt.Errorf("read the evidence: %w", err))
		}
	}
	return r, nil
}

func digestFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

func (p *program) resolve(c *cli.Command) error {
	r, err := p.readResolution(c)
	if err != nil {
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	return p.locked(c, cfg, "resolve", func(a *application) error { return a.settle(r) })
}

// settle records a resolution.
func (a *application) settle(r resolution) error {
	ledger := a.ledger()
	record := ledger.Record(r.address)
	if record == nil {
		return a.unknownAddress(ledger, r.address)
	}
	outcome := r.outcome(record, a.who(), time.Now())
	if err := ledger.CheckSettle(&outcome); err != nil {
		return fail(exitRefused, fmt.Errorf("resolve %s as %s: it is %s", r.address, r.as, record.Status()), possible(record)...)
	}
	if err := a.confirmFailed(r, record); err != nil {
		return err
	}
	if err := a.recorder.End(&outcome); err != nil {
		return stateError(err, stateName(a.cfg))
	}
	return a.resolved(r, record)
}

// outcome is the record of a resolution. It never sends.
func (r resolution) outcome(record *payout.Record, who string, now time.Time) payout.Outcome {
	attempt := record.Speaking()
	o := payout.Outcome{
		At: now, Address: r.address, Attempt: attempt.N, OrderID: attempt.OrderID, Cause: payout.CausePerson,
		Event: payout.Event{At: now, Source: payout.SourceManual, By: who, Reason: r.reason, Evidence: r.evidence},
	}
	switch r.as {
	case "paid":
		o.Event.Status = payout.Paid
		o.Clear = []payout.Flag{payout.FlagAlarm, payout.FlagDisputed}
		if attempt.Status() == payout.Paid && attempt.Last().Source != payout.SourceManual {
			// The gateway's own evidence stays; the person has seen the flag.
			o.Cause, o.Event.Source = payout.CauseAcknowledge, payout.SourceAcknowledged
		}
	case "failed":
		o.Event.Status = payout.Failed
		o.Clear = []payout.Flag{payout.FlagAlarm, payout.FlagDisputed}
		if attempt.Status() == payout.Failed && attempt.Last().Source != payout.SourceManual && len(record.Flags) > 0 {
			o.Cause, o.Event.Source = payout.CauseAcknowledge, payout.SourceAcknowledged
		}
	case "returned":
		o.Event.Status = payout.Returned
	case "resend":
		o.Event.Status, o.Cause = attempt.Status(), payout.CauseResend
		o.Raise = []payout.Flag{payout.FlagResend}
	}
	return o
}

// possible says how a payout can be resolved instead.
func possible(record *payout.Record) []string {
	switch record.Status() {
	case payout.Paid:
		return []string{"a paid payout can be resolved as returned"}
	case payout.Failed:
		return []string{"a failed payout needs no resolving: mend it and plan, or payrun apply -retry-failed"}
	case payout.NotFound, payout.Returned:
		return []string{"possible are: -as=resend, and for not_found -as=paid and -as=failed"}
	}
	return []string{"first ask the gateway: payrun reconcile", "then possible are: -as=paid and -as=failed"}
}

// confirmFailed makes sure that a person means it: before the fence the gateway
// could still pay what they call failed.
func (p *program) confirmFailed(r resolution, record *payout.Record) error {
	attempt := record.Speaking()
	if r.as != "failed" || attempt.PastFence(time.Now()) {
		return nil
	}
	if r.evidence == "" {
		return fail(exitRefused, fmt.Errorf("resolve %s as failed: the gateway may still pay it", r.address),
			"show what proves it: -evidence=FILE", "or wait until the order's time limit has passed and ask again: payrun reconcile")
	}
	fmt.Fprintf(p.stderr, "The gateway may still pay this order. Type the order id %s to call it failed: ", attempt.OrderID)
	line, err := p.readAnswer(bufio.NewReader(p.stdin))
	if err != nil {
		fmt.Fprintln(p.stderr) // the question stands on a line of its own
		return err
	}
	if line != attempt.OrderID {
		return fail(exitDeclined, errors.New("stopped at the question: that is not the order id; nothing was changed"))
	}
	return nil
}

// resolved says what was recorded and what follows.
func (p *program) resolved(r resolution, record *payout.Record) error {
	if p.json {
		said := map[string]any{"type": "resolved", "address": r.address.String(), "as": r.as}
		if r.as == "paid" {
			said["import"] = importBlock(record, r.reason)
		}
		p.printJSON(said)
		return nil
	}
	fmt.Fprintf(p.stdout, "%s is recorded as %s.\n", r.address, r.as)
	switch r.as {
	case "paid":
		fmt.Fprint(p.stdout, "Commit the state. So that a lost one does not forget what you have seen, commit this block as well:\n\n", importBlock(record, r.reason))
	case "resend":
		fmt.Fprintln(p.stdout, "Nothing was sent. The next plan pays it anew, with a new order id.")
	}
	return nil
}

// importBlock declares a payment that the gateway does not vouch for.
func importBlock(record *payout.Record, reason string) string {
	attempt := record.Speaking()
	id := fmt.Sprintf("order_id   = %q", attempt.OrderID)
	if attempt.PaymentID != "" {
		id = fmt.Sprintf("payment_id = %q", attempt.PaymentID)
	}
	quoted := strconv.Quote(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(reason))
	return fmt.Sprintf("import {\n  to         = %s\n  %s\n  amount     = %q\n  reason     = %s\n  unverified = %s\n}\n",
		record.Address, id, record.Stake().Decimal(), quoted, quoted)
}
