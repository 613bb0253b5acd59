package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"iter"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// git runs git in the configuration's directory, quietly.
func (p *program) git(args ...string) ([]byte, error) {
	cmd := exec.CommandContext(p.admit, "git", args...)
	cmd.Dir = p.dir
	return cmd.Output()
}

// blobs are the texts of the named objects, in the order of the names, each with
// its size as the reader's N. What git does not have here, or what is no file,
// is left out.
func (p *program) blobs(names []string) iter.Seq2[string, *io.LimitedReader] {
	broken := func(name string) bool { return strings.Contains(name, "\n") }
	if slices.ContainsFunc(names, broken) {
		return p.blobsOneByOne(names)
	}
	return func(yield func(string, *io.LimitedReader) bool) {
		if len(names) == 0 {
			return
		}
		ctx, stop := context.WithCancel(p.admit)
		cmd := exec.CommandContext(ctx, "git", "cat-file", "--batch")
		cmd.Dir, cmd.Stdin = p.dir, strings.NewReader(strings.Join(names, "\n")+"\n")
		defer func() {
			stop()         // it has said all, or nobody reads the rest
			_ = cmd.Wait() // so that its end says nothing
		}()
		if out, err := cmd.StdoutPipe(); err == nil && cmd.Start() == nil {
			readBatch(bufio.NewReader(out), names, yield)
		}
	}
}

// blobsOneByOne is blobs for names that a list of lines cannot hold.
func (p *program) blobsOneByOne(names []string) iter.Seq2[string, *io.LimitedReader] {
	return func(yield func(string, *io.LimitedReader) bool) {
		for _, name := range names {
			text, err := p.git("cat-file", "blob", name)
			if err == nil && !yield(name, &io.LimitedReader{R: bytes.NewReader(text), N: int64(len(text))}) {
				return
			}
		}
	}
}

// readBatch reads a line "ID TYPE SIZE" and a text for each name, or one that
// says what is wrong with the name.
func readBatch(r *bufio.Reader, names []string, yield func(string, *io.LimitedReader) bool) {
	for _, name := range names {
		head, err := r.ReadString('\n')
		if err != nil {
			return
		}
		fields := strings.Fields(head)
		if len(fields) != 3 {
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			continue // "NAME missing", of a name with a space
		}
		text := &io.LimitedReader{R: r, N: size}
		if fields[1] == "blob" && !yield(name, text) {
			return
		}
		if _, err := io.Copy(io.Discard, io.MultiReader(text, io.LimitReader(r, 1))); err != nil {
			return
		}
	}
}
