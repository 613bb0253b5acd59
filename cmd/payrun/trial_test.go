package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"payrun/examples"
	"payrun/hclconfig"
	"payrun/planner"
)

// A gateway that is not the sandbox of the test is refused, even if the
// configuration was not turned into one of the sandbox.
func TestATestStaysInTheSandbox(t *testing.T) {
	const builtIn = "http://127.0.0.1:4000"
	for _, tt := range []struct {
		base, builtIn string
		ok            bool
	}{
		{builtIn, builtIn, true},
		{"https://api.freedompay.kz", builtIn, false},
		{"http://127.0.0.1:4001", builtIn, false},
		{"", "", false},
		{"https://api.freedompay.kz", "https://api.freedompay.kz", false},
	} {
		if err := (&trial{}).stays(tt.base, tt.builtIn); (err == nil) != tt.ok {
			t.Errorf("%q, built in %q: %v", tt.base, tt.builtIn, err)
		}
	}
	if err := (*trial)(nil).stays("https://api.freedompay.kz", ""); err != nil {
		t.Errorf("a real run: %v", err)
	}
	p := newProgram(nil, &bytes.Buffer{}, &bytes.Buffer{}, nil)
	p.trial = &trial{}
	m := &hclconfig.Merchant{BaseURL: "https://api.freedompay.kz"}
	if _, err := p.connect(&hclconfig.Config{Merchants: []*hclconfig.Merchant{m}}, 0); codeOf(err) != exitRefused || !errors.Is(err, errNotSandbox) {
		t.Errorf("connected: %v", err)
	}
}

func TestIsolate(t *testing.T) {
	deadline := time.Now().Add(-1000 * time.Hour)
	m := &hclconfig.Merchant{BaseURL: "https://api.freedompay.kz", PostLink: "https://x.example", SecretKeyEnv: "KEY", SecretKeyFile: "key",
		Rate: hclconfig.DefaultRate(), StatusRate: hclconfig.DefaultStatusRate()}
	m.Environment = planner.Production
	cfg := &hclconfig.Config{StatePath: "/real/state.json", Merchants: []*hclconfig.Merchant{m}, Approvals: &hclconfig.Approvals{},
		Batches: []planner.Batch{{Merchant: &m.Merchant, Deadline: deadline}}}
	one := &trial{run: &hclconfig.TestRun{At: deadline.Add(-time.Hour)}}
	one.isolate(cfg)
	b := &cfg.Batches[0]
	if b.Merchant.Environment != planner.Sandbox || m.BaseURL+m.PostLink+m.SecretKeyEnv+m.SecretKeyFile != "" || !m.Rate.Unlimited() || !m.StatusRate.Unlimited() {
		t.Errorf("the merchant is %+v", m)
	}
	if cfg.StatePath != hclconfig.DefaultStatePath || cfg.Approvals != nil || !b.Deadline.Equal(deadline) {
		t.Errorf("state %s, approvals %v, deadline %s", cfg.StatePath, cfg.Approvals, b.Deadline)
	}
	one.planned(&planning{cfg: cfg})
	if left := time.Until(b.Deadline); left < 50*time.Minute || left > time.Hour || !b.NotBefore.IsZero() {
		t.Errorf("an hour before the deadline: %s left, not before %s", left, b.NotBefore)
	}
}

// tested writes an example and gives a program that tests it.
func tested(t *testing.T, more ...examples.File) (*program, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	files, _ := examples.Files("quickstart")
	for _, f := range append(files, more...) {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, f.Text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	p := newProgram(strings.NewReader(""), &out, &errs, os.Environ())
	p.dir = dir
	return p, &out, &errs
}

func TestStoppedTest(t *testing.T) {
	p, out, errs := tested(t)
	p.signalCode.Store(exitSIGINT)
	p.stopAdmit(errors.New("stopped by ^C"))
	if code := p.run([]string{"payrun", "test"}); code != exitSIGINT {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(out.String(), "passed") || !strings.Contains(errs.String(), "nothing that is real") {
		t.Errorf("%s\n%s", out, errs)
	}
}

func TestNoFolderForATest(t *testing.T) {
	p, _, errs := tested(t)
	t.Setenv("TMPDIR", filepath.Join(p.dir, "nowhere"))
	if code := p.run([]string{"payrun", "test"}); code != exitError || !strings.Contains(errs.String(), "Make a folder for the test") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// readable is a trial of the quickstart after a load.
func readable(t *testing.T) *trial {
	t.Helper()
	p, _, _ := tested(t)
	tests, diags := hclconfig.LoadTests(hclconfig.Options{Dir: p.dir})
	t.Cleanup(func() { _ = tests.Close() })
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	one := &trial{run: tests.Files[0].Runs[1], files: p.dir, dir: t.TempDir()}
	cfg, sources, diags := hclconfig.Load(one.options(hclconfig.Options{Version: version}))
	if cfg, diags = one.rehearse(cfg, sources, diags); cfg == nil {
		t.Fatal(diags)
	}
	return one
}

func TestFactsThatCannotBeRead(t *testing.T) {
	for _, name := range []string{hclconfig.DefaultStatePath, ".payrun/sandbox/ledger.jsonl"} {
		one := readable(t)
		if err := os.WriteFile(filepath.Join(one.dir, name), []byte("no such thing\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := one.facts(exitDone, ""); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	one := readable(t)
	if f, err := one.facts(exitDone, "Safe to run again: no — why\n"); err != nil || f.Safe == nil || *f.Safe || len(f.Payouts) != 43 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestFaultsThatCannotBeWritten(t *testing.T) {
	one := readable(t)
	for _, where := range []string{".payrun", ".payrun/sandbox/faults.json"} {
		one.dir = t.TempDir()
		path := filepath.Join(one.dir, filepath.FromSlash(where))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if where == ".payrun" {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		} else if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		cfg, sources, diags := hclconfig.Load(one.options(hclconfig.Options{Version: version}))
		if cfg, diags = one.rehearse(cfg, sources, diags); cfg != nil || !diags.HasErrors() || len(one.mistakes) != 1 {
			t.Errorf("%s: %v", where, diags)
		}
	}
}
