package main

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"payrun/freedompay/sandbox"
)

// TestSignals stops a runner with calls under way, as people, schedulers and
// closed terminals do. After the first signal nothing new is sent and what is
// under way is recorded; the second cuts it, and it is in doubt.
func TestSignals(t *testing.T) {
	// Where this test runs under nohup, so would the runners: what is caught here
	// has its usual effect there.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	for name, tt := range map[string]struct {
		signals []os.Signal
		code    int
	}{
		"^C":              {[]os.Signal{os.Interrupt}, exitSIGINT},
		"terminated":      {[]os.Signal{syscall.SIGTERM}, exitSIGTERM},
		"terminal closed": {[]os.Signal{syscall.SIGHUP}, exitSIGTERM},
	} {
		t.Run(name, func(t *testing.T) {
			w, runner := signalled(t, tt.signals)
			w.letGo(t)
			end := w.end(runner)
			if end.code != tt.code || w.sent(t) != 1+w.width {
				t.Errorf("exit code %d, want %d; %d sent, want %d:\n%s", end.code, tt.code, w.sent(t), 1+w.width, end.output)
			}
			settleAll(t, w)
		})
	}
	t.Run("terminal closed, and nohup said that it does not count", func(t *testing.T) {
		signal.Ignore(syscall.SIGHUP)
		defer signal.Reset(syscall.SIGHUP)
		w, runner := signalled(t, []os.Signal{syscall.SIGHUP, syscall.SIGTERM})
		w.letGo(t)
		end := w.end(runner)
		if end.code != exitSIGTERM || w.sent(t) != 1+w.width || strings.Contains(end.output, "in doubt") {
			t.Errorf("exit code %d, %d sent:\n%s", end.code, w.sent(t), end.output)
		}
		settleAll(t, w)
	})
	t.Run("twice", func(t *testing.T) {
		// Two signals of one kind may arrive as one.
		w, runner := signalled(t, []os.Signal{os.Interrupt, syscall.SIGTERM})
		end := w.end(runner) // the gateway answers nothing
		w.letGo(t)
		if end.code != exitSIGINT || w.sent(t) != 1+w.width {
			t.Errorf("exit code %d, %d sent:\n%s", end.code, w.sent(t), end.output)
		}
		settleAll(t, w)
	})
}

// signalled is a runner with calls under way that was sent signals, and that
// said so.
func signalled(t *testing.T, signals []os.Signal) (*killWorld, *running) {
	t.Helper()
	w := newKillWorld(t, 1)
	w.proven(t, 12, 4)
	if err := w.gateway.SetFaults([]sandbox.Fault{{Call: sandbox.CallPayout, Do: "hold"}}); err != nil {
		t.Fatal(err)
	}
	c, out := w.command(w.applying("-wait=0")...)
	said := &sign{text: "nothing new is sent", seen: make(chan struct{})}
	c.Stdout = io.MultiWriter(out, said)
	c.Stderr = c.Stdout
	runner := &running{Cmd: c, out: out, ended: make(chan struct{})}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(runner.ended)
		_ = c.Wait()
	}()
	if err := w.gateway.held(w.width); err != nil {
		t.Fatalf("%v\n%s", err, w.end(runner).output)
	}
	for _, s := range signals {
		if err := runner.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-said.seen:
	case <-runner.ended:
	}
	return w, runner
}

// sign waits for a text in what a runner prints.
type sign struct {
	text    string
	printed []byte
	seen    chan struct{}
	told    bool
}

func (s *sign) Write(p []byte) (int, error) {
	s.printed = append(s.printed, p...)
	if !s.told && bytes.Contains(s.printed, []byte(s.text)) {
		s.told = true
		close(s.seen)
	}
	return len(p), nil
}

// settleAll pays what is left and compares with the gateway's ledger.
func settleAll(t *testing.T, w *killWorld) {
	t.Helper()
	if err := w.agreed(); err != nil {
		t.Error(err)
	}
	if err := newTally().finish(t, w); err != nil {
		t.Error(err)
	}
}
