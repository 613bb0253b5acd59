package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"payrun/planner"
	"payrun/statefile"
)

// Bounds of how far back the history of the state is looked through: every plan
// pays for it.
const (
	maxHistory      = 200
	maxHistoryBytes = 64 << 20
)

// maxFallbacks bounds how many versions are read whole.
const maxFallbacks = 8

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

// historyOf are the payments of states in git's history that may know more than
// the one on disk: versions with a serial that is no lower than that of a later
// one, for there the state was put back, merged away, taken away or lost. They
// have the lineage of the state on disk; without one, that of the newest version
// that was not archived. Without a repository or without git there are none.
func (p *program) historyOf(statePath string, snap *statefile.Snapshot) []statefile.Remembered {
	if filepath.IsAbs(statePath) {
		return nil
	}
	w := walk{archived: p.archivedLineages(statePath), later: gitState{Serial: -1}}
	if snap.Exists { // a new state has a lineage of its own as soon as it is open
		w.later = gitState{Lineage: snap.Lineage, Serial: snap.Serial, Digest: snap.Digest}
	}
	var out []statefile.Remembered
	bytesLeft, left := int64(maxHistoryBytes), maxFallbacks
	for name, blob := range p.blobs(p.stateBlobs(statePath)) {
		if bytesLeft -= blob.N; bytesLeft < 0 || left == 0 {
			break
		}
		text, err := io.ReadAll(blob)
		if err != nil || !w.wentBack(readGitState(bytes.NewReader(text))) {
			continue
		}
		left--
		if known, err := statefile.Parse("git:"+name, text); err == nil { // else it was never a state of ours
			out = append(out, statefile.Sent(known.Ledger)...)
		}
	}
	return out
}

// walk goes through the versions of a state, newest first.
type walk struct {
	later    gitState // of the versions so far, the one with the lowest serial
	archived map[string]bool
}

// wentBack takes the next version, and says whether history went back behind it.
func (w *walk) wentBack(v gitState) bool {
	if w.later.Lineage == "" && !w.archived[v.Lineage] {
		w.later.Lineage = v.Lineage
	}
	if v.Lineage == "" || v.Lineage != w.later.Lineage {
		return false
	}
	back := v.Serial >= w.later.Serial && v.Digest != w.later.Digest
	if v.Serial < w.later.Serial || w.later.Serial < 0 {
		w.later = v
	}
	return back
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

// stateBlobs are the versions of the state in the history of all branches,
// newest first, as far back as maxHistory allows.
func (p *program) stateBlobs(statePath string) []string {
	log, err := p.git("log", "--all", "--full-history", "-m", "--format=", "--raw", "--no-abbrev", "-n", strconv.Itoa(maxHistory), "--", filepath.ToSlash(statePath))
	if err != nil {
		return nil
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
	return blobs
}
