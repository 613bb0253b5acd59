package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/statefile"

	"github.com/urfave/cli/v3"
)

// store is the state of a configuration.
func (p *program) store(cfg *hclconfig.Config) *statefile.Local {
	path := p.path(cfg.StatePath)
	return &statefile.Local{Path: path, Memory: memoryPath(path), Version: version}
}

// session is the state locked and open for records.
type session struct {
	store    *statefile.Local
	lock     *statefile.Lock
	snap     *statefile.Snapshot
	recorder *statefile.Recorder
}

// open locks the state and loads it. What a crash left in sending is in doubt
// from here on.
func (p *program) open(cfg *hclconfig.Config, command string, wait time.Duration) (*session, error) {
	s := &session{store: p.store(cfg)}
	makeMemory(s.store)
	since := time.Now()
	lock, err := s.store.Lock(p.admit, p.lockInfo(command), wait)
	if err != nil {
		return nil, waitedError(err, cfg.StatePath, wait, time.Since(since))
	}
	s.lock = lock
	if s.snap, err = s.store.Load(p.admit); err == nil {
		s.recorder, err = s.store.Open(lock, s.snap)
	}
	if err != nil {
		return nil, errors.Join(stateError(err, cfg.StatePath), lock.Release())
	}
	return s, nil
}

// waitedError is stateError; of a lock that did not come free it says how long
// that was waited for.
func waitedError(err error, path string, allowed, waited time.Duration) error {
	var locked *statefile.LockedError
	if allowed <= 0 || !errors.As(err, &locked) {
		return stateError(err, path)
	}
	return fail(exitLocked, fmt.Errorf("%w; waited %s for it, as -lock-timeout says", err, waited.Round(100*time.Millisecond)),
		"wait longer, or see who holds it: payrun lock")
}

// locked runs f with the state of the configuration locked and open, and closes
// everything afterwards.
func (p *program) locked(c *cli.Command, cfg *hclconfig.Config, command string, f func(*application) error) (err error) {
	s, err := p.open(cfg, command, durationOf(c, "lock-timeout"))
	if err != nil {
		return err
	}
	a := &application{program: p, session: s, cfg: cfg}
	defer func() { err = a.leave(err) }()
	return f(a)
}

// close writes the state and gives the lock back.
func (s *session) close() error {
	return errors.Join(s.recorder.Close(), s.lock.Release())
}

// forgetful warns of a memory that could not be written: the state is whole,
// and nothing would find a renamed payout if it were lost.
func (a *application) forgetful() {
	if err := a.recorder.Forgetful(); err != nil {
		a.warn(fmt.Sprintf("%v; the state itself is written", err))
	}
}

// ledger is a copy of the records as they are now.
func (s *session) ledger() *payout.Ledger {
	var copied *payout.Ledger
	s.recorder.View(func(l *payout.Ledger) { copied = l.Clone() })
	return copied
}

func (p *program) lockInfo(command string) statefile.LockInfo {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return statefile.LockInfo{Who: p.who(), Host: host, PID: os.Getpid(), Since: time.Now(), Command: command}
}

// who names the person or account that runs the program.
func (p *program) who() string {
	for _, name := range []string{"GITLAB_USER_LOGIN", "GITHUB_ACTOR"} {
		if value, ok := p.getenv(name); ok && value != "" {
			return value
		}
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// commit is the git commit of the files; empty where there is no git.
func (p *program) commit() string {
	out, err := p.git("rev-parse", "--verify", "-q", "HEAD")
	if err != nil {
		return "" // no repository, no commit, or no git: nothing to record
	}
	return strings.TrimSpace(string(out))
}

// runID names a run; ids sort by time.
func runID(now time.Time) string {
	return fmt.Sprintf("%s-%d", now.UTC().Format("20060102T150405.000Z"), os.Getpid())
}

// stateName is the state's path for people: relative to the configuration.
func stateName(cfg *hclconfig.Config) string { return filepath.ToSlash(cfg.StatePath) }
