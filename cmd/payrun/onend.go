package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"payrun/cmd/payrun/view"
)

// hookGrace is how long a hook that was stopped may keep its output open.
const hookGrace = time.Second

// onEnd runs the command of -on-end once the run is over: the state is written
// and the lock given back, so that it may commit both. The run was what it was:
// a command that fails is warned of and changes no exit code. It takes as long
// as it takes; the next ^C or SIGTERM ends it.
func (a *application) onEnd(command string, code int) {
	if command == "" || a.ended == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	defer a.whenSignalled(stop)()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.WaitDelay = a.dir, a.env, hookGrace
	cmd.Stdout, cmd.Stderr = a.stderr, a.stderr
	var told bytes.Buffer
	err := view.WriteLine(&told, view.RunEndJSON(a.runEnd(code)))
	cmd.Stdin = &told
	if err == nil {
		err = cmd.Run()
	}
	if ctx.Err() != nil && err != nil {
		err = errors.New("stopped before it was done")
	}
	if err != nil {
		a.warnAfter(fmt.Sprintf("run -on-end: %v; the run itself is over and recorded", err))
	}
}

func (a *application) runEnd(code int) *view.RunEnd {
	return &view.RunEnd{
		Version: version, Run: a.run.ID, Digest: a.made.file.Digest(), State: stateName(a.cfg), ExitCode: code, Finished: time.Now(), Summary: a.ended,
	}
}

// warnAfter warns at the very end, where also a reader of JSON is told.
func (a *application) warnAfter(text string) {
	if !a.json {
		a.warn(text)
		return
	}
	a.printJSON(map[string]any{"@level": "warn", "@message": "Warning: " + strings.TrimSpace(text), "type": "diagnostic"})
}
