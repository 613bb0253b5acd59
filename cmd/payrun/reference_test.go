package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var referencePath = filepath.Join("..", "..", "hclconfig", "REFERENCE.md")

// reading is one example of the reference page: its files, and what is run.
type reading struct {
	heading  string
	whole    bool // it needs no frame
	commands []string
	files    map[string]string
}

var (
	exampleMark = regexp.MustCompile(`^<!-- example: (whole|frame)((?:; [^;]+)*) -->$`)
	fileMark    = regexp.MustCompile("^`([^`]+)`(?:, .*)?:$")
)

// readExamples takes the examples out of the page. A fence belongs to the mark
// above it, and to the file that is named right above it; without a name it is
// example.hcl.
func readExamples(t *testing.T, page string) []*reading {
	t.Helper()
	var all []*reading
	heading, name := "", ""
	lines := strings.Split(page, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimLeft(line, "# ")
		case strings.HasPrefix(line, "<!-- "):
			found := exampleMark.FindStringSubmatch(line)
			if found == nil {
				t.Fatalf("line %d: %s", i+1, line)
			}
			name = "example.hcl"
			commands := strings.Split(found[2], "; ")[1:]
			all = append(all, &reading{heading: heading, whole: found[1] == "whole", commands: commands, files: map[string]string{}})
		case fileMark.MatchString(line):
			name = fileMark.FindStringSubmatch(line)[1]
		case strings.HasPrefix(line, "```"):
			var text strings.Builder
			for i++; lines[i] != "```"; i++ {
				text.WriteString(lines[i] + "\n")
			}
			last := all[len(all)-1]
			if name == "" || last.files[name] != "" {
				t.Fatalf("line %d: a text of no example", i+1)
			}
			last.files[name] = text.String()
			name = ""
		}
	}
	return all
}

// TestReferenceExamples runs every example of the reference page: validate,
// plan on the sandbox, and what its mark says; and its layout is that of fmt.
func TestReferenceExamples(t *testing.T) {
	page, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	all := readExamples(t, string(page))
	if len(all) < 15 {
		t.Fatalf("%d examples", len(all))
	}
	frame := all[0].files["example.hcl"]
	for _, one := range all {
		t.Run(one.heading, func(t *testing.T) {
			if !one.whole {
				one.files["frame.hcl"] = frame
			}
			one.run(t)
		})
	}
}

func (r *reading) run(t *testing.T) {
	dir := t.TempDir()
	for name, text := range r.files {
		data := []byte(text)
		if strings.HasSuffix(name, ".xlsx") {
			var err error
			if data, err = makeSheet("sheet:Refunds\n" + text); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".hcl.json") {
			if err := matches(editorSchemaPath, text, false, false); err != nil {
				t.Errorf("%s does not fit the schema for editors: %v", name, err)
			}
		}
	}
	commands := r.commands
	if !r.has("plan") {
		commands = append([]string{"plan"}, commands...)
	}
	values := ""
	for _, c := range r.commands {
		if v, ok := strings.CutPrefix(c, "plan "); ok {
			values = v
		}
	}
	for _, c := range append([]string{"validate " + values, "fmt -check"}, commands...) {
		var out bytes.Buffer
		p := newProgram(strings.NewReader(""), &out, &out, []string{"NO_COLOR=1"})
		if code := p.run(append([]string{"payrun", "-chdir=" + dir}, strings.Fields(inDir(dir, c))...)); code != 0 {
			t.Errorf("payrun %s ends with %d:\n%s", c, code, out.String())
		}
	}
}

// inDir gives files of values their whole names: they are opened as given.
func inDir(dir, command string) string {
	return strings.ReplaceAll(command, "-var-file=", "-var-file="+dir+string(filepath.Separator))
}

func (r *reading) has(command string) bool {
	for _, c := range r.commands {
		if word, _, _ := strings.Cut(c, " "); word == command {
			return true
		}
	}
	return false
}
