package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
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
