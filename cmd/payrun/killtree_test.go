package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// git runs git in the folder and returns what it printed.
func (w *killWorld) git(t *testing.T, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Env = w.dir, w.environment()
	out, err := c.Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// damage is what happens to a folder under a running apply.
type damage struct {
	name string
	do   func(*testing.T, *killWorld)
}

// cleanings take away what git does not keep.
var cleanings = []damage{
	{"the tree is cleaned", func(t *testing.T, w *killWorld) { w.git(t, "clean", "-fdxq") }},
	{"the tree is cleaned, ignored files kept", func(t *testing.T, w *killWorld) { w.git(t, "clean", "-fdq") }},
	{"everything is stashed", func(t *testing.T, w *killWorld) { w.git(t, "stash", "-q", "-u") }},
}

// damages are the others; the state is in git.
var damages = []damage{
	{"an older state is checked out", func(t *testing.T, w *killWorld) {
		w.git(t, "checkout", "-q", "HEAD~1", "--", filepath.Base(w.statePath()))
	}},
	{"an older commit is checked out", func(t *testing.T, w *killWorld) { w.git(t, "checkout", "-q", "-f", "HEAD~1") }},
	{"the state of the last commit is put back", func(t *testing.T, w *killWorld) { w.git(t, "reset", "-q", "--hard", "HEAD") }},
	{"the state is removed", func(t *testing.T, w *killWorld) { w.remove(t, w.statePath()) }},
	{"the lock is removed", func(t *testing.T, w *killWorld) { w.remove(t, w.statePath()+".lock") }},
	{"the journal is removed", func(t *testing.T, w *killWorld) { w.remove(t, w.segment(t)) }},
	{"conflict markers in the state", func(t *testing.T, w *killWorld) {
		w.rewrite(t, w.statePath(), func(text []byte) []byte {
			return append([]byte("<<<<<<< HEAD\n"), append(bytes.Clone(text), "=======\n>>>>>>> other\n"...)...)
		})
	}},
	{"the state is edited in place", func(t *testing.T, w *killWorld) {
		w.rewrite(t, w.statePath(), func(text []byte) []byte { return bytes.Replace(text, []byte("Salary"), []byte("Celery"), 1) })
	}},
	{"the journal is edited in place", func(t *testing.T, w *killWorld) {
		w.rewrite(t, w.segment(t), func(text []byte) []byte { return bytes.Replace(text, []byte("Salary"), []byte("Celery"), 1) })
	}},
	{"the journal is cut", func(t *testing.T, w *killWorld) {
		w.rewrite(t, w.segment(t), func(text []byte) []byte { return text[:len(text)/3] })
	}},
	{"the journal is replaced by a copy", func(t *testing.T, w *killWorld) {
		path := w.segment(t)
		text := w.mustRead(t, path)
		w.remove(t, path)
		w.write(t, filepath.Base(path), string(text))
	}},
}

func (w *killWorld) remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a file without replacing it.
func (w *killWorld) rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	text := w.mustRead(t, path)
	changed := change(text)
	if bytes.Equal(text, changed) {
		t.Fatalf("%s was not changed", path)
	}
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	// People come later than a clock's tick.
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
}

// segment is the journal that the runner writes to.
func (w *killWorld) segment(t *testing.T) string {
	t.Helper()
	segments, err := filepath.Glob(w.statePath() + ".journal.*")
	if err != nil || len(segments) == 0 {
		t.Fatalf("there is no journal: %v", err)
	}
	return slices.Max(segments)
}

// TestTreeUnderRunner changes the folder under a running apply: it sends nothing
// more, says so with its exit code, and whoever cures it by the book pays nobody
// twice.
func TestTreeUnderRunner(t *testing.T) {
	for _, one := range append(damages, cleanings...) {
		t.Run("state in git/"+one.name, func(t *testing.T) { underRunner(t, one, true) })
	}
	for _, one := range cleanings {
		t.Run("state ignored/"+one.name, func(t *testing.T) { underRunner(t, one, false) })
	}
}

func underRunner(t *testing.T, one damage, tracked bool) {
	w := newKillWorld(t, 1)
	w.repository(t, tracked)
	runner := w.midway(t)
	before := w.sent(t)
	one.do(t, w)
	w.letGo(t)
	end := w.end(runner)
	if more := w.sent(t) - before; more > 0 {
		t.Errorf("%d payouts were sent after that", more)
	}
	// A lost journal costs nothing, as the state is written at the end; where
	// the state is another's, results could not be recorded.
	if end.code != exitPerson && end.code != exitWaiting {
		t.Errorf("exit code %d:\n%s", end.code, end.output)
	}
	t.Logf("exit code %d", end.code)
	if err := w.recover(t); err != nil {
		t.Errorf("%v\n%s", err, end.output)
	}
}

// repository is a folder with two commits, a payment between them. With the
// state untracked they differ by a note of the team alone.
func (w *killWorld) repository(t *testing.T, tracked bool) {
	t.Helper()
	ignored := ".payrun/\n*.lock\n"
	if !tracked {
		ignored += "*.json\n"
	}
	w.write(t, ".gitignore", ignored)
	w.git(t, "init", "-q", "-b", "main")
	w.proven(t, 12, 4)
	w.commit(t, "one")
	if end := w.run(w.applying(`-target=*.staff["2"]`)...); end.code != exitDone {
		t.Fatalf("exit code %d:\n%s", end.code, end.output)
	}
	w.commit(t, "two")
}

func (w *killWorld) commit(t *testing.T, note string) {
	t.Helper()
	w.write(t, "note.txt", note+"\n")
	w.git(t, "add", "-A")
	w.git(t, "commit", "-q", "-m", note)
}

// recover does what the messages say until everything is paid: put the files
// back, push a state that was changed, name a lost one, ask and pay again.
func (w *killWorld) recover(t *testing.T) error {
	t.Helper()
	var last ending
	for range 8 {
		if err := w.cure(t); err != nil {
			return err
		}
		w.run("reconcile")
		if _, err := os.Stat(w.statePath()); err == nil {
			if err := w.resolveUnknown(t); err != nil {
				return err
			}
		}
		args := []string{"apply", "-auto-approve", "-wait=1m", "-retry-failed"}
		if _, err := os.Stat(w.statePath()); err != nil {
			args = append(args, "-state-is=lost", "-reason=the folder was changed under a run")
		}
		last = w.run(args...)
		if err := w.gateway.honest(); err != nil {
			return err
		}
		if last.code == exitDone {
			return w.complete()
		}
		if !slices.Contains([]int{exitWaiting, exitPerson, exitRefused, exitFailed}, last.code) {
			break
		}
	}
	return fmt.Errorf("the cures led nowhere; the last apply ended with %d:\n%s", last.code, last.output)
}

// cure puts back what payrun refuses to read.
func (w *killWorld) cure(t *testing.T) error {
	t.Helper()
	w.configure(t)
	w.write(t, "staff.csv", w.rows())
	if w.tracked(t) && w.git(t, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD\n" {
		w.git(t, "checkout", "-q", "-f", "main")
	}
	if w.run("plan").code != exitRefused {
		return nil
	}
	good := filepath.Join(w.kept, "good.json")
	if w.tracked(t) {
		if err := os.WriteFile(good, []byte(w.git(t, "show", "HEAD:"+filepath.Base(w.statePath()))), 0o600); err != nil {
			return err
		}
	} else if err := os.WriteFile(good, w.mustRead(t, w.statePath()), 0o600); err != nil {
		return err
	}
	end := w.run("state", "push", good, "-reason=the folder was changed under a run")
	if end.code != exitDone {
		return errors.New("push the last good state: " + end.output)
	}
	return nil
}

func (w *killWorld) tracked(t *testing.T) bool {
	if _, err := os.Stat(filepath.Join(w.dir, ".git")); err != nil {
		return false
	}
	return strings.Contains(w.git(t, "ls-files"), filepath.Base(w.statePath()))
}
