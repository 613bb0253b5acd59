package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/statefile"
)

// reportFile is where apply writes what happened to each payout. The zero
// value writes nothing.
type reportFile struct {
	name string // as given
	path string
	json bool
}

// reportMode keeps names and amounts of payees from other users.
const reportMode = 0o600

// openReport finds out, before anything is sent, whether the report can be
// written. It leaves nothing behind: a report exists once it is whole.
func (p *program) openReport(name string, cfg *hclconfig.Config) (reportFile, error) {
	if name == "" {
		return reportFile{}, nil
	}
	r := reportFile{name: name, path: p.path(name), json: strings.EqualFold(filepath.Ext(name), ".json")}
	if !r.json && !strings.EqualFold(filepath.Ext(name), ".csv") {
		return r, usage("-report=%s: the report is written as .csv or .json; end the name in one of them", name)
	}
	if what := p.precious(r.path, cfg); what != "" {
		return r, usage("-report=%s: this is %s, which a report would overwrite; choose another name", name, what)
	}
	err := r.probe()
	if err != nil {
		return r, fail(exitError, fmt.Errorf("write the report %s: %w", name, plain(err)), "nothing was sent; choose a folder that exists and that you may write to")
	}
	return r, nil
}

// precious names what the configuration lives on, where a path is part of it.
func (p *program) precious(path string, cfg *hclconfig.Config) string {
	state := p.path(cfg.StatePath)
	if strings.HasPrefix(filepath.Clean(path), filepath.Clean(state)+".") && filepath.Ext(path) != ".plan" {
		return "the name of a file that belongs to the state"
	}
	for _, own := range []string{state, statefile.LockPath(state)} {
		if sameFile(path, own) {
			return "the state of these payouts"
		}
	}
	if strings.HasSuffix(path, ".hcl") || strings.HasSuffix(path, ".hcl.json") || strings.HasSuffix(path, ".vars.json") {
		return "the name of a configuration file"
	}
	for _, in := range cfg.Inputs {
		if sameFile(path, p.path(filepath.FromSlash(in.Path))) {
			return "a file that the plan is made of"
		}
	}
	return ""
}

// sameFile compares by name, for files that do not exist yet, and by file, for
// links and for file systems that ignore case.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return errors.Join(err1, err2) == nil && os.SameFile(x, y)
}

func (r reportFile) probe() error {
	info, err := os.Lstat(r.path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return errors.New("something else than a plain file has this name")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	pending, err := renameio.NewPendingFile(r.path, renameio.WithTempDir(filepath.Dir(r.path)))
	if err != nil {
		return err
	}
	return pending.Cleanup()
}

// writeReport writes the report in one step, so that a reader sees a whole one
// or none.
func (a *application) writeReport(after *planner.Plan, summary *view.Summary) error {
	if a.reportTo.name == "" {
		return nil
	}
	report := &view.Report{Version: version, Run: a.run.ID, Digest: a.made.file.Digest(), Finished: time.Now(), After: after, Summary: summary}
	text, err := a.reportTo.render(report)
	if err == nil {
		err = renameio.WriteFile(a.reportTo.path, text, reportMode, renameio.WithTempDir(filepath.Dir(a.reportTo.path)))
	}
	if err == nil {
		return nil
	}
	code := exitError
	if a.report != nil && len(a.report.Sent) > 0 {
		code = exitPerson
	}
	return fail(code, fmt.Errorf("write the report %s: %w; every payout is recorded in the state, and running the same command again writes the report and pays nobody twice",
		a.reportTo.name, plain(err)))
}

func (r reportFile) render(report *view.Report) ([]byte, error) {
	var text bytes.Buffer
	if !r.json {
		err := view.ReportCSV(&text, report)
		return text.Bytes(), err
	}
	document, err := view.ReportJSON(report)
	if err != nil {
		return nil, err
	}
	err = view.WriteJSON(&text, document)
	return text.Bytes(), err
}
