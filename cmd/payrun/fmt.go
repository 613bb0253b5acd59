package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/google/renameio/v2"
	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
)

func fmtCommand() command {
	return command{
		name: "fmt", args: "[FILE|DIR ...|-]", max: math.MaxInt, summary: "lays files out the same way everywhere",
		about: "Aligns and indents every *.hcl file of the directory, variable and test files too, and\n" +
			"prints the names of those it changed. Only white space changes: no digit of an amount is\n" +
			"ever touched, and comments stay. JSON files are left alone. With \"-\" it lays standard\n" +
			"input out to standard output.",
		flags: []cli.Flag{
			flag("check", "change nothing; exit with 3 and name the files that are laid out differently"),
			flag("diff", "show what changes; card tokens are masked"),
			flag("recursive", "look into sub-folders, too"),
			&cli.BoolFlag{Name: "write", Value: true, OnlyOnce: true, Usage: "write the files; -write=false only names them"},
		},
		run: (*program).format,
	}
}

// formatting is one run of fmt.
type formatting struct {
	*program
	check, diff, write bool
	changed            []string
	diags              hcl.Diagnostics
	texts              map[string]*hcl.File
}

func (p *program) format(c *cli.Command) error {
	f := &formatting{
		program: p, check: c.Bool("check"), diff: c.Bool("diff"), write: c.Bool("write") && !c.Bool("check"),
		changed: []string{}, texts: make(map[string]*hcl.File),
	}
	args := c.Args().Slice()
	if len(args) == 1 && args[0] == "-" {
		return f.standardInput()
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, arg := range args {
		names, err := f.files(arg, c.Bool("recursive"))
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := f.file(name); err != nil {
				return err
			}
		}
	}
	return f.done()
}

// files lists what an argument means, in name order.
func (f *formatting) files(arg string, recursive bool) ([]string, error) {
	if arg == "-" {
		return nil, usage("\"-\" is standard input and stands alone")
	}
	info, err := os.Stat(f.path(arg))
	switch {
	case err != nil:
		return nil, fail(exitError, fmt.Errorf("lay out %s: %w", arg, plain(err)))
	case !info.IsDir() && strings.HasSuffix(arg, ".json"):
		return nil, usage("lay out %s: JSON files are left alone", arg)
	case !info.IsDir() && !strings.HasSuffix(arg, ".hcl"):
		return nil, usage("lay out %s: only *.hcl files have this layout", arg)
	case !info.IsDir():
		return []string{arg}, nil
	}
	var names []string
	err = filepath.WalkDir(f.path(arg), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != f.path(arg) && (!recursive || strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(d.Name(), ".hcl") && !strings.HasPrefix(d.Name(), "."):
			rel, err := filepath.Rel(f.path(arg), path)
			names = append(names, filepath.Join(arg, rel))
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fail(exitError, fmt.Errorf("lay out %s: %w", arg, err))
	}
	return names, nil
}

// plain is an error without the path that it repeats.
func plain(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// file lays out one file. Mistakes in it are kept for the end: the others are
// laid out all the same.
func (f *formatting) file(name string) error {
	path, err := filepath.EvalSymlinks(f.path(name))
	if err != nil {
		return fail(exitError, fmt.Errorf("lay out %s: %w", name, plain(err)))
	}
	text, err := readBounded(path)
	if err != nil {
		return fail(exitError, fmt.Errorf("lay out %s: %w", name, plain(err)))
	}
	formatted, ok := f.text(name, text)
	if !ok || !formatted.Changed || !f.write {
		return nil
	}
	if err := renameio.WriteFile(path, formatted.Text, 0o644, renameio.WithExistingPermissions()); err != nil {
		return fail(exitError, fmt.Errorf("write %s: %w", name, plain(err)), "the file is as it was")
	}
	return nil
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > hclconfig.MaxFileBytes:
		return nil, fmt.Errorf("it is larger than %d MiB", hclconfig.MaxFileBytes>>20)
	}
	return os.ReadFile(path)
}

// text lays out one text and says what changed.
func (f *formatting) text(name string, text []byte) (hclconfig.Formatted, bool) {
	formatted, sources, diags := hclconfig.Format(name, text)
	if diags.HasErrors() {
		f.diags = append(f.diags, diags...)
		for file, masked := range sources.Files(diags) {
			f.texts[file] = masked
		}
		return formatted, false
	}
	if formatted.Changed {
		f.changed = append(f.changed, filepath.ToSlash(name))
		f.show(name, text, formatted.Text)
	}
	return formatted, true
}

func (f *formatting) show(name string, before, after []byte) {
	if f.json {
		return
	}
	if name != standardInputName || f.check {
		fmt.Fprintln(f.stdout, view.SafeText(name))
	}
	if f.diff {
		old, laidOut := hclconfig.Masked(name, before), hclconfig.Masked(name, after)
		for line := range strings.Lines(udiff.Unified("old/"+name, "new/"+name, string(old), string(laidOut))) {
			fmt.Fprintln(f.stdout, showTabs(strings.TrimRight(line, "\r\n")))
		}
	}
}

// showTabs is SafeText for a line of a file, whose tabs may stay.
func showTabs(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = view.SafeText(parts[i])
	}
	return strings.Join(parts, "\t")
}

const standardInputName = "<stdin>"

// standardInput is a filter: what comes in goes out laid out.
func (f *formatting) standardInput() error {
	text, err := io.ReadAll(io.LimitReader(f.stdin, hclconfig.MaxFileBytes+1))
	if err != nil {
		return fail(exitError, fmt.Errorf("read standard input: %w", err))
	}
	if len(text) > hclconfig.MaxFileBytes {
		return fail(exitError, fmt.Errorf("read standard input: it is larger than %d MiB", hclconfig.MaxFileBytes>>20))
	}
	formatted, ok := f.text(standardInputName, text)
	if ok && !f.check && !f.diff && !f.json {
		if _, err := f.stdout.Write(formatted.Text); err != nil {
			return fail(exitError, err)
		}
	}
	return f.done()
}

// done prints the mistakes and decides on the exit code.
func (f *formatting) done() error {
	switch {
	case f.diags.HasErrors() && f.json:
		if err := view.WriteJSON(f.stdout, view.DiagnosticsJSON(f.diags, f.texts)); err != nil {
			return err
		}
		return exit(exitError)
	case f.diags.HasErrors():
		view.Diagnostics(f.stderr, f.diags, f.texts, f.colors(f.stderr), f.terminal().Width)
		return exit(exitError)
	case f.json:
		f.printJSON(map[string]any{"type": "formatted", "changed": f.changed, "written": f.write})
	}
	if f.check && len(f.changed) > 0 {
		return exit(exitFormat)
	}
	return nil
}
