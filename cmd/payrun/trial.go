package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/hashicorp/hcl/v2"

	"payrun/freedompay/sandbox"
	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
)

// trial is one run of a test: what makes a program that runs a command run it
// beside the real one. The files are read where they are; everything that is
// written goes to a folder of the test's own, and every merchant is turned into
// one of the built-in sandbox. A nil trial changes nothing.
type trial struct {
	run   *hclconfig.TestRun
	files string // folder of the configuration, which is only read
	dir   string // folder of the test

	cfg      *hclconfig.Config // as it was loaded, or nil
	made     *planning         // the plan, or nil
	mistakes hcl.Diagnostics   // of the test file, found while the configuration was loaded
	sources  *hclconfig.Sources
}

// options make a load read the real files, with the values of the run.
func (t *trial) options(o hclconfig.Options) hclconfig.Options {
	if t == nil {
		return o
	}
	o.Dir = t.files
	return t.run.Options(o)
}

// rehearse turns what was loaded into what a test may run.
func (t *trial) rehearse(cfg *hclconfig.Config, sources *hclconfig.Sources, diags hcl.Diagnostics) (*hclconfig.Config, hcl.Diagnostics) {
	if t == nil {
		return cfg, diags
	}
	t.cfg, t.sources, t.mistakes = nil, sources, nil
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil && d.Subject.Filename == t.run.File() {
			t.mistakes = append(t.mistakes, d)
		}
	}
	if cfg == nil {
		return nil, diags
	}
	t.isolate(cfg)
	found, err := t.script(cfg)
	if err != nil {
		found = append(found, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Faults cannot be written", Detail: plain(err).Error()})
	}
	t.mistakes = append(t.mistakes, found...)
	if len(found) > 0 {
		return nil, append(diags, found...)
	}
	t.cfg = cfg
	return cfg, diags
}

// isolate keeps a configuration away from everything real: gateways, keys, the
// state, and people who would have to approve.
func (t *trial) isolate(cfg *hclconfig.Config) {
	for _, m := range cfg.Merchants {
		m.Environment, m.BaseURL, m.PostLink = planner.Sandbox, "", ""
		m.SecretKeyEnv, m.SecretKeyFile = "", ""
		m.Rate, m.StatusRate = hclconfig.Rate{}, hclconfig.Rate{}
	}
	cfg.StatePath = hclconfig.DefaultStatePath
	cfg.Approvals = nil
}

// now is the time that the run takes place.
func (t *trial) now() time.Time {
	if t == nil || t.run.At.IsZero() {
		return time.Now()
	}
	return t.run.At
}

// shift moves the times of a configuration from the time of the run to now: what
// carries a plan out goes by the clock.
func (t *trial) shift(cfg *hclconfig.Config) {
	if t.run.At.IsZero() {
		return
	}
	by := time.Since(t.run.At).Truncate(time.Second)
	for i := range cfg.Batches {
		b := &cfg.Batches[i]
		b.NotBefore, b.Deadline = shifted(b.NotBefore, by), shifted(b.Deadline, by)
	}
}

func shifted(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(by)
}

// errNotSandbox says that a test was about to reach something real. Nothing
// below should let it come this far.
var errNotSandbox = errors.New("run a test: a merchant leads out of the sandbox")

// stays refuses every gateway but the built-in sandbox.
func (t *trial) stays(base, builtIn string) error {
	if t == nil || builtIn != "" && base == builtIn && isLoopback(base) {
		return nil
	}
	return fail(exitRefused, errNotSandbox, "nothing was sent")
}

// planned keeps the plan for the assertions. It was made, and names all times,
// as of the time of the run.
func (t *trial) planned(made *planning) {
	if t != nil {
		t.made = made
		t.shift(made.cfg)
	}
}

// script writes the faults of the run for the built-in sandbox.
func (t *trial) script(cfg *hclconfig.Config) (hcl.Diagnostics, error) {
	faults := []sandbox.Fault{}
	var diags hcl.Diagnostics
	for i := range t.run.Faults {
		one := &t.run.Faults[i]
		matches, ok := faultMatches(one, cfg)
		if !ok {
			diags = append(diags, one.Meetless(declaredAddresses(cfg)))
		}
		for _, match := range matches {
			faults = append(faults, sandbox.Fault{Match: match, Call: one.Call, Nth: one.Nth, Do: one.Do, Then: one.Then})
		}
	}
	text, err := json.Marshal(faults)
	if err != nil {
		return diags, err
	}
	dir := filepath.Join(t.dir, ".payrun", "sandbox")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return diags, err
	}
	return diags, os.WriteFile(filepath.Join(dir, "faults.json"), text, 0o600)
}

// faultMatches are the globs of a fault; false where it meets no payout that is
// declared. Who writes order ids may mean payouts of an earlier run.
func faultMatches(f *hclconfig.TestFault, cfg *hclconfig.Config) ([]string, bool) {
	if f.From != nil {
		ids := orderIDsFrom(cfg, *f.From)
		return ids, len(ids) > 0
	}
	if f.Match == "" || f.Match == "*" || !addressGlob.MatchString(f.Match) {
		return []string{f.Match}, true
	}
	return []string{f.Match}, len(orderIDsOf(cfg)(f.Match)) > 0
}

// addressGlob tells the glob of an address from that of an order id, as the
// sandbox does.
var addressGlob = regexp.MustCompile(`[.\["]`)

// orderIDsFrom are the order ids of a payout and of those behind it in its
// batch.
func orderIDsFrom(cfg *hclconfig.Config, from payout.Address) []string {
	for i := range cfg.Batches {
		b := &cfg.Batches[i]
		at := slices.IndexFunc(b.Payouts, func(p planner.Payout) bool { return p.Address == from })
		if at < 0 {
			continue
		}
		var ids []string
		for j := range b.Payouts[at:] {
			for n := 1; n <= payout.MaxAttempts; n++ {
				ids = append(ids, b.Payouts[at+j].OrderIDFor(b.Merchant, n))
			}
		}
		return ids
	}
	return nil
}

func declaredAddresses(cfg *hclconfig.Config) []string {
	var out []string
	for i := range cfg.Batches {
		for j := range cfg.Batches[i].Payouts {
			out = append(out, cfg.Batches[i].Payouts[j].Address.String())
		}
	}
	return out
}

// readPart names the attribute in what the sandbox says about a fault.
var readPart = regexp.MustCompile(`read (match|call|nth|do|then) `)

// faultMistakes are the faults of a run that the sandbox does not take.
func faultMistakes(run *hclconfig.TestRun) (hcl.Diagnostics, error) {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return nil, err
	}
	defer gateway.Close()
	var diags hcl.Diagnostics
	for i := range run.Faults {
		f := &run.Faults[i]
		err := gateway.Inject(sandbox.Fault{Match: f.Match, Call: f.Call, Nth: f.Nth, Do: f.Do, Then: f.Then})
		if err == nil {
			continue
		}
		attribute, reason := "do", err.Error()
		if at := readPart.FindStringSubmatchIndex(reason); at != nil {
			attribute, reason = reason[at[2]:at[3]], "Cannot "+reason[at[0]:]
		}
		words := map[string][]string{"do": sandbox.Words(f.Call), "then": {"success", "error", "process"}}[attribute]
		diags = append(diags, f.Unusable(attribute, hclconfig.Scrub(reason), words))
	}
	return diags, nil
}
