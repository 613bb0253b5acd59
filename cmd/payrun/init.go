package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"payrun/examples"
)

// starter is what init writes. YYYY-MM stands for the month of today.
//
//go:embed starter.hcl
var starter string

func initCommand() command {
	return command{
		name: "init", summary: "writes a first configuration into an empty directory",
		about: "Writes payouts.hcl, a commented configuration that can be planned and paid at once on\n" +
			"the sandbox: no real money moves. Adds to .gitignore what must not be committed; the\n" +
			"state and its journal are committed, as they are the memory of what was paid.\n" +
			"Nothing that exists is ever overwritten.\n\nExamples to copy instead: " + strings.Join(examples.Names(), ", "),
		flags: []cli.Flag{text("from", "EXAMPLE", "copy the example `EXAMPLE` instead")},
		run:   (*program).initialize,
	}
}

// ignored is what git must not keep. The state and the journal are missing on
// purpose.
func ignored() []string { return []string{".payrun/", "*.lock", "*.plan", "*.plan.approvals"} }

func (p *program) initialize(c *cli.Command) error {
	files, err := initial(c.String("from"), time.Now())
	if err != nil {
		return err
	}
	if err := p.refuseOverwriting(files); err != nil {
		return err
	}
	missing, err := p.missingIgnores(files)
	if err != nil {
		return fail(exitError, fmt.Errorf("read .gitignore: %w", err), "nothing was written")
	}
	if err := p.writeNew(files); err != nil {
		return err
	}
	if err := p.addIgnores(missing); err != nil {
		return fail(exitError, fmt.Errorf("write .gitignore: %w", err), "add these lines yourself: "+strings.Join(missing, "  "))
	}
	return p.initialized(files, missing)
}

// initial are the files that init writes.
func initial(example string, now time.Time) ([]examples.File, error) {
	if example == "" {
		text := strings.ReplaceAll(starter, "YYYY-MM", now.Format("2006-01"))
		return []examples.File{{Path: "payouts.hcl", Text: []byte(text)}}, nil
	}
	files, ok := examples.Files(example)
	if ok {
		return files, nil
	}
	if near := nearest(example, examples.Names()); near != "" {
		return nil, usage("-from=%s: there is no such example; did you mean %q?", example, near)
	}
	return nil, usage("-from=%s: there is no such example; there are: %s", example, strings.Join(examples.Names(), ", "))
}

// refuseOverwriting looks for everything that would be in the way, before
// anything is written.
func (p *program) refuseOverwriting(files []examples.File) error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return fail(exitError, fmt.Errorf("read the directory: %w", err))
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json") {
			return fail(exitError, fmt.Errorf("write a configuration: there is one already, %s", name),
				"nothing was written; choose an empty directory: mkdir payouts && payrun -chdir=payouts init",
				".gitignore should hold: "+strings.Join(ignored(), "  "))
		}
	}
	for _, f := range files {
		if _, err := os.Lstat(p.path(f.Path)); err == nil {
			return fail(exitError, fmt.Errorf("write %s: it exists already", f.Path), "nothing was written; choose an empty directory")
		}
	}
	return nil
}

// writeNew writes files that do not exist. After an error it takes back what
// it wrote.
func (p *program) writeNew(files []examples.File) error {
	var written []string
	for _, f := range files {
		path := p.path(filepath.FromSlash(f.Path))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = writeExclusive(path, f.Text)
		}
		if err != nil {
			for _, name := range written {
				err = errors.Join(err, os.Remove(name))
			}
			return fail(exitError, fmt.Errorf("write a configuration: %w", err))
		}
		written = append(written, path)
	}
	return nil
}

func writeExclusive(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// missingIgnores are the lines that .gitignore does not have yet, nor will have
// with the files to be written.
func (p *program) missingIgnores(files []examples.File) ([]string, error) {
	text, err := os.ReadFile(p.path(".gitignore"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, f := range files {
		if f.Path == ".gitignore" {
			text = append(text, f.Text...)
		}
	}
	var have, missing []string
	for line := range strings.Lines(string(text)) {
		have = append(have, strings.TrimSpace(line))
	}
	for _, line := range ignored() {
		if !slices.Contains(have, line) {
			missing = append(missing, line)
		}
	}
	return missing, nil
}

// addIgnores appends lines to .gitignore and leaves what is there alone.
func (p *program) addIgnores(missing []string) error {
	if len(missing) == 0 {
		return nil
	}
	path := p.path(".gitignore")
	text := strings.Join(missing, "\n") + "\n"
	if before, err := os.ReadFile(path); err == nil && len(before) > 0 && before[len(before)-1] != '\n' {
		text = "\n" + text
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func (p *program) initialized(files []examples.File, ignores []string) error {
	var names []string
	for _, f := range files {
		names = append(names, f.Path)
	}
	if p.json {
		p.printJSON(map[string]any{"type": "initialized", "files": names, "gitignore": append([]string{}, ignores...)})
		return nil
	}
	if len(ignores) > 0 {
		names = append(names, ".gitignore ("+strings.Join(ignores, "  ")+")")
	}
	_, err := fmt.Fprintf(p.stdout, "Written: %s\n\nNext:\n"+
		"  payrun plan     what would be paid; asks nobody and changes nothing\n"+
		"  payrun apply    pays on the built-in sandbox, where no real money moves\n", strings.Join(names, ", "))
	return err
}
