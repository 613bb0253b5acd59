package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
)

// program is one invocation: its streams, environment and the two contexts
// that signals cancel.
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    []string

	admit      context.Context // ends at the first signal: nothing new is started
	stopAdmit  context.CancelCauseFunc
	calls      context.Context // ends at the second signal: calls in flight are cut
	stopCalls  context.CancelFunc
	signalCode atomic.Int32
	atSignal   atomic.Pointer[func()] // what the next signal ends as well; nil = nothing

	dir     string // -chdir
	json    bool
	into    *os.File // -json-into of a run; nil without one
	noColor bool
	sent    bool // some payout may have left

	trial *trial // the run of a test that this is; nil = a real one
}

func newProgram(stdin io.Reader, stdout, stderr io.Writer, env []string) *program {
	p := &program{stdin: stdin, stdout: &watched{to: stdout}, stderr: stderr, env: env, dir: "."}
	p.admit, p.stopAdmit = context.WithCancelCause(context.Background())
	p.calls, p.stopCalls = context.WithCancel(context.Background())
	return p
}

// listen turns signals into cancelled contexts: the first drains, the second
// cuts.
func (p *program) listen(signals <-chan os.Signal) {
	for s := range signals {
		if end := p.atSignal.Load(); end != nil {
			(*end)()
		}
		code := int32(exitSIGINT)
		if s != os.Interrupt {
			code = exitSIGTERM
		}
		if p.signalCode.CompareAndSwap(0, code) {
			p.stopAdmit(fmt.Errorf("stopped by %s", signalName(s)))
			continue
		}
		p.stopCalls()
	}
}

// whenSignalled lets the next signal call end, until the returned function is
// called.
func (p *program) whenSignalled(end func()) (forget func()) {
	p.atSignal.Store(&end)
	return func() { p.atSignal.Store(nil) }
}

func signalName(s os.Signal) string {
	switch s {
	case syscall.SIGTERM:
		return "SIGTERM"
	case syscall.SIGHUP:
		return "SIGHUP, the end of its terminal"
	}
	return "^C"
}

// run runs the command line and returns the exit code. A panic is a mistake of
// this program: it is told in one line and never looks like success.
func (p *program) run(args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(p.stderr, "Error: payrun found a mistake of its own and stopped: %s\n", safeLine(fmt.Sprint(r)))
			fmt.Fprintln(p.stderr, "What was sent is recorded; run \"payrun reconcile\" before anything else. Please report the lines below.")
			fmt.Fprintf(p.stderr, "%s\n", debug.Stack())
			code = exitPerson
		}
	}()
	if len(args) > 1 && args[1] == completeWord {
		p.complete(args[2:])
		return exitDone
	}
	p.json = asksForJSON(args)
	err := p.runCommand(args)
	if lost := p.lost(); lost != nil {
		return codeOf(p.withoutOutput(err, lost))
	}
	if code := p.signalCode.Load(); code != 0 && errors.Is(err, context.Canceled) {
		// Stopped before anything was under way.
		err = fail(int(code), errors.New("stopped; nothing was sent"))
	}
	p.complain(err)
	return codeOf(err)
}

func (p *program) runCommand(args []string) error {
	if name := emptyOption(args); name != "" {
		return usage("the option -%s is empty", name)
	}
	return p.command().Run(p.admit, args)
}

// complain prints an error and its hints.
func (p *program) complain(err error) {
	var e *exitWith
	errors.As(err, &e)
	if err == nil || strings.TrimSpace(err.Error()) == "" {
		return
	}
	p.machine(errorLine(err, codeOf(err)))
	if p.json {
		return
	}
	for line := range strings.Lines(strings.TrimSpace(err.Error())) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(p.stderr, "Error: %s\n", safeLine(sentence(line)))
		}
	}
	if e != nil {
		for _, hint := range e.hints {
			fmt.Fprintf(p.stderr, "  %s\n", safeLine(hint))
		}
	}
}

// sentence begins an error with a capital letter, as it is read by itself.
func sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.HasPrefix(s, "payrun ") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func errorLine(err error, code int) map[string]any {
	var e *exitWith
	line := map[string]any{"@level": "error", "@message": hclconfig.Scrub(err.Error()), "type": "diagnostic", "exit_code": code}
	if errors.As(err, &e) && len(e.hints) > 0 {
		hints := make([]string, len(e.hints))
		for i, hint := range e.hints {
			hints[i] = hclconfig.Scrub(hint)
		}
		line["hints"] = hints
	}
	return line
}

// safeLine is a line of an error: an error may repeat what was typed, or what a
// gateway's certificate says, and that may be a card token.
func safeLine(text string) string { return view.SafeText(hclconfig.Scrub(text)) }

// getenv finds an environment variable.
func (p *program) getenv(name string) (string, bool) {
	for i := len(p.env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(p.env[i], name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// terminal describes where people read.
func (p *program) terminal() view.Terminal {
	t := view.Terminal{Out: p.stdout, Err: p.stderr, Width: 80, Version: version}
	if f, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.Interactive = true
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			t.Width = w
		}
	}
	t.Color = p.colors(p.stdout)
	return t
}

func (p *program) colors(w io.Writer) bool {
	if value, ok := p.getenv("NO_COLOR"); p.noColor || ok && value != "" {
		return false
	}
	if value, _ := p.getenv("TERM"); value == "dumb" {
		return false
	}
	if watching, ok := w.(*watched); ok {
		w = watching.to
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// path resolves a path of the command line, which is relative to -chdir.
func (p *program) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}
