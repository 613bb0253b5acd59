package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"payrun/hclconfig"
)

// asking is a console that reads from r.
func asking(t *testing.T, r io.Reader) *questions {
	t.Helper()
	cfg, _, diags := hclconfig.Load(hclconfig.Options{Dir: filepath.Join("..", "..", "examples", "first-payout")})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	console, err := cfg.Console(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { console.Close() })
	p := newProgram(r, &bytes.Buffer{}, &bytes.Buffer{}, nil)
	return &questions{program: p, console: console, in: bufio.NewReader(r)}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the wire is cut") }

func TestConsoleReadError(t *testing.T) {
	if err := asking(t, brokenReader{}).loop(); codeOf(err) != exitError || !strings.Contains(err.Error(), "the wire is cut") {
		t.Errorf("got %v", err)
	}
}

func TestConsoleEndlessExpression(t *testing.T) {
	for in, want := range map[string]string{
		strings.Repeat("[\n", maxExpressionLines+1):      "lines",
		strings.Repeat("1", maxExpressionBytes+1) + "\n": "KiB",
	} {
		if err := asking(t, strings.NewReader(in)).loop(); codeOf(err) != exitError || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// A signal ends the console although nobody pressed Enter.
func TestConsoleSignal(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	q := asking(t, r)
	q.signalCode.Store(exitSIGINT)
	q.stopAdmit(errors.New("stopped by ^C"))
	if err := q.loop(); codeOf(err) != exitSIGINT {
		t.Errorf("got %v", err)
	}
}
