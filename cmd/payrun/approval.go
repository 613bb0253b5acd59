package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"payrun/planner/payout"
)

// approve finds out whether a person wants this plan carried out.
func (a *application) approve(c *cli.Command) error {
	rules, err := a.approvalRules()
	if err != nil {
		return fail(exitRefused, fmt.Errorf("apply the plan: %w", err), "nothing was sent")
	}
	if len(rules) > 0 {
		return a.approvedByPeople(c, rules)
	}
	if len(a.made.plan.Sending()) == 0 {
		return nil // what is only recorded pays nobody
	}
	if want := c.String("approve"); want != "" {
		if got := a.made.file.Digest(); want != got && a.saved != nil {
			return fail(exitRefused, fmt.Errorf("apply the plan %s: its digest is %s, approved is %s", a.savedAs, got, want), "nothing was sent; this is another plan than the approved one")
		} else if want != got {
			return fail(exitRefused, fmt.Errorf("apply the plan: its digest is %s, approved is %s", got, want),
				"nothing was sent; the digest covers files, state, variables and the plan's time: give apply the -at of the approved plan",
				"this plan is approved with: "+a.approveWith())
		}
		return nil
	}
	if c.Bool("auto-approve") {
		return nil
	}
	if f, ok := a.stdin.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return fail(exitRefused, errors.New("apply the plan: nobody approved it, and there is no terminal to ask at"),
			"nothing was sent; approve this plan with: "+a.approveWith(), "or let it run unasked with -auto-approve")
	}
	return a.ask(a.made.plan.Totals())
}

// approveWith are the options that approve exactly this plan: its time is part
// of its digest.
func (a *application) approveWith() string {
	if a.saved != nil {
		return "-approve=" + a.made.file.Digest()
	}
	return "-at=" + a.made.file.CreatedAt.Format(time.RFC3339) + " -approve=" + a.made.file.Digest()
}

// planDigest is what -approve takes, as plan prints it.
var planDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// checkDigest refuses what can be no digest of a plan, before anything is read.
func checkDigest(given string) error {
	if given == "" || planDigest.MatchString(given) {
		return nil
	}
	return usage("-approve=%s is no digest: write sha256: and the 64 digits that \"payrun plan\" prints in its last line", given)
}

// ask lets a person type each total back.
func (a *application) ask(totals []payout.Money) error {
	in := bufio.NewReader(a.stdin)
	for _, total := range totals {
		fmt.Fprintf(a.stdout, "\nTo pay %s, type the total in %s (anything else stops): ", total, total.Currency.Code)
		line, err := a.readAnswer(in)
		if err != nil {
			fmt.Fprintln(a.stdout) // the question stands on a line of its own
			return err
		}
		if !sameTotal(line, total) {
			return fail(exitDeclined, fmt.Errorf("stopped at the question: %q is not the total; nothing was sent", line))
		}
	}
	return nil
}

// readAnswer reads one line of a person. A signal ends the wait.
func (p *program) readAnswer(in *bufio.Reader) (string, error) {
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := in.ReadString('\n')
		typed <- answer{strings.TrimSpace(line), err}
	}()
	select {
	case <-p.admit.Done():
		return "", fail(int(p.signalCode.Load()), errors.New("stopped at the question: nothing was changed and nothing was sent"))
	case got := <-typed:
		if got.err != nil && got.line == "" {
			return "", fail(exitDeclined, errors.New("stopped at the question: nothing was changed and nothing was sent"))
		}
		return got.line, nil
	}
}

// sameTotal compares a typed total: spaces are ignored, and the minor digits
// may be left out where they are zero.
func sameTotal(typed string, total payout.Money) bool {
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, typed)
	m, err := payout.ParseMoney(plain, total.Currency)
	return err == nil && m == total
}
