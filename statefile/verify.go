package statefile

import (
	"errors"
	"fmt"

	"payrun/planner/payout"
)

// Report is what Verify found.
type Report struct {
	Exists   bool
	Lineage  string
	Serial   int64
	Recorded string // digest that stands in the state
	Computed string // digest of its content, where it was readable
	Payouts  int    // in the state, without the journal
	Entries  int    // of the journal that the state does not cover
	Unproven []string
	// Recovered is what a crash left; it is no problem.
	Recovered Recovery
	// Problems are what no program of this kind has written, or what no legal
	// step explains. None = everything fits.
	Problems []error
}

// Verify reads the state at path and its journal and checks digest, totals,
// chain, and the legal order of the events of every attempt. It changes
// nothing. The error says only that a file cannot be read at all.
func Verify(path string) (Report, error) {
	return (&Local{Path: path}).Verify()
}

// Verify is the function Verify for the state of the store.
func (s *Local) Verify() (Report, error) {
	var report Report
	found, err := s.look()
	if err != nil {
		return report, err
	}
	doc, id, err := readState(s.fs(), s.Path)
	if err != nil && !report.add(err) {
		return report, err
	}
	found.state = id
	report.describe(doc)
	j, err := readJournal(s.fs(), found.segments)
	if err != nil {
		if !report.add(err) {
			return report, err
		}
		return report, nil
	}
	if doc == nil && len(report.Problems) > 0 {
		return report, nil
	}
	return report, s.verifyTogether(&report, doc, j, found)
}

// add takes an error that a person can act on as a finding.
func (r *Report) add(err error) bool {
	var (
		format   *FormatError
		version  *VersionError
		edited   *HandEditedError
		conflict *ConflictMarkersError
		damage   *DamageError
		misfit   *MisfitError
	)
	finding := errors.As(err, &format) || errors.As(err, &version) || errors.As(err, &edited) ||
		errors.As(err, &conflict) || errors.As(err, &damage) || errors.As(err, &misfit)
	if finding {
		r.Problems = append(r.Problems, err)
	}
	return finding
}

func (r *Report) describe(doc *document) {
	if doc == nil {
		return
	}
	r.Exists, r.Lineage, r.Serial, r.Recorded = true, doc.lineage, doc.serial, doc.digest
	r.Computed, r.Payouts = doc.computeDigest(), len(doc.records)
	var edited *HandEditedError
	for _, err := range r.Problems {
		if errors.As(err, &edited) {
			r.Computed = edited.Computed
		}
	}
}

// verifyTogether checks what state and journal say together.
func (s *Local) verifyTogether(r *Report, doc *document, j *journal, found disk) error {
	if err := j.checkFit(s.Path, doc); err != nil {
		r.add(err)
		return nil
	}
	snap := newSnapshot(doc, j, found)
	if err := snap.replay(doc, j); err != nil {
		r.add(err)
		return nil
	}
	r.Entries = snap.disk.replayed
	legal := followers()
	for _, record := range snap.Ledger.All() {
		for i := range record.Attempts {
			if err := checkEvents(record.Address, &record.Attempts[i], legal); err != nil {
				r.Problems = append(r.Problems, err)
			}
		}
	}
	if err := s.judge(snap, doc, j); err != nil {
		return err
	}
	r.Lineage, r.Unproven, r.Recovered = snap.Lineage, snap.Unproven, snap.Recovered
	return nil
}

// step is one status after another.
type step struct{ from, to payout.Status }

// followers are the steps that some cause allows.
func followers() map[step]bool {
	legal := make(map[step]bool)
	for _, t := range payout.Transitions() {
		legal[step{t.From, t.To}] = true
	}
	return legal
}

// checkEvents says whether each status of an attempt may follow the one
// before. A status that stays because nothing changed is no event, but for
// corrections of manual evidence, which the table has.
func checkEvents(address payout.Address, a *payout.Attempt, legal map[step]bool) error {
	from := payout.Declared
	for i := range a.Events {
		to := a.Events[i].Status
		if !legal[step{from, to}] {
			return fmt.Errorf("check %s attempt %d event %d: %q cannot follow %q", address, a.N, i+1, to, from)
		}
		from = to
	}
	return nil
}
