package main

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"payrun/hclconfig"
)

// commit is one commit of the history and what it changed, compared with any of
// its parents.
type commit struct {
	name    string
	parents []string
	touched []string
	renamed map[string]string // new path → old path
	unclear bool              // a path cannot be compared
}

// history lists the commits that count. One process tells it for all.
func (v *provenance) history() ([]*commit, error) {
	prefix, err := v.ask("rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	v.folder = path.Clean(strings.TrimSuffix(prefix, "\n"))
	v.paths = make(map[string]bool)
	for _, in := range v.inputs {
		v.paths[path.Join(v.folder, in.Path)] = true
	}
	text, err := v.ask("log", "-m", "-M", "-l0", "--name-status", "--no-relative", "--format=%x01%H %P", v.span())
	if err != nil {
		return nil, err
	}
	var out []*commit
	for block := range strings.SplitSeq(text, "\x01") {
		head, changes, _ := strings.Cut(block, "\n")
		names := strings.Fields(head)
		if len(names) == 0 {
			continue
		}
		if len(out) == 0 || out[len(out)-1].name != names[0] {
			out = append(out, &commit{name: names[0], parents: names[1:], renamed: make(map[string]string)})
		}
		for line := range strings.Lines(changes) {
			out[len(out)-1].add(strings.TrimSuffix(line, "\n"))
		}
	}
	return out, nil
}

// add reads a line such as "M TAB PATH" or "R087 TAB OLD TAB NEW".
func (c *commit) add(line string) {
	fields := strings.Split(line, "\t")
	if len(fields) < 2 {
		return
	}
	c.touched = append(c.touched, fields[1:]...)
	c.unclear = c.unclear || strings.Contains(line, `"`) // git quotes what it cannot print
	if len(fields) == 3 {
		c.renamed[fields[2]] = fields[1]
	}
}

// follow adds the names that inputs had before: who wrote a file that somebody
// else renamed has written it all the same.
func (v *provenance) follow(commits []*commit) {
	for more := true; more; {
		more = false
		for _, c := range commits {
			for now, before := range c.renamed {
				if v.isInput(now) && !v.isInput(before) {
					v.paths[before], more = true, true
				}
			}
		}
	}
}

// files are the blobs of a commit's inputs by path.
type files map[string]string

// files lists the inputs of a commit.
func (v *provenance) files(commit string) (files, error) {
	out := make(files)
	folder := []string{v.folder + "/"}
	if v.folder == "." {
		folder = nil // the top is listed where nothing is named
	}
	for _, wanted := range [][]string{folder, slices.Sorted(maps.Keys(v.paths))} {
		text, err := v.ask(append([]string{"ls-tree", "-z", "--full-tree", commit, "--"}, wanted...)...)
		if err != nil {
			return nil, err
		}
		for entry := range strings.SplitSeq(text, "\x00") {
			// MODE SP TYPE SP BLOB TAB PATH
			about, name, ok := strings.Cut(entry, "\t")
			if ok && v.isInput(name) {
				out[name] = about
			}
		}
	}
	return out, nil
}

// wrote says whether a commit is the work of its author as far as the inputs go.
// A merge that takes over what only one side changed is not: whoever merges an
// approved branch has written nothing.
func (v *provenance) wrote(c *commit) (bool, error) {
	if !c.unclear && !slices.ContainsFunc(c.touched, v.isInput) {
		return false, nil
	}
	if len(c.parents) < 2 {
		return true, nil
	}
	text, err := v.ask(append([]string{"merge-base", "--all"}, c.parents...)...)
	bases := strings.Fields(text)
	if err != nil || len(bases) != 1 || len(c.parents) > 2 {
		return true, nil // nothing says what the merge only took over
	}
	var sides [4]files
	for i, name := range []string{c.name, bases[0], c.parents[0], c.parents[1]} {
		if sides[i], err = v.files(name); err != nil {
			return false, err
		}
	}
	return !tookOver(sides[0], sides[1], sides[2], sides[3]), nil
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
