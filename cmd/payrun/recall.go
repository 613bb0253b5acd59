package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"payrun/executor"
	"payrun/hclconfig"
	"payrun/planner"
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

// recalled are the payments that were made before and that the state does not
// know.
type recalled struct {
	found   []*payout.Intent // recorded as in doubt now
	blocked []*payout.Intent // cannot be recorded yet: an earlier attempt has to be settled first
	planned int              // would be paid by this plan, were they not looked up first
}

// forgotten are the payments that this folder's memory or the history of git
// knows, that the state does not, and that the look-ups of a plan would not
// find: their payout was renamed, left the files, or its prefix changed.
func (p *program) forgotten(cfg *hclconfig.Config, snap *statefile.Snapshot, ledger *payout.Ledger, memory func() ([]statefile.Remembered, error)) (sent []statefile.Remembered, planned int, err error) {
	sent, err = memory()
	var damaged *statefile.DamageError
	if errors.As(err, &damaged) {
		return nil, 0, fail(exitRefused, err, "nothing was sent; it lets payments be found whose state was lost: put it back, or, once the state is known to be the newest, move it aside")
	}
	if err != nil {
		return nil, 0, fail(exitError, err, "nothing was sent; it lets payments be found whose state was lost: mend it, or move it aside")
	}
	sent = append(sent, p.historyOf(cfg.StatePath, snap)...)
	if sent = statefile.Missing(ledger, sent); len(sent) == 0 {
		return nil, 0, nil
	}
	all := len(sent)
	found := lookedUp(cfg, diff(cfg, ledger, planOptions{at: time.Now()}))
	// One that was not seen paid may still be on its way: a look-up that does not
	// find it proves nothing, so it is in doubt and not sent again.
	sent = slices.DeleteFunc(sent, func(in statefile.Remembered) bool { return in.Paid && found[lookupKey(in.Merchant, in.OrderID)] })
	slices.SortStableFunc(sent, func(a, b statefile.Remembered) int { return a.Attempt - b.Attempt })
	return sent, all - len(sent), nil
}

// lookedUp are the order ids of new payouts that apply asks for before it sends
// anything: where look-ups are off, none.
func lookedUp(cfg *hclconfig.Config, plan *planner.Plan) map[string]bool {
	off := make(map[string]bool)
	for _, m := range cfg.Merchants {
		off[m.Name] = !m.LookupBeforeSend
	}
	out := make(map[string]bool)
	for _, c := range plan.Sending() {
		if c.Record != nil || off[c.Batch.Merchant.Name] {
			continue
		}
		for _, id := range executor.AskedFor(c) {
			out[lookupKey(c.Batch.Merchant.Name, id)] = true
		}
	}
	return out
}

func lookupKey(merchant, orderID string) string { return merchant + "\x00" + strings.ToLower(orderID) }

// recall records forgotten payments as in doubt, through begin and settle. The
// ledger follows, so that each is judged by what the ones before it left.
func recall(sent []statefile.Remembered, ledger *payout.Ledger, begin func(*payout.Intent) error, settle func(*payout.Outcome) error) (recalled, error) {
	var out recalled
	for _, one := range sent {
		in := one.Intent
		o := recollection(in)
		begins := ledger.CheckBegin(in) == nil
		if !begins {
			// Its earlier attempts are of no interest any more: they failed.
			o.Cause, o.Event.Source, o.Adopt = payout.CauseLookup, payout.SourceLookup, &in.Details
		}
		if !begins && ledger.CheckSettle(o) != nil {
			out.blocked = append(out.blocked, in)
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
		out.found = append(out.found, in)
	}
	return out, nil
}

// recollection is what is known of a payment that the state forgot: that it was
// made, or about to be.
func recollection(in *payout.Intent) *payout.Outcome {
	now := time.Now()
	return &payout.Outcome{
		At: now, Address: in.Address, Attempt: in.Attempt, OrderID: in.OrderID, Cause: payout.CauseRestart,
		Event: payout.Event{Status: payout.InDoubt, At: now, Source: payout.SourceRestart,
			Words: "recorded by an earlier run, and missing from this state"},
	}
}

// recallInto is recall for a plan, which records nothing.
func (p *program) recallInto(cfg *hclconfig.Config, snap *statefile.Snapshot) (recalled, error) {
	sent, planned, err := p.forgotten(cfg, snap, snap.Ledger, func() ([]statefile.Remembered, error) { return p.store(cfg).Forgotten(snap) })
	if err != nil {
		return recalled{}, err
	}
	out, err := recall(sent, snap.Ledger, func(*payout.Intent) error { return nil }, func(*payout.Outcome) error { return nil })
	out.planned = planned
	return out, err
}

// recall records what the state forgot, before anything is planned.
func (a *application) recall() error {
	ledger := a.ledger()
	sent, planned, err := a.forgotten(a.cfg, a.snap, ledger, a.recorder.Forgotten)
	if err != nil || len(sent)+planned == 0 {
		return err
	}
	out, err := recall(sent, ledger, a.recorder.Begin, a.recorder.End)
	out.planned = planned
	if err != nil {
		return a.unrecorded(err)
	}
	if len(out.found) > 0 {
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
		return fail(exitRefused, fmt.Errorf("plan from a state that is behind: it lacks attempt %d of %s, order id %s", in.Attempt, in.Address, in.OrderID),
			"nothing was sent; look for the newer state and put it back: git log --all -- "+stateName(a.cfg),
			"where there is none: payrun reconcile, which asks about the attempts before it; then plan again")
	}
	return nil
}

func scopeOf(batch, period string) string { return batch + "\x00" + period }

// warnings say what the state forgot.
func (r recalled) warnings() []string {
	var out []string
	if r.planned > 0 {
		out = append(out, fmt.Sprintf("%s of this plan went out from here before, and this state does not know it: what was paid is found by its order id before anything is sent, and recorded", counted(r.planned, "payout")))
	}
	if len(r.found) == 0 {
		return out
	}
	const shown = 5
	var names []string
	for _, in := range r.found[:min(shown, len(r.found))] {
		names = append(names, fmt.Sprintf("%s (%s, order id %s)", in.Address, in.Amount, in.OrderID))
	}
	text := strings.Join(names, ", ")
	if more := len(r.found) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return append(out, fmt.Sprintf("the state is behind: %s that an earlier run recorded and this state does not know: %s; in doubt until the gateway is asked (payrun reconcile)",
		counted(len(r.found), "payment"), text))
}
