package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// moduleRoot is the folder of the module that the program is called in.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	file := string(bytes.TrimSpace(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("find the module: there is no go.mod here")
	}
	return filepath.Dir(file), nil
}

// sourceFiles lists what a commit of the tree would hold, as it is now.
func sourceFiles(ctx context.Context, root string) ([]string, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the tree: %w", err)
	}
	var files []string
	for _, name := range bytes.Split(out, []byte{0}) {
		if len(name) > 0 {
			files = append(files, string(name))
		}
	}
	return files, nil
}

// copyTree copies files from one root to another. A file that git knows and
// the disk does not is left out.
func copyTree(from, to string, files []string) error {
	for _, name := range files {
		name = filepath.FromSlash(name)
		info, err := os.Lstat(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("copy the tree: %w", err)
		}
		if !info.Mode().IsRegular() {
			continue
		}
		if err := copyFile(filepath.Join(from, name), filepath.Join(to, name), info.Mode().Perm()); err != nil {
			return fmt.Errorf("copy the tree: %w", err)
		}
	}
	return nil
}

func copyFile(from, to string, mode fs.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, mode)
}

// mutate writes changed files into a copy and returns what puts the old ones
// back.
func mutate(root string, changed map[string]string) (undo func() error, err error) {
	before := make(map[string]string)
	undo = func() error { return write(root, before) }
	for file := range changed {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return undo, err
		}
		before[file] = string(data)
	}
	return undo, write(root, changed)
}

func write(root string, files map[string]string) error {
	var problems []error
	for file, text := range files {
		// The file is there: its mode stays.
		problems = append(problems, os.WriteFile(filepath.Join(root, filepath.FromSlash(file)), []byte(text), 0o600))
	}
	return errors.Join(problems...)
}
