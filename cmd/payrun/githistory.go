package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// historyOf are the attempts in git's history that the state on disk may not
// know: of states that were put back, merged away, taken away or lost, and of
// journals, which hold what a killed run sent. They have the lineage of the
// state on disk; without one, that of the newest version that was not archived.
// Without a repository or without git there are none.
func (p *program) historyOf(statePath string, snap *statefile.Snapshot) []statefile.Remembered {
	if filepath.IsAbs(statePath) {
		return nil
	}
	var out []statefile.Remembered
	lineage, blobs := p.fallbacks(statePath, snap)
	for _, blob := range blobs {
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
	return append(out, p.journalsOf(statePath, lineage)...)
}

// journalsOf are the attempts in the journals of a lineage that git's history
// holds.
func (p *program) journalsOf(statePath, lineage string) []statefile.Remembered {
	var out []statefile.Remembered
	pattern := ":(glob)" + globQuote(filepath.ToSlash(statePath)) + ".journal.*"
	for _, blob := range p.blobs("--all", "--full-history", "-m", "--", pattern) {
		text, err := p.git("cat-file", "blob", blob)
		if err != nil {
			continue
		}
		if of, sent := statefile.SentInJournal(text); of == lineage {
			out = append(out, sent...)
		}
	}
	return out
}

// fallbacks are the versions that history went back behind, newest first: those
// that a merge of two states left out, and those with a serial that is no lower
// than that of a later one.
func (p *program) fallbacks(statePath string, snap *statefile.Snapshot) (lineage string, out []string) {
	low, digest := int64(-1), ""
	if snap.Exists { // a new state has a lineage of its own as soon as it is open
		lineage, low, digest = snap.Lineage, snap.Serial, snap.Digest
	}
	archived := p.archivedLineages(statePath)
	merged := make(map[string]bool)
	for _, blob := range p.blobs("--all", "--simplify-merges", "--merges", "-m", "--", filepath.ToSlash(statePath)) {
		merged[blob] = true
	}
	for _, blob := range p.blobs("--all", "--full-history", "-m", "--", filepath.ToSlash(statePath)) {
		head, err := p.blobHead(blob)
		if err != nil {
			continue
		}
		v := headOf(head)
		if !snap.Exists && lineage == "" && !archived[v.lineage] {
			lineage = v.lineage // newest first
		}
		// Two clones that began a state each have two lineages, until a merge.
		if merged[blob] && v.digest != snap.Digest && v.lineage != "" && !archived[v.lineage] && !slices.Contains(snap.ArchivedLineages, v.lineage) {
			out = append(out, blob)
		}
		if v.lineage == "" || v.lineage != lineage {
			continue
		}
		if v.digest != digest && v.serial >= low && !merged[blob] {
			out = append(out, blob)
		}
		if v.serial < low || low < 0 {
			low, digest = v.serial, v.digest
		}
	}
	return lineage, out
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

// blobs are the versions of files in git's history, newest first, as far back
// as the bounds allow. The arguments say of which commits and files.
func (p *program) blobs(args ...string) []string {
	log, err := p.git(append([]string{"log", "--format=", "--raw", "--no-abbrev", "-n", strconv.Itoa(maxHistory)}, args...)...)
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
