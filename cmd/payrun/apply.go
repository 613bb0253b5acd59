package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/executor"
	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/planner/planfile"
	"payrun/planner/policy"
	"payrun/statefile"
)

func applyCommand() command {
	return command{
		name: "apply", summary: "pays what the plan says, each payout once", args: "[PLAN]", max: 1,
		about: "Plans, shows the plan, asks for each currency's total to be typed back, and pays.\nWith a plan file of \"payrun plan -out\" does exactly that plan, or refuses and says what changed.\nNothing is sent twice: what may have left is asked about and never sent again.",
		flags: configFlags(lockFlags(append(planFlags(),
			flag("auto-approve", "do not ask; works only with no broken limit, failed check or conflict"),
			text("approve", "DIGEST", "apply only if the plan has this `DIGEST`, sha256:…"),
			text("publish", "CMD", "run `CMD` after the run is recorded and before anything is sent; if it fails, nothing is"),
			text("on-end", "CMD", "run `CMD` when the run is over, its summary as one line of JSON on standard input; if it fails, that is a warning"),
			span("wait", "wait as long as `DURATION` for final statuses", 2*time.Minute),
			&cli.IntFlag{Name: "parallelism", Usage: "at most `N` calls at once", OnlyOnce: true},
			jsonFlag(),
			compactFlag(),
			text("report", "FILE", "write what happened to each payout to `FILE`, .csv or .json"),
			text("state-is", "first|lost", "outside the sandbox, where there is no state: it is the `first` one, or it was lost; needs -reason"),
		)...)...),
		run: (*program).apply,
	}
}

// application is one apply from lock to summary.
type application struct {
	*program
	*session
	cfg     *hclconfig.Config
	options planOptions
	saved   *planfile.File          // the plan file to carry out; nil without one
	savedAs string                  // its name as given
	verdict *policy.ApprovalVerdict // of the approvals; nil where none are asked for
	behind  bool                    // attempts were missing from the state
	made    *planning
	gates   *gateways
	display display
	run     payout.Run
	report  *executor.Report
	ended   *view.Summary // of a run that is over

	reportTo reportFile     // -report
	after    []view.Balance // the run
}

func (p *program) apply(c *cli.Command) (err error) {
	saved, err := p.readSaved(c.Args().First())
	if err != nil {
		return err
	}
	options, err := applyOptions(c, saved)
	if err != nil {
		return err
	}
	if n := c.Int("parallelism"); c.IsSet("parallelism") && n < 1 {
		return usage("-parallelism=%d: at least one call at once is needed", n)
	}
	if err := checkDigest(c.String("approve")); err != nil {
		return err
	}
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	reportTo, err := p.openReport(c.String("report"), cfg)
	if err != nil {
		return err
	}
	if err := p.openInto(c.String("json-into"), cfg); err != nil {
		return err
	}
	s, err := p.open(cfg, "apply", durationOf(c, "lock-timeout"))
	if err != nil {
		return err
	}
	a := &application{program: p, session: s, cfg: cfg, options: options, reportTo: reportTo, saved: saved, savedAs: c.Args().First()}
	defer func() {
		err = a.leave(err)
		a.onEnd(c.String("on-end"), codeOf(err))
	}()
	if err := a.prepare(c); err != nil {
		return err
	}
	return a.carryOut(c)
}

// leave closes what is open. A state that could not be written is worse than
// any other ending.
func (a *application) leave(err error) error {
	if a.gates != nil {
		err = errors.Join(err, a.gates.close())
	}
	defer a.forgetful()
	if closing := a.session.close(); closing != nil {
		if errors.Is(closing, statefile.ErrLockLost) && a.report != nil && len(a.report.Sent) > 0 {
			return errors.Join(fail(exitPerson, fmt.Errorf("write the state at the end: %w", closing),
				"another program took over, or the folder was changed under this run, so that its last results are not recorded",
				"put the newest state back if it is gone; the gateway knows what was sent: run \"payrun reconcile\""), err)
		}
		if a.report != nil && len(a.report.Sent) > 0 {
			return errors.Join(fail(exitPerson, fmt.Errorf("write the state at the end: %w", closing),
				"every result is in the journal beside the state; keep both files and run \"payrun reconcile\""), err)
		}
		return errors.Join(fail(exitError, closing), err)
	}
	return err
}

// prepare plans, shows, judges and asks.
func (a *application) prepare(c *cli.Command) (err error) {
	if err := a.guardState(c); err != nil {
		return err
	}
	if err := a.guardTips(); err != nil {
		return err
	}
	if err := a.recall(); err != nil {
		return err
	}
	if a.made, err = a.planned(); err != nil {
		return err
	}
	if !a.json {
		screen := a.made.screen(stateName(a.cfg))
		if policy.Refusing(a.made.findings) {
			screen.Next = personSteps(a.made.plan, time.Now())
		}
		view.PlanText(a.stdout, screen, a.colors(a.stdout))
	}
	if err := a.visible(); err != nil {
		return err
	}
	if c.String("publish") != "" {
		if err := a.guardRuns(); err != nil {
			return err
		}
	}
	if broken := a.broken(); len(broken) > 0 {
		return refuse(broken)
	}
	if a.idle() {
		return nil
	}
	if err := guardAge(a.made.file, a.trial.now()); err != nil {
		return err
	}
	return a.approve(c)
}

// guardState refuses a missing state where real money moves, until a person
// says why it is missing.
func (a *application) guardState(c *cli.Command) error {
	word := c.String("state-is")
	if word != "" && word != "first" && word != "lost" {
		return usage("-state-is=%s: write -state-is=first or -state-is=lost", word)
	}
	if a.snap.Exists {
		if word != "" {
			return fail(exitRefused, fmt.Errorf("use -state-is=%s: there is a state, %s", word, stateName(a.cfg)))
		}
		return nil
	}
	if a.allSandbox() {
		return nil
	}
	if word == "" {
		return a.stateIsMissing("apply")
	}
	if len([]rune(givenReason(c))) < policy.MinReason {
		return usage("-state-is=%s needs -reason=\"…\" of at least %d characters: it is recorded in the state", word, policy.MinReason)
	}
	a.run.Overrides = append(a.run.Overrides, payout.Override{Name: "state-is=" + word, Reason: givenReason(c)})
	return nil
}

func (a *application) stateIsMissing(command string) error {
	return fail(exitRefused, fmt.Errorf("%s without a state: %s is missing", command, stateName(a.cfg)),
		"if nothing was ever paid from these files: payrun apply -state-is=first -reason=\"…\"",
		"if it was lost, first look for it in git; then: payrun apply -state-is=lost -reason=\"…\" (everything is looked up before anything is sent)")
}

// carryOut connects, records the run, sends, and sums up.
func (a *application) carryOut(c *cli.Command) (err error) {
	if err := errors.Join(a.closeDead(), a.recordMoves()); err != nil {
		return err
	}
	sending := a.made.plan.Sending()
	if a.made.plan.Quiet() {
		a.ended = a.summary(a.made.plan)
		return errors.Join(a.nothing(), a.writeReport(a.made.plan, a.summary(a.made.plan)))
	}
	if a.gates, err = a.connect(a.cfg, c.Int("parallelism")); err != nil {
		return err
	}
	if len(sending)+len(a.made.plan.Importing()) > 0 {
		if err := a.checkBalances(); err != nil {
			return err
		}
		if err := a.recordRun(len(sending)); err != nil {
			return err
		}
		if err := a.publish(c.String("publish")); err != nil {
			return err
		}
	}
	a.display = a.newDisplay(false, len(sending), a.made.plan.Totals())
	a.approvalLines()
	run := &executor.Run{
		Plan: a.made.plan, Merchants: a.gates.merchants, Journal: a.recorder, Emit: a.display.Show,
		Unproven: len(a.snap.Unproven) > 0, Behind: a.behind, NewestRecord: a.snap.LastRecord, Wait: durationOf(c, "wait"), StillOurs: a.lock.Check,
	}
	a.display.Planned(a.made.screen(stateName(a.cfg)))
	stop := a.checkpointing()
	a.report = run.Apply(a.admit, a.calls)
	a.sent = len(a.report.Sent) > 0
	if err := stop(); err != nil && a.report.Unwritten == nil {
		a.report.Unwritten = err
	}
	closing := a.display.Close(a.report.Stop != nil)
	return a.displayed(a.finish(), closing)
}

// recordMoves gives renamed payouts their new addresses. It pays nothing.
func (a *application) recordMoves() error {
	for i := range a.made.plan.Changes {
		c := &a.made.plan.Changes[i]
		if c.Declared == nil || c.Record == nil || c.Record.Address == c.Address {
			continue
		}
		note := &payout.Note{At: time.Now(), Move: &payout.Move{From: c.Record.Address, To: c.Address}}
		if err := a.recorder.Note(note); err != nil {
			return a.unrecorded(err)
		}
		// The plan is carried out on the record where it stands now.
		c.Record.Former = append(c.Record.Former, c.Record.Address)
		c.Record.Address = c.Address
	}
	return nil
}

// recordBalance keeps the balance after the run with its merchant.
func (a *application) recordBalance(b view.Balance, now time.Time) error {
	var known *payout.Merchant
	a.recorder.View(func(l *payout.Ledger) {
		if m := l.Merchant(b.Merchant); m != nil {
			copied := *m
			known = &copied
		}
	})
	if known == nil {
		return nil
	}
	known.Balance = b.Amount
	return a.recorder.Note(&payout.Note{At: now, Merchant: known})
}

// displayed is the end of a run whose display may have failed: what was paid is
// recorded all the same, and the exit code speaks of that.
func (a *application) displayed(err, display error) error {
	if display == nil {
		return err
	}
	code := codeOf(err)
	if code == exitDone {
		code = exitWaiting
	}
	shown := fmt.Errorf("show the run: %w", display)
	if err != nil && err.Error() != "" {
		shown = errors.Join(shown, err)
	}
	return fail(code, shown, "everything that happened is recorded: payrun show")
}

// nothing ends an apply that has nothing to do.
func (a *application) nothing() error {
	a.display = a.newDisplay(!a.json, 0, nil)
	a.display.Planned(a.made.screen(stateName(a.cfg)))
	err := a.display.Close(false)
	a.display.Summary(a.summary(a.made.plan))
	if a.json {
		return err
	}
	_, told := fmt.Fprintln(a.stdout, "Safe to run again: yes — nothing is left to do.")
	return errors.Join(err, told)
}

// recordRun writes down which plan is carried out, before anything is sent.
func (a *application) recordRun(payouts int) error {
	now := time.Now()
	for _, m := range a.cfg.Merchants {
		recorded := payout.Merchant{Name: m.Name, ID: m.ID, Environment: string(m.Environment), Prefix: m.Prefix}
		a.recorder.View(func(l *payout.Ledger) {
			if have := l.Merchant(m.Name); have != nil {
				recorded = *have
				recorded.Environment, recorded.Prefix = string(m.Environment), m.Prefix
			}
		})
		if err := a.recorder.Note(&payout.Note{At: now, Merchant: &recorded}); err != nil {
			return a.unrecorded(err)
		}
	}
	a.run.ID, a.run.Plan, a.run.Open, a.run.OpenedAt = runID(now), a.made.file.Digest(), true, now
	a.run.Who, a.run.Commit = a.who(), a.commit()
	for _, o := range a.made.overrides {
		a.run.Overrides = append(a.run.Overrides, payout.Override(o))
	}
	// Without the file this folder's next published run asks who opened this one.
	_ = os.WriteFile(openedPath(a.path(a.cfg.StatePath)), []byte(a.run.ID), 0o600)
	opened := a.run
	if err := a.recorder.Note(&payout.Note{At: now, Run: &opened}); err != nil {
		return a.unrecorded(err)
	}
	if err := a.recorder.Checkpoint(); err != nil {
		return a.unrecorded(err)
	}
	// A checkpoint begins another segment: room in the one before is of no use.
	if err := a.recorder.Reserve(payouts); err != nil {
		return a.unrecorded(err)
	}
	return nil
}

func (a *application) unrecorded(err error) error {
	return fail(exitError, fmt.Errorf("record the run before the first send: %w", err), "nothing was sent")
}

// finish records the end of the run and says what is left.
func (a *application) finish() error {
	if a.run.Open && a.report.Unwritten == nil {
		if err := a.closeRun(); err != nil {
			a.report.Unwritten = err
		}
	}
	after := diff(a.cfg, a.ledger(), planOptions{at: time.Now(), included: a.options.included})
	summary := a.summary(after)
	a.ended = summary
	a.display.Summary(summary)
	return errors.Join(exit(a.exitCode(after)), a.writeReport(after, summary))
}

func (a *application) closeRun() error {
	now := time.Now()
	closed := a.run
	closed.Open, closed.ClosedAt = false, now
	closed.BalanceAfter = make(map[string]string)
	a.after = a.lastBalances()
	for _, b := range a.after {
		closed.BalanceAfter[b.Merchant] = b.Amount
		if err := a.recordBalance(b, now); err != nil {
			return err
		}
	}
	if err := a.recorder.Note(&payout.Note{At: now, Run: &closed}); err != nil {
		return err
	}
	if a.report.Stop == nil && a.report.LookedUp && a.options.included == nil {
		// Everything was looked up: the state is proven by that.
		a.recorder.MarkProven()
	}
	return a.recorder.Checkpoint()
}
