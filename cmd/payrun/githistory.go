package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"payrun/statefile"
)

// Bounds of how far back the history of the state is looked through: every plan
// pays for it.
const (
	maxHistory      = 200
	maxHistoryBytes = 64 << 20
)

// historyOf are the payments of states in git's history that may know more than
// the one on disk: versions with a serial that is no lower than that of a later
// one, for there the state was put back, merged away, taken away or lost. They
// have the lineage of the state on disk; without one, that of the newest version
// that was not archived. Without a repository or without git there are none.
func (p *program) historyOf(statePath string, snap *statefile.Snapshot) []statefile.Remembered {
	if filepath.IsAbs(statePath) {
		return nil
	}
	var out []statefile.Remembered
	for _, blob := range p.fallbacks(statePath, snap) {
		text, err := p.git("cat-file", "blob", blob)
		if err != nil {
			continue
		}
		version, err := statefile.Parse("git:"+blob, text)
		if err != nil {
			continue // what git holds there was never a state of ours
		}
		out = append(out, statefile.Sent(version.Ledger)...)
	}
	return out
}

// maxFallbacks bounds how many versions are read whole.
const maxFallbacks = 8

// fallbacks are the versions that history went back behind, newest first.
func (p *program) fallbacks(statePath string, snap *statefile.Snapshot) []string {
	lineage, low, digest := "", int64(-1), ""
	if snap.Exists { // a new state has a lineage of its own as soon as it is open
		lineage, low, digest = snap.Lineage, snap.Serial, snap.Digest
	}
	archived := p.archivedLineages(statePath)
	var out []string
	for _, blob := range p.stateBlobs(statePath) {
		head, err := p.blobHead(blob)
		if err != nil {
			continue
		}
		v := headOf(head)
		if !snap.Exists && lineage == "" && !archived[v.lineage] {
			lineage = v.lineage // newest first
		}
		if v.lineage == "" || v.lineage != lineage {
			continue
		}
		if v.serial >= low && v.digest != digest {
			if out = append(out, blob); len(out) == maxFallbacks {
				break
			}
		}
		if v.serial < low || low < 0 {
			low, digest = v.serial, v.digest
		}
	}
	return out
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
		head := make([]byte, headBytes)
		n, _ := io.ReadFull(f, head) // a short file is read to its end
		f.Close()
		if v := headOf(head[:n]); v.lineage != "" {
			out[v.lineage] = true
		}
	}
	return out
}

// globQuote takes a path for what it says.
func globQuote(path string) string {
	return strings.NewReplacer("[", "\\[", "*", "\\*", "?", "\\?", "\\", "\\\\").Replace(path)
}

// stateBlobs are the versions of the state in the history of all branches,
// newest first, as far back as the bounds allow.
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
	return p.withinBounds(blobs)
}

// withinBounds keeps as many blobs as may be read.
func (p *program) withinBounds(blobs []string) []string {
	if len(blobs) == 0 {
		return nil
	}
	sizes, err := p.gitInput([]byte(strings.Join(blobs, "\n")+"\n"), "cat-file", "--batch-check=%(objecttype) %(objectsize)")
	if err != nil {
		return nil
	}
	total, n := int64(0), 0
	for line := range strings.Lines(string(sizes)) {
		kind, size, _ := strings.Cut(strings.TrimSpace(line), " ")
		bytes, err := strconv.ParseInt(size, 10, 64)
		if kind != "blob" || err != nil {
			bytes = 0 // a shallow clone need not have it
		}
		if total += bytes; total > maxHistoryBytes || n == len(blobs) {
			break
		}
		n++
	}
	return blobs[:n]
}

// headBytes is more than the members of a state before its payouts that
// headOf looks for.
const headBytes = 4096

func (p *program) blobHead(blob string) ([]byte, error) {
	text, err := p.git("cat-file", "blob", blob)
	return text[:min(len(text), headBytes)], err
}

var (
	lineageMember = regexp.MustCompile(`"lineage":\s*"([0-9a-f-]{1,64})"`)
	serialMember  = regexp.MustCompile(`"serial":\s*([0-9]{1,15})\b`)
	digestMember  = regexp.MustCompile(`"digest":\s*"(sha256:[0-9a-f]{64})"`)
)

// head is what the beginning of a state says of it.
type head struct {
	lineage string // empty where it is no state
	serial  int64
	digest  string
}

func headOf(text []byte) head {
	l, s, d := lineageMember.FindSubmatch(text), serialMember.FindSubmatch(text), digestMember.FindSubmatch(text)
	if l == nil || s == nil || d == nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return head{}
	}
	n, err := strconv.ParseInt(string(s[1]), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("read %s: 15 digits always fit", s[1]))
	}
	return head{lineage: string(l[1]), serial: n, digest: string(d[1])}
}
