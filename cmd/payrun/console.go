package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
)

func consoleCommand() command {
	return command{
		name: "console", summary: "evaluates expressions against the files and the state",
		about: "Reads one expression a line and prints its value, until \"exit\" or the end of the input:\n" +
			"  batch.salaries.total / batch.salaries.count\n" +
			"  money(batch.salaries.largest, \"KZT\")\n" +
			"  [for r in csvdecode(file(\"salaries.csv\")) : r.employee_id]\n" +
			"var, local, batch and every function of the language are there. An open bracket goes on\n" +
			"on the next line. Nothing is changed, nobody is asked; sensitive values and card tokens\n" +
			"are masked. Without a terminal the exit code is 1 when an expression was wrong.",
		flags: configFlags(),
		run:   (*program).console,
	}
}

// questions is one session of expressions.
type questions struct {
	*program
	console     *hclconfig.Console
	in          *bufio.Reader
	interactive bool
	failed      bool
}

// Bounds of one expression: whether it goes on is asked again at every line.
const (
	maxExpressionBytes = 64 << 10
	maxExpressionLines = 500
)

func (p *program) console(c *cli.Command) error {
	cfg, err := p.configure(c)
	if err != nil {
		return err
	}
	plan, snap, err := p.present(cfg)
	if err != nil {
		return err
	}
	console, err := cfg.Console(batchFacts(plan, snap.Ledger))
	if err != nil {
		return fail(exitError, fmt.Errorf("open the configuration's directory: %w", err))
	}
	q := &questions{program: p, console: console, in: bufio.NewReader(p.stdin), interactive: p.asks()}
	if q.interactive {
		fmt.Fprintln(p.stdout, "Expressions against the files and the state; nothing is changed. \"exit\" or ^D ends.")
	}
	return errors.Join(q.loop(), console.Close())
}

// asks says whether a person sits at the input.
func (p *program) asks() bool {
	f, ok := p.stdin.(*os.File)
	return ok && !p.json && term.IsTerminal(int(f.Fd()))
}

func (q *questions) loop() error {
	for {
		text, err := q.expression()
		switch {
		case errors.Is(err, errStopped):
			return exit(int(q.signalCode.Load()))
		case err != nil && !errors.Is(err, io.EOF):
			return fail(exitError, fmt.Errorf("read an expression: %w", err))
		case text == "exit" || text == "quit":
			return q.end()
		case text != "":
			if err := q.answer(text); err != nil {
				return err
			}
		}
		if err != nil {
			return q.end()
		}
	}
}

// end is where the input ends.
func (q *questions) end() error {
	if q.failed && !q.interactive {
		return exit(exitError)
	}
	return nil
}

// errStopped says that a signal came while an expression was awaited.
var errStopped = errors.New("stopped")

// line reads one line, or gives up at a signal: nobody should have to press
// Enter after ^C.
func (q *questions) line() (string, error) {
	type read struct {
		text string
		err  error
	}
	got := make(chan read, 1)
	go func() {
		text, err := q.in.ReadString('\n')
		got <- read{text, err}
	}()
	select {
	case r := <-got:
		return r.text, r.err
	case <-q.admit.Done():
		return "", errStopped
	}
}

// expression reads lines until brackets are closed. An error comes with what
// was read before it.
func (q *questions) expression() (string, error) {
	text, prompt := "", "> "
	for range maxExpressionLines {
		if q.interactive {
			fmt.Fprint(q.stdout, prompt)
		}
		line, err := q.line()
		text += line
		if len(text) > maxExpressionBytes {
			return "", fmt.Errorf("it has more than %d KiB", maxExpressionBytes>>10)
		}
		if trimmed := strings.TrimSpace(text); err != nil || trimmed == "" || !q.console.Open(text) {
			return trimmed, err
		}
		prompt = ". "
	}
	return "", fmt.Errorf("it has more than %d lines; a bracket may not be closed", maxExpressionLines)
}

func (q *questions) answer(text string) error {
	value, diags := q.console.Eval(text)
	switch {
	case diags.HasErrors() && q.json:
		q.failed = true
		return view.WriteJSON(q.stdout, view.DiagnosticsJSON(diags, q.console.Sources().Files(diags)))
	case diags.HasErrors():
		q.failed = true
		view.Diagnostics(q.stderr, diags, q.console.Sources().Files(diags), q.colors(q.stderr), q.terminal().Width)
		return nil
	case q.json:
		q.printJSON(consoleObject(text, value))
		return nil
	}
	for line := range strings.Lines(value.Text) {
		if _, err := fmt.Fprintln(q.stdout, view.SafeText(strings.TrimSuffix(line, "\n"))); err != nil {
			return err
		}
	}
	return nil
}

func consoleObject(text string, v hclconfig.ConsoleValue) map[string]any {
	out := map[string]any{"type": "value", "expression": text, "value_type": v.Type, "known": v.Known, "sensitive": v.Sensitive}
	if v.JSON != "" {
		out["value"] = jsontext.Value(v.JSON)
	}
	return out
}
