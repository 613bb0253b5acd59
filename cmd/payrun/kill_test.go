package main

import (
	"context"
	"errors"
	stdflag "flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
)

var (
	kills    = stdflag.Int("kills", 50, "how often TestKills kills a runner at the least; a fifth of it with -short")
	killSeed = stdflag.Uint64("killseed", 1, "the seed of TestKills' first folder")
)

// Strikes at one folder: some at named points, some at random moments.
const (
	namedStrikes  = 7
	randomStrikes = 3
)

// TestKills kills the real program again and again, lets it go on, and compares
// its state with the ledger of a gateway that was not killed. When a kill lands
// decides nothing: every moment is a legal one.
func TestKills(t *testing.T) {
	sum := newTally()
	start := time.Now()
	wanted := *kills
	if testing.Short() {
		wanted = (wanted + 4) / 5
	}
	for seed := *killSeed; sum.kills < wanted && !t.Failed(); seed++ {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { sum.strikeFolder(t, seed) })
		if t.Failed() {
			t.Logf("again: go test ./cmd/payrun -run 'TestKills$' -kills=1 -killseed=%d -count=20", seed)
		}
	}
	t.Log(sum.line(time.Since(start)))
}

// tally counts what was done.
type tally struct {
	kills, runs, payouts, folders int
	commands, points              map[string]int
	untraced                      bool
}

func newTally() *tally {
	return &tally{commands: make(map[string]int), points: make(map[string]int)}
}

func (s *tally) line(took time.Duration) string {
	return fmt.Sprintf("%d kills in %d runs, %d folders, %d payouts paid once, %s; by command: %s; by point: %s",
		s.kills, s.runs, s.folders, s.payouts, took.Round(time.Second/10), countsOf(s.commands), countsOf(s.points))
}

func countsOf(counts map[string]int) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return strings.Join(out, ", ")
}

// strikeFolder kills runners of one folder, then brings everything to its end.
func (s *tally) strikeFolder(t *testing.T, seed uint64) {
	w := newKillWorld(t, seed)
	w.declare(t, 20+w.random.IntN(20), 4+w.random.IntN(13))
	if seed%2 == 1 {
		// Look-ups are proven already: payouts go side by side at once.
		if end := w.run(w.applying(`-target=*.staff["1"]`)...); end.code != exitDone {
			t.Fatalf("exit code %d:\n%s", end.code, end.output)
		}
	}
	points := pointsOf(1, pointNames...)
	strikes := make([]*point, randomStrikes) // nil: at a random moment
	for i := range uint64(namedStrikes) {
		at := points[(seed*namedStrikes+i)%uint64(len(points))]
		at.nth += w.random.IntN(3)
		strikes = append(strikes, &at)
	}
	w.random.Shuffle(len(strikes), func(i, j int) { strikes[i], strikes[j] = strikes[j], strikes[i] })
	for _, at := range strikes {
		if err := s.strike(w, at); err != nil {
			t.Fatal(err)
		}
		if w.stuck {
			if err := w.resolveUnknown(t); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.finish(t, w); err != nil {
		t.Fatal(err)
	}
	s.folders++
	s.payouts += w.payouts
}

// strike lets one runner run into a kill, and judges what it left.
func (s *tally) strike(w *killWorld, at *point) error {
	if err := w.gateway.SetFaults(w.drawFaults()); err != nil {
		return err
	}
	args := w.drawCommand()
	s.runs++
	if at == nil || s.untraced {
		return s.judged(w, w.killAtRandom(args), args[0], "at random")
	}
	end, wrong, err := w.trace(*at, killNow, args...)
	if errors.Is(err, errNoTrace) {
		s.untraced = true
		return s.strike(w, nil)
	}
	if err == nil && len(wrong) > 0 {
		err = errors.New(strings.Join(wrong, "\n"))
	}
	if err != nil {
		return err
	}
	return s.judged(w, end, args[0], at.String())
}

func (s *tally) judged(w *killWorld, end ending, command, at string) error {
	switch {
	case end.code == -1:
		s.kills++
		s.commands[command]++
		s.points[at]++
	case end.code == exitPerson && strings.Contains(end.output, "stopped (look-up)"):
		// The very first payout may have been sent and never showed.
		w.stuck = true
	case end.code == exitSIGINT || end.code == exitSIGTERM:
		s.points["stopped by a signal"]++
	case end.code == exitFailed && w.resolved:
	case end.code != exitDone && end.code != exitWaiting:
		return fmt.Errorf("exit code %d:\n%s", end.code, end.output)
	}
	return w.agreed()
}

// drawFaults makes some answers late, some cut and some lost. A payout that was
// not executed stays in doubt until a person speaks.
func (w *killWorld) drawFaults() []sandbox.Fault {
	faults := []sandbox.Fault{{Call: sandbox.CallStatus, Do: fmt.Sprintf("delay:%dus", 1+w.random.IntN(1500))}}
	for _, do := range []string{"drop-after", "drop-before", "truncate:20", "late:5ms"} {
		if w.random.IntN(2) == 0 {
			// Order ids end in base32: one payout in sixteen.
			for range 2 {
				letter := "abcdefghijklmnopqrstuvwxyz234567"[w.random.IntN(32)]
				faults = append(faults, sandbox.Fault{Call: sandbox.CallPayout, Match: "*" + string(letter), Do: do})
			}
		}
	}
	return append(faults, sandbox.Fault{Call: sandbox.CallPayout, Do: fmt.Sprintf("delay:%dus", 1+w.random.IntN(3000))})
}

func (w *killWorld) drawCommand() []string {
	_, err := os.Stat(w.statePath())
	switch n := w.random.IntN(12); {
	case n < 3 && err == nil:
		return []string{"reconcile"}
	case n == 3 && err == nil:
		return []string{"plan", "-refresh"}
	}
	return w.applying(fmt.Sprintf("-wait=%ds", w.random.IntN(2)))
}

// killAtRandom kills a runner some time after an event that it is likely to
// meet; the bound keeps a runner that meets it not from being waited for.
func (w *killWorld) killAtRandom(args []string) ending {
	var met <-chan struct{}
	switch w.random.IntN(3) {
	case 0:
		met = w.gateway.after(sandbox.CallPayout, 1+w.random.IntN(w.payouts))
	case 1:
		met = w.gateway.after(sandbox.CallStatus, 1+w.random.IntN(3*w.payouts))
	}
	bound, more := time.Duration(w.random.IntN(250))*time.Millisecond, time.Duration(w.random.IntN(2000))*time.Microsecond
	c, out := w.command(args...)
	if err := c.Start(); err != nil {
		return w.ended(c, out)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Wait()
	}()
	select {
	case <-met:
		time.Sleep(more)
	case <-time.After(bound):
	case <-ended:
	}
	for _, one := range w.drawSignals() {
		_ = c.Process.Signal(one) // one that ended before is a legal case
	}
	<-ended
	return w.ended(c, out)
}

// drawSignals draws how a runner is stopped: mostly without mercy, else as
// people, schedulers and closed terminals do.
func (w *killWorld) drawSignals() []os.Signal {
	switch w.random.IntN(10) {
	case 0:
		return []os.Signal{os.Interrupt}
	case 1:
		return []os.Signal{os.Interrupt, os.Interrupt}
	case 2:
		return []os.Signal{syscall.SIGTERM}
	case 3:
		return []os.Signal{syscall.SIGHUP}
	}
	return []os.Signal{syscall.SIGKILL}
}

// finish asks, resolves and pays with a healthy gateway until nothing is left.
func (s *tally) finish(t *testing.T, w *killWorld) error {
	if err := w.gateway.SetFaults(nil); err != nil {
		return err
	}
	for range 6 {
		if end := w.run("reconcile"); end.code != exitDone && end.code != exitWaiting && end.code != exitFailed {
			return fmt.Errorf("reconcile: exit code %d:\n%s", end.code, end.output)
		}
		if err := w.resolveUnknown(t); err != nil {
			return err
		}
		end := w.run(w.applying("-wait=1m", "-retry-failed")...)
		s.runs += 2
		if err := w.agreed(); err != nil {
			return err
		}
		if end.code == exitDone {
			return w.complete()
		}
		if end.code != exitWaiting && end.code != exitFailed {
			return fmt.Errorf("apply: exit code %d:\n%s", end.code, end.output)
		}
	}
	return errors.New("six rounds of reconcile and apply with a healthy gateway left something open")
}

// resolveUnknown is the person who knows by the gateway's statement that what
// is in doubt was never paid.
func (w *killWorld) resolveUnknown(t *testing.T) error {
	// No call that is still on its way can make a liar of them.
	w.gateway.moved()
	w.configure(t)
	w.stuck = false
	snap, err := w.store().Load(context.Background())
	if err != nil {
		return err
	}
	known := make(map[string]bool)
	for _, p := range w.gateway.Payments() {
		known[p.OrderID] = true
	}
	w.write(t, "statement.txt", "the gateway's statement does not show these orders\n")
	for _, r := range snap.Ledger.All() {
		a := r.Speaking()
		if a.Status() != payout.InDoubt || known[a.OrderID] {
			continue
		}
		c, out := w.command("resolve", r.Address.String(), "-as=failed", "-evidence=statement.txt", "-reason=not on the gateway's statement")
		c.Stdin = strings.NewReader(a.OrderID + "\n")
		if err := c.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
			return err
		}
		w.resolved = true
		if end := w.ended(c, out); end.code != exitDone {
			return fmt.Errorf("resolve %s: exit code %d:\n%s", r.Address, end.code, end.output)
		}
	}
	return nil
}
