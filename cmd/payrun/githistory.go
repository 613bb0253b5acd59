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

	"payrun/planner/payout"
	"payrun/statefile"
)

// Bounds of how far back the history of the state is looked through: every plan
// pays for it.
const (
	maxHistory      = 200
	maxHistoryBytes = 64 << 20
)

// historyOf are the payments of the newest state that git's history holds, where
// it is newer than the one on disk or where there is none: the state was put
// back, taken away or lost. It has the lineage of the one on disk; without one,
// that of the newest version that was not archived. Without a repository or
// without git there are none.
func (p *program) historyOf(statePath string, snap *statefile.Snapshot) []*payout.Intent {
	if filepath.IsAbs(statePath) {
		return nil
	}
	best, lineage, serial := "", "", snap.Serial
	if snap.Exists { // a new state has a lineage of its own as soon as it is open
		lineage = snap.Lineage
	}
	archived := p.archivedLineages(statePath)
	for _, blob := range p.stateBlobs(statePath) {
		head, err := p.blobHead(blob)
		if err != nil {
			continue
		}
		known, n := headOf(head)
		if !snap.Exists && lineage == "" && !archived[known] {
			lineage = known // newest first
		}
		if known != "" && known == lineage && n > serial {
			best, serial = blob, n
		}
	}
	if best == "" {
		return nil
	}
	text, err := p.git("cat-file", "blob", best)
	if err != nil {
		return nil
	}
	newer, err := statefile.Parse("git:"+best, text)
	if err != nil {
		return nil // what git holds there was never a state of ours
	}
	return statefile.Sent(newer.Ledger)
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
		if lineage, _ := headOf(head[:n]); lineage != "" {
			out[lineage] = true
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
	log, err := p.git("log", "--all", "--format=", "--raw", "--no-abbrev", "-n", strconv.Itoa(maxHistory), "--", filepath.ToSlash(statePath))
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
)

// headOf reads lineage and serial from the beginning of a state; empty where
// it is none.
func headOf(head []byte) (lineage string, serial int64) {
	l, s := lineageMember.FindSubmatch(head), serialMember.FindSubmatch(head)
	if l == nil || s == nil || !bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) {
		return "", 0
	}
	n, err := strconv.ParseInt(string(s[1]), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("read %s: 15 digits always fit", s[1]))
	}
	return string(l[1]), n
}
