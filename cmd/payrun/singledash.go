package main

import (
	"bytes"
	"io"
)

// singleDash writes the help, which names options with two dashes, as this
// program's pages write them: with one. Both forms are understood.
type singleDash struct{ to io.Writer }

// Write writes p with "-name" for every "--name".
func (w singleDash) Write(p []byte) (int, error) {
	if _, err := w.to.Write(bytes.ReplaceAll(p, []byte("--"), []byte("-"))); err != nil {
		return 0, err
	}
	return len(p), nil
}
