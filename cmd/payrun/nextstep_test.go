package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"payrun/executor"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/statefile"
)

// stopKinds are all kinds of stops.
var stopKinds = []executor.StopKind{
	executor.StopSignal, executor.StopJournal, executor.StopLock, executor.StopGateway, executor.StopRow, executor.StopBehind,
	executor.StopLookup, executor.StopClock, executor.StopSilent, executor.StopDeadline,
}

// actionOf is what a plan says about a declared payout in a status.
func actionOf(s payout.Status, flagged bool) planner.Action {
	switch {
	case flagged:
		return planner.ActionAttention
	case s == payout.Declared || s == payout.NotSent:
		return planner.ActionPay
	case s == payout.Paid:
		return planner.ActionNone
	case s == payout.NotFound || s == payout.Returned || s == payout.Failed:
		return planner.ActionAttention
	}
	return planner.ActionCheck
}

// TestNextOfEveryStatus: whatever a payout came to, where anything is left to
// do the last screen names a command, and where a person has to act it names
// the payout.
func TestNextOfEveryStatus(t *testing.T) {
	cfg := &hclconfig.Config{Merchants: []*hclconfig.Merchant{{Merchant: planner.Merchant{Name: "main"}}}}
	address := payout.NewAddress("pay", "2026-11", "one")
	checked := 0
	for _, status := range append(payout.Statuses(), payout.Declared) {
		for _, flag := range []payout.Flag{"", payout.FlagAlarm, payout.FlagDisputed, payout.FlagUnproven, payout.FlagResend} {
			for _, late := range []bool{false, true} {
				if status == payout.Declared && flag != "" {
					continue
				}
				c := leftOver(actionOf(status, flag == payout.FlagAlarm || flag == payout.FlagDisputed), status)
				c.Address = address
				if flag != "" {
					c.Record.Flags = []payout.Flag{flag}
				}
				if late && c.Record != nil {
					pastFence(&c)
				}
				after := &planner.Plan{Changes: []planner.Change{c}}
				left := leftoversOf(cfg, after, evening)
				a := &application{program: &program{}, cfg: cfg, report: &executor.Report{}}
				next := append(a.cures(after), a.nextSteps(after, left)...)
				checked++
				if left.code() != exitDone && !slices.ContainsFunc(next, func(s string) bool { return strings.Contains(s, "payrun ") }) {
					t.Errorf("%s %s, past its fence %t: something is left, and no command is named: %q", status, flag, late, next)
				}
				steps := strings.Join(personSteps(after, evening), "\n")
				if left.person > 0 && (!strings.Contains(steps, "'"+address.String()+"'") || !strings.Contains(steps, "payrun resolve")) {
					t.Errorf("%s %s, past its fence %t: a person has to act, and is told %q", status, flag, late, steps)
				}
				if left.person+left.failed == 0 && steps != "" {
					t.Errorf("%s %s: nobody has to act, and is told %q", status, flag, steps)
				}
			}
		}
	}
	t.Logf("%d combinations", checked)
}

// TestNextOfEveryStop: each reason to stop has a command of its own.
func TestNextOfEveryStop(t *testing.T) {
	for _, kind := range append(stopKinds, "of a later version") {
		a := &application{program: &program{}, cfg: &hclconfig.Config{StatePath: "payouts.state.json"}, report: &executor.Report{Stop: &executor.Stop{Kind: kind}}}
		next := strings.Join(a.cures(&planner.Plan{}), "\n")
		if !strings.Contains(next, "payrun ") || !strings.Contains(stopStep(a.report.Stop), "payrun ") {
			t.Errorf("%s: no command is named: %q", kind, next)
		}
	}
}

func TestPersonSteps(t *testing.T) {
	conflict := leftOver(planner.ActionConflict, payout.Declared)
	conflict.Address, conflict.Reason = payout.NewAddress("pay", "2026-11", "it's").WithKey("1"), "looks like a rename"
	former := payout.NewAddress("pay", "2026-11", "old").WithKey("1")
	conflict.LooksLike = &former
	steps := strings.Join(personSteps(&planner.Plan{Changes: []planner.Change{conflict, leftOver(planner.ActionPay, payout.Declared)}}, evening), "\n")
	for _, want := range []string{"  moved {\n    from = pay[\"2026-11\"].old[\"1\"]\n    to   = pay[\"2026-11\"].it's[\"1\"]\n  }", `-exclude='pay["2026-11"].it'\''s["1"]'`} {
		if !strings.Contains(steps, want) {
			t.Errorf("%q is missing in\n%s", want, steps)
		}
	}
	lost := leftOver(planner.ActionAttention, payout.NotFound)
	many := &planner.Plan{Changes: slices.Repeat([]planner.Change{lost}, maxNextSteps+3)}
	if steps := personSteps(many, evening); steps[len(steps)-1] != "and 3 more: payrun plan" {
		t.Errorf("%q", steps)
	}
	conflict.LooksLike, conflict.Reason = nil, "another prefix"
	alike := &planner.Plan{Changes: slices.Repeat([]planner.Change{conflict}, 41)}
	if steps := personSteps(alike, evening); len(steps) != 2 || !strings.Contains(steps[0], ` and 40 more: another prefix`) {
		t.Errorf("41 conflicts with one reason: %q", steps)
	}
	apart := &planner.Plan{}
	for i := range maxNextSteps + 2 {
		one := conflict
		one.Reason = strings.Repeat("x", i+1)
		apart.Changes = append(apart.Changes, one)
	}
	if steps := personSteps(apart, evening); steps[len(steps)-1] != "and 2 more: payrun plan" {
		t.Errorf("conflicts of %d reasons: %q", len(apart.Changes), steps)
	}
	open := with(leftOver(planner.ActionConflict, payout.InDoubt), excluded)
	if steps := personStep(&open, evening); len(steps) == 0 {
		t.Error("an open conflict that is left out is not named")
	}
	forgot := leftOver(planner.ActionConflict, payout.Paid)
	was := payout.NewAddress("pay", "2026-10", "a")
	forgot.WasNamed = &was
	if steps := strings.Join(conflictStep(&forgot, true), "\n"); !strings.Contains(steps, "    from = pay[\"2026-10\"].a\n    to   = "+forgot.Address.String()+"\n") {
		t.Errorf("a block that left the files: %s", steps)
	}
	left := with(leftOver(planner.ActionConflict, payout.Paid), excluded)
	if steps := personStep(&left, evening); steps != nil {
		t.Errorf("excluded: %q", steps)
	}
}

// TestWholeRenameIsOneStep: hundreds of rows under a new name need one block,
// and rows that changed their keys one each.
func TestWholeRenameIsOneStep(t *testing.T) {
	from, to := payout.NewAddress("pay", "2026-11", "staff"), payout.NewAddress("pay", "2026-11", "people")
	plan := func(edit func(i int, c *planner.Change)) *planner.Plan {
		var out planner.Plan
		for i := range 3 {
			key := strconv.Itoa(i)
			c := leftOver(planner.ActionConflict, payout.Declared)
			former := from.WithKey(key)
			c.Address, c.LooksLike = to.WithKey(key), &former
			c.Declared = &planner.Payout{Address: c.Address}
			edit(i, &c)
			out.Changes = append(out.Changes, c)
		}
		out.Changes = append(out.Changes, leftOver(planner.ActionPay, payout.Declared)) // another to pay
		return &out
	}
	const block = "  moved {\n    from = pay[\"2026-11\"].staff\n    to   = pay[\"2026-11\"].people\n  }\n"
	for _, tt := range []struct {
		name   string
		edit   func(i int, c *planner.Change)
		whole  bool
		blocks int
	}{
		{"looks like one", func(int, *planner.Change) {}, true, 1},
		{"its block left the files", func(_ int, c *planner.Change) { c.WasNamed, c.LooksLike = c.LooksLike, nil }, true, 1},
		{"other keys", func(i int, c *planner.Change) { c.LooksLike.Key = strconv.Itoa(2 - i) }, false, 3},
		{"one key of another name", func(i int, c *planner.Change) {
			if i > 0 {
				c.LooksLike.Name = strconv.Itoa(i)
			}
		}, false, 3},
		{"the old name stays", func(i int, c *planner.Change) {
			if i == 2 {
				c.Action, c.Address = planner.ActionPay, from.WithKey("9")
			}
		}, false, 2},
		{"left out", func(_ int, c *planner.Change) { c.Excluded = true }, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			steps := strings.Join(personSteps(plan(tt.edit), evening), "\n")
			if strings.Contains(steps, block) != tt.whole || strings.Count(steps, "moved {") != tt.blocks {
				t.Errorf("want %d blocks (whole %v) in\n%s", tt.blocks, tt.whole, steps)
			}
			if tt.whole && !strings.Contains(steps, `-exclude='pay["2026-11"].people["*"]'`) {
				t.Errorf("no way to go on without them in\n%s", steps)
			}
		})
	}
}

func TestWaitedError(t *testing.T) {
	locked := lockedError(t)
	for _, tt := range []struct {
		allowed time.Duration
		want    string
	}{{0, "wait"}, {5 * time.Second, "waited 4.9s for it"}} {
		err := waitedError(locked, "payouts.state.json", tt.allowed, 4900*time.Millisecond)
		if codeOf(err) != exitLocked || tt.allowed > 0 != strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: code %d, %v", tt.allowed, codeOf(err), err)
		}
	}
	if err := waitedError(errStrange, "x", time.Second, time.Second); codeOf(err) != exitError || strings.Contains(err.Error(), "waited") {
		t.Errorf("%v", err)
	}
}

func TestSingleDash(t *testing.T) {
	var out strings.Builder
	n, err := singleDash{&out}.Write([]byte("   --wait   -h, --help"))
	if n != 22 || err != nil || out.String() != "   -wait   -h, -help" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
	if _, err := (singleDash{failing{}}).Write([]byte("x")); err == nil {
		t.Error("a broken writer is not told of")
	}
}

var errStrange = errors.New("strange")

// failing is a writer that is broken.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errStrange }

// lockedError is what a state says whose lock somebody else holds.
func lockedError(t *testing.T) error {
	t.Helper()
	store := &statefile.Local{Path: filepath.Join(t.TempDir(), "payouts.state.json"), Version: version}
	lock, err := store.Lock(t.Context(), statefile.LockInfo{Who: "somebody"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Release() })
	_, err = store.Lock(t.Context(), statefile.LockInfo{Who: "us"}, 0)
	if err == nil {
		t.Fatal("the lock is taken twice")
	}
	return err
}

// TestOthersAreOfferedWhereThereAreAny: leaving a conflict out pays nobody where
// nothing else is to be paid.
func TestOthersAreOfferedWhereThereAreAny(t *testing.T) {
	plan := &planner.Plan{Changes: []planner.Change{leftOver(planner.ActionConflict, payout.Paid)}}
	steps, _ := conflictSteps(plan, wholeRenames(plan))
	if len(steps) != 1 {
		t.Errorf("alone: %q", steps)
	}
	plan.Changes = append(plan.Changes, leftOver(planner.ActionPay, payout.Declared))
	steps, _ = conflictSteps(plan, wholeRenames(plan))
	if len(steps) != 2 || !strings.Contains(steps[1], "-exclude=") {
		t.Errorf("with another: %q", steps)
	}
}
