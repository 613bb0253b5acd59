package hclconfig

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// isConfigFile says whether a name of the directory is a configuration file.
func isConfigFile(name string) bool {
	switch {
	case strings.HasPrefix(name, "."):
		return false
	case strings.HasSuffix(name, ".test.hcl"), strings.HasSuffix(name, ".vars.hcl"):
		return false
	}
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}

// configFiles lists the configuration files of the directory in name order.
func (l *loader) configFiles() []string {
	entries, err := fs.ReadDir(l.root.FS(), ".")
	if err != nil {
		l.fail(msgDirUnreadable, hcl.Range{}, l.opts.Dir, plainError(err))
		return nil
	}
	var names []string
	for _, e := range entries {
		if isConfigFile(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	switch {
	case len(names) == 0:
		l.fail(msgNoFiles, hcl.Range{}, directory(l.opts.Dir))
	case len(names) > MaxFiles:
		l.fail(msgTooManyFiles, hcl.Range{}, len(names), MaxFiles)
		return nil
	}
	return names
}

// readInside reads a file of the configuration's directory tree and records it
// as an input.
func (l *loader) readInside(name string, kind InputKind, limit int64) ([]byte, error) {
	clean := filepath.ToSlash(filepath.Clean(name))
	if filepath.IsAbs(name) {
		return nil, fmt.Errorf("%q is not a path inside the configuration's directory", name)
	}
	text, err := readRegular(l.root.Stat, l.root.Open, clean, limit)
	if err != nil {
		return nil, err
	}
	l.record(clean, kind, text)
	return text, nil
}

// readOutside reads a file that the command line names.
func (l *loader) readOutside(name string, kind InputKind, limit int64) ([]byte, error) {
	text, err := readRegular(os.Stat, os.Open, name, limit)
	if err == nil {
		l.record(l.shown(name), kind, text)
	}
	return text, err
}

// shown is the name of a file relative to the directory, so that a plan is the
// same on every machine.
func (l *loader) shown(name string) string {
	file, err1 := filepath.Abs(name)
	dir, err2 := filepath.Abs(l.opts.Dir)
	if rel, err := filepath.Rel(dir, file); errors.Join(err, err1, err2) == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(name)
}

func (l *loader) record(name string, kind InputKind, text []byte) {
	sum := sha256.Sum256(text)
	in := Input{Path: name, SHA256: hex.EncodeToString(sum[:]), Kind: kind}
	same := func(o Input) bool { return o.Path == in.Path && o.Kind == in.Kind }
	if !slices.ContainsFunc(l.cfg.Inputs, same) {
		l.cfg.Inputs = append(l.cfg.Inputs, in)
	}
}

// readRegular reads a regular file of at most limit bytes. It looks before it
// opens: opening a pipe would wait for ever.
func readRegular(stat func(string) (fs.FileInfo, error), open func(string) (*os.File, error), name string, limit int64) ([]byte, error) {
	info, err := stat(name)
	if err != nil {
		return nil, readError(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	file, err := open(name)
	if err != nil {
		return nil, readError(name, err)
	}
	defer file.Close()
	// With room for the read that meets the end, so that nothing grows.
	text := bytes.NewBuffer(make([]byte, 0, min(max(info.Size(), 0), limit)+bytes.MinRead))
	if _, err := text.ReadFrom(io.LimitReader(file, limit+1)); err != nil {
		return nil, readError(name, err)
	}
	if int64(text.Len()) > limit {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, limit>>20)
	}
	return text.Bytes(), nil
}

// readError says in words of ours why a file cannot be read.
func readError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user", name)
	case strings.Contains(err.Error(), "escapes from parent"):
		// os has no exported error for this.
		return fmt.Errorf("%s leaves the configuration's directory", name)
	}
	return fmt.Errorf("read %s: %s", name, plainError(err))
}

// plainError is an error without the path that it names, which may be a path
// of this machine.
func plainError(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// directory names a directory for people.
func directory(dir string) string {
	if filepath.Clean(dir) == "." {
		return "the current directory"
	}
	return dir
}
