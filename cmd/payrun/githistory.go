package main

import (
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"payrun/hclconfig"
	"payrun/planner"
	"payrun/statefile"
)

// Bounds of how far back the history of the state is looked through: every plan
// pays for it.
const (
	maxHistory      = 200
	maxHistoryBytes = 64 << 20
)

// gitState is what a state in git says of itself.
type gitState struct {
	Lineage   string `json:"lineage"` // empty where it is no state of ours, or one that a merge broke
	Serial    int64  `json:"serial"`
	Digest    string `json:"digest"`
	Merchants []struct {
		Environment string `json:"environment"`
	} `json:"merchants"`
}

func readGitState(text io.Reader) gitState {
	var v gitState
	if json.UnmarshalRead(text, &v) != nil {
		return gitState{}
	}
	return v
}

func (v gitState) allSandbox() bool {
	for _, m := range v.Merchants {
		if m.Environment != string(planner.Sandbox) {
			return false
		}
	}
	return true
}

// historyOf are the attempts in git's history that the state on disk may not
// know: of states that were put back, merged away, taken away or lost, and of
// journals, which hold what a killed run sent. They have the lineage of the
// state on disk; without one, that of the newest version that was not archived.
// Without a repository or without git there are none.
func (p *program) historyOf(cfg *hclconfig.Config, snap *statefile.Snapshot) []statefile.Remembered {
	statePath := cfg.StatePath
	if _, ok := p.inTree(statePath); !ok {
		return nil
	}
	state := p.inGit(statePath)
	w := walk{snap: snap, real: !allSandbox(cfg), archived: p.archivedLineages(statePath), merged: make(map[string]bool), later: gitState{Serial: -1}}
	if snap.Exists { // a new state has a lineage of its own as soon as it is open
		w.later = gitState{Lineage: snap.Lineage, Serial: snap.Serial, Digest: snap.Digest}
	}
	sides, _ := p.versions("--simplify-merges", "--merges", "-m", "--", state) // guardTips says where git does not serve
	for _, name := range sides {
		w.merged[name] = true
	}
	states, _ := p.versions("--full-history", "-m", "--", state)
	journals, _ := p.versions("--full-history", "-m", "--", journalsOf(state))
	var out []statefile.Remembered
	bytesLeft := int64(maxHistoryBytes)
	for name, blob := range p.blobs(states) {
		if bytesLeft -= blob.N; bytesLeft < 0 {
			break
		}
		text, err := io.ReadAll(blob)
		if err != nil || !w.leftBehind(name, readGitState(bytes.NewReader(text))) {
			continue
		}
		if known, err := statefile.Parse("git:"+name, text); err == nil { // else it was never a state of ours
			out = append(out, statefile.Sent(known.Ledger)...)
		}
	}
	for _, blob := range p.blobs(journals) {
		if bytesLeft -= blob.N; bytesLeft < 0 {
			break
		}
		text, err := io.ReadAll(blob)
		if err != nil {
			continue
		}
		if lineage, sent := statefile.SentInJournal(text); lineage == w.later.Lineage {
			out = append(out, sent...)
		}
	}
	return out
}

// journalsOf is what git calls the journals of a state.
func journalsOf(path string) string { return ":(glob)" + globQuote(path) + ".journal.*" }

// inTree is a path from the top of the repository; false where it is not in it.
func (p *program) inTree(file string) (string, bool) {
	prefix, err := p.git("rev-parse", "--show-prefix")
	whole := path.Join(strings.TrimSpace(string(prefix)), p.inGit(file))
	return whole, err == nil && whole != ".." && !strings.HasPrefix(whole, "../") && !path.IsAbs(whole)
}

// inGit is a path as git takes it from the configuration's folder.
func (p *program) inGit(file string) string {
	if dir, err := filepath.Abs(p.dir); err == nil && filepath.IsAbs(file) {
		if rel, err := filepath.Rel(dir, file); err == nil {
			file = rel
		}
	}
	return filepath.ToSlash(file)
}

// walk goes through the versions of a state, newest first.
type walk struct {
	snap     *statefile.Snapshot
	real     bool     // the files pay real money: a rehearsal on the sandbox is none of their business
	later    gitState // of the versions so far, the one with the lowest serial
	archived map[string]bool
	merged   map[string]bool // versions on the sides of a merge of two states
}

// leftBehind takes the next version, and says whether later ones may not know
// what it knows: history went back behind it, or it is one side of a merge. Two
// clones that began a state each have two lineages, until a merge.
func (w *walk) leftBehind(name string, v gitState) bool {
	if w.real && len(v.Merchants) > 0 && v.allSandbox() {
		return false
	}
	if w.later.Lineage == "" && !w.archived[v.Lineage] {
		w.later.Lineage = v.Lineage
	}
	side := w.merged[name] && v.Lineage != "" && v.Digest != w.snap.Digest &&
		!w.archived[v.Lineage] && !slices.Contains(w.snap.ArchivedLineages, v.Lineage)
	if v.Lineage == "" || v.Lineage != w.later.Lineage {
		return side
	}
	back := v.Serial >= w.later.Serial && v.Digest != w.later.Digest
	if v.Serial < w.later.Serial || w.later.Serial < 0 {
		w.later = v
	}
	return back || side
}

// archivedLineages are those of the states that were moved away on purpose.
func (p *program) archivedLineages(statePath string) map[string]bool {
	out := make(map[string]bool)
	paths, err := filepath.Glob(globQuote(p.path(statePath)) + ".archived-*")
	if err != nil {
		return out
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if v := readGitState(f); v.Lineage != "" {
			out[v.Lineage] = true
		}
		f.Close()
	}
	return out
}

// globQuote takes a path for what it says.
func globQuote(path string) string {
	return strings.NewReplacer("[", "\\[", "*", "\\*", "?", "\\?", "\\", "\\\\").Replace(path)
}

// versions are the objects of a file in the history of all branches, newest
// first, as far back as maxHistory allows. The arguments say of which commits
// and files.
func (p *program) versions(args ...string) ([]string, error) {
	log, err := p.git(append([]string{"log", "--all", "--format=", "--raw", "--no-abbrev", "-n", strconv.Itoa(maxHistory)}, args...)...)
	if err != nil {
		return nil, err
	}
	var blobs []string
	seen := make(map[string]bool)
	for line := range strings.Lines(string(log)) {
		fields := strings.Fields(line)
		if len(fields) < 5 || !strings.HasPrefix(line, ":") {
			continue
		}
		for _, blob := range fields[2:4] {
			if !seen[blob] && strings.Trim(blob, "0") != "" {
				seen[blob] = true
				blobs = append(blobs, blob)
			}
		}
	}
	return blobs, nil
}
