package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/statefile"
)

// memoryPath is the file that remembers what was sent from this folder, apart
// from the state: a state that is lost or put back loses it not.
func memoryPath(state string) string {
	return filepath.Join(filepath.Dir(state), ".payrun", filepath.Base(state)+".sent")
}

// makeMemory prepares the folder of the memory. Where that cannot be done the
// run says so at its end, and goes on without.
func makeMemory(store *statefile.Local) { _ = os.Mkdir(filepath.Dir(store.Memory), 0o700) }

// recalled are the attempts that were made before and that the state does not
// know.
type recalled struct {
	found   []*payout.Intent // recorded as in doubt now
	failed  []*payout.Intent // recorded as failed now
	blocked []*payout.Intent // cannot be recorded yet: an earlier attempt has to be settled first
}

// forgotten are the attempts that this folder's memory or the history of git
// knows and the state does not, by attempt. That a look-up would find them is no
// reason to leave them to it: it may not find them yet, and it does not know to
// whom they went.
func (p *program) forgotten(cfg *hclconfig.Config, snap *statefile.Snapshot, ledger *payout.Ledger, memory func() ([]statefile.Remembered, error)) ([]statefile.Remembered, error) {
	sent, err := memory()
	var damaged *statefile.DamageError
	if errors.As(err, &damaged) {
		return nil, fail(exitRefused, err, "nothing was sent; it lets payments be found whose state was lost: put it back, or, once the state is known to be the newest, move it aside")
	}
	if err != nil {
		return nil, fail(exitError, err, "nothing was sent; it lets payments be found whose state was lost: mend it, or move it aside")
	}
	sent = statefile.Missing(ledger, append(sent, p.historyOf(cfg, snap)...))
	// What an import block records was not sent from here.
	imported := make(map[payout.Address]bool)
	for i := range cfg.Imports {
		imported[cfg.Imports[i].To] = true
	}
	sent = slices.DeleteFunc(sent, func(in statefile.Remembered) bool { return imported[in.Address] })
	slices.SortStableFunc(sent, func(a, b statefile.Remembered) int { return a.Attempt - b.Attempt })
	return sent, nil
}

// recall records forgotten attempts as in doubt or failed, through begin and settle. The
// ledger follows, so that each is judged by what the ones before it left.
func recall(sent []statefile.Remembered, ledger *payout.Ledger, begin func(*payout.Intent) error, settle func(*payout.Outcome) error) (recalled, error) {
	var out recalled
	for _, one := range sent {
		in := one.Intent
		o := recollection(one)
		begins := one.End != payout.Failed && ledger.CheckBegin(in) == nil
		if !begins {
			// An attempt before it may be missing from the memory.
			o.Cause, o.Event.Source, o.Adopt = payout.CauseLookup, payout.SourceLookup, &in.Details
		}
		if !begins && ledger.CheckSettle(o) != nil {
			if one.End != payout.Failed {
				out.blocked = append(out.blocked, in)
			}
			continue
		}
		if begins {
			if err := errors.Join(ledger.Begin(in), begin(in)); err != nil {
				return out, err
			}
		}
		if err := errors.Join(ledger.Settle(o), settle(o)); err != nil {
			return out, err
		}
		if one.End == payout.Failed {
			out.failed = append(out.failed, in)
			continue
		}
		out.found = append(out.found, in)
	}
	return out, nil
}

// behind says that the state lacks what was recorded before.
func (r recalled) behind() bool { return len(r.found)+len(r.failed)+len(r.blocked) > 0 }

// recollection is what is known of an attempt that the state forgot: that it was
// made, or about to be, or that it failed. Its order id is used in each case.
func recollection(one statefile.Remembered) *payout.Outcome {
	now, status := time.Now(), payout.InDoubt
	if one.End == payout.Failed {
		status = payout.Failed
	}
	return &payout.Outcome{
		At: now, Address: one.Address, Attempt: one.Attempt, OrderID: one.OrderID, Cause: payout.CauseRestart,
		Event: payout.Event{Status: status, At: now, Source: payout.SourceRestart,
			Words: "recorded by an earlier run, and missing from this state"},
	}
}

// recallInto is recall for a plan, which records nothing.
func (p *program) recallInto(cfg *hclconfig.Config, snap *statefile.Snapshot) (recalled, error) {
	sent, err := p.forgotten(cfg, snap, snap.Ledger, func() ([]statefile.Remembered, error) { return p.store(cfg).Forgotten(snap) })
	if err != nil {
		return recalled{}, err
	}
	return recall(sent, snap.Ledger, func(*payout.Intent) error { return nil }, func(*payout.Outcome) error { return nil })
}

// recall records what the state forgot, before anything is planned.
func (a *application) recall() error {
	ledger := a.ledger()
	sent, err := a.forgotten(a.cfg, a.snap, ledger, a.recorder.Forgotten)
	if err != nil {
		return err
	}
	out, err := recall(sent, ledger, a.recorder.Begin, a.recorder.End)
	if err != nil {
		return a.unrecorded(err)
	}
	if a.behind = len(out.found)+len(out.failed) > 0; a.behind {
		a.snap.Unproven = append(a.snap.Unproven, "payments were missing from the state")
	}
	for _, text := range out.warnings() {
		a.warn(text)
	}
	declared := make(map[string]bool)
	for i := range a.cfg.Batches {
		declared[scopeOf(a.cfg.Batches[i].Name, a.cfg.Batches[i].Period)] = true
	}
	for _, in := range out.blocked {
		if !declared[scopeOf(in.Address.Batch, in.Address.Period)] {
			continue // a later run records it: the memory stays unread until then
		}
		return a.lacks(in)
	}
	return nil
}

// lacks refuses to go on from a state in which an attempt has no place.
func (a *application) lacks(in *payout.Intent) error {
	return fail(exitRefused, fmt.Errorf("plan from a state that is behind: it lacks attempt %d of %s, order id %s", in.Attempt, in.Address, in.OrderID),
		"nothing was sent; look for the newer state and put it back: git log --all -- "+stateName(a.cfg),
		"where there is none: payrun reconcile, which asks about the attempts before it; then plan again",
		fmt.Sprintf("where the attempt before it was paid and came back: payrun resolve %s -as=returned -reason=\"…\"", quoted(in.Address)))
}

func scopeOf(batch, period string) string { return batch + "\x00" + period }

// warnings say what the state forgot.
func (r recalled) warnings() []string {
	var out []string
	if len(r.failed) > 0 {
		out = append(out, fmt.Sprintf("the state is behind: %s failed in an earlier run, and this state does not know it: %s; recorded as failed",
			counted(len(r.failed), "payment"), named(r.failed)))
	}
	if len(r.found) > 0 {
		out = append(out, fmt.Sprintf("the state is behind: %s that an earlier run recorded and this state does not know: %s; in doubt until the gateway is asked (payrun reconcile)",
			counted(len(r.found), "payment"), named(r.found)))
	}
	if len(r.blocked) > 0 {
		out = append(out, fmt.Sprintf("the state is behind, and has no place for attempt %d of %s (%s, order id %s), which was made when the one before it had failed or come back: look for the newer state; else payrun reconcile, or payrun resolve %s -as=returned",
			r.blocked[0].Attempt, r.blocked[0].Address, r.blocked[0].Amount, r.blocked[0].OrderID, quoted(r.blocked[0].Address)))
	}
	return out
}

// named lists the first few attempts.
func named(list []*payout.Intent) string {
	const shown = 5
	var names []string
	for _, in := range list[:min(shown, len(list))] {
		names = append(names, fmt.Sprintf("%s (%s, order id %s)", in.Address, in.Amount, in.OrderID))
	}
	text := strings.Join(names, ", ")
	if more := len(list) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
