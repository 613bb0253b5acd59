package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"payrun/freedompay/sandbox"
	"payrun/statefile"
)

// running is a payrun in the background.
type running struct {
	*exec.Cmd
	out   *bytes.Buffer
	ended chan struct{}
}

func (w *killWorld) start(args ...string) (*running, error) {
	c, out := w.command(args...)
	r := &running{Cmd: c, out: out, ended: make(chan struct{})}
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(r.ended)
		_ = c.Wait()
	}()
	return r, nil
}

// end waits for a runner. The bound only keeps a broken test from hanging.
func (w *killWorld) end(r *running) ending {
	select {
	case <-r.ended:
	case <-time.After(10 * time.Minute):
		_ = r.Process.Kill()
		<-r.ended
	}
	return w.ended(r.Cmd, r.out)
}

// proven pays the first payout, so that the others go side by side.
func (w *killWorld) proven(t *testing.T, payouts, width int) {
	t.Helper()
	w.declare(t, payouts, width)
	if end := w.run(w.applying(`-target=*.staff["1"]`)...); end.code != exitDone {
		t.Fatalf("exit code %d:\n%s", end.code, end.output)
	}
}

// midway starts an apply and waits until the gateway holds the answers to as
// many calls as may be under way: it can send nothing more until let go.
func (w *killWorld) midway(t *testing.T) *running {
	t.Helper()
	if err := w.gateway.SetFaults([]sandbox.Fault{{Call: sandbox.CallPayout, Do: "hold"}}); err != nil {
		t.Fatal(err)
	}
	r, err := w.start(w.applying("-wait=0")...)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.gateway.held(w.width); err != nil {
		t.Fatalf("%v\n%s", err, w.end(r).output)
	}
	return r
}

// letGo answers what is held, and holds nothing more.
func (w *killWorld) letGo(t *testing.T) {
	t.Helper()
	if err := w.gateway.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	w.gateway.Release()
}

// TestRunnersTogether starts several programs on one state: one gets the lock,
// the others say so, and whoever waits for it pays nobody twice.
func TestRunnersTogether(t *testing.T) {
	t.Run("one wins", func(t *testing.T) {
		w := newKillWorld(t, 1)
		w.declare(t, 8, 4)
		w.contend(t)
	})
	for seed := uint64(1); seed <= 3; seed++ {
		t.Run(fmt.Sprintf("one after the other, seed=%d", seed), func(t *testing.T) {
			w := newKillWorld(t, seed)
			w.proven(t, 16, 4)
			w.queue(t)
		})
	}
}

// contend starts five; the first one in is held inside until all others ended.
func (w *killWorld) contend(t *testing.T) {
	if err := w.gateway.SetFaults([]sandbox.Fault{{Call: sandbox.CallPayout, Do: "hold"}}); err != nil {
		t.Fatal(err)
	}
	all := make([]*running, 5)
	ended := make(chan *running, len(all))
	for i := range all {
		r, err := w.start(w.applying()...)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = r
		go func() { <-r.ended; ended <- r }()
	}
	for range len(all) - 1 {
		if end := w.end(<-ended); end.code != exitLocked || !strings.Contains(end.output, "apply since") {
			t.Errorf("a second runner ended with %d, want %d and the holder's name:\n%s", end.code, exitLocked, end.output)
		}
	}
	w.letGo(t)
	if end := w.end(<-ended); end.code != exitDone {
		t.Errorf("the first runner ended with %d:\n%s", end.code, end.output)
	}
	if err := w.complete(); err != nil {
		t.Error(err)
	}
}

// queue starts six that wait for each other, and kills two of them somewhere.
func (w *killWorld) queue(t *testing.T) {
	all := make([]*running, 6)
	met := []<-chan struct{}{w.gateway.after(sandbox.CallPayout, 2), w.gateway.after(sandbox.CallPayout, 9)}
	for i := range all {
		r, err := w.start(w.applying("-lock-timeout=30m", "-wait=1m")...)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = r
	}
	for i, one := range w.random.Perm(len(all))[:2] {
		select {
		case <-met[i]:
		case <-all[one].ended:
		}
		_ = all[one].Process.Kill()
	}
	for _, r := range all {
		// Waiting: what was killed between intent and call is in doubt.
		if end := w.end(r); !slices.Contains([]int{-1, exitDone, exitWaiting}, end.code) {
			t.Errorf("a runner ended with %d:\n%s", end.code, end.output)
		}
	}
	if err := w.agreed(); err != nil {
		t.Error(err)
	}
	if err := newTally().finish(t, w); err != nil {
		t.Error(err)
	}
}

// TestStoppedRunner stops a runner in the middle, as a laptop's lid does, and
// lets another take over. A lock that is held cannot be forced; a person who
// removes its file all the same gets no payment twice.
func TestStoppedRunner(t *testing.T) {
	w := newKillWorld(t, 1)
	w.proven(t, 12, 4)
	asleep := w.midway(t)
	if err := asleep.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if end := w.run("lock", "-force-release", "-reason=the runner does not answer"); end.code != exitLocked {
		t.Errorf("force a lock that is held: %d, want %d:\n%s", end.code, exitLocked, end.output)
	}
	if err := os.Remove(statefile.LockPath(w.statePath())); err != nil {
		t.Fatal(err)
	}
	w.letGo(t)
	if end := w.run(w.applying("-wait=1m")...); end.code != exitDone {
		t.Errorf("the one that took over ended with %d:\n%s", end.code, end.output)
	}
	if err := w.complete(); err != nil {
		t.Error(err)
	}
	before := w.mustRead(t, w.statePath())
	if err := asleep.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	end := w.end(asleep)
	if end.code != exitPerson || !strings.Contains(end.output, "stopped (lock)") {
		t.Errorf("the one that slept ended with %d:\n%s", end.code, end.output)
	}
	if !bytes.Equal(before, w.mustRead(t, w.statePath())) {
		t.Error("the one that slept wrote a state that was not its own")
	}
	if err := w.complete(); err != nil {
		t.Error(err)
	}
}

// sent counts the payout calls so far.
func (w *killWorld) sent(t *testing.T) int {
	t.Helper()
	calls, err := w.gateway.payoutCalls()
	if err != nil {
		t.Fatal(err)
	}
	return len(calls)
}

func (w *killWorld) mustRead(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTakeover pauses a runner at each point of its way, removes its lock, lets
// another one pay everything, and lets the first go on: whatever it held in its
// hands, nobody is paid twice.
func TestTakeover(t *testing.T) {
	points := pointsOf(2, "create journal", "write state", "rename state", "remove journal")
	points = append(points, pointsOf(1, "write note", "sync note", "dial", "send question", "read answer",
		"write intent", "sync intent", "send payout", "read payout answer", "write result", "sync result")...)
	for i, at := range points {
		if testing.Short() && i%5 != 0 {
			continue
		}
		t.Run(fmt.Sprintf("%s %d", at, at.nth), func(t *testing.T) {
			w := newKillWorld(t, 1)
			w.proven(t, 6, 2)
			met, second, sent := false, ending{}, 0
			first, wrong, err := w.trace(at, func(int) {
				met = true
				if err := os.Remove(statefile.LockPath(w.statePath())); err != nil {
					t.Error(err)
				}
				second = w.run(w.applying("-wait=1m")...)
				sent = w.sent(t)
			}, w.applying("-wait=0")...)
			if errors.Is(err, errNoTrace) {
				t.Log(err)
				return
			}
			if err != nil || len(wrong) > 0 || !met {
				t.Fatalf("met: %t, %v, %v:\n%s", met, wrong, err, first.output)
			}
			if more := w.sent(t) - sent; first.code == exitError && more > 0 || more > w.width {
				t.Errorf("it sent %d payouts from a state that is not its own, and ended with %d:\n%s", more, first.code, first.output)
			}
			t.Logf("first %d, second %d", first.code, second.code)
			if err := w.recover(t); err != nil {
				t.Errorf("%v\n%s", err, first.output)
			}
		})
	}
}
