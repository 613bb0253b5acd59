package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/hclconfig"
	"payrun/planner"
	"payrun/statefile"
)

// repository is a program in a folder of its own that git keeps, with the files
// committed.
func repository(t *testing.T, files map[string]string) *program {
	t.Helper()
	p := &program{dir: t.TempDir(), admit: t.Context()}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "."},
		{"-c", "user.name=tester", "-c", "user.email=tester@example.kz", "commit", "-q", "-m", "one"},
	} {
		if _, err := p.git(args...); err != nil {
			t.Fatalf("git %s: %v", args, err)
		}
	}
	return p
}

func TestBlobs(t *testing.T) {
	long := strings.Repeat("long\n", 1<<18)
	p := repository(t, map[string]string{"a": "one\n", "b b": "", "long": long, "end": "no line end", "x\ny": "broken"})
	read := func(names ...string) []string {
		var out []string
		for name, text := range p.blobs(names) {
			size := text.N
			data, err := io.ReadAll(text)
			if err != nil || int64(len(data)) != size {
				t.Errorf("%s: %d bytes of %d, %v", name, len(data), size, err)
			}
			out = append(out, name+"="+strings.ReplaceAll(string(data), long, "LONG"))
		}
		return out
	}
	const missing = "00000000000000000000000000000000000000ab"
	for _, tt := range []struct{ names, want []string }{
		{nil, nil},
		{[]string{"HEAD:a", "HEAD:b b", "HEAD:end"}, []string{"HEAD:a=one\n", "HEAD:b b=", "HEAD:end=no line end"}},
		{[]string{missing, "HEAD:none of 3", "HEAD:blob 3", "HEAD", "HEAD:", "HEAD:long", "HEAD:a"}, []string{"HEAD:long=LONG", "HEAD:a=one\n"}},
		{[]string{"HEAD:x\ny", "HEAD:x\nz", "HEAD:a"}, []string{"HEAD:x\ny=broken", "HEAD:a=one\n"}},
	} {
		if diff := cmp.Diff(tt.want, read(tt.names...)); diff != "" {
			t.Errorf("%q: %s", tt.names, diff)
		}
	}
	// Objects by their own names, as the history has them.
	id, err := p.git("rev-parse", "HEAD:a", "HEAD:long")
	if ids := strings.Fields(string(id)); err != nil {
		t.Error(err)
	} else if got := read(ids[1], missing, ids[0]); !cmp.Equal(got, []string{ids[1] + "=LONG", ids[0] + "=one\n"}) {
		t.Errorf("by object name: %.200q", got)
	}
	// What is not read to its end disturbs nothing, and who stops early is let go.
	var seen []string
	for name := range p.blobs([]string{"HEAD:long", "HEAD:a", "HEAD:long"}) {
		if seen = append(seen, name); len(seen) == 2 {
			break
		}
	}
	for name := range p.blobs([]string{"HEAD:x\ny", "HEAD:a"}) {
		seen = append(seen, name)
		break
	}
	if diff := cmp.Diff([]string{"HEAD:long", "HEAD:a", "HEAD:x\ny"}, seen); diff != "" {
		t.Error(diff)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	p.admit = stopped
	if got := read("HEAD:a"); got != nil {
		t.Errorf("a program that ends read %q", got)
	}
}

// TestGitThatDoesNotServe: a repository that git cannot read, or whose git says
// nothing, hides a newer state.
func TestGitThatDoesNotServe(t *testing.T) {
	p := repository(t, map[string]string{"a": "one\n"})
	inside := &program{dir: filepath.Join(p.dir, "below"), admit: t.Context()}
	if err := os.Mkdir(inside.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	want := func(name, want string) {
		t.Helper()
		for _, p := range []*program{p, inside} {
			if got := p.gitTrouble("payouts.state.json"); !strings.Contains(got, want) || want == "" && got != "" {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	want("a repository", "")
	silent := t.TempDir()
	if err := os.WriteFile(filepath.Join(silent, "git"), []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", silent+string(filepath.ListSeparator)+path)
	want("a git without words", "exit status 3")
	t.Setenv("PATH", t.TempDir())
	want("no git", "")
	t.Setenv("PATH", path)
	shallow := filepath.Join(p.dir, ".git", "shallow")
	head, err := p.git("rev-parse", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(shallow, head, 0o600); err != nil {
		t.Fatal(err)
	}
	want("a shallow clone", "git fetch --unshallow")
	if err := os.Remove(shallow); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(p.dir, ".git", "refs", "heads", "old")
	if err := os.WriteFile(broken, []byte(strings.Repeat("1", 40)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("a broken branch", "exit status 128")
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	want("a whole repository", "")
	if err := os.WriteFile(filepath.Join(p.dir, ".git", "HEAD"), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("a broken repository", "not a git repository")

	var told strings.Builder
	p.stderr = &told
	for environment, code := range map[planner.Environment]int{planner.Sandbox: exitDone, planner.Production: exitRefused} {
		told.Reset()
		a := &application{program: p, session: &session{snap: &statefile.Snapshot{}}, cfg: &hclconfig.Config{
			StatePath: "payouts.state.json", Merchants: []*hclconfig.Merchant{{Merchant: planner.Merchant{Environment: environment}}}}}
		err := a.guardTips()
		if codeOf(err) != code || code == exitDone && !strings.Contains(told.String(), "cannot be read") {
			t.Errorf("%s: %v, told %q", environment, err, told.String())
		}
	}
}

// TestBatchThatBreaks: what git did not say whole counts for nothing.
func TestBatchThatBreaks(t *testing.T) {
	for _, text := range []string{"", "1f blob", "1f blob x\nabc\n", "1f blob 3\nab", "1f tree 9\nab", "1f blob 3\nabc\n"} {
		n := 0
		readBatch(bufio.NewReader(strings.NewReader(text)), []string{"1f", "2e"}, func(_ string, r *io.LimitedReader) bool {
			if data, err := io.ReadAll(r); err == nil && r.N == 0 && string(data) == "abc" {
				n++
			}
			return true
		})
		if want := strings.Count(text, " 3\nabc"); n != want {
			t.Errorf("%q: %d blobs, want %d", text, n, want)
		}
	}
}
