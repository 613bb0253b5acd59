package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// watched is a writer that remembers its first failure: what nobody could read
// must not end as success.
type watched struct {
	to io.Writer

	mu     sync.Mutex
	failed error
}

func (w *watched) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.failed == nil {
			w.failed = err
		}
	}
	return n, err
}

// lost is the first failure to write the output, or nil.
func (p *program) lost() error {
	w, ok := p.stdout.(*watched)
	if !ok {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// withoutOutput ends a program whose output was lost, which is told on the
// other stream. Once something was sent, running the command again tells what
// became of it and pays nobody twice.
func (p *program) withoutOutput(err, lost error) error {
	p.json = false
	if !errors.Is(err, lost) {
		p.complain(err)
	}
	code := codeOf(err)
	hint := "nothing was sent; print to somewhere else and run the command again"
	if p.sent {
		hint = "what was sent is recorded: \"payrun state list\" shows it, \"payrun reconcile\" asks the gateway"
	}
	switch {
	case p.sent && (code == exitDone || code == exitError):
		code = exitWaiting
	case code == exitDone || code == exitChanges || code == exitFormat:
		code = exitError
	}
	told := fail(code, fmt.Errorf("write the output: %w", plain(lost)), hint)
	p.complain(told)
	return exit(code)
}

// visible says whether people could see what was printed so far. What nobody saw
// is not paid.
func (p *program) visible() error {
	if lost := p.lost(); lost != nil {
		return fail(exitError, fmt.Errorf("print the plan: %w", lost), "nothing was sent")
	}
	return nil
}
