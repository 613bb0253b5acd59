package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"payrun/hclconfig"
)

// files are the blobs of a commit's inputs by path.
type files map[string]string

// files lists the inputs of a commit.
func (v *provenance) files(commit string) (files, error) {
	args := []string{"ls-tree", "-z", commit, "--", "./"}
	for _, in := range v.inputs {
		args = append(args, in.Path)
	}
	text, err := v.ask(args...)
	if err != nil {
		return nil, err
	}
	out := make(files)
	for entry := range strings.SplitSeq(text, "\x00") {
		// MODE SP TYPE SP BLOB TAB PATH
		about, name, ok := strings.Cut(entry, "\t")
		if ok && v.isInput(name) {
			out[name] = about
		}
	}
	return out, nil
}

// touched says whether a commit is the work of its author as far as the inputs
// go. A merge that takes over what only one side changed is not: whoever merges
// an approved branch has written nothing.
func (v *provenance) touched(commit string, parents []string) (bool, error) {
	result, err := v.files(commit)
	if err != nil {
		return false, err
	}
	var sides []files
	for _, p := range parents {
		side, err := v.files(p)
		if err != nil {
			return false, err
		}
		sides = append(sides, side)
	}
	switch len(sides) {
	case 0:
		return len(result) > 0, nil
	case 1:
		return !maps.Equal(result, sides[0]), nil
	}
	differs := func(side files) bool { return !maps.Equal(result, side) }
	if !slices.ContainsFunc(sides, differs) {
		return false, nil
	}
	text, err := v.ask(append([]string{"merge-base", "--all"}, parents...)...)
	bases := strings.Fields(text)
	if err != nil || len(bases) != 1 || len(sides) > 2 {
		return true, nil // nothing says what the merge only took over
	}
	base, err := v.files(bases[0])
	return !tookOver(result, base, sides[0], sides[1]), err
}

// tookOver says whether each file of a merge is what one side made of it while
// the other left it alone.
func tookOver(result, base, ours, theirs files) bool {
	names := maps.Clone(result)
	for _, more := range []files{base, ours, theirs} {
		maps.Copy(names, more)
	}
	for name := range names {
		r, b, o, t := result[name], base[name], ours[name], theirs[name]
		if !(o == t && r == o || o == b && r == t || t == b && r == o) {
			return false
		}
	}
	return true
}

// policyAt is the approvals block of the directory at a commit, or nil. A
// directory without any configuration there is an error: files that were moved
// would leave their policy behind.
func (v *provenance) policyAt(commit string) (*hclconfig.Approvals, error) {
	text, err := v.ask("ls-tree", "-z", "--name-only", commit, "--", "./")
	if err != nil {
		return nil, err
	}
	found := make(map[string][]byte)
	for name := range strings.SplitSeq(text, "\x00") {
		if !isHCL(name) {
			continue
		}
		text, err := v.ask("cat-file", "blob", revision(commit, name))
		if err != nil {
			return nil, err
		}
		found[name] = []byte(text)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("read the approvals block of the last apply: its commit %s holds no configuration of this directory; put the files back where they were", commit)
	}
	policy, diags := hclconfig.LoadApprovals(found, func(path string) ([]byte, error) {
		text, err := v.ask("cat-file", "blob", revision(commit, path))
		return []byte(text), err
	})
	if diags.HasErrors() {
		return nil, fmt.Errorf("read the approvals block of commit %s: %w", commit, diags)
	}
	return policy, nil
}
