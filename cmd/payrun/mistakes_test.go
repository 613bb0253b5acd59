package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/encoding/charmap"
)

// TestMistakes shows what people who keep payrolls do wrong, and all that the
// program says about it. A fixture holds the files and the message (want). The
// files under before/ are paid first. A commands part holds command lines in
// place of "plan", and "windows-1251 FILE" before them.
func TestMistakes(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "hclconfig", "testdata", "mistakes", "*.txtar"))
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d mistakes, %v", len(paths), err)
	}
	for i, path := range paths {
		if testing.Short() && i%10 != 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m := &mistake{t: t, dir: t.TempDir(), archive: archive}
			m.check(path, m.run())
		})
	}
}

type mistake struct {
	t       *testing.T
	dir     string
	archive *txtar.Archive
}

func (m *mistake) part(name string) string {
	for _, f := range m.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func (m *mistake) run() string {
	m.t.Helper()
	if m.write("before/") > 0 {
		if out := m.command("apply -auto-approve"); !strings.Contains(out, "Safe to run again: yes") {
			m.t.Fatal(out)
		}
	}
	m.write("")
	lines := strings.Split(strings.TrimSpace(m.part("commands")), "\n")
	if name, ok := strings.CutPrefix(lines[0], "windows-1251 "); ok {
		m.recode(name)
		lines = lines[1:]
	}
	if len(lines) == 0 || lines[0] == "" {
		lines = []string{"plan"}
	}
	out := ""
	for _, line := range lines {
		out = m.command(line)
	}
	return out
}

// write writes the files that stand under a folder of the archive.
func (m *mistake) write(folder string) int {
	n := 0
	for _, f := range m.archive.Files {
		name, ok := strings.CutPrefix(f.Name, folder)
		if !ok || name == "want" || name == "commands" || strings.HasPrefix(name, "before/") {
			continue
		}
		n++
		data := []byte(strings.NewReplacer(`\BOM`, "\xef\xbb\xbf", `\NBSP`, "\u00a0").Replace(string(f.Data)))
		if strings.HasSuffix(name, ".xlsx") {
			var err error
			if data, err = makeSheet(string(data)); err != nil {
				m.t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(m.dir, name), data, 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
	return n
}

func (m *mistake) recode(name string) {
	path := filepath.Join(m.dir, name)
	text, err := os.ReadFile(path)
	if err == nil {
		text, err = charmap.Windows1251.NewEncoder().Bytes(text)
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *mistake) command(line string) string {
	var out bytes.Buffer
	p := newProgram(strings.NewReader(""), &out, &out, []string{"NO_COLOR=1"})
	code := p.run(append([]string{"payrun", "-chdir=" + m.dir}, strings.Fields(line)...))
	return fmt.Sprintf("%s(exit code %d)\n", out.String(), code)
}

// changing is what differs from run to run.
var changing = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

func (m *mistake) check(path, got string) {
	got = changing.ReplaceAllString(strings.ReplaceAll(got, m.dir, "DIR"), "sha256:…")
	for _, secret := range []string{"ef741cfc-f85e-41a0", "4242424242424242", "KZ86125KZT5004100100", "s3cretKeyCanary"} {
		if strings.Contains(got, secret) {
			m.t.Errorf("%s is shown:\n%s", secret, got)
		}
	}
	if os.Getenv("UPDATE") == "1" {
		kept := m.archive.Files[:0:0]
		for _, f := range m.archive.Files {
			if f.Name != "want" {
				kept = append(kept, f)
			}
		}
		m.archive.Files = append(kept, txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(path, txtar.Format(m.archive), 0o644); err != nil {
			m.t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(m.part("want"), got); diff != "" {
		m.t.Errorf("(-want +got)\n%s", diff)
	}
}
