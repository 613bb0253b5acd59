package main

import (
	"errors"
	"fmt"
	"os/exec"
	"time"

	"payrun/planner/payout"
)

// publish runs the command of -publish after the run is recorded and before
// anything is sent: it commits and pushes the state, say, so that of two clones
// only one gets through. A command that fails ends the run with nothing sent.
func (a *application) publish(command string) error {
	if command == "" {
		return nil
	}
	cmd := exec.CommandContext(a.admit, "sh", "-c", command)
	cmd.Dir = a.dir
	cmd.Env = a.env
	cmd.Stdout, cmd.Stderr = a.stderr, a.stderr
	failed := cmd.Run()
	if failed == nil {
		return nil
	}
	closed := a.run
	closed.Open, closed.ClosedAt = false, time.Now()
	if err := a.recorder.Note(&payout.Note{At: closed.ClosedAt, Run: &closed}); err != nil {
		return errors.Join(a.unrecorded(err), failed)
	}
	return fail(exitRefused, fmt.Errorf("publish the run: %w", failed),
		"nothing was sent; somebody else may be paying: take their state first, then plan again")
}
