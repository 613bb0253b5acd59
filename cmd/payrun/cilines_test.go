package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"

	"payrun/examples"
)

// TestPipelineCommandLines holds what the pipelines, their scripts and their page
// tell people to run to the options that there are, and the pipelines to the
// scripts that the test of the whole way runs.
func TestPipelineCommandLines(t *testing.T) {
	files, ok := examples.Files("ci")
	if !ok {
		t.Fatal("there is no example ci")
	}
	way, err := os.ReadFile(filepath.Join("testdata", "script", "way_ci.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	lines, scripts := 0, make(map[string][]string)
	for _, f := range files {
		for _, line := range payrunLines(f.Path, string(f.Text)) {
			lines++
			if err := checkCommandLine(line); err != nil {
				t.Errorf("%s: %s: %v", f.Path, line, err)
			}
		}
		for _, found := range runsScript.FindAllStringSubmatch(string(f.Text), -1) {
			if path.Ext(f.Path) == ".yml" {
				scripts[provider(f.Path)] = append(scripts[provider(f.Path)], found[1])
			}
			if !slices.ContainsFunc(files, func(f examples.File) bool { return f.Path == found[1] }) {
				t.Errorf("%s runs %s, which is not there", f.Path, found[1])
			}
		}
	}
	if lines < 20 {
		t.Errorf("only %d command lines were found", lines)
	}
	want := []string{"ci/apply.sh", "ci/keep.sh", "ci/plan.sh", "ci/reconcile.sh"}
	for _, name := range []string{"GitHub", "GitLab"} {
		slices.Sort(scripts[name])
		if got := slices.Compact(scripts[name]); !slices.Equal(got, want) {
			t.Errorf("%s runs %v, want %v", name, got, want)
		}
	}
	for _, script := range want {
		if !strings.Contains(string(way), "sh "+script) {
			t.Errorf("the test of the whole way does not run %s", script)
		}
	}
}

func provider(path string) string {
	if strings.HasPrefix(path, ".github/") {
		return "GitHub"
	}
	return "GitLab"
}

var (
	runsScript = regexp.MustCompile(`\bsh (ci/[a-z]+\.sh)`)
	inScript   = regexp.MustCompile(`(?m)^[^#\n]*?(?:^|[;&|] |- |run: |if |then |exec )\s*payrun ([^\n]+)`)
	inPage     = regexp.MustCompile("(?m)(?:^ *|`)payrun ([^`\n]+)")
)

// payrunLines are the command lines of a file, without the word payrun.
func payrunLines(name, text string) []string {
	pattern := inScript
	switch path.Ext(name) {
	case ".md":
		pattern = inPage
	case ".sh", ".yml":
	default:
		return nil
	}
	var out []string
	for _, found := range pattern.FindAllStringSubmatch(text, -1) {
		out = append(out, found[1])
	}
	return out
}

// checkCommandLine says what is wrong with a command line: an unknown command or option,
// or too few or too many arguments.
func checkCommandLine(line string) error {
	words := shellWords(line)
	known := commands()
	for {
		at := slices.IndexFunc(known, func(c command) bool { return len(words) > 0 && c.name == words[0] })
		if at < 0 {
			return fmt.Errorf("there is no command %q", words)
		}
		c := known[at]
		words = words[1:]
		if len(c.sub) == 0 {
			return checkWordsOf(c, words)
		}
		known = c.sub
	}
}

func checkWordsOf(c command, words []string) error {
	n, flags := 0, append(commonFlags(), c.flags...)
	for i := 0; i < len(words); i++ {
		name, isOption := strings.CutPrefix(words[i], "-")
		if !isOption {
			n++
			continue
		}
		name, _, valued := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		at := slices.IndexFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
		if at < 0 {
			return fmt.Errorf("%s has no option -%s", c.name, name)
		}
		if _, yes := flags[at].(*cli.BoolFlag); !yes && !valued {
			i++ // the next word is its value
		}
	}
	if n < c.min || n > c.max {
		return fmt.Errorf("%s takes %d to %d arguments, not %d", c.name, c.min, c.max, n)
	}
	return nil
}

// shellWords splits a command line as sh does, as far as the examples use it: up
// to what follows the command.
func shellWords(line string) []string {
	var words []string
	word, quote := "", rune(0)
	flush := func() {
		if word != "" {
			words = append(words, word)
		}
		word = ""
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word += string(r)
		case r == '"' || r == '\'':
			quote = r
		case r == ' ':
			flush()
		case strings.ContainsRune("|;&>#", r):
			flush()
			return words
		default:
			word += string(r)
		}
	}
	flush()
	return words
}

func TestCheckCommandLine(t *testing.T) {
	for line, want := range map[string]string{
		`plan -at="$at" -expires 72h -format=markdown >comment.md`: "",
		`apply "$plan" -publish='sh ci/publish.sh "a b"'`:          "",
		`state diff "git:$(cat x)" git:HEAD -format=markdown`:      "",
		"reconcile -wait=1m || code=$?":                            "",
		`show -json next.plan`:                                     "",
		"pay":                                                      "there is no command",
		"state":                                                    "there is no command",
		"state shuffle":                                            "there is no command",
		"plan -out-file=x":                                         "plan has no option -out-file",
		"approve":                                                  "takes 1 to 1 arguments, not 0",
		"state diff a b c":                                         "takes 2 to 2 arguments, not 3",
		"validate now # and then":                                  "takes 0 to 0 arguments, not 1",
	} {
		err := checkCommandLine(line)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
