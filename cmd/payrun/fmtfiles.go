package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"payrun/hclconfig"
)

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
	if err := renameio.WriteFile(path, formatted.Text, 0o644, renameio.WithTempDir(filepath.Dir(path)), renameio.WithExistingPermissions()); err != nil {
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
