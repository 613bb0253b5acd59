package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"

	"payrun/hclconfig"
)

// provenance asks git who made the files that a plan was made from.
type provenance struct {
	*program
	inputs []hclconfig.Input
	base   string // commit of the last apply; empty = none

	folder string          // of the configuration, from the top of the repository; "." = the top
	paths  map[string]bool // of the inputs, from the top, with the names that they had before
}

// commitName is what the state may say a commit is called.
var commitName = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// ask runs git and gives its own words where it fails. Replaced objects would
// show another history than the one that people fetch.
func (v *provenance) ask(args ...string) (string, error) {
	cmd := exec.CommandContext(v.admit, "git", append([]string{"--no-replace-objects", "--literal-pathspecs", "-c", "core.quotePath=false", "-c", "log.showSignature=false", "-c", "log.showRoot=true"}, args...)...)
	cmd.Dir = v.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		if said == "" {
			said = plain(err).Error()
		}
		return "", fmt.Errorf("git %s: %s", args[0], said)
	}
	return stdout.String(), nil
}

// check refuses a repository that cannot say who wrote the inputs: one that was
// cut, one without the commit of the last apply, inputs that are not committed
// exactly as they are.
func (v *provenance) check() error {
	shallow, err := v.ask("rev-parse", "--is-shallow-repository")
	switch {
	case err != nil:
		return fmt.Errorf("ask who wrote the files: %w", err)
	case strings.TrimSpace(shallow) != "false":
		return errors.New("ask who wrote the files: the history here is cut short; fetch the whole of it (git fetch --unshallow)")
	}
	if v.base != "" {
		if err := v.reachable(); err != nil {
			return err
		}
	}
	for _, in := range v.inputs {
		if err := v.committed(in); err != nil {
			return err
		}
	}
	return nil
}

// reachable says whether the commit of the last apply is in the history here.
func (v *provenance) reachable() error {
	if !commitName.MatchString(v.base) {
		return fmt.Errorf("ask who wrote the files: the state names no commit of the last apply, %q", v.base)
	}
	if _, err := v.ask("merge-base", "--is-ancestor", v.base, "HEAD"); err != nil {
		return fmt.Errorf("ask who wrote the files: the commit of the last apply, %s, is not in the history of HEAD", v.base)
	}
	return nil
}

// committed compares the bytes that were read with those of HEAD. What git says
// of the working tree is not asked: it can be told to look away.
func (v *provenance) committed(in hclconfig.Input) error {
	text, err := v.ask("cat-file", "blob", revision("HEAD", in.Path))
	if err != nil {
		return fmt.Errorf("ask who wrote the files: %s is not committed: nobody can say who wrote it", in.Path)
	}
	sum := sha256.Sum256([]byte(text))
	if hex.EncodeToString(sum[:]) != in.SHA256 {
		return fmt.Errorf("ask who wrote the files: %s differs from what is committed", in.Path)
	}
	return nil
}

// revision names a file of a commit, relative to the directory.
func revision(commit, name string) string {
	if strings.HasPrefix(name, "../") {
		return commit + ":" + name
	}
	return commit + ":./" + name
}

// span is the history that counts.
func (v *provenance) span() string {
	if v.base == "" {
		return "HEAD"
	}
	return v.base + "..HEAD"
}

// person is the format of the names and addresses of a commit.
const person = "--format=%an%x00%ae%x00%cn%x00%ce"

// writers are the names and addresses of authors and committers of every commit
// that touched an input, under this name or an earlier one, or a configuration
// file that is gone.
func (v *provenance) writers() ([]string, error) {
	commits, err := v.history()
	if err != nil {
		return nil, err
	}
	v.follow(commits)
	seen := make(map[string]bool)
	for _, c := range commits {
		wrote, err := v.wrote(c)
		if err != nil {
			return nil, err
		}
		if !wrote {
			continue
		}
		text, err := v.ask("show", "-s", person, c.name)
		if err != nil {
			return nil, err
		}
		for _, who := range strings.Split(strings.TrimRight(text, "\n"), "\x00") {
			if who = strings.TrimSpace(who); who != "" {
				seen[who] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// isInput says whether a path of a commit, from the top of the repository,
// counts: what the plan was made from, and what would be read if it were there.
func (v *provenance) isInput(name string) bool {
	return v.paths[name] || path.Dir(name) == v.folder && isHCL(name)
}

// isHCL says whether a name is one of a configuration file, or nearly.
func isHCL(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}
