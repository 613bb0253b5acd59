package examples

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// generated says whether payrun itself wrote a file.
func generated(name string) bool {
	base := filepath.Base(name)
	return strings.Contains(base, ".state.json") || strings.HasPrefix(base, "report.") || strings.HasSuffix(base, ".plan") ||
		strings.HasSuffix(base, ".lock") || strings.HasSuffix(base, ".approvals") || base == "ledger.jsonl"
}

func TestExamplesAreWhole(t *testing.T) {
	if len(Names()) < 2 {
		t.Fatalf("examples: %v", Names())
	}
	for _, name := range Names() {
		have, ok := Files(name)
		if !ok {
			t.Errorf("%s has no files", name)
		}
		var paths []string
		for _, f := range have {
			paths = append(paths, f.Path)
			text, err := os.ReadFile(filepath.Join(name, filepath.FromSlash(f.Path)))
			if err != nil || !bytes.Equal(text, f.Text) {
				t.Errorf("%s/%s differs from the folder: %v", name, f.Path, err)
			}
			if generated(f.Path) {
				t.Errorf("%s/%s is no part of an example", name, f.Path)
			}
		}
		err := fs.WalkDir(os.DirFS(name), ".", func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !generated(path) && !slices.Contains(paths, path) {
				t.Errorf("%s/%s is not embedded: add its kind to the patterns", name, path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestNoSuchExample(t *testing.T) {
	for _, name := range []string{"nosuch", "", ".", "..", "first-payout/..", "first-payout/payouts.hcl", "doc.go"} {
		if files, ok := Files(name); ok {
			t.Errorf("%q: %v", name, files)
		}
	}
}
