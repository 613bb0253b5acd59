package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var (
	cureInto  = regexp.MustCompile(`^Write into the \w+ block at (.+):(\d+):$`)
	cureWhole = regexp.MustCompile(`^Write the \w+ block at (.+):(\d+) on several lines:$`)
	cureLine  = regexp.MustCompile(`^In place of \w+ at (.+):(\d+) write:$`)
	cureBrace = regexp.MustCompile(`^Write right behind the brace { of the \w+ at (.+):(\d+):$`)
	cureEach  = regexp.MustCompile(`on (payouts\.hcl):(\d+):\d+:\n[^\n]*for_each `)
)

// TestCuresCure does what the messages of the mistakes say: the lines that they
// print are written where they say. After that no error is left, and none comes
// instead.
func TestCuresCure(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "hclconfig", "testdata", "mistakes", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := &mistake{t: t, dir: t.TempDir(), archive: archive}
		first := m.run()
		if !m.follow(first) {
			continue
		}
		followed++
		if out := m.command("plan"); strings.Contains(out, "Error") || !strings.Contains(out, "(exit code 0)") {
			t.Errorf("%s: its cure leads to\n%s\nfrom\n%s", filepath.Base(path), out, first)
		}
	}
	if followed < 20 {
		t.Errorf("%d messages have lines to write, want 20 at least", followed)
	}
}

// follow writes the lines of a message into the files. The same lines may stand
// in several messages, and are written once.
func (m *mistake) follow(out string) bool {
	done := map[string]bool{}
	said := strings.Split(out, "\n")
	for i, line := range said {
		lines := []string{}
		for _, next := range said[i+1:] {
			if !strings.HasPrefix(next, "    ") {
				break
			}
			lines = append(lines, strings.Replace(next, `"NAME"`, `"December"`, 1)) // the sheet that a person chose
		}
		for form, replaces := range map[*regexp.Regexp]int{cureInto: 0, cureWhole: 1, cureLine: 1, cureBrace: behindBrace} {
			if at := form.FindStringSubmatch(line); at != nil && !done[line] {
				done[line] = true
				m.edit(at[1], at[2], replaces, lines)
			}
		}
	}
	if at := cureEach.FindStringSubmatch(out); at != nil && strings.Contains(out, "\n    for_each = ") {
		_, value, _ := strings.Cut(out, "\n    for_each = ")
		value, _, _ = strings.Cut(value, "\n")
		m.edit(at[1], at[2], 1, []string{"for_each = " + value})
		done["for_each"] = true
	}
	return len(done) > 0
}

// behindBrace says that lines go into a line, behind its first brace.
const behindBrace = -1

// edit writes lines in place of a line, behind it, or into it.
func (m *mistake) edit(name, number string, replaces int, lines []string) {
	path := filepath.Join(m.dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		m.t.Fatal(err)
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		m.t.Fatal(err)
	}
	all := strings.Split(string(text), "\n")
	if replaces == behindBrace {
		head, tail, _ := strings.Cut(all[n-1], "{")
		lines = []string{head + "{" + strings.Join(lines, "\n") + tail}
		replaces = 1
	}
	edited := append([]string{}, all[:n-replaces]...)
	edited = append(append(edited, lines...), all[n:]...)
	if err := os.WriteFile(path, []byte(strings.Join(edited, "\n")), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// TestListTwiceDropsNobody writes each of the two ways out of a list with equal
// elements, whole as it is printed: every element is paid.
func TestListTwiceDropsNobody(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("..", "..", "hclconfig", "testdata", "mistakes", "list_twice.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for i, keys := range [][]string{{"aidar", "dana"}, {"aidar", "dana", "aidar-2"}} {
		m := &mistake{t: t, dir: t.TempDir(), archive: archive}
		said := strings.Split(m.run(), "\n    for_each = ")
		if len(said) != 3 {
			t.Fatalf("not two ways: %q", said)
		}
		value := said[i+1]
		if head, _, single := strings.Cut(value, "])\n"); single {
			value = head + "])"
		} else {
			value, _, _ = strings.Cut(value, "\n    }")
			value += "\n    }"
		}
		m.edit("payouts.hcl", "11", 1, []string{"for_each = " + value})
		out := m.command("plan")
		for _, key := range keys {
			if !strings.Contains(out, `+ bonus["2026-11"].heads["`+key+`"]`) {
				t.Errorf("%s is not paid:\n%s", key, out)
			}
		}
		if want := fmt.Sprintf("Plan: %d to pay", len(keys)); !strings.Contains(out, want) {
			t.Errorf("not %s:\n%s", want, out)
		}
	}
}
