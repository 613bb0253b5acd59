package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// stage is a command that is killed at each of its points in turn, in a folder
// of its own.
type stage struct {
	name    string
	crashed bool // an apply was killed before, with an answer on its way
	command func(*killWorld) []string
	points  []point
}

func killStages() []stage {
	apply := func(w *killWorld) []string { return w.applying("-wait=0") }
	start := pointsOf(1, "lock", "create journal", "sync journal header", "create state", "write state",
		"sync state", "rename state", "sync folder", "remove journal")
	asking := pointsOf(1, "dial", "send question", "read answer", "write result", "sync result")
	// The first of these are of the recovery, the second of the checkpoint at the end.
	asking = append(asking, pointsOf(2, "create journal", "write state", "rename state", "remove journal")...)
	return []stage{
		{name: "apply", command: apply, points: pointsOf(1, pointNames...)},
		{name: "recovery", crashed: true, command: apply, points: start},
		{name: "reconcile", crashed: true, command: func(*killWorld) []string { return []string{"reconcile"} }, points: asking},
	}
}

// TestKillPoints kills a run at every named point: before and after each write,
// fsync and rename of state and journal, and each step of a call. The tracer
// also sees what a kill leaves no trace of: the order of writes and fsyncs.
func TestKillPoints(t *testing.T) {
	sum := newTally()
	begun := time.Now()
	for _, stage := range killStages() {
		for i, at := range stage.points {
			if testing.Short() && i%5 != 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s %s %d", stage.name, at, at.nth), func(t *testing.T) { sum.killAt(t, stage, at) })
			if sum.untraced {
				t.Logf("%v: TestKills kills at random moments instead", errNoTrace)
				return
			}
		}
	}
	t.Log(sum.line(time.Since(begun)))
}

func (s *tally) killAt(t *testing.T, stage stage, at point) {
	w := newKillWorld(t, uint64(at.nth))
	w.declare(t, 5, 4)
	if stage.crashed {
		if err := s.crash(w); err != nil {
			t.Fatal(err)
		}
	}
	args := stage.command(w)
	end, wrong, err := w.trace(at, killNow, args...)
	if errors.Is(err, errNoTrace) {
		s.untraced = true
		return
	}
	if err == nil && len(wrong) > 0 {
		err = errors.New(strings.Join(wrong, "\n"))
	}
	if err == nil && end.code != -1 {
		err = fmt.Errorf("it ended before it was killed, with %d:\n%s", end.code, end.output)
	}
	if err == nil {
		s.runs++
		err = s.judged(w, end, stage.name, at.String())
	}
	if err == nil {
		err = s.finish(t, w)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.folders++
	s.payouts += w.payouts
}

// crash leaves payouts behind whose calls were answered and not recorded.
func (s *tally) crash(w *killWorld) error {
	if end := w.run(w.applying(`-target=*.staff["1"]`)...); end.code != exitDone {
		return fmt.Errorf("exit code %d:\n%s", end.code, end.output)
	}
	s.runs += 2
	end, _, err := w.trace(point{name: "read payout answer", after: true, nth: 1}, killNow, w.applying()...)
	if err == nil && end.code != -1 {
		err = fmt.Errorf("it was not killed, but ended with %d:\n%s", end.code, end.output)
	}
	s.kills++
	return err
}
