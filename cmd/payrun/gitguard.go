package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"payrun/hclconfig"
	"payrun/planner"
	"payrun/statefile"
)

// newerStates lists the branches that hold a newer state than the one on disk,
// or another one. Without a repository or without git there is nothing to
// check.
func (p *program) newerStates(statePath string, snap *statefile.Snapshot) []string {
	file, ok := p.inTree(statePath)
	if !ok {
		return nil
	}
	refs, err := p.git("for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads", "refs/remotes")
	if err != nil {
		return nil
	}
	var tips []string
	branch := make(map[string]string) // by tip, the first one
	for line := range strings.Lines(string(refs)) {
		commit, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if tip := commit + ":" + file; ok && branch[tip] == "" {
			tips, branch[tip] = append(tips, tip), name
		}
	}
	var out []string
	for tip, text := range p.blobs(tips) {
		if why := compareTip(text, snap); why != "" {
			out = append(out, branch[tip]+" "+why)
		}
	}
	return out
}

// compareTip says what a branch's state knows that ours does not, or "".
func compareTip(text io.Reader, snap *statefile.Snapshot) string {
	t := readGitState(text)
	if t.Lineage == "" {
		return ""
	}
	switch {
	case t.Lineage == snap.Lineage && t.Serial > snap.Serial:
		return fmt.Sprintf("has a later version of the state (serial %d, here %d)", t.Serial, snap.Serial)
	case t.Lineage == snap.Lineage && t.Serial == snap.Serial && t.Digest != snap.Digest && !t.allSandbox():
		return fmt.Sprintf("has another state of the same version (serial %d)", t.Serial)
	case t.Lineage == snap.Lineage, t.allSandbox(), slices.Contains(snap.ArchivedLineages, t.Lineage):
		return ""
	}
	return "has a state that began apart from this one (lineage " + t.Lineage + ")"
}

// unguarded says what nothing guards where the state is in a repository that
// has a remote: two clones that pay at the same moment share no lock, and each
// look-up may come before the other's send.
func (p *program) unguarded(statePath string, plan *planner.Plan) string {
	real := func(c *planner.Change) bool { return c.Batch.Merchant.Environment != planner.Sandbox }
	if !slices.ContainsFunc(plan.Sending(), real) {
		return ""
	}
	if remotes, err := p.git("remote"); err != nil || len(bytes.TrimSpace(remotes)) == 0 {
		return ""
	}
	if _, err := p.git("ls-files", "--error-unmatch", "--", p.inGit(statePath)); err != nil {
		return ""
	}
	return "the lock holds in this folder alone, and this repository has a remote: apply in one clone only, " +
		"or give apply -publish=CMD, which commits and pushes the state before anything is sent"
}

// guardTips refuses to pay from a state that git knows to be behind.
func (a *application) guardTips() error {
	if trouble := a.gitTrouble(a.cfg.StatePath); trouble != "" {
		if !a.allSandbox() {
			return fail(exitRefused, fmt.Errorf("ask git for newer states: %s", trouble), "nothing was sent; git's history is what shows that a state was put back: let git work here, then apply again")
		}
		a.warn("git's history of the state cannot be read, so that a state that was put back is not noticed: " + trouble)
	}
	newer := a.newerStates(a.cfg.StatePath, a.snap)
	if len(newer) == 0 {
		return nil
	}
	return fail(exitRefused, errors.New("apply: git knows a newer state than "+stateName(a.cfg)+": "+strings.Join(newer, "; ")),
		"nothing was sent; take that state first (git pull, git merge), then plan again")
}

// gitTrouble says why git does not serve in a folder that is a repository, or
// "": a guard that cannot ask must not count as one that found nothing.
func (p *program) gitTrouble(statePath string) string {
	if !p.insideRepository() {
		return ""
	}
	cmd := exec.CommandContext(p.admit, "git", "rev-parse", "--show-prefix")
	cmd.Dir = p.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return ""
	case err == nil:
		return p.historyTrouble(statePath)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	return cmp.Or(strings.TrimPrefix(first, "fatal: "), err.Error())
}

// historyTrouble says why the history of the state cannot be read to its end,
// or "".
func (p *program) historyTrouble(statePath string) string {
	if shallow, err := p.git("rev-parse", "--is-shallow-repository"); err != nil || strings.TrimSpace(string(shallow)) == "true" {
		return "this clone has a part of the history alone (git fetch --unshallow)"
	}
	if _, err := p.git("for-each-ref", "refs/heads", "refs/remotes"); err != nil {
		return "its branches cannot be listed: " + err.Error()
	}
	if _, ok := p.inTree(statePath); !ok {
		return "" // it is kept elsewhere
	}
	for _, file := range []string{p.inGit(statePath), journalsOf(p.inGit(statePath))} {
		names, err := p.versions("--full-history", "-m", "--", file)
		if err != nil {
			return "git log fails: " + err.Error()
		}
		cmd := exec.CommandContext(p.admit, "git", "cat-file", "--batch-check")
		cmd.Dir, cmd.Stdin = p.dir, strings.NewReader(strings.Join(names, "\n")+"\n")
		if out, err := cmd.Output(); err != nil || bytes.Contains(out, []byte(" missing\n")) && len(names) > 0 {
			return "objects of the history are not here (git fetch)"
		}
	}
	return ""
}

// insideRepository looks for .git in the configuration's folder and above it.
func (p *program) insideRepository() bool {
	dir, err := filepath.Abs(p.dir)
	for err == nil {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		break
	}
	return false
}

func (a *application) allSandbox() bool { return allSandbox(a.cfg) }

func allSandbox(cfg *hclconfig.Config) bool {
	for _, m := range cfg.Merchants {
		if m.Environment != planner.Sandbox {
			return false
		}
	}
	return true
}
