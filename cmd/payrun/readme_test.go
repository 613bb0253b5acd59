package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"payrun/examples"
)

// readmeBlock is a code block of a README: commands, and what the page says
// that they print.
type readmeBlock struct {
	section  string
	commands []string // of an sh block
	printed  []string // of the text blocks behind it
}

// readmeBlocks reads the code blocks of a page. Only the fences sh and text are
// known, so that nothing in a page goes unread.
func readmeBlocks(page string) ([]readmeBlock, error) {
	var out []readmeBlock
	section, fence := "", ""
	for i, line := range strings.Split(page, "\n") {
		word, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && fence != "":
			fence = ""
		case isFence && word == "sh":
			fence, out = word, append(out, readmeBlock{section: section})
		case isFence && word == "text" && len(out) > 0:
			fence = word
		case isFence:
			return nil, fmt.Errorf("line %d: a block of %q is neither sh nor text behind sh", i+1, word)
		case fence == "sh" && line != "":
			last := &out[len(out)-1]
			last.commands = append(last.commands, line)
		case fence == "text":
			last := &out[len(out)-1]
			last.printed = append(last.printed, line)
		case strings.HasPrefix(line, "## "):
			section = strings.TrimPrefix(line, "## ")
		}
	}
	return out, nil
}

// readmeVerb does what the README of an example says, line by line, and holds
// what is printed to what the page shows: readme NAME [SECTION]. A command ends
// with 0, or with what its comment says: "# exit code 9".
func readmeVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: readme NAME [SECTION]")
	}
	blocks, err := readmeBlocks(readmeOf(args[0]))
	ts.Check(err)
	ran := false
	for _, b := range blocks {
		if len(args) == 2 && b.section != args[1] {
			continue
		}
		ran = true
		printed := ""
		for _, line := range b.commands {
			printed += typed(ts, line)
		}
		if missing := notPrinted(printed, b.printed); missing != "" {
			ts.Fatalf("under %q the page shows a line that is not printed there:\n%s", b.section, missing)
		}
	}
	if !ran {
		ts.Fatalf("the README of %s has no commands under %q", args[0], args[1:])
	}
}

// readmeOf is the README of an example, empty where there is none.
func readmeOf(name string) string {
	files, _ := examples.Files(name)
	for _, f := range files {
		if f.Path == "README.md" {
			return string(f.Text)
		}
	}
	return ""
}

var saidCode = regexp.MustCompile(`#.*\bexit code (\d+)`)

// typed runs a line as a person types it, and returns what it prints.
func typed(ts *testscript.TestScript, line string) string {
	want := 0
	if m := saidCode.FindStringSubmatch(line); m != nil {
		want = number(ts, m[1])
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec("sh", "-c", "{ "+line+"\n} 2>&1"); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %s: %v", line, err)
	}
	if got != want {
		ts.Fatalf("%s\nends with exit code %d, want %d", line, got, want)
	}
	return ts.ReadFile("stdout") + "\n"
}

// notPrinted is the first line that is not in the text behind the lines before
// it. White space does not count, and … stands for anything.
func notPrinted(text string, lines []string) string {
	rest := strings.Join(strings.Fields(text), " ")
	for _, line := range lines {
		for part := range strings.SplitSeq(line, "…") {
			part = strings.Join(strings.Fields(part), " ")
			_, behind, found := strings.Cut(rest, part)
			if !found {
				return line
			}
			rest = behind
		}
	}
	return ""
}

// Each example has a page, and a script that does what the page says from its
// beginning to its end.
func TestReadmesAreDone(t *testing.T) {
	index, err := os.ReadFile(filepath.Join("..", "..", "examples", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range examples.Names() {
		if !bytes.Contains(index, []byte("["+name+"]("+name+"/README.md)")) {
			t.Errorf("the index does not lead to %s", name)
		}
		if name == "ci" {
			continue // a pipeline with git and two people, which has tests of its own
		}
		blocks, err := readmeBlocks(readmeOf(name))
		if err != nil || len(blocks) == 0 || blocks[0].commands[0] != "payrun init -from="+name {
			t.Errorf("%s/README.md does not begin with payrun init -from=%s: %v", name, name, err)
		}
		script, err := os.ReadFile(filepath.Join("testdata", "script", "example_"+strings.ReplaceAll(name, "-", "_")+".txtar"))
		if err != nil || !bytes.Contains(script, []byte("\nreadme "+name+"\n")) {
			t.Errorf("no script does what %s/README.md says: %v", name, err)
		}
	}
}

func TestReadmeBlocks(t *testing.T) {
	page := "# A\n```sh\npayrun plan\n```\n## B\nwords\n```sh\npayrun apply # exit code 9\n```\n```text\nPlan: … to pay\n\nDone\n```\n"
	blocks, err := readmeBlocks(page)
	if err != nil || len(blocks) != 2 || blocks[1].section != "B" || blocks[1].commands[0] != "payrun apply # exit code 9" {
		t.Fatalf("%v %v", blocks, err)
	}
	for text, want := range map[string]string{
		"Plan: 3  to\npay.\nDone": "",
		"Done. Plan: 3 to pay":    "Done",
		"Plan: 3 paid":            "Plan: … to pay",
	} {
		if got := notPrinted(text, blocks[1].printed); got != want {
			t.Errorf("in %q %q is missing, want %q", text, got, want)
		}
	}
	for _, page := range []string{"```\npayrun plan\n```\n", "```text\nfirst\n```\n"} {
		if got, err := readmeBlocks(page); err == nil {
			t.Errorf("%q: %v", page, got)
		}
	}
	if got := saidCode.FindStringSubmatch("payrun apply   # somebody failed: exit code 9"); got == nil || got[1] != strconv.Itoa(exitFailed) {
		t.Errorf("exit code: %v", got)
	}
}
